package site

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/tracker/status"
)

// A drawing is the chart at one size. Text in an SVG shrinks with it, so there is one
// drawing for wide windows and one for phones.
type drawing struct {
	width, height            float64
	left, right, top, bottom float64 // margins
	from, to                 time.Time
	most                     int // the upper end of the scale
	step                     int // between its lines
	out                      strings.Builder
}

// chart draws the history: how many packages install and how many of those keep the
// GIL off, over those that are watched now and over those that were at the time. It
// is "" if there are not two days to draw a line between.
func chart(in *Input) template.HTML {
	if len(in.Fixed) < 2 && len(in.Floating) < 2 {
		return ""
	}
	var out strings.Builder
	for _, size := range []struct {
		class         string
		width, height float64
	}{{"wide", 960, 300}, {"narrow", 420, 300}} {
		d := newDrawing(in, size.width, size.height)
		d.draw(in, size.class)
		out.WriteString(d.out.String())
	}
	return template.HTML(out.String()) //nolint:gosec // all text in it went through html.EscapeString
}

// beginning leaves out of the curves what came before there were free-threaded Pythons
// to install: more than a quarter before the first mark, on which one was released.
// A wheel without an ABI may be much older, and would make the rest of the chart thin.
func beginning(in *Input) *Input {
	if len(in.Marks) == 0 {
		return in
	}
	first := in.Marks[0].Day
	for _, m := range in.Marks {
		if m.Day.Before(first) {
			first = m.Day
		}
	}
	short := *in
	short.Fixed, short.Floating = after(in.Fixed, first.AddDate(0, -3, 0)), after(in.Floating, first.AddDate(0, -3, 0))
	return &short
}

// after are the points from a day on, if these are a line.
func after(points []status.Point, day time.Time) []status.Point {
	i, _ := slices.BinarySearchFunc(points, day, func(p status.Point, day time.Time) int { return p.Day.Compare(day) })
	if len(points)-i < 2 {
		return points
	}
	return points[i:]
}

func newDrawing(in *Input, width, height float64) *drawing {
	d := &drawing{width: width, height: height, left: 34, right: 116, top: 22, bottom: 26}
	for _, line := range [][]status.Point{in.Fixed, in.Floating} {
		for _, p := range line {
			if d.from.IsZero() || p.Day.Before(d.from) {
				d.from = p.Day
			}
			if p.Day.After(d.to) {
				d.to = p.Day
			}
			d.most = max(d.most, p.Of, p.Installs, p.Off)
		}
	}
	d.step = scaleStep(d.most)
	d.most = max(d.step, (d.most+d.step-1)/d.step*d.step)
	return d
}

// scaleStep is a round number of which about four make the scale.
func scaleStep(most int) int {
	for unit := 1; ; unit *= 10 {
		for _, n := range []int{1, 2, 5} {
			if n*unit*5 >= most {
				return n * unit
			}
		}
	}
}

func (d *drawing) x(day time.Time) float64 {
	all := d.to.Sub(d.from)
	if all <= 0 {
		return d.left
	}
	return d.left + (d.width-d.left-d.right)*float64(day.Sub(d.from))/float64(all)
}

