package vocab

// Mismatch says why a target does not accept a wheel. The words are those of
// wheeltags.Mismatch, which stands on its own and so cannot be imported from
// here by the packages below it; a test of ftpkg explain holds the two equal.
type Mismatch string

// The mismatches, from the farthest to the closest.
const (
	MismatchMalformed            Mismatch = "malformed"
	MismatchVariant              Mismatch = "variant"
	MismatchOtherPython          Mismatch = "other-python"
	MismatchOS                   Mismatch = "os"
	MismatchArch                 Mismatch = "arch"
	MismatchLibc                 Mismatch = "libc"
	MismatchPythonTooNew         Mismatch = "python-too-new"
	MismatchPythonTooOld         Mismatch = "python-too-old"
	MismatchOtherABI             Mismatch = "other-abi"
	MismatchABI3TOnGIL           Mismatch = "abi3t-on-gil"
	MismatchFreeThreadedABIOnGIL Mismatch = "freethreaded-abi-on-gil"
	MismatchABI3OnFreeThreaded   Mismatch = "abi3-on-freethreaded"
	MismatchGILABI               Mismatch = "gil-abi"
	MismatchFloor                Mismatch = "floor"
)

// Mismatches is the set of mismatches.
func Mismatches() Set {
	return Set{"mismatch", "mismatch", "Why does this target not accept this wheel? Of several files the closest miss is named; the last words are nearest to a match.", []Entry{
		{string(MismatchMalformed), "the tags are none that an interpreter or installer ever asks for", "report it upstream; correct tags are in the reason"},
		{string(MismatchVariant), "a variant wheel (PEP 825, a draft), which released installers refuse", "use an ordinary wheel of the same version"},
		{string(MismatchOtherPython), "the wheel is for another implementation, such as PyPy", "look for a cp wheel; only CPython has free-threaded builds"},
		{string(MismatchOS), "the wheel is for another operating system", "look for the project's wheel for this one"},
		{string(MismatchArch), "the wheel is for another architecture", "look for the project's wheel for this one"},
		{string(MismatchLibc), "the wheel is for musl and the target has glibc, or the reverse", "look for a manylinux wheel for glibc, a musllinux wheel for musl"},
		{string(MismatchPythonTooNew), "the wheel is for one older version of Python", "use a newer version of the project, or that Python"},
		{string(MismatchPythonTooOld), "the wheel needs a newer Python", "use a newer Python, or an older version of the project"},
		{string(MismatchOtherABI), "the wheel has an ABI that is not one of CPython's release builds", "look for a wheel with an ordinary ABI tag"},
		{string(MismatchABI3TOnGIL), "the wheel is for abi3t alone, the free-threaded stable ABI, and the target has the GIL", "ask the project to tag the wheel abi3.abi3t if it serves both (PEP 803)"},
		{string(MismatchFreeThreadedABIOnGIL), "the wheel is for the free-threaded build, and the target has the GIL", "use the wheel without the t"},
		{string(MismatchABI3OnFreeThreaded), "the wheel is for abi3, which never loads on a free-threaded build", "ask the project for cp3XYt wheels, or abi3t from 3.15 on"},
		{string(MismatchGILABI), "the wheel is for the build with the GIL, and the target is free-threaded", "ask the project for free-threaded wheels (cp3XYt)"},
		{string(MismatchFloor), "the wheel needs a newer glibc, musl or macOS than the target promises", "name the newer floor as the platform, if every machine you ship to has it"},
	}}
}
