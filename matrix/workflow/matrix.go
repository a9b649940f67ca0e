package workflow

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// MaxCells is how many cells of a matrix are worked out; GitHub runs 256.
const MaxCells = 4096

// A Matrix is what a job's strategy says of it.
type Matrix struct {
	Node *yaml.Node // its mapping or expression
	Path yamledit.Path
	Axes []Axis
	// Include and Exclude are the rows of the lists of these names.
	Include, Exclude []*Row
	// Cells are the cells that are known, in GitHub's order: those of the axes, then
	// rows of include that fit none of them.
	Cells []*Cell
	// Dynamic says that there are, or may be, other cells or values than these: a part
	// of the matrix is an expression that is known only when the workflow runs.
	Dynamic bool
	// Size is the number of cells; of more than MaxCells, the axes' product.
	Size int
	// Problems are why GitHub refuses the matrix.
	Problems []Problem
}

// An Axis is a list of values.
type Axis struct {
	Name   string
	Node   *yaml.Node // the list
	Values []Value
}

// A Value is one value of a cell.
type Value struct {
	// Data is nil, a bool, a float64, a string, []any or map[string]any, or Unknown.
	Data any
	// Node is where it stands, nil if an expression made it.
	Node *yaml.Node
	Path yamledit.Path
}

// A Problem is a fault of a matrix, at a place.
type Problem struct {
	Node *yaml.Node
	Msg  string
}

// A Cell is one job that a matrix makes.
type Cell struct {
	Keys   []string // in the order they were added
	values map[string]Value
	// Row is the row of include that the cell is, nil for one of the axes.
	Row *Row
}

// Get returns the value of a key. Case doesn't count.
func (c *Cell) Get(key string) (Value, bool) {
	v, ok := c.values[strings.ToLower(key)]
	return v, ok
}

func (c *Cell) set(key string, v Value) {
	if c.values == nil {
		c.values = map[string]Value{}
	}
	if _, ok := c.values[strings.ToLower(key)]; !ok {
		c.Keys = append(c.Keys, key)
	}
	c.values[strings.ToLower(key)] = v
}

// Data returns the cell's values as the matrix context has them.
func (c *Cell) Data() map[string]any {
	m := make(map[string]any, len(c.Keys))
	for _, k := range c.Keys {
		m[k] = c.values[strings.ToLower(k)].Data
	}
	return m
}

// String writes the cell's scalars, as GitHub shows them behind the job's name.
func (c *Cell) String() string {
	var words []string
	var add func(v any)
	add = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				add(x)
			}
		case map[string]any:
			for _, k := range sortedKeys(v) {
				add(v[k])
			}
		default:
			if s, ok := toText(v); ok && s != "" {
				words = append(words, s)
			}
		}
	}
	for _, k := range c.Keys {
		add(c.values[strings.ToLower(k)].Data)
	}
	return strings.Join(words, ", ")
}

// A Run is a job in one cell of its matrix: what expressions may ask there.
type Run struct {
	Cell *Cell // nil for a job without a matrix, or if the cells are not known
	*Context
}

// Runs returns the runs of a job whose matrix is this one, nil if it has none. Of a
// matrix whose cells are not known at all, it is one that knows nothing of them.
func (m *Matrix) Runs() []Run {
	switch {
	case m == nil:
		return []Run{{nil, new(Context).With("matrix", nil)}}
	case len(m.Cells) == 0 && m.Dynamic:
		return []Run{{nil, new(Context)}}
	}
	runs := make([]Run, len(m.Cells))
	for i, c := range m.Cells {
		var data any = c.Data()
		if m.Dynamic {
			data = open(c.Data()) // a key that no cell has may come with those that are not known
		}
		runs[i] = Run{c, new(Context).With("matrix", data)}
	}
	return runs
}

// Matrix expands the job's matrix; nil if it has none. The zero cell of a job without
// one is never in it.
func (j *Job) Matrix() *Matrix {
	n := yamledit.Resolve(yamledit.Lookup(yamledit.Lookup(j.Node, "strategy"), "matrix"))
	if n == nil {
		return nil
	}
	m := &Matrix{Node: n, Path: j.Path.Then("strategy", "matrix")}
	ctx := new(Context)
	switch n.Kind {
	case yaml.ScalarNode:
		data, ok := nodeValue(n, ctx, 0).(map[string]any)
		if !ok {
			m.Dynamic = true
			return m
		}
		m.fromData(data)
	case yaml.MappingNode:
		m.fromNode(n, ctx)
	default:
		m.Problems = append(m.Problems, Problem{n, "the matrix is no mapping"})
	}
	m.expand()
	return m
}

