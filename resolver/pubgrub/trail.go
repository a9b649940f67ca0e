package pubgrub

// An assignment is one step of the partial solution: a decision, or a term that
// was derived (ALGORITHM.md section 4).
type assignment struct {
	// known is everything that this and all earlier assignments say about pkg.
	known term
	pkg   Package
	// level is the number of decisions up to and with this assignment.
	level int32
	// cause is the incompatibility that a derivation follows from, or none for
	// a decision.
	cause int32
	// prev is the assignment to pkg before this one, or none.
	prev int32
}

// decide adds a decision.
func (s *solver) decide(p Package, version int) {
	s.level++
	s.stats.Decisions++
	s.assign(p, term{set: single(s.pkgs[p].n, version, &s.mem)}, none)
}

// derive adds the negation of the incompatibility's term for p.
func (s *solver) derive(p Package, cause int32) {
	s.stats.Propagations++
	t := s.termFor(cause, p)
	if known := s.known(p); known != nil {
		s.assign(p, known.andNot(t, &s.mem), cause)
	} else {
		s.assign(p, t.not(&s.mem), cause)
	}
	s.reopen(p)
}

func (s *solver) assign(p Package, known term, cause int32) {
	pk := &s.pkgs[p]
	s.trail = append(s.trail, assignment{known: known, pkg: p, level: s.level, cause: cause, prev: pk.last})
	pk.last = int32(len(s.trail) - 1)
}

// known returns all that the partial solution says about p, or nil if that is
// nothing.
func (s *solver) known(p Package) *term {
	last := s.pkgs[p].last
	if last == none {
		return nil
	}
	return &s.trail[last].known
}

// undecided reports whether a version of p must still be chosen.
func (s *solver) undecided(p Package) bool {
	last := s.pkgs[p].last
	return last != none && !s.trail[last].known.absent && s.trail[last].cause != none
}

// backtrack takes back all assignments above a decision level.
func (s *solver) backtrack(level int32) {
	s.level = level
	s.backtracked = true
	k := len(s.trail)
	for k > 0 && s.trail[k-1].level > level {
		k--
		a := &s.trail[k]
		s.pkgs[a.pkg].last = a.prev
		s.reopen(a.pkg)
	}
	s.trail = s.trail[:k]
	k = len(s.idle)
	for k > 0 && s.idle[k-1].level > level {
		k--
		s.incs[s.idle[k].inc].idle = false
	}
	s.idle = s.idle[:k]
}

// backtrackTo takes back the decision on p and all that came after it. It does
// nothing if there is no such decision.
func (s *solver) backtrackTo(p Package) {
	if last := s.pkgs[p].last; last != none && s.trail[last].cause == none {
		s.backtrack(s.trail[last].level - 1)
	}
}

// A retired incompatibility has a term that is false on the current level, and
// so on every level above.
type retired struct{ inc, level int32 }

// retire marks an incompatibility as idle until the current level is left.
func (s *solver) retire(id int32) {
	s.incs[id].idle = true
	s.idle = append(s.idle, retired{id, s.level})
}

// satisfier returns the earliest assignment, at or before from, up to which the
// assignments to its package imply t. They must do so up to from.
func (s *solver) satisfier(from int32, t *term) int32 {
	for {
		prev := s.trail[from].prev
		if prev == none || !s.trail[prev].known.subset(t) {
			return from
		}
		from = prev
	}
}

// first returns the first assignment to the package of an assignment.
func (s *solver) first(from int32) int32 {
	for s.trail[from].prev != none {
		from = s.trail[from].prev
	}
	return from
}
