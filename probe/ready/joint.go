package ready

import (
	"context"
	"maps"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Together looks for the versions that make the whole application ready, package by
// package on top of each other, and fills in a.Repair. Patch and commands are the
// caller's, who knows the files. [Judge.Mend] is called before. An error
// means that ctx was done, or that an index failed.
func (j *Judge) Together(ctx context.Context, a *Application, q *Question) error {
	s, err := j.solver(ctx, q)
	if err != nil {
		return err
	}
	r := &Repair{Changes: []Change{}, Fewest: true}
	a.Repair = r
	var m *mending
	bad := map[string]bool{} // what is not ready as it is
	for i := range a.Findings {
		f := &a.Findings[i]
		if f.Accepted != "" || bad[f.Package] {
			continue
		}
		bad[f.Package] = true
		if m != nil && slices.Contains(slices.Sorted(maps.Keys(m.pins)), f.Package) && m.mends(f.Package) {
			continue
		}
		var next *mending
		if f.hopeful() {
			if next, err = s.further(ctx, f, m); err != nil {
				return err
			}
		}
		if next == nil {
			r.Left = append(r.Left, f.Package)
			continue
		}
		m = next
	}
	r.Readiness = a.Readiness
	if m == nil {
		return nil
	}
	r.Changes = s.changed(m)
	for _, c := range r.Changes {
		r.Fewest = r.Fewest && (bad[c.Package] || !c.Asked())
	}
	r.Relaxed = slices.Sorted(maps.Keys(m.relaxed))
	r.Readiness = a.after(m)
	return nil
}

// further mends a finding on top of what is mended: with the version of its own
// fix if that holds, else with any.
func (s *solver) further(ctx context.Context, f *Finding, earlier *mending) (*mending, error) {
	if f.Fix != nil {
		m, _, err := s.attempt(ctx, f.Package, candidate{version: f.Fix.To, relaxed: f.Fix.Relaxed}, earlier)
		if m != nil || err != nil {
			return m, err
		}
	}
	if f.Fix == nil && earlier == nil {
		return nil, nil // looked for in vain
	}
	m, _, err := s.mend(ctx, f.Package, earlier)
	return m, err
}

// mends reports whether a package is ready, or gone, in every cell.
func (m *mending) mends(name string) bool {
	for _, c := range m.after {
		if st := c.states[name]; st != nil && st.Readiness != vocab.Ready {
			return false
		}
	}
	return true
}

// after is the application's readiness with a mending, what was accepted left out.
func (a *Application) after(m *mending) vocab.Readiness {
	worst := vocab.Ready
	for _, c := range m.after {
		for _, f := range c.findings {
			accepted := slices.ContainsFunc(a.Findings, func(old Finding) bool {
				return old.Package == f.Package && old.Accepted != "" && slices.Contains(old.Cells, c.Name())
			})
			if !accepted && f.Readiness.Worse(worst) {
				worst = f.Readiness
			}
		}
	}
	return worst
}
