package yamledit

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// noNode is the error of a path that leads nowhere.
func noNode(path Path) error { return fmt.Errorf("%s: there is no such value", path) }

// Set gives a scalar, or an alias, the value of a string. Its quotes stay; a plain
// scalar gets some if the string needs them. Blocks (| and >) are not set as a whole;
// see [Document.Replace].
func (d *Document) Set(path Path, value string) error {
	n := d.Find(path)
	if n == nil {
		return noNode(path)
	}
	n = Resolve(n)
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return fmt.Errorf("%s: %w: it is no scalar on a line", path, ErrShape)
	}
	end, ok := d.end(n)
	if !ok {
		return fmt.Errorf("%s: %w", path, ErrShape)
	}
	from, text := d.body(n), d.Quote(value, n)
	if n.Value == "" && from == end {
		text = " " + text
	}
	return d.commit([]splice{{from, end, text}}, func(root *yaml.Node) error {
		n := at(root, path)
		n.Value, n.Tag, n.Style = value, "!!str", yaml.DoubleQuotedStyle
		return nil
	})
}

// Replace puts text in the place of the bytes [from, to) of a string's value, however
// that is written: also in the lines of a block. Escapes are not understood.
func (d *Document) Replace(path Path, from, to int, text string) error {
	n := Resolve(d.Find(path))
	if n == nil {
		return noNode(path)
	}
	if n.Kind != yaml.ScalarNode || from < 0 || to < from || to > len(n.Value) {
		return fmt.Errorf("%s: %w: it has no such part", path, ErrShape)
	}
	places, ok := d.places(n)
	if !ok {
		return fmt.Errorf("%s: %w: it is written with escapes", path, ErrShape)
	}
	value := n.Value[:from] + text + n.Value[to:]
	return d.commit([]splice{{places[from], places[to], text}}, func(root *yaml.Node) error {
		at(root, path).Value = value
		return nil
	})
}

// Insert puts an item, which is YAML, into a sequence: as its i-th, after the last
// one if i is the length. The item is not indented; in a flow sequence it is one line.
func (d *Document) Insert(path Path, i int, item string) error {
	seq := Resolve(d.Find(path))
	if seq == nil {
		return noNode(path)
	}
	if seq.Kind != yaml.SequenceNode || i < 0 || i > len(seq.Content) {
		return fmt.Errorf("%s: %w: it has no place %d", path, ErrShape, i)
	}
	node, err := fragment(item)
	if err != nil {
		return err
	}
	var splices []splice
	var ok bool
	if seq.Style&yaml.FlowStyle != 0 {
		splices, ok = d.insertFlow(seq.Content, d.body(seq), i, item)
	} else {
		splices, ok = d.insertBlock(seq, i, item)
	}
	if !ok {
		return fmt.Errorf("%s: %w", path, ErrShape)
	}
	return d.commit(splices, func(root *yaml.Node) error {
		n := at(root, path)
		n.Content = slices.Insert(n.Content, i, node)
		return nil
	})
}

// Put adds an entry, which is YAML of a mapping with one key, to a mapping: behind
// the entry of the key after, or behind the last one if after is "".
func (d *Document) Put(path Path, after, entry string) error {
	m := Resolve(d.Find(path))
	if m == nil {
		return noNode(path)
	}
	node, err := fragment(entry)
	if err != nil {
		return err
	}
	if m.Kind != yaml.MappingNode || node.Kind != yaml.MappingNode || len(node.Content) != 2 {
		return fmt.Errorf("%s: %w: an entry is put into a mapping", path, ErrShape)
	}
	i := len(m.Content) - 2
	if after != "" {
		i = pairOf(m, after)
	}
	if i < 0 {
		return noNode(path.Then(after))
	}
	var splices []splice
	var ok bool
	if m.Style&yaml.FlowStyle != 0 {
		if strings.Contains(entry, "\n") {
			return fmt.Errorf("%s: %w: an entry of several lines", path, ErrShape)
		}
		var values []*yaml.Node
		for j := 1; j < len(m.Content); j += 2 {
			values = append(values, m.Content[j])
		}
		splices, ok = d.insertFlow(values, d.body(m), i/2+1, entry)
	} else {
		splices, ok = d.insertAfter(m.Content[i+1], d.start(m.Content[0]), "", entry)
	}
	if !ok {
		return fmt.Errorf("%s: %w", path, ErrShape)
	}
	return d.commit(splices, func(root *yaml.Node) error {
		n := at(root, path)
		n.Content = slices.Insert(n.Content, i+2, node.Content...)
		return nil
	})
}

