package workflow

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// A Row is one mapping of include or exclude.
type Row struct {
	Cell

	Node *yaml.Node
	Path yamledit.Path
	// Matched says that the row fits a cell of the axes.
	Matched bool

	mayMatch bool // a cell, if one knew its values
}

// rows reads a list of include or exclude.
func (m *Matrix) rows(n *yaml.Node, path yamledit.Path, ctx *Context) []*Row {
	var list []*Row
	if n.Kind != yaml.SequenceNode {
		switch data := nodeValue(n, ctx, 0).(type) {
		case []any:
			return dataRows(data, n)
		case unknown:
			m.Dynamic = true
		default:
			m.Problems = append(m.Problems, Problem{n, fmt.Sprintf("%s is no list", path[len(path)-1])})
		}
		return nil
	}
	for i, item := range n.Content {
		r := &Row{Node: yamledit.Resolve(item), Path: path.Then(i)}
		switch r.Node.Kind {
		case yaml.MappingNode:
			for k := 0; k+1 < len(r.Node.Content); k += 2 {
				key, v := yamledit.Resolve(r.Node.Content[k]).Value, yamledit.Resolve(r.Node.Content[k+1])
				r.set(key, Value{nodeValue(v, ctx, 1), v, r.Path.Then(key)})
			}
		case yaml.ScalarNode:
			data := nodeValue(r.Node, ctx, 0)
			if data == Unknown {
				m.Dynamic = true
				continue
			}
			row, ok := data.(map[string]any)
			if !ok {
				m.noMapping(r.Node, path)
				continue
			}
			r = dataRow(row, r.Node)
		default:
			m.noMapping(r.Node, path)
			continue
		}
		list = append(list, r)
	}
	return list
}

func (m *Matrix) noMapping(n *yaml.Node, path yamledit.Path) {
	m.Problems = append(m.Problems, Problem{n, fmt.Sprintf("a row of %s is no mapping", path[len(path)-1])})
}

func dataRows(list []any, n *yaml.Node) []*Row {
	var rows []*Row
	for _, v := range list {
		if data, ok := v.(map[string]any); ok {
			rows = append(rows, dataRow(data, n))
		}
	}
	return rows
}

func dataRow(data map[string]any, n *yaml.Node) *Row {
	r := &Row{Node: n}
	for _, k := range sortedKeys(data) {
		r.set(k, Value{Data: data[k]})
	}
	return r
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Whether a row fits a cell.
type fit int

const (
	no fit = iota
	yes
	maybe
)

// fits reports whether the row's values for the axes are those of a cell: each leaf
// of them is compared, as expressions compare.
func (r *Row) fits(c *Cell, axis map[string]bool) fit {
	answer := yes
	for _, k := range r.Keys {
		if !axis[strings.ToLower(k)] {
			continue
		}
		want, _ := r.Get(k)
		got, _ := c.Get(k)
		switch leaves(want.Data, got.Data) {
		case no:
			return no
		case maybe:
			answer = maybe
		case yes:
		}
	}
	if answer == maybe {
		r.mayMatch = true
	}
	return answer
}

// leaves compares the scalars of a filter with what stands at their places.
func leaves(want, got any) fit {
	answer := yes
	each := func(f fit) bool {
		if f == maybe {
			answer = maybe
		}
		return f != no
	}
	switch w := want.(type) {
	case map[string]any:
		for k, v := range w {
			if !each(leaves(v, property(got, k))) {
				return no
			}
		}
		return answer
	case []any:
		for i, v := range w {
			if !each(leaves(v, property(got, float64(i)))) {
				return no
			}
		}
		return answer
	}
	switch {
	case want == Unknown || got == Unknown:
		return maybe
	case equal(want, got):
		return yes
	}
	return no
}
