// Package tomlpos finds the lines on which the values of a TOML document stand.
// The decoder in use reports a position only when it fails; the readers of
// project files and locks want to name the line of a value that is well formed
// and still wrong.
//
// [Find] is a scanner, not a parser: it is meant for documents that have been
// decoded without error. On others its answers are merely useless.
package tomlpos

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Index maps the path of a value to its line.
type Index map[string]int

// Line returns the line of the value at a path of keys and array indexes,
// counted from 1, or of its nearest enclosing value that has one; 0 if none has.
//
//	pos.Line("project", "dependencies", 3)
func (x Index) Line(path ...any) int {
	var b []byte
	ends := make([]int, 0, len(path))
	for _, p := range path {
		switch p := p.(type) {
		case int:
			b = appendItem(b, p)
		case string:
			b = appendKey(b, p)
		}
		ends = append(ends, len(b))
	}
	for _, end := range slices.Backward(ends) {
		if line := x[string(b[:end])]; line > 0 {
			return line
		}
	}
	return 0
}

// A path is its steps, each led by a byte that TOML text cannot hold, so that
// no key can pass for two.
func appendKey(b []byte, key string) []byte { return append(append(b, 0), key...) }

func appendItem(b []byte, i int) []byte { return strconv.AppendInt(append(b, 1), int64(i), 10) }

// maxDepth bounds the nesting that is followed, as a guard of the stack.
const maxDepth = 200

// Find returns the lines of all values of a document.
func Find(doc string) Index {
	s := &scanner{doc: doc, line: 1, index: Index{}, items: map[string]int{}}
	s.document()
	return s.index
}

type scanner struct {
	doc   string
	at    int
	line  int
	index Index
	// items counts the elements of each array of tables.
	items map[string]int
}

// note records a value's line unless an earlier one did.
func (s *scanner) note(path []byte) {
	if _, ok := s.index[string(path)]; !ok {
		s.index[string(path)] = s.line
	}
}

func (s *scanner) document() {
	var table []byte
	for s.at < len(s.doc) {
		s.blank(true)
		if s.at >= len(s.doc) {
			return
		}
		start := s.at
		switch {
		case strings.HasPrefix(s.doc[s.at:], "[["):
			s.at += 2
			table = s.enter(s.keys(), true)
			s.skipLine()
		case s.doc[s.at] == '[':
			s.at++
			table = s.enter(s.keys(), false)
			s.skipLine()
		default:
			s.assignment(table, 0)
			s.skipLine()
		}
		if s.at == start {
			s.at++
		}
	}
}

// enter returns the path of a table header, going into the last element of
// every array of tables on the way.
func (s *scanner) enter(keys []string, array bool) []byte {
	var path []byte
	for i, k := range keys {
		path = appendKey(path, k)
		s.note(path)
		last := i == len(keys)-1
		n, isArray := s.items[string(path)]
		switch {
		case last && array:
			s.items[string(path)] = n + 1
			path = appendItem(path, n)
			s.note(path)
		case isArray && n > 0:
			path = appendItem(path, n-1)
		}
	}
	return path
}

// assignment reads "key.key = value" below a table.
func (s *scanner) assignment(table []byte, depth int) {
	path := append([]byte(nil), table...)
	for _, k := range s.keys() {
		path = appendKey(path, k)
		s.note(path)
	}
	s.blank(false)
	if s.peek() != '=' {
		return
	}
	s.at++
	s.blank(false)
	s.value(path, depth)
}

func (s *scanner) value(path []byte, depth int) {
	s.note(path)
	switch c := s.peek(); {
	case c == '"' || c == '\'':
		s.str()
	case c == '[' && depth < maxDepth:
		s.at++
		s.array(path, depth+1)
	case c == '{' && depth < maxDepth:
		s.at++
		s.inline(path, depth+1)
	default:
		for s.at < len(s.doc) && !strings.ContainsRune(",]}#\r\n", rune(s.doc[s.at])) {
			s.at++
		}
	}
}