// insertBlock inserts an item into a sequence of lines with dashes.
func (d *Document) insertBlock(seq *yaml.Node, i int, item string) ([]splice, bool) {
	if len(seq.Content) == 0 {
		return nil, false
	}
	dash := d.body(seq)
	if dash >= len(d.text) || d.text[dash] != '-' {
		return nil, false
	}
	if i > 0 {
		splices, ok := d.insertAfter(seq.Content[i-1], dash, "- ", item)
		if ok && d.spaced(seq, i) {
			splices[0].text = d.newline() + splices[0].text
		}
		return splices, ok
	}
	line := d.lineOf(dash)
	indent, ok := d.indentOf(dash)
	if !ok {
		return nil, false
	}
	for line > 0 && strings.HasPrefix(d.text[d.starts[line-1]:], indent+"#") {
		line-- // the comment of the first item
	}
	text := d.indented(indent, "- ", item) + d.newline()
	if d.spaced(seq, i) {
		text += d.newline()
	}
	at := d.starts[line]
	return []splice{{at, at, text}}, true
}

// spaced reports whether a blank line stands where the i-th item of a sequence is to
// be: between its neighbours, or, at an end, between the two that are next.
func (d *Document) spaced(seq *yaml.Node, i int) bool {
	if len(seq.Content) < 2 {
		return false
	}
	end, ok := d.end(seq.Content[min(max(i-1, 0), len(seq.Content)-2)])
	if !ok {
		return false
	}
	_, next := d.lineEnd(end)
	stop, _ := d.lineEnd(next)
	return strings.TrimSpace(d.text[next:stop]) == ""
}

// insertAfter inserts an item or entry on lines of its own, behind those of a node,
// indented like what stands at an offset.
func (d *Document) insertAfter(n *yaml.Node, like int, lead, item string) ([]splice, bool) {
	end, ok := d.end(n)
	if !ok {
		return nil, false
	}
	indent, ok := d.column(like)
	if !ok {
		return nil, false
	}
	stop, next := end, end
	if d.starts[d.lineOf(end)] != end || end == 0 { // unless a block ended with its last line
		stop, next = d.lineEnd(end)
	}
	if rest := strings.TrimSpace(d.text[end:stop]); rest != "" && rest[0] != '#' {
		return nil, false
	}
	text := d.indented(indent, lead, item)
	if next == stop && stop == len(d.text) && !(stop > 0 && d.starts[len(d.starts)-1] == stop) {
		if strings.Contains(text, "\n") {
			text += d.newline() // a block may end here
		}
		return []splice{{next, next, d.newline() + text}}, true
	}
	return []splice{{next, next, text + d.newline()}}, true
}

// indentOf returns what stands before an offset on its line, if that is spaces.
func (d *Document) indentOf(at int) (string, bool) {
	indent := d.text[d.starts[d.lineOf(at)]:at]
	return indent, strings.Trim(indent, " ") == ""
}

// column returns as many spaces as there are characters before an offset on its line,
// if those are spaces and dashes.
func (d *Document) column(at int) (string, bool) {
	before := d.text[d.starts[d.lineOf(at)]:at]
	return strings.Repeat(" ", len(before)), strings.Trim(before, " -") == ""
}

