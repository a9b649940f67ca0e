// Package markertext rewrites environment markers as text: joins them, turns
// them into their opposite, and moves their extras into the set form of PEP 751.
//
// Package pep508 reads and evaluates markers. What stands here is for the
// readers of project files and locks, which have to make new markers of old
// ones before anything is evaluated.
package markertext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// And joins markers; "" is true.
func And(markers ...string) string { return join("and", markers) }

// Or joins markers; "" is true.
func Or(markers ...string) string {
	if slices.Contains(markers, "") {
		return ""
	}
	return join("or", markers)
}

func join(op string, markers []string) string {
	var parts []string
	for _, m := range markers {
		if m = strings.TrimSpace(m); m != "" {
			parts = append(parts, m)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	for i, m := range parts {
		if n, err := parse(m); err != nil || n.op != "" && n.op != op {
			parts[i] = "(" + m + ")"
		}
	}
	return strings.Join(parts, " "+op+" ")
}

// Not returns the opposite of a marker, which must not be empty: nothing is
// the opposite of always.
//
// Comparisons are inverted one by one. In the one place where PEP 440 makes a
// comparison and its inverse both false, pre-releases of the version that "<"
// names, so does the result.
func Not(marker string) (string, error) {
	n, err := parse(marker)
	if err != nil {
		return "", err
	}
	return n.not().String(), nil
}

// ExtrasAsSet rewrites comparisons of the variable extra as membership in the
// set variable extras of PEP 751: extra == 'x' becomes 'x' in extras. A marker
// then evaluates with any number of extras at once, which is how the tools that
// write locks mean it.
func ExtrasAsSet(marker string) (string, error) {
	if !strings.Contains(marker, "extra") {
		return marker, nil
	}
	n, err := parse(marker)
	if err != nil {
		return "", err
	}
	changed := false
	n.each(func(c *comparison) {
		name, ok := c.extra()
		if !ok {
			return
		}
		switch c.op {
		case "==", "===":
			*c, changed = comparison{name, "in", "extras"}, true
		case "!=":
			*c, changed = comparison{name, "not in", "extras"}, true
		}
	})
	if !changed {
		return marker, nil
	}
	return n.String(), nil
}

// WithoutExtras drops the comparisons of the variable extra: what is left is
// true wherever the marker can be made true by a choice of extras, provided no
// extra is asked for and refused at once. It is "" if nothing is left.
func WithoutExtras(marker string) (string, error) {
	if !strings.Contains(marker, "extra") {
		return marker, nil
	}
	n, err := parse(marker)
	if err != nil {
		return "", err
	}
	if n = n.withoutExtras(); n == nil {
		return "", nil
	}
	return n.String(), nil
}

// A node is a comparison, or its parts joined by "and" or "or".
type node struct {
	op    string // "and", "or", "" for a comparison
	parts []*node
	cmp   comparison
}

// A comparison is two operands as written, quotes included.
type comparison struct{ left, op, right string }

// extra returns the quoted name that the variable extra is compared with.
func (c *comparison) extra() (name string, ok bool) {
	if c.left == "extra" {
		return c.right, true
	}
	return c.left, c.right == "extra"
}

func (n *node) each(f func(*comparison)) {
	if n.op == "" {
		f(&n.cmp)
	}
	for _, p := range n.parts {
		p.each(f)
	}
}

func (n *node) withoutExtras() *node {
	if n.op == "" {
		if _, ok := n.cmp.extra(); ok {
			return nil
		}
		return n
	}
	out := &node{op: n.op}
	for _, p := range n.parts {
		q := p.withoutExtras()
		switch {
		case q != nil:
			out.parts = append(out.parts, q)
		case n.op == "or":
			return nil
		}
	}
	switch len(out.parts) {
	case 0:
		return nil
	case 1:
		return out.parts[0]
	}
	return out
}

func (n *node) not() *node {
	if n.op == "" {
		return n.cmp.not()
	}
	out := &node{op: "and"}
	if n.op == "and" {
		out.op = "or"
	}
	for _, p := range n.parts {
		out.parts = append(out.parts, p.not())
	}
	return out
}

func (c *comparison) not() *node {
	inverse := map[string]string{
		"==": "!=", "===": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in",
	}
	if op, ok := inverse[c.op]; ok {
		return &node{cmp: comparison{c.left, op, c.right}}
	}
	// "~= 3.8.1" is ">= 3.8.1 and == 3.8.*".
	low, prefix := c.right, c.right
	if text := strings.Trim(c.right, `'"`); text != c.right {
		if v, err := pep440.Parse(text); err == nil && len(v.Release()) > 1 {
			r := v.Release()
			prefix = quote(strings.Trim(strings.ReplaceAll(fmt.Sprint(r[:len(r)-1]), " ", "."), "[]") + ".*")
		}
	}
	return &node{op: "or", parts: []*node{
		{cmp: comparison{c.left, "<", low}},
		{cmp: comparison{c.left, "!=", prefix}},
	}}
}

func quote(s string) string { return "'" + s + "'" }

func (n *node) String() string {
	if n.op == "" {
		return n.cmp.left + " " + n.cmp.op + " " + n.cmp.right
	}
	parts := make([]string, len(n.parts))
	for i, p := range n.parts {
		parts[i] = p.String()
		if p.op != "" && p.op != n.op {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+n.op+" ")
}
