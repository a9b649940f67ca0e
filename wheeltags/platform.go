package wheeltags

import "strconv"

// An osFamily is an operating system together with its C library: what decides
// which kind of platform tag a machine accepts.
type osFamily uint8

const (
	famGlibc osFamily = iota + 1
	famMusl
	famMacOS
	famWindows
	famAndroid
	famIOS
)

// Platform is an operating system, an architecture and a floor: the oldest C
// library or system version that every machine of the target has. Wheels that
// ask for no more than the floor are accepted. It is a comparable value; the
// zero Platform is none at all.
type Platform struct {
	family osFamily
	arch   arch
	// major and minor are the floor: the version of glibc, musl, macOS or iOS;
	// Android's API level is in minor; Windows has none.
	major, minor uint8
}

// maxFloor bounds the numbers of a floor, and so the length of tag lists.
const maxFloor = 99

// A family describes one osFamily.
type family struct {
	word  string // begins the platform's name
	os    string
	libc  string
	floor [2]uint8   // the default, as uv's where it has one
	archs []archName // names of architectures in platform names, most used first
	tags  []archName // and in platform tags
}

var families = [...]family{
	famGlibc: {
		word: "linux", os: "linux", libc: "glibc", floor: [2]uint8{glibcMajor, 28},
		archs: linuxArchs[:], tags: linuxArchs[:],
	},
	famMusl: {
		word: "musllinux", os: "linux", libc: "musl", floor: [2]uint8{muslMajor, 2},
		archs: linuxArchs[:], tags: linuxArchs[:],
	},
	famMacOS: {
		word: "macos", os: "macos", floor: [2]uint8{13, 0},
		archs: []archName{{archX86_64, "x86_64"}, {archARM64, "arm64"}}, tags: macFormats[:],
	},
	famWindows: {
		word: "windows", os: "windows",
		archs: []archName{{archX86_64, "x86_64"}, {archARM64, "arm64"}, {archI686, "x86"}},
		tags:  []archName{{archX86_64, "win_amd64"}, {archARM64, "win_arm64"}, {archI686, "win32"}},
	},
	famAndroid: {
		word: "android", os: "android", floor: [2]uint8{0, 24},
		archs: androidABIs[:], tags: androidABIs[:],
	},
	famIOS: {
		word: "ios", os: "ios", floor: [2]uint8{13, 0},
		archs: []archName{{archARM64, "arm64"}, {archSimARM64, "arm64-simulator"}, {archSimX86_64, "x86_64-simulator"}},
		tags:  iosMultiarchs[:],
	},
}

// defaultPlatform returns the platform of a family and architecture with its
// default floor. glibc is 2.28 as in uv, but where no wheels that old are built:
// the oldest image pypa has is 2.31 for armv7l and 2.39 for riscv64 (uv's
// default too), and glibc runs on loongarch64 since 2.36.
func defaultPlatform(f osFamily, a arch) Platform {
	p := Platform{family: f, arch: a, major: families[f].floor[0], minor: families[f].floor[1]}
	if f == famGlibc {
		switch a {
		case archARMv7L:
			p.minor = 31
		case archRISCV64:
			p.minor = 39
		case archLoongArch64:
			p.minor = 36
		default:
		}
	}
	return p
}

// number returns the floor with sep between its two numbers.
func (p Platform) number(sep string) string {
	return strconv.Itoa(int(p.major)) + sep + strconv.Itoa(int(p.minor))
}

// Name returns the platform's name without its floor, such as "linux-x86_64",
// "musllinux-aarch64", "macos-arm64" or "windows-x86". The zero Platform has
// none.
func (p Platform) Name() string {
	if p.family == 0 {
		return ""
	}
	return families[p.family].word + "-" + p.Arch()
}

// Tag returns the platform tag at the floor, such as "manylinux_2_28_x86_64" or
// "win_amd64": the most specific tag, other than linux_*, that is accepted.
func (p Platform) Tag() string {
	a := archText(families[p.family].tags, p.arch)
	switch p.family {
	case famGlibc:
		return "manylinux_" + p.number("_") + "_" + a
	case famMusl:
		return "musllinux_" + p.number("_") + "_" + a
	case famMacOS:
		return "macosx_" + p.number("_") + "_" + a
	case famAndroid:
		return "android_" + strconv.Itoa(int(p.minor)) + "_" + a
	case famIOS:
		return "ios_" + p.number("_") + "_" + a
	default: // Windows
		return a
	}
}

