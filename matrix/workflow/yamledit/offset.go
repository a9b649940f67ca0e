package yamledit

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// places returns, for each byte of a scalar's value and for its end, where it stands
// in the text; false where the text writes the value with escapes, or otherwise than
// is understood here.
func (d *Document) places(n *yaml.Node) ([]int, bool) {
	at := d.body(n)
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return d.inlinePlaces(n.Value, at+1)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.blockPlaces(n, at)
	}
	return d.inlinePlaces(n.Value, at)
}

// inlinePlaces follows a value that is plain or between quotes. A line break in the
// text is a space of the value, several are one less.
func (d *Document) inlinePlaces(value string, at int) ([]int, bool) {
	places := make([]int, 0, len(value)+1)
	for i := 0; i < len(value); {
		if breaks, next := d.fold(at); breaks > 0 {
			want := " "
			if breaks > 1 {
				want = strings.Repeat("\n", breaks-1)
			}
			if !strings.HasPrefix(value[i:], want) {
				return nil, false
			}
			for range len(want) {
				places = append(places, at)
				i++
			}
			at = next
			continue
		}
		if at >= len(d.text) || d.text[at] != value[i] || d.text[at] == '\'' && strings.HasPrefix(d.text[at:], "''") {
			return nil, false
		}
		places = append(places, at)
		at++
		i++
	}
	return append(places, at), true
}

// fold counts the line breaks in the white space at an offset and returns where it
// ends; none if there is no break.
func (d *Document) fold(at int) (breaks, next int) {
	for next = at; next < len(d.text); {
		if n := breakAt(d.text, next); n > 0 {
			breaks++
			next += n
			continue
		}
		if c := d.text[next]; c != ' ' && c != '\t' {
			break
		}
		next++
	}
	return breaks, next
}

// blockPlaces follows the lines of a literal or folded block whose | or > stands at
// an offset.
func (d *Document) blockPlaces(n *yaml.Node, at int) ([]int, bool) {
	end, next := d.lineEnd(at)
	value := n.Value
	body := strings.TrimLeft(value, "\n")
	if body == "" {
		if value != "" {
			return nil, false // nothing but blank lines, which are kept
		}
		return []int{end}, true
	}
	places := make([]int, 0, len(value)+1)
	indent := -1
	line := next
	blank := true // no line with text so far
	for i := 0; i < len(value); {
		stop, after := d.lineEnd(line)
		text := d.text[line:stop]
		if strings.Trim(text, " ") == "" && (indent < 0 || len(text) <= indent) {
			if value[i] != '\n' || after == stop {
				return nil, false
			}
			places = append(places, line)
			i++
			line = after
			continue
		}
		if indent < 0 {
			indent = leading(text) - leading(value[i:])
			if indent < 0 {
				return nil, false
			}
		}
		if len(text) < indent || strings.Trim(text[:indent], " ") != "" || !strings.HasPrefix(value[i:], text[indent:]) {
			return nil, false
		}
		blank = false
		for j := indent; j < len(text); j++ {
			places = append(places, line+j)
			i++
		}
		if i == len(value) {
			return append(places, stop), true
		}
		// The break is one of the value, or it is folded away.
		switch c := value[i]; {
		case c == ' ' && n.Style&yaml.FoldedStyle != 0:
			places = append(places, stop)
			i++
		case c == '\n' && n.Style&yaml.LiteralStyle != 0:
			places = append(places, stop)
			i++
		case c == '\n' && i+1 == len(value):
			places = append(places, stop)
			i++
		case c == '\n':
			// Folded: either a line that keeps its break, or blank lines, of which
			// the first one's break is folded away.
			if nextStop, nextAfter := d.lineEnd(after); strings.Trim(d.text[after:nextStop], " ") != "" || nextAfter == nextStop || moreIndented(text[indent:]) {
				places = append(places, stop)
				i++
			}
		default:
			return nil, false
		}
		line = after
		if after == stop && i < len(value) {
			return nil, false
		}
	}
	if blank {
		return nil, false
	}
	// The last byte is a break: the text ends before it, or behind all that are kept.
	end = places[len(places)-1]
	if strings.HasSuffix(value, "\n\n") {
		end = line
	}
	return append(places, end), true
}

// moreIndented reports whether a line of a folded block keeps its breaks.
func moreIndented(line string) bool {
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
}

func leading(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// Position returns the line and column, in characters, of a byte of a scalar's value,
// both from 1; those of the scalar if the text writes it with escapes.
func (d *Document) Position(n *yaml.Node, offset int) (line, column int) {
	places, ok := d.places(n)
	if !ok || offset < 0 || offset >= len(places) {
		return n.Line, n.Column
	}
	at := places[offset]
	line = d.lineOf(at)
	return line + 1, utf8.RuneCountInString(d.text[d.starts[line]:at]) + 1
}
