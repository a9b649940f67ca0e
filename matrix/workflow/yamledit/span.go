package yamledit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// gap skips what stands between tokens: spaces, line breaks, comments, and commas if
// they are wanted.
func (d *Document) gap(at int, commas bool) int {
	for at < len(d.text) {
		switch c := d.text[at]; {
		case c == ' ' || c == '\t' || c == ',' && commas:
			at++
		case breakAt(d.text, at) > 0:
			at += breakAt(d.text, at)
		case c == '#':
			at, _ = d.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// body returns where a node's value begins, behind its anchor and tag.
func (d *Document) body(n *yaml.Node) int {
	at := d.start(n)
	if n.Kind == yaml.AliasNode {
		return at
	}
	for range 2 {
		if at >= len(d.text) || d.text[at] != '&' && (d.text[at] != '!' || n.Style&yaml.TaggedStyle == 0) {
			break
		}
		word := at
		for word < len(d.text) && !strings.ContainsRune(" \t,[]{}", rune(d.text[word])) && breakAt(d.text, word) == 0 {
			word++
		}
		next := d.gap(word, false)
		if n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			return word // there is nothing more
		}
		at = next
	}
	return at
}

// end returns where the text of a node ends, and false if that can't be told.
func (d *Document) end(n *yaml.Node) (int, bool) {
	at := d.body(n)
	switch n.Kind {
	case yaml.AliasNode:
		return at + 1 + len(n.Value), strings.HasPrefix(d.text[at:], "*"+n.Value)
	case yaml.ScalarNode:
		return d.scalarEnd(n, at)
	case yaml.SequenceNode, yaml.MappingNode:
	default:
		return 0, false
	}
	if at < len(d.text) && n.Style&yaml.FlowStyle != 0 && (d.text[at] == '[' || d.text[at] == '{') {
		closer := byte(']')
		if d.text[at] == '{' {
			closer = '}'
		}
		at++
		if len(n.Content) > 0 {
			var ok bool
			if at, ok = d.end(n.Content[len(n.Content)-1]); !ok {
				return 0, false
			}
		}
		at = d.gap(at, true)
		if at < len(d.text) && d.text[at] == ':' && n.Kind == yaml.MappingNode {
			at = d.gap(at+1, true) // {a: }
		}
		return at + 1, at < len(d.text) && d.text[at] == closer
	}
	if len(n.Content) == 0 {
		return 0, false
	}
	return d.end(n.Content[len(n.Content)-1])
}

// scalarEnd is the end of a scalar whose value begins at an offset.
func (d *Document) scalarEnd(n *yaml.Node, at int) (int, bool) {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		if !strings.HasPrefix(d.text[at:], `"`) {
			return 0, false
		}
		for at++; at < len(d.text); at++ {
			switch d.text[at] {
			case '\\':
				at++
			case '"':
				return at + 1, true
			}
		}
		return 0, false
	case n.Style&yaml.SingleQuotedStyle != 0:
		if !strings.HasPrefix(d.text[at:], "'") {
			return 0, false
		}
		for at++; at < len(d.text); at++ {
			if d.text[at] != '\'' {
				continue
			}
			if !strings.HasPrefix(d.text[at+1:], "'") {
				return at + 1, true
			}
			at++
		}
		return 0, false
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && n.Value == "" {
		return at, true
	}
	places, ok := d.places(n)
	if !ok {
		return 0, false
	}
	return places[len(places)-1], true
}
