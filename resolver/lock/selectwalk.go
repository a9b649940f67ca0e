package lock

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// A walk finds packages by what dependencies say of them.
type walk struct {
	lock   *Lock
	byName map[string][]int
}

func newWalk(l *Lock) *walk {
	w := &walk{lock: l, byName: make(map[string][]int, len(l.Packages))}
	for i := range l.Packages {
		w.byName[l.Packages[i].Name] = append(w.byName[l.Packages[i].Name], i)
	}
	return w
}

// matching returns the packages a dependency may mean.
func (w *walk) matching(d Dep) []int {
	all := w.byName[d.Name]
	if len(all) < 2 {
		return all
	}
	var out []int
	for _, i := range all {
		p := &w.lock.Packages[i]
		if d.Version.IsValid() && !(p.Version.IsValid() && p.Version.Equal(d.Version)) ||
			d.Source != "" && p.Source.key() != d.Source ||
			p.Version.IsValid() && !d.Specifiers.Contains(p.Version) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// walkDependencies selects what is reached from the roots over dependencies
// whose markers hold: an older poetry.lock, or a pdm.lock without inherited
// metadata.
func (s *selection) walkDependencies() error {
	w := newWalk(s.lock)
	at := map[string]int{}
	type step struct {
		pkg   int
		extra string
	}
	seen := map[step]bool{}
	var queue []step
	follow := func(d Dep, from string, extras []string) error {
		if !s.holds(d.Marker, extras) {
			return nil
		}
		i, ok := s.best(w, d)
		if !ok {
			// Tools leave out what they do not manage, as setuptools.
			return nil
		}
		if j, taken := at[d.Name]; taken && j != i {
			return s.ambiguous(j, i)
		}
		at[d.Name] = i
		p := s.pick(i)
		p.requiredBy[from] = true
		addAll(p.with, d.Extras)
		for _, extra := range append([]string{""}, extraKeys(&s.lock.Packages[i], d.Extras)...) {
			if next := (step{i, extra}); !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
		return nil
	}
	for _, root := range s.lock.Roots {
		if s.lock.OnlyGroups && root.Group == "" {
			continue
		}
		if root.Group != "" && !slices.Contains(s.groups, root.Group) || root.Extra != "" && !slices.Contains(s.extras, root.Extra) {
			continue
		}
		if err := follow(root.Dep, "", s.extras); err != nil {
			return err
		}
	}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		p := &s.lock.Packages[next.pkg]
		deps, extras := p.Dependencies, []string(nil)
		if next.extra != "" {
			deps, extras = p.ExtraDependencies[next.extra], strings.Split(next.extra, ",")
		}
		for _, d := range deps {
			if err := follow(d, p.Name, extras); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds evaluates the marker of a dependency, whose extras are those that its
// package is required with.
func (s *selection) holds(m *pep508.Marker, extras []string) bool {
	if m == nil {
		return true
	}
	env := s.env
	env.Extras = set(extras)
	return m.Eval(&env, "")
}

// extraKeys returns the keys of ExtraDependencies that a set of extras opens.
// PDM keeps what a set adds under the whole set.
func extraKeys(p *Package, extras []string) []string {
	if len(extras) > 1 {
		sorted := slices.Clone(extras)
		slices.Sort(sorted)
		if joined := strings.Join(sorted, ","); p.ExtraDependencies[joined] != nil {
			return []string{joined}
		}
	}
	return extras
}

// best returns the newest package a dependency may mean that takes the
// environment's Python and whose own marker holds.
func (s *selection) best(w *walk, d Dep) (int, bool) {
	v, known := s.python()
	found := -1
	for _, i := range w.matching(d) {
		p := &s.lock.Packages[i]
		if known && !p.RequiresPython.Contains(v) || !p.Marker.Eval(&s.env, "") {
			continue
		}
		if found < 0 || p.Version.Compare(s.lock.Packages[found].Version) > 0 {
			found = i
		}
	}
	return found, found >= 0
}
