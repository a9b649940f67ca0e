package vocab

// GuardAction is what the guard of ftpkg run did with an extension module.
type GuardAction string

// What a guard does.
const (
	GuardPassed  GuardAction = "passed"
	GuardAllowed GuardAction = "allowed"
	GuardLogged  GuardAction = "logged"
	GuardStopped GuardAction = "stopped"
)

// GuardActions is the set of what a guard does.
func GuardActions() Set {
	return Set{"guard action", "action", "What did the guard of ftpkg run do when the module was loaded?", []Entry{
		{string(GuardPassed), "nothing: the module declares that it runs without the GIL, or what it declares could not be read", "nothing to do"},
		{string(GuardAllowed), "nothing: the module has not declared it, but stands on the allow list", "take it off the list once it declares"},
		{string(GuardLogged), "named it on standard error and let it load, without the GIL", "find out whether it is safe; then --allow it, or run with --stop"},
		{string(GuardStopped), "made its import fail with an ImportError", "do without it, or --allow it"},
	}}
}

// BenchRun is one of the ways ftpkg bench runs a program.
type BenchRun string

// The runs.
const (
	BenchGILBuild BenchRun = "gil-build"
	BenchGILOn    BenchRun = "gil-on"
	BenchGILOff   BenchRun = "gil-off"
)

// BenchRuns is the set of ways ftpkg bench runs a program.
func BenchRuns() Set {
	return Set{"bench run", "run", "Which build ran it, and was the GIL on?", []Entry{
		{string(BenchGILBuild), "a CPython built with the GIL: what everybody has", "the base of all comparisons"},
		{string(BenchGILOn), "the free-threaded build with its GIL forced on (-X gil=1)", "beside the GIL build, it shows what the other build alone costs"},
		{string(BenchGILOff), "the free-threaded build with its GIL off (-X gil=0)", "with one thread it shows the overhead, with more what threads gain"},
	}}
}
