package check

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Expected is what was to be built.
type Expected struct {
	// Project is the normalised name of the project that all wheels are of, "" if
	// that doesn't matter.
	Project string
	Wheels  []ExpectedWheel
	// Sdist says that a source distribution was to be made too.
	Sdist bool
}

// An ExpectedWheel is met by one wheel that has its python and ABI tags, perhaps with
// further ones, and serves its platforms from the same version on or an older one.
type ExpectedWheel struct {
	// Tags is such as "cp314-cp314t-manylinux_2_28_x86_64": glibc 2.28 is the newest
	// that the wheel may ask for.
	Tags string
	// By says in a word or a few what builds it, "" if that is not known.
	By string
}

// An expectation is an [ExpectedWheel], taken apart.
type expectation struct {
	ExpectedWheel

	set  wheeltags.TagSet
	tags tags
}

// label is how messages name an expectation.
func (e *expectation) label() string { return cmp.Or(e.By, e.Tags) }

func parseExpected(e *Expected) ([]expectation, error) {
	if e == nil {
		return nil, nil
	}
	list := make([]expectation, 0, len(e.Wheels))
	for _, w := range e.Wheels {
		set, err := wheeltags.ParseTagSet(w.Tags)
		if err != nil {
			return nil, fmt.Errorf("expected wheel %q: %w", w.Tags, err)
		}
		list = append(list, expectation{w, set, splitTags(&set)})
	}
	return list, nil
}

// A fit says how well a wheel meets an expectation.
type fit uint8

const (
	fitNot   fit = iota
	fitRaw       // for Linux, with a tag that says nothing of the C library
	fitFloor     // but for the version of the system
	fitAll
)

// meets says how well a wheel meets an expectation, and where it does not quite, the
// pair of platform tags that shows it.
func (e *expectation) meets(w *wheel) (f fit, have, want *platformTag) {
	for _, p := range e.tags.pythons {
		if !slices.ContainsFunc(w.tags.pythons, func(q pythonTag) bool { return q.text == p.text }) {
			return fitNot, nil, nil
		}
	}
	for i := range e.tags.abis {
		if !w.tags.hasABI(func(a *abiTag) bool { return a.text == e.tags.abis[i].text }) {
			return fitNot, nil, nil
		}
	}
	f = fitAll
	for i := range e.tags.platforms {
		each := &e.tags.platforms[i]
		one, best := w.fitFor(each)
		if one < f {
			f, have, want = one, best, each
		}
	}
	return f, have, want
}

// fitFor says how well a wheel serves a platform, and which of its tags does it best.
func (w *wheel) fitFor(p *platformTag) (fit, *platformTag) {
	best := fitNot
	var by *platformTag
	for i := range w.tags.platforms {
		q := &w.tags.platforms[i]
		one := fitNot
		switch {
		case q.text == p.text:
			one = fitAll
		case q.os == "" || q.os != p.os || q.arch != p.arch:
		case q.libc == p.libc && !p.before(q.major, q.minor):
			one = fitAll
		case q.libc == p.libc:
			one = fitFloor
		case q.libc == "":
			one = fitRaw
		}
		if one > best || one == best && by != nil && q.before(by.major, by.minor) {
			best, by = one, q
		}
	}
	return best, by
}

// checkExpected compares the files with those that were to be built. Each expectation
// takes the wheel that meets it best; what none takes was not to be built.
func (s *set) checkExpected(sources []Source, expected *Expected, list []expectation) {
	if expected == nil {
		return
	}
	taken := map[*wheel]bool{}
	for i := range list {
		e := &list[i]
		found, f, have, want := s.takes(e, expected.Project)
		if f == fitNot {
			msg := "a wheel with these tags was to be built, and is not there"
			if e.By != "" {
				msg += ": see what became of " + e.By
			}
			s.missing(e.Tags, ruleMissingWheel, msg)
			continue
		}
		taken[found] = true
		if f == fitRaw {
			s.missing(found.label, ruleExpectedFloor, fmt.Sprintf("it was to be for %s; its tag %s names no C library, so that indexes refuse it: it was not repaired", want.text, have.text))
		}
		if f == fitFloor {
			s.missing(found.label, ruleExpectedFloor, fmt.Sprintf("it needs %s; %s was to need no more than %s", floorText(have), e.label(), floorText(want)))
		}
	}
	for _, w := range s.wheels {
		if taken[w] {
			continue
		}
		base := w.base()
		i := slices.IndexFunc(s.wheels, func(o *wheel) bool { return taken[o] && o.base() == base })
		switch {
		case expected.Project != "" && w.name.Name != expected.Project:
			s.missing(w.label, ruleUnlistedWheel, fmt.Sprintf("it is a wheel of %s, not of %s", w.name.Name, expected.Project))
		case i >= 0:
			s.missing(w.label, ruleUnlistedWheel, s.wheels[i].label+" has the same name: two jobs built one wheel, and one of them was to build another")
		default:
			s.missing(w.label, ruleUnlistedWheel, "no wheel with its tags was to be built")
		}
	}
	if expected.Sdist && !slices.ContainsFunc(sources, func(src Source) bool { return isSdist(src.Name, expected.Project) }) {
		s.missing("sdist", ruleMissingWheel, "a source distribution was to be made, and is not there")
	}
}

// takes returns the wheel that meets an expectation best: among equals the one with
// the fewest further tags, then the first.
func (s *set) takes(e *expectation, project string) (found *wheel, f fit, have, want *platformTag) {
	for _, w := range s.wheels {
		if project != "" && w.name.Name != project {
			continue
		}
		one, h, x := e.meets(w)
		if one > f || one == f && f != fitNot && w.name.Tags.Len() < found.name.Tags.Len() {
			found, f, have, want = w, one, h, x
		}
	}
	return found, f, have, want
}

// base is the name of the wheel's file.
func (w *wheel) base() string { return path.Base(strings.ReplaceAll(w.label, `\`, "/")) }

// isSdist reports whether a file is a source distribution, by its name, of a project
// unless that is "".
func isSdist(name, project string) bool {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	if strings.HasSuffix(base, ".whl") {
		return false
	}
	of, ok := simple.ProjectName(base)
	return ok && (project == "" || pep508.NormalizeName(of) == project)
}
