package gap

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Accept is a gap that is known: it is reported, but no longer makes the answer a no.
type Accept struct {
	// Cells are patterns of cells: a Python, a platform by name or tag, both with a
	// space between, or an identifier of cibuildwheel or its platform. * stands for
	// any text.
	Cells  []string
	Reason string
	// Expires is the last day it holds; zero means for ever.
	Expires time.Time
}

// accept marks the gaps that are known, and notes each acceptance that has ended or
// matches no gap. Unless all cells are asked about, one that matches no cell may be
// about the others.
func (r *Report) accept(list []Accept, now time.Time, all bool) {
	for _, a := range list {
		name := strings.Join(a.Cells, ", ")
		if !a.Expires.IsZero() && !now.Before(a.Expires.AddDate(0, 0, 1)) {
			r.Stale = append(r.Stale, fmt.Sprintf("accepting %s ended on %s", name, a.Expires.Format(time.DateOnly)))
			continue
		}
		asked, used := false, false
		for i := range r.Cells {
			c := &r.Cells[i]
			if !a.covers(c) {
				continue
			}
			asked = true
			if c.Status != vocab.GapSame {
				used = true
				if c.Accepted == "" {
					c.Accepted = a.Reason
				}
			}
		}
		switch {
		case used:
		case asked:
			r.Stale = append(r.Stale, fmt.Sprintf("accepting %s matches no gap any more", name))
		case all:
			r.Stale = append(r.Stale, fmt.Sprintf("accepting %s matches no cell", name))
		}
	}
}

// covers reports whether an acceptance is about a cell.
func (a *Accept) covers(c *Cell) bool {
	for _, pattern := range a.Cells {
		words := strings.Fields(pattern)
		switch len(words) {
		case 1:
			if matches(words[0], c.Python, c.Identifier, c.universal()) || matchesPlatform(words[0], c) {
				return true
			}
		case 2:
			if matches(words[0], c.Python) && matchesPlatform(words[1], c) {
				return true
			}
		}
	}
	return false
}

func matchesPlatform(pattern string, c *Cell) bool {
	_, word, _ := strings.Cut(c.Identifier, "-")
	_, both, _ := strings.Cut(c.universal(), "-")
	return matches(pattern, c.target.Platform.Name(), c.Platform, c.PlatformTag, word, both)
}

// universal is the identifier of the universal2 wheel that would serve the cell, ""
// if there is no such thing.
func (c *Cell) universal() string {
	if python, _, ok := strings.Cut(c.Identifier, "-macosx_"); ok {
		return python + "-macosx_universal2"
	}
	return ""
}

// matches reports whether a pattern is one of the names: as a pattern, or as another
// way to write it.
func matches(pattern string, names ...string) bool {
	for _, name := range names {
		if ok, _ := path.Match(pattern, name); ok && name != "" {
			return true
		}
	}
	if p, err := wheeltags.ParsePython(pattern); err == nil {
		return p.String() == names[0]
	}
	return false
}
