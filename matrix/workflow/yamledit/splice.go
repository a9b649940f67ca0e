package yamledit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ErrShape is the error of a change that cannot be made to a text of this shape.
// The document is as it was.
var ErrShape = errors.New("the text has a shape that cannot be edited")

// A splice puts text in the place of the bytes [from, to).
type splice struct {
	from, to int
	text     string
}

// commit makes splices, which do not overlap, if the result says what the tree was
// made to say by change, which gets a copy of it.
func (d *Document) commit(splices []splice, change func(root *yaml.Node) error) error {
	want := clone(d.root)
	if err := change(want); err != nil {
		return err
	}
	slices.SortStableFunc(splices, func(a, b splice) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, s := range splices {
		if s.from < at || s.to < s.from || s.to > len(d.text) {
			return fmt.Errorf("%w: overlapping places", ErrShape)
		}
		b.WriteString(d.text[at:s.from])
		b.WriteString(s.text)
		at = s.to
	}
	b.WriteString(d.text[at:])
	now, err := Parse(b.String())
	if err != nil {
		return fmt.Errorf("%w: the result would not be YAML: %w", ErrShape, err)
	}
	if !same(now.root, want) {
		return fmt.Errorf("%w: the result would say something else", ErrShape)
	}
	*d = *now
	return nil
}

// clone copies a tree; aliases in the copy lead into the original, which suffices to
// compare them by name.
func clone(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i := range n.Content {
		c.Content[i] = clone(n.Content[i])
	}
	return &c
}

// same reports whether two trees say the same: kinds, types, values, anchors and
// aliases, in the same order; not how they are written.
func same(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) || a.ShortTag() != b.ShortTag() {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// at finds a node of a copy of the tree; it follows aliases by anchor.
func at(root *yaml.Node, path Path) *yaml.Node {
	anchors := map[string]*yaml.Node{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Anchor != "" {
			anchors[n.Anchor] = n
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	if root == nil {
		return nil
	}
	walk(root)
	resolve := func(n *yaml.Node) *yaml.Node {
		for n != nil && n.Kind == yaml.AliasNode {
			n = anchors[n.Value]
		}
		return n
	}
	n := resolve(root)
	for _, s := range path {
		var next *yaml.Node
		switch s := s.(type) {
		case string:
			if i := pairOf(n, s); i >= 0 {
				next = n.Content[i+1]
			}
		case int:
			if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
				next = n.Content[s]
			}
		}
		if n = resolve(next); n == nil {
			return nil
		}
	}
	return n
}

// fragment reads a piece of YAML that is to be put into the document.
func fragment(text string) (*yaml.Node, error) {
	d, err := Parse(text + "\n") // so that a block ends as it will in the document
	if err != nil {
		return nil, fmt.Errorf("the piece to insert: %w", err)
	}
	if d.root == nil {
		return nil, errors.New("the piece to insert is empty")
	}
	if anchored(d.root) {
		return nil, fmt.Errorf("%w: the piece to insert has an anchor", ErrShape)
	}
	return d.root, nil
}
