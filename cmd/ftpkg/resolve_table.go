package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
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
	v.writeColumns(b, block, color, func(row, i int) (glyph, mark string, s style) {
		glyph, mark, s = v.rows[row].glyph(i)
		used[glyph], used[mark] = true, true
		return glyph, mark, s
	})
}

// writeColumns writes the rows for a block of cells; at says what a row shows in a
// cell, and the mark behind it.
func (v *resolveView) writeColumns(b *strings.Builder, block []int, color bool, at func(row, i int) (glyph, mark string, s style)) {
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
	for r, row := range v.rows {
		out := pad(row.name, name) + "  " + row.version
		gap := left - textWidth(out)
		for _, g := range groups {
			out += strings.Repeat(" ", gap+2)
			gap = v.groupWidth(g)
			for n, i := range g {
				glyph, mark, s := at(r, i)
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
	b.WriteString("\nolder or differing versions:\n")
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