// String returns the name if the floor is the default, else the tag. Both are
// read back by [ParsePlatform].
func (p Platform) String() string {
	if p.family == 0 || p == defaultPlatform(p.family, p.arch) {
		return p.Name()
	}
	return p.Tag()
}

// OS returns "linux", "macos", "windows", "android" or "ios".
func (p Platform) OS() string { return families[p.family].os }

// Arch returns the architecture as the platform's name has it: "aarch64" on
// Linux is "arm64" on macOS and Windows, and "i686" is "x86" on Windows.
func (p Platform) Arch() string { return archText(families[p.family].archs, p.arch) }

// Libc returns "glibc" or "musl" on Linux, else "".
func (p Platform) Libc() string { return families[p.family].libc }

// Floor returns the version of the floor: "2.28" for glibc, "13.0" for macOS,
// "24" for the Android API level, "" for Windows.
func (p Platform) Floor() string {
	switch p.family {
	case 0, famWindows:
		return ""
	case famAndroid:
		return strconv.Itoa(int(p.minor))
	default:
		return p.number(".")
	}
}

// WithNewestFloor returns p with a floor above any that exists, so that no
// wheel is too new for it; ok is false if the platform has no floors.
func (p Platform) WithNewestFloor() (newest Platform, ok bool) {
	switch p.family {
	case 0, famWindows:
		return p, false
	case famMacOS, famIOS:
		p.major, p.minor = maxFloor, 0
	default:
		p.minor = maxFloor
	}
	return p, true
}

// RaisedFor returns p with the lowest floor, at or above its own, that accepts
// a platform tag of s in [PackagingOrder]; ok is false if no floor does.
func (p Platform) RaisedFor(s *TagSet) (raised Platform, ok bool) {
	for _, c := range s.platforms() {
		if q, needs := p.needs(c, PackagingOrder); needs && (!ok || q.older(raised)) {
			raised, ok = q, true
		}
	}
	if !ok {
		return p, false
	}
	if raised.older(p) {
		raised = p
	}
	return raised, true
}

// older reports whether p's floor is below q's.
func (p Platform) older(q Platform) bool {
	return p.major < q.major || p.major == q.major && p.minor < q.minor
}

// needs returns p with the floor a platform tag asks for; ok is false if no
// floor makes the platform accept it.
func (p Platform) needs(c code, o Order) (need Platform, ok bool) {
	need = p
	need.major, need.minor = uint8(min(c.platMajor(), maxFloor)), uint8(min(c.platMinor(), maxFloor))
	sameArch := c.platArch() == p.arch
	switch kind := c.kind(); {
	case kind == platAny,
		kind == platLinux && sameArch && (p.family == famGlibc || p.family == famMusl),
		kind == platWindows && sameArch && p.family == famWindows:
		return p.lowest(), true
	case (kind == platGlibc || kind == platLegacy) && p.family == famGlibc:
		ok = sameArch && c.platMajor() == glibcMajor && c.platMinor() >= glibcFloor(p.arch, o)
	case kind == platMusl && p.family == famMusl:
		ok = sameArch && c.platMajor() == muslMajor
	case kind == platMacOS && p.family == famMacOS:
		ok = p.runs(c, o)
		if p.arch == archARM64 && need.major < firstARMMacOS {
			need.major, need.minor = firstARMMacOS, 0
		}
	case kind == platAndroid && p.family == famAndroid:
		ok = sameArch && c.platMinor() >= firstAndroid
	case kind == platIOS && p.family == famIOS:
		ok = sameArch && c.platMajor() >= firstIOS && (c.platMajor() >= int(p.major) || c.platMinor() <= lastIOSMinor)
	}
	return need, ok && c.platMajor() <= maxFloor && c.platMinor() <= maxFloor
}

// lowest returns p with floor zero.
func (p Platform) lowest() Platform {
	p.major, p.minor = 0, 0
	return p
}

// The first versions that platform tags go down to.
const (
	firstMacOS10  = 4 // macosx_10_4
	lastMacOS10   = 16
	firstARMMacOS = 11
	firstAndroid  = 16
	firstIOS      = 12
)

// runs reports whether a macOS tag can be accepted at all: the version is one
// that installers ask for, and the format is one of the architecture.
func (p Platform) runs(c code, o Order) bool {
	major, minor := c.platMajor(), c.platMinor()
	if major < firstARMMacOS {
		if major != 10 || minor < firstMacOS10 || minor > lastMacOS10 {
			return false
		}
	} else if minor != 0 {
		return false
	}
	f := c.platArch()
	if f == archARM64 && major < firstARMMacOS {
		return false
	}
	return archText(formatsFor(p.arch, o), f) != ""
}
