package vocab

// Outcome says how a probe, or one part of it, ended.
type Outcome string

// The outcomes.
const (
	OutcomeGILOff         Outcome = "gil-off"
	OutcomeGILReenabled   Outcome = "gil-reenabled"
	OutcomePure           Outcome = "pure"
	OutcomeImportError    Outcome = "import-error"
	OutcomeABICrash       Outcome = "abi-crash"
	OutcomeCrash          Outcome = "crash"
	OutcomeDeadlock       Outcome = "deadlock"
	OutcomeTimeout        Outcome = "timeout"
	OutcomeOOM            Outcome = "oom"
	OutcomeSandboxDenied  Outcome = "sandbox-denied"
	OutcomeNoWheel        Outcome = "no-wheel"
	OutcomeUnresolvable   Outcome = "unresolvable"
	OutcomeSkipped        Outcome = "skipped"
	OutcomeInfrastructure Outcome = "infrastructure"
)

// Keeps reports whether the GIL was seen to stay off.
func (o Outcome) Keeps() bool { return o == OutcomeGILOff || o == OutcomePure }

// IsUnknown reports whether the outcome says nothing about the package: what
// was asked could not be found out.
func (o Outcome) IsUnknown() bool {
	return o == OutcomeSkipped || o == OutcomeInfrastructure || o == OutcomeSandboxDenied
}

// Outcomes is the set of outcomes.
func Outcomes() Set {
	return Set{"outcome", "outcome", "What happened when it was loaded?", []Entry{
		{string(OutcomeGILOff), "every public module was imported with its compiled code, and the GIL was still off afterwards", "nothing to do; staying off is not a proof of thread safety: see the thread lanes"},
		{string(OutcomeGILReenabled), "an extension module that was loaded made the runtime turn the GIL back on", "see the offenders: each has its owner, its import chain and the line that fixes it"},
		{string(OutcomePure), "no compiled code of its own; the GIL was still off after every public import", "nothing to do; a dependency installed beside it may still turn the GIL on"},
		{string(OutcomeImportError), "the import raised an exception", "see the reason: a missing dependency, a missing system library or another Python; the same with the GIL on is not free threading's fault"},
		{string(OutcomeABICrash), "a module compiled for another ABI was loaded by a runtime it does not fit, and crashed or was refused", "report it upstream: the wheel's tags promise what its files do not hold"},
		{string(OutcomeCrash), "the process died of a signal or an exception of the system", "see the frame and the run with the GIL on; report it upstream with both"},
		{string(OutcomeDeadlock), "threads stood still waiting for each other until the deadline", "see the stacks in the log; report it upstream"},
		{string(OutcomeTimeout), "it used its whole time and was stopped", "raise --timeout if the package is known to be slow"},
		{string(OutcomeOOM), "it used its whole memory and was stopped", "raise --memory if the package is known to need it"},
		{string(OutcomeSandboxDenied), "it failed because the sandbox denied something it asked for", "see what was denied; where it is harmless, allow it with --sandbox off on a machine you can lose"},
		{string(OutcomeNoWheel), "no wheel fits this runtime, so there is nothing to load", "run: ftpkg resolve NAME, which says why and what helps; --build-sdist builds one"},
		{string(OutcomeUnresolvable), "its requirements cannot be met for this runtime", "run: ftpkg resolve NAME, which gives the derivation"},
		{string(OutcomeSkipped), "not looked at, for the reason given", "see the reason"},
		{string(OutcomeInfrastructure), "the answer could not be found out: the index, the runtime, the sandbox or the channel back failed", "see the reason, and run it again"},
	}}
}

// Loaded says how the runtime takes an extension module that it loaded.
type Loaded string

// How a loaded module is taken.
const (
	LoadedNotUsed Loaded = "not-used"
	LoadedUsed    Loaded = "used"
	LoadedUnknown Loaded = "unknown"
)

// Loadeds is the set of how loaded modules are taken.
func Loadeds() Set {
	return Set{"declaration", "declaration", "Does the runtime take the module as running without the GIL?", []Entry{
		{string(LoadedNotUsed), "it declared that it does not use the GIL (Py_MOD_GIL_NOT_USED); loading it leaves the GIL off", "nothing to do"},
		{string(LoadedUsed), "it said that it uses the GIL or said nothing: loading it turns the GIL on", "see the fix for its toolchain"},
		{string(LoadedUnknown), "it could not be loaded far enough to tell", "see its outcome"},
	}}
}