// indented writes an item of one or several lines.
func (d *Document) indented(indent, lead, item string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(item, "\r\n", "\n"), "\n"), "\n") {
		switch {
		case i == 0:
			b.WriteString(indent + lead + line)
		case line == "":
			b.WriteString(d.newline())
		default:
			b.WriteString(d.newline() + indent + strings.Repeat(" ", len(lead)) + line)
		}
	}
	return b.String()
}

// insertFlow inserts an item or entry between the brackets that open at an offset.
// Items on lines of their own get a neighbour on a line of its own.
func (d *Document) insertFlow(items []*yaml.Node, open, i int, item string) ([]splice, bool) {
	if strings.Contains(item, "\n") || open >= len(d.text) || d.text[open] != '[' && d.text[open] != '{' {
		return nil, false
	}
	switch {
	case len(items) == 0:
		return []splice{{open + 1, open + 1, item}}, true
	case i == 0:
		at := d.start(items[0])
		if indent, alone := d.indentOf(at); alone {
			return []splice{{at, at, item + "," + d.newline() + indent}}, true
		}
		return []splice{{at, at, item + ", "}}, true
	}
	end, ok := d.end(items[i-1])
	if !ok {
		return nil, false
	}
	first := d.starts[d.lineOf(d.start(items[i-1]))]
	indent := d.text[first : first+leading(d.text[first:])]
	stop, next := d.lineEnd(end)
	comma, rest := strings.CutPrefix(strings.TrimLeft(d.text[end:stop], " "), ",")
	rest2 := strings.TrimSpace(comma)
	own := next > stop && (rest2 == "" || rest2[0] == '#') && d.opensLine(items, i-1)
	switch {
	case !own:
		return []splice{{end, end, ", " + item}}, true
	case rest: // a comma follows
		return []splice{{next, next, indent + item + "," + d.newline()}}, true
	}
	return []splice{{end, end, ","}, {next, next, indent + item + d.newline()}}, true
}

// opensLine reports whether the i-th of the items, or the key of its entry, is the
// only one on its line.
func (d *Document) opensLine(items []*yaml.Node, i int) bool {
	at := d.start(items[i])
	before := d.text[d.starts[d.lineOf(at)]:at]
	if strings.ContainsAny(before, "[{") {
		return false
	}
	if i == 0 {
		return true
	}
	end, ok := d.end(items[i-1])
	return ok && d.lineOf(end) != d.lineOf(at)
}

// Delete removes an item of a sequence or an entry of a mapping, with the comment on
// its last line. The last one of a block can't be removed: delete what holds it.
func (d *Document) Delete(path Path) error {
	if len(path) == 0 {
		return fmt.Errorf("%w: the document itself", ErrShape)
	}
	parent := Resolve(d.Find(path[:len(path)-1]))
	if parent == nil || d.Find(path) == nil {
		return noNode(path)
	}
	first, width := 0, 1 // the node's place in the contents of its parent
	switch step := path[len(path)-1].(type) {
	case int:
		first = step
	case string:
		first, width = pairOf(parent, step), 2
	}
	var splices []splice
	var ok bool
	if parent.Style&yaml.FlowStyle != 0 {
		splices, ok = d.deleteFlow(parent, first, width)
	} else {
		var s splice
		s, ok = d.deleteBlock(parent, first, width)
		splices = []splice{s}
	}
	if !ok {
		return fmt.Errorf("%s: %w", path, ErrShape)
	}
	return d.commit(splices, func(root *yaml.Node) error {
		n := at(root, path[:len(path)-1])
		n.Content = slices.Delete(n.Content, first, first+width)
		return nil
	})
}

