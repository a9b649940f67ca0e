package lint

import "github.com/ftpkg/ftpkg/internal/vocab"

// A Rule is one kind of mistake. Its page is docs/rules/CODE.md.
type Rule struct {
	// Code is what the rule is called in output and settings. It never changes and
	// is never used again for another rule.
	Code string
	// Name says in a word or three what is wrong: "dead-runner".
	Name     string
	Severity vocab.Severity
	// Fixable says that findings of the rule can be repaired without judgement; not
	// each of them, where the file has an unusual shape.
	Fixable bool
	// Summary says what the rule finds, in a sentence without full stop.
	Summary string
}

// The codes of the rules.
const (
	ruleDeadRunner    = "FM101"
	ruleDyingRunner   = "FM102"
	ruleEnableGroup   = "FM111"
	ruleOldOption     = "FM112"
	rulePrerelease    = "FM113"
	ruleDeadSelector  = "FM114"
	ruleGreedy        = "FM115"
	ruleBuiltTwice    = "FM116"
	ruleBothFlavours  = "FM121"
	ruleHostPython    = "FM122"
	ruleRefused       = "FM123"
	ruleNumberVersion = "FM131"
	ruleUnquoted      = "FM132"
	ruleUnserved      = "FM133"
	ruleRange         = "FM134"
	ruleMissingHalf   = "FM141"
	ruleUntested      = "FM142"
	ruleNoThreads     = "FM151"
	ruleNoGILCheck    = "FM152"
	ruleGILHidden     = "FM153"
	ruleTooMany       = "FM161"
	ruleUnknownKey    = "FM162"
	ruleBadMatrix     = "FM163"
	ruleIdleExclude   = "FM164"
)

// Rules returns all rules, by code: runners from FM101, what cibuildwheel selects from
// FM111, flavours in jobs from FM121, versions of Python from FM131, the
// free-threaded half from FM141, tests from FM151, matrices from FM161.
func Rules() []Rule {
	const (
		bad  = vocab.SeverityError
		warn = vocab.SeverityWarning
		note = vocab.SeverityNote
	)
	return []Rule{
		{ruleDeadRunner, "dead-runner", bad, true, "A job asks for a runner that GitHub no longer has"},
		{ruleDyingRunner, "dying-runner", warn, false, "A job asks for a runner whose end has begun"},
		{ruleEnableGroup, "unknown-enable-group", bad, true, "cibuildwheel is given a group to enable that it refuses"},
		{ruleOldOption, "removed-option", warn, true, "An option of cibuildwheel that it no longer has"},
		{rulePrerelease, "idle-prerelease-group", warn, true, "cpython-prerelease is enabled, although there is no prerelease to build for"},
		{ruleDeadSelector, "dead-selector", warn, true, "A selector of cibuildwheel matches no identifier that it has"},
		{ruleGreedy, "greedy-selector", warn, true, "A selector for one version of CPython matches its free-threaded twin as well"},
		{ruleBuiltTwice, "built-twice", warn, false, "Two jobs build the same wheel"},
		{ruleBothFlavours, "both-flavours", warn, false, "One job builds wheels with the GIL interpreter and the free-threaded one of the same version"},
		{ruleHostPython, "python-not-in-container", bad, true, "maturin builds in a container, which does not see the interpreter that was set up"},
		{ruleRefused, "refused-interpreter", bad, false, "maturin is given an interpreter that it refuses"},
		{ruleNumberVersion, "version-as-number", bad, true, "A version of Python is a number that loses its zero: 3.10 is 3.1"},
		{ruleUnquoted, "unquoted-version", note, true, "A version of Python is written as a number"},
		{ruleUnserved, "unserved-python", bad, false, "setup-python has no such Python for the runner"},
		{ruleRange, "free-threaded-range", bad, false, "setup-python is given a range of versions with a t"},
		{ruleMissingHalf, "missing-half", warn, false, "Wheels are built for a CPython, but not for its free-threaded twin"},
		{ruleUntested, "untested-half", warn, false, "Free-threaded wheels are built, but nothing is tested on a free-threaded interpreter"},
		{ruleNoThreads, "one-thread", bad, true, "pytest-run-parallel is installed, but never given a number of threads"},
		{ruleNoGILCheck, "gil-unchecked", warn, false, "Tests run on a free-threaded interpreter, and nothing checks that the GIL stayed off"},
		{ruleGILHidden, "gil-forced-off", warn, false, "Tests run with the GIL forced off, which hides modules that turn it on"},
		{ruleTooMany, "too-many-jobs", bad, false, "A matrix has more cells than GitHub runs"},
		{ruleUnknownKey, "unknown-matrix-key", bad, false, "An expression asks for a key that no cell of the matrix has"},
		{ruleBadMatrix, "refused-matrix", bad, false, "GitHub refuses the matrix"},
		{ruleIdleExclude, "idle-exclude", note, false, "A row of exclude fits no cell"},
	}
}

// Lookup returns the rule of a code.
func Lookup(code string) (Rule, bool) {
	for _, r := range Rules() {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}
