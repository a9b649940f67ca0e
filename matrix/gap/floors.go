package gap

import (
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A slot is a Python on a platform whatever its floor.
type slot struct {
	python   wheeltags.Python
	platform string // its name
}

func slotOf(t wheeltags.Target) slot { return slot{t.Python, t.Platform.Name()} }

// lowest returns a platform with the oldest floor that wheels are tagged for.
func lowest(p wheeltags.Platform) wheeltags.Platform {
	var tags []string
	switch {
	case p.Libc() == "glibc":
		tags = []string{"manylinux_2_5_" + p.Arch(), "manylinux_2_17_" + p.Arch()}
	case p.Libc() == "musl":
		tags = []string{"musllinux_1_0_" + p.Arch()}
	case p.OS() == "macos":
		tags = []string{"macosx_10_4_" + p.Arch(), "macosx_11_0_" + p.Arch()}
	}
	for _, tag := range tags {
		if low, err := wheeltags.ParsePlatform(tag); err == nil {
			return low
		}
	}
	return p
}

// newest returns a platform for which no wheel is too new.
func newest(p wheeltags.Platform) wheeltags.Platform {
	if top, ok := p.WithNewestFloor(); ok {
		return top
	}
	return p
}

// olderFloor reports whether floor a is below floor b, both as Platform.Floor has
// them.
func olderFloor(a, b string) bool {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		m, _ := strconv.Atoi(x) // "" counts as 0
		n, _ := strconv.Atoi(y)
		if m != n {
			return m < n
		}
	}
	return false
}

// reach returns a platform with the oldest floor at which a release has a wheel for
// a Python there. Wheels that promise nothing of the system (any, linux_x86_64) have
// no floor: ok is false if there are no others.
func (pg *page) reach(r *simple.Release, t wheeltags.Target) (floor wheeltags.Platform, ok bool) {
	t.Platform = newest(t.Platform)
	m := pg.matcher(t)
	low := lowest(t.Platform)
	for i := range r.Files {
		f := &r.Files[i]
		if f.Kind != simple.Wheel || !pg.live(r, f) || !pg.admits(f, t.Python) {
			continue
		}
		set := &pg.project.Tags[f.Tags]
		if tag, _, accepted := m.Best(set); !accepted || tag.Platform == "any" || strings.HasPrefix(tag.Platform, "linux_") {
			continue
		}
		if p, raised := low.RaisedFor(set); raised && (!ok || olderFloor(p.Floor(), floor.Floor())) {
			floor, ok = p, true
		}
	}
	return floor, ok
}

// has returns the best wheel of a release for a Python on a platform, on the newest
// system there is.
func (pg *page) has(r *simple.Release, t wheeltags.Target) (*simple.File, wheeltags.Tag) {
	t.Platform = newest(t.Platform)
	return pg.best(r, t)
}

// floorFor returns the floor at which both halves of a series are judged on a
// platform: the oldest that either half serves. Where the release serves neither,
// that of the nearest series counts, older ones first; then that of the release
// before; then the platform's default.
func (pg *page) floorFor(r, before *simple.Release, t wheeltags.Target, pythons []wheeltags.Python) wheeltags.Platform {
	for _, release := range []*simple.Release{r, before} {
		if release == nil {
			continue
		}
		var best wheeltags.Platform
		bestAway := 0
		for _, python := range pythons {
			p, ok := pg.reach(release, wheeltags.Target{Python: python, Platform: t.Platform})
			if !ok {
				continue
			}
			away := 2 * (t.Python.Minor - python.Minor)
			if away < 0 {
				away = -away + 1
			}
			if best == (wheeltags.Platform{}) || away < bestAway || away == bestAway && olderFloor(p.Floor(), best.Floor()) {
				best, bestAway = p, away
			}
		}
		if best != (wheeltags.Platform{}) {
			return best
		}
	}
	if p, err := wheeltags.ParsePlatform(t.Platform.Name()); err == nil {
		return p
	}
	return t.Platform
}
