package vocab

// FileKind says what a cell would install for a package.
type FileKind string

// The file kinds.
const (
	FileNative      FileKind = "native"
	FileStableABI   FileKind = "stable-abi"
	FileABINone     FileKind = "abi-none"
	FilePure        FileKind = "pure"
	FileSdist       FileKind = "sdist"
	FileMislabelled FileKind = "mislabelled"
	FileNone        FileKind = "none"
)

// IsWheel reports whether the kind is a wheel that installs without a build.
func (k FileKind) IsWheel() bool { return k != FileSdist && k != FileNone && k != "" }

// IsCompiled reports whether the kind is a wheel built for one platform.
func (k FileKind) IsCompiled() bool { return k.IsWheel() && k != FilePure }

// FileKinds is the set of file kinds.
func FileKinds() Set {
	return Set{"file kind", "file_kind", "What would this cell install?", []Entry{
		{string(FileNative), "a wheel compiled for exactly this CPython version and ABI flavour", "nothing to do; whether the GIL stays off is for inspect and probe to say"},
		{string(FileStableABI), "a wheel for the stable ABI: abi3 on a GIL build, abi3t on a free-threaded one (PEP 803)", "nothing to do"},
		{string(FileABINone), "a wheel for this platform that uses no CPython ABI (ABI tag none): data, an executable, or a library loaded through ctypes", "nothing to do"},
		{string(FilePure), "a wheel for any platform, no compiled code promised", "nothing to do; see the twin for whether the GIL build gets a compiled one"},
		{string(FileSdist), "no wheel fits; an installer would build the source distribution", "build it in CI first, or pin an older version that has a wheel"},
		{string(FileMislabelled), "a wheel an installer accepts although its tags cannot be true (abi3t below cp315)", "report it upstream; inspect the binary before using it"},
		{string(FileNone), "nothing installs here", "see the problem of this package for the reason and the fix"},
	}}
}

// VersionStatus says how a cell's version stands to the newest one.
type VersionStatus string

// The version statuses.
const (
	VersionNewest     VersionStatus = "newest"
	VersionOlder      VersionStatus = "older"
	VersionPrerelease VersionStatus = "prerelease"
)

// VersionStatuses is the set of version statuses.
func VersionStatuses() Set {
	return Set{"version status", "version_status", "Is it the version one would expect?", []Entry{
		{string(VersionNewest), "the newest final release, or the newest release where none is final", "nothing to do"},
		{string(VersionOlder), "a newer final release exists, but requirements or missing files keep this cell from it", "see newest, and the problems, for what holds it back"},
		{string(VersionPrerelease), "a pre-release, taken because no final release fits or because it was asked for", "pin it if you mean it; test it either way"},
	}}
}

// Twin compares a free-threaded cell with the GIL cell of the same Python
// version and platform.
type Twin string

// The twin verdicts.
const (
	TwinSame    Twin = "same"
	TwinAhead   Twin = "ahead"
	TwinBehind  Twin = "behind"
	TwinSlower  Twin = "slower"
	TwinMissing Twin = "missing"
)

// Twins is the set of twin verdicts.
func Twins() Set {
	return Set{"twin", "twin", "Is the difference free threading's fault?", []Entry{
		{string(TwinSame), "the GIL twin gets the same version and the same class of file", "nothing to do"},
		{string(TwinAhead), "the GIL twin gets more: a wheel where this cell has none, or a newer version", "this is the free-threading gap: ask the project for cp3XYt wheels"},
		{string(TwinBehind), "this cell gets a wheel and the GIL twin does not", "nothing to do here; the GIL build is the one with the gap"},
		{string(TwinSlower), "the GIL twin gets a compiled wheel and this cell a pure one: it works, but slower", "measure before moving; ask the project for compiled free-threaded wheels"},
		{string(TwinMissing), "the GIL twin has no wheel either: not free threading's fault", "ask the project for the platform or the Python version first"},
	}}
}

// Installable sums up a cell.
type Installable string

// The cell verdicts.
const (
	InstallableWheels      Installable = "wheels"
	InstallableOnlyIfBuilt Installable = "only-if-built"
	InstallableNo          Installable = "no"
)

// Installables is the set of cell verdicts.
func Installables() Set {
	return Set{"installable", "installable", "Can this cell be installed?", []Entry{
		{string(InstallableWheels), "every package installs from a wheel", "nothing to do"},
		{string(InstallableOnlyIfBuilt), "an installer would succeed only by building at least one source distribution", "see the sdist-only problems; a compiler and the libraries must be there"},
		{string(InstallableNo), "no set of versions satisfies the requirements here", "see the problems: each has its reason, its chain and, where one was proven, its fix"},
	}}
}

// ProblemKind says why a package is blocked in a cell.
type ProblemKind string

// The problem kinds.
const (
	ProblemGILOnlyWheels       ProblemKind = "gil-only-wheels"
	ProblemPlatformMissing     ProblemKind = "platform-missing"
	ProblemFloorTooNew         ProblemKind = "floor-too-new"
	ProblemRequiresPython      ProblemKind = "requires-python"
	ProblemYankedOnly          ProblemKind = "yanked-only"
	ProblemPrereleaseOnly      ProblemKind = "prerelease-only"
	ProblemVariantOnly         ProblemKind = "variant-only"
	ProblemSdistOnly           ProblemKind = "sdist-only"
	ProblemNoSuchProject       ProblemKind = "no-such-project"
	ProblemNoMatchingVersion   ProblemKind = "no-matching-version"
	ProblemConflict            ProblemKind = "conflict"
	ProblemMetadataUnavailable ProblemKind = "metadata-unavailable"
)

