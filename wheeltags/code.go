package wheeltags

import "strings"

// A code is one component of a tag as a small integer. Equal codes of the same
// component mean equal text, except for kind other and for platforms with
// noArch, which match no target. Each kind of component packs its fields from
// the top bits down:
//
//	python    kind:4  -:4      major:8   minor:16
//	abi       kind:4  flags:4  major:8   minor:16
//	platform  kind:4  arch:8   major:10  minor:10
//
// Numbers too large for their field make the component other: no interpreter
// and no system that exists has them.
type code uint32

// kind returns which of the kinds below the component is; for each sort of
// component they count from 1.
func (c code) kind() uint32 { return uint32(c >> 28) }

// other is the code and the kind of a component that is not understood.
const other = 0

// Kinds of python tags.
const (
	pyCPython = iota + 1 // cp314
	pyGeneric            // py3, py314
)

// noMinor is the minor version of a python tag that has none, such as py3.
const noMinor = 0xffff

// Kinds of ABI tags.
const (
	abiNone    = iota + 1 // none
	abiABI3               // abi3
	abiABI3T              // abi3t
	abiCPython            // cp314t
)

// Flags of a CPython ABI tag, in the order they are written.
const (
	flagFreeThreaded = 1 << iota // t
	flagDebug                    // d
	flagPymalloc                 // m, up to 3.7
	flagUCS4                     // u, up to 3.2
)

// Kinds of platform tags.
const (
	platAny     = iota + 1 // any
	platLinux              // linux_x86_64
	platGlibc              // manylinux_2_28_x86_64
	platLegacy             // manylinux2014_x86_64, the minor being that of its glibc twin
	platMusl               // musllinux_1_2_x86_64
	platMacOS              // macosx_14_0_arm64, the arch being a format
	platWindows            // win_amd64
	platAndroid            // android_24_arm64_v8a, the minor being the API level
	platIOS                // ios_13_0_arm64_iphoneos
	platWASM               // pyemscripten_2026_0_wasm32; never a target
)

// The codes of components that have nothing but a kind.
const (
	codeNone  code = abiNone << 28
	codeABI3  code = abiABI3 << 28
	codeABI3T code = abiABI3T << 28
	codeAny   code = platAny << 28
)

func versionCode(kind, flags uint32, major, minor int) code {
	return code(kind<<28|flags<<24) | code(major)<<16 | code(minor)
}

func (c code) pyMajor() int     { return int(c >> 16 & 0xff) }
func (c code) pyMinor() int     { return int(c & 0xffff) }
func (c code) abiFlags() uint32 { return uint32(c >> 24 & 0xf) }
func (c code) abiVersion() int  { return int(c & 0xffffff) }

func platformCode(kind uint32, a arch, major, minor int) code {
	return code(kind<<28) | code(a)<<20 | code(major)<<10 | code(minor)
}

func (c code) platArch() arch { return arch(c >> 20 & 0xff) }
func (c code) platMajor() int { return int(c >> 10 & 0x3ff) }
func (c code) platMinor() int { return int(c & 0x3ff) }

// maxPlatformNumber is the largest number a platform code holds.
const maxPlatformNumber = 0x3ff

// parsePythonTag returns the code of a lower-case python tag.
func parsePythonTag(s string) code {
	if len(s) < 3 {
		return other
	}
	kind := uint32(pyCPython)
	switch s[:2] {
	case "cp":
	case "py":
		kind = pyGeneric
	default:
		return other
	}
	major, minor, ok := parseNoDot(s[2:])
	if !ok {
		return other
	}
	return versionCode(kind, 0, major, minor)
}

// parseNoDot parses a version without its dot, such as 3 or 314.
func parseNoDot(s string) (major, minor int, ok bool) {
	if !isDigit(s[0]) {
		return 0, 0, false
	}
	if len(s) == 1 {
		return int(s[0] - '0'), noMinor, true
	}
	minor, ok = atoi(s[1:])
	return int(s[0] - '0'), minor, ok && minor < noMinor
}

