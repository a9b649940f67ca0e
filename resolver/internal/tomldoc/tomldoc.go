// Package tomldoc reads TOML documents whose shape cannot be trusted: project
// files and locks written by other tools and edited by hand.
//
// A [Doc] is walked by keys, and every wrong type or missing value is recorded
// with its file, line and key instead of being returned at each step, so that a
// reader states only what it looks for:
//
//	d, err := tomldoc.Parse("uv.lock", data)
//	…
//	for _, p := range d.Root().Get("package").Items() {
//		name := p.Get("name").Need().Str()
//		…
//	}
//	if err := d.Err(); err != nil { … }
package tomldoc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// Error is a fault at a place of a file.
type Error struct {
	// File is the file as the caller named it.
	File string
	// Line is counted from 1; 0 if unknown.
	Line int
	// Text is the offending text, "" if the message says it all.
	Text string
	// Msg says what is wrong, without file and line.
	Msg string
	// Err is the cause, if there is one.
	Err error
}

// Error returns "file:line: message: text".
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Text != "" && !strings.Contains(e.Msg, e.Text) {
		b.WriteString(": ")
		b.WriteString(e.Text)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Doc is a parsed document and the first fault met in walking it.
type Doc struct {
	file string
	text string
	root map[string]any
	pos  *tomlpos.Index
	err  *Error
}

// Parse parses a document. The error is an [*Error] with the line.
func Parse(file string, data []byte) (*Doc, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, &Error{File: file, Line: badLine(data), Msg: "not UTF-8 text"}
	}
	d := &Doc{file: file, text: string(data)}
	if _, err := toml.Decode(d.text, &d.root); err != nil {
		var pe toml.ParseError
		if !errors.As(err, &pe) {
			return nil, &Error{File: file, Msg: strings.TrimPrefix(err.Error(), "toml: "), Err: err}
		}
		return nil, &Error{File: file, Line: pe.Position.Line, Text: d.line(pe.Position.Line), Msg: "not valid TOML: " + pe.Message, Err: err}
	}
	return d, nil
}

// badLine returns the line of the first byte that is not UTF-8.
func badLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}

// maxText bounds the offending text that an error quotes.
const maxText = 160

func (d *Doc) line(n int) string {
	lines := strings.SplitN(d.text, "\n", n+1)
	if n < 1 || n > len(lines) {
		return ""
	}
	return Clip(strings.TrimSpace(lines[n-1]))
}

// Clip shortens text that is quoted in a message.
func Clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// File returns the name the document was parsed under.
func (d *Doc) File() string { return d.file }

// Root returns the document's top table.
func (d *Doc) Root() Value { return Value{doc: d, v: d.root} }

// Err returns the first fault recorded while walking, as an [*Error].
func (d *Doc) Err() error {
	if d.err == nil {
		return nil
	}
	return d.err
}

func (d *Doc) fail(path []any, err error, format string, args ...any) {
	if d.err != nil {
		return
	}
	msg := fmt.Sprintf(format, args...)
	if p := pathString(path); p != "" {
		msg = p + ": " + msg
	}
	d.err = &Error{File: d.file, Line: d.lineOf(path), Msg: msg, Err: err}
}

// lineOf finds lines only when one is asked for: most documents are fine.
func (d *Doc) lineOf(path []any) int {
	if d.pos == nil {
		d.pos = tomlpos.Find(d.text)
	}
	return d.pos.Line(path...)
}

func pathString(path []any) string {
	var b strings.Builder
	for _, p := range path {
		switch p := p.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", p)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(p)
		}
	}
	return b.String()
}
