// Package cpython dates the releases of CPython, so that a default can be chosen
// without asking anybody which Python is current.
package cpython

import "time"

// AsOf is the day the table was last compared with its source, the release
// schedules (PEPs 619, 664, 693, 719, 745 and 790).
const AsOf = "2026-11-21"

// A Release is one minor version of Python 3.
type Release struct {
	Minor int
	Final time.Time // the day of X.Y.0, in UTC
}

// Releases returns the minor versions with a free-threaded build, oldest first.
// The last may lie ahead of a given day.
func Releases() []Release {
	return []Release{
		{13, day(2024, time.October, 7)},
		{14, day(2025, time.October, 7)},
		{15, day(2026, time.October, 1)},
	}
}

// settled is how many months after its final release a version becomes the
// default: by then most projects that will ship wheels for it do.
const settled = 6

// Default returns the newest release that was at least six months old on the
// given day, or the oldest one with a free-threaded build.
func Default(now time.Time) Release {
	releases := Releases()
	best := releases[0]
	for _, r := range releases {
		if !r.Final.AddDate(0, settled, 0).After(now) {
			best = r
		}
	}
	return best
}

// Released returns the minor versions with a free-threaded build that were
// released by the given day, oldest first.
func Released(now time.Time) []int {
	var minors []int
	for _, r := range Releases() {
		if !r.Final.After(now) {
			minors = append(minors, r.Minor)
		}
	}
	return minors
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
