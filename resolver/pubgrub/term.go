package pubgrub

// A term is a statement about one package, kept as the states of that package
// in which it is true (ALGORITHM.md section 2). A package is in one of n+1
// states: one of its versions is chosen, or none is. A positive term is false
// in the last of these, a negative one is true.
type term struct {
	set    Set  // the versions whose choice makes the term true
	absent bool // whether the term is true if no version is chosen
}

// subset reports whether t implies u: in PubGrub's words, t satisfies u.
func (t *term) subset(u *term) bool {
	return (u.absent || !t.absent) && t.set.Subset(u.set)
}

// disjoint reports whether t and u cannot both be true: t contradicts u.
func (t *term) disjoint(u *term) bool {
	return !(t.absent && u.absent) && t.set.Disjoint(u.set)
}

// always reports whether t is true in every state and so says nothing.
func (t *term) always() bool {
	return t.absent && t.set.IsFull()
}

func (t *term) not(mem *slab) term {
	return term{t.set.complement(mem), !t.absent}
}

func (t *term) and(u *term, mem *slab) term {
	return term{t.set.intersect(u.set, mem), t.absent && u.absent}
}

func (t *term) andNot(u *term, mem *slab) term {
	return term{t.set.minus(u.set, mem), t.absent && !u.absent}
}

func (t *term) or(u *term, mem *slab) term {
	return term{t.set.union(u.set, mem), t.absent || u.absent}
}

// export returns the term in the form that failures show.
func (t *term) export(p Package) Term {
	if t.absent {
		return Term{Package: p, Versions: t.set.Complement()}
	}
	return Term{Package: p, Versions: t.set, Positive: true}
}
