package wheeltags

import (
	"fmt"
	"strings"
)

// Explain says why the target accepts no tag of s: in one word, and in a
// sentence without capital or full stop. If several tags miss, the closest
// counts; if a tag misses in several ways, the word is the farthest and the
// sentence names all. For a set that is accepted it returns NoMismatch and "".
func (m *Matcher) Explain(s *TagSet) (Mismatch, string) {
	if err := m.target.Check(); err != nil {
		return Malformed, fmt.Sprintf("no target %s: %v", m.target, err)
	}
	if _, ok := m.Rank(s); ok {
		return NoMismatch, ""
	}
	if why := s.impossible(); why != "" || s.text == "" {
		return Malformed, why
	}
	python, platform := m.explainPython(s), m.explainPlatform(s)
	switch {
	case platform.word == NoMismatch && python.word == NoMismatch:
		// Each half fits some tag, but none fits both: a compiled ABI beside
		// any, for instance.
		return Malformed, "no python and ABI tag of the set goes with a platform tag the target accepts"
	case platform.word == NoMismatch:
		return python.word, python.text
	case python.word == NoMismatch:
		return platform.word, platform.text
	case platform.word < python.word:
		return platform.word, platform.text + "; " + python.text
	}
	return python.word, python.text + "; " + platform.text
}

// A miss is why one tag does not match. Of misses with the same word the one
// with the least distance is closest.
type miss struct {
	word     Mismatch
	distance int
	text     string
}

func (a miss) closer(b miss) bool {
	return a.word.Closer(b.word) || a.word == b.word && a.distance < b.distance
}

// explainPython returns the closest miss among the python and ABI tags.
func (m *Matcher) explainPython(s *TagSet) miss {
	var best miss
	first := true
	for i, py := range s.pythons() {
		for j, abi := range s.abis() {
			t := s.tag(i, j, 0)
			if impossiblePair(py, abi, t.Python, t.ABI) != "" {
				continue
			}
			if this := m.missPython(py, abi, t); first || this.closer(best) {
				best, first = this, false
			}
		}
	}
	return best
}

func (m *Matcher) missPython(py, abi code, t Tag) miss {
	p := m.target.Python
	minor := py.pyMinor()
	if py.kind() == other {
		return miss{word: OtherPython, text: fmt.Sprintf("%s wheels are for %s, not CPython", t.Python, implementation(t.Python))}
	}
	flavour := m.missFlavour(abi, t)
	switch {
	case m.block(py, abi) >= 0:
		return miss{}
	case py.pyMajor() > p.Major:
		return miss{word: PythonTooOld, distance: 1 << 16, text: fmt.Sprintf("%s wheels are for Python %d", t.Python, py.pyMajor())}
	case py.pyMajor() < p.Major:
		return miss{word: PythonTooNew, distance: 1 << 16, text: fmt.Sprintf("%s wheels are for Python %d", t.Python, py.pyMajor())}
	case minor > p.Minor:
		text := fmt.Sprintf("%s-%s needs Python %d.%d or newer", t.Python, t.ABI, p.Major, minor)
		if py.kind() == pyCPython && abi != codeABI3 && abi != codeABI3T {
			text = fmt.Sprintf("%s-%s is for CPython %d.%d alone", t.Python, t.ABI, p.Major, minor)
		}
		return flavour.behind(PythonTooOld, minor-p.Minor, text)
	case minor < p.Minor && abi != codeABI3 && abi != codeABI3T:
		text := fmt.Sprintf("%s-%s is for CPython %d.%d alone", t.Python, t.ABI, p.Major, minor)
		return flavour.behind(PythonTooNew, p.Minor-minor, text)
	}
	return flavour
}

// missFlavour compares the ABI alone, whatever the version.
func (m *Matcher) missFlavour(abi code, t Tag) miss {
	p := m.target.Python
	switch abi.kind() {
	case other:
		return miss{word: OtherABI, text: t.ABI + " is no ABI of CPython"}
	case abiABI3:
		if p.FreeThreaded {
			return miss{word: ABI3OnFreeThreaded, text: "abi3 wheels never load on a free-threaded build"}
		}
	case abiABI3T:
		if !p.FreeThreaded {
			return miss{word: ABI3TOnGIL, text: "abi3t alone is for free-threaded builds; a wheel for both is tagged abi3.abi3t"}
		}
	case abiCPython:
		flags := abi.abiFlags()
		switch threaded := flags&flagFreeThreaded != 0; {
		case threaded && !p.FreeThreaded:
			return miss{word: FreeThreadedABIOnGIL, text: t.ABI + " is the ABI of the free-threaded build"}
		case !threaded && p.FreeThreaded:
			return miss{word: GILABI, text: t.ABI + " is the ABI of the build with the GIL"}
		case flags&flagDebug != 0 && !p.Debug:
			return miss{word: OtherABI, text: t.ABI + " is the ABI of a debug build"}
		case flags&^(flagFreeThreaded|flagDebug) != 0:
			return miss{word: OtherABI, text: t.ABI + " is an ABI of Python before 3.8"}
		}
	}
	return miss{}
}

