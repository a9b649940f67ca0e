package status

import (
	"fmt"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// lastMicro stands for the newest patch release of a series: what people have who
// keep theirs up to date.
const lastMicro = 99

// fullVersion is the version of the interpreter that a target's Python stands for.
func fullVersion(python wheeltags.Python) pep440.Version {
	return pep440.MustParse(fmt.Sprintf("%s.%d", python.Series(), lastMicro))
}

// admits reports whether a file's Requires-Python admits a version.
func (f *file) admits(python pep440.Version) bool {
	return f.requires == nil || f.requires.Contains(python)
}

// best returns the wheel of a release that an installer takes at a time, and the
// tag by which.
func (r *release) best(m *wheeltags.Matcher, python pep440.Version, at time.Time) (best *file, tag wheeltags.Tag) {
	var bestRank int32
	for _, f := range r.files {
		if f.wheel == nil || !f.admits(python) || !f.live(at) {
			continue
		}
		got, rank, ok := m.Best(&f.wheel.Tags)
		if ok && (best == nil || rank < bestRank || rank == bestRank && f.wheel.Build.Compare(best.wheel.Build) > 0) {
			best, tag, bestRank = f, got, rank
		}
	}
	return best, tag
}

// sdist returns a source distribution of a release that an installer would build.
func (r *release) sdist(python pep440.Version, at time.Time) *file {
	for _, f := range r.files {
		if f.wheel == nil && f.admits(python) && f.live(at) {
			return f
		}
	}
	return nil
}

// kind is the word for a wheel that is taken by a tag. A wheel whose tags cannot
// be true is as good as none to a free-threaded Python.
func kind(f *file, tag wheeltags.Tag, t *target) vocab.Install {
	if _, bad := f.wheel.Tags.Mislabelled(); bad && !t.twin {
		return vocab.InstallNone
	}
	switch tag.Kind() {
	case wheeltags.StableABI:
		return vocab.InstallStableABI
	case wheeltags.ABINone:
		return vocab.InstallABINone
	case wheeltags.Pure:
		return vocab.InstallPure
	case wheeltags.Native:
	}
	return vocab.InstallNative
}

// A chosen is what an installer takes in a cell.
type chosen struct {
	target  *target
	install vocab.Install
	release *release
	file    *file
	tag     wheeltags.Tag
	source  bool // an older wheel is taken although the release has its source
}

// choose says what an installer takes in a cell for a release at a time. Where the
// release has no wheel, a wheel of an older one comes before a source
// distribution, as for all who ask for wheels only.
func (p *project) choose(r *release, t *target, at time.Time) chosen {
	python := t.version
	if f, tag := r.best(t.matcher, python, at); f != nil {
		if k := kind(f, tag, t); k != vocab.InstallNone {
			return chosen{target: t, install: k, release: r, file: f, tag: tag}
		}
	}
	for _, older := range p.releases {
		if older.version.Compare(r.version) >= 0 || older.version.IsPrerelease() {
			continue
		}
		if f, tag := older.best(t.matcher, python, at); f != nil && kind(f, tag, t) != vocab.InstallNone {
			return chosen{target: t, install: vocab.InstallOlder, release: older, file: f, tag: tag, source: r.sdist(python, at) != nil}
		}
	}
	for _, older := range p.releases {
		if older.version.Compare(r.version) > 0 || older != r && older.version.IsPrerelease() {
			continue
		}
		if f := older.sdist(python, at); f != nil {
			return chosen{target: t, install: vocab.InstallSdist, release: older, file: f}
		}
	}
	return chosen{target: t, install: vocab.InstallNone}
}

// choices are what installers take in every cell for a release.
func (d *Deriver) choices(p *project, r *release, at time.Time) []chosen {
	all := make([]chosen, len(d.cells))
	for i := range d.cells {
		all[i] = p.choose(r, &d.cells[i], at)
	}
	return all
}

// installs tabulates choices for a row.
func installs(all []chosen) (map[string]map[string]vocab.Install, []Cell) {
	words := map[string]map[string]vocab.Install{}
	type key struct{ series, platform string }
	floors := map[key]string{}
	for i := range all {
		c := &all[i]
		if c.install.IsWheel() {
			k := key{c.target.target.Python.Series(), c.target.platform}
			if floor, ok := floors[k]; ok && floor != c.tag.Platform {
				floors[k] = "differ"
			} else {
				floors[k] = c.tag.Platform
			}
		}
	}
	var cells []Cell
	for i := range all {
		c := &all[i]
		t := c.target
		if words[t.python] == nil {
			words[t.python] = map[string]vocab.Install{}
		}
		words[t.python][t.platform] = c.install
		cell := Cell{Python: t.python, Platform: t.platform, Install: c.install}
		if c.file != nil {
			cell.Version, cell.File, cell.SHA256 = c.release.text, c.file.Name, c.file.SHA256
		}
		if c.install.IsWheel() && floors[key{t.target.Python.Series(), t.platform}] == "differ" {
			cell.Floor = c.tag.Platform
		}
		cells = append(cells, cell)
	}
	return words, cells
}
