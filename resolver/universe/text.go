package universe

import (
	"fmt"
	"strings"
)

// SyntaxError is a line of a case that cannot be understood.
type SyntaxError struct {
	Case string
	Line int
	Msg  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Case, e.Line, e.Msg)
}

// line is one line of a case with the lines that belong to it.
type line struct {
	number   int
	indent   int
	word     string // the first word
	rest     string // what follows it, trimmed
	text     string // the whole line, trimmed
	children []*line
}

// readLines turns text into a tree of lines.
func readLines(name, text string) ([]*line, error) {
	root := &line{indent: -1}
	open := []*line{root}
	for i, s := range strings.Split(text, "\n") {
		s = strings.TrimRight(s, " \r")
		body := strings.TrimLeft(s, " ")
		if body == "" || body[0] == '#' {
			continue
		}
		if strings.ContainsRune(s, '\t') {
			return nil, &SyntaxError{name, i + 1, "a tab: indent and separate with spaces"}
		}
		l := &line{number: i + 1, indent: len(s) - len(body), text: body}
		l.word, l.rest, _ = strings.Cut(body, " ")
		l.rest = strings.TrimSpace(l.rest)
		for open[len(open)-1].indent >= l.indent {
			open = open[:len(open)-1]
		}
		parent := open[len(open)-1]
		parent.children = append(parent.children, l)
		open = append(open, l)
	}
	return root.children, nil
}

// fail reports what is wrong with a line.
func (p *parser) fail(l *line, format string, args ...any) error {
	return &SyntaxError{p.c.Name, l.number, fmt.Sprintf(format, args...)}
}

// leaf refuses lines under a line that takes none.
func (p *parser) leaf(l *line) error {
	if len(l.children) > 0 {
		return p.fail(l.children[0], "nothing belongs under %q", l.word)
	}
	return nil
}
