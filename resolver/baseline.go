package resolver

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// Accept is a blocker that the user knows of and accepts for a time.
type Accept struct {
	// Package is the blocked package's name.
	Package string
	// Cells are patterns of cell names ("3.14t windows-*"), as path.Match reads
	// them, or of platforms alone; none means every cell.
	Cells []string
	// Reason is why it is accepted.
	Reason string
	// Expires is the last day it is accepted; zero means for ever.
	Expires time.Time
}

// Accept marks the problems that the list accepts on a day. It returns a line
// for each entry that is past its day or matches no problem of the cells it is
// for, so that a list does not outlive its reasons.
func (r *Result) Accept(list []Accept, today time.Time) []string {
	var stale []string
	for _, a := range list {
		if !a.Expires.IsZero() && today.After(a.Expires.AddDate(0, 0, 1)) {
			stale = append(stale, fmt.Sprintf("accepting %s ended on %s", a.Package, a.Expires.Format(time.DateOnly)))
			continue
		}
		asked, used := false, false
		for i := range r.Targets {
			c := &r.Targets[i]
			if !a.covers(c) {
				continue
			}
			asked = true
			for j := range c.Problems {
				if p := &c.Problems[j]; p.Package == a.Package {
					p.Accepted = a.Reason
					if p.Accepted == "" {
						p.Accepted = "accepted"
					}
					used = true
				}
			}
		}
		if asked && !used {
			stale = append(stale, fmt.Sprintf("accepting %s matches no problem any more", a.Package))
		}
	}
	return stale
}

func (a *Accept) covers(c *Cell) bool {
	if len(a.Cells) == 0 {
		return true
	}
	for _, pattern := range a.Cells {
		for _, name := range []string{c.Name(), c.Platform, c.Python} {
			if ok, _ := path.Match(strings.TrimSpace(pattern), name); ok {
				return true
			}
		}
	}
	return false
}

// Change is one package of one cell that an earlier result saw otherwise.
type Change struct {
	Cell    string `json:"cell"`
	Package string `json:"package"`
	Before  string `json:"before"`
	After   string `json:"after"`
}

// Delta is what changed between two results.
type Delta struct {
	// Cleared are blockers that are gone, Broke are new ones.
	Cleared []Change `json:"cleared"`
	Broke   []Change `json:"broke"`
	// Moved are versions that changed without a problem on either side.
	Moved []Change `json:"moved"`
}

// Diff says what changed since an earlier result, cell by cell. Cells that only
// one of the two has are left out.
func Diff(before, after *Result) Delta {
	d := Delta{Cleared: []Change{}, Broke: []Change{}, Moved: []Change{}}
	for i := range after.Targets {
		now := &after.Targets[i]
		for j := range before.Targets {
			if then := &before.Targets[j]; then.Name() == now.Name() {
				d.cell(then, now)
			}
		}
	}
	return d
}

func (d *Delta) cell(then, now *Cell) {
	problem := func(c *Cell, name string) *Problem {
		for i := range c.Problems {
			if c.Problems[i].Package == name {
				return &c.Problems[i]
			}
		}
		return nil
	}
	state := func(c *Cell, name string) string {
		p, ok := c.Package(name)
		switch {
		case !ok:
			return "not needed"
		case p.Version == "":
			return string(p.FileKind)
		}
		return p.Version + " " + string(p.FileKind)
	}
	change := func(name string) Change {
		return Change{Cell: now.Name(), Package: name, Before: state(then, name), After: state(now, name)}
	}
	for _, p := range then.Problems {
		if problem(now, p.Package) == nil {
			d.Cleared = append(d.Cleared, change(p.Package))
		}
	}
	for _, p := range now.Problems {
		if problem(then, p.Package) == nil {
			d.Broke = append(d.Broke, change(p.Package))
		}
	}
	for _, p := range now.Packages {
		old, ok := then.Package(p.Name)
		if ok && old.Version != p.Version && problem(now, p.Name) == nil && problem(then, p.Name) == nil {
			d.Moved = append(d.Moved, change(p.Name))
		}
	}
}
