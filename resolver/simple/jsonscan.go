package simple

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads one JSON document (RFC 8259) front to back. Pages run to
// megabytes of which a few fields a file are wanted; pulling just those takes a
// fifth of the time that encoding/json takes for the whole, and cold runs read
// dozens of pages. It accepts and rejects what encoding/json does, which the
// tests hold it to.
type scanner struct {
	b []byte
	i int
	// buf holds the last string that had escapes in it.
	buf []byte
}

// maxDepth is how deep values may nest, so that a hostile document cannot
// exhaust the stack. The pages nest four deep.
const maxDepth = 1000

var errDepth = errors.New("nested too deeply")

// fail returns an error that names the place in the document.
func (s *scanner) fail(want string) error {
	s.space()
	if s.i >= len(s.b) {
		return fmt.Errorf("json: unexpected end at offset %d, expected %s", len(s.b), want)
	}
	return fmt.Errorf("json: expected %s at offset %d, found %q", want, s.i, s.b[s.i])
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// take consumes c if it is the next token.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.i >= len(s.b) {
		return false
	}
	s.i++
	return true
}

// end checks that nothing but space is left.
func (s *scanner) end() error {
	if s.space(); s.i < len(s.b) {
		return s.fail("the end of the document")
	}
	return nil
}

// object reads an object and calls field with each key; field must read the
// value. The key is valid until then.
func (s *scanner) object(field func(key []byte) error) error {
	if !s.take('{') {
		return s.fail("an object")
	}
	if s.take('}') {
		return nil
	}
	for {
		key, err := s.str()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.fail("':'")
		}
		if err := field(key); err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.fail("',' or '}'")
		}
	}
}

// array reads an array and calls element at each value, which it must read.
func (s *scanner) array(element func() error) error {
	if !s.take('[') {
		return s.fail("an array")
	}
	if s.take(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.fail("',' or ']'")
		}
	}
}

// plain marks the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// str reads a string. The result is valid until the next call.
func (s *scanner) str() ([]byte, error) {
	if !s.take('"') {
		return nil, s.fail("a string")
	}
	start := s.i
	for i := s.i; i < len(s.b); i++ {
		if plain[s.b[i]] {
			continue
		}
		if s.b[i] == '"' {
			s.i = i + 1
			return s.b[start:i], nil
		}
		s.buf = append(s.buf[:0], s.b[start:i]...)
		s.i = i
		return s.escaped()
	}
	s.i = len(s.b)
	return nil, s.fail("the end of a string")
}

// escaped reads on in a string that has an escape or a byte above ASCII in it.
func (s *scanner) escaped() ([]byte, error) {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.buf, nil
		case c == '\\':
			s.i++
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, fmt.Errorf("json: control character %q in a string at offset %d", c, s.i)
		case c < utf8.RuneSelf:
			s.buf = append(s.buf, c)
			s.i++
		default:
			// A byte that is not UTF-8 becomes U+FFFD.
			r, n := utf8.DecodeRune(s.b[s.i:])
			s.buf = utf8.AppendRune(s.buf, r)
			s.i += n
		}
	}
	return nil, s.fail("the end of a string")
}

// escape reads what follows a backslash.
func (s *scanner) escape() error {
	if s.i >= len(s.b) {
		return s.fail("an escape")
	}
	c := s.b[s.i]
	if c == 'u' {
		r, ok := s.hex4(s.i + 1)
		if !ok {
			return fmt.Errorf("json: malformed \\u escape at offset %d", s.i-1)
		}
		s.i += 5
		if utf16.IsSurrogate(r) {
			// Half a pair alone becomes U+FFFD.
			pair := rune(utf8.RuneError)
			if bytes.HasPrefix(s.b[s.i:], []byte(`\u`)) {
				if low, ok := s.hex4(s.i + 2); ok {
					pair = utf16.DecodeRune(r, low)
				}
			}
			if r = pair; r != utf8.RuneError {
				s.i += 6
			}
		}
		s.buf = utf8.AppendRune(s.buf, r)
		return nil
	}
	k := strings.IndexByte(`"\/bfnrt`, c)
	if k < 0 {
		return fmt.Errorf("json: unknown escape \\%c at offset %d", c, s.i-1)
	}
	s.buf = append(s.buf, "\"\\/\b\f\n\r\t"[k])
	s.i++
	return nil
}

// hex4 reads four hexadecimal digits at offset i.
func (s *scanner) hex4(i int) (rune, bool) {
	if i+4 > len(s.b) {
		return 0, false
	}
	var r rune
	for _, c := range s.b[i : i+4] {
		v := hexValue[c]
		if v > 15 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// hexValue is the value of a hexadecimal digit, 255 for any other byte.
var hexValue = func() (t [256]byte) {
	for c := range t {
		t[c] = 255
	}
	for v, c := range []byte("0123456789abcdef") {
		t[c] = byte(v)
	}
	for v, c := range []byte("ABCDEF") {
		t[c] = byte(v + 10)
	}
	return t
}()

// number reads a number and returns its text.
func (s *scanner) number() ([]byte, error) {
	s.space()
	start := s.i
	s.at('-')
	switch {
	case s.at('0'):
	case s.digits():
	default:
		return nil, s.fail("a number")
	}
	if s.at('.') && !s.digits() {
		return nil, s.fail("a digit")
	}
	if s.at('e') || s.at('E') {
		if !s.at('+') {
			s.at('-')
		}
		if !s.digits() {
			return nil, s.fail("a digit")
		}
	}
	return s.b[start:s.i], nil
}

// at consumes c if it is the very next byte.
func (s *scanner) at(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// digits consumes digits and reports whether there was one.
func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}

// literal consumes a word: true, false or null.
func (s *scanner) literal(word string) error {
	s.space()
	if !bytes.HasPrefix(s.b[s.i:], []byte(word)) {
		return s.fail(word)
	}
	s.i += len(word)
	return nil
}

// skip reads any value and forgets it.
func (s *scanner) skip() error { return s.skipDeep(0) }

func (s *scanner) skipDeep(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("json: offset %d: %w", s.i, errDepth)
	}
	switch c := s.peek(); c {
	case '{':
		return s.object(func([]byte) error { return s.skipDeep(depth + 1) })
	case '[':
		return s.array(func() error { return s.skipDeep(depth + 1) })
	case '"':
		_, err := s.str()
		return err
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		_, err := s.number()
		return err
	default:
		return s.fail("a value")
	}
}

// optionalString reads a string, or any other value as "".
func (s *scanner) optionalString() ([]byte, error) {
	if s.peek() == '"' {
		return s.str()
	}
	return nil, s.skip()
}
