package pyimport

// A kind is what a token is.
type kind uint8

const (
	kindName  kind = iota
	kindText       // a string or bytes literal
	kindOther      // a number or an operator of one byte
)

// A token is a word of a statement. The text of a string is what stands between its
// quotes if nothing in it is escaped or replaced, else "".
type token struct {
	kind kind
	text string
	line int
}

// is reports whether the token is a certain name or operator.
func (t *token) is(text string) bool { return t.kind != kindText && t.text == text }

// Bounds of what is looked at.
const (
	maxSource = 8 << 20 // of a file, in bytes
	maxTokens = 1 << 12 // that are kept of a statement
	maxDepth  = 24      // of f-strings within each other
)

// A lexer splits source into logical lines.
type lexer struct {
	src  []byte
	at   int
	line int // from 1
}

// A logical is a logical line: a statement, or several with semicolons between.
type logical struct {
	indent int // in columns
	tokens []token
}

// next returns the next logical line that is not empty; ok is false at the end.
func (x *lexer) next() (l logical, ok bool) {
	for x.at < len(x.src) {
		l.indent = x.indent()
		l.tokens = x.tokens(l.tokens[:0])
		if len(l.tokens) > 0 {
			return l, true
		}
	}
	return l, false
}

// indent reads the space that a line begins with.
func (x *lexer) indent() int {
	const tab = 8
	columns := 0
	for ; x.at < len(x.src); x.at++ {
		switch x.src[x.at] {
		case ' ':
			columns++
		case '\t':
			columns += tab - columns%tab
		case '\f':
			columns = 0
		default:
			return columns
		}
	}
	return columns
}

// tokens reads up to the end of the logical line.
func (x *lexer) tokens(list []token) []token {
	depth := 0 // of brackets
	add := func(t token) {
		if len(list) < maxTokens {
			list = append(list, t)
		}
	}
	fresh := false // at the beginning of a line within brackets
	for x.at < len(x.src) {
		switch c := x.src[x.at]; {
		case c == '\n' || c == '\r':
			x.newline()
			if depth == 0 {
				return list
			}
			fresh = true
			continue
		case c == ' ' || c == '\t' || c == '\f':
			x.at++
			continue
		case c == '#':
			for x.at < len(x.src) && x.src[x.at] != '\n' && x.src[x.at] != '\r' {
				x.at++
			}
			continue
		case c == '\\' && x.at+1 < len(x.src) && (x.src[x.at+1] == '\n' || x.src[x.at+1] == '\r'):
			x.at++
			x.newline()
			continue
		case isNameByte(c) && (c < '0' || c > '9'):
			start := x.at
			for x.at < len(x.src) && isNameByte(x.src[x.at]) {
				x.at++
			}
			name := string(x.src[start:x.at])
			if x.at < len(x.src) && (x.src[x.at] == '"' || x.src[x.at] == '\'') && isPrefix(name) {
				line := x.line
				add(token{kindText, x.text(name, 0), line})
				break
			}
			if depth > 0 && fresh && isStatement(name) {
				// A bracket that was never closed: nothing else can stand here.
				x.at = start
				return list
			}
			add(token{kindName, name, x.line})
		case c >= '0' && c <= '9':
			start := x.at
			for x.at < len(x.src) && (isNameByte(x.src[x.at]) || x.src[x.at] == '.') {
				x.at++
			}
			add(token{kindOther, string(x.src[start:x.at]), x.line})
		case c == '"' || c == '\'':
			line := x.line
			add(token{kindText, x.text("", 0), line})
		default:
			switch c {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth = max(depth-1, 0)
			}
			add(token{kindOther, string(rune(c)), x.line})
			x.at++
		}
		fresh = false
	}
	return list
}

// newline passes a line end.
func (x *lexer) newline() {
	if x.src[x.at] == '\r' && x.at+1 < len(x.src) && x.src[x.at+1] == '\n' {
		x.at++
	}
	x.at++
	x.line++
}

// isNameByte reports whether a byte can be part of a name. All bytes of letters
// that are not ASCII can.
func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// isStatement reports whether a word begins a statement and never stands at the
// beginning of a line within brackets.
func isStatement(name string) bool {
	switch name {
	case "import", "def", "class", "return", "raise", "while", "with", "try":
		return true
	}
	return false
}