func (s *scanner) array(path []byte, depth int) {
	for i := 0; s.at < len(s.doc); {
		s.blank(true)
		switch s.peek() {
		case 0:
			return
		case ']':
			s.at++
			return
		case ',':
			s.at++
			continue
		}
		start := s.at
		s.value(appendItem(append([]byte(nil), path...), i), depth)
		if s.at == start {
			return
		}
		i++
	}
}

func (s *scanner) inline(path []byte, depth int) {
	for s.at < len(s.doc) {
		s.blank(true)
		switch s.peek() {
		case 0:
			return
		case '}':
			s.at++
			return
		case ',':
			s.at++
			continue
		}
		start := s.at
		s.assignment(path, depth)
		if s.at == start {
			return
		}
	}
}

// keys reads a dotted key.
func (s *scanner) keys() []string {
	var keys []string
	for {
		s.blank(false)
		start := s.at
		switch c := s.peek(); c {
		case '"', '\'':
			keys = append(keys, s.str())
		default:
			for s.at < len(s.doc) && !strings.ContainsRune(" \t.=]#\r\n,}", rune(s.doc[s.at])) {
				s.at++
			}
			if s.at == start {
				return keys
			}
			keys = append(keys, s.doc[start:s.at])
		}
		s.blank(false)
		if s.peek() != '.' {
			return keys
		}
		s.at++
	}
}

// str reads a string of any of the four kinds and returns its value.
func (s *scanner) str() string {
	quote := s.doc[s.at : s.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.doc[s.at:], triple) {
		s.at += 3
		start := s.at
		for s.at < len(s.doc) {
			switch {
			case strings.HasPrefix(s.doc[s.at:], triple):
				// Up to two quotes may stand before the closing three.
				end := s.at + 3
				for end < len(s.doc) && end < s.at+5 && s.doc[end] == quote[0] {
					end++
				}
				text := s.doc[start : end-3]
				s.at = end
				return text
			case s.doc[s.at] == '\\' && quote == `"` && s.at+1 < len(s.doc):
				s.at++
				s.step()
			default:
				s.step()
			}
		}
		return s.doc[start:]
	}
	s.at++
	start, escaped := s.at, false
	for s.at < len(s.doc) && s.doc[s.at] != '\n' {
		switch {
		case s.doc[s.at] == quote[0]:
			text := s.doc[start:s.at]
			s.at++
			if escaped {
				return unescape(text)
			}
			return text
		case s.doc[s.at] == '\\' && quote == `"` && s.at+1 < len(s.doc):
			escaped = true
			s.at += 2
		default:
			s.at++
		}
	}
	s.at = min(s.at, len(s.doc))
	return s.doc[start:s.at]
}

// unescape resolves the escapes of a basic string that is used as a key.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		width := map[byte]int{'u': 4, 'U': 8, 'x': 2}[text[i]]
		if width > 0 && i+width < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+1+width], 16, 32); err == nil {
				b.WriteRune(rune(n))
				i += width
				continue
			}
		}
		const names, values = `btnfre"\`, "\b\t\n\f\r\x1b\"\\"
		if n := strings.IndexByte(names, text[i]); n >= 0 {
			b.WriteByte(values[n])
		} else {
			b.WriteByte(text[i])
		}
	}
	if s := b.String(); utf8.ValidString(s) {
		return s
	}
	return text
}

func (s *scanner) peek() byte {
	if s.at < len(s.doc) {
		return s.doc[s.at]
	}
	return 0
}

func (s *scanner) step() {
	if s.doc[s.at] == '\n' {
		s.line++
	}
	s.at++
}

// blank skips spaces, and if lines is set also line ends and comments.
func (s *scanner) blank(lines bool) {
	for s.at < len(s.doc) {
		switch c := s.doc[s.at]; {
		case c == ' ' || c == '\t':
			s.at++
		case lines && (c == '\n' || c == '\r'):
			s.step()
		case lines && c == '#':
			for s.at < len(s.doc) && s.doc[s.at] != '\n' {
				s.at++
			}
		default:
			return
		}
	}
}

// skipLine goes past what is left of a line after a value or header.
func (s *scanner) skipLine() {
	for s.at < len(s.doc) && s.doc[s.at] != '\n' {
		s.at++
	}
}
