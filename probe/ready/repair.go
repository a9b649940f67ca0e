package ready

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// maxCandidates bounds how many versions of a package are solved and read for one
// finding.
const maxCandidates = 16

// Mend looks for a fix for each finding that is not accepted: another version of
// the package that is ready in every cell that needs it. What could not be looked
// for, because an index failed, is said in NoFix; an error means that ctx was done.
func (j *Judge) Mend(ctx context.Context, a *Application, q *Question) error {
	if !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.hopeful() }) {
		return nil
	}
	s, err := j.solver(ctx, q)
	if err != nil {
		return err
	}
	type answer struct {
		fix *Fix
		why string
	}
	found := map[string]answer{} // by package
	for i := range a.Findings {
		f := &a.Findings[i]
		if !f.hopeful() {
			continue
		}
		x, ok := found[f.Package]
		if !ok {
			m, why, err := s.mend(ctx, f.Package, nil)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				x.why = "none could be looked for: " + err.Error()
			case m == nil:
				x.why = why
			default:
				x.fix = s.fix(f.Package, m)
			}
			found[f.Package] = x
		}
		f.Fix, f.NoFix = x.fix, x.why
	}
	return nil
}

// hopeful reports whether another version of the package might help.
func (f *Finding) hopeful() bool {
	switch f.Problem {
	case vocab.ProblemNoSuchProject, vocab.ProblemConflict, vocab.ProblemMetadataUnavailable, vocab.ProblemNoMatchingVersion:
		return false
	default:
	}
	return f.Package != "" && f.Accepted == "" && f.Readiness != vocab.ReadyUnknown
}

// A mending is a set of versions that were solved and read together.
type mending struct {
	pins    map[string]string // "" for what is no longer needed
	relaxed map[string]bool
	mended  []string // the packages it is for
	after   []*cell
}

// wish is the mending as something to be solved.
func (m *mending) wish(free func(string) bool) wish {
	w := wish{pins: map[string]string{}, relaxed: map[string]bool{}, free: free}
	if m != nil {
		maps.Copy(w.relaxed, m.relaxed)
		for name, version := range m.pins {
			if version != "" {
				w.pins[name] = version
			}
		}
	}
	return w
}

// mend finds a version of a package that is ready in every cell that needs it, on
// top of an earlier mending, nil for none. Without one it says why.
func (s *solver) mend(ctx context.Context, name string, earlier *mending) (*mending, string, error) {
	list, err := s.candidates(ctx, name)
	if err != nil {
		return nil, "", err
	}
	var t tally
	for i, c := range list {
		if i == maxCandidates {
			t.untried = len(list) - i
			break
		}
		r, no, err := s.hopeless(ctx, s.first(name), c)
		if err != nil {
			return nil, "", err
		}
		if no {
			t.count(r)
			continue
		}
		m, failed, err := s.attempt(ctx, name, c, earlier)
		if err != nil {
			return nil, "", err
		}
		if m != nil {
			return m, "", nil
		}
		t.add(failed, name)
	}
	return nil, t.text(), nil
}

// attempt tries one version: everything else held, then with its neighbours free,
// then with everything free. The cell it returns without a mending is one that it
// failed in, nil if that could not be solved.
func (s *solver) attempt(ctx context.Context, name string, v candidate, earlier *mending) (*mending, *cell, error) {
	first := s.first(name)
	near := s.neighbours(first, name)
	var failed *cell
	for _, free := range []func(string) bool{nothing, func(n string) bool { return near[n] }, anything} {
		w := earlier.wish(free)
		w.pins[name] = v.version
		if v.relaxed {
			w.relaxed[name] = true
		}
		mended := []string{name}
		if earlier != nil {
			mended = append(mended, earlier.mended...)
		}
		solved, err := s.solve(ctx, first, w)
		if err != nil {
			return nil, nil, err
		}
		if solved == nil || !solved.of.Satisfiable && first.of.Satisfiable {
			continue
		}
		if !holds(first, solved, mended) {
			failed = solved
			if st := solved.states[name]; st != nil && st.Readiness != vocab.Ready {
				return nil, failed, nil // no other version of anything else mends this one
			}
			continue
		}
		m := &mending{pins: map[string]string{name: v.version}, relaxed: w.relaxed, mended: mended}
		for n, change := range changes(first, solved) {
			m.pins[n] = change.To
		}
		if m, err = s.fewer(ctx, first, name, m, earlier); err != nil {
			return nil, nil, err
		}
		ok, err := s.everywhere(ctx, m)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			return m, nil, nil
		}
	}
	return nil, failed, nil
}

