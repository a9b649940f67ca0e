package yamledit

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Quote writes a string as a scalar in the manner of another one: between the same
// quotes, or plain where like is plain and a plain scalar would be the same string.
// A nil like is a plain one.
func (d *Document) Quote(value string, like *yaml.Node) string {
	like = Resolve(like)
	switch {
	case strings.ContainsFunc(value, func(r rune) bool {
		return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff'
	}):
		return doubleQuoted(value)
	case like != nil && like.Style&yaml.DoubleQuotedStyle != 0:
		return doubleQuoted(value)
	case like != nil && like.Style&yaml.SingleQuotedStyle != 0:
		return singleQuoted(value)
	case plainSafe(value):
		return value
	case d.singleQuotes():
		return singleQuoted(value)
	}
	return doubleQuoted(value)
}

// singleQuotes reports whether the document has more strings between single quotes
// than between double ones.
func (d *Document) singleQuotes() bool {
	count := 0
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n == nil {
			return
		}
		if n.Kind == yaml.ScalarNode {
			switch {
			case n.Style&yaml.SingleQuotedStyle != 0:
				count++
			case n.Style&yaml.DoubleQuotedStyle != 0:
				count--
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(d.root)
	return count > 0
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == '\u2028' || r == '\u2029' || r == '\ufeff':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainSafe reports whether a plain scalar is this string, in a block and in a flow
// collection, for every reader: words that an older YAML takes for booleans are
// quoted.
func plainSafe(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "#,[]{}\n\r") || strings.Contains(s, ": ") || strings.HasSuffix(s, ":") ||
		strings.ContainsAny(s[:1], "-?:&*!|>'\"%@`=") {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return false
	}
	var n yaml.Node
	if yaml.Unmarshal([]byte(s), &n) != nil || len(n.Content) != 1 {
		return false
	}
	return n.Content[0].Kind == yaml.ScalarNode && n.Content[0].ShortTag() == "!!str" && n.Content[0].Value == s
}
