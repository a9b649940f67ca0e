// Package tomlpos finds where the keys and values of a TOML document stand. The
// decoder in use reports a position only for a fault of syntax; whoever reads a
// document wants to show the place of a key that is not known, or of a value that
// is well formed and still wrong.
//
// [Find] is a scanner, not a parser: it is meant for documents that were decoded
// without error. On others it ends early, and what it says is of no use.
package tomlpos

import (
	"slices"
	"strconv"
	"strings"
)

// A Span is a range of bytes of a document.
type Span struct{ Start, End int }

// An Index knows where the keys and values of one document stand.
type Index struct {
	places map[string]place
	breaks []int // where the line breaks stand
}

type place struct{ key, value Span }

// Key returns where the key at a path of keys and array indexes stands, or the
// nearest key around it. The zero Span means the document itself.
//
//	index.Key("project", "dependencies", 3)
func (x *Index) Key(path ...any) Span { return x.at(path).key }

// Value returns where the value at a path stands, or the nearest value around it.
func (x *Index) Value(path ...any) Span { return x.at(path).value }

// Line returns the line of the value at a path, counted from 1, or of the nearest
// value around it; 0 if there is none.
func (x *Index) Line(path ...any) int {
	where := x.at(path)
	if where == (place{}) {
		return 0
	}
	line, _ := slices.BinarySearch(x.breaks, where.value.Start)
	return line + 1
}

func (x *Index) at(path []any) place {
	p, found := "", place{}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			p = keyIn(p, step)
		case int:
			p = itemOf(p, step)
		}
		where, ok := x.places[p]
		if !ok {
			break
		}
		found = where
	}
	return found
}

// A path is its steps, each led by a byte that no key can hold unescaped.
func keyIn(path, key string) string    { return path + "\x00" + key }
func itemOf(path string, i int) string { return path + "\x01" + strconv.Itoa(i) }

// maxDepth bounds the nesting that is followed, as a guard of the stack.
const maxDepth = 200

// Find returns the index of a document.
func Find(text string) *Index {
	s := &scanner{text: text, places: map[string]place{}, arrays: map[string]int{}}
	s.document()
	var breaks []int
	for i := range len(text) {
		if text[i] == '\n' {
			breaks = append(breaks, i)
		}
	}
	return &Index{s.places, breaks}
}

type scanner struct {
	text   string
	at     int
	places map[string]place
	arrays map[string]int // arrays of tables: how many elements so far
}

// note records a place unless an earlier one is known.
func (s *scanner) note(path string, where place) {
	if _, known := s.places[path]; !known {
		s.places[path] = where
	}
}

func (s *scanner) document() {
	table := ""
	for {
		s.blank(true)
		switch {
		case s.at >= len(s.text):
			return
		case strings.HasPrefix(s.text[s.at:], "[["):
			s.at += 2
			keys, where := s.keys()
			if keys == nil {
				return
			}
			table = s.enter(keys, where, true)
			s.at += 2
		case s.text[s.at] == '[':
			s.at++
			keys, where := s.keys()
			if keys == nil {
				return
			}
			table = s.enter(keys, where, false)
			s.at++
		default:
			if !s.pair(table, 0) {
				return
			}
		}
	}
}

// enter returns the path of a table header, going into the last element of every
// array of tables on the way.
func (s *scanner) enter(keys []string, where Span, array bool) string {
	path := ""
	for i, k := range keys {
		path = keyIn(path, k)
		s.note(path, place{where, where})
		n := s.arrays[path]
		switch {
		case array && i == len(keys)-1:
			s.arrays[path] = n + 1
			path = itemOf(path, n)
			s.note(path, place{where, where})
		case n > 0:
			path = itemOf(path, n-1)
		}
	}
	return path
}

// pair reads key = value in a table.
func (s *scanner) pair(table string, depth int) bool {
	keys, where := s.keys()
	if keys == nil || s.at >= len(s.text) || s.text[s.at] != '=' {
		return false
	}
	s.at++
	path := table
	for _, k := range keys {
		path = keyIn(path, k)
		s.note(path, place{where, where})
	}
	return s.value(path, where, depth)
}

