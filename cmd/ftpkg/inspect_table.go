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
	head := red
	if s.Error == "" {
		head = verdictStyle(s.Verdict)
	}
	b.WriteString(paint(color, head, wrap(v.title(s), width, 2)) + "\n")
	writeLines(b, v.about(s), 2, width)
	rows, hidden := v.rows(s)
	if len(rows) > 0 {
		var t table
		t.header(append([]string{""}, v.columns(s)...)...)
		for i := range rows {
			t.add(cell{})
			last := &t.rows[len(t.rows)-1]
			for j, text := range v.fields(s, &rows[i]) {
				c := cell{text: text}
				if v.columns(s)[j] == columnDeclares {
					c.style = rows[i].style()
				}
				*last = append(*last, c)
			}
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

// columnDeclares is the title of the column that is coloured.
const columnDeclares = "declares"

// columns are the titles of a subject's table: with the packages if there are
// several.
func (v *inspectView) columns(s *inspect.Subject) []string {
	titles := []string{"module", columnDeclares, "abi", "toolchain", "evidence", "", "where"}
	if s.Project == "" && len(s.Wheels) > 1 {
		titles = append([]string{"package"}, titles...)
	}
	return titles
}

// fields are what stands in a row, below the columns.
func (v *inspectView) fields(s *inspect.Subject, r *moduleRow) []string {
	fields := []string{r.module.Module, r.declares(), r.abi(), r.toolchain(), string(r.module.Evidence), r.side(), r.places()}
	if s.Project == "" && len(s.Wheels) > 1 {
		fields = append([]string{orDash(r.owner)}, fields...)
	}
	return fields
}
