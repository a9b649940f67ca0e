package pubgrub

import "fmt"

// An incompat is an incompatibility: terms that must not all be true
// (ALGORITHM.md section 3). Incompatibilities are numbered in the order they are
// made, so that the causes of a derived one have lower numbers.
type incompat struct {
	// lo and hi bound the terms, as indexes into solver.terms.
	lo, hi int32
	cause  Cause
	// from are the two causes of a derived incompatibility.
	from [2]int32
	// fact is what a leaf says, as an index into solver.facts.
	fact int32
	// older is the dependency of the same package that was stated before.
	older int32
	// idle is set while a term is known to be false, which makes it pointless
	// to look at the others. See solver.retire.
	idle bool
	// merged is set once a wider leaf has taken the place of this one. It then
	// only serves as a cause.
	merged bool
}

// causeRoot is the [Cause] of the incompatibility that says the root must be
// chosen. It is no part of any proof, which ends where the root is ruled out.
const causeRoot Cause = 255

// A termNode is one term of an incompatibility and a link in the list of all
// incompatibilities in use that have a term for its package, newest first.
type termNode struct {
	pkg   Package
	inc   int32
	older int32
	term
}

// A fact is what the provider said of some versions of a package.
type fact struct {
	pkg      Package
	versions Set
	dep      Dependency
	reason   any
}

// none is the end of a list, or an index of nothing.
const none = -1

// newIncompat makes an incompatibility of the terms from index lo on. It is not
// in use until it is linked.
func (s *solver) newIncompat(c Cause, lo int) int32 {
	id := int32(len(s.incs))
	for k := lo; k < len(s.terms); k++ {
		s.terms[k].inc = id
	}
	s.incs = append(s.incs, incompat{lo: int32(lo), hi: int32(len(s.terms)), cause: c, fact: none, older: none})
	return id
}

func (s *solver) addTerm(p Package, t term) {
	s.terms = append(s.terms, termNode{pkg: p, older: none, term: t})
}

// link puts an incompatibility into use.
func (s *solver) link(id int32) {
	inc := &s.incs[id]
	for k := inc.lo; k < inc.hi; k++ {
		t := &s.terms[k]
		pk := &s.pkgs[t.pkg]
		t.older, pk.incs = pk.incs, k
	}
}

// termsOf returns the terms of an incompatibility.
func (s *solver) termsOf(id int32) []termNode {
	inc := &s.incs[id]
	return s.terms[inc.lo:inc.hi]
}

// termFor returns the incompatibility's term for p, or nil if it has none.
func (s *solver) termFor(id int32, p Package) *term {
	ts := s.termsOf(id)
	for k := range ts {
		if ts[k].pkg == p {
			return &ts[k].term
		}
	}
	return nil
}

// leaf makes an incompatibility of a fact and puts it into use.
func (s *solver) leaf(c Cause, f fact) int32 {
	lo := len(s.terms)
	s.addTerm(f.pkg, term{set: f.versions})
	if c == CauseDependency && f.dep.Package != f.pkg && !f.dep.Allowed.IsEmpty() {
		allowed := term{set: f.dep.Allowed}
		s.addTerm(f.dep.Package, allowed.not(&s.mem))
	}
	id := s.newIncompat(c, lo)
	s.incs[id].fact = int32(len(s.facts))
	s.facts = append(s.facts, f)
	s.link(id)
	return id
}

// depend states that the given versions of p have a dependency. A dependency
// that other versions of p were found to have is widened to these versions
// instead (ALGORITHM.md section 6). The incompatibility that says so is returned.
func (s *solver) depend(p Package, versions Set, d *Dependency) int32 {
	f := fact{pkg: p, versions: versions, dep: *d}
	prev := int32(none)
	for id := s.pkgs[p].deps; id != none; prev, id = id, s.incs[id].older {
		old := &s.facts[s.incs[id].fact]
		if old.dep.Package != d.Package || !old.dep.Allowed.Equal(d.Allowed) {
			continue
		}
		if !alike(old.dep.Requirement, d.Requirement) {
			if d.Allowed.IsEmpty() {
				continue // only the requirement can tell the reader what was asked
			}
			f.dep.Requirement = nil
		}
		if versions.Subset(old.versions) {
			return id
		}
		f.versions = versions.union(old.versions, &s.mem)
		s.incs[id].merged = true
		if prev == none {
			s.pkgs[p].deps = s.incs[id].older
		} else {
			s.incs[prev].older = s.incs[id].older
		}
		break
	}
	id := s.leaf(CauseDependency, f)
	s.incs[id].older = s.pkgs[p].deps
	s.pkgs[p].deps = id
	return id
}

// forbid states that a version of p cannot be used. If the one stated last is
// unusable for a like reason, they are joined.
func (s *solver) forbid(p Package, version int, reason any) {
	f := fact{pkg: p, versions: single(s.pkgs[p].n, version, &s.mem), reason: reason}
	if id := s.pkgs[p].unusable; id != none {
		old := &s.facts[s.incs[id].fact]
		if alike(old.reason, reason) {
			f.versions, f.reason = f.versions.union(old.versions, &s.mem), old.reason
			s.incs[id].merged = true
		}
	}
	s.pkgs[p].unusable = s.leaf(CauseUnusable, f)
}

// alike reports whether two opaque values of the provider print alike, which is
// all that is ever done with them.
func alike(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}
