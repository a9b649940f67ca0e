package main

import (
	"fmt"
	"io"
	"slices"
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
		columns := columnsOf(s, rows)
		t.header(append([]string{""}, columns.titles()...)...)
		for i := range rows {
			t.add(cell{})
			last := &t.rows[len(t.rows)-1]
			for j, text := range columns.fields(&rows[i]) {
				c := cell{text: text}
				if columns.titles()[j] == columnDeclares {
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

// inspectColumns says which columns a subject's table has besides those that all
// have.
type inspectColumns struct{ owner, where bool }

// columnsOf leaves out what would be the same in each row.
func columnsOf(s *inspect.Subject, rows []moduleRow) inspectColumns {
	first := rows[0].places()
	return inspectColumns{
		owner: s.Project == "" && len(s.Wheels) > 1,
		where: len(rows[0].all) > 1 || slices.ContainsFunc(rows, func(r moduleRow) bool { return r.places() != first }),
	}
}

func (c inspectColumns) titles() []string {
	return c.choose("package", "where", "module", columnDeclares, "abi", "toolchain", "evidence", "")
}

// fields are what stands in a row, below the titles.
func (c inspectColumns) fields(r *moduleRow) []string {
	return c.choose(orDash(r.owner), r.places(), r.module.Module, r.declares(), r.abi(), r.toolchain(), string(r.module.Evidence), r.side())
}

func (c inspectColumns) choose(owner, where string, rest ...string) []string {
	if c.owner {
		rest = append([]string{owner}, rest...)
	}
	if c.where {
		rest = append(rest, where)
	}
	return rest
}
