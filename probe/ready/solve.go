package ready

import (
	"context"
	"maps"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A Question is what an application's result answers, to be asked again with other
// versions.
type Question struct {
	Index resolver.Index
	// Request is as it was resolved. Of a lock its requirements are what the
	// project behind it requires, as far as that is known.
	Request *resolver.Request
	// Result is the answer.
	Result *resolver.Result
}

// A solver solves an application again, one cell at a time.
type solver struct {
	judge *Judge
	q     *Question
	cells []*cell // as they are
}

func (j *Judge) solver(ctx context.Context, q *Question) (*solver, error) {
	cells, err := j.cells(ctx, q.Result)
	return &solver{j, q, cells}, err
}

// A wish is how a cell is to be solved: pins are versions that packages must have,
// and relaxed are those of them for which the user's own requirement is left out.
// Everything else keeps its version, but what is free.
type wish struct {
	pins    map[string]string
	relaxed map[string]bool
	free    func(name string) bool
}

func nothing(string) bool  { return false }
func anything(string) bool { return true }

// solve solves a cell as wished and judges it; the cell is nil if that cannot be.
func (s *solver) solve(ctx context.Context, c *cell, w wish) (*cell, error) {
	req, err := s.request(c, w)
	if err != nil {
		return nil, err
	}
	result, err := resolver.Resolve(ctx, s.q.Index, req)
	if err != nil {
		return nil, err
	}
	for name, version := range w.pins {
		if p, ok := result.Targets[0].Package(name); ok && p.Version != version {
			return nil, nil
		}
	}
	cells, err := s.judge.cells(ctx, result)
	if err != nil {
		return nil, err
	}
	return cells[0], nil
}

// request is the question for one cell.
func (s *solver) request(c *cell, w wish) (*resolver.Request, error) {
	req := *s.q.Request
	req.Targets = []wheeltags.Target{c.host.target}
	req.NoFixes, req.Align, req.OnProgress, req.NotJudged, req.Ignored = true, false, nil, nil, nil
	req.Requirements = s.roots(c, w)
	req.Constraints = slices.Clone(req.Constraints)
	for i := range req.Constraints {
		if _, pinned := w.pins[req.Constraints[i].Name]; pinned {
			req.Constraints[i].Hashes = nil
		}
	}
	versions := maps.Clone(w.pins)
	built := map[string]bool{}
	for i := range c.of.Packages {
		p := &c.of.Packages[i]
		_, pinned := w.pins[p.Name]
		if p.Version != "" && !pinned && !p.Direct && !w.free(p.Name) {
			versions[p.Name] = p.Version
		}
		if p.FileKind == vocab.FileSdist && !pinned {
			built[p.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		v, err := pep440.Parse(versions[name])
		if err != nil {
			return nil, err
		}
		exactly, err := pep440.NewSpecifier(pep440.OpEqual, v)
		if err != nil {
			return nil, err
		}
		req.Constraints = append(req.Constraints, resolver.Requirement{
			Requirement: pep508.Requirement{Name: name, Specifiers: pep440.NewSpecifiers(exactly)},
		})
	}
	// Another version is of use only if it has a wheel.
	if !req.NoBinary.All {
		req.OnlyBinary = resolver.Names{All: true, Except: built}
		for name := range req.NoBinary.Only {
			built[name] = true
		}
	}
	return &req, nil
}

// roots are the requirements that the cell is solved with: the user's own, and what
// a lock's project requires and nobody says how.
func (s *solver) roots(c *cell, w wish) []resolver.Requirement {
	roots := slices.Clone(s.q.Request.Requirements)
	known := map[string]bool{}
	for i := range roots {
		r := &roots[i]
		known[r.Name] = true
		if _, pinned := w.pins[r.Name]; pinned {
			r.Hashes = nil
		}
		if w.relaxed[r.Name] {
			r.Specifiers = pep440.Specifiers{}
		}
	}
	if s.q.Result.Judged == "" {
		return roots
	}
	for i := range c.of.Packages {
		p := &c.of.Packages[i]
		if known[p.Name] || !slices.ContainsFunc(p.RequiredBy, func(by string) bool { return !c.has(by) }) {
			continue
		}
		roots = append(roots, resolver.Requirement{Requirement: pep508.Requirement{Name: p.Name, Extras: p.Extras}})
	}
	return roots
}

// has reports whether a requirer is a package of the cell, rather than the user or
// a project on disk.
func (c *cell) has(name string) bool {
	_, ok := c.of.Package(name)
	return ok && name != ""
}

// version is what the cell has of a package, "" if nothing.
func (c *cell) version(name string) string {
	if p, ok := c.of.Package(name); ok {
		return p.Version
	}
	return ""
}

// changes are the packages that have another version in the solved cell, or are
// new or gone.
func changes(before, after *cell) map[string]Change {
	out := map[string]Change{}
	for i := range after.of.Packages {
		p := &after.of.Packages[i]
		if from := before.version(p.Name); from != p.Version {
			out[p.Name] = Change{p.Name, from, p.Version}
		}
	}
	for i := range before.of.Packages {
		p := &before.of.Packages[i]
		if !after.has(p.Name) {
			out[p.Name] = Change{p.Name, p.Version, ""}
		}
	}
	return out
}

// holds reports whether nothing in the solved cell is worse than it was, and the
// packages of a list are ready or gone.
func holds(before, after *cell, mended []string) bool {
	if p := after.problems[""]; p != nil {
		return false
	}
	for name, s := range after.states {
		was := vocab.Ready
		if old := before.states[name]; old != nil && !slices.Contains(mended, name) {
			was = old.Readiness
		}
		if s.Readiness.Worse(was) {
			return false
		}
	}
	// What the solver could not place at all.
	for name := range after.problems {
		if after.states[name] == nil && before.problems[name] == nil {
			return false
		}
	}
	return true
}
