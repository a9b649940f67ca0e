package gap

import (
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A page is a project's page with what judging it repeatedly needs.
type page struct {
	project *simple.Project
	// yanked says that the release that is asked about was withdrawn; being asked
	// for by name, its files count all the same.
	yanked   bool
	asked    *simple.Release
	requires []*pep440.Specifiers // by index of simple.Project.RequiresPython; nil admits all
	matchers map[wheeltags.Target]*wheeltags.Matcher
}

func newPage(p *simple.Project, asked *simple.Release) *page {
	pg := &page{
		project: p, asked: asked, matchers: map[wheeltags.Target]*wheeltags.Matcher{},
		requires: make([]*pep440.Specifiers, len(p.RequiresPython)),
		yanked:   len(asked.Files) > 0 && !slices.ContainsFunc(asked.Files, func(f simple.File) bool { return !f.Yanked }),
	}
	for i, text := range p.RequiresPython {
		if spec, err := pep440.ParseSpecifiers(text); err == nil && text != "" { // what can't be read admits all, as with installers
			pg.requires[i] = &spec
		}
	}
	return pg
}

func (pg *page) matcher(t wheeltags.Target) *wheeltags.Matcher {
	m := pg.matchers[t]
	if m == nil {
		m = wheeltags.NewMatcher(t, wheeltags.PackagingOrder)
		pg.matchers[t] = m
	}
	return m
}

// lastMicro stands for the newest patch release of a series: what people have who
// keep theirs up to date. cibuildwheel reads requires-python with the same number.
const lastMicro = 99

// admits reports whether a file's Requires-Python admits a Python, upper bounds
// included, as with pip.
func (pg *page) admits(f *simple.File, python wheeltags.Python) bool {
	spec := pg.requires[f.RequiresPython]
	if spec == nil {
		return true
	}
	text := python.FullVersion()
	if python.Micro < 0 && python.Pre == "" {
		text = fmt.Sprintf("%s.%d", python.Series(), lastMicro)
	}
	v, err := pep440.Parse(text)
	return err == nil && spec.Contains(v)
}

// live reports whether installers consider a file of a release at all.
func (pg *page) live(r *simple.Release, f *simple.File) bool {
	return !f.Yanked || pg.yanked && r == pg.asked
}

// best returns the wheel of a release that an installer takes, and the tag by which.
func (pg *page) best(r *simple.Release, t wheeltags.Target) (best *simple.File, tag wheeltags.Tag) {
	m := pg.matcher(t)
	var bestRank int32
	for i := range r.Files {
		f := &r.Files[i]
		if f.Kind != simple.Wheel || !pg.live(r, f) || !pg.admits(f, t.Python) {
			continue
		}
		at, rank, ok := m.Best(&pg.project.Tags[f.Tags])
		if ok && (best == nil || rank < bestRank || rank == bestRank && f.Build.Compare(best.Build) > 0) {
			best, tag, bestRank = f, at, rank
		}
	}
	return best, tag
}

// sdist returns a source distribution of a release that an installer would build.
func (pg *page) sdist(r *simple.Release, python wheeltags.Python) *simple.File {
	for i := range r.Files {
		if f := &r.Files[i]; f.Kind == simple.Sdist && pg.live(r, f) && pg.admits(f, python) {
			return f
		}
	}
	return nil
}

// judge says what an installer takes for a target that wants the release.
func (pg *page) judge(r *simple.Release, t wheeltags.Target) Cell {
	c := Cell{
		Python: t.Python.String(), Platform: t.Platform.String(), PlatformTag: t.Platform.Tag(),
		Identifier: identifier(t), Kind: vocab.FileNone, target: t,
	}
	if f, tag := pg.best(r, t); f != nil {
		c.Status, c.Version, c.File, c.Kind = vocab.GapSame, r.Version.String(), f.Filename, kindOf(tag)
		if _, bad := pg.project.Tags[f.Tags].Mislabelled(); bad {
			c.Kind = vocab.FileMislabelled
		}
		return c
	}
	c.Reason = pg.miss(r, t)
	if f := pg.sdist(r, t.Python); f != nil {
		c.Sdist = f.Filename
	}
	fallback, kind := pg.fallback(r, t)
	c.Status, c.Version, c.File, c.Kind = fallback.Status, fallback.Version, fallback.File, kind
	return c
}

// fallback is what is taken instead of a wheel of the release: the newest older
// wheel, else the newest source distribution, the release's own among them.
func (pg *page) fallback(r *simple.Release, t wheeltags.Target) (Fallback, vocab.FileKind) {
	found := Fallback{Status: vocab.GapNone}
	kind := vocab.FileNone
	for i := range pg.project.Releases {
		older := &pg.project.Releases[i]
		if older.Version.Compare(r.Version) >= 0 {
			continue
		}
		f, tag := pg.best(older, t)
		if f == nil {
			continue
		}
		if !older.Version.IsPrerelease() {
			return Fallback{Status: vocab.GapOlder, Version: older.Version.String(), File: f.Filename}, kindOf(tag)
		}
		if found.Status == vocab.GapNone { // taken only if there is no final one
			found, kind = Fallback{Status: vocab.GapOlder, Version: older.Version.String(), File: f.Filename}, kindOf(tag)
		}
	}
	if found.Status == vocab.GapOlder {
		return found, kind
	}
	for i := range pg.project.Releases {
		older := &pg.project.Releases[i]
		if older.Version.Compare(r.Version) > 0 || older != r && older.Version.IsPrerelease() {
			continue
		}
		if f := pg.sdist(older, t.Python); f != nil {
			return Fallback{Status: vocab.GapSource, Version: older.Version.String(), File: f.Filename}, vocab.FileSdist
		}
	}
	return found, kind
}

// miss says why a target takes no wheel of a release: by the wheel that comes
// closest.
func (pg *page) miss(r *simple.Release, t wheeltags.Target) string {
	if text := pg.requiresPython(r); text != "" && !pg.supports(r, t.Python) {
		return fmt.Sprintf("%s requires Python %s", r.Version, text)
	}
	m := pg.matcher(t)
	closest, reason, wheels := wheeltags.NoMismatch, "", 0
	for i := range r.Files {
		f := &r.Files[i]
		if f.Kind != simple.Wheel || !pg.live(r, f) {
			continue
		}
		wheels++
		if _, _, ok := m.Best(&pg.project.Tags[f.Tags]); ok {
			return fmt.Sprintf("%s requires Python %s", f.Filename, pg.project.RequiresPython[f.RequiresPython])
		}
		why, text := m.Explain(&pg.project.Tags[f.Tags])
		if closest == wheeltags.NoMismatch || !closest.Closer(why) { // of equal misses the last: the newest Python
			closest, reason = why, text
		}
	}
	switch {
	case wheels == 0:
		return fmt.Sprintf("%s has no wheels", r.Version)
	case closest < wheeltags.PythonTooNew: // all miss the platform: the nearest one's name says nothing
		return fmt.Sprintf("%s has no wheel for %s", r.Version, t.Platform.Name())
	case closest == wheeltags.PythonTooNew || closest == wheeltags.PythonTooOld:
		return fmt.Sprintf("%s has no wheel for this Python there, for either build", r.Version)
	}
	return reason
}

// requiresPython is the Requires-Python of a release whose files agree on it.
func (pg *page) requiresPython(r *simple.Release) string {
	text := ""
	for i := range r.Files {
		f := &r.Files[i]
		if f.Kind == simple.Other || !pg.live(r, f) {
			continue
		}
		own := pg.project.RequiresPython[f.RequiresPython]
		if text != "" && own != text {
			return ""
		}
		text = own
	}
	return text
}

// kindOf is the word for the tag by which a wheel is taken.
func kindOf(tag wheeltags.Tag) vocab.FileKind {
	switch tag.Kind() {
	case wheeltags.StableABI:
		return vocab.FileStableABI
	case wheeltags.ABINone:
		return vocab.FileABINone
	case wheeltags.Pure:
		return vocab.FilePure
	case wheeltags.Native:
	}
	return vocab.FileNative
}
