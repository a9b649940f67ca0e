package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// MaxSize is how many bytes a document may have. GitHub takes workflows of 1 MiB.
const MaxSize = 4 << 20

// A Document is a YAML text and what it says.
type Document struct {
	text string
	root *yaml.Node // the value of the document, nil for an empty one
	// starts are the offsets at which lines begin; a byte order mark is before the first.
	starts []int
}

// A SyntaxError is a text that is no YAML document.
type SyntaxError struct {
	Line, Column int // from 1; Column is 0 where only the line is known, Line too if nothing is
	Msg          string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return e.Msg
	case e.Column == 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// Parse reads a document. Its errors are of type *[SyntaxError].
func Parse(text string) (*Document, error) {
	switch {
	case len(text) > MaxSize:
		return nil, &SyntaxError{Msg: fmt.Sprintf("longer than %d bytes", MaxSize)}
	case strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff"):
		return nil, &SyntaxError{Msg: "not UTF-8"}
	}
	d := &Document{text: text, starts: lineStarts(text)}
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil:
		return nil, syntaxError(text, err)
	}
	if err := dec.Decode(&more); err == nil {
		return nil, &SyntaxError{Line: more.Line, Msg: "a second document begins"}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(text, err)
	}
	if len(doc.Content) > 0 {
		d.root = doc.Content[0]
	}
	if err := checkKeys(d.root, 0); err != nil {
		return nil, err
	}
	return d, nil
}

// maxDepth bounds the nesting of nodes, as a guard of the stack.
const maxDepth = 200

// checkKeys finds keys that are no scalars, or that a mapping has twice.
func checkKeys(n *yaml.Node, depth int) error {
	if n == nil {
		return nil
	}
	if depth > maxDepth {
		return &SyntaxError{n.Line, n.Column, "nested too deeply"}
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]bool{}
		for i := 0; i < len(n.Content); i += 2 {
			k := Resolve(n.Content[i])
			if k.Kind != yaml.ScalarNode {
				return &SyntaxError{n.Content[i].Line, n.Content[i].Column, "a key that is no scalar"}
			}
			if seen[k.Value] {
				return &SyntaxError{n.Content[i].Line, n.Content[i].Column, fmt.Sprintf("the key %q is here twice", k.Value)}
			}
			seen[k.Value] = true
		}
	}
	for _, c := range n.Content {
		if err := checkKeys(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line \d+: )?(?s:(.*))$`)

// syntaxError says on which line a parser's error shows first: the parser names the line
// before, or the one on which something began, or none.
func syntaxError(text string, err error) error {
	message := func(err error) string { return yamlLine.FindStringSubmatch(err.Error())[1] }
	want := message(err)
	starts := append(lineStarts(text), len(text))
	line := sort.Search(len(starts)-1, func(i int) bool {
		dec := yaml.NewDecoder(strings.NewReader(text[:starts[i+1]]))
		for {
			var n yaml.Node
			if err := dec.Decode(&n); err != nil {
				return !errors.Is(err, io.EOF) && message(err) == want
			}
		}
	})
	return &SyntaxError{Line: min(line+1, len(starts)-1), Msg: want}
}

// lineStarts finds where lines begin, by the line breaks that the parser knows.
func lineStarts(text string) []int {
	starts := []int{0}
	if strings.HasPrefix(text, "\ufeff") {
		starts[0] = len("\ufeff")
	}
	for i := 0; i < len(text); {
		n := breakAt(text, i)
		if n == 0 {
			i++
			continue
		}
		i += n
		starts = append(starts, i)
	}
	return starts
}

// breakAt returns how long the line break at an offset is, 0 if there is none.
func breakAt(text string, i int) int {
	rest := text[i:]
	for _, b := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasPrefix(rest, b) {
			return len(b)
		}
	}
	return 0
}

// Text returns the document as it is by now.
func (d *Document) Text() string { return d.text }

// Root returns the value of the document, nil for an empty one. Nodes are not to be
// changed; they are those of the text as it is by now, so a change makes them stale.
func (d *Document) Root() *yaml.Node { return d.root }

// Resolve returns the node that an alias stands for, and any other node itself.
func Resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Lookup returns the value of a key of a mapping, nil if it has none or is none.
func Lookup(n *yaml.Node, key string) *yaml.Node {
	if i := pairOf(n, key); i >= 0 {
		return Resolve(n).Content[i+1]
	}
	return nil
}

// pairOf returns the index of a key in the contents of a mapping, -1 if it has none.
func pairOf(n *yaml.Node, key string) int {
	n = Resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if Resolve(n.Content[i]).Value == key {
			return i
		}
	}
	return -1
}

// A Path leads from the root of a document to a node: string keys of mappings and
// int indexes of sequences. It goes through aliases.
type Path []any

// Then returns the path that goes on with more steps.
func (p Path) Then(steps ...any) Path {
	return append(append(make(Path, 0, len(p)+len(steps)), p...), steps...)
}

// String writes a path as "jobs.build.steps[3].run".
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		switch s := s.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// Find returns the node at a path, nil if there is none. An alias at its end is
// returned as such.
func (d *Document) Find(path Path) *yaml.Node {
	n := d.root
	for _, s := range path {
		switch s := s.(type) {
		case string:
			n = Lookup(n, s)
		case int:
			n = Resolve(n)
			if n == nil || n.Kind != yaml.SequenceNode || s < 0 || s >= len(n.Content) {
				return nil
			}
			n = n.Content[s]
		default:
			return nil
		}
		if n == nil {
			return nil
		}
	}
	return n
}

// offset returns where a line and a column, in characters, from 1, stand in the text.
func (d *Document) offset(line, column int) int {
	if line < 1 || line > len(d.starts) {
		return len(d.text)
	}
	at := d.starts[line-1]
	for i := 1; i < column && at < len(d.text); i++ {
		_, n := utf8.DecodeRuneInString(d.text[at:])
		at += n
	}
	return at
}

// start returns where a node begins, its anchor and tag included.
func (d *Document) start(n *yaml.Node) int { return d.offset(n.Line, n.Column) }

// lineOf returns the line, from 0, that an offset stands on.
func (d *Document) lineOf(at int) int {
	lo, hi := 0, len(d.starts)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if d.starts[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// lineEnd returns where the line of an offset ends, before its break, and where the
// next one begins.
func (d *Document) lineEnd(at int) (end, next int) {
	for end = at; end < len(d.text); end++ {
		if n := breakAt(d.text, end); n > 0 {
			return end, end + n
		}
	}
	return end, end
}

// newline returns the line break of the document: that of its first line.
func (d *Document) newline() string {
	if end, next := d.lineEnd(0); next > end {
		return d.text[end:next]
	}
	return "\n"
}
