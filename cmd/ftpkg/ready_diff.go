package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A lineEdit replaces the lines [from, to) of a file, counted from 0.
type lineEdit struct {
	from, to int
	lines    []string
}

// diffContext is how many unchanged lines a diff shows around changed ones.
const diffContext = 3

// unifiedDiff writes edits of a file, which do not overlap, as a unified diff.
func unifiedDiff(name, text string, edits []lineEdit) string {
	if len(edits) == 0 {
		return ""
	}
	edits = joined(edits)
	lines := splitAfterLines(text)
	var b strings.Builder
	slashed := strings.ReplaceAll(name, `\`, "/")
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", slashed, slashed)
	shift := 0 // of line numbers by the edits before
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].from-edits[n-1].to <= 2*diffContext {
			n++
		}
		shift += writeHunk(&b, lines, edits[:n], shift)
		edits = edits[n:]
	}
	return b.String()
}

// joined sorts edits and makes one of those that touch.
func joined(edits []lineEdit) []lineEdit {
	sorted := slices.SortedStableFunc(slices.Values(edits), func(a, b lineEdit) int { return cmp.Compare(a.from, b.from) })
	out := sorted[:1]
	for _, e := range sorted[1:] {
		if last := &out[len(out)-1]; e.from == last.to {
			last.to, last.lines = e.to, slices.Concat(last.lines, e.lines)
			continue
		}
		out = append(out, e)
	}
	return out
}

// splitAfterLines splits text into lines with their ends.
func splitAfterLines(text string) []string {
	return slices.Collect(strings.Lines(text))
}

// writeHunk writes edits that stand close together and returns by how much they
// move the lines that follow.
func writeHunk(b *strings.Builder, lines []string, edits []lineEdit, shift int) int {
	first := max(edits[0].from-diffContext, 0)
	last := min(edits[len(edits)-1].to+diffContext, len(lines))
	before, after := last-first, last-first
	for _, e := range edits {
		after += len(e.lines) - (e.to - e.from)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", hunkRange(first, before), hunkRange(first+shift, after))
	at := first
	write := func(sign byte, line string) {
		b.WriteByte(sign)
		b.WriteString(strings.TrimSuffix(line, "\n"))
		b.WriteByte('\n')
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
	for _, e := range edits {
		for ; at < e.from; at++ {
			write(' ', lines[at])
		}
		for ; at < e.to; at++ {
			write('-', lines[at])
		}
		for _, l := range e.lines {
			write('+', l)
		}
	}
	for ; at < last; at++ {
		write(' ', lines[at])
	}
	return after - before
}

// hunkRange writes where a hunk begins and how many lines it has.
func hunkRange(first, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", first)
	}
	if n == 1 {
		return strconv.Itoa(first + 1)
	}
	return fmt.Sprintf("%d,%d", first+1, n)
}
