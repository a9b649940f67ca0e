package pep508

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says why a requirement or marker was refused.
type SyntaxError struct {
	Input  string // as it was given
	Offset int    // in bytes from the start of Input
	Msg    string // what was expected or found there
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at %d in %s", e.Msg, e.Offset, quote(e.Input))
}

// quote quotes s for a message, shortened if it is very long.
func quote(s string) string {
	const limit = 300
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	return strconv.Quote(strings.ToValidUTF8(s[:limit], "")) + "…"
}

// scanner reads s from i on. Its methods follow the token rules of packaging,
// in which only space and tab are white space.
type scanner struct {
	s     string
	i     int
	depth int // of parentheses
}

func (sc *scanner) fail(at int, format string, args ...any) error {
	return &SyntaxError{Input: sc.s, Offset: at, Msg: fmt.Sprintf(format, args...)}
}

func (sc *scanner) end() bool { return sc.i == len(sc.s) }

// at reports whether c is next.
func (sc *scanner) at(c byte) bool { return sc.i < len(sc.s) && sc.s[sc.i] == c }

// take reads c if it is next.
func (sc *scanner) take(c byte) bool {
	if sc.at(c) {
		sc.i++
		return true
	}
	return false
}

func (sc *scanner) space() {
	for sc.i < len(sc.s) && (sc.s[sc.i] == ' ' || sc.s[sc.i] == '\t') {
		sc.i++
	}
}

// identifier reads the name of a project or extra: it starts with a letter or
// digit and ends with one or, as packaging has it, with an underscore. It
// returns "" if none is next.
func (sc *scanner) identifier() string {
	s := sc.s[sc.i:]
	n := 0
	for n < len(s) && (isAlnum(s[n]) || n > 0 && isNameSeparator(s[n])) {
		n++
	}
	if n < len(s) && s[n] >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRuneInString(s[n:]); isWordRune(r) {
			return ""
		}
	}
	for n > 0 && (s[n-1] == '.' || s[n-1] == '-') {
		n--
	}
	sc.i += n
	return s[:n]
}

// word returns, without reading it, the longest run of letters, digits and
// underscores that is next.
func (sc *scanner) word() string {
	s := sc.s[sc.i:]
	for i, r := range s {
		if !isWordRune(r) {
			return s[:i]
		}
	}
	return s
}

// isWordRune reports what \w does in Python.
func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || isAlnum(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// isSpaceRune reports what \s does in Python.
func isSpaceRune(r rune) bool {
	return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
}
