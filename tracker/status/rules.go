package status

import (
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// RuleVersion is the version of the rules in this package. It is raised whenever
// the same facts come to mean something else, and told with every answer.
const RuleVersion = 1

// Rules are what conclusions are drawn by.
type Rules struct {
	Version int
	// Platforms are those of the headline; Others are shown beside them.
	Platforms, Others []wheeltags.Platform
	// Pythons are the free-threaded ones that are tracked, oldest first. Their twins
	// are looked at as well.
	Pythons []wheeltags.Python
	// Settling is how long a release is left alone before the headline and the
	// events are about it: uploads take their time, and mistakes are mended.
	Settling time.Duration
	// Begin is when the first free-threaded Python could be had. A wheel that is older,
	// and that one installs because it names no ABI, was not made for it: history leaves
	// it out.
	Begin time.Time
	// Retired says of a Python, by its name, since when losing its wheels is no
	// regression, because the tools that build wheels have given it up.
	Retired map[string]time.Time
}

// DefaultRules are the rules that ftpkg tracks by.
func DefaultRules() *Rules {
	r := &Rules{
		Version:   RuleVersion,
		Platforms: wheeltags.MainPlatforms(),
		Settling:  48 * time.Hour,
		// cibuildwheel 4.0 and the manylinux images dropped 3.13t.
		Begin:   time.Date(2023, time.October, 13, 0, 0, 0, 0, time.UTC), // CPython 3.13.0a1
		Retired: map[string]time.Time{"3.13t": time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)},
	}
	headline := map[string]bool{}
	for _, p := range r.Platforms {
		headline[p.Name()] = true
	}
	for _, p := range wheeltags.AllPlatforms() {
		if !headline[p.Name()] {
			r.Others = append(r.Others, p)
		}
	}
	for _, release := range cpython.Releases() {
		r.Pythons = append(r.Pythons, wheeltags.Python{Major: 3, Minor: release.Minor, Micro: -1, FreeThreaded: true})
	}
	return r
}

// Headline is the Python that headlines are about at a time: the newest settled
// one among those that are tracked, the newest of all if that one isn't.
func (r *Rules) Headline(at time.Time) wheeltags.Python {
	want := cpython.Default(at).Minor
	for _, p := range r.Pythons {
		if p.Minor == want {
			return p
		}
	}
	return r.Pythons[len(r.Pythons)-1]
}

// A Deriver draws conclusions. It can be used by several goroutines at once. What it
// returns may be shared, and must not be changed where this is not said.
type Deriver struct {
	rules *Rules
	cells []target // every tracked Python and its twin, on every platform
	rows  sync.Map // what Pythons install by platform, those that occur: see row
}

// A target is one cell and what judging files for it needs.
type target struct {
	python   string // "3.14t"
	platform string // "linux-x86_64"
	twin     bool   // of the half with the GIL
	headline bool   // its platform is in the headline's set
	target   wheeltags.Target
	version  pep440.Version // of the interpreter
	series   int            // number of that version among those of the rules
	number   int            // of the cell
	of       int            // how many cells there are
	// matchers judge by the platform's floor, and without one: by that, what was
	// published for the platform, however new a system it needs.
	matchers [2]*wheeltags.Matcher
	env      *pep508.Environment
}

// New returns a Deriver by rules, which must not be changed afterwards and name
// one Python at least.
func New(r *Rules) *Deriver {
	d := &Deriver{rules: r}
	for series, python := range r.Pythons {
		for _, half := range []wheeltags.Python{python, python.Twin()} {
			for i, platforms := range [][]wheeltags.Platform{r.Platforms, r.Others} {
				for _, p := range platforms {
					t := wheeltags.Target{Python: half, Platform: p}
					matchers := [2]*wheeltags.Matcher{byFloor: wheeltags.NewMatcher(t, wheeltags.PackagingOrder)}
					matchers[byReach] = matchers[byFloor]
					if newest, ok := p.WithNewestFloor(); ok {
						open := t
						open.Platform = newest
						matchers[byReach] = wheeltags.NewMatcher(open, wheeltags.PackagingOrder)
					}
					d.cells = append(d.cells, target{
						python: half.String(), platform: p.Name(), twin: half != python, headline: i == 0, target: t,
						version: fullVersion(half), series: series, number: len(d.cells), matchers: matchers, env: pep508.EnvironmentFor(t),
					})
				}
			}
		}
	}
	for i := range d.cells {
		d.cells[i].of = len(d.cells)
	}
	return d
}

// Rules returns the rules that d draws its conclusions by.
func (d *Deriver) Rules() *Rules { return d.rules }

// early reports whether a file is older than all free-threaded Pythons, in the cell of
// one of them.
func (d *Deriver) early(f *file, t *target) bool { return !t.twin && f.since.Before(d.rules.Begin) }
