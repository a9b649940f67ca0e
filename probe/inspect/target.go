package inspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// oldestMinor is the first Python whose wheels with the GIL are told apart.
const oldestMinor = 8

// freeThreaded are the free-threaded builds there are, and the one to come.
func freeThreaded() []wheeltags.Python {
	var list []wheeltags.Python
	for _, r := range cpython.Releases() {
		list = append(list, wheeltags.Python{Major: 3, Minor: r.Minor, Micro: -1, FreeThreaded: true})
	}
	return list
}

// withGIL are the builds with the GIL, newest first.
func withGIL() []wheeltags.Python {
	releases := cpython.Releases()
	var list []wheeltags.Python
	for minor := releases[len(releases)-1].Minor; minor >= oldestMinor; minor-- {
		list = append(list, wheeltags.Python{Major: 3, Minor: minor, Micro: -1})
	}
	return list
}

// An audience is for whom a wheel is, as its tags have it.
type audience struct {
	free      []wheeltags.Python // free-threaded builds that accept it, oldest first
	gil       []wheeltags.Python // builds with the GIL, newest first
	platforms []string           // names; "any" for a pure one
	pure      bool
	one       wheeltags.Platform // some platform that accepts it
}

// audienceOf works out for whom a wheel of these tags is.
func audienceOf(tags *wheeltags.TagSet) audience {
	a := audience{platforms: platformNames(tags)}
	a.pure = slices.Equal(a.platforms, []string{anyPlatform})
	for _, p := range wheeltags.AllPlatforms() {
		if a.accepts(tags, p) {
			return a
		}
	}
	for _, t := range tags.Tags() { // a platform without a name of its own
		if p, err := wheeltags.ParsePlatform(t.Platform); err == nil && a.accepts(tags, p) {
			return a
		}
	}
	return a
}

// accepts fills in which interpreters accept the tags on a platform, whatever
// its floor.
func (a *audience) accepts(tags *wheeltags.TagSet, p wheeltags.Platform) bool {
	if newest, ok := p.WithNewestFloor(); ok {
		p = newest
	}
	for _, list := range [...]struct {
		from []wheeltags.Python
		to   *[]wheeltags.Python
	}{{freeThreaded(), &a.free}, {withGIL(), &a.gil}} {
		for _, python := range list.from {
			if _, ok := wheeltags.NewMatcher(wheeltags.Target{Python: python, Platform: p}, wheeltags.UVOrder).Rank(tags); ok {
				*list.to = append(*list.to, python)
			}
		}
	}
	a.one = p
	return len(a.free)+len(a.gil) > 0
}

// python is the interpreter that the wheel's modules are judged for: the oldest
// free-threaded one that accepts it, else the newest with the GIL; ok is false if
// none does.
func (a *audience) python() (python wheeltags.Python, ok bool) {
	switch {
	case len(a.free) > 0:
		return a.free[0], true
	case len(a.gil) > 0:
		return a.gil[0], true
	}
	return python, false
}

// names are the interpreters with a free-threaded build as Wheel.Pythons has
// them.
func (a *audience) names() []string {
	var names []string
	for _, p := range a.free {
		names = append(names, p.String())
	}
	for _, p := range slices.Backward(a.gil) {
		if p.Minor >= cpython.Releases()[0].Minor {
			names = append(names, p.String())
		}
	}
	return names
}

// anyPlatform is the platform of pure wheels.
const anyPlatform = "any"

// platformNames are the platforms of tags by their names: each once, in the order
// of the tags; a tag of a platform without a name stands for itself.
func platformNames(tags *wheeltags.TagSet) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, t := range tags.Tags() {
		p, err := wheeltags.ParsePlatform(t.Platform)
		switch {
		case err == nil:
			add(p.Name())
		case strings.HasPrefix(t.Platform, "macosx_") && strings.HasSuffix(t.Platform, "_universal2"):
			add("macos-arm64")
			add("macos-x86_64")
		default:
			add(t.Platform)
		}
	}
	return names
}

// Suffixes are what the names of extension modules end in for an interpreter on a
// platform, in the order in which it looks for them (importlib's
// EXTENSION_SUFFIXES): nil if the platform's are not known.
func Suffixes(t wheeltags.Target) []string {
	series := fmt.Sprintf("3%d", t.Python.Minor)
	flavour := ""
	if t.Python.FreeThreaded {
		flavour = "t"
	}
	if t.Python.Debug {
		flavour += "d"
	}
	p := t.Platform
	if p.OS() == "windows" {
		tag := map[string]string{"x86_64": "win_amd64", "arm64": "win_arm64", "x86": "win32"}[p.Arch()]
		own := []string{".cp" + series + flavour + "-" + tag + ".pyd"}
		if t.Python.Minor >= firstStable {
			own = append(own, ".abi3t.pyd")
		}
		return append(own, ".pyd")
	}
	var multiarch string
	switch {
	case p.OS() == "macos":
		multiarch = "darwin"
	case p.OS() == "linux":
		libc := "gnu"
		if p.Libc() == "musl" {
			libc = "musl"
		}
		if p.Arch() == "armv7l" {
			libc += "eabihf"
		}
		arch := map[string]string{"i686": "i386", "armv7l": "arm", "ppc64le": "powerpc64le"}[p.Arch()]
		if arch == "" {
			arch = p.Arch()
		}
		multiarch = arch + "-linux-" + libc
	default:
		return nil
	}
	suffixes := []string{".cpython-" + series + flavour + "-" + multiarch + ".so"}
	switch stable := t.Python.Minor >= firstStable; {
	case stable && t.Python.FreeThreaded:
		suffixes = append(suffixes, ".abi3t-"+multiarch+".so", ".abi3t.so")
	case stable:
		suffixes = append(suffixes, ".abi3-"+multiarch+".so", ".abi3.so", ".abi3t-"+multiarch+".so", ".abi3t.so")
	default: // the free-threaded builds of 3.13 and 3.14 look for it too, and load it
		suffixes = append(suffixes, ".abi3.so")
	}
	return append(suffixes, ".so")
}

// firstStable is the first Python with a stable ABI for free-threaded builds (PEP
// 803).
const firstStable = 15
