package wheeltags

// Tag is one compatibility tag of PEP 425, in lower case.
type Tag struct {
	Python, ABI, Platform string
}

// String returns the three parts with dashes between them, as in a file name.
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// Kind is what a tag says about a wheel's contents.
type Kind uint8

const (
	// Native is code compiled for one version of one implementation, in one
	// ABI flavour: cp314-cp314t-win_amd64.
	Native Kind = iota + 1
	// StableABI is code compiled for a stable ABI: abi3 on a GIL build,
	// abi3t on a free-threaded one (PEP 384, PEP 803).
	StableABI
	// ABINone is a wheel for one platform that uses no Python ABI: data, a
	// program, a library loaded with ctypes.
	ABINone
	// Pure is a wheel for any platform.
	Pure
)

// String returns "native", "stable-abi", "abi-none" or "pure".
func (k Kind) String() string {
	switch k {
	case Native:
		return "native"
	case StableABI:
		return "stable-abi"
	case ABINone:
		return "abi-none"
	case Pure:
		return "pure"
	}
	return "unknown"
}

// Kind classifies the tag. It goes by the tag alone, so what it says is a claim
// of the wheel's maker.
func (t Tag) Kind() Kind {
	switch {
	case t.Platform == "any":
		return Pure
	case t.ABI == "none":
		return ABINone
	case t.ABI == "abi3" || t.ABI == "abi3t":
		return StableABI
	}
	return Native
}
