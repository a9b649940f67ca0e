package vocab

// State is the headline of a package: what somebody who wants it without the GIL
// needs to know first, on the platforms of the headline's set.
type State string

// The states, from best to worst; unknown is none of them.
const (
	StateClear        State = "clear"
	StateClearPartial State = "clear-partial"
	StateBlocked      State = "blocked"
	StateGILOn        State = "gil-on"
	StateFallback     State = "fallback"
	StateSourceOnly   State = "source-only"
	StateNone         State = "none"
	StateUnknown      State = "unknown"
)

// States is the set of headline states.
func States() Set {
	return Set{"state", "state", "Does the package work without the GIL, on the platforms of the headline?", []Entry{
		{string(StateClear), "it installs everywhere its GIL twin does, keeps the GIL off, and so does all that it requires", "use it; a declaration is a claim, so see what was tested"},
		{string(StateClearPartial), "it keeps the GIL off and so does all that it requires, but it does not install on all platforms of its GIL twin, or one of those does not", "see which platforms are missing, and ask for them upstream"},
		{string(StateBlocked), "it is fine itself, but a package that it requires is not", "see the named blocker"},
		{string(StateGILOn), "it installs, and importing it turns the GIL on for the whole process", "see the modules that do, and the line that fixes each"},
		{string(StateFallback), "it installs as a wheel without compiled code, where the build with the GIL gets a compiled one", "use it if speed does not matter; ask for wheels upstream"},
		{string(StateSourceOnly), "there is no wheel for it, so an installer compiles it", "build it in CI, then run ftpkg inspect on the wheel"},
		{string(StateNone), "no file of it can be installed", "ask for wheels upstream"},
		{string(StateUnknown), "it could not be found out, for the reason given", "see the reason and its age"},
	}}
}

// Install says what an installer takes in a cell for the headline's release.
type Install string

// The words; those for wheels are those of [FileKind].
const (
	InstallNative    Install = "native"
	InstallStableABI Install = "stable-abi"
	InstallABINone   Install = "abi-none"
	InstallPure      Install = "pure"
	InstallOlder     Install = "older"
	InstallSdist     Install = "sdist"
	InstallNone      Install = "none"
	InstallUnknown   Install = "unknown"
)

// IsWheel reports whether the release itself installs from a wheel.
func (i Install) IsWheel() bool {
	return i == InstallNative || i == InstallStableABI || i == InstallABINone || i == InstallPure
}

// IsCompiled reports whether that wheel has compiled code.
func (i Install) IsCompiled() bool { return i.IsWheel() && i != InstallPure }

// Installs is the set of what a cell takes.
func Installs() Set {
	return Set{"install", "installs", "What does an installer take for the newest release?", []Entry{
		{string(InstallNative), "a wheel compiled for this very Python and ABI", "nothing to do"},
		{string(InstallStableABI), "a wheel for the stable ABI that this Python has", "nothing to do"},
		{string(InstallABINone), "a wheel for the platform that is bound to no ABI", "nothing to do if it holds no extension modules; ftpkg check tells"},
		{string(InstallPure), "a wheel without compiled code, for every platform", "nothing to do"},
		{string(InstallOlder), "a wheel of an older release, silently", "ask for wheels of the newest one upstream"},
		{string(InstallSdist), "the source distribution, which it compiles", "build it in CI, or ask for wheels upstream"},
		{string(InstallNone), "nothing", "ask for wheels upstream"},
		{string(InstallUnknown), "not known: its files were never seen, or not at that time", "run ftpkg track update"},
	}}
}

// GILValue says what importing a package does to the GIL, over all that is known
// of its wheels.
type GILValue string

// The values.
const (
	GILOff       GILValue = "off"
	GILOn        GILValue = "on"
	GILMixed     GILValue = "mixed"
	GILUndecided GILValue = "undecided"
	GILNone      GILValue = "n/a"
	GILUnknown   GILValue = "unknown"
)

// GILValues is the set of values of the GIL axis.
func GILValues() Set {
	return Set{"GIL", "gil.value", "What does importing the package do to the GIL of a free-threaded Python?", []Entry{
		{string(GILOff), "it stays off: every module of its own that it loads declares so", "nothing to do; a declaration is a claim, not a proof of thread safety"},
		{string(GILOn), "importing it turns it on, whichever of the platforms that were read", "see the modules that do, and the line that fixes each"},
		{string(GILMixed), "only some platforms, or some of its modules, turn it on", "see which"},
		{string(GILUndecided), "the files were read and do not tell for certain", "run ftpkg probe"},
		{string(GILNone), "nothing: it has no extension modules", "see what it requires"},
		{string(GILUnknown), "not known: its wheels were not read, or it has none", "run ftpkg track update --inspect"},
	}}
}

// Observed says how one look at an index ended.
type Observed string

// The ways.
const (
	ObservedChanged   Observed = "changed"
	ObservedUnchanged Observed = "unchanged"
	ObservedMissing   Observed = "missing"
	ObservedFailed    Observed = "failed"
)

