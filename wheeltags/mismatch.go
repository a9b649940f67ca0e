package wheeltags

// Mismatch says why a target does not accept a wheel. The values are ordered
// from the farthest miss to the closest: of several files, or several tags of
// one file, the one with the greatest Mismatch is nearest to working.
type Mismatch uint8

const (
	// NoMismatch says that the target accepts the wheel.
	NoMismatch Mismatch = iota
	// Malformed is for tags that no interpreter and no installer ever asks for.
	Malformed
	// Variant is a variant wheel (PEP 825, a draft), which no installer chooses yet.
	Variant
	// OtherPython is another implementation, such as PyPy.
	OtherPython
	// OtherOS is another operating system.
	OtherOS
	// OtherArch is another architecture.
	OtherArch
	// OtherLibc is musl instead of glibc, or the reverse.
	OtherLibc
	// PythonTooNew says that the wheel is for an older Python than the
	// target's, and for that one alone.
	PythonTooNew
	// PythonTooOld says that the wheel needs a newer Python than the target's.
	PythonTooOld
	// OtherABI is an ABI that is not one of CPython's release builds.
	OtherABI
	// ABI3TOnGIL is abi3t alone, on a build with the GIL.
	ABI3TOnGIL
	// FreeThreadedABIOnGIL is cp314t, on a build with the GIL.
	FreeThreadedABIOnGIL
	// ABI3OnFreeThreaded is abi3, on a free-threaded build.
	ABI3OnFreeThreaded
	// GILABI is cp314, the ABI of the build with the GIL, on a free-threaded one.
	GILABI
	// Floor says that the wheel needs a newer libc or system than the target
	// promises.
	Floor
)

var mismatches = [...]string{
	NoMismatch:           "none",
	Malformed:            "malformed",
	Variant:              "variant",
	OtherPython:          "other-python",
	OtherOS:              "os",
	OtherArch:            "arch",
	OtherLibc:            "libc",
	PythonTooNew:         "python-too-new",
	PythonTooOld:         "python-too-old",
	OtherABI:             "other-abi",
	ABI3TOnGIL:           "abi3t-on-gil",
	FreeThreadedABIOnGIL: "freethreaded-abi-on-gil",
	ABI3OnFreeThreaded:   "abi3-on-freethreaded",
	GILABI:               "gil-abi",
	Floor:                "floor",
}

// String returns the mismatch as one word, such as "abi3-on-freethreaded". The
// words do not change.
func (m Mismatch) String() string {
	if int(m) < len(mismatches) {
		return mismatches[m]
	}
	return "unknown"
}

// Mismatches returns every Mismatch but NoMismatch, farthest first.
func Mismatches() []Mismatch {
	var all []Mismatch
	for m := Malformed; int(m) < len(mismatches); m++ {
		all = append(all, m)
	}
	return all
}

// Closer reports whether m is nearer to a match than n.
func (m Mismatch) Closer(n Mismatch) bool {
	return n != NoMismatch && (m == NoMismatch || m > n)
}
