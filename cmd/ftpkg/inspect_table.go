package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/probe/inspect"
)

// writeInspectTable prints a report for a terminal.
func writeInspectTable(w io.Writer, v *inspectView, color bool, width int) error {
	if width <= 0 || width > tableWidth {
		width = tableWidth
	}
	var b strings.Builder
	for i := range v.report.Subjects {
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := v.writeSubject(&b, &v.report.Subjects[i], color, width); err != nil {
			return err
		}
	}
	if lines := v.verifiedLines(); lines != nil {
		b.WriteByte('\n')
		writeLines(&b, lines, 0, width)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (v *inspectView) writeSubject(b *strings.Builder, s *inspect.Subject, color bool, width int) error {
	head := style(red)
	if s.Error == "" {
		head = verdictStyle(s.Verdict)
	}
	b.WriteString(paint(color, head, wrap(v.title(s), width, 2)) + "\n")
	writeLines(b, v.about(s), 2, width)
	rows, hidden := v.rows(s)
	if len(rows) > 0 {
		var t table
		t.add(cell{}, cell{text: "module", style: bold}, cell{text: "declares", style: bold}, cell{text: "abi", style: bold},
			cell{text: "toolchain", style: bold}, cell{text: "evidence", style: bold}, cell{text: "", style: bold}, cell{text: "where", style: bold})
		for i := range rows {
			r := &rows[i]
			t.add(cell{}, cell{text: r.module.Module}, cell{text: r.declares(), style: r.style()}, cell{text: r.abi()},
				cell{text: r.toolchain()}, cell{text: string(r.module.Evidence)}, cell{text: r.side()}, cell{text: r.places()})
		}
		b.WriteByte('\n')
		if err := t.write(b, color); err != nil {
			return err
		}
	}
	if hidden > 0 && len(rows) > 0 {
		fmt.Fprintf(b, "  and %s that declare not-used everywhere (--verbose)\n", plural(hidden, "module"))
	}
	if lines := append(v.remarks(s, rows), v.hazardLines(s)...); len(lines) > 0 {
		b.WriteByte('\n')
		writeLines(b, lines, 2, width)
	}
	return nil
}

// writeLines prints lines, wrapped. Leading spaces of a line indent it further.
func writeLines(b *strings.Builder, lines []string, indent, width int) {
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		in := indent + len(line) - len(text)
		b.WriteString(strings.Repeat(" ", in) + wrap(text, width, in+2) + "\n")
	}
}