func (d *drawing) y(n int) float64 {
	return d.height - d.bottom - (d.height-d.top-d.bottom)*float64(n)/float64(d.most)
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

func (d *drawing) text(class, anchor string, x, y float64, s string) {
	d.printf(`<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`, class, anchor, num(x), num(y), html.EscapeString(s))
}

func (d *drawing) draw(in *Input, class string) {
	d.printf(`<svg class="chart %s" viewBox="0 0 %s %s" role="img" aria-labelledby="chart-%s-t chart-%s-d">`, class, num(d.width), num(d.height), class, class)
	d.printf(`<title id="chart-%s-t">How many packages install without the GIL, and how many keep it off</title>`, class)
	d.printf(`<desc id="chart-%s-d">%s</desc>`, class, html.EscapeString(described(in)))
	d.scale()
	d.marks(in.Marks)
	d.line("of", in.Fixed, func(p *status.Point) int { return p.Of })
	d.line("float installs", in.Floating, func(p *status.Point) int { return p.Installs })
	d.line("float off", in.Floating, func(p *status.Point) int { return p.Off })
	d.area("installs", in.Fixed, func(p *status.Point) int { return p.Installs })
	d.line("installs", in.Fixed, func(p *status.Point) int { return p.Installs })
	d.line("off", in.Fixed, func(p *status.Point) int { return p.Off })
	d.ends(in)
	d.printf("</svg>\n")
}

// described is the chart in words, for those who do not see it.
func described(in *Input) string {
	var says []string
	for _, line := range []struct {
		name   string
		points []status.Point
	}{{"Of the packages that are watched now", in.Fixed}, {"Of those that were watched at the time", in.Floating}} {
		if len(line.points) == 0 {
			continue
		}
		first, last := line.points[0], line.points[len(line.points)-1]
		says = append(says, fmt.Sprintf("%s, %d of %d with compiled wheels installed on a free-threaded Python on %s, and %d kept the GIL off; on %s it was %d of %d, and %d.",
			line.name, first.Installs, first.Of, first.Day.Format(time.DateOnly), first.Off, last.Day.Format(time.DateOnly), last.Installs, last.Of, last.Off))
	}
	return strings.Join(says, " ")
}

// scale draws the lines of the scale, and the quarters or years.
func (d *drawing) scale() {
	d.printf(`<g class="scale">`)
	for n := 0; n <= d.most; n += d.step {
		d.printf(`<path d="M%s %sH%s"/>`, num(d.left), num(d.y(n)), num(d.width-d.right))
		d.text("n", "end", d.left-8, d.y(n)+4, strconv.Itoa(n))
	}
	months := 12
	switch days := d.to.Sub(d.from).Hours() / 24; {
	case days <= 200:
		months = 1
	case days <= 1200 && d.width > 600:
		months = 3
	case days <= 1600:
		months = 6
	}
	room := d.left - 30
	for day := time.Date(d.from.Year(), 1, 1, 0, 0, 0, 0, time.UTC); !day.After(d.to); day = day.AddDate(0, months, 0) {
		if day.Before(d.from) {
			continue
		}
		x := d.x(day)
		d.printf(`<path d="M%s %sv5"/>`, num(x), num(d.y(0)))
		if x < room+58 || x > d.width-d.right+20 {
			continue
		}
		room = x
		label := day.Format("Jan 2006")
		if months == 12 {
			label = day.Format("2006")
		}
		d.text("n", "middle", x, d.height-6, label)
	}
	d.printf("</g>")
}

// marks draws the numbered days; the list below the chart says what they are.
func (d *drawing) marks(marks []Mark) {
	d.printf(`<g class="marks">`)
	last := -math.MaxFloat64
	for i, m := range marks {
		if m.Day.Before(d.from) || m.Day.After(d.to) {
			continue
		}
		x, y := d.x(m.Day), 11.0
		if x-last < 16 { // one above the other would be read as one number
			y += 15
		}
		last = x
		d.printf(`<g><title>%s: %s</title><path d="M%s %sV%s"/><circle cx="%s" cy="%s" r="7.5"/>`,
			m.Day.Format(time.DateOnly), html.EscapeString(m.Text), num(x), num(y+8), num(d.y(0)), num(x), num(y))
		d.text("m", "middle", x, y+3.5, strconv.Itoa(i+1))
		d.printf("</g>")
	}
	d.printf("</g>")
}

func (d *drawing) path(points []status.Point, of func(*status.Point) int) string {
	var b strings.Builder
	was := -1
	for i := range points {
		n := of(&points[i])
		if i == 0 {
			fmt.Fprintf(&b, "M%s %s", num(d.x(points[i].Day)), num(d.y(n)))
		} else if n != was || i == len(points)-1 { // steps: nothing happens between two days
			fmt.Fprintf(&b, "H%s", num(d.x(points[i].Day)))
			if n != was {
				fmt.Fprintf(&b, "V%s", num(d.y(n)))
			}
		}
		was = n
	}
	return b.String()
}

func (d *drawing) line(class string, points []status.Point, of func(*status.Point) int) {
	if len(points) > 1 {
		d.printf(`<path class="line %s" d="%s"/>`, class, d.path(points, of))
	}
}

func (d *drawing) area(class string, points []status.Point, of func(*status.Point) int) {
	if len(points) > 1 {
		d.printf(`<path class="area %s" d="%sV%sH%sZ"/>`, class, d.path(points, of), num(d.y(0)), num(d.x(points[0].Day)))
	}
}

// ends writes what each line has come to beside its end, so that no legend has to be
// matched by colour.
func (d *drawing) ends(in *Input) {
	points := in.Fixed
	if len(points) == 0 {
		points = in.Floating
	}
	last := points[len(points)-1]
	room := math.Inf(-1)
	for _, l := range []struct {
		class, text string
		n           int
	}{{"of", "compiled", last.Of}, {"installs", "install", last.Installs}, {"off", "GIL off", last.Off}} {
		y := max(d.y(l.n)+4, room)
		room = y + 15
		d.printf(`<circle class="end %s" cx="%s" cy="%s" r="3.5"/>`, l.class, num(d.x(last.Day)), num(d.y(l.n)))
		d.text("end "+l.class, "start", d.x(last.Day)+9, y, fmt.Sprintf("%d %s", l.n, l.text))
	}
}

// num is a number as short as an SVG needs it.
func num(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
