package matrix

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// buildable drops the cells in which something that the build requires has no wheel.
func (d *deriver) buildable(ctx context.Context) error {
	missing, err := d.missing(ctx, d.builds, func(*Cell) ([]pep508.Requirement, error) { return d.project.BuildRequires, nil })
	if err != nil {
		return err
	}
	d.builds = d.without(d.builds, missing, "to build")
	return nil
}

// testable drops the tests for which something has no wheel.
func (d *deriver) testable(ctx context.Context, tests []Cell) ([]Cell, error) {
	missing, err := d.missing(ctx, tests, func(c *Cell) ([]pep508.Requirement, error) {
		return d.project.TestRequires(c.Platform.OS(), c.Identifier)
	})
	if err != nil {
		return nil, err
	}
	return d.without(tests, missing, "to test"), nil
}

// without drops the cells of which something is missing, by their place.
func (d *deriver) without(cells []Cell, missing map[int]string, what string) []Cell {
	var left []Cell
	for i, c := range cells {
		if reason, ok := missing[i]; ok {
			d.drop(c.Identifier, c.Purpose, vocab.DropDependency, fmt.Sprintf("needed %s: %s", what, reason))
			continue
		}
		left = append(left, c)
	}
	return left
}

// missing says by place in cells what of their requirements has no wheel there. What
// has a wheel nowhere decides nothing: it is built from its source everywhere.
func (d *deriver) missing(ctx context.Context, cells []Cell, of func(*Cell) ([]pep508.Requirement, error)) (map[int]string, error) {
	missing := map[int]string{}
	groups := map[string]*question{}
	var order []*question
	for i := range cells {
		reqs, err := of(&cells[i])
		if err != nil {
			return nil, err
		}
		key := fmt.Sprint(reqs)
		q := groups[key]
		if q == nil {
			q = &question{reqs: reqs, targets: map[wheeltags.Target][]int{}}
			groups[key], order = q, append(order, q)
		}
		target, err := d.machine(&cells[i])
		if err != nil {
			return nil, err
		}
		if q.targets[target] == nil {
			q.order = append(q.order, target)
		}
		q.targets[target] = append(q.targets[target], i)
	}
	if d.index == nil {
		return missing, nil
	}
	for _, q := range order {
		if err := d.ask(ctx, q, missing); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// A question is requirements and the machines on which they are needed, each with
// the places of its cells.
type question struct {
	reqs    []pep508.Requirement
	order   []wheeltags.Target
	targets map[wheeltags.Target][]int
}

// ask resolves a question.
func (d *deriver) ask(ctx context.Context, q *question, missing map[int]string) error {
	req := &resolver.Request{Targets: q.order, Like: vocab.LikePip, NoFixes: true, TrustMetadata: true}
	for _, r := range q.reqs {
		switch {
		case r.URL != "":
			d.note("%s is taken from an address and not looked at", r.Name)
		case r.Name == pep508.NormalizeName(d.project.Name):
		default:
			req.Requirements = append(req.Requirements, resolver.Requirement{Requirement: r, Origin: "the project"})
		}
	}
	if len(req.Requirements) == 0 {
		return nil
	}
	// Whether something has wheels at all is not told by odd cells alone.
	req.Targets = append(slices.Clone(q.order), d.ordinary())
	result, err := resolver.Resolve(ctx, d.index, req)
	if err != nil {
		return err
	}
	somewhere := map[string]bool{} // packages that have a wheel for one of the machines
	for _, c := range result.Targets {
		for _, p := range c.Packages {
			somewhere[p.Name] = somewhere[p.Name] || p.FileKind.IsWheel()
		}
	}
	for i, target := range q.order {
		var reasons []string
		for name, reason := range lacking(&result.Targets[i]) {
			if somewhere[name] {
				reasons = append(reasons, reason)
			} else {
				d.note("%s has no wheel in any of the cells that need it: it is built from its source there, or it is missing", name)
			}
		}
		if len(reasons) == 0 {
			continue
		}
		slices.Sort(reasons)
		for _, place := range q.targets[target] {
			missing[place] = strings.Join(reasons, "; ")
		}
	}
	return nil
}

// ordinary is a machine that whoever publishes wheels publishes them for: the Python
// before the newest, with the GIL, on Linux.
func (d *deriver) ordinary() wheeltags.Target {
	newest := 0
	for _, id := range d.line.Identifiers["linux"] {
		if p, ok := pythonOf(id); ok {
			newest = max(newest, p.Minor)
		}
	}
	p := wheeltags.Python{Major: 3, Minor: newest - 1, Micro: -1}
	return wheeltags.Target{Python: p, Platform: Platform{Word: "manylinux_x86_64", Floor: "2.28"}.Platforms()[0]}
}

// lacking says by package what of a cell's packages is no wheel.
func lacking(c *resolver.Cell) map[string]string {
	lacks := map[string]string{}
	for _, p := range c.Packages {
		if !p.FileKind.IsWheel() {
			lacks[p.Name] = strings.TrimSpace(p.Name+" "+p.Version) + " has no wheel for it"
		}
	}
	for _, p := range c.Problems {
		if lacks[p.Package] == "" {
			lacks[p.Package] = p.Message
		}
	}
	return lacks
}
