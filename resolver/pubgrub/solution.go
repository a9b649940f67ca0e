package pubgrub

// A Solution is one version of every package that the root needs, directly or
// not, such that every dependency of each of them is met.
type Solution struct {
	// Decisions are in the order in which they were made. The first is Root.
	Decisions []Decision
	// Stats say how much work it was.
	Stats Stats
}

// A Decision is a package with the version chosen.
type Decision struct {
	Package Package
	Version int
}

// Version returns the version chosen of p and whether there is one.
func (s *Solution) Version(p Package) (int, bool) {
	for _, d := range s.Decisions {
		if d.Package == p {
			return d.Version, true
		}
	}
	return 0, false
}

// Stats count the work of one [Solve].
type Stats struct {
	Steps             int // rounds of the main loop
	Decisions         int // versions chosen, those given up again among them
	Conflicts         int // conflicts met, versions refused for their dependencies among them
	Propagations      int // terms derived by unit propagation
	Incompatibilities int // incompatibilities known at the end
}
