package ready

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A candidate is a version that may be ready.
type candidate struct {
	version string
	// relaxed says that the user's own requirement excludes it.
	relaxed bool
	page    *simple.Project
	release *simple.Release
}

// candidates are the versions of a package that have wheels for every cell that
// needs it, but the ones it has there: those that the user's own requirement admits
// first, each newest first.
func (s *solver) candidates(ctx context.Context, name string) ([]candidate, error) {
	page, err := s.q.Index.Project(ctx, name)
	if err != nil {
		return nil, err
	}
	var matchers []*wheeltags.Matcher
	var versions []string
	prereleases := false
	for _, c := range s.cells {
		if !c.has(name) {
			continue
		}
		matchers = append(matchers, s.matcher(c))
		text := c.version(name)
		versions = append(versions, text)
		if v, err := pep440.Parse(text); err == nil {
			prereleases = prereleases || v.IsPrerelease()
		}
	}
	if len(matchers) == 0 {
		return nil, nil
	}
	same := len(slices.Compact(slices.Sorted(slices.Values(versions)))) == 1
	var admitted, excluded []candidate
	for i := range page.Releases {
		r := &page.Releases[i]
		text := r.Version.String()
		if r.Version.IsPrerelease() && !prereleases || same && text == versions[0] {
			continue
		}
		if !serves(page, r, matchers) {
			continue
		}
		if s.admits(name, r.Version) {
			admitted = append(admitted, candidate{text, false, page, r})
		} else {
			excluded = append(excluded, candidate{text, true, page, r})
		}
	}
	return append(admitted, excluded...), nil
}

// matcher judges wheels for a cell.
func (s *solver) matcher(c *cell) *wheeltags.Matcher {
	order := wheeltags.UVOrder
	switch req := s.q.Request; {
	case req.Order != nil:
		order = *req.Order
	case req.Like == vocab.LikePip:
		order = wheeltags.PackagingOrder
	}
	return wheeltags.NewMatcher(c.host.target, order)
}

// hopeless reads the wheel that a cell would take of a candidate, and reports
// whether it is not ready there whatever else is chosen: that spares a solution.
func (s *solver) hopeless(ctx context.Context, c *cell, v candidate) (vocab.Readiness, bool, error) {
	if !c.FreeThreaded || v.release == nil {
		return "", false, nil
	}
	m := s.matcher(c)
	var best *simple.File
	var least int32
	for i := range v.release.Files {
		f := &v.release.Files[i]
		if f.Kind != simple.Wheel || f.Yanked {
			continue
		}
		rank, ok := m.Rank(&v.page.Tags[f.Tags])
		if ok && (best == nil || rank < least || rank == least && f.Build.Compare(best.Build) > 0) {
			best, least = f, rank
		}
	}
	if best == nil {
		return "", false, nil
	}
	p := &resolver.Package{File: best.Filename, URL: v.page.FileURL(best), Size: best.Size, Index: v.page.Index}
	if best.HasSHA256 {
		p.SHA256 = hex.EncodeToString(best.SHA256[:])
	}
	if err := s.judge.wheels.readAll(ctx, []*resolver.Package{p}); err != nil {
		return "", false, err
	}
	r := readiness(c.load(s.judge.wheels.get(p)).verdict)
	return r, r != vocab.Ready, nil
}

// serves reports whether a release has a wheel for each of the matchers.
func serves(page *simple.Project, r *simple.Release, matchers []*wheeltags.Matcher) bool {
	for _, m := range matchers {
		if !slices.ContainsFunc(r.Files, func(f simple.File) bool {
			if f.Kind != simple.Wheel || f.Yanked {
				return false
			}
			_, ok := m.Rank(&page.Tags[f.Tags])
			return ok
		}) {
			return false
		}
	}
	return true
}

// admits reports whether the user's own requirements on a package admit a version.
func (s *solver) admits(name string, v pep440.Version) bool {
	for i := range s.q.Request.Requirements {
		r := &s.q.Request.Requirements[i]
		if r.Name == name && (r.URL != "" || !r.Specifiers.Contains(v)) {
			return false
		}
	}
	return true
}

// A tally counts why candidates were not taken.
type tally struct {
	turnOn, blocked, unknown, refused int
	untried                           int
}

// add counts what a solved cell, nil if there was no solution, says of a package.
func (t *tally) add(c *cell, name string) {
	if c == nil || c.states[name] == nil {
		t.refused++
		return
	}
	t.count(c.states[name].Readiness)
}

func (t *tally) count(r vocab.Readiness) {
	switch r {
	case vocab.ReadyTurnsOn:
		t.turnOn++
	case vocab.ReadyUnknown:
		t.unknown++
	case vocab.ReadyBlocked, vocab.ReadyWhenBuilt:
		t.blocked++
	case vocab.Ready:
		t.refused++
	}
}

// text says why there is no fix.
func (t *tally) text() string {
	tried := t.turnOn + t.blocked + t.unknown + t.refused
	const those = "with wheels for every cell that needs it"
	if tried == 0 {
		return "there is no other version " + those
	}
	var parts []string
	for _, part := range []struct {
		n              int
		one, many, all string
	}{
		{t.turnOn, "turns the GIL on too", "turn the GIL on too", "all turn the GIL on too"},
		{t.blocked, "cannot be used either", "cannot be used either", "none can be used either"},
		{t.unknown, "leaves it open", "leave it open", "all leave it open: what they declare could not be read or decided"},
		{t.refused, "cannot be had together with the other requirements", "cannot be had together with the other requirements", "none can be had together with the other requirements"},
	} {
		switch {
		case part.n == 0:
		case tried == 1:
			parts = append(parts, part.one)
		case part.n == tried:
			parts = append(parts, part.all)
		case part.n == 1:
			parts = append(parts, "1 "+part.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.many))
		}
	}
	text := fmt.Sprintf("of the %d other versions %s, %s", tried, those, strings.Join(parts, ", "))
	if tried == 1 {
		text = "the one other version " + those + " " + parts[0]
	}
	if t.untried > 0 {
		text += fmt.Sprintf("; %d older ones were not looked at", t.untried)
	}
	return text
}
