package status

import (
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A Mark is what the curves need of a project from a time on, until the next.
type Mark struct {
	At time.Time `json:"at"`
	// Of reports that it has compiled wheels for Pythons with the GIL, so that it
	// counts; Installs that some free-threaded Python is served on every platform of
	// the headline where its twin is; Off that all its modules that were read keep
	// the GIL off.
	Of       bool `json:"of"`
	Installs bool `json:"installs"`
	Off      bool `json:"off"`
}

// Marks tells a project's part of the curves up to a time, in the order of time.
// What its files hold is told with hindsight: a file that was read today held the
// same when it was published.
func (d *Deriver) Marks(h *evidence.History, until time.Time) []Mark {
	return d.Study(h).Marks(until)
}

func (d *Deriver) marks(spans []span) []Mark {
	var marks []Mark
	for i := range spans {
		s := &spans[i]
		m := Mark{At: s.at, Off: len(s.on) > 0}
		wheels := d.served(s)
		for _, python := range d.rules.Pythons {
			served, all := false, true
			for i := range d.cells {
				t := &d.cells[i]
				if !t.twin || !t.headline || t.target.Python != python.Twin() || !wheels[cell{true, t.python, t.platform}] {
					continue
				}
				m.Of = true
				if wheels[cell{false, python.String(), t.platform}] {
					served = true
				} else {
					all = false
				}
			}
			m.Installs = m.Installs || served && all
		}
		for _, turnsOn := range s.on {
			m.Off = m.Off && !turnsOn
		}
		m.Off = m.Off && m.Installs
		if n := len(marks); n == 0 || marks[n-1].Of != m.Of || marks[n-1].Installs != m.Installs || marks[n-1].Off != m.Off {
			marks = append(marks, m)
		}
	}
	return marks
}

// Curves adds up the marks of projects on some days, in order. Member says who
// counts on a day: all that were watched then, or always the same ones.
func Curves(marks map[string][]Mark, days []time.Time, member func(name string, day time.Time) bool) []Point {
	points := make([]Point, len(days))
	for i, day := range days {
		points[i].Day = day
	}
	for name, list := range marks {
		next := 0
		for i, day := range days {
			for next < len(list) && !list[next].At.After(day) {
				next++
			}
			if next == 0 || !member(name, day) {
				continue
			}
			m := list[next-1]
			points[i].count(m)
		}
	}
	return points
}

func (p *Point) count(m Mark) {
	if !m.Of {
		return
	}
	p.Of++
	if m.Installs {
		p.Installs++
	}
	if m.Off {
		p.Off++
	}
}
