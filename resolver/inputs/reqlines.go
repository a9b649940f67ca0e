package inputs

import (
	"errors"
	"strings"
	"unicode"
)

// A logicalLine is a line of a requirements file with its continuations joined,
// its comment dropped and its variables expanded.
type logicalLine struct {
	number int // of its first line
	text   string
}

// logicalLines does what pip does before it looks at a line.
func logicalLines(text string, lookup func(string) (string, bool)) []logicalLine {
	var out []logicalLine
	var joined strings.Builder
	start, open := 0, false
	emit := func(number int, line string) {
		line = strings.TrimFunc(dropComment(line), unicode.IsSpace)
		if line != "" {
			out = append(out, logicalLine{number, expand(line, lookup)})
		}
	}
	for i, line := range splitLines(text) {
		comment := strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "#")
		if strings.HasSuffix(line, `\`) && !comment {
			if !open {
				start, open = i+1, true
			}
			joined.WriteString(strings.Trim(line, `\`))
			continue
		}
		if comment {
			line = " " + line // so that it is a comment wherever it is joined to
		}
		if !open {
			emit(i+1, line)
			continue
		}
		joined.WriteString(line)
		emit(start, joined.String())
		joined.Reset()
		open = false
	}
	if open {
		emit(start, joined.String())
	}
	return out
}

// splitLines splits where Python's str.splitlines does.
func splitLines(text string) []string {
	var lines []string
	start := 0
	for i, r := range text {
		switch r {
		case '\n', '\v', '\f', '\x1c', '\x1d', '\x1e', '\u0085', '\u2028', '\u2029':
			if r == '\n' && i > 0 && text[i-1] == '\r' && start == i {
				start = i + 1 // the second half of a line end
				continue
			}
			lines = append(lines, text[start:i])
			start = i + len(string(r))
		case '\r':
			lines = append(lines, text[start:i])
			start = i + 1
		}
	}
	if start < len(text) {
		lines = append(lines, text[start:])
	}
	return lines
}

// dropComment cuts a line at a # that begins it or follows a space. One inside
// a URL, which follows none, stays.
func dropComment(line string) string {
	space := true
	for i, r := range line {
		if r == '#' && space {
			return line[:i]
		}
		space = unicode.IsSpace(r)
	}
	return line
}

// expand replaces ${NAME}, for names of capitals, digits and underscores that
// have a value.
func expand(line string, lookup func(string) (string, bool)) string {
	if lookup == nil || !strings.Contains(line, "${") {
		return line
	}
	var b strings.Builder
	for {
		i := strings.Index(line, "${")
		if i < 0 {
			break
		}
		b.WriteString(line[:i])
		line = line[i:]
		end := strings.IndexByte(line, '}')
		if end < 0 {
			break
		}
		name := line[2:end]
		value, ok := "", false
		if isVariable(name) {
			value, ok = lookup(name)
		}
		if ok && value != "" {
			b.WriteString(value)
			line = line[end+1:]
		} else {
			b.WriteString("${")
			line = line[2:]
		}
	}
	b.WriteString(line)
	return b.String()
}

func isVariable(name string) bool {
	for i := range len(name) {
		if c := name[i]; !(c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			return false
		}
	}
	return name != ""
}

// splitArgs parts a line at its first word that begins with a dash: what stands
// before is a requirement, what follows are options.
func splitArgs(line string) (requirement, options string) {
	words := strings.Split(line, " ")
	for i, w := range words {
		if strings.HasPrefix(w, "-") {
			return strings.TrimSpace(strings.Join(words[:i], " ")), strings.Join(words[i:], " ")
		}
	}
	return strings.TrimSpace(line), ""
}

// shellWords splits options into words as a POSIX shell does, quotes and
// backslashes included.
func shellWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote byte
	inWord := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '\'' && c == '\'', quote == '"' && c == '"':
			quote = 0
		case quote == '\'':
			word.WriteByte(c)
		case c == '\\':
			if i+1 == len(s) {
				return nil, errors.New("nothing follows the last backslash")
			}
			i++
			if quote == '"' && s[i] != '"' && s[i] != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(s[i])
			inWord = true
		case quote == '"':
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
