package vocab

// Verdict is what the files of a package, a wheel or a tree say about the GIL,
// taken together.
type Verdict string

// The verdicts, from best to worst.
const (
	VerdictPure      Verdict = "pure"
	VerdictDeclares  Verdict = "declares"
	VerdictDelegates Verdict = "delegates"
	VerdictUndecided Verdict = "undecided"
	VerdictNoWheel   Verdict = "no-wheel"
	VerdictTurnsOn   Verdict = "turns-on"
	VerdictWrongABI  Verdict = "wrong-abi"
)

// Passes reports whether nothing in the files turns the GIL on.
func (v Verdict) Passes() bool {
	return v == VerdictPure || v == VerdictDeclares || v == VerdictDelegates
}

// Verdicts is the set of verdicts.
func Verdicts() Set {
	return Set{"inspection verdict", "verdict", "What do the files say, taken together?", []Entry{
		{string(VerdictPure), "there is no extension module in what a free-threaded installer takes", "nothing to do"},
		{string(VerdictDeclares), "every extension module declares that it does not use the GIL", "nothing to do; a declaration is a claim, not a proof of thread safety"},
		{string(VerdictDelegates), "every extension module declares it, or leaves it to another module", "see what that one declares: ftpkg inspect its project"},
		{string(VerdictUndecided), "some module could not be read or decided, and no other one is at fault", "see the reason; ftpkg probe loads it and sees"},
		{string(VerdictNoWheel), "no wheel is for a free-threaded build; what the modules of the others declare is shown, as far as they tell", "run: ftpkg resolve NAME, which says what helps"},
		{string(VerdictTurnsOn), "loading one of the extension modules turns the GIL on", "see the fix for its toolchain"},
		{string(VerdictWrongABI), "a free-threaded build takes the file, but an extension module in it is compiled for another ABI: loading it fails or crashes", "report it upstream: the wheel's tags promise what its files do not hold"},
	}}
}
