package pyimport

import (
	"bytes"
	"strings"
)

// isPrefix reports whether a name in front of a quote belongs to the string.
func isPrefix(name string) bool {
	switch strings.ToLower(name) {
	case "r", "b", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt":
		return true
	}
	return false
}

// text reads a string literal, whose prefix was read, from its quote on. It returns
// what stands in it if that is plain.
func (x *lexer) text(prefix string, depth int) string {
	prefix = strings.ToLower(prefix)
	quote := x.src[x.at : x.at+1]
	if t := x.src[x.at:min(x.at+3, len(x.src))]; len(t) == 3 && t[1] == t[0] && t[2] == t[0] {
		quote = t
	}
	x.at += len(quote)
	if strings.ContainsAny(prefix, "ft") && depth < maxDepth {
		// Since Python 3.12 the same quotes may stand in what is replaced. Where that
		// leads nowhere, it is read as in older versions.
		back := *x
		if x.formatted(quote, strings.Contains(prefix, "r"), depth) {
			return ""
		}
		*x = back
	}
	start := x.at
	plain := !strings.ContainsAny(prefix, "ftb")
	for x.at < len(x.src) {
		switch c := x.src[x.at]; {
		case c == '\\':
			plain = false
			x.at++
			if x.at < len(x.src) {
				x.pass()
			}
		case bytes.HasPrefix(x.src[x.at:], quote):
			value := ""
			if plain {
				value = string(x.src[start:x.at])
			}
			x.at += len(quote)
			return value
		case (c == '\n' || c == '\r') && len(quote) == 1:
			return "" // never closed: the line ends it
		default:
			x.pass()
		}
	}
	return ""
}

// pass goes on by a byte, or a line end.
func (x *lexer) pass() {
	if c := x.src[x.at]; c == '\n' || c == '\r' {
		x.newline()
		return
	}
	x.at++
}

// formatted reads the rest of an f-string, and reports whether it found its end.
func (x *lexer) formatted(quote []byte, raw bool, depth int) bool {
	for x.at < len(x.src) {
		switch c := x.src[x.at]; {
		case c == '\\':
			x.at++
			if x.at < len(x.src) && (raw || x.src[x.at] != 'N') && x.src[x.at] != '{' {
				x.pass()
			} else if x.at+1 < len(x.src) && x.src[x.at] == 'N' && x.src[x.at+1] == '{' {
				x.at += 2 // a character by its name
			}
		case bytes.HasPrefix(x.src[x.at:], quote):
			x.at += len(quote)
			return true
		case bytes.HasPrefix(x.src[x.at:], []byte("{{")):
			x.at += 2
		case c == '{':
			x.at++
			if !x.replaced(quote, depth) {
				return false
			}
		case (c == '\n' || c == '\r') && len(quote) == 1:
			return false
		default:
			x.pass()
		}
	}
	return false
}

// replaced reads what stands between the braces of an f-string, and reports
// whether it found the closing one.
func (x *lexer) replaced(quote []byte, depth int) bool {
	brackets := 0
	for x.at < len(x.src) {
		switch c := x.src[x.at]; {
		case c == '}' && brackets == 0:
			x.at++
			return true
		case c == '(' || c == '[' || c == '{':
			brackets++
			x.at++
		case c == ')' || c == ']' || c == '}':
			brackets--
			x.at++
			if brackets < 0 {
				return false
			}
		case c == ':' && brackets == 0:
			x.at++
			return x.format(quote, depth)
		case c == '"' || c == '\'':
			prefix := x.at
			for prefix > 0 && isNameByte(x.src[prefix-1]) {
				prefix--
			}
			name := string(x.src[prefix:x.at])
			if !isPrefix(name) {
				name = ""
			}
			x.text(name, depth+1)
		case c == '#':
			for x.at < len(x.src) && x.src[x.at] != '\n' && x.src[x.at] != '\r' {
				x.at++
			}
		default:
			x.pass()
		}
	}
	return false
}

// format reads the format behind the colon, and reports whether it found the
// closing brace.
func (x *lexer) format(quote []byte, depth int) bool {
	if depth >= maxDepth {
		return false
	}
	for x.at < len(x.src) {
		switch c := x.src[x.at]; {
		case c == '}':
			x.at++
			return true
		case c == '{':
			x.at++
			if !x.replaced(quote, depth+1) {
				return false
			}
		case bytes.HasPrefix(x.src[x.at:], quote):
			return false
		default:
			x.pass()
		}
	}
	return false
}