// value reads a value and notes its place; key is that of its key, empty for an
// element of an array.
func (s *scanner) value(path string, key Span, depth int) bool {
	s.blank(false)
	if s.at >= len(s.text) || depth > maxDepth {
		return false
	}
	start, ok := s.at, true
	switch s.text[start] {
	case '"', '\'':
		_, ok = s.quoted()
	case '[':
		s.at++
		ok = s.elements(']', func(i int) bool { return s.value(itemOf(path, i), Span{}, depth+1) })
	case '{':
		s.at++
		ok = s.elements('}', func(int) bool { return s.pair(path, depth+1) })
	default:
		for s.at < len(s.text) && strings.IndexByte(",]}#\r\n", s.text[s.at]) < 0 {
			s.at++
		}
	}
	value := Span{start, start + len(strings.TrimRight(s.text[start:s.at], " \t"))}
	if key == (Span{}) {
		key = value
	}
	s.places[path] = place{key, value}
	return ok
}

// elements reads a list separated by commas up to its end, each element by read.
func (s *scanner) elements(end byte, read func(i int) bool) bool {
	for i := 0; ; i++ {
		s.blank(true)
		if s.at >= len(s.text) {
			return false
		}
		if s.text[s.at] == end {
			s.at++
			return true
		}
		start := s.at
		if !read(i) || s.at == start {
			return false
		}
		s.blank(true)
		if s.at < len(s.text) && s.text[s.at] == ',' {
			s.at++
		}
	}
}

// keys reads a dotted key; it returns nil if there is none.
func (s *scanner) keys() (keys []string, where Span) {
	s.blank(false)
	where.Start = s.at
	for s.at < len(s.text) && len(keys) < maxDepth {
		var key string
		if c := s.text[s.at]; c == '"' || c == '\'' {
			var ok bool
			if key, ok = s.quoted(); !ok {
				return nil, where
			}
		} else {
			start := s.at
			for s.at < len(s.text) && strings.IndexByte(" \t.=]#,}\r\n", s.text[s.at]) < 0 {
				s.at++
			}
			if key = s.text[start:s.at]; key == "" {
				return nil, where
			}
		}
		keys, where.End = append(keys, key), s.at
		s.blank(false)
		if s.at >= len(s.text) || s.text[s.at] != '.' {
			return keys, where
		}
		s.at++
		s.blank(false)
	}
	return nil, where
}

// quoted reads a string of any of the four kinds; escapes are resolved where a
// key may have them.
func (s *scanner) quoted() (string, bool) {
	quote := s.text[s.at : s.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.at:], triple) {
		quote = triple
	}
	s.at += len(quote)
	start := s.at
	for s.at < len(s.text) {
		switch {
		case s.text[s.at] == '\\' && quote[0] == '"':
			s.at += 2
		case strings.HasPrefix(s.text[s.at:], quote):
			for len(quote) == 3 && strings.HasPrefix(s.text[s.at+1:], quote) {
				s.at++ // up to two quotes may stand right before the end
			}
			text := s.text[start:s.at]
			s.at += len(quote)
			if quote == `"` {
				text = unescape(text)
			}
			return text, true
		default:
			s.at++
		}
	}
	s.at = len(s.text)
	return "", false
}

// unescape resolves the escapes of a basic string.
func unescape(text string) string {
	const names, values = `btnfre"\`, "\b\t\n\f\r\x1b\"\\"
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[i]]
		n, err := strconv.ParseUint(text[i+1:min(i+1+digits, len(text))], 16, 32)
		if digits > 0 && err == nil {
			b.WriteRune(rune(n))
			i += digits
		} else if n := strings.IndexByte(names, text[i]); n >= 0 {
			b.WriteByte(values[n])
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// blank skips spaces and tabs, and where lines may end also that and comments.
func (s *scanner) blank(lines bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t':
			s.at++
		case lines && (c == '\n' || c == '\r'):
			s.at++
		case lines && c == '#':
			if n := strings.IndexByte(s.text[s.at:], '\n'); n >= 0 {
				s.at += n
			} else {
				s.at = len(s.text)
			}
		default:
			return
		}
	}
}
