package pubgrub

import (
	"cmp"
	"math"
	"slices"
)

// A class is how urgent it is to choose a version of a package (ALGORITHM.md
// section 7). Lower classes go first.
type class uint8

const (
	classDirect class = iota
	classPinned
	// classEarly are packages of which many versions were refused because of
	// what had been chosen before.
	classEarly
	// classLate are packages that were chosen before and so often stood in the
	// way that they now go after classEarly.
	classLate
	classRanged
)

// conflictLimit is the number of conflicts that move a package to another class.
const conflictLimit = 5

// meet notes that a dependency was seen, which gives a package its place in the
// order: that of first sight within its class.
func (s *solver) meet(d *Dependency) {
	c := classRanged
	switch d.Pin {
	case Ranged:
	case Pinned:
		c = classPinned
	case Direct:
		c = classDirect
	}
	pk := &s.pkgs[d.Package]
	if pk.group == none {
		pk.group = d.Package
		if d.Base != Root {
			pk.group = d.Base
		}
	}
	s.place(d.Package)
	lead := &s.pkgs[pk.group]
	if lead.index == none {
		lead.index, lead.class = s.groups, c
		s.groups++
	} else {
		// Once in a conflict class, only a narrower requirement takes a
		// package out of it, since classRanged is the last.
		lead.class = min(lead.class, c)
	}
	if d.Base != Root {
		if base := &s.pkgs[d.Base]; base.group == none {
			base.group = d.Base
		}
		s.place(d.Base)
	}
}

// place gives a package its place among those of its group.
func (s *solver) place(p Package) {
	if s.pkgs[p].place == none {
		s.pkgs[p].place = s.places
		s.places++
	}
}

// reopen notes that what is known of p has changed, and enters p in the list of
// packages to decide if it belongs there.
func (s *solver) reopen(p Package) {
	pk := &s.pkgs[p]
	pk.stale = true
	if !pk.open && s.undecided(p) {
		pk.open = true
		s.open = append(s.open, p)
	}
}

// confirm notes that an incompatibility is contradicted by what is known of p. If
// it is a dependency on exactly that, then p counts as touched: uv, whose sets are
// ranges of all conceivable versions, would most often have learned something.
func (s *solver) confirm(p Package, id int32) {
	if s.incs[id].cause != CauseDependency {
		return
	}
	if d := &s.facts[s.incs[id].fact].dep; d.Package == p && d.Allowed.Equal(s.known(p).set) {
		s.pkgs[p].stale = true
	}
}

// pick returns the most urgent of the packages to decide, or none if there are no
// more.
func (s *solver) pick() (Package, error) {
	s.refresh()
	if len(s.open) == 0 {
		return none, nil
	}
	best := 0
	if s.opts.Next != nil && s.open[0] != Root {
		slices.SortFunc(s.open, func(p, q Package) int { return cmp.Compare(s.pkgs[p].place, s.pkgs[q].place) })
		s.candidates = s.candidates[:0]
		for _, p := range s.open {
			s.candidates = append(s.candidates, Candidate{p, s.known(p).set})
		}
		best = s.opts.Next(s.candidates)
		if best < 0 || best >= len(s.open) {
			return none, contractError("candidate %d of %d is next", best, len(s.open))
		}
	} else {
		key := uint64(math.MaxUint64)
		for k, p := range s.open {
			if pk := &s.pkgs[p]; pk.key < key {
				best, key = k, pk.key
			}
		}
	}
	// The package stays in the list until it is decided, which it is not if its
	// version turns out to be in conflict.
	return s.open[best], nil
}

// refresh drops from the list of packages to decide those that need not be decided
// after all, and brings up to date what is kept of those of which more is known
// than before.
//
// A package's class counts as it was when the package was last brought up to
// date, not as it is now. So a class that changes in between does not disturb
// the order of packages that the conflict did not concern.
func (s *solver) refresh() {
	keep := s.open[:0]
	for _, p := range s.open {
		pk := &s.pkgs[p]
		if !s.undecided(p) {
			pk.open = false
			continue
		}
		keep = append(keep, p)
		if !pk.stale {
			continue
		}
		pk.stale = false
		pk.key = s.key(p)
		if s.prefetcher != nil && p != Root {
			allowed := s.known(p).set
			if !pk.wasTold || !pk.told.Subset(allowed) {
				pk.told, pk.wasTold = allowed, true
				s.prefetcher.Prefetch(p, allowed)
			}
		}
	}
	s.open = keep
}

// key returns a number that is lower the more urgent a package is: by class,
// then by first sight of its group, then by first sight of itself.
func (s *solver) key(p Package) uint64 {
	if p == Root {
		return 0
	}
	pk := &s.pkgs[p]
	lead := &s.pkgs[pk.group]
	return uint64(lead.class)<<60 | uint64(lead.index)<<30 | uint64(pk.place)
}

// blame counts a conflict: the incompatibility refused what was assigned to
// affected, and the other packages it names are the culprits. next is the
// package that was to be decided when it happened.
func (s *solver) blame(affected, next Package, id int32) {
	others := false
	ts := s.termsOf(id)
	for k := range ts {
		p := ts[k].pkg
		if p == affected || s.pkgs[p].group == s.pkgs[affected].group {
			continue
		}
		others = true
		if pk := &s.pkgs[p]; p != Root {
			if pk.culprit++; pk.culprit == conflictLimit {
				s.later = append(s.later, p)
			}
		}
	}
	if pk := &s.pkgs[next]; others && next != Root {
		if pk.affected++; pk.affected == conflictLimit {
			s.sooner = append(s.sooner, next)
		}
	}
}

// reorder moves packages that have met the limit of conflicts to another class,
// and takes back decisions on culprits so that they are made later.
func (s *solver) reorder() {
	for _, p := range s.sooner {
		s.pkgs[s.pkgs[p].group].class = classEarly
	}
	s.sooner = s.sooner[:0]
	for _, p := range s.later {
		lead := &s.pkgs[s.pkgs[p].group]
		if lead.class != classEarly && lead.class != classLate {
			lead.class = classLate
			s.backtrackTo(p)
		}
	}
	s.later = s.later[:0]
}