// first is the cell that a package is tried in before all others: one where it is
// not ready, without the GIL if there is one.
func (s *solver) first(name string) *cell {
	best := s.cells[0]
	worth := func(c *cell) int {
		st := c.states[name]
		switch {
		case st == nil:
			return 0
		case st.Readiness == vocab.Ready:
			return 1
		case !c.FreeThreaded:
			return 2
		}
		return 3
	}
	for _, c := range s.cells {
		if worth(c) > worth(best) {
			best = c
		}
	}
	return best
}

// neighbours are what requires a package, directly, and what shares a requirer with
// it.
func (s *solver) neighbours(c *cell, name string) map[string]bool {
	near := map[string]bool{}
	p, ok := c.of.Package(name)
	if !ok {
		return near
	}
	for _, by := range p.RequiredBy {
		near[by] = true
	}
	for i := range c.of.Packages {
		if q := &c.of.Packages[i]; slices.Contains(q.RequiredBy, name) {
			near[q.Name] = true
		}
	}
	return near
}

// fewer takes back every change that the mending can do without.
func (s *solver) fewer(ctx context.Context, c *cell, name string, m, earlier *mending) (*mending, error) {
	for _, n := range slices.Sorted(maps.Keys(m.pins)) {
		if n == name || earlier != nil && earlier.pins[n] != "" || m.pins[n] == "" || !c.has(n) {
			continue
		}
		less := &mending{pins: maps.Clone(m.pins), relaxed: m.relaxed, mended: m.mended}
		delete(less.pins, n)
		solved, err := s.solve(ctx, c, less.wish(func(other string) bool {
			_, changed := less.pins[other]
			return changed
		}))
		if err != nil {
			return nil, err
		}
		if solved != nil && holds(c, solved, m.mended) && (solved.of.Satisfiable || !c.of.Satisfiable) && solved.version(n) == c.version(n) {
			m = less
		}
	}
	return m, nil
}

// everywhere solves the mending in all cells, and reports whether it holds in each.
func (s *solver) everywhere(ctx context.Context, m *mending) (bool, error) {
	m.after = make([]*cell, len(s.cells))
	held := make([]bool, len(s.cells))
	g, ctx := errgroup.WithContext(ctx)
	const atOnce = 4
	g.SetLimit(atOnce)
	for i, c := range s.cells {
		g.Go(func() error {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(m.pins)), c.has) {
				m.after[i], held[i] = c, true // nothing of it changes here
				return nil
			}
			solved, err := s.solve(ctx, c, m.wish(nothing))
			if err != nil || solved == nil {
				return err
			}
			m.after[i] = solved
			held[i] = holds(c, solved, m.mended) && (solved.of.Satisfiable || !c.of.Satisfiable)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return false, err
	}
	return !slices.Contains(held, false), nil
}

// fix describes a mending that is for one package.
func (s *solver) fix(name string, m *mending) *Fix {
	list := s.changed(m)
	slices.SortStableFunc(list, func(a, b Change) int {
		if (a.Package == name) != (b.Package == name) {
			if a.Package == name {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Package, b.Package)
	})
	f := &Fix{Kind: vocab.FixNewerVersion, From: s.first(name).version(name), To: m.pins[name], Relaxed: m.relaxed[name], Changes: list}
	if older(f.To, f.From) {
		f.Kind = vocab.FixOlderVersion
	}
	f.Text = fmt.Sprintf("pin %s==%s", name, f.To)
	if f.Relaxed {
		f.Text = fmt.Sprintf("change your requirement on %s to ==%s", name, f.To)
	}
	var others []string
	for _, c := range list {
		if c.Package != name && c.From != "" && c.To != "" {
			others = append(others, c.Package+"=="+c.To)
		}
	}
	if len(others) > 0 {
		f.Text += " together with " + strings.Join(others, ", ")
	}
	for i, c := range s.cells {
		before, after := c.states[name], m.after[i].states[name]
		if before == nil || after == nil || after.GIL == "" {
			continue
		}
		f.GIL = after.GIL
		if f.GIL == vocab.VerdictPure && before.FileKind.IsCompiled() {
			f.Text += ", which has no machine code here"
			break
		}
	}
	return f
}

// changed are the changes of a mending, sorted by package.
func (s *solver) changed(m *mending) []Change {
	all := map[string]Change{}
	for i, c := range s.cells {
		if m.after[i] == nil || m.after[i] == c {
			continue
		}
		for name, change := range changes(c, m.after[i]) {
			if _, ok := all[name]; !ok {
				all[name] = change
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Change) int { return cmp.Compare(a.Package, b.Package) })
}

// older reports whether a version is older than another one.
func older(a, b string) bool {
	v, err := pep440.Parse(a)
	if err != nil {
		return false
	}
	w, err := pep440.Parse(b)
	return err == nil && v.Compare(w) < 0
}
