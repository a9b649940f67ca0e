//go:build unix

package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// picture is the name of the file that draw fills.
const picture = "track-scale.svg"

// The drawing and its plot within, in pixels.
const (
	width, height           = 720, 340
	left, right, top, under = 56, 552, 24, 284
)

// draw plots processor time for each package, by the number of packages.
func draw(trials []*trial) []byte {
	lines := []struct {
		name, class string
		cost        func(*trial) *cost
	}{
		{"first update, --inspect", "a", func(t *trial) *cost { return t.first }},
		{"second update, no news", "b", func(t *trial) *cost { return t.second }},
		{"publish DIR", "c", func(t *trial) *cost { return t.publish }},
	}
	most := 0.0
	for _, t := range trials {
		for _, l := range lines {
			_, cpu := t.per(l.cost(t))
			most = max(most, cpu)
		}
	}
	step := stepOf(most)
	ceiling := step * math.Ceil(most/step)
	first, last := float64(trials[0].n), float64(trials[len(trials)-1].n)
	x := func(n float64) float64 {
		if first == last {
			return left
		}
		return left + (right-left)*math.Log(n/first)/math.Log(last/first)
	}
	y := func(ms float64) float64 { return under - (under-top)*ms/ceiling }

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`+"\n", width, height, width, height)
	b.WriteString("<title id=\"t\">Processor time for each package, by the number of packages</title>\n<desc id=\"d\">")
	for _, l := range lines {
		fmt.Fprintf(&b, "%s:", l.name)
		for _, t := range trials {
			_, cpu := t.per(l.cost(t))
			fmt.Fprintf(&b, " %.2f ms of %d,", cpu, t.n)
		}
		b.WriteString(" ")
	}
	b.WriteString("a flat line is a cost that does not grow.</desc>\n" + `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.grid { stroke: #8888; stroke-width: 1 }
.line { fill: none; stroke-width: 2.5 }
.a { stroke: #0a5fb4 } .b { stroke: #1a7f37; stroke-dasharray: 7 4 } .c { stroke: #a3480f; stroke-dasharray: 2 4; stroke-linecap: round }
.a.dot, .b.dot, .c.dot { stroke: none } .a.dot { fill: #0a5fb4 } .b.dot { fill: #1a7f37 } .c.dot { fill: #a3480f }
.back { fill: #fff }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117 } text { fill: #e6edf3 }
.a { stroke: #6cb6ff } .b { stroke: #57c96f } .c { stroke: #f0934e }
.a.dot { fill: #6cb6ff } .b.dot { fill: #57c96f } .c.dot { fill: #f0934e }
}
</style>
`)
	fmt.Fprintf(&b, `<rect class="back" width="%d" height="%d"/>`+"\n", width, height)
	for i := 0.0; i*step <= ceiling+step/2; i++ {
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%g</text>`+"\n", left, y(i*step), right, left-8, y(i*step)+4, i*step)
	}
	for _, t := range trials {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x(float64(t.n)), under+20, t.n)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">packages</text><text x="%d" y="14" text-anchor="end">ms</text>`+"\n", (left+right)/2, under+42, left-8)
	// Names stand at the ends of their lines, apart from each other.
	const apart = 18
	end := math.Inf(-1)
	order := []int{0, 1, 2}
	final := func(i int) float64 {
		last := trials[len(trials)-1]
		_, cpu := last.per(lines[i].cost(last))
		return y(cpu)
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(final(i), final(j)) })
	for _, l := range order {
		var path strings.Builder
		var dots strings.Builder
		at := 0.0
		for i, t := range trials {
			_, cpu := t.per(lines[l].cost(t))
			at = y(cpu)
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x(float64(t.n)), at)
			fmt.Fprintf(&dots, `<circle class="%s dot" cx="%.1f" cy="%.1f" r="3.5"/>`, lines[l].class, x(float64(t.n)), at)
		}
		end = max(at, end+apart)
		fmt.Fprintf(&b, `<path class="line %s" d="%s"/>%s<text x="%d" y="%.1f">%s</text>`+"\n", lines[l].class, path.String(), dots.String(), right+10, end+4, lines[l].name)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// stepOf is how far apart lines of a grid up to a value are: 1, 2 or 5, by a power of
// ten, some five of them.
func stepOf(most float64) float64 {
	for power := 1e-3; ; power *= 10 {
		for _, n := range []float64{1, 2, 5} {
			if n*power*6 >= most {
				return n * power
			}
		}
	}
}