func (d *Document) deleteFlow(parent *yaml.Node, first, width int) ([]splice, bool) {
	from := d.start(parent.Content[first])
	end, ok := d.end(parent.Content[first+width-1])
	if !ok {
		return nil, false
	}
	next := d.gap(end, false)
	comma := next < len(d.text) && d.text[next] == ','
	last := first+width == len(parent.Content)
	behind := end
	if comma {
		behind = next + 1
	}
	stop, line := d.lineEnd(behind)
	if rest := strings.TrimSpace(d.text[behind:stop]); line > stop && (rest == "" || rest[0] == '#') && d.opensLine(parent.Content, first) {
		// Its lines go as a whole, and what parts the one before from it.
		list := []splice{{d.starts[d.lineOf(from)], line, ""}}
		if last && !comma && first > 0 {
			before, ok := d.end(parent.Content[first-1])
			at := d.gap(before, false)
			if !ok || at >= len(d.text) || d.text[at] != ',' {
				return nil, false
			}
			list = append(list, splice{at, at + 1, ""})
		}
		return list, true
	}
	switch {
	case !last:
		to := d.start(parent.Content[first+width])
		return []splice{{from, to, ""}}, !strings.Contains(d.text[next:to], "#") // a comment, of whichever
	case first > 0:
		before, ok := d.end(parent.Content[first-1])
		return []splice{{before, end, ""}}, ok && !strings.Contains(d.text[before:from], "#")
	}
	return []splice{{from, behind, ""}}, true
}

func (d *Document) deleteBlock(parent *yaml.Node, first, width int) (splice, bool) {
	if len(parent.Content) == width {
		return splice{}, false
	}
	end, ok := d.end(parent.Content[first+width-1])
	if !ok {
		return splice{}, false
	}
	stop, next := end, end
	if d.starts[d.lineOf(end)] != end {
		stop, next = d.lineEnd(end)
	}
	if rest := strings.TrimSpace(d.text[end:stop]); rest != "" && rest[0] != '#' {
		return splice{}, false
	}
	from := d.start(parent.Content[first])
	if parent.Kind == yaml.SequenceNode {
		if from, ok = d.dash(parent, first); !ok {
			return splice{}, false
		}
	}
	if _, alone := d.indentOf(from); alone {
		from = d.starts[d.lineOf(from)]
		if next == stop && from > 0 { // the last line, which has no break
			before := d.lineOf(from) - 1
			from, _ = d.lineEnd(d.starts[before])
		}
		return splice{from, next, ""}, true
	}
	// The first key of a mapping on the line of a dash: the next one takes its place.
	if first > 0 || first+width >= len(parent.Content) {
		return splice{}, false
	}
	to := d.start(parent.Content[first+width])
	if strings.Contains(d.text[stop:to], "#") { // unless its comment stands between
		return splice{len(strings.TrimRight(d.text[:from], " ")), stop, ""}, true
	}
	return splice{from, to, ""}, true
}

// dash returns where the dash of an item of a block sequence stands.
func (d *Document) dash(seq *yaml.Node, i int) (int, bool) {
	at := d.body(seq)
	if i > 0 {
		end, ok := d.end(seq.Content[i-1])
		if !ok {
			return 0, false
		}
		at = d.gap(end, false)
	}
	return at, at < len(d.text) && d.text[at] == '-'
}

// Source returns the text of a node as an item that [Document.Insert] takes: its lines
// without their common indentation. ok is false if it can't be told where it ends, or
// if it has an anchor, of which there can be one.
func (d *Document) Source(n *yaml.Node) (text string, ok bool) {
	end, ok := d.end(n)
	if !ok || anchored(n) {
		return "", false
	}
	at := d.start(n)
	indent := at - d.starts[d.lineOf(at)]
	var b strings.Builder
	for i, line := range strings.Split(strings.ReplaceAll(d.text[at:end], "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
			line = line[min(indent, leading(line)):]
		}
		b.WriteString(line)
	}
	return b.String(), true
}

// anchored reports whether a node, or one within it, has an anchor.
func anchored(n *yaml.Node) bool {
	return n.Anchor != "" || slices.ContainsFunc(n.Content, anchored)
}
