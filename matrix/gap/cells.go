package gap

import (
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// retired are free-threaded builds that packagers no longer build for by default
// (cibuildwheel since 4.0, the manylinux images since May 2026). A release that
// serves them anyhow is told how; one that doesn't has no gap.
func retired() []wheeltags.Python {
	return []wheeltags.Python{{Major: 3, Minor: 13, Micro: -1, FreeThreaded: true}}
}

// cells are the cells that a release is asked about if nobody names them all: each
// known Python that its Requires-Python admits, in both halves, on each platform that
// it has a wheel for, for whatever Python. What the release before had and this one
// has lost is asked about too. Pythons and platforms that are named stand for
// themselves.
func (pg *page) cells(r, before *simple.Release, lost map[slot]bool, o Options) []wheeltags.Target {
	pythons, platforms := axes(o.Known)
	if o.Platforms != nil {
		platforms = o.Platforms
	}
	pythons = slices.DeleteFunc(pythons, func(p wheeltags.Python) bool { return !pg.supports(r, p) })
	if o.Pythons != nil {
		pythons = slices.Clone(o.Pythons)
	} else {
		for _, python := range retired() {
			if pg.supports(r, python) {
				pythons = append(pythons, python)
			}
		}
	}
	slices.SortStableFunc(pythons, comparePythons)
	neighbours, _ := axes(o.Known) // whose floors count too, the twins above all
	for _, python := range pythons {
		for _, p := range []wheeltags.Python{python, python.Twin()} {
			if !slices.Contains(neighbours, p) && p.Check() == nil {
				neighbours = append(neighbours, p)
			}
		}
	}
	served := pg.served(r, platforms, neighbours)
	if len(served) == 0 && len(lost) == 0 { // pure, or source only: the main platforms stand for all
		for _, p := range wheeltags.MainPlatforms() {
			served[p.Name()] = true
		}
	}
	var out []wheeltags.Target
	for _, platform := range platforms {
		for _, python := range pythons {
			t := wheeltags.Target{Python: python, Platform: platform}
			switch {
			case o.Pythons == nil && !pg.asks(r, t, o.Known):
				continue
			case o.Platforms != nil: // named, with its floor
			case served[platform.Name()] || lost[slotOf(t)]:
				t.Platform = pg.floorFor(r, before, t, neighbours)
			default:
				continue
			}
			out = append(out, t)
		}
	}
	return out
}

// served are the names of the platforms that a release has a wheel for, for any of
// the Pythons.
func (pg *page) served(r *simple.Release, platforms []wheeltags.Platform, pythons []wheeltags.Python) map[string]bool {
	served := map[string]bool{}
	for _, platform := range platforms {
		for _, python := range pythons {
			if f, tag := pg.has(r, wheeltags.Target{Python: python, Platform: platform}); f != nil && tag.Platform != "any" {
				served[platform.Name()] = true
			}
		}
	}
	return served
}

// asks reports whether there can be a wheel for a target: build tools know it, or the
// release has one compiled for it all the same.
func (pg *page) asks(r *simple.Release, t wheeltags.Target, known []wheeltags.Target) bool {
	if slices.ContainsFunc(known, func(k wheeltags.Target) bool { return slotOf(k) == slotOf(t) }) {
		return true
	}
	f, tag := pg.has(r, t)
	return f != nil && tag.Kind() == wheeltags.Native
}

// product is every Python on every platform.
func product(pythons []wheeltags.Python, platforms []wheeltags.Platform) []wheeltags.Target {
	var all []wheeltags.Target
	for _, platform := range platforms {
		for _, python := range pythons {
			if t := (wheeltags.Target{Python: python, Platform: platform}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}

// supports reports whether the Requires-Python of a release admits a Python: that of
// any of its files.
func (pg *page) supports(r *simple.Release, python wheeltags.Python) bool {
	return slices.ContainsFunc(r.Files, func(f simple.File) bool {
		return (f.Kind == simple.Wheel || f.Kind == simple.Sdist) && pg.live(r, &f) && pg.admits(&f, python)
	})
}

// axes are the Pythons of targets, sorted, and their platforms, each name once in the
// order in which they come.
func axes(targets []wheeltags.Target) (pythons []wheeltags.Python, platforms []wheeltags.Platform) {
	for _, t := range targets {
		if !slices.Contains(pythons, t.Python) {
			pythons = append(pythons, t.Python)
		}
		if !slices.ContainsFunc(platforms, func(p wheeltags.Platform) bool { return p.Name() == t.Platform.Name() }) {
			platforms = append(platforms, t.Platform)
		}
	}
	slices.SortStableFunc(pythons, comparePythons)
	return pythons, platforms
}

// comparePythons orders Pythons by version, the GIL build before the free-threaded.
func comparePythons(a, b wheeltags.Python) int {
	switch {
	case a.Minor != b.Minor:
		return a.Minor - b.Minor
	case a.Micro != b.Micro:
		return a.Micro - b.Micro
	case a.FreeThreaded != b.FreeThreaded && b.FreeThreaded:
		return -1
	case a.FreeThreaded != b.FreeThreaded:
		return 1
	}
	return 0
}

// identifier is what cibuildwheel calls a target, "" if it has no name for it.
func identifier(t wheeltags.Target) string {
	python := fmt.Sprintf("cp%d%d", t.Python.Major, t.Python.Minor)
	if t.Python.FreeThreaded {
		python += "t"
	}
	p := t.Platform
	switch {
	case p.Libc() == "glibc":
		return python + "-manylinux_" + p.Arch()
	case p.Libc() == "musl":
		return python + "-musllinux_" + p.Arch()
	case p.OS() == "macos":
		return python + "-macosx_" + p.Arch()
	case p.OS() == "windows":
		return python + "-" + p.Tag()
	}
	return ""
}
