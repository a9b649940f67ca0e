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

	// Dependency is, in a [CauseDependency] leaf, what Versions depend on. Where
	// facts that differ only in their Requirement were joined, it is nil.
	Dependency Dependency
	// Reason is, in a [CauseNoVersion] or [CauseUnusable] leaf, what the
	// provider gave as the reason.
	Reason any

	// From are the two nodes that a [CauseDerived] node follows from.
	From [2]*Node
}

// A Cause is how an incompatibility is known.
type Cause uint8

const (
	// CauseDerived: it follows from two other incompatibilities.
	CauseDerived Cause = iota
	// CauseDependency: Versions of Package depend on Dependency.
	CauseDependency
	// CauseNoVersion: [Provider.Choose] found none of Versions usable.
	CauseNoVersion
	// CauseUnusable: [Provider.Dependencies] said that each of Versions is
	// unusable, always for the same reason.
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

// Leaves returns the leaves of the proof, each once, in the order in which
// [Failure.Explain] comes to them.
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
