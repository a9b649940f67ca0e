package bench

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Label names a run for people.
func Label(run vocab.BenchRun) string {
	switch run {
	case vocab.BenchGILBuild:
		return "GIL build"
	case vocab.BenchGILOn:
		return "free-threaded, GIL on"
	case vocab.BenchGILOff:
		return "free-threaded, GIL off"
	}
	return string(run)
}

// threadCount writes a number of threads for people.
func threadCount(n int) string {
	if n == 1 {
		return "1 thread"
	}
	return fmt.Sprintf("%d threads", n)
}

// The chart's measures in pixels.
const (
	svgWidth  = 760
	svgMargin = 20
	svgLeft   = 110 // where bars begin
	svgBars   = 420 // the longest
	svgBar    = 16  // a bar's height
	svgStep   = 21  // from bar to bar
	svgGap    = 12  // between groups
)

// The colours keep a contrast of 3 to 1 to their background and differ for the
// colour-blind; the order of the bars is the same in every group as well.
const svgStyle = `text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.head{font-weight:600}.quiet{fill:#59636e}` +
	`.page{fill:#ffffff}.span{stroke:#1f2328;stroke-width:1.5}.gil-build{fill:#6e7781}.gil-on{fill:#b35900}.gil-off{fill:#0969da}` +
	`@media (prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9198a1}.page{fill:#0d1117}.span{stroke:#e6edf3}` +
	`.gil-build{fill:#848d97}.gil-on{fill:#f0883e}.gil-off{fill:#58a6ff}}`

// WriteSVG draws the times as bars, grouped by number of threads; a thin line
// spans the fastest and the slowest process. The text of the same result is
// always the same.
func (r *Result) WriteSVG(w io.Writer) error {
	var body, desc strings.Builder
	y := svgMargin + 16
	text := func(x, y int, class, s string) {
		fmt.Fprintf(&body, "<text x=\"%d\" y=\"%d\"", x, y)
		if class != "" {
			fmt.Fprintf(&body, " class=\"%s\"", class)
		}
		fmt.Fprintf(&body, ">%s</text>\n", escape(s))
	}
	title := r.Program + ": time by threads; shorter is better"
	text(svgMargin, y, "title", title)
	y += 22
	text(svgMargin, y, "quiet", r.Machine())
	y += 14
	x := svgMargin
	for _, run := range r.Runs() {
		fmt.Fprintf(&body, "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" rx=\"2\" class=\"%s\"/>\n", x, y, run)
		text(x+18, y+11, "", Label(run))
		const letter = 7 // about the width of one
		x += 18 + letter*len(Label(run)) + svgMargin
	}
	y += 12 + svgGap

	longest := Seconds(1)
	for _, f := range r.Figures {
		longest = max(longest, f.Max)
	}
	scale := func(s Seconds) float64 { return float64(s) / float64(longest) * svgBars }
	for _, variant := range r.Variants() {
		if variant != "" {
			y += svgStep
			text(svgMargin, y-4, "head", variant)
		}
		for _, n := range r.Threads() {
			first := true
			for _, run := range r.Runs() {
				f := r.Figure(variant, run, n)
				if f == nil {
					continue
				}
				if first {
					text(svgMargin, y+13, "", threadCount(n))
					first = false
				}
				fmt.Fprintf(&body, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" class=\"%s\"/>\n", svgLeft, y, scale(f.Median), svgBar, run)
				middle := y + svgBar/2
				fmt.Fprintf(&body, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"span\"/>\n", svgLeft+scale(f.Min), middle, svgLeft+scale(f.Max), middle)
				text(svgLeft+int(scale(f.Max))+8, y+13, "", f.label("×"))
				name := Label(run)
				if variant != "" {
					name = variant + ", " + name
				}
				fmt.Fprintf(&desc, "%s, %s: %s. ", name, threadCount(n), f.label(" times as fast as one"))
				y += svgStep
			}
			y += svgGap
		}
	}
	for _, note := range r.Notes {
		for _, line := range broken(note, 105) {
			y += 16
			text(svgMargin, y, "quiet", line)
		}
	}
	y += svgMargin

	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="ftpkg-title ftpkg-desc">
<title id="ftpkg-title">%s</title>
<desc id="ftpkg-desc">%s</desc>
<style>%s</style>
<rect width="100%%" height="100%%" class="page"/>
%s</svg>
`, svgWidth, y, svgWidth, y, escape(title), escape(strings.TrimSpace(desc.String())), svgStyle, body.String())
	return err
}

// label is what stands beside a bar; times stands behind the speed-up.
func (f *Figure) label(times string) string {
	s := f.Median.String()
	if f.Threads > 1 {
		s += fmt.Sprintf(", %.2f", f.SpeedUp) + times
	}
	if f.Lost != nil && *f.Lost > 0 {
		s += fmt.Sprintf(", %.1f %% lost", *f.Lost*100)
	}
	return s
}

// Machine says in a line what was measured on, and how.
func (r *Result) Machine() string {
	var pythons []string
	for _, p := range r.Runtimes {
		name := "CPython " + p.Version
		if p.FreeThreaded {
			name += "t"
		}
		pythons = append(pythons, name)
	}
	s := strings.Join(pythons, " and ") + " on " + r.Platform
	if r.Processors > 0 {
		noun := "processors"
		if r.Processors == 1 {
			noun = "processor"
		}
		s += fmt.Sprintf(", %d %s", r.Processors, noun)
	}
	return s + fmt.Sprintf("; medians of %d", r.Repeat)
}

// broken breaks a text into lines of at most so many letters.
func broken(s string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// escape makes a text safe to stand in XML.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
