package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// An Error is a fault in a file, with the place it stands.
type Error struct {
	File         string
	Line, Column int // from 1; the column counts characters
	Msg          string

	source string // the line
	width  int    // how many characters are at fault, at least 1
}

// Error returns "file:line:column: message", and below it the line with a caret
// under the fault.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
	if e.source == "" {
		return b.String()
	}
	gutter := fmt.Sprintf("%5d | ", e.Line)
	fmt.Fprintf(&b, "\n%s%s\n%s| ", gutter, e.source, strings.Repeat(" ", len(gutter)-2))
	for _, r := range []rune(e.source)[:e.Column-1] {
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	b.WriteString(strings.Repeat("^", e.width))
	return b.String()
}

// errorAt makes an Error of a fault at the span of text.
func errorAt(file, text string, at tomlpos.Span, format string, args ...any) *Error {
	at.Start = min(max(at.Start, 0), len(text))
	at.End = min(max(at.End, at.Start), len(text))
	start := strings.LastIndexByte(text[:at.Start], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	line = strings.TrimRight(line, "\r")
	end := min(at.End, start+len(line))
	e := &Error{
		File: file, Line: strings.Count(text[:start], "\n") + 1, Msg: fmt.Sprintf(format, args...),
		Column: utf8.RuneCountInString(text[start:min(at.Start, start+len(line))]) + 1, width: 1,
	}
	if n := utf8.RuneCountInString(text[min(at.Start, end):end]); n > 0 {
		e.width = n
	}
	const longest = 200 // characters; a longer line is not shown
	if utf8.ValidString(line) && utf8.RuneCountInString(line) <= longest {
		e.source = line
	}
	return e
}
