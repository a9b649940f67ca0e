package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// readyMarks are read on a web page, where colour comes with the glyph.
var readyMarks = map[vocab.Readiness]string{
	vocab.Ready: "✅", vocab.ReadyUnknown: "❔", vocab.ReadyWhenBuilt: "🔨", vocab.ReadyTurnsOn: "🔒", vocab.ReadyBlocked: "❌",
}

// writeReadyMarkdown prints a report for a pull request comment: the verdicts, what
// is not ready, and the rest folded away.
func writeReadyMarkdown(w io.Writer, v *readyView) error {
	var b strings.Builder
	if len(v.apps) > 1 {
		v.writeMarkdownRollUp(&b)
	}
	for i, a := range v.apps {
		if i > 0 || len(v.apps) > 1 {
			b.WriteByte('\n')
		}
		a.writeMarkdown(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *readyApp) writeMarkdown(b *strings.Builder) {
	fmt.Fprintf(b, "**ftpkg ready** %s\n", markdownCell(a.summary()))
	platforms := distinct(a.names, 1)
	b.WriteString("\n| | " + strings.Join(platforms, " | ") + " |\n|---|" + strings.Repeat("---|", len(platforms)) + "\n")
	for _, python := range distinct(a.names, 0) {
		fmt.Fprintf(b, "| **%s** |", python)
		for _, platform := range platforms {
			text := ""
			for i := range a.Cells {
				if c := &a.Cells[i]; c.Python == python && c.Platform == platform {
					text = readyMarks[c.Readiness] + " " + string(c.Readiness)
				}
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteByte('\n')
	}
	if len(a.Findings) > 0 {
		b.WriteString("\n| package | cells | why | required by | what helps |\n|---|---|---|---|---|\n")
	}
	for i := range a.Findings {
		f := &a.Findings[i]
		why := "`" + string(f.Readiness) + "` " + markdownCell(f.Reason)
		if len(f.Modules) > 0 {
			why += ": " + markdownCell(moduleText(f, maxModules))
		}
		if text := importText(f); text != "" {
			why += "; " + markdownCell(text)
		}
		label, text := fixText(f)
		if label != "" && label != "fix" {
			text = label + ": " + text
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", markdownCell(strings.TrimSpace(f.Package+" "+f.Version)),
			markdownCell(cellList(f.Cells, a.names)), why, markdownCell(strings.Join(f.Chain, " → ")), markdownCell(text))
	}
	if r := a.Repair; r != nil {
		fmt.Fprintf(b, "\n**together**: %s\n\n", markdownCell(repairSummary(r)))
		for _, c := range r.Changes {
			fmt.Fprintf(b, "- %s\n", markdownCell(changeText(c)))
		}
		if r.Patch != "" {
			fmt.Fprintf(b, "\n```diff\n%s```\n", r.Patch)
		}
		for _, c := range r.Commands {
			fmt.Fprintf(b, "\n```console\n$ %s\n```\n", c)
		}
	}
	a.writeMarkdownPackages(b)
	if v := a.Verified; v != nil {
		fmt.Fprintf(b, "\nloaded in CPython %s: %d of %s as the files say\n", v.Cell, v.Agreed, plural(v.Packages, "package"))
		for _, d := range v.Differences {
			fmt.Fprintf(b, "- %s: the files say %s, loading says %s\n", markdownCell(d.Package), markdownCell(d.Predicted), markdownCell(d.Seen))
		}
	}
	for _, n := range a.NotJudged {
		fmt.Fprintf(b, "\nnot judged: %s: %s\n", markdownCell(n.Text), markdownCell(n.Reason))
	}
}

// writeMarkdownPackages folds all packages away.
func (a *readyApp) writeMarkdownPackages(b *strings.Builder) {
	if len(a.Packages) == 0 {
		return
	}
	whole := newReadyApp(a.Application, true)
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", plural(len(whole.rows), "package"))
	b.WriteString("| package | version | " + strings.Join(whole.names, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(whole.names)) + "\n")
	for _, row := range whole.rows {
		fmt.Fprintf(b, "| %s | %s |", markdownCell(row.name), markdownCell(row.version))
		for _, s := range row.states {
			switch {
			case s == nil:
				b.WriteString(" |")
			case s.Version != row.version:
				fmt.Fprintf(b, " %s %s |", readyMarks[s.Readiness], s.Version)
			default:
				fmt.Fprintf(b, " %s |", readyMarks[s.Readiness])
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n</details>\n")
}

func (v *readyView) writeMarkdownRollUp(b *strings.Builder) {
	fmt.Fprintf(b, "**ftpkg ready** %s\n\n| application | free-threaded | with the GIL | not ready |\n|---|---|---|---|\n", plural(len(v.apps), "application"))
	for _, a := range v.apps {
		fmt.Fprintf(b, "| %s |", markdownCell(a.Name))
		for _, free := range []bool{true, false} {
			worst := a.worst(free)
			fmt.Fprintf(b, " %s |", strings.TrimSpace(readyMarks[worst]+" "+string(worst)))
		}
		fmt.Fprintf(b, " %s |\n", markdownCell(strings.Join(a.culprits(), ", ")))
	}
	if len(v.report.Upgrades) > 0 {
		b.WriteString("\nUpgrades, those that free most applications first:\n\n")
	}
	for i := range v.report.Upgrades {
		fmt.Fprintf(b, "%d. %s\n", i+1, markdownCell(upgradeText(&v.report.Upgrades[i])))
	}
}
