package main

import (
	"fmt"
	"io"
	"strings"
)

// writeInspectMarkdown prints a report for an issue or a summary.
func writeInspectMarkdown(w io.Writer, v *inspectView) error {
	var b strings.Builder
	for i := range v.report.Subjects {
		s := &v.report.Subjects[i]
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "### %s\n\n", markdownCell(v.title(s)))
		writeItems(&b, v.about(s))
		rows, hidden := v.rows(s)
		if len(rows) > 0 {
			columns := columnsOf(s, rows)
			titles := columns.titles()
			b.WriteString("\n| " + strings.Join(titles, " | ") + " |\n|" + strings.Repeat("---|", len(titles)) + "\n")
			for j := range rows {
				for k, text := range columns.fields(&rows[j]) {
					if text = markdownCell(text); titles[k] == "module" {
						text = "`" + text + "`"
					}
					b.WriteString("| " + text + " ")
				}
				b.WriteString("|\n")
			}
			b.WriteByte('\n')
		}
		if hidden > 0 && len(rows) > 0 {
			fmt.Fprintf(&b, "- and %s that declare not-used everywhere\n", plural(hidden, "module"))
		}
		writeItems(&b, v.remarks(s, rows))
		writeItems(&b, v.hazardLines(s))
	}
	if lines := v.verifiedLines(); lines != nil {
		b.WriteByte('\n')
		writeItems(&b, lines)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeItems prints lines as a list; leading spaces nest them.
func writeItems(b *strings.Builder, lines []string) {
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		fmt.Fprintf(b, "%s- %s\n", strings.Repeat(" ", len(line)-len(text)), markdownCell(text))
	}
}