// Relation says whose an offending module is.
type Relation string

// The relations.
const (
	RelationOwn        Relation = "own"
	RelationDependency Relation = "dependency"
	RelationOptional   Relation = "optional"
)

// Relations is the set of relations.
func Relations() Set {
	return Set{"relation", "relation", "Whose module is it?", []Entry{
		{string(RelationOwn), "it is in the probed package's own wheel", "fix it there"},
		{string(RelationDependency), "it is in a package that the probed one requires", "fix it there; the probed package cannot help it"},
		{string(RelationOptional), "it is in a package that the probed one imports if it is there, without requiring it", "it matters only where both are installed"},
	}}
}

// When says when an offending module is loaded.
type When string

// When offenders load.
const (
	WhenImport When = "import"
	WhenUse    When = "use"
)

// Whens is the set of when offenders load.
func Whens() Set {
	return Set{"when", "when", "When does it turn the GIL on?", []Entry{
		{string(WhenImport), "as soon as a public module of the package is imported", "nobody who uses the package can keep the GIL off"},
		{string(WhenUse), "only when the submodule named by the chain is imported", "whoever does not use it keeps the GIL off"},
	}}
}

// Lane is one way a probe loads modules, in processes of its own.
type Lane string

// The lanes.
const (
	LaneCreate  Lane = "create"
	LaneImport  Lane = "import"
	LaneSurvey  Lane = "survey"
	LaneThreads Lane = "threads"
	LaneStress  Lane = "stress"
	LaneTests   Lane = "tests"
)

// Lanes is the set of lanes.
func Lanes() Set {
	return Set{"lane", "lane", "How was it loaded?", []Entry{
		{string(LaneCreate), "lane A: each extension file is created alone, and its declaration read straight afterwards", "says what a module declares even where its import fails"},
		{string(LaneImport), "lane B: modules are imported as users do, and every module that turns the GIL on is recorded", "says what users get"},
		{string(LaneSurvey), "lane C: modules are imported with the GIL held off (-X gil=0), every extension recorded with chain, time and memory", "says who loads what"},
		{string(LaneThreads), "lane D: threads import at once, with the GIL held off", "a crash or a standstill here is a bug of initialisation"},
		{string(LaneStress), "lane D, --stress: the package's examples and the user's scripts run by threads, compared with one thread and with the GIL on", "a difference is a bug or an example that is not made for threads: read it"},
		{string(LaneTests), "lane D, --tests: the package's own suite under pytest-run-parallel", "see the failures that do not happen with the GIL on"},
	}}
}

// ImportFault says why an import failed.
type ImportFault string

// The import faults.
const (
	FaultMissingDependency ImportFault = "missing-dependency"
	FaultMissingLibrary    ImportFault = "missing-library"
	FaultOtherPython       ImportFault = "other-python"
	FaultException         ImportFault = "exception"
)

// ImportFaults is the set of import faults.
func ImportFaults() Set {
	return Set{"import fault", "reason", "Why did the import fail?", []Entry{
		{string(FaultMissingDependency), "a Python module is missing that no requirement brings", "add it with --with NAME; ask the project to declare it"},
		{string(FaultMissingLibrary), "a shared library of the system is missing", "install the library, then probe again"},
		{string(FaultOtherPython), "it was made for another Python: a symbol or a module of the standard library is missing", "use the Python it was made for, or a newer version of the package"},
		{string(FaultException), "the package's own code raised an exception", "see the traceback in the evidence"},
	}}
}

// SandboxMode says how much a sandbox must hold before package code runs.
type SandboxMode string

// The sandbox modes.
const (
	SandboxRequire SandboxMode = "require"
	SandboxBest    SandboxMode = "best"
	SandboxOff     SandboxMode = "off"
)

// SandboxModes is the set of sandbox modes.
func SandboxModes() Set {
	return Set{"sandbox mode", "sandbox_mode", "What happens where no sandbox holds?", []Entry{
		{string(SandboxRequire), "package code runs only where files, network and processes are confined", "the default"},
		{string(SandboxBest), "what the system offers is used, be it nothing; the level reached is recorded", "for machines you can lose"},
		{string(SandboxOff), "no sandbox: package code may do whatever you may do", "only for packages you trust"},
	}}
}