// ProblemKinds is the set of problem kinds.
func ProblemKinds() Set {
	return Set{"problem", "kind", "Why is it blocked?", []Entry{
		{string(ProblemGILOnlyWheels), "wheels for this platform exist, but only for the GIL build (cp3XY or abi3)", "ask the project for free-threaded wheels (cp3XYt, or abi3t from 3.15)"},
		{string(ProblemPlatformMissing), "no wheel for this operating system, architecture, libc or Python version, whatever the ABI", "ask the project for the platform, or build the source distribution"},
		{string(ProblemFloorTooNew), "the wheels need a newer glibc, musl or macOS than the target promises", "raise the target's floor if every machine you ship to allows it"},
		{string(ProblemRequiresPython), "every matching version refuses this Python version (Requires-Python)", "use a Python version it accepts, or another version of the package"},
		{string(ProblemYankedOnly), "every matching version was withdrawn by its maintainers (PEP 592)", "pin it exactly if you must; better, move to a version that is not yanked"},
		{string(ProblemPrereleaseOnly), "only pre-releases match, and pre-releases are not allowed", "allow pre-releases, or wait for the final release"},
		{string(ProblemVariantOnly), "only variant wheels exist (PEP 825 draft), which installers do not choose yet", "use an index that serves ordinary wheels"},
		{string(ProblemSdistOnly), "the version publishes no wheels at all, only a source distribution to build", "build it in CI, or pin a version that has a wheel"},
		{string(ProblemNoSuchProject), "no index knows this project", "check the spelling and the index options"},
		{string(ProblemNoMatchingVersion), "no version satisfies the requirement", "relax the requirement"},
		{string(ProblemConflict), "two requirements exclude each other; each alone could be met", "relax one of the requirements named in the derivation"},
		{string(ProblemMetadataUnavailable), "the dependencies could not be read from any file of the version", "try another index, or another version"},
	}}
}

// FixKind says what kind of change makes a blocked cell installable.
type FixKind string

// The fix kinds.
const (
	FixOlderVersion  FixKind = "older-version"
	FixNewerVersion  FixKind = "newer-version"
	FixNewerPython   FixKind = "newer-python"
	FixPlatformFloor FixKind = "platform-floor"
	FixDropExtra     FixKind = "drop-extra"
)

// FixKinds is the set of fix kinds.
func FixKinds() Set {
	return Set{"fix", "fix.kind", "What would clear the whole cell? Each printed fix was solved again and held.", []Entry{
		{string(FixOlderVersion), "an older version of the package, or of what requires it, has a wheel for this cell", "pin it, or restrict the package to wheels (--only-binary NAME)"},
		{string(FixNewerVersion), "a newer version of the package, outside your own requirement on it, has a wheel for this cell", "relax the requirement to it"},
		{string(FixNewerPython), "the same requirements resolve to wheels on a newer Python of the same flavour", "move the target to that version"},
		{string(FixPlatformFloor), "the same requirements resolve to wheels on a newer platform floor", "name the floor as the platform, if every machine you ship to allows it"},
		{string(FixDropExtra), "the blocker comes only through an extra you ask for", "drop the extra from the requirement"},
	}}
}

// MetadataSource says whose metadata a package's dependencies were read from.
type MetadataSource string

// The metadata sources.
const (
	MetadataOwn     MetadataSource = "own"
	MetadataShared  MetadataSource = "shared"
	MetadataStatic  MetadataSource = "static"
	MetadataAssumed MetadataSource = "assumed"
	MetadataUnread  MetadataSource = "unread"
)

// MetadataSources is the set of metadata sources.
func MetadataSources() Set {
	return Set{"metadata", "metadata", "Whose metadata were the dependencies read from?", []Entry{
		{string(MetadataOwn), "the chosen wheel's own METADATA was read, or its digest proved equal", "nothing to do"},
		{string(MetadataShared), "another wheel of the same version was read and taken to be equal (--trust-metadata)", "leave --trust-metadata out to verify it"},
		{string(MetadataStatic), "the source distribution's own PKG-INFO, which declares its dependencies static (PEP 643)", "nothing to do"},
		{string(MetadataAssumed), "the source distribution computes its dependencies when built; a wheel of the same version stands in", "treat the dependencies as likely, not certain"},
		{string(MetadataUnread), "no metadata was read: a lock is judged by its own entries, or none could be had", "nothing to do for a lock; otherwise see the problem"},
	}}
}

// Like names the installer whose rules are followed where installers differ.
type Like string

// The rule sets.
const (
	LikeUV  Like = "uv"
	LikePip Like = "pip"
)

// Likes is the set of rule sets.
func Likes() Set {
	return Set{"like", "like", "Whose rules are followed where installers differ?", []Entry{
		{string(LikeUV), "uv's rules: upper bounds of Requires-Python ignored, linux_* tags last", "the default"},
		{string(LikePip), "pip's rules: upper bounds of Requires-Python honoured, linux_* tags first (packaging 26.3)", "choose it when pip installs your project"},
	}}
}
