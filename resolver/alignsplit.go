package resolver

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// split divides the targets of the package that made alignment fail: those that
// can share the version that serves most of them, and the others; or, if one
// version would serve all but what it requires would not, those whose own
// solutions have the same version, and the others. It reports whether there was
// anything to divide.
func (a *aligner) split(failure *pubgrub.Failure, reasons map[string]string) bool {
	var names []string
	add := func(name string, p *project) {
		if p != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	leaves := failure.Leaves()
	for _, leaf := range leaves {
		if u, ok := leaf.Reason.(*unusable); ok {
			add(u.name, u.project)
		}
	}
	for _, id := range disputed(leaves) {
		add(a.nodes[id].name, a.nodes[id].project)
	}
	for _, name := range names {
		p := a.projectOf(name)
		for i, group := range a.groupsOf(name) {
			needed, best, served := a.share(p, group)
			if needed == 0 || served == needed || served == 0 {
				continue
			}
			a.divide(name, i, needed&^served)
			reasons[name] = fmt.Sprintf("no version of %s serves every cell that needs it; %s serves most", name, p.page.Releases[best].Version)
			return true
		}
	}
	for _, c := range a.cells {
		names = append(names, sortedKeys(c.picks)...)
	}
	for _, name := range names {
		for i, group := range a.groupsOf(name) {
			if same, other := a.alike(name, group); same != 0 && other != 0 {
				a.divide(name, i, other)
				reasons[name] = fmt.Sprintf("what a common version of %s requires cannot be had in every cell", name)
				return true
			}
		}
	}
	return false
}

// divide takes targets out of a group of a project into one of their own.
func (a *aligner) divide(name string, group int, out mask) {
	groups := slices.Clone(a.groupsOf(name))
	groups[group] &^= out
	a.groups[name] = append(groups, out)
}

// alike divides the targets of a group that need a project by the version their
// own solutions have: the commonest, and any other.
func (a *aligner) alike(name string, group mask) (same, other mask) {
	byVersion := map[int]mask{}
	for t, c := range a.cells {
		if ch := c.picks[name]; ch != nil && group.has(t) && ch.version < ch.project.phantom() {
			byVersion[ch.version] |= 1 << t
			other |= 1 << t
		}
	}
	commonest := -1
	for version, m := range byVersion {
		n, most := bits.OnesCount64(uint64(m)), bits.OnesCount64(uint64(same))
		if n > most || n == most && version < commonest {
			commonest, same = version, m
		}
	}
	return same, other &^ same
}

// projectOf returns a project that some cell has.
func (a *aligner) projectOf(name string) *project {
	return a.nodes[a.ids[facetKey{name: name, group: a.groupsOf(name)[0]}]].project
}

// share finds the version of a project that most of a group's cells can use, as
// their own solutions restrict it: the newest among equals.
func (a *aligner) share(p *project, group mask) (needed mask, best int, served mask) {
	var allowed []pubgrub.Set
	var who []int
	for t, c := range a.cells {
		ch := c.picks[p.name]
		if !group.has(t) || ch == nil || ch.version == p.phantom() {
			continue
		}
		set := a.usableBy(p, 1<<t)
		for _, d := range c.demands(p.name) {
			set = set.Intersect(p.set(d.spec))
		}
		needed |= 1 << t
		allowed = append(allowed, set)
		who = append(who, t)
	}
	for version := range p.phantom() {
		var m mask
		for i, set := range allowed {
			if set.Has(version) {
				m |= 1 << who[i]
			}
		}
		if bits.OnesCount64(uint64(m)) > bits.OnesCount64(uint64(served)) {
			best, served = version, m
		}
	}
	return needed, best, served
}
