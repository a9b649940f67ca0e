package site

import (
	"html"
	"html/template"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// The cells of the doubled matrix and the files behind them are most of the pages of
// packages. They are written here and not by a template, which takes several times
// as long; all that comes from an index goes through text.

// text writes a text that may be anything into HTML, as element or quoted attribute.
func text(b *strings.Builder, s string) { b.WriteString(html.EscapeString(s)) }

// HTML is the two cells of a pair.
func (p pair) HTML() template.HTML {
	var b strings.Builder
	free := "i ft "
	if p.Retired {
		free = "i ft old "
	}
	writeCell(&b, &p.GIL, "i ", p.Hole == "gil")
	writeCell(&b, &p.Free, free, p.Hole == "free")
	return template.HTML(b.String()) //nolint:gosec // see text
}

// HTML is the cells of a package in the page of a Python.
func (m matrixOf) HTML() template.HTML {
	var b strings.Builder
	for i := range m.Cells {
		writeCell(&b, &m.Cells[i].Free, "i ", m.Cells[i].Hole != "")
	}
	return template.HTML(b.String()) //nolint:gosec // see text
}

func writeCell(b *strings.Builder, c *status.Cell, of string, hole bool) {
	b.WriteString(`<td class="` + of + class(string(c.Install)))
	if hole {
		b.WriteString(" hole")
	}
	if c.File != "" {
		b.WriteString(`" title="`)
		text(b, c.File)
	}
	b.WriteString(`">`)
	text(b, string(c.Install))
	if c.Install == vocab.InstallOlder && c.Version != "" {
		writeSmall(b, c.Version)
	}
	if c.Floor != "" {
		writeSmall(b, c.Floor)
	}
	b.WriteString("</td>")
}

func writeSmall(b *strings.Builder, s string) {
	b.WriteString(" <small>")
	text(b, s)
	b.WriteString("</small>")
}

// HTML is the row of a file.
func (f *fileRow) HTML() template.HTML {
	var b strings.Builder
	b.WriteString(`<tr><th scope="row"><code>`)
	text(&b, f.File)
	b.WriteString(`</code></th><td><code class="sha" title="`)
	text(&b, f.SHA256)
	b.WriteString(`">`)
	text(&b, f.SHA256[:min(16, len(f.SHA256))])
	b.WriteString("</code></td><td>")
	for i, c := range f.Cells {
		if i > 0 {
			b.WriteString(", ")
		}
		text(&b, c)
	}
	b.WriteString("</td></tr>")
	return template.HTML(b.String()) //nolint:gosec // see text
}