// SandboxLevel is how far package code was confined.
type SandboxLevel string

// The sandbox levels.
const (
	LevelIsolated SandboxLevel = "isolated"
	LevelConfined SandboxLevel = "confined"
	LevelPartial  SandboxLevel = "partial"
	LevelNone     SandboxLevel = "none"
)

// Holds reports whether the level satisfies SandboxRequire.
func (l SandboxLevel) Holds() bool { return l == LevelIsolated || l == LevelConfined }

// SandboxLevels is the set of sandbox levels.
func SandboxLevels() Set {
	return Set{"sandbox level", "sandbox", "How far was package code confined?", []Entry{
		{string(LevelIsolated), "files, network, processes and system calls are denied by two layers: Landlock, seccomp and limits within namespaces of its own", "nothing to do"},
		{string(LevelConfined), "files, network, processes and system calls are denied by one layer: Landlock or namespaces, with seccomp and limits", "nothing to do; what is missing for the second layer is named"},
		{string(LevelPartial), "limits and what the system offers hold, but files or network are not wholly denied", "probe only what you trust here"},
		{string(LevelNone), "nothing was confined", "probe only what you trust here"},
	}}
}

// RuntimeSource says where a runtime came from.
type RuntimeSource string

// The runtime sources.
const (
	RuntimeGiven     RuntimeSource = "given"
	RuntimeManaged   RuntimeSource = "managed"
	RuntimeBundled   RuntimeSource = "bundled"
	RuntimeFound     RuntimeSource = "found"
	RuntimeInstalled RuntimeSource = "installed"
)

// RuntimeSources is the set of runtime sources.
func RuntimeSources() Set {
	return Set{"runtime source", "source", "Where does the interpreter come from?", []Entry{
		{string(RuntimeGiven), "named by --python or FTPKG_PYTHON", "nothing to do"},
		{string(RuntimeManaged), "installed or built by ftpkg earlier", "ftpkg runtime list shows them, ftpkg runtime remove removes them"},
		{string(RuntimeBundled), "carried by this ftpkg itself", "nothing to do"},
		{string(RuntimeFound), "found on this machine", "install one of ftpkg's own for answers that are alike on every machine: ftpkg runtime install"},
		{string(RuntimeInstalled), "installed just now", "nothing to do"},
	}}
}

// StressKind says how an example went otherwise by threads than by one.
type StressKind string

// How examples go otherwise.
const (
	StressException StressKind = "exception"
	StressDifferent StressKind = "different"
)

// StressKinds is the set of how examples go otherwise.
func StressKinds() Set {
	return Set{"stress finding", "finding", "What did threads change?", []Entry{
		{string(StressException), "the example raised an exception that it does not raise when one thread runs it", "see whether the example shares state between threads by design; if not, report it upstream"},
		{string(StressDifferent), "the example gave another result than when one thread runs it", "see whether the example shares state between threads by design; if not, report it upstream"},
	}}
}

// GILCause says why the GIL of a process is on or off as it starts.
type GILCause string

// The causes.
const (
	GILBuild       GILCause = "gil-build"
	GILDefault     GILCause = "default"
	GILOptionOn    GILCause = "option-on"
	GILOptionOff   GILCause = "option-off"
	GILVariableOn  GILCause = "variable-on"
	GILVariableOff GILCause = "variable-off"
)

// GILCauses is the set of causes.
func GILCauses() Set {
	return Set{"GIL cause", "gil_cause", "Why is the GIL on or off?", []Entry{
		{string(GILBuild), "on: the interpreter was built with it, and nothing turns it off", "use a free-threaded build: ftpkg runtime install 3.14t"},
		{string(GILDefault), "off, as a free-threaded build starts; loading an extension module that needs it turns it on", "ftpkg probe NAME says which packages do"},
		{string(GILOptionOn), "on: the interpreter is started with -X gil=1", "leave the option out"},
		{string(GILOptionOff), "off whatever is loaded: the interpreter is started with -X gil=0", "modules that need it are not noticed; ftpkg run names them"},
		{string(GILVariableOn), "on: PYTHON_GIL=1 is set", "unset PYTHON_GIL"},
		{string(GILVariableOff), "off whatever is loaded: PYTHON_GIL=0 is set", "modules that need it are not noticed; unset PYTHON_GIL, or use ftpkg run, which names them"},
	}}
}
