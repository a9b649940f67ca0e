package check

import "github.com/ftpkg/ftpkg/internal/vocab"

// A Rule is one kind of mistake. Its page is docs/rules/CODE.md.
type Rule struct {
	// Code is what the rule is called in output and settings. It never changes and
	// is never used again for another rule.
	Code string
	// Name says in a word or three what is wrong: "wrong-suffix".
	Name string
	// Severity is that of its findings; some are of less in cases that the rule's
	// page names.
	Severity vocab.Severity
	// Summary says what the rule finds, in a sentence without full stop.
	Summary string
}

// The codes of the rules.
const (
	ruleSuffix        = "FT101"
	ruleFormat        = "FT102"
	ruleArch          = "FT103"
	ruleLibrary       = "FT104"
	ruleLayout        = "FT105"
	ruleSpecific      = "FT106"
	ruleStableFile    = "FT107"
	ruleNone          = "FT108"
	ruleTooEarly      = "FT109"
	rulePythonT       = "FT110"
	ruleImpossible    = "FT111"
	ruleUnserved      = "FT112"
	ruleNotStable     = "FT201"
	ruleTooNew        = "FT202"
	ruleNotExported   = "FT203"
	ruleOldInit       = "FT204"
	ruleGlibc         = "FT301"
	ruleMacOS         = "FT302"
	ruleLibc          = "FT303"
	ruleTurnsOn       = "FT401"
	ruleClaim         = "FT402"
	ruleUndecided     = "FT403"
	ruleArchive       = "FT501"
	ruleTagLines      = "FT502"
	ruleRecord        = "FT503"
	ruleMetadata      = "FT504"
	ruleGILTwin       = "FT601"
	ruleFreeTwin      = "FT602"
	ruleFloors        = "FT603"
	ruleVersions      = "FT604"
	ruleLostPlatform  = "FT701"
	ruleLostABI       = "FT702"
	ruleRaisedFloor   = "FT703"
	ruleLostDeclared  = "FT704"
	ruleMissingWheel  = "FT801"
	ruleUnlistedWheel = "FT802"
	ruleExpectedFloor = "FT803"
)

// Rules returns all rules, by code: names and contents from FT101, the stable ABI
// from FT201, platforms from FT301, the GIL from FT401, the archive from FT501, a
// set of wheels from FT601, compared with a release from FT701, with what was to be
// built from FT801.
func Rules() []Rule {
	const (
		bad  = vocab.SeverityError
		warn = vocab.SeverityWarning
		note = vocab.SeverityNote
	)
	return []Rule{
		{ruleSuffix, "wrong-suffix", bad, "An extension module's suffix is that of another Python or platform than the wheel's tags"},
		{ruleFormat, "wrong-format", bad, "An extension module is an object file of another system than the wheel's tags"},
		{ruleArch, "wrong-architecture", bad, "An extension module is for another processor than the wheel's tags"},
		{ruleLibrary, "wrong-python-dll", bad, "An extension module is linked with another Python DLL than the wheel's tags promise"},
		{ruleLayout, "wrong-layout", bad, "An extension module was compiled for the other of GIL and free-threaded than the wheel's tags"},
		{ruleSpecific, "version-specific-file", bad, "A wheel tagged abi3 or abi3t holds an extension module for one version of Python"},
		{ruleStableFile, "stable-file-under-version-tag", bad, "A wheel for one version of Python holds an extension module named .abi3.so"},
		{ruleNone, "none-with-modules", bad, "A wheel whose ABI tag is none holds extension modules"},
		{ruleTooEarly, "abi3t-too-early", bad, "A wheel is tagged abi3t for a Python before 3.15"},
		{rulePythonT, "python-tag-with-t", bad, "A python tag ends in t, which belongs to the ABI tag"},
		{ruleImpossible, "impossible-tags", bad, "A file's name is not that of a wheel, or has tags that no installer asks for"},
		{ruleUnserved, "abi-without-file", bad, "An ABI that the tags name has no file of an extension module that the wheel's other ABI has"},
		{ruleNotStable, "not-stable-abi", bad, "An extension module in a wheel for a stable ABI imports a symbol that is not part of it"},
		{ruleTooNew, "newer-than-tag", bad, "An extension module in a wheel for a stable ABI imports a symbol that is newer than the python tag"},
		{ruleNotExported, "not-exported", bad, "An extension module imports a symbol that the Python of the wheel's tags does not export"},
		{ruleOldInit, "abi3t-without-export", bad, "An extension module in a wheel tagged abi3t has PyInit_ alone, not PyModExport_"},
		{ruleGlibc, "glibc-floor", bad, "A file needs a newer glibc than the wheel's manylinux tag promises"},
		{ruleMacOS, "macos-floor", bad, "A file needs a newer macOS than the wheel's tag promises"},
		{ruleLibc, "wrong-libc", bad, "A file is linked with glibc under a musllinux tag, or with musl under a manylinux tag"},
		{ruleTurnsOn, "turns-gil-on", warn, "An extension module in a free-threaded wheel turns the GIL on"},
		{ruleClaim, "claim-contradicted", bad, "The classifier says that free threading is supported, the extension modules say it is not"},
		{ruleUndecided, "declaration-undecided", note, "Whether an extension module in a free-threaded wheel turns the GIL on could not be read"},
		{ruleArchive, "archive", bad, "The archive is damaged, or unsafe to unpack"},
		{ruleTagLines, "tag-lines", bad, "The Tag lines of WHEEL are not the tags of the file's name"},
		{ruleRecord, "record", bad, "RECORD does not describe the files of the wheel"},
		{ruleMetadata, "metadata", bad, "METADATA or WHEEL is missing, or describes another wheel than the file's name"},
		{ruleGILTwin, "gil-twin-missing", warn, "A free-threaded wheel has no twin for the build with the GIL"},
		{ruleFreeTwin, "free-threaded-twin-missing", warn, "A wheel for the build with the GIL has no free-threaded twin, although others of the set have"},
		{ruleFloors, "floors-differ", warn, "The two wheels of a pair need different versions of the system"},
		{ruleVersions, "versions-differ", bad, "The set holds files of several versions of one project"},
		{ruleLostPlatform, "platform-lost", bad, "A platform that the earlier release had wheels for has none"},
		{ruleLostABI, "abi-lost", bad, "An ABI that the earlier release had wheels for has none"},
		{ruleRaisedFloor, "floor-raised", warn, "A wheel needs a newer system than the one of the earlier release"},
		{ruleLostDeclared, "declaration-lost", bad, "An extension module that left the GIL off in the earlier release turns it on"},
		{ruleMissingWheel, "expected-missing", bad, "A wheel that was to be built is missing"},
		{ruleUnlistedWheel, "unexpected-wheel", bad, "A wheel is there that was not to be built"},
		{ruleExpectedFloor, "expected-floor", bad, "A wheel needs a newer system than it was to need"},
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

// severityOf is the severity of a rule.
func severityOf(code string) vocab.Severity {
	r, _ := Lookup(code)
	return r.Severity
}