// Observeds is the set of ways a look ends.
func Observeds() Set {
	return Set{"observation", "outcome", "How did a look at the index end?", []Entry{
		{string(ObservedChanged), "the project's page says something new", "nothing to do"},
		{string(ObservedUnchanged), "the project's page is as it was", "nothing to do"},
		{string(ObservedMissing), "the index has no such project, or no longer", "see whether its name is right, or it was removed"},
		{string(ObservedFailed), "no answer, or none that could be read; what was known stays, with its age", "run ftpkg track update again"},
	}}
}

// FileChange says what happened to a file of a release on its index.
type FileChange string

// The changes.
const (
	FileAppeared FileChange = "appeared"
	FileYanked   FileChange = "yanked"
	FileUnyanked FileChange = "unyanked"
	FileVanished FileChange = "vanished"
	FileReturned FileChange = "returned"
)

// FileChanges is the set of changes.
func FileChanges() Set {
	return Set{"change of a file", "change", "What happened to the file?", []Entry{
		{string(FileAppeared), "it is listed for the first time", "nothing to do"},
		{string(FileYanked), "its maintainers withdrew it: only those who pin it get it", "see the reason that they gave"},
		{string(FileUnyanked), "it is no longer withdrawn", "nothing to do"},
		{string(FileVanished), "it is no longer listed", "nothing to do; those who pin it cannot install it any more"},
		{string(FileReturned), "it is listed again", "nothing to do"},
	}}
}

// EventKind says what changed for the users of a package.
type EventKind string

// The kinds of events.
const (
	EventGainedPackage     EventKind = "gained-package"
	EventGainedPython      EventKind = "gained-python"
	EventGainedPlatform    EventKind = "gained-platform"
	EventGainedDeclaration EventKind = "gained-declaration"
	EventLostPackage       EventKind = "lost-package"
	EventLostPython        EventKind = "lost-python"
	EventLostPlatform      EventKind = "lost-platform"
	EventLostDeclaration   EventKind = "lost-declaration"
	EventRetiredPython     EventKind = "retired-python"
	EventState             EventKind = "state"
	EventCohort            EventKind = "cohort"
	EventRules             EventKind = "rules"
)

// IsRegression reports whether users have lost something.
func (k EventKind) IsRegression() bool {
	return k == EventLostPackage || k == EventLostPython || k == EventLostPlatform || k == EventLostDeclaration
}

// EventKinds is the set of kinds of events.
func EventKinds() Set {
	return Set{"event", "kind", "What changed?", []Entry{
		{string(EventGainedPackage), "compiled wheels for this half of the matrix, GIL or free-threaded, which had none", "nothing to do"},
		{string(EventGainedPython), "wheels for a Python that had none", "nothing to do"},
		{string(EventGainedPlatform), "wheels for a platform that had none", "nothing to do"},
		{string(EventGainedDeclaration), "a module that turned the GIL on no longer does", "nothing to do"},
		{string(EventLostPackage), "the new release has no wheel for this half of the matrix any more", "stay with the release before, and tell its maintainers"},
		{string(EventLostPython), "the new release has no wheels for a Python that the one before served", "stay with the release before, and tell its maintainers"},
		{string(EventLostPlatform), "the new release has no wheels for a platform that the one before served", "stay with the release before, and tell its maintainers"},
		{string(EventLostDeclaration), "a module that kept the GIL off now turns it on", "stay with the release before, and tell its maintainers"},
		{string(EventRetiredPython), "no more wheels for a Python that the tools which build them have retired, or that the release no longer supports; no regression", "move to a newer Python"},
		{string(EventState), "the headline changed", "nothing to do"},
		{string(EventCohort), "packages entered or left the set that is watched", "nothing to do; curves of a fixed cohort are not moved by it"},
		{string(EventRules), "the rules changed, so that the same evidence may say something else", "see what changed in the rules"},
	}}
}

// Contradiction says which two accounts of a package disagree.
type Contradiction string

// The contradictions.
const (
	ContradictionClassifier Contradiction = "classifier-binary"
	ContradictionProbe      Contradiction = "static-probed"
	ContradictionPlatform   Contradiction = "platform-platform"
	ContradictionRelease    Contradiction = "free-threaded-gil"
)

// Contradictions is the set of contradictions.
func Contradictions() Set {
	return Set{"contradiction", "kind", "Which two accounts of it disagree?", []Entry{
		{string(ContradictionClassifier), "its classifier claims free threading, and its binaries turn the GIL on; or it claims that it is not supported, and they keep it off", "tell its maintainers; believe the binaries"},
		{string(ContradictionProbe), "its files say one thing and the runtime, loading them, another", "tell us: one of the two readings is wrong"},
		{string(ContradictionPlatform), "the same module declares one thing on one platform and another elsewhere", "tell its maintainers"},
		{string(ContradictionRelease), "the wheels for free-threaded Pythons and those for the GIL are of different releases, or declare different things", "tell its maintainers"},
	}}
}
