package pubgrub

import "slices"

// A relation is how the partial solution stands to an incompatibility.
type relation uint8

const (
	inconclusive    relation = iota
	satisfied                // every term is true: a conflict
	almostSatisfied          // every term is true but one, which is open
	contradicted             // one term is false
)

// relate returns the relation of the partial solution to an incompatibility and
// the package of the term that makes it so, if it is one term: the open one if
// it is almost satisfied, the false one if it is contradicted.
func (s *solver) relate(id int32) (relation, Package) {
	rel, open := satisfied, Package(none)
	ts := s.termsOf(id)
	for k := range ts {
		t := &ts[k]
		known := s.known(t.pkg)
		switch {
		case known != nil && known.subset(&t.term):
		case known != nil && known.disjoint(&t.term):
			return contradicted, t.pkg
		case rel == satisfied:
			rel, open = almostSatisfied, t.pkg
		default:
			return inconclusive, none
		}
	}
	return rel, open
}

// propagate derives all that follows from the partial solution and the
// incompatibilities, starting with those that have a term for p (ALGORITHM.md
// section 4). It resolves the conflicts it meets, leaving in s.causes the
// incompatibilities it came by. If one cannot be resolved there is no solution,
// and propagate returns the incompatibility that says so; else none.
func (s *solver) propagate(p Package) (conclusion int32, err error) {
	s.causes = s.causes[:0]
	s.changed = append(s.changed[:0], p)
	for len(s.changed) > 0 {
		p := s.changed[len(s.changed)-1]
		s.changed = s.changed[:len(s.changed)-1]
		conflict := s.propagateOne(p)
		if conflict == none {
			continue
		}
		if err := s.step(); err != nil {
			return none, err
		}
		open, root := s.resolve(conflict)
		if open == none {
			return root, nil
		}
		s.changed = append(s.changed[:0], open)
		s.derive(open, root)
		s.retire(root)
	}
	return none, nil
}

// propagateOne derives what the incompatibilities with a term for p tell, from
// the newest to the oldest, up to the first that is in conflict, which it
// returns.
func (s *solver) propagateOne(p Package) (conflict int32) {
	link := &s.pkgs[p].incs
	for *link != none {
		node := &s.terms[*link]
		id := node.inc
		if s.incs[id].merged {
			*link = node.older
			continue
		}
		link = &node.older
		if s.incs[id].idle {
			continue
		}
		switch rel, q := s.relate(id); rel {
		case inconclusive:
		case satisfied:
			return id
		case almostSatisfied:
			s.change(q)
			s.derive(q, id)
			s.retire(id)
		case contradicted:
			s.retire(id)
			s.confirm(q, id)
		}
	}
	return none
}

// change notes that what is known of p has changed.
func (s *solver) change(p Package) {
	if slices.Contains(s.changed, p) {
		return
	}
	s.changed = append(s.changed, p)
}

// A causeOf is an incompatibility met in conflict resolution with the package
// whose assignment brought it about.
type causeOf struct {
	pkg Package
	inc int32
}

// resolve finds the root cause of a conflict (ALGORITHM.md section 5). It takes
// back assignments until all terms of the root cause but one are true, and
// returns the package of that term with the root cause. If the root cause rules
// out the root itself, it returns none with that incompatibility.
func (s *solver) resolve(id int32) (open Package, root int32) {
	s.stats.Conflicts++
	derived := false
	for !s.isConclusion(id) {
		// The satisfier is the assignment with which the last of the terms
		// became true, and before the one with which the others did.
		sat, before := int32(none), int32(none)
		var t *term
		ts := s.termsOf(id)
		for k := range ts {
			at := s.satisfier(s.pkgs[ts[k].pkg].last, &ts[k].term)
			if at > sat {
				sat, before, t = at, max(before, sat), &ts[k].term
			} else {
				before = max(before, at)
			}
		}
		a := &s.trail[sat]
		var joint term
		if a.cause == none {
			before = max(before, s.first(sat))
		} else {
			// With the satisfier's cause the incompatibility gives one whose
			// term for the package is joint. Earlier assignments to the package
			// count in so far as the satisfier needs them, to imply joint.
			joint = t.or(s.termFor(a.cause, a.pkg), &s.mem)
			before = max(before, s.satisfier(sat, &joint))
		}
		level := max(s.trail[before].level, 1)
		if level < a.level {
			pkg := a.pkg
			s.backtrack(level)
			if derived {
				s.link(id)
			}
			s.causes = append(s.causes, causeOf{pkg, id})
			return pkg, id
		}
		id = s.combine(id, a.cause, a.pkg, joint)
		derived = true
		s.causes = append(s.causes, causeOf{a.pkg, id})
	}
	return none, id
}

// combine returns the incompatibility that follows from two others by the rule
// of resolution on p, where joint is the union of their terms for p.
func (s *solver) combine(id, cause int32, p Package, joint term) int32 {
	lo := len(s.terms)
	for k := s.incs[id].lo; k < s.incs[id].hi; k++ {
		t := &s.terms[k]
		if t.pkg == p {
			continue
		}
		both := t.term
		if u := s.termFor(cause, t.pkg); u != nil {
			both = both.and(u, &s.mem)
		}
		s.addTerm(t.pkg, both)
	}
	for k := s.incs[cause].lo; k < s.incs[cause].hi; k++ {
		t := &s.terms[k]
		if t.pkg != p && s.termFor(id, t.pkg) == nil {
			s.addTerm(t.pkg, t.term)
		}
	}
	if !joint.always() {
		s.addTerm(p, joint)
	}
	inc := s.newIncompat(CauseDerived, lo)
	s.incs[inc].from = [2]int32{id, cause}
	return inc
}

// isConclusion reports whether an incompatibility rules out every solution: it
// has no terms, or only one that is true if the root is chosen.
func (s *solver) isConclusion(id int32) bool {
	ts := s.termsOf(id)
	return len(ts) == 0 || len(ts) == 1 && ts[0].pkg == Root && ts[0].set.Has(0)
}
