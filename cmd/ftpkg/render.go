package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// useColor decides whether to colour: --color, then NO_COLOR, then FORCE_COLOR,
// then whether a terminal that can do it is there.
func useColor(when string, columns int, getenv func(string) string) bool {
	switch {
	case when != "auto":
		return when == "always"
	case getenv("NO_COLOR") != "":
		return false
	case getenv("FORCE_COLOR") != "":
		return true
	}
	return columns > 0 && getenv("TERM") != "dumb"
}

// A style is an ANSI attribute.
type style string

const (
	plainStyle style = ""
	bold       style = "1"
	dim        style = "2"
	red        style = "31"
	green      style = "32"
	yellow     style = "33"
	cyan       style = "36"
)

// paint returns text in a style if color is on.
func paint(color bool, s style, text string) string {
	if !color || s == plainStyle || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// A cell is one field of a table.
type cell struct {
	text  string
	style style
	right bool // aligned to the right
}

// A table is rows of cells in aligned columns, two spaces apart.
type table struct{ rows [][]cell }

// add appends a row.
func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// header appends a row of titles.
func (t *table) header(titles ...string) {
	row := make([]cell, len(titles))
	for i, title := range titles {
		row[i] = cell{text: title, style: bold}
	}
	t.add(row...)
}

// write prints the table; no line ends in spaces.
func (t *table) write(w io.Writer, color bool) error {
	var widths []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], textWidth(c.text))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		gap := 0 // spaces owed before the next text
		for i, c := range row {
			pad := widths[i] - textWidth(c.text)
			if c.right {
				gap, pad = gap+pad, 0
			}
			if c.text != "" {
				b.WriteString(strings.Repeat(" ", gap))
				b.WriteString(paint(color, c.style, c.text))
				gap = 0
			} else {
				pad = widths[i]
			}
			gap += pad + 2
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// textWidth is the number of terminal columns text takes.
func textWidth(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide reports whether a terminal gives r two columns: the East Asian wide
// blocks and the pictographs.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf && r != 0x303f ||
		r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f ||
		r >= 0xff00 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1f64f ||
		r >= 0x1f900 && r <= 0x1f9ff || r >= 0x20000 && r <= 0x3fffd)
}

// wrap breaks text into lines of at most width columns, each after the first
// indented.
func wrap(text string, width, indent int) string {
	var b strings.Builder
	col := indent
	for i, word := range strings.Fields(text) {
		w := textWidth(word)
		switch {
		case i == 0:
		case col+1+w > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = indent
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += w
	}
	return b.String()
}

// byteCount writes a size for people.
func byteCount(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// writeJSON prints a document as indented JSON.
func writeJSON(w io.Writer, doc any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// writeTo calls write with standard output, or with the named file, which is
// left alone when write fails.
func writeTo(env Env, name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return write(env.Stdout)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(env.path(name), b.Bytes(), 0o666)
}

// checkOutput reports whether the file that --output names can be written, for
// commands that take long to find out. It leaves no trace.
func checkOutput(env Env, name string) error {
	if name == "" || name == "-" {
		return nil
	}
	path := env.path(name)
	dir := filepath.Dir(path)
	if !isDir(dir) {
		return usagef("--output: %s: there is no such directory", filepath.Dir(name))
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	made := errors.Is(err, fs.ErrNotExist)
	if made {
		f, err = os.CreateTemp(dir, ".ftpkg-")
	}
	if err != nil {
		return usagef("--output: %w", err)
	}
	err = f.Close()
	if made {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
