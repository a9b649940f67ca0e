package status

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// hinders reports whether a package of that state keeps those that require it from
// going without the GIL. One that falls back to a pure wheel is slow, not in the way.
func hinders(s vocab.State) bool {
	return s == vocab.StateGILOn || s == vocab.StateSourceOnly || s == vocab.StateNone
}

// Close settles what packages require of each other, in place: who is blocked, by
// whom, and how many depend on whom. A requirement that is not among the packages
// leaves those that have it unknown.
func Close(packages []*Package) {
	c := closure{byName: map[string]*Package{}}
	for _, p := range packages {
		c.byName[p.Name] = p
		p.Dependents = 0
	}
	for _, p := range packages {
		c.settle(p)
	}
}

type closure struct{ byName map[string]*Package }

// settle walks what a package requires, nearest first.
func (c *closure) settle(p *Package) {
	type step struct {
		name string
		from *step
	}
	chain := func(s *step) []string {
		var names []string
		for ; s != nil; s = s.from {
			names = append(names, s.name)
		}
		slices.Reverse(names)
		return names
	}
	p.State, p.Reason, p.Blockers = p.Own, p.ownReason, []Blocker{}
	var unknown, partial string
	if p.requiresUnknown {
		unknown = "what it requires is not known"
	}
	seen := map[string]bool{p.Name: true}
	queue := []*step{{name: p.Name}}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		here := c.byName[s.name]
		if s.from != nil {
			switch {
			case here == nil:
				unknown = cmp.Or(unknown, s.name+", which it requires, is not tracked")
				continue
			case hinders(here.Own):
				p.Blockers = append(p.Blockers, Blocker{Name: here.Name, State: here.Own, Chain: chain(s)})
			case here.Own == vocab.StateUnknown:
				unknown = cmp.Or(unknown, fmt.Sprintf("%s, which it requires, is unknown: %s", s.name, here.ownReason))
			case here.requiresUnknown:
				unknown = cmp.Or(unknown, fmt.Sprintf("what %s requires is not known", s.name))
			case here.Own == vocab.StateClearPartial:
				partial = cmp.Or(partial, fmt.Sprintf("%s, which it requires: %s", s.name, here.ownReason))
			}
			here.Dependents++
		}
		for _, name := range here.Requires {
			if !seen[name] {
				seen[name] = true
				queue = append(queue, &step{name, s})
			}
		}
	}
	if p.Own != vocab.StateClear && p.Own != vocab.StateClearPartial {
		return
	}
	switch {
	case len(p.Blockers) > 0:
		b := p.Blockers[0]
		p.State, p.Reason = vocab.StateBlocked, fmt.Sprintf("it requires %s: %s", b.Name, c.byName[b.Name].ownReason)
	case unknown != "":
		p.State, p.Reason = vocab.StateUnknown, unknown
	case partial != "" && p.Own == vocab.StateClear:
		p.State, p.Reason = vocab.StateClearPartial, partial
	}
}

// A Hindrance is a package that keeps others from being clear.
type Hindrance struct {
	Name   string      `json:"name"`
	State  vocab.State `json:"state"`
	Reason string      `json:"reason,omitempty"`
	// Blocks are the packages that it blocks, whether alone or with others; Alone is
	// how many of them it blocks alone, and Downloads those of all that it blocks.
	Blocks    []string `json:"blocks"`
	Alone     int      `json:"alone"`
	Downloads int64    `json:"downloads,omitempty"`
	// Uncounted is of how many of them it is not known how often they are downloaded.
	Uncounted int    `json:"uncounted,omitempty"`
	Issue     string `json:"issue,omitempty"`
}

// Hindrances ranks the packages that block others: by how many they block, or by
// the downloads of those. [Close] must have settled the packages.
func Hindrances(packages []*Package, byDownloads bool) []Hindrance {
	found := map[string]*Hindrance{}
	byName := map[string]*Package{}
	for _, p := range packages {
		byName[p.Name] = p
	}
	for _, p := range packages {
		for _, b := range p.Blockers {
			h := found[b.Name]
			if h == nil {
				at := byName[b.Name]
				h = &Hindrance{Name: b.Name, State: b.State, Reason: at.ownReason, Issue: at.Issue}
				found[b.Name] = h
			}
			h.Blocks = append(h.Blocks, p.Name)
			h.Downloads += p.Downloads
			if p.Downloads == 0 {
				h.Uncounted++
			}
			if len(p.Blockers) == 1 && p.State == vocab.StateBlocked {
				h.Alone++
			}
		}
	}
	list := []Hindrance{}
	for _, h := range found {
		slices.Sort(h.Blocks)
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b Hindrance) int {
		byCount := cmp.Or(cmp.Compare(len(b.Blocks), len(a.Blocks)), cmp.Compare(b.Alone, a.Alone))
		if byDownloads {
			byCount = cmp.Or(cmp.Compare(b.Downloads, a.Downloads), byCount)
		}
		return cmp.Or(byCount, cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Unblock is what has to change before an application can go: the packages in the
// closure of what it requires that are in the way themselves, and those of which
// it is not known. Nothing less does it, since each is required.
func Unblock(packages []*Package, names []string) (hindering, unknown []string) {
	byName := map[string]*Package{}
	for _, p := range packages {
		byName[p.Name] = p
	}
	seen := map[string]bool{}
	queue := slices.Clone(names)
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		p := byName[name]
		switch {
		case p == nil:
			unknown = append(unknown, name)
			continue
		case hinders(p.Own):
			hindering = append(hindering, name)
		case p.Own == vocab.StateUnknown || p.requiresUnknown:
			unknown = append(unknown, name)
		}
		queue = append(queue, p.Requires...)
	}
	slices.Sort(hindering)
	slices.Sort(unknown)
	return hindering, unknown
}
