package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/gap"
)

// writeGapMarkdown prints a report to paste into an issue of the project.
func writeGapMarkdown(w io.Writer, v *gapView, now time.Time) error {
	r := v.report
	var b strings.Builder
	fmt.Fprintf(&b, "### %s %s: published wheels\n\n", r.Project, r.Version)
	b.WriteString(markdownText(v.asked()) + "\n")
	for _, n := range r.Notes {
		b.WriteString("\n> " + markdownText(n) + "\n")
	}
	b.WriteString("\n| | oldest system | " + strings.Join(v.pythons, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(v.pythons)) + "\n")
	used := map[string]bool{}
	for i := range v.rows {
		row := &v.rows[i]
		fmt.Fprintf(&b, "| %s | %s |", row.platform.Name(), row.floor())
		for _, c := range row.cells {
			b.WriteString(" " + gapMarkdownGlyph(c, used) + " |")
		}
		b.WriteByte('\n')
	}
	var legend []string
	for _, l := range gapMarkdownLegend {
		if used[l.glyph] {
			legend = append(legend, l.glyph+" "+l.text)
		}
	}
	b.WriteString("\n" + strings.Join(legend, " · ") + "\n")
	if len(v.groups) > 0 {
		b.WriteString("\n**Missing**\n\n")
	}
	for i := range v.groups {
		g := &v.groups[i]
		fmt.Fprintf(&b, "- **%s**: %s\n", markdownText(g.where()), markdownText(strings.Join(nonEmpty(g.first.Reason, v.outcome(g), accepted(g.first)), "; ")))
	}
	writeMarkdownList(&b, "GIL and free-threaded wheels differ", v.differences())
	writeMarkdownList(&b, "Lost since "+r.Previous, v.losses())
	fmt.Fprintf(&b, "\n<sub>Read from the index on %s by `ftpkg matrix gap %s==%s`.</sub>\n", now.UTC().Format(time.DateOnly), r.Project, r.Version)
	_, err := io.WriteString(w, b.String())
	return err
}

// asked says which cells were asked about, and counts.
func (v *gapView) asked() string {
	text := v.summary() + "."
	if r := v.report; r.RequiresPython != "" {
		text += " It requires Python " + r.RequiresPython + "."
	}
	return text
}

func nonEmpty(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" {
			list = append(list, t)
		}
	}
	return list
}

func writeMarkdownList(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n**" + markdownText(title) + "**\n\n")
	for _, line := range lines {
		b.WriteString("- " + markdownText(line) + "\n")
	}
}

// markdownText makes text of the index safe outside a table: it is no markup, no
// HTML, and mentions nobody.
func markdownText(text string) string {
	return strings.NewReplacer(
		"\n", " ", "\r", " ", "\\", `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "@", "@\u200b", "|", `\|`,
	).Replace(text)
}

// gapMarkdownLegend are the glyphs of a web page, where colour comes with the glyph.
var gapMarkdownLegend = []struct{ glyph, text string }{
	{"✅", "a wheel of this version"},
	{"🐍", "a wheel of this version without compiled code"},
	{"⚠️", "a wheel with tags that cannot be true"},
	{"🔻", "an older version, in silence"},
	{"🔨", "source only: the user compiles it"},
	{"❌", "nothing"},
}

func gapMarkdownGlyph(c *gap.Cell, used map[string]bool) string {
	if c == nil {
		return ""
	}
	glyph, text := "✅", ""
	switch {
	case c.Status == vocab.GapOlder:
		glyph, text = "🔻", " "+c.Version
	case c.Status == vocab.GapSource:
		glyph = "🔨"
	case c.Status == vocab.GapNone:
		glyph = "❌"
	case c.Kind == vocab.FilePure:
		glyph = "🐍"
	case c.Kind == vocab.FileMislabelled:
		glyph = "⚠️"
	}
	used[glyph] = true
	if c.Accepted != "" {
		text += " (accepted)"
	}
	return glyph + text
}
