package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// markdownGlyphs are read on a web page, where colour comes with the glyph.
var markdownGlyphs = map[vocab.FileKind]string{
	vocab.FileNative: "✅", vocab.FileStableABI: "✅", vocab.FileABINone: "✅", vocab.FilePure: "✅",
	vocab.FileMislabelled: "⚠️", vocab.FileSdist: "🔨", vocab.FileNone: "❌",
}

// writeResolveMarkdown prints a result for a pull request comment: the verdict,
// the blockers, and the rest folded away.
func writeResolveMarkdown(w io.Writer, v *resolveView) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**ftpkg** %s\n", v.summary())
	b.WriteString("\n| | " + strings.Join(distinct(v.names, 1), " | ") + " |\n|---|" + strings.Repeat("---|", len(distinct(v.names, 1))) + "\n")
	for _, python := range distinct(v.names, 0) {
		fmt.Fprintf(&b, "| **%s** |", python)
		for _, platform := range distinct(v.names, 1) {
			b.WriteString(" " + v.verdict(python, platform) + " |")
		}
		b.WriteByte('\n')
	}
	if len(v.blocked) > 0 {
		b.WriteString("\n| blocked | cells | why | required by | fix |\n|---|---|---|---|---|\n")
		for _, g := range v.blocked {
			p := g.problem
			fix := ""
			if p.Fix != nil {
				fix = p.Fix.Text
			}
			if p.Accepted != "" {
				fix = "accepted: " + p.Accepted
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` %s | %s | %s |\n", markdownCell(strings.TrimSpace(p.Package+" "+g.version)),
				markdownCell(cellList(g.cells, v.names)), p.Kind, markdownCell(p.Message),
				markdownCell(strings.Join(p.RequiredBy, " → ")), markdownCell(fix))
		}
	}
	if len(v.rows) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n", plural(len(v.rows), "package"))
		b.WriteString("| package | version | " + strings.Join(v.names, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(v.names)) + "\n")
		for _, row := range v.rows {
			fmt.Fprintf(&b, "| %s | %s |", markdownCell(row.name), markdownCell(row.version))
			for i, p := range row.cells {
				switch {
				case p == nil:
					b.WriteString(" |")
				case p.Version != row.version:
					fmt.Fprintf(&b, " %s %s |", markdownGlyphs[row.kind(i)], p.Version)
				default:
					fmt.Fprintf(&b, " %s |", markdownGlyphs[row.kind(i)])
				}
			}
			b.WriteByte('\n')
		}
		b.WriteString("\n</details>\n")
	}
	if a := v.result.Aligned; a != nil {
		b.WriteString("\n**aligned**\n\n")
		if len(a.Cost) == 0 && len(a.Splits) == 0 {
			b.WriteString("- one version of each package serves every cell, at no cost\n")
		}
		for _, c := range a.Cost {
			fmt.Fprintf(&b, "- %s %s → %s in %s\n", c.Package, c.From, c.To, cellList(c.Cells, v.names))
		}
		for _, s := range a.Splits {
			for _, sv := range s.Versions {
				fmt.Fprintf(&b, "- split: %s %s in %s\n", s.Package, sv.Version, cellList(sv.Cells, v.names))
			}
		}
	}
	if d := v.result.Changes; d != nil {
		b.WriteString("\n**since the earlier result**\n\n")
		if len(d.Cleared)+len(d.Broke)+len(d.Moved) == 0 {
			b.WriteString("- nothing changed\n")
		}
		for _, part := range changeParts(d) {
			for _, c := range part.changes {
				fmt.Fprintf(&b, "- %s %s: %s → %s in %s\n", part.title, markdownCell(c.Package), c.Before, c.After, c.Cell)
			}
		}
	}
	for _, n := range v.result.NotJudged {
		fmt.Fprintf(&b, "\nnot judged: %s: %s\n", markdownCell(n.Text), markdownCell(n.Reason))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// verdict is a cell's verdict as the summary table shows it.
func (v *resolveView) verdict(python, platform string) string {
	for i := range v.result.Targets {
		c := &v.result.Targets[i]
		if c.Python != python || c.Platform != platform {
			continue
		}
		switch c.Installable {
		case vocab.InstallableWheels:
			return "✅"
		case vocab.InstallableOnlyIfBuilt:
			return "🔨 only if built"
		case vocab.InstallableNo:
			return "❌ " + plural(len(c.Problems), "problem")
		}
	}
	return ""
}

// markdownCell makes text safe inside a table.
func markdownCell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(text)
}
