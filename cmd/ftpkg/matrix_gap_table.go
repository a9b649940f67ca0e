package main

import (
	"io"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/gap"
)

// writeGapTable prints a report for people: platforms × Pythons, then what is to be
// said about it.
func writeGapTable(w io.Writer, v *gapView, color bool, width int) error {
	if width <= 0 || width > tableWidth {
		width = tableWidth
	}
	var b strings.Builder
	b.WriteString(paint(color, bold, v.summary()) + "\n")
	for _, n := range v.report.Notes {
		b.WriteString(paint(color, yellow, wrap("note: "+n, width, 0)) + "\n")
	}
	b.WriteByte('\n')
	used := map[string]bool{}
	var t table
	t.header(slices.Concat([]string{"", ""}, v.pythons)...)
	for i := range v.rows {
		row := &v.rows[i]
		cells := []cell{{text: row.platform.Name()}, {text: row.floor(), style: dim}}
		for _, c := range row.cells {
			cells = append(cells, gapGlyph(c, used))
		}
		t.add(cells...)
	}
	if err := t.write(&b, color); err != nil {
		return err
	}
	b.WriteString("\n" + paint(color, dim, wrap(gapLegend(used), width, 0)) + "\n")
	if len(v.groups) > 0 {
		b.WriteString("\ngaps:\n")
	}
	for i := range v.groups {
		g := &v.groups[i]
		b.WriteString("  " + paint(color, bold, wrap(g.where(), width-2, 4)) + "  " + paint(color, yellow, g.status()) + "\n")
		for _, line := range []string{g.first.Reason, v.outcome(g), accepted(g.first)} {
			if line != "" {
				b.WriteString("      " + wrap(line, width-6, 8) + "\n")
			}
		}
	}
	writeGapLines(&b, "the halves differ:", v.differences(), width)
	writeGapLines(&b, "lost since "+v.report.Previous+":", v.losses(), width)
	_, err := io.WriteString(w, b.String())
	return err
}

func accepted(c *gap.Cell) string {
	if c.Accepted == "" {
		return ""
	}
	return "accepted: " + c.Accepted
}

func writeGapLines(b *strings.Builder, title string, lines []string, width int) {
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for _, line := range lines {
		b.WriteString("  " + wrap(line, width-2, 4) + "\n")
	}
}

// glyphOlder stands before the version that a cell falls back to.
const glyphOlder = "↓"

// gapGlyph is what the table shows for a cell.
func gapGlyph(c *gap.Cell, used map[string]bool) cell {
	if c == nil {
		used[glyphUnneeded] = true
		return cell{text: glyphUnneeded, style: dim}
	}
	if c.Status == vocab.GapOlder {
		used[glyphOlder] = true
		return cell{text: glyphOlder + c.Version, style: yellow}
	}
	for _, g := range glyphs {
		if g.kind == c.Kind {
			used[g.glyph] = true
			return cell{text: g.glyph, style: g.style}
		}
	}
	return cell{text: string(c.Kind)}
}

// gapLegend explains the glyphs that were used.
func gapLegend(used map[string]bool) string {
	var parts []string
	for _, g := range glyphs {
		if !used[g.glyph] {
			continue
		}
		text := g.text
		if g.kind == vocab.FileNone {
			text = "nothing"
		}
		parts = append(parts, g.glyph+" "+text)
	}
	if used[glyphOlder] {
		parts = append(parts, glyphOlder+" an older version")
	}
	if used[glyphUnneeded] {
		parts = append(parts, glyphUnneeded+" not asked about")
	}
	return strings.Join(parts, " ")
}
