package pubgrub

import "pgregory.net/rapid"

// solvable finds by trying all versions whether a universe has a solution.
func (u *universe) solvable() bool {
	chosen := map[Package]int{Root: 0}
	var search func() bool
	search = func() bool {
		for p, v := range chosen {
			for _, d := range u.dependencies(p, v) {
				w, ok := chosen[d.Package]
				if ok && d.Allowed.Has(w) {
					continue
				}
				if ok {
					return false
				}
				for w := range u.list(d.Package) {
					if d.Allowed.Has(w) && u.usable(d.Package, w) {
						chosen[d.Package] = w
						if search() {
							return true
						}
						delete(chosen, d.Package)
					}
				}
				return false
			}
		}
		return true
	}
	return u.usable(Root, 0) && search()
}

func (u *universe) usable(p Package, i int) bool {
	v := u.list(p)[i]
	return !v.hidden && v.unusable == ""
}

// checkSolution checks that what is chosen is usable, that all dependencies are
// met, and that nothing is chosen that nothing needs.
func checkSolution(t rapid.TB, u *universe, s Solution) {
	t.Helper()
	if len(s.Decisions) == 0 || s.Decisions[0] != (Decision{Root, 0}) {
		t.Fatalf("the first of the decisions %v is not the root", s.Decisions)
	}
	chosen := map[Package]int{}
	for _, d := range s.Decisions {
		if _, ok := chosen[d.Package]; ok {
			t.Errorf("%s is decided twice", u.names[d.Package])
		}
		if chosen[d.Package] = d.Version; !u.usable(d.Package, d.Version) {
			t.Errorf("%s is not usable", u.name(d.Package, d.Version))
		}
	}
	needed := map[Package]bool{Root: true}
	work := []Package{Root}
	for len(work) > 0 {
		p := work[0]
		work = work[1:]
		for _, d := range u.dependencies(p, chosen[p]) {
			v, ok := chosen[d.Package]
			if !ok || !d.Allowed.Has(v) {
				t.Errorf("%s needs %s %s, chosen is %d, %t", u.name(p, chosen[p]), u.names[d.Package], u.Versions(d.Package, d.Allowed), v, ok)
			} else if !needed[d.Package] {
				needed[d.Package] = true
				work = append(work, d.Package)
			}
		}
	}
	for p, v := range chosen {
		if !needed[p] {
			t.Errorf("%s is not needed", u.name(p, v))
		}
	}
}

// checkProof checks that every leaf of a proof is true in the universe, that
// every other node follows from its two causes, and that the conclusion rules
// out the root.
func checkProof(t rapid.TB, u *universe, f *Failure) {
	t.Helper()
	for _, term := range f.Conclusion.Terms {
		if term.Package != Root || !term.Positive {
			t.Errorf("the conclusion is %v", f.Conclusion.Terms)
		}
	}
	checked := map[*Node]bool{}
	var check func(n *Node)
	check = func(n *Node) {
		if checked[n] {
			return
		}
		checked[n] = true
		seen := map[Package]bool{}
		for _, term := range n.Terms {
			if seen[term.Package] {
				t.Errorf("two terms for %s in %v", u.names[term.Package], n.Terms)
			}
			seen[term.Package] = true
		}
		if n.Cause != CauseDerived {
			checkLeaf(t, u, n)
			return
		}
		check(n.From[0])
		check(n.From[1])
		// Wherever all terms of the node are true, all of one of its causes
		// must be.
		all := [][]Term{n.Terms, n.From[0].Terms, n.From[1].Terms}
		eachState(u, all, func(state map[Package]int) {
			if allTrue(n.Terms, state) && !allTrue(n.From[0].Terms, state) && !allTrue(n.From[1].Terms, state) {
				t.Errorf("%v does not follow from %v and %v", n.Terms, n.From[0].Terms, n.From[1].Terms)
			}
		})
	}
	check(f.Conclusion)
}

func checkLeaf(t rapid.TB, u *universe, n *Node) {
	t.Helper()
	if n.Versions.IsEmpty() {
		t.Errorf("a leaf about no versions of %s", u.names[n.Package])
	}
	want := []Term{{Package: n.Package, Versions: n.Versions, Positive: true}}
	d := n.Dependency
	if n.Cause == CauseDependency && !d.Allowed.IsEmpty() && d.Package != n.Package {
		want = append(want, Term{Package: d.Package, Versions: d.Allowed})
	}
	if len(n.Terms) != len(want) {
		t.Fatalf("the terms of a leaf are %v, want %v", n.Terms, want)
	}
	for k := range want {
		if a, b := n.Terms[k], want[k]; a.Package != b.Package || a.Positive != b.Positive || !a.Versions.Equal(b.Versions) {
			t.Errorf("the terms of a leaf are %v, want %v", n.Terms, want)
		}
	}
	for v := n.Versions.First(); v >= 0; v = n.Versions.Next(v) {
		what := u.list(n.Package)[v]
		switch n.Cause {
		case CauseNoVersion:
			if !what.hidden || n.Reason != "all hidden" {
				t.Errorf("%s has no reason not to be chosen", u.name(n.Package, v))
			}
		case CauseUnusable:
			if what.unusable == "" || n.Reason != what.unusable {
				t.Errorf("%s is unusable because %q, not %q", u.name(n.Package, v), what.unusable, n.Reason)
			}
		case CauseDependency:
			if !u.depends(n.Package, v, d) {
				t.Errorf("%s does not depend on %s %v", u.name(n.Package, v), u.names[d.Package], d.Allowed)
			}
		}
	}
}

// depends reports whether a version has a dependency, or implies it by being the
// facet of a base.
func (u *universe) depends(p Package, v int, want Dependency) bool {
	for _, d := range u.dependencies(p, v) {
		if d.Package == want.Package && d.Allowed.Equal(want.Allowed) &&
			(want.Requirement == nil || want.Requirement == d.Requirement) {
			return true
		}
	}
	base := baseName(u.names[p])
	return base != u.names[p] && want.Package == u.ids[base] && want.Allowed.Has(v)
}

func allTrue(terms []Term, state map[Package]int) bool {
	for _, t := range terms {
		v := state[t.Package]
		if t.Versions.Has(v) != t.Positive {
			return false
		}
	}
	return true
}

// eachState calls f with every combination of states of the packages that have
// terms. The state of a package is the version chosen, or -1 for none.
func eachState(u *universe, terms [][]Term, f func(state map[Package]int)) {
	state := map[Package]int{}
	var packages []Package
	for _, ts := range terms {
		for _, t := range ts {
			if _, ok := state[t.Package]; !ok {
				state[t.Package] = -1
				packages = append(packages, t.Package)
			}
		}
	}
	var rest func(k int)
	rest = func(k int) {
		if k == len(packages) {
			f(state)
			return
		}
		p := packages[k]
		for v := -1; v < len(u.list(p)); v++ {
			state[p] = v
			rest(k + 1)
		}
	}
	rest(0)
}
