package ready

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// chain returns the shortest chain of requirers from one of the user's requirements
// to a package, the package itself last.
func (c *cell) chain(name string) []string {
	type step struct {
		name string
		next *step
	}
	seen := map[string]bool{name: true}
	queue := []*step{{name: name}}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		p, ok := c.of.Package(s.name)
		if !ok || slices.Contains(p.RequiredBy, "") { // a project on disk is the user's, too
			var chain []string
			for ; s != nil; s = s.next {
				chain = append(chain, s.name)
			}
			return chain
		}
		for _, by := range p.RequiredBy {
			if !seen[by] {
				seen[by] = true
				queue = append(queue, &step{by, s})
			}
		}
	}
	return []string{name}
}

// roots returns the user's requirements that bring a package, sorted.
func (c *cell) roots(name string) []string {
	roots := []string{}
	for _, n := range c.requirers(name) {
		p, ok := c.of.Package(n)
		if ok && slices.ContainsFunc(p.RequiredBy, func(by string) bool { return !c.has(by) }) {
			roots = append(roots, n)
		}
	}
	return roots
}

// requirers returns a package and all that require it, directly or not, sorted.
func (c *cell) requirers(name string) []string {
	seen := map[string]bool{name: true}
	list := []string{name}
	for i := 0; i < len(list); i++ {
		p, ok := c.of.Package(list[i])
		if !ok {
			continue
		}
		for _, by := range p.RequiredBy {
			if !seen[by] && c.has(by) {
				seen[by] = true
				list = append(list, by)
			}
		}
	}
	slices.Sort(list)
	return list
}

// spread tells every package which of those it requires turn the GIL on.
func (c *cell) spread() {
	for name, s := range c.states {
		if s.Readiness != vocab.ReadyTurnsOn {
			continue
		}
		for _, by := range c.requirers(name) {
			if by != name {
				c.states[by].Unless = append(c.states[by].Unless, name)
			}
		}
	}
	for _, s := range c.states {
		slices.Sort(s.Unless)
	}
}
