package vocab

import "slices"

// Readiness says whether a cell can go: whether what it would install installs
// from wheels, and, of a free-threaded cell, whether the GIL stays off.
type Readiness string

// The words of readiness, from best to worst.
const (
	Ready          Readiness = "ready"
	ReadyUnknown   Readiness = "unknown"
	ReadyWhenBuilt Readiness = "ready-when-built"
	ReadyTurnsOn   Readiness = "turns-gil-on"
	ReadyBlocked   Readiness = "blocked"
)

// Worse reports whether r is worse than other. What could not be found out is
// better than any known fault.
func (r Readiness) Worse(other Readiness) bool {
	names := Readinesses().Names()
	return slices.Index(names, string(r)) > slices.Index(names, string(other))
}

// Readinesses is the set of words of readiness.
func Readinesses() Set {
	return Set{"readiness", "readiness", "Can it go?", []Entry{
		{string(Ready), "it installs from wheels, and nothing in them turns the GIL on; in a cell with the GIL the first is enough", "nothing to do; a declaration is a claim, not a proof of thread safety"},
		{string(ReadyUnknown), "it installs from wheels, but what they say about the GIL could not be found out, for the reason given", "see the reason; ftpkg probe loads it and sees"},
		{string(ReadyWhenBuilt), "no wheel fits, so an installer builds the source distribution; what the build says about the GIL is not known before", "build it in CI, then run ftpkg inspect on the wheel; or take the fix, if there is one"},
		{string(ReadyTurnsOn), "it installs from wheels, and loading an extension module in one of them turns the GIL on", "take the fix, if there is one; else see the modules, and the line that fixes each"},
		{string(ReadyBlocked), "it cannot be installed, or a wheel of it holds extension modules for another ABI, which fail or crash when they are loaded", "see the reason and the fix"},
	}}
}

// Reach says whether a program imports what turns the GIL on, as its source and
// that of the packages it imports tell.
type Reach string

// The words of reach.
const (
	ReachCertain  Reach = "certain"
	ReachTried    Reach = "tried"
	ReachPossible Reach = "possible"
	ReachNotSeen  Reach = "not-seen"
)

// Reaches is the set of words of reach.
func Reaches() Set {
	return Set{"reach", "reach", "Does the program import it?", []Entry{
		{string(ReachCertain), "whenever the program starts: every import on the way stands outside of functions, conditions and try", "no way around it but the fix"},
		{string(ReachTried), "as the program starts, unless an import before it fails: some import on the way is among the first things in a try, or takes a submodule from a package that may make such a name itself", "taken as imported; ftpkg ready --verify loads it and sees"},
		{string(ReachPossible), "perhaps: some import on the way stands in a function, a condition or further down in a try", "see the chain; ftpkg run names what your program loads"},
		{string(ReachNotSeen), "no import of it was seen, which proves nothing: compiled code imports without a trace, and names can be computed", "ftpkg run names what your program loads"},
	}}
}
