package matrix

import (
	"regexp"
	"strings"
)

// legacy is what setup.cfg and setup.py hold.
type legacy struct{ cfg, setup string }

// pythonRequires returns python_requires and its place: of setup.cfg, else of the
// call of setup in setup.py, if it is a plain string there.
func (l legacy) pythonRequires() (value string, at Error, ok bool) {
	if v, line, ok := iniValue(l.cfg, "options", "python_requires"); ok {
		return v, Error{File: "setup.cfg", Line: line}, true
	}
	if v, line, ok := keywordOf(l.setup, "python_requires"); ok && v != "" {
		return v, Error{File: "setup.py", Line: line}, true
	}
	return "", Error{}, false
}

// iniValue returns a value of a file in the format of Python's configparser. Lines
// that go on, further in, are joined.
func iniValue(text, section, key string) (value string, line int, ok bool) {
	in, n := false, 0
	for l := range strings.Lines(text) {
		n++
		l = strings.TrimRight(l, "\r\n \t")
		trimmed := strings.TrimLeft(l, " \t")
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case len(trimmed) < len(l):
			if ok {
				value = strings.TrimPrefix(value+"\n"+trimmed, "\n")
			}
		case trimmed[0] == '[':
			if ok {
				return value, line, true
			}
			name, _, _ := strings.Cut(trimmed[1:], "]")
			in = name == section
		case ok:
			return value, line, true
		case in:
			if i := strings.IndexAny(trimmed, "=:"); i >= 0 && strings.EqualFold(strings.TrimSpace(trimmed[:i]), key) {
				value, line, ok = strings.TrimSpace(trimmed[i+1:]), n, true
			}
		}
	}
	return value, line, ok
}

// keywordOf returns the string given to a keyword of a call that stands by itself at
// the top of a Python program, or below if __name__ == "__main__"; the last one if
// there are several.
func keywordOf(program, keyword string) (value string, line int, ok bool) {
	t := tokens{text: program, line: 1}
	main, depth := false, 0
	var last [2]string // the two tokens before
	for first := true; ; {
		tok := t.next()
		if tok == "" {
			return value, line, ok
		}
		if tok == "\n" {
			if depth == 0 {
				first = true
			}
			continue
		}
		if first {
			first = false
			if t.column == 0 {
				main = tok == "if" && t.restHas(`__name__`, `__main__`)
				t.top = true
			} else {
				t.top = main && t.column > 0
			}
		}
		switch tok {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "=":
			if depth == 1 && t.top && last[1] == keyword && (last[0] == "(" || last[0] == ",") {
				at := t.line
				if s, plain := t.str(); plain {
					value, line, ok = s, at, true
				}
			}
		}
		last = [2]string{last[1], tok}
	}
}

// tokens reads the tokens of a Python program: names, single characters, "\n", and
// strings, which are all alike.
type tokens struct {
	text         string
	at           int
	line, column int  // of the token that was read last
	lineStart    int  // where its line begins
	top          bool // the statement is one that counts
}

var (
	pyName   = regexp.MustCompile(`^[A-Za-z_0-9]+`)
	pyGap    = regexp.MustCompile(`^(?:[ \t\r\n\\]|#[^\n]*)*`) // within brackets
	pyString = regexp.MustCompile(`^([A-Za-z]{0,2})("""(?s:(?:[^\\]|\\.)*?)"""|'''(?s:(?:[^\\]|\\.)*?)'''|"(?:[^"\\\n]|\\(?s:.))*"|'(?:[^'\\\n]|\\(?s:.))*')`)
)

// next returns the next token, "" at the end.
func (t *tokens) next() string {
	for t.at < len(t.text) {
		rest := t.text[t.at:]
		t.column = t.at - t.lineStart
		switch c := rest[0]; {
		case c == '\n':
			t.at++
			t.line++
			t.lineStart = t.at
			return "\n"
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			t.at++
		case c == '\\' && len(rest) > 1:
			if rest[1] == '\n' {
				t.line++
				t.lineStart = t.at + 2
			}
			t.at += 2
		case c == '#':
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				t.at += i
			} else {
				t.at = len(t.text)
			}
		default:
			if m := pyString.FindString(rest); m != "" {
				t.at += len(m)
				t.skipped(m)
				return `""`
			}
			if m := pyName.FindString(rest); m != "" {
				t.at += len(m)
				return m
			}
			t.at++
			return rest[:1]
		}
	}
	return ""
}

// skipped counts the lines of a string.
func (t *tokens) skipped(s string) {
	if n := strings.Count(s, "\n"); n > 0 {
		t.line += n
		t.lineStart = t.at - len(s) + strings.LastIndexByte(s, '\n') + 1
	}
}

// str reads a value that is plain strings and nothing else, up to the comma or the
// bracket behind it.
func (t *tokens) str() (value string, plain bool) {
	for {
		save := *t
		t.at += len(pyGap.FindString(t.text[t.at:]))
		rest := t.text[t.at:]
		m := pyString.FindStringSubmatch(rest)
		if m == nil {
			*t = save
			return value, plain && (strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, ")"))
		}
		if strings.ContainsAny(m[1], "fFbBtT") {
			*t = save
			return "", false
		}
		quote := 1
		if strings.HasPrefix(m[2], `"""`) || strings.HasPrefix(m[2], `'''`) {
			quote = 3
		}
		value += m[2][quote : len(m[2])-quote]
		plain = true
		t.at += len(m[0])
		t.line += strings.Count(t.text[save.at:t.at], "\n")
	}
}

// restHas reports whether the rest of the line has all words.
func (t *tokens) restHas(words ...string) bool {
	line, _, _ := strings.Cut(t.text[t.at:], "\n")
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}
