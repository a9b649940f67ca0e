package emit

import (
	"bytes"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// text is a string; yaml.v3 quotes it where it would be read as something else.
func text(s string) *yaml.Node {
	n := new(yaml.Node)
	n.SetString(s)
	return n
}

// quoted is a string in quotes, for what people take for a number: "3.10".
func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
}

// block is a string of several lines.
func block(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.LiteralStyle}
}

func truth(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// A pair is a key with its value; a nil value leaves both out.
type pair struct {
	key   string
	value *yaml.Node
	// comment stands above the key.
	comment string
}

// table is a mapping.
func table(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range pairs {
		if p.value == nil {
			continue
		}
		k := text(p.key)
		k.HeadComment = p.comment
		n.Content = append(n.Content, k, p.value)
	}
	return n
}

// list is a sequence.
func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

// texts is a sequence of strings on one line.
func texts(items []string) *yaml.Node {
	n := list()
	n.Style = yaml.FlowStyle
	for _, i := range items {
		n.Content = append(n.Content, text(i))
	}
	return n
}

// flow puts a node on one line.
func flow(n *yaml.Node) *yaml.Node {
	n.Style = yaml.FlowStyle
	return n
}

// behind puts a comment behind a value.
func behind(n *yaml.Node, comment string) *yaml.Node {
	n.LineComment = comment
	return n
}

// above puts a comment above an item of a list.
func above(n *yaml.Node, comment string) *yaml.Node {
	n.HeadComment = comment
	return n
}

// render writes a document: comment first, then the keys with an empty line between
// those of the first level, and of the second below the keys in open.
func render(comment string, root *yaml.Node, open ...string) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return append([]byte(comment+"\n"), spaced(b.Bytes(), open)...), nil
}

// spaced puts an empty line before each key of the first level but the first, and
// before each of the second below the keys in open. Comments go with their keys.
func spaced(in []byte, open []string) []byte {
	lines := bytes.SplitAfter(in, []byte("\n"))
	var out []byte
	inside, first := "", true
	held := 0 // comment lines that wait for their key
	starts := func(line []byte) bool {
		switch {
		case len(line) == 0 || line[0] == '\n' || line[0] == '#':
			return false
		case line[0] != ' ':
			key, _, _ := bytes.Cut(line, []byte(":"))
			inside, first = "", true
			if slices.Contains(open, string(key)) {
				inside = string(key)
			}
			return len(out) > 0
		case inside != "" && bytes.HasPrefix(line, []byte("  ")) && line[2] != ' ' && line[2] != '#' && line[2] != '-':
			defer func() { first = false }()
			return !first
		}
		return false
	}
	for i, line := range lines {
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("#")) {
			held++
			continue
		}
		if starts(line) {
			out = append(out, '\n')
		}
		for ; held > 0; held-- {
			out = append(out, lines[i-held]...)
		}
		out = append(out, line...)
	}
	return out
}
