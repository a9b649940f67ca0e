package pubgrub

// A Failure is the proof that there is no solution: a graph whose leaves are
// facts that the provider stated and whose other nodes each follow from two
// more, up to the conclusion that the root cannot be chosen.
type Failure struct {
	// Conclusion is the node that rules the root out. It may itself be a leaf.
	Conclusion *Node
	// Stats say how much work it was to find out.
	Stats Stats
}

// A Node is one incompatibility: its terms cannot all be true at once.
type Node struct {
	// Terms are in no particular order and name each package at most once.
	Terms []Term
	// Cause says how it is known, and which of the fields below are set.
	Cause Cause

	// Package and Versions are, in a leaf, the versions the fact is about.
	Package  Package
	Versions Set

	// Dependency is, in a [CauseDependency] leaf, what Versions depend on. Its
	// Requirement is nil if the versions word their requirement differently.
	Dependency Dependency
	// Reason is, in a [CauseNoVersion] or [CauseUnusable] leaf, what the
	// provider gave as the reason, for the first of Versions it was asked about.
	Reason any

	// From are the two nodes that a [CauseDerived] node follows from.
	From [2]*Node
}

// A Cause is how an incompatibility is known.
type Cause uint8

const (
	// CauseDerived is a node that follows from two other incompatibilities.
	CauseDerived Cause = iota
	// CauseDependency is a leaf: Versions of Package depend on Dependency.
	CauseDependency
	// CauseNoVersion is a leaf: [Provider.Choose] found none of Versions usable.
	CauseNoVersion
	// CauseUnusable is a leaf: [Provider.Dependencies] said that each of Versions is
	// unusable, for reasons that print alike.
	CauseUnusable
)

// String returns the cause in words.
func (c Cause) String() string {
	switch c {
	case CauseDerived:
		return "derived"
	case CauseDependency:
		return "dependency"
	case CauseNoVersion:
		return "no version"
	case CauseUnusable:
		return "unusable"
	case causeRoot:
		return "root"
	}
	return "invalid cause"
}

// A Term is a statement about one package. If Positive, it says that one of
// Versions is chosen. If not, that none of them is, which is also true where no
// version of the package is chosen at all.
type Term struct {
	Package  Package
	Versions Set
	Positive bool
}

// failure returns the proof of an incompatibility.
func (s *solver) failure(conclusion int32) *Failure {
	f := &Failure{Stats: s.stats}
	nodes := make(map[int32]*Node)
	needed := []int32{conclusion}
	for k := 0; k < len(needed); k++ {
		id := needed[k]
		if _, ok := nodes[id]; ok {
			continue
		}
		nodes[id] = s.node(id)
		if s.incs[id].cause == CauseDerived {
			needed = append(needed, s.incs[id].from[0], s.incs[id].from[1])
		}
	}
	for id, n := range nodes {
		if n.Cause == CauseDerived {
			n.From[0], n.From[1] = nodes[s.incs[id].from[0]], nodes[s.incs[id].from[1]]
		}
	}
	f.Conclusion = nodes[conclusion]
	return f
}

// node returns an incompatibility without its causes.
func (s *solver) node(id int32) *Node {
	inc := &s.incs[id]
	n := &Node{Cause: inc.cause, Terms: make([]Term, 0, inc.hi-inc.lo)}
	ts := s.termsOf(id)
	for k := range ts {
		n.Terms = append(n.Terms, ts[k].export(ts[k].pkg))
	}
	if inc.fact != none {
		f := &s.facts[inc.fact]
		n.Package, n.Versions, n.Dependency, n.Reason = f.pkg, f.versions, f.dep, f.reason
	}
	return n
}

// Leaves returns the leaves of the proof, each once, from the first cause of the
// conclusion to the second, depth first.
func (f *Failure) Leaves() []*Node {
	var leaves []*Node
	seen := make(map[*Node]bool)
	var walk func(n *Node)
	walk = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if n.Cause != CauseDerived {
			leaves = append(leaves, n)
			return
		}
		walk(n.From[0])
		walk(n.From[1])
	}
	walk(f.Conclusion)
	return leaves
}