// fromNode reads the axes and rows that stand in the file.
func (m *Matrix) fromNode(n *yaml.Node, ctx *Context) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := yamledit.Resolve(n.Content[i]).Value, yamledit.Resolve(n.Content[i+1])
		path := m.Path.Then(key)
		if key == "include" || key == "exclude" {
			rows := m.rows(v, path, ctx)
			if key == "include" {
				m.Include = rows
			} else {
				m.Exclude = rows
			}
			continue
		}
		a := Axis{Name: key, Node: v}
		switch data := nodeValue(v, ctx, 0).(type) {
		case []any:
			for k, x := range data {
				value := Value{Data: x}
				if v.Kind == yaml.SequenceNode {
					value.Node, value.Path = yamledit.Resolve(v.Content[k]), path.Then(k)
				}
				m.Dynamic = m.Dynamic || x == Unknown // it may be a list's worth of nothing
				a.Values = append(a.Values, value)
			}
			if len(data) == 0 {
				m.Problems = append(m.Problems, Problem{v, fmt.Sprintf("the list of %s is empty", key)})
			}
		case unknown:
			m.Dynamic = true
			a.Values = []Value{{Data: Unknown, Node: v, Path: path}}
		default:
			m.Problems = append(m.Problems, Problem{v, key + " is no list"})
		}
		m.Axes = append(m.Axes, a)
	}
}

// fromData takes a matrix that an expression with nothing unknown made.
func (m *Matrix) fromData(data map[string]any) {
	for _, key := range sortedKeys(data) {
		list, ok := data[key].([]any)
		switch {
		case !ok:
			m.Problems = append(m.Problems, Problem{m.Node, key + " is no list"})
		case key == "include":
			m.Include = dataRows(list, m.Node)
		case key == "exclude":
			m.Exclude = dataRows(list, m.Node)
		default:
			a := Axis{Name: key, Node: m.Node}
			for _, v := range list {
				a.Values = append(a.Values, Value{Data: v})
			}
			m.Axes = append(m.Axes, a)
		}
	}
}

// expand works out the cells, as GitHub's MatrixBuilder does: the product of the
// axes; without those that a row of exclude fits; a row of include adds its other
// values to each cell that it fits, and is a cell of its own if it fits none.
func (m *Matrix) expand() {
	axis := map[string]bool{}
	product := 0
	for i, a := range m.Axes {
		axis[strings.ToLower(a.Name)] = true
		if i == 0 {
			product = 1
		}
		product = min(product*len(a.Values), 1<<30)
	}
	m.checkRows(axis)
	if product > MaxCells {
		m.Size = product
		return
	}
	for i := range product {
		c := &Cell{}
		block := product
		for _, a := range m.Axes {
			block /= len(a.Values)
			c.set(a.Name, a.Values[i/block%len(a.Values)])
		}
		if m.excluded(c, axis) {
			continue
		}
		extra := &Cell{}
		for _, r := range m.Include {
			fits := r.fits(c, axis)
			if fits == no {
				continue
			}
			r.Matched = r.Matched || fits == yes
			for _, k := range r.Keys {
				if !axis[strings.ToLower(k)] {
					v, _ := r.Get(k)
					if fits == maybe {
						v.Data = Unknown
					}
					extra.set(k, v)
				}
			}
		}
		for _, k := range extra.Keys {
			v, _ := extra.Get(k)
			c.set(k, v)
		}
		m.Cells = append(m.Cells, c)
	}
	for _, r := range m.Include {
		if r.Matched || len(r.Keys) == 0 || len(m.Cells) >= 2*MaxCells {
			continue
		}
		m.Dynamic = m.Dynamic || r.mayMatch
		c := &Cell{Row: r}
		for _, filter := range []bool{true, false} { // keys of axes come first
			for _, k := range r.Keys {
				if axis[strings.ToLower(k)] == filter {
					v, _ := r.Get(k)
					c.set(k, v)
				}
			}
		}
		m.Cells = append(m.Cells, c)
	}
	m.Size = len(m.Cells)
}

// excluded reports whether a row of exclude fits a cell. Where that is not known, the
// cell stays, and the matrix is dynamic.
func (m *Matrix) excluded(c *Cell, axis map[string]bool) bool {
	for _, r := range m.Exclude {
		switch r.fits(c, axis) {
		case yes:
			r.Matched = true
			return true
		case maybe:
			r.Matched, m.Dynamic = true, true
		case no:
		}
	}
	return false
}

// checkRows finds rows that GitHub refuses.
func (m *Matrix) checkRows(axis map[string]bool) {
	for _, r := range m.Exclude {
		if len(r.Keys) == 0 {
			m.Problems = append(m.Problems, Problem{r.Node, "a row of exclude is empty"})
		}
		for _, k := range r.Keys {
			if !axis[strings.ToLower(k)] {
				v, _ := r.Get(k)
				n := v.Node
				if n == nil {
					n = r.Node
				}
				m.Problems = append(m.Problems, Problem{n, fmt.Sprintf("a row of exclude has the key %s, which is no axis of the matrix", k)})
			}
		}
	}
	for _, r := range m.Include {
		if len(r.Keys) == 0 {
			m.Problems = append(m.Problems, Problem{r.Node, "a row of include is empty"})
		}
	}
}
