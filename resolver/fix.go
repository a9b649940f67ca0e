package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// fixAll looks for what would make each cell with problems install from wheels
// and writes what held into the result. A fix is only kept if the whole cell was
// solved with it, from wheels alone.
func (s *store) fixAll(ctx context.Context, cells []*cell, result *Result) error {
	var g errgroup.Group
	g.SetLimit(maxParallel)
	for i := range result.Targets {
		if len(result.Targets[i].Problems) == 0 {
			continue
		}
		g.Go(func() error {
			return cells[i].fix(ctx, result.Targets[i].Problems)
		})
	}
	return g.Wait()
}

// An attempt is one change that might clear a cell.
type attempt struct {
	kind   vocab.FixKind
	target wheeltags.Target
	roots  []Requirement
	// relaxed are the roots whose specifiers were dropped.
	relaxed map[string]bool
	text    string
}

// fix tries the nearest changes first and stops at the first that clears the
// cell.
func (c *cell) fix(ctx context.Context, problems []Problem) error {
	for _, p := range problems {
		if p.Kind == vocab.ProblemNoSuchProject || p.Kind == vocab.ProblemMetadataUnavailable {
			return nil // no version, Python or platform helps
		}
	}
	for _, a := range c.attempts(problems) {
		if !c.hopeful(a, problems) {
			continue
		}
		solved := &cell{view: newView(c.view.store, a.target), roots: a.roots, own: map[pick]*dependencies{}}
		solved.view.onlyBinary = Names{All: true}
		ok, err := solved.strict(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || !ok {
			continue // what an index will not say cannot be proposed
		}
		for i := range problems {
			problems[i].Fix = c.fixFor(a, solved, problems[i])
		}
		return nil
	}
	return nil
}

// attempts lists what might clear the cell, the nearest change first.
func (c *cell) attempts(problems []Problem) []attempt {
	here := attempt{kind: vocab.FixOlderVersion, target: c.view.target, roots: c.roots}
	list := []attempt{here}
	if relaxed, names := c.relaxed(problems); len(names) > 0 {
		a := here
		a.roots, a.relaxed = relaxed, names
		list = append(list, a)
	}
	if p, ok := c.raisedFloor(problems); ok {
		a := here
		a.kind, a.target.Platform = vocab.FixPlatformFloor, p
		a.text = "ship to " + p.Tag() + " instead of " + c.view.target.Platform.Tag()
		list = append(list, a)
	}
	if roots, text := c.withoutExtras(problems); roots != nil {
		a := here
		a.kind, a.roots, a.text = vocab.FixDropExtra, roots, text
		list = append(list, a)
	}
	for _, minor := range c.view.store.req.Pythons {
		if minor <= c.view.target.Python.Minor {
			continue
		}
		a := here
		a.kind = vocab.FixNewerPython
		a.target.Python = wheeltags.Python{Major: 3, Minor: minor, Micro: -1, FreeThreaded: c.view.target.FreeThreaded()}
		a.text = "move to Python " + a.target.Python.String()
		list = append(list, a)
	}
	return list
}

// hopeful rules out attempts that cannot succeed without solving: some blocked
// package that the roots themselves name has no wheel of any version.
func (c *cell) hopeful(a attempt, problems []Problem) bool {
	v := newView(c.view.store, a.target)
	for _, problem := range problems {
		ch := c.picks[problem.Package]
		if ch == nil || !slices.Contains(ch.requiredBy, "") {
			continue
		}
		if !slices.ContainsFunc(a.roots, func(r Requirement) bool { return r.Name == problem.Package }) {
			continue
		}
		found := false
		for i := range ch.project.page.Releases {
			if f := v.best(ch.project, i, rules{wheelsOnly: true}).file; f != nil {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// relaxed returns the roots with the user's own requirements on the blocked
// packages left open.
func (c *cell) relaxed(problems []Problem) ([]Requirement, map[string]bool) {
	names := map[string]bool{}
	roots := slices.Clone(c.roots)
	for i := range roots {
		if roots[i].Specifiers.IsEmpty() || roots[i].URL != "" {
			continue
		}
		if slices.ContainsFunc(problems, func(p Problem) bool { return p.Package == roots[i].Name }) {
			names[roots[i].Name] = true
			roots[i].Specifiers = pep440.Specifiers{}
		}
	}
	return roots, names
}

// raisedFloor returns the platform with the lowest floor on which every package
// that needs a newer one has a wheel.
func (c *cell) raisedFloor(problems []Problem) (wheeltags.Platform, bool) {
	raised, found := c.view.target.Platform, false
	for _, problem := range problems {
		if problem.Kind != vocab.ProblemFloorTooNew {
			continue
		}
		ch := c.picks[problem.Package]
		if ch == nil || ch.version == ch.project.phantom() {
			continue
		}
		m, ok := c.view.anyFloor()
		if !ok {
			return raised, false
		}
		f := c.view.best(ch.project, ch.version, rules{matcher: m, wheelsOnly: true}).file
		if f == nil {
			return raised, false
		}
		p, ok := raised.RaisedFor(&ch.project.page.Tags[f.Tags])
		if !ok {
			return raised, false
		}
		raised, found = p, true
	}
	return raised, found
}

// withoutExtras returns the roots without the extras through which alone the
// blocked packages come, and what was dropped.
func (c *cell) withoutExtras(problems []Problem) ([]Requirement, string) {
	blocked := map[string]bool{}
	for _, p := range problems {
		blocked[p.Package] = true
	}
	roots := slices.Clone(c.roots)
	var dropped []string
	for i := range roots {
		var keep []string
		for _, extra := range roots[i].Extras {
			if c.brings(roots[i].Name, extra, blocked) {
				dropped = append(dropped, roots[i].Name+"["+extra+"]")
			} else {
				keep = append(keep, extra)
			}
		}
		roots[i].Extras = keep
	}
	if len(dropped) == 0 {
		return nil, ""
	}
	return roots, "drop " + strings.Join(dropped, ", ")
}

// brings reports whether an extra of a chosen package leads to a blocked one.
func (c *cell) brings(name, extra string, blocked map[string]bool) bool {
	ch := c.picks[name]
	if ch == nil || ch.deps == nil {
		return false
	}
	seen := map[string]bool{name: true}
	var leads func(r *pep508.Requirement) bool
	leads = func(r *pep508.Requirement) bool {
		if blocked[r.Name] {
			return true
		}
		next := c.picks[r.Name]
		if seen[r.Name] || next == nil || next.deps == nil {
			return false
		}
		seen[r.Name] = true
		for i := range next.deps.requires {
			if appliesTo(&next.deps.requires[i], c.view.env, "") && leads(&next.deps.requires[i]) {
				return true
			}
		}
		return false
	}
	for i := range ch.deps.requires {
		r := &ch.deps.requires[i]
		if !appliesTo(r, c.view.env, extra) {
			continue
		}
		if r.Name == name && slices.ContainsFunc(r.Extras, func(e string) bool { return e != extra && c.brings(name, e, blocked) }) {
			return true
		}
		if leads(r) {
			return true
		}
	}
	return false
}

// fixFor says what the cleared cell changes for one problem.
func (c *cell) fixFor(a attempt, solved *cell, problem Problem) *Fix {
	if a.kind == vocab.FixNewerPython {
		return &Fix{Kind: a.kind, Text: a.text, From: c.view.target.Python.String(), To: a.target.Python.String()}
	}
	// The version that changed nearest to the blocked package, if any did.
	for _, name := range slices.Backward(problem.RequiredBy) {
		before, after := c.picks[name], solved.picks[name]
		if before == nil || after == nil || before.version == after.version {
			continue
		}
		kind, from := vocab.FixOlderVersion, ""
		if before.version < before.project.phantom() {
			from = before.project.page.Releases[before.version].Version.String()
		}
		if after.version < before.version {
			kind = vocab.FixNewerVersion
		}
		to := after.project.page.Releases[after.version].Version.String()
		text := fmt.Sprintf("pin %s==%s", name, to)
		if a.relaxed[name] {
			text = fmt.Sprintf("change your requirement on %s to ==%s", name, to)
		}
		if a.text != "" {
			text += " and " + a.text
		}
		return &Fix{Kind: kind, Text: text, From: from, To: to}
	}
	if a.kind == vocab.FixPlatformFloor {
		return &Fix{Kind: a.kind, Text: a.text, From: c.view.target.Platform.Tag(), To: a.target.Platform.Tag()}
	}
	if a.kind == vocab.FixDropExtra {
		return &Fix{Kind: a.kind, Text: a.text}
	}
	// The blocked package is no longer needed at all.
	return &Fix{Kind: a.kind, Text: "restrict the resolution to wheels (--only-binary :all:): it is then not needed"}
}