// behind returns the miss of a tag whose version misses too, in first place.
func (a miss) behind(word Mismatch, distance int, text string) miss {
	if a.word == NoMismatch {
		return miss{word, 2 * distance, text}
	}
	return miss{word, 2*distance + 1, text + ", and " + a.text}
}

// implementation names the one a python tag is for.
func implementation(python string) string {
	for _, i := range [...]struct{ prefix, name string }{
		{"pp", "PyPy"}, {"pypy", "PyPy"}, {"graalpy", "GraalPy"}, {"pyston", "Pyston"},
		{"ip", "IronPython"}, {"jy", "Jython"},
	} {
		if rest, ok := strings.CutPrefix(python, i.prefix); ok && rest != "" && isDigit(rest[0]) {
			return i.name
		}
	}
	return "another interpreter"
}

// explainPlatform returns the closest miss among the platform tags.
func (m *Matcher) explainPlatform(s *TagSet) miss {
	compiled := true // no tag of the set goes with any platform
	for _, abi := range s.abis() {
		compiled = compiled && abi.kind() != abiNone
	}
	var best miss
	first := true
	for i, c := range s.platforms() {
		if c.kind() == platAny && compiled {
			continue
		}
		if this := m.missPlatform(c, s.tag(0, 0, i).Platform); first || this.closer(best) {
			best, first = this, false
		}
	}
	return best
}

func (m *Matcher) missPlatform(c code, tag string) miss {
	p := m.target.Platform
	if c.kind() == platAny || m.list.position(c) >= 0 {
		return miss{}
	}
	fam, known := familyOf(c.kind())
	if !known || families[fam].os != p.OS() {
		return miss{word: OtherOS, text: fmt.Sprintf("%s is for %s", tag, osName(c.kind()))}
	}
	if !m.sameArch(c) {
		return miss{word: OtherArch, text: fmt.Sprintf("%s does not run on %s", tag, p.Arch())}
	}
	if fam != p.family {
		return miss{word: OtherLibc, text: fmt.Sprintf("%s is for %s, the target has %s", tag, families[fam].libc, p.Libc())}
	}
	if need, ok := p.needs(c, m.order); ok && p.older(need) {
		return miss{Floor, int(need.major)<<8 | int(need.minor), fmt.Sprintf("%s needs %s %s, the target promises %s", tag, floorOf(fam), need.Floor(), p.Floor())}
	}
	who := "pip never asks"
	if m.order == UVOrder {
		who = "uv never asks"
	}
	return miss{word: Malformed, text: fmt.Sprintf("%s for %s on this platform", who, tag)}
}

// familyOf returns the family whose floors a kind of platform tag carries. A
// bare linux_* tag has none: it fits any libc.
func familyOf(kind uint32) (f osFamily, ok bool) {
	switch kind {
	case platLinux, platGlibc, platLegacy:
		return famGlibc, true
	case platMusl:
		return famMusl, true
	case platMacOS:
		return famMacOS, true
	case platWindows:
		return famWindows, true
	case platAndroid:
		return famAndroid, true
	case platIOS:
		return famIOS, true
	}
	return 0, false
}

// sameArch reports whether the target's machine runs what c is compiled for.
func (m *Matcher) sameArch(c code) bool {
	if c.kind() != platMacOS {
		return c.platArch() == m.list.arch
	}
	f := c.platArch()
	return f != noArch && m.list.formats[f] >= 0
}

// osName names the system a platform tag is for.
func osName(kind uint32) string {
	switch kind {
	case platLinux, platGlibc, platLegacy, platMusl:
		return "Linux"
	case platMacOS:
		return "macOS"
	case platWindows:
		return "Windows"
	case platAndroid:
		return "Android"
	case platIOS:
		return "iOS"
	case platWASM:
		return "WebAssembly"
	}
	return "another system"
}

// floorOf names what a family's floors count.
func floorOf(f osFamily) string {
	switch f {
	case famMacOS:
		return "macOS"
	case famAndroid:
		return "Android API level"
	case famIOS:
		return "iOS"
	default:
		return families[f].libc
	}
}
