package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

// tableWidth is how wide the table may be where no terminal says otherwise.
const tableWidth = 100

// glyphs are what a cell of the table shows for a file kind.
var glyphs = []struct {
	kind  vocab.FileKind
	glyph string
	style style
	text  string
}{
	{vocab.FileNative, "●", green, "compiled for this build"},
	{vocab.FileStableABI, "◆", green, "stable ABI"},
	{vocab.FileABINone, "▪", green, "platform wheel without a Python ABI"},
	{vocab.FilePure, "○", green, "pure"},
	{vocab.FileMislabelled, "?", yellow, "mislabelled"},
	{vocab.FileSdist, "△", yellow, "must be built"},
	{vocab.FileNone, "✗", red, "blocked"},
}

// maxExplanation is how many steps of a derivation the table shows.
const maxExplanation = 8

// Marks stand behind a glyph.
const (
	glyphUnneeded = "·"
	markVersion   = "*"
	markSlower    = "~"
)

// writeResolveTable prints a result as a table of packages × cells with the
// blockers explained below.
func writeResolveTable(w io.Writer, v *resolveView, color bool, width int) error {
	if width <= 0 || width > tableWidth {
		width = tableWidth
	}
	var b strings.Builder
	b.WriteString(paint(color, bold, v.summary()) + "\n")
	used := map[string]bool{}
	for _, block := range v.blocks(width) {
		b.WriteByte('\n')
		v.writeBlock(&b, block, color, used)
	}
	if legend := legend(used); legend != "" {
		b.WriteString("\n" + paint(color, dim, wrap(legend, width, 0)) + "\n")
	}
	v.writeDeviations(&b, width)
	if len(v.settled) > 0 {
		var names []string
		for _, row := range v.settled {
			names = append(names, row.name+" "+row.version)
		}
		fmt.Fprintf(&b, "\n%s\n", wrap("pure in every cell that needs it: "+strings.Join(names, ", "), width, 2))
	}
	v.writePrereleases(&b, width)
	v.writeSlower(&b, width)
	v.writeBlocked(&b, color, width)
	v.writeAligned(&b, color, width)
	v.writeChanges(&b, color, width)
	writeNotes(&b, "not judged", v.result.NotJudged, width)
	writeNotes(&b, "ignored", v.result.Ignored, width)
	if !v.result.Verified {
		b.WriteString("\nunverified: one wheel's metadata was trusted for all files of its version (--trust-metadata)\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// blocks divides the cells into groups of platforms that fit the width.
func (v *resolveView) blocks(width int) [][]int {
	if len(v.rows) == 0 {
		return nil
	}
	room := width - v.leftWidth()
	var blocks [][]int
	var block []int
	used := 0
	for _, group := range v.platforms() {
		need := v.groupWidth(group) + 2
		if len(block) > 0 && used+need > room {
			blocks, block, used = append(blocks, block), nil, 0
		}
		block = append(block, group...)
		used += need
	}
	return append(blocks, block)
}

// leftWidth is the width of the columns for name and version.
func (v *resolveView) leftWidth() int {
	name, version := len("package"), len("version")
	for _, row := range v.rows {
		name, version = max(name, textWidth(row.name)), max(version, textWidth(row.version))
	}
	return name + 2 + version
}

// platforms returns the indexes of the cells, grouped by platform.
func (v *resolveView) platforms() [][]int {
	var groups [][]int
	for _, platform := range distinct(v.names, 1) {
		var group []int
		for i, name := range v.names {
			if field(name, 1) == platform {
				group = append(group, i)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// groupWidth is the width of one platform's columns.
func (v *resolveView) groupWidth(group []int) int {
	n := 0
	for _, i := range group {
		n += len(v.column(i)) + 1
	}
	os, arch := v.platformTitle(group)
	return max(n-1, len(os), len(arch))
}

// column is the title of a cell's column: the build's flavour where one Python
// version says the rest, else the Python.
func (v *resolveView) column(i int) string {
	pythons := distinct(v.names, 0)
	python := field(v.names[i], 0)
	minor := strings.TrimSuffix(pythons[0], "t")
	for _, p := range pythons {
		if strings.TrimSuffix(p, "t") != minor {
			return python
		}
	}
	if strings.HasSuffix(python, "t") {
		return "t  "
	}
	return "gil"
}

// platformTitle splits a platform's name over two lines.
func (v *resolveView) platformTitle(group []int) (os, arch string) {
	os, arch, _ = strings.Cut(field(v.names[group[0]], 1), "-")
	return os, arch
}

func (v *resolveView) writeBlock(b *strings.Builder, block []int, color bool, used map[string]bool) {
	left := v.leftWidth()
	var groups [][]int
	for _, g := range v.platforms() {
		if slices.Contains(block, g[0]) {
			groups = append(groups, g)
		}
	}
	line := func(first string, s style, text func(group []int) string) {
		out := pad(first, left)
		for _, g := range groups {
			out += "  " + pad(text(g), v.groupWidth(g))
		}
		b.WriteString(paint(color, s, strings.TrimRight(out, " ")) + "\n")
	}
	name := left - 2
	for _, row := range v.rows {
		name = min(name, left-2-textWidth(row.version))
	}
	name = min(name, left-2-len("version"))
	last := ""
	line("", bold, func(g []int) string {
		os, _ := v.platformTitle(g)
		if os == last {
			return "" // the title of the platform before covers this one too
		}
		last = os
		return os
	})
	line("", bold, func(g []int) string { _, arch := v.platformTitle(g); return arch })
	line(pad("package", name)+"  version", bold, func(g []int) string {
		var titles []string
		for _, i := range g {
			titles = append(titles, v.column(i))
		}
		return strings.Join(titles, " ")
	})
	for _, row := range v.rows {
		out := pad(row.name, name) + "  " + row.version
		gap := left - textWidth(out)
		for _, g := range groups {
			out += strings.Repeat(" ", gap+2)
			gap = v.groupWidth(g)
			for n, i := range g {
				glyph, mark, s := row.glyph(i)
				used[glyph], used[mark] = true, true
				out += paint(color, s, glyph+mark)
				width := textWidth(glyph + mark)
				gap -= width
				if n < len(g)-1 {
					fill := len(v.column(i)) + 1 - width
					out += strings.Repeat(" ", fill)
					gap -= fill
				}
			}
		}
		b.WriteString(strings.TrimRight(out, " ") + "\n")
	}
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-textWidth(text)))
}

// glyph is what a row shows in a cell, and the mark behind it.
func (r *packageRow) glyph(i int) (glyph, mark string, s style) {
	p := r.cells[i]
	if p == nil {
		return glyphUnneeded, "", dim
	}
	for _, g := range glyphs {
		if g.kind == r.kind(i) {
			glyph, s = g.glyph, g.style
		}
	}
	switch {
	case p.Twin == vocab.TwinSlower:
		mark, s = markSlower, yellow
	case p.Version != r.version && p.Version != "":
		mark = markVersion
	}
	return glyph, mark, s
}

// legend explains the glyphs and marks that were used.
func legend(used map[string]bool) string {
	var parts []string
	for _, g := range glyphs {
		if used[g.glyph] {
			parts = append(parts, g.glyph+" "+g.text)
		}
	}
	for _, m := range [][2]string{
		{glyphUnneeded, "not needed"}, {markVersion, "another version, see below"}, {markSlower, "the GIL build gets a compiled wheel"},
	} {
		if used[m[0]] {
			parts = append(parts, m[0]+" "+m[1])
		}
	}
	return strings.Join(parts, "   ")
}

func (v *resolveView) writeDeviations(b *strings.Builder, width int) {
	var lines []string
	for _, row := range v.rows {
		lines = append(lines, row.deviations(v.names)...)
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\nother versions:\n")
	for _, line := range lines {
		b.WriteString("  " + wrap(line, width, 4) + "\n")
	}
}

// writePrereleases names the pre-releases that were taken, which an installer
// does without a word.
func (v *resolveView) writePrereleases(b *strings.Builder, width int) {
	var lines []string
	for _, row := range v.rows {
		cells := map[string][]string{}
		var order []string
		for i, p := range row.cells {
			if p != nil && p.VersionStatus == vocab.VersionPrerelease {
				if cells[p.Version] == nil {
					order = append(order, p.Version)
				}
				cells[p.Version] = append(cells[p.Version], v.names[i])
			}
		}
		for _, version := range order {
			lines = append(lines, fmt.Sprintf("%s %s in %s", row.name, version, cellList(cells[version], v.names)))
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\npre-releases:\n")
	for _, line := range lines {
		b.WriteString("  " + wrap(line, width, 4) + "\n")
	}
}

func (v *resolveView) writeSlower(b *strings.Builder, width int) {
	if len(v.slower) == 0 {
		return
	}
	b.WriteString("\nworks, but slower than on the GIL build, which gets a compiled wheel:\n")
	for _, g := range v.slower {
		b.WriteString("  " + wrap(g.problem.Package+" "+g.version+" in "+cellList(g.cells, v.names), width, 4) + "\n")
	}
}

func (v *resolveView) writeBlocked(b *strings.Builder, color bool, width int) {
	for _, accepted := range []bool{false, true} {
		var groups []blockedGroup
		for _, g := range v.blocked {
			if (g.problem.Accepted != "") == accepted {
				groups = append(groups, g)
			}
		}
		if len(groups) == 0 {
			continue
		}
		title := "blocked"
		if accepted {
			title = "blocked, and accepted"
		}
		b.WriteString("\n" + paint(color, bold, title+":") + "\n")
		for _, g := range groups {
			v.writeGroup(b, g, color, width)
		}
	}
}

func (v *resolveView) writeGroup(b *strings.Builder, g blockedGroup, color bool, width int) {
	p := g.problem
	head := strings.TrimSpace(p.Package + " " + g.version)
	if head == "" {
		head = "your requirements"
	}
	s := red
	if p.Accepted != "" {
		s = dim
	}
	fmt.Fprintf(b, "  %s  %s\n", paint(color, s, head), paint(color, s, string(p.Kind)))
	line := func(label, text string) {
		b.WriteString("      " + wrap(label+text, width, 8) + "\n")
	}
	line("", "in "+cellList(g.cells, v.names))
	line("", p.Message)
	for i, l := range p.Explanation {
		if i == maxExplanation {
			fmt.Fprintf(b, "        … %s more in --format json\n", plural(len(p.Explanation)-i, "step"))
			break
		}
		b.WriteString("        " + wrap(l, width, 10) + "\n")
	}
	unrelated := slices.Contains([]vocab.ProblemKind{
		vocab.ProblemNoSuchProject, vocab.ProblemNoMatchingVersion, vocab.ProblemConflict, vocab.ProblemSdistOnly,
	}, p.Kind)
	if g.twin == vocab.TwinMissing && !unrelated && hasFreeThreaded(g.cells) {
		line("", "not free threading's fault: the GIL build has no wheel here either")
	}
	if len(p.RequiredBy) > 1 {
		line("required by ", strings.Join(p.RequiredBy, " → ")+also(p))
	}
	if p.Fix != nil {
		line(paint(color, green, "fix")+": ", p.Fix.Text)
	}
	if p.Accepted != "" {
		line("accepted: ", p.Accepted)
	}
}

// also names the other requirements a problem blocks.
func also(p resolver.Problem) string {
	if len(p.Roots) < 2 {
		return ""
	}
	return fmt.Sprintf("; blocks %s of yours: %s", plural(len(p.Roots), "requirement"), strings.Join(p.Roots, ", "))
}

func hasFreeThreaded(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return strings.HasSuffix(field(c, 0), "t") })
}

func (v *resolveView) writeAligned(b *strings.Builder, color bool, width int) {
	a := v.result.Aligned
	if a == nil {
		return
	}
	switch {
	case len(a.Splits) == 0 && len(a.Cost) == 0:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " one version of each package serves every cell, at no cost\n")
		return
	case len(a.Splits) == 0:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " one version of each package serves every cell; it costs\n")
	default:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " not every package can have one version\n")
	}
	for _, c := range a.Cost {
		text := fmt.Sprintf("%s %s → %s in %s", c.Package, c.From, c.To, cellList(c.Cells, v.names))
		if len(c.Because) > 0 {
			text += ", because of " + cellList(c.Because, v.names)
		}
		b.WriteString("  " + wrap(text, width, 4) + "\n")
	}
	for _, s := range a.Splits {
		var parts []string
		for _, sv := range s.Versions {
			parts = append(parts, sv.Version+" in "+cellList(sv.Cells, v.names))
		}
		b.WriteString("  " + wrap("split: "+s.Package+" "+strings.Join(parts, "; "), width, 4) + "\n")
		if s.Reason != "" {
			b.WriteString("    " + wrap(s.Reason, width, 6) + "\n")
		}
	}
}

// writeChanges says what changed since the result given with --diff.
func (v *resolveView) writeChanges(b *strings.Builder, color bool, width int) {
	d := v.result.Changes
	if d == nil {
		return
	}
	if len(d.Cleared)+len(d.Broke)+len(d.Moved) == 0 {
		b.WriteString("\nnothing changed since the earlier result\n")
		return
	}
	for _, part := range []struct {
		title   string
		style   style
		changes []resolver.Change
	}{{"cleared", green, d.Cleared}, {"broke", red, d.Broke}, {"moved", plainStyle, d.Moved}} {
		if len(part.changes) == 0 {
			continue
		}
		b.WriteString("\n" + paint(color, bold, part.title+" since the earlier result:") + "\n")
		var order []resolver.Change
		cells := map[resolver.Change][]string{}
		for _, c := range part.changes {
			key := resolver.Change{Package: c.Package, Before: c.Before, After: c.After}
			if cells[key] == nil {
				order = append(order, key)
			}
			cells[key] = append(cells[key], c.Cell)
		}
		for _, key := range order {
			text := fmt.Sprintf("%s: %s → %s in %s", paint(color, part.style, key.Package), key.Before, key.After, cellList(cells[key], v.names))
			b.WriteString("  " + wrap(text, width, 4) + "\n")
		}
	}
}

func writeNotes(b *strings.Builder, title string, notes []resolver.Note, width int) {
	if len(notes) == 0 {
		return
	}
	b.WriteString("\n" + title + ":\n")
	for _, n := range notes {
		text := n.Text + ": " + n.Reason
		if n.Origin != "" {
			text = n.Origin + ": " + text
		}
		b.WriteString("  " + wrap(text, width, 4) + "\n")
	}
}
