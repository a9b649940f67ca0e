package status

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A project is a history with the names of its files read.
type project struct {
	*evidence.History
	releases []*release // newest first
}

// A release is the files of one version.
type release struct {
	version pep440.Version
	text    string
	files   []*file   // in the order of their times
	first   time.Time // when the first of them came
	// compiled reports that some wheel is not for all platforms.
	compiled bool
	// fits are the wheels that each cell takes, the best first, as far as that was
	// asked for.
	fits [2][]candidates
}

// A file is a file that an installer can use, and what became of it.
type file struct {
	*evidence.File
	wheel    *wheeltags.Filename // nil for a source distribution
	requires *requirement        // nil admits all
	changes  []change
	since    time.Time
}

// A change is what holds of a file from a time on.
type change struct {
	at             time.Time
	listed, yanked bool
}

// read reads the names of a history's files. Files that no installer can use are
// left out.
func read(h *evidence.History) *project {
	p := &project{History: h}
	type key struct{ name, sha string }
	files := map[key]*file{}
	byVersion := map[string]*release{}
	specs := map[string]*requirement{}
	for i := range h.Files {
		f := &file{File: &h.Files[i], since: h.Files[i].Since()}
		var version pep440.Version
		switch name := f.Name; {
		case strings.HasSuffix(name, ".whl"):
			w, err := wheeltags.ParseFilename(name)
			if err != nil || w.Variant != "" {
				continue
			}
			f.wheel, version = &w, w.Version
		default:
			if _, ok := simple.ProjectName(name); !ok {
				continue
			}
			v, err := pep440.Parse(f.Version)
			if err != nil {
				continue
			}
			version = v
		}
		f.requires = specifiers(specs, f.RequiresPython)
		files[key{f.Name, f.SHA256}] = f
		text := version.String()
		r := byVersion[text]
		if r == nil {
			r = &release{version: version, text: text}
			byVersion[text] = r
			p.releases = append(p.releases, r)
		}
		r.files = append(r.files, f)
		r.compiled = r.compiled || f.wheel != nil && !strings.HasSuffix(f.Name, "-any.whl")
	}
	for _, e := range h.Events {
		f := files[key{e.Name, e.SHA256}]
		if f == nil {
			continue
		}
		now := change{at: e.At, listed: true}
		if n := len(f.changes); n > 0 {
			now.listed, now.yanked = f.changes[n-1].listed, f.changes[n-1].yanked
		}
		switch e.Kind {
		case vocab.FileYanked:
			now.yanked = true
		case vocab.FileUnyanked:
			now.yanked = false
		case vocab.FileVanished:
			now.listed = false
		case vocab.FileReturned, vocab.FileAppeared:
			now.listed = true
		}
		// What the first look saw had been so before, as far as anybody can tell.
		if e.At.Equal(f.FirstSeen) {
			now.at = f.since
		}
		f.changes = append(f.changes, now)
	}
	for _, r := range p.releases {
		for _, f := range r.files {
			if r.first.IsZero() || f.since.Before(r.first) {
				r.first = f.since
			}
		}
	}
	slices.SortFunc(p.releases, func(a, b *release) int { return b.version.Compare(a.version) })
	return p
}

// A requirement is a Requires-Python, and what it says of the Pythons that were asked
// about.
type requirement struct {
	pep440.Specifiers
	asked []answer // by the Python's number
}

// An answer is one that is kept.
type answer uint8

const (
	notAsked answer = iota
	yes
	no
)

// specifiers reads Requires-Python, each text once. What can't be read admits all,
// as with installers.
func specifiers(known map[string]*requirement, text string) *requirement {
	if text == "" {
		return nil
	}
	if s, ok := known[text]; ok {
		return s
	}
	var found *requirement
	if s, err := pep440.ParseSpecifiers(text); err == nil {
		found = &requirement{Specifiers: s}
	}
	known[text] = found
	return found
}

// live reports whether installers took a file into account at a time.
func (f *file) live(at time.Time) bool {
	if f.since.After(at) {
		return false
	}
	now := change{listed: true}
	for _, c := range f.changes {
		if c.at.After(at) {
			break
		}
		now = c
	}
	return now.listed && !now.yanked
}

// live reports whether a release had any file at a time.
func (r *release) live(at time.Time) bool {
	return slices.ContainsFunc(r.files, func(f *file) bool { return f.live(at) })
}

// since is when the first of its files came.
func (r *release) since() time.Time { return r.first }

// newest returns the release that installers would take at a time: the newest
// final one, or the newest of all where there are only pre-releases. One that came
// less than settling ago is passed over where there is another; and so is one that was
// itself replaced so soon, until what replaced it has settled: it did not last.
func (p *project) newest(at time.Time, settling time.Duration) *release {
	var pre, fresh, short *release
	var replaced time.Time // when the first final one came that has not settled
	for _, r := range p.releases {
		if !r.live(at) {
			continue
		}
		switch {
		case r.since().Add(settling).After(at):
			if fresh == nil || fresh.version.IsPrerelease() && !r.version.IsPrerelease() {
				fresh = r
			}
			if !r.version.IsPrerelease() && (replaced.IsZero() || r.since().Before(replaced)) {
				replaced = r.since()
			}
		case !r.version.IsPrerelease():
			if replaced.IsZero() || !replaced.Before(r.since().Add(settling)) {
				return r
			}
			short = cmp.Or(short, r)
		case pre == nil:
			pre = r
		}
	}
	switch {
	case short != nil:
		return short
	case pre == nil || fresh != nil && !fresh.version.IsPrerelease():
		return fresh
	}
	return pre
}
