package wheeltags

// An arch is a CPU architecture, or what takes its place in a platform tag: a
// macOS binary format, or an iOS simulator.
type arch uint8

const (
	noArch arch = iota // unknown, never that of a target
	archX86_64
	archAArch64
	archI686
	archARMv7L
	archPPC64LE
	archPPC64
	archS390X
	archRISCV64
	archLoongArch64
	archSimARM64 // iOS simulator on arm64
	archSimX86_64

	// macOS formats; the two architectures stand for themselves.
	formatUniversal2
	formatUniversal
	formatIntel
	formatFat64
	formatFat3
	formatFat32
	numArchs
)

type archName struct {
	arch arch
	name string
}

// linuxArchs are the names of architectures in Linux platform tags, those that
// manylinux has policies for, most frequent first.
var linuxArchs = [...]archName{
	{archX86_64, "x86_64"}, {archAArch64, "aarch64"}, {archI686, "i686"},
	{archARMv7L, "armv7l"}, {archPPC64LE, "ppc64le"}, {archPPC64, "ppc64"},
	{archS390X, "s390x"}, {archRISCV64, "riscv64"}, {archLoongArch64, "loongarch64"},
}

// macFormats are the names of formats in macOS platform tags.
var macFormats = [...]archName{
	{archARM64, "arm64"}, {archX86_64, "x86_64"}, {formatUniversal2, "universal2"},
	{formatUniversal, "universal"}, {formatIntel, "intel"}, {formatFat64, "fat64"},
	{formatFat3, "fat3"}, {formatFat32, "fat32"},
}

// archARM64 is what macOS, Windows and iOS call AArch64.
const archARM64 = archAArch64

var androidABIs = [...]archName{
	{archAArch64, "arm64_v8a"}, {archX86_64, "x86_64"}, {archARMv7L, "armeabi_v7a"}, {archI686, "x86"},
}

var iosMultiarchs = [...]archName{
	{archARM64, "arm64_iphoneos"}, {archSimARM64, "arm64_iphonesimulator"}, {archSimX86_64, "x86_64_iphonesimulator"},
}

// linuxArch returns the architecture of that name, noArch if there is none.
func linuxArch(name string) arch {
	switch name { // a switch on strings compiles to less than a loop
	case "x86_64":
		return archX86_64
	case "aarch64":
		return archAArch64
	}
	return lookupArch(linuxArchs[2:], name)
}

func lookupArch(list []archName, name string) arch {
	for _, a := range list {
		if a.name == name {
			return a.arch
		}
	}
	return noArch
}

// archText is the inverse of lookupArch.
func archText(list []archName, a arch) string {
	for _, n := range list {
		if n.arch == a {
			return n.name
		}
	}
	return ""
}

// glibcMajor and muslMajor are the only major versions there are.
const (
	glibcMajor = 2
	muslMajor  = 1
)

// legacyManylinux are the policies older than PEP 600 and their glibc.
var legacyManylinux = [...]struct {
	year  string
	minor int
}{{"2014", 17}, {"2010", 12}, {"1", 5}}

// glibcFloor returns the oldest glibc that the order looks for on an
// architecture.
func glibcFloor(a arch, o Order) int {
	switch a {
	case archX86_64, archI686:
		return 5
	case archRISCV64:
		if o == UVOrder {
			return 31
		}
	case archLoongArch64:
		if o == UVOrder {
			return 36
		}
	default:
	}
	return 17
}

// formatsFor returns the macOS formats that run on an architecture, best first.
func formatsFor(a arch, o Order) []archName {
	if a == archARM64 {
		return armFormats[:]
	}
	if o == UVOrder {
		return intelFormatsUV[:]
	}
	return intelFormats[:]
}

var (
	armFormats   = [...]archName{{archARM64, "arm64"}, {formatUniversal2, "universal2"}}
	intelFormats = [...]archName{
		{archX86_64, "x86_64"}, {formatIntel, "intel"}, {formatFat64, "fat64"},
		{formatFat3, "fat3"}, {formatUniversal2, "universal2"}, {formatUniversal, "universal"},
	}
	intelFormatsUV = [...]archName{
		{archX86_64, "x86_64"}, {formatIntel, "intel"}, {formatFat64, "fat64"},
		{formatFat32, "fat32"}, {formatUniversal2, "universal2"}, {formatUniversal, "universal"},
	}
)
