package check

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/probe/extmod"
)

// lowest returns the tag with the lowest floor of a system and C library, which is
// what a wheel with several promises; nil if it has none.
func (t *tags) lowest(os, libc string) *platformTag {
	var found *platformTag
	for i := range t.platforms {
		p := &t.platforms[i]
		if p.os == os && p.libc == libc && (found == nil || p.before(found.major, found.minor)) {
			found = p
		}
	}
	return found
}

// before reports whether a tag's floor is older than a version.
func (p *platformTag) before(major, minor int) bool {
	return p.major < major || p.major == major && p.minor < minor
}

// checkFloors holds the systems that files need against those that the tags promise:
// of all modules, and of the libraries within the wheel that these are linked with.
func (w *wheel) checkFloors() {
	for _, m := range w.modules {
		if !m.faulty {
			w.checkFloor(m.path, m.File)
		}
	}
	for _, l := range w.linked() {
		if !w.checkLibc(l.path, l.File) {
			w.checkFloor(l.path, l.File)
		}
	}
}

// linked returns the libraries that modules are linked with, directly or not, by the
// names they are asked for.
func (w *wheel) linked() []*library {
	byName := map[string][]*library{}
	for _, l := range w.libraries {
		byName[path.Base(l.path)] = append(byName[path.Base(l.path)], l)
	}
	var reached []*library
	seen := map[*library]bool{}
	follow := func(f *extmod.File) {
		for _, needed := range f.Needed {
			for _, l := range byName[path.Base(needed)] {
				if !seen[l] {
					seen[l] = true
					reached = append(reached, l)
				}
			}
		}
	}
	for _, m := range w.modules {
		if !m.faulty {
			follow(m.File)
		}
	}
	for done := 0; done < len(reached); done++ { //nolint:intrange // it grows
		follow(reached[done].File)
	}
	return reached
}

func (w *wheel) checkFloor(member string, f *extmod.File) {
	if p := w.tags.lowest("linux", "glibc"); p != nil && f.Glibc != "" {
		if major, minor, ok := version(f.Glibc); ok && p.before(major, minor) && !p.admits(major, minor) {
			w.found(member, ruleGlibc, fmt.Sprintf("the tag %s promises glibc %d.%d, but it needs %s", p.text, p.major, p.minor, f.Glibc))
		}
	}
	p := w.tags.lowest("macos", "")
	if p == nil {
		return
	}
	files := f.Slices
	if files == nil {
		files = []*extmod.File{f}
	}
	for _, s := range files {
		major, minor, ok := version(s.MinMacOS)
		if !ok {
			continue
		}
		if major >= 11 {
			minor = 0 // as in tags
		}
		first := *p
		if s.Arch == extmod.ArchARM64 && first.before(11, 0) {
			first.major, first.minor = 11, 0 // there is no older one
		}
		if first.before(major, minor) {
			w.found(member, ruleMacOS, fmt.Sprintf("the tag %s promises macOS %d.%d, but its code for %s needs %s", p.text, first.major, first.minor, s.Arch, s.MinMacOS))
			return
		}
	}
}

// admits reports whether the policy of a tag lets a newer glibc be asked for: on 64-bit
// ARM, the systems that manylinux_2_17 is made of have what C++ needs of 2.18.
func (p *platformTag) admits(major, minor int) bool {
	return p.arch == "arm64" && p.major == 2 && p.minor == 17 && major == 2 && minor == 18
}

// version reads 2.28.
func version(s string) (major, minor int, ok bool) {
	a, b, _ := strings.Cut(s, ".")
	b, _, _ = strings.Cut(b, ".")
	major, errA := strconv.Atoi(a)
	minor, errB := strconv.Atoi(b)
	return major, minor, errA == nil && errB == nil
}

// checkLibc judges which C library a file is linked with.
func (w *wheel) checkLibc(member string, f *extmod.File) bool {
	if f.Format != extmod.FormatELF {
		return false
	}
	glibc, musl := w.tags.lowest("linux", "glibc"), w.tags.lowest("linux", "musl")
	switch {
	case glibc != nil && musl == nil && f.Musl:
		w.found(member, ruleLibc, fmt.Sprintf("the tag is %s, but it is linked with musl", glibc.text))
		return true
	case musl != nil && glibc == nil && slices.Contains(f.Needed, "libc.so.6"): // libgcc_s has symbols of a version GLIBC_2.0 everywhere
		w.found(member, ruleLibc, fmt.Sprintf("the tag is %s, but it is linked with glibc", musl.text))
		return true
	}
	return false
}
