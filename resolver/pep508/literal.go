package pep508

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A quoted string of a marker is, in packaging, the literal of a Python string:
// it has escapes, but none can stand for the closing quote, since the string
// ends at the first one.

// unquote returns the value of a literal without its quotes. It returns a
// message and where the message points if the literal is not valid.
func unquote(s string) (value string, at int, msg string) {
	if strings.IndexByte(s, '\\') < 0 {
		if i := strings.IndexAny(s, "\n\r\x00"); i >= 0 {
			return "", i, "a quoted string can't hold line ends or NUL"
		}
		return s, 0, ""
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '\n', '\r', 0:
			return "", i, "a quoted string can't hold line ends or NUL"
		case '\\':
			after, n, msg := unescape(b, s[i:])
			if msg != "" {
				return "", i, msg
			}
			b = after
			i += n
		default:
			b = append(b, c)
			i++
		}
	}
	return string(b), 0, ""
}

// unescape appends what the escape at the start of s stands for, and returns
// how long the escape is.
func unescape(b []byte, s string) (out []byte, n int, msg string) {
	if len(s) == 1 {
		return b, 0, "a quoted string can't end with a backslash"
	}
	switch c := s[1]; c {
	case '\\', '\'', '"':
		return append(b, c), 2, ""
	case '\n': // a line end that doesn't count
		return b, 2, ""
	case '\r':
		return b, 2 + len(s[2:]) - len(strings.TrimPrefix(s[2:], "\n")), ""
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n = 2
		for n < 4 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
			n++
		}
		r, _ := strconv.ParseUint(s[1:n], 8, 32)
		return utf8.AppendRune(b, rune(r)), n, ""
	case 'x':
		return unescapeHex(b, s, 2)
	case 'u':
		return unescapeHex(b, s, 4)
	case 'U':
		return unescapeHex(b, s, 8)
	case 'N':
		return b, 0, `\N{...} is not supported`
	default:
		if i := strings.IndexByte("abfnrtv", c); i >= 0 {
			return append(b, "\a\b\f\n\r\t\v"[i]), 2, ""
		}
		return append(b, '\\'), 1, "" // not an escape
	}
}

func unescapeHex(b []byte, s string, digits int) (out []byte, n int, msg string) {
	if len(s) < 2+digits {
		return b, 0, "incomplete escape in a quoted string"
	}
	r, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	if err != nil || r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
		return b, 0, "invalid escape in a quoted string"
	}
	return utf8.AppendRune(b, rune(r)), 2 + digits, ""
}

// appendQuoted appends a literal for value, in double quotes unless they are
// in it.
func appendQuoted(b []byte, value string) []byte {
	quote := byte('"')
	if strings.IndexByte(value, '"') >= 0 && strings.IndexByte(value, '\'') < 0 {
		quote = '\''
	}
	b = append(b, quote)
	for i := range len(value) {
		switch c := value[i]; c {
		case '\\':
			b = append(b, `\\`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case quote, 0:
			const hex = "0123456789abcdef"
			b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, quote)
}