// parseABITag returns the code of a lower-case ABI tag.
func parseABITag(s string) code {
	switch s {
	case "none":
		return codeNone
	case "abi3":
		return codeABI3
	case "abi3t":
		return codeABI3T
	}
	if len(s) < 4 || s[:2] != "cp" {
		return other
	}
	digits, rest := cutFunc(s[2:], isDigit)
	if len(digits) < 2 {
		return other
	}
	major, minor, ok := parseNoDot(digits)
	if !ok {
		return other
	}
	var flags uint32
	for i, c := range [...]byte{'t', 'd', 'm', 'u'} {
		if rest != "" && rest[0] == c {
			flags |= 1 << i
			rest = rest[1:]
		}
	}
	if rest != "" {
		return other
	}
	return versionCode(abiCPython, flags, major, minor)
}

// parsePlatformTag returns the code of a lower-case platform tag.
func parsePlatformTag(s string) code {
	if s == "" {
		return other
	}
	switch s[0] {
	case 'a':
		if s == "any" {
			return codeAny
		}
		if rest, ok := strings.CutPrefix(s, "android_"); ok {
			api, abi, ok := cutNumber(rest)
			if abi, cut := strings.CutPrefix(abi, "_"); ok && cut && api <= maxPlatformNumber {
				return platformCode(platAndroid, lookupArch(androidABIs[:], abi), 0, api)
			}
		}
	case 'w':
		switch s {
		case "win_amd64":
			return platformCode(platWindows, archX86_64, 0, 0)
		case "win_arm64":
			return platformCode(platWindows, archAArch64, 0, 0)
		case "win32":
			return platformCode(platWindows, archI686, 0, 0)
		}
		if strings.HasPrefix(s, "win") {
			return platformCode(platWindows, noArch, 0, 0) // win_ia64
		}
	case 'l':
		if name, ok := strings.CutPrefix(s, "linux_"); ok {
			return platformCode(platLinux, linuxArch(name), 0, 0)
		}
	case 'm':
		return parseMTag(s)
	case 'i':
		if rest, ok := strings.CutPrefix(s, "ios_"); ok {
			if major, minor, multiarch, ok := cutPair(rest); ok {
				return platformCode(platIOS, lookupArch(iosMultiarchs[:], multiarch), major, minor)
			}
		}
	case 'p':
		if strings.HasPrefix(s, "pyodide_") || strings.HasPrefix(s, "pyemscripten_") {
			return platWASM << 28
		}
	case 'e':
		if strings.HasPrefix(s, "emscripten_") {
			return platWASM << 28
		}
	}
	return other
}

// parseMTag parses the platform tags that begin with m: macOS and the two
// Linux families with a libc.
func parseMTag(s string) code {
	if rest, ok := strings.CutPrefix(s, "macosx_"); ok {
		if major, minor, name, ok := cutPair(rest); ok {
			return platformCode(platMacOS, lookupArch(macFormats[:], name), major, minor)
		}
		return other
	}
	if rest, ok := strings.CutPrefix(s, "musllinux_"); ok {
		if major, minor, name, ok := cutPair(rest); ok {
			return platformCode(platMusl, linuxArch(name), major, minor)
		}
		return other
	}
	rest, ok := strings.CutPrefix(s, "manylinux")
	if !ok || rest == "" {
		return other
	}
	if rest[0] == '_' {
		if major, minor, name, ok := cutPair(rest[1:]); ok {
			return platformCode(platGlibc, linuxArch(name), major, minor)
		}
		return other
	}
	for _, l := range legacyManylinux {
		if name, ok := strings.CutPrefix(rest, l.year); ok && len(name) > 1 && name[0] == '_' {
			return platformCode(platLegacy, linuxArch(name[1:]), glibcMajor, l.minor)
		}
	}
	return other
}

// cutPair parses "14_0_arm64".
func cutPair(s string) (major, minor int, rest string, ok bool) {
	major, s, ok = cutNumber(s)
	if !ok || s == "" || s[0] != '_' {
		return 0, 0, "", false
	}
	minor, s, ok = cutNumber(s[1:])
	if !ok || len(s) < 2 || s[0] != '_' || major > maxPlatformNumber || minor > maxPlatformNumber {
		return 0, 0, "", false
	}
	return major, minor, s[1:], true
}
