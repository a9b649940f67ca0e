package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/bench"
)

// benchBar is how many columns the longest bar of the chart takes.
const benchBar = 24

// runStyle is a run's colour in the chart.
func runStyle(run vocab.BenchRun) style {
	switch run {
	case vocab.BenchGILOff:
		return cyan
	case vocab.BenchGILOn:
		return yellow
	case vocab.BenchGILBuild:
	}
	return plainStyle
}

// writeBenchText prints a result as a chart with its figures and what they say.
func writeBenchText(env Env, r *bench.Result) error {
	if _, err := fmt.Fprintf(env.Stdout, "%s, %s\n", r.Program, r.Machine()); err != nil {
		return err
	}
	longest := bench.Seconds(1)
	for _, f := range r.Figures {
		longest = max(longest, f.Median)
	}
	for _, variant := range r.Variants() {
		if _, err := fmt.Fprintf(env.Stdout, "\n"); err != nil {
			return err
		}
		var t table
		var titles []cell
		for i, title := range benchTitles(r, variant) {
			titles = append(titles, cell{text: title, style: bold, right: i > 1})
		}
		t.add(titles...)
		for _, n := range r.Threads() {
			for i, run := range r.Runs() {
				f := r.Figure(variant, run, n)
				if f == nil {
					continue
				}
				threads := ""
				if i == 0 {
					threads = strconv.Itoa(n)
				}
				row := []cell{{text: threads, right: i == 0}, {text: bench.Label(run)}}
				for _, text := range benchFields(r, f) {
					row = append(row, cell{text: text, right: true})
				}
				t.add(append(row, cell{text: blocks(float64(f.Median) / float64(longest) * benchBar), style: runStyle(run)})...)
			}
		}
		if err := t.write(env.Stdout, env.Color); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(env.Stdout, "\n"); err != nil {
		return err
	}
	for _, line := range benchSentences(r) {
		if _, err := fmt.Fprintln(env.Stdout, wrap(line, helpWidth, 0)); err != nil {
			return err
		}
	}
	return nil
}

// benchTitles are the titles of the columns before the bars.
func benchTitles(r *bench.Result, variant string) []string {
	run := "run"
	if variant != "" {
		run = "run, " + variant
	}
	titles := []string{"threads", run, "median", "fastest", "slowest", "speed-up"}
	if hasGILBuild(r) {
		titles = append(titles, "vs GIL build")
	}
	if counts(r) {
		titles = append(titles, "lost")
	}
	return titles
}

// benchFields are the figures of a row, as benchTitles has them.
func benchFields(r *bench.Result, f *bench.Figure) []string {
	fields := []string{f.Median.String(), f.Min.String(), f.Max.String(), fmt.Sprintf("%.2f×", f.SpeedUp)}
	if hasGILBuild(r) {
		fields = append(fields, fmt.Sprintf("%.2f×", *f.AgainstGIL))
	}
	if counts(r) {
		fields = append(fields, fmt.Sprintf("%.1f %%", *f.Lost*100))
	}
	return fields
}

func hasGILBuild(r *bench.Result) bool { return len(r.Overheads) > 0 }

// counts reports whether the program counts the updates it loses.
func counts(r *bench.Result) bool { return len(r.Figures) > 0 && r.Figures[0].Lost != nil }

// blocks draws a bar of so many columns, in eighths of one.
func blocks(columns float64) string {
	eighths := max(1, int(math.Round(columns*8)))
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return bar
}

// benchSentences say in words what the figures mean.
func benchSentences(r *bench.Result) []string {
	var lines []string
	for _, variant := range r.Variants() {
		of := ""
		if variant != "" {
			of = ", " + variant
		}
		var costs []string
		for _, o := range sortedOverheads(r, variant) {
			costs = append(costs, percentMore(o.Percent)+" "+strings.TrimPrefix(bench.Label(o.Run), "free-threaded, "))
		}
		if len(costs) > 0 {
			lines = append(lines, fmt.Sprintf("One thread%s: against the GIL build, the free-threaded one takes %s.", of, strings.Join(costs, ", and ")))
		}
		threads := r.Threads()
		n := threads[len(threads)-1]
		f := r.Figure(variant, vocab.BenchGILOff, n)
		if n == 1 || f == nil {
			continue
		}
		line := fmt.Sprintf("%d threads%s: %.2f times as fast as one with the GIL off", n, of, f.SpeedUp)
		if g := r.Figure(variant, vocab.BenchGILBuild, n); g != nil {
			line += fmt.Sprintf(", %.2f times in the GIL build; %.2f times as fast as one thread of the GIL build", g.SpeedUp, *f.AgainstGIL)
		}
		lines = append(lines, line+".")
		if f.Lost != nil {
			lost := fmt.Sprintf("%d threads%s: %.1f %% of the updates are lost with the GIL off", n, of, *f.Lost*100)
			if g := r.Figure(variant, vocab.BenchGILBuild, n); g != nil {
				lost += fmt.Sprintf(", %.1f %% in the GIL build", *g.Lost*100)
			}
			if *f.Lost > 0 {
				lost += ": only a lock makes it right, and what the GIL seems to guarantee no document does"
			}
			lines = append(lines, lost+".")
		}
	}
	for _, note := range r.Notes {
		lines = append(lines, "note: "+note)
	}
	return lines
}

// percentMore writes an overhead.
func percentMore(p float64) string {
	if p < 0 {
		return fmt.Sprintf("%.1f %% less time with the", -p)
	}
	return fmt.Sprintf("%.1f %% more time with the", p)
}

// writeBenchMarkdown prints a result as tables.
func writeBenchMarkdown(w io.Writer, r *bench.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s.\n", r.Program, r.Machine())
	for _, variant := range r.Variants() {
		titles := benchTitles(r, variant)
		fmt.Fprintf(&b, "\n| %s |\n|--:|---|%s\n", strings.Join(titles, " | "), strings.Repeat("--:|", len(titles)-2))
		for _, n := range r.Threads() {
			for _, run := range r.Runs() {
				if f := r.Figure(variant, run, n); f != nil {
					fmt.Fprintf(&b, "| %d | %s | %s |\n", n, bench.Label(run), strings.Join(benchFields(r, f), " | "))
				}
			}
		}
	}
	b.WriteString("\n")
	for _, line := range benchSentences(r) {
		b.WriteString("- " + line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
