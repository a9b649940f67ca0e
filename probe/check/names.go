package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// tags are the tags of a wheel, taken apart: what it promises to whom.
type tags struct {
	pythons   []pythonTag
	abis      []abiTag
	platforms []platformTag
}

// pythonTag is cp314, py3 or a tag of another implementation.
type pythonTag struct {
	text  string
	minor int // of CPython 3, -1 for py3 and others
}

type abiKind uint8

const (
	abiOther   abiKind = iota // of another implementation, or unknown
	abiVersion                // cp314, cp314t
	abi3                      // the stable ABI
	abi3T                     // the one of free-threaded builds
	abiNone
)

// abiTag is the ABI of a tag, or of a file's suffix.
type abiTag struct {
	text  string
	kind  abiKind
	minor int // of version 3
	free  bool
}

// free reports whether free-threaded builds accept an ABI.
func (a *abiTag) forFree() bool { return a.kind == abiVersion && a.free || a.kind == abi3T }

// forGIL reports whether builds with the GIL accept an ABI.
func (a *abiTag) forGIL() bool { return a.kind == abiVersion && !a.free || a.kind == abi3 }

func (a *abiTag) isStable() bool { return a.kind == abi3 || a.kind == abi3T }

// platformTag is a platform as a tag names it. The architecture is as package extmod
// has it, or "universal2".
type platformTag struct {
	text         string
	os           string // "linux", "macos", "windows", "any", "" for others
	arch         string
	libc         string // "glibc", "musl", "" for linux_x86_64 and other systems
	major, minor int    // the floor, of glibc, musl or macOS
}

func splitTags(s *wheeltags.TagSet) tags {
	var t tags
	seen := map[string]bool{}
	once := func(kind, text string) bool {
		key := kind + text
		defer func() { seen[key] = true }()
		return !seen[key]
	}
	for _, tag := range s.Tags() {
		if once("p", tag.Python) {
			t.pythons = append(t.pythons, parsePythonTag(tag.Python))
		}
		if once("a", tag.ABI) {
			t.abis = append(t.abis, parseABITag(tag.ABI))
		}
		if once("s", tag.Platform) {
			t.platforms = append(t.platforms, parsePlatformTag(tag.Platform))
		}
	}
	return t
}

// hasABI reports whether any ABI is as f says.
func (t *tags) hasABI(f func(*abiTag) bool) bool {
	for i := range t.abis {
		if f(&t.abis[i]) {
			return true
		}
	}
	return false
}

// ofCPython reports whether all tags are CPython's or generic, so that they can be
// judged.
func (t *tags) ofCPython() bool {
	return !slices.ContainsFunc(t.pythons, func(p pythonTag) bool { return p.minor < 0 && !strings.HasPrefix(p.text, "py") }) &&
		!t.hasABI(func(a *abiTag) bool { return a.kind == abiOther })
}

// oldest is the minor version of the oldest Python of the tags, -1 for none.
func (t *tags) oldest() int {
	oldest := -1
	for _, p := range t.pythons {
		if p.minor >= 0 && (oldest < 0 || p.minor < oldest) {
			oldest = p.minor
		}
	}
	return oldest
}

func parsePythonTag(s string) pythonTag {
	p := pythonTag{text: s, minor: -1}
	if digits, ok := strings.CutPrefix(s, "cp3"); ok {
		if n, err := strconv.ParseUint(digits, 10, 16); err == nil {
			p.minor = int(n)
		}
	}
	return p
}

func parseABITag(s string) abiTag {
	switch s {
	case "abi3":
		return abiTag{text: s, kind: abi3}
	case "abi3t":
		return abiTag{text: s, kind: abi3T, free: true}
	case "none":
		return abiTag{text: s, kind: abiNone}
	}
	if version, ok := strings.CutPrefix(s, "cp"); ok {
		return versionABI(s, version)
	}
	return abiTag{text: s}
}

// versionABI reads 314, 314t, 37m, 313td.
func versionABI(text, version string) abiTag {
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	flags := ""
	if end >= 0 {
		version, flags = version[:end], version[end:]
	}
	minor, ok := strings.CutPrefix(version, "3")
	n, err := strconv.ParseUint(minor, 10, 16)
	if !ok || err != nil || strings.Trim(flags, "tmdu") != "" {
		return abiTag{text: text}
	}
	return abiTag{text: text, kind: abiVersion, minor: int(n), free: strings.Contains(flags, "t")}
}

