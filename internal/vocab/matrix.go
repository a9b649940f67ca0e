package vocab

// Purpose says what a cell of a CI matrix is for.
type Purpose string

// The purposes.
const (
	PurposeBuild Purpose = "build"
	PurposeTest  Purpose = "test"
)

// Purposes is the set of purposes.
func Purposes() Set {
	return Set{"purpose of a cell", "purpose", "What is a cell of the CI matrix for?", []Entry{
		{string(PurposeBuild), "a wheel is built in it", "nothing to do"},
		{string(PurposeTest), "the wheel that this interpreter takes is installed and tested in it", "nothing to do"},
	}}
}

// DropCause says why a cell that could be in a CI matrix is not.
type DropCause string

// The causes.
const (
	DropRequiresPython DropCause = "requires-python"
	DropClassifiers    DropCause = "classifiers"
	DropSelector       DropCause = "selector"
	DropArch           DropCause = "arch"
	DropEnable         DropCause = "enable"
	DropSettings       DropCause = "settings"
	DropRetired        DropCause = "retired"
	DropStableABI      DropCause = "stable-abi"
	DropBackend        DropCause = "backend"
	DropDependency     DropCause = "dependency"
	DropNoRunner       DropCause = "no-runner"
	DropEmulated       DropCause = "emulated"
	DropTestSkip       DropCause = "test-skip"
	DropPure           DropCause = "pure"
	DropImplementation DropCause = "implementation"
)

// DropCauses is the set of causes.
func DropCauses() Set {
	return Set{"cause of a dropped cell", "cause", "Why is a cell not in the CI matrix?", []Entry{
		{string(DropRequiresPython), "requires-python excludes the version of Python", "nothing to do; widen requires-python if the project works there"},
		{string(DropClassifiers), "without a requires-python, the classifiers name no Python that old", "state requires-python"},
		{string(DropSelector), "build or skip of [tool.cibuildwheel] leaves it out", "change the selector if the cell is wanted"},
		{string(DropArch), "archs of [tool.cibuildwheel] leaves out the architecture", "add the architecture to archs if the cell is wanted"},
		{string(DropEnable), "it is in a group that enable of [tool.cibuildwheel] does not name", "add the group to enable if the cell is wanted"},
		{string(DropSettings), "the settings or flags of ftpkg leave it out", "change them if the cell is wanted"},
		{string(DropRetired), "the release line of cibuildwheel no longer builds it", "nothing to do; wheels for it need an older release line"},
		{string(DropStableABI), "a wheel of the stable ABI from another cell serves it", "nothing to do"},
		{string(DropBackend), "the build backend, or what it builds with, does not support the interpreter", "see the reason for the versions that do"},
		{string(DropDependency), "something it requires has no wheel there", "see the reason; the cell comes back once the wheel is published"},
		{string(DropNoRunner), "no runner builds or tests for the platform", "name a runner of your own in matrix.runners"},
		{string(DropEmulated), "it would run under emulation, which is too slow to be worth it unless asked for", "ask for it with matrix.emulate if it is wanted"},
		{string(DropTestSkip), "test-skip of [tool.cibuildwheel] leaves it out", "change the selector if the test is wanted"},
		{string(DropPure), "the project has no compiled code: one wheel serves every platform", "nothing to do"},
		{string(DropImplementation), "it is PyPy or GraalPy, which have no free-threaded build", "add a job of cibuildwheel's own for it if the wheel is wanted"},
	}}
}

// GapStatus says which wheel an interpreter of a cell gets for a release of a project.
type GapStatus string

// The statuses.
const (
	GapSame   GapStatus = "same"
	GapOlder  GapStatus = "older"
	GapSource GapStatus = "source"
	GapNone   GapStatus = "none"
)

// GapStatuses is the set of statuses.
func GapStatuses() Set {
	return Set{"gap", "status", "What does an installer take in the cell when it wants the release?", []Entry{
		{string(GapSame), "a wheel of the release", "nothing to do"},
		{string(GapOlder), "a wheel of an older release, silently", "publish the missing wheel, or raise requires-python there"},
		{string(GapSource), "the source distribution only: it is compiled by the user", "publish a wheel"},
		{string(GapNone), "nothing: the release cannot be installed", "publish a wheel or a source distribution"},
	}}
}