func parsePlatformTag(s string) platformTag {
	p := platformTag{text: s}
	legacy := map[string]int{"manylinux1_": 5, "manylinux2010_": 12, "manylinux2014_": 17}
	for prefix, minor := range legacy {
		if arch, ok := strings.CutPrefix(s, prefix); ok {
			p.os, p.libc, p.major, p.minor, p.arch = "linux", "glibc", 2, minor, linuxArch(arch)
			return p
		}
	}
	family, rest, _ := strings.Cut(s, "_")
	switch family {
	case "any":
		p.os = "any"
	case "win32":
		p.os, p.arch = "windows", "i386"
	case "win":
		p.os, p.arch = "windows", map[string]string{"amd64": "x86_64", "arm64": "arm64", "arm32": "armv7l"}[rest]
	case "linux":
		p.os, p.arch = "linux", linuxArch(rest)
	case "manylinux", "musllinux", "macosx":
		var ok bool
		if p.major, p.minor, p.arch, ok = versionAndArch(rest); !ok {
			return p
		}
		switch family {
		case "macosx":
			p.os = "macos"
			return p
		case "manylinux":
			p.libc = "glibc"
		default:
			p.libc = "musl"
		}
		p.os, p.arch = "linux", linuxArch(p.arch)
	}
	return p
}

// versionAndArch reads 2_28_x86_64.
func versionAndArch(s string) (major, minor int, arch string, ok bool) {
	parts := strings.SplitN(s, "_", 3)
	if len(parts) < 3 {
		return 0, 0, "", false
	}
	x, errX := strconv.ParseUint(parts[0], 10, 16)
	y, errY := strconv.ParseUint(parts[1], 10, 16)
	return int(x), int(y), parts[2], errX == nil && errY == nil
}

// linuxArch maps an architecture of a tag to the word of package extmod.
func linuxArch(s string) string {
	switch s {
	case "aarch64":
		return "arm64"
	case "armv6l", "armv8l":
		return "armv7l"
	case "ppc64":
		return "ppc64le" // their files say the same but for the byte order
	}
	return s
}

// A suffix is what makes the file of an extension module one by its name.
type suffix struct {
	text string
	// abi is what it names, abiNone for a bare ".so" or ".pyd".
	abi abiTag
	// platform is "x86_64-linux-gnu", "darwin" or "win_amd64", "" for none.
	platform string
}

// parseSuffix reads a suffix: .cpython-314t-x86_64-linux-gnu.so, .abi3.so,
// .abi3t-darwin.so, .cp314t-win_amd64.pyd, .so.
func parseSuffix(text string) suffix {
	s := suffix{text: text, abi: abiTag{kind: abiNone}}
	middle, ok := strings.CutSuffix(text, ".so")
	if !ok {
		middle = strings.TrimSuffix(text, ".pyd")
	}
	middle = strings.TrimPrefix(strings.TrimSuffix(middle, "_d"), ".")
	if middle == "" {
		return s
	}
	word, platform, _ := strings.Cut(middle, "-")
	switch {
	case word == "abi3" || word == "abi3t":
		s.abi, s.platform = parseABITag(word), platform
	case word == "cpython":
		version, platform, _ := strings.Cut(platform, "-")
		s.abi, s.platform = versionABI("cp"+version, version), platform
	case strings.HasPrefix(word, "cp3"):
		s.abi, s.platform = parseABITag(word), platform
	default:
		s.abi = abiTag{text: word}
	}
	return s
}

// fitsPlatform reports whether an interpreter of a tag's platform looks for files of
// a suffix. It says no only where that is certain.
func (s *suffix) fitsPlatform(p *platformTag) bool {
	if s.platform == "" || p.os == "" || p.os == "any" {
		return true
	}
	if arch, ok := strings.CutPrefix(s.platform, "win"); ok {
		want := map[string]string{"32": "i386", "_amd64": "x86_64", "_arm64": "arm64", "_arm32": "armv7l"}[arch]
		return p.os == "windows" && (want == p.arch || want == "")
	}
	if s.platform == "darwin" {
		return p.os == "macos"
	}
	cpu, system, ok := strings.Cut(s.platform, "-linux-")
	if !ok {
		return p.os != "windows" // a system of its own: ios, android, cygwin
	}
	if p.os != "linux" {
		return false
	}
	// Before 3.13, builds for musl may call themselves gnu.
	if p.libc != "" && s.abi.kind == abiVersion && s.abi.minor >= 13 {
		if musl := strings.HasPrefix(system, "musl"); musl != (p.libc == "musl") {
			return false
		}
	}
	known := map[string]string{
		"x86_64": "x86_64", "aarch64": "arm64", "i386": "i686", "i686": "i686", "arm": "armv7l",
		"powerpc64le": "ppc64le", "powerpc64": "ppc64le", "s390x": "s390x", "riscv64": "riscv64", "loongarch64": "loongarch64",
	}[cpu]
	return known == "" || known == p.arch
}
