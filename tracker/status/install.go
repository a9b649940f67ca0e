package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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

// admits reports whether a file's Requires-Python admits the Python of a cell. Many
// files have the same one, and many cells the same Python: each pair is looked at once.
func (f *file) admits(t *target) bool {
	r := f.requires
	if r == nil {
		return true
	}
	for len(r.asked) <= t.series {
		r.asked = append(r.asked, notAsked)
	}
	if r.asked[t.series] == notAsked {
		r.asked[t.series] = no
		if r.Contains(t.version) {
			r.asked[t.series] = yes
		}
	}
	return r.asked[t.series] == yes
}

// By which matcher a cell takes a wheel: as its installers do, or with no floor.
const (
	byFloor = iota
	byReach
)

// candidates are wheels that a cell takes, the best first, whether or not they were
// there at some time; nil if that was not asked for.
type candidates []candidate

type candidate struct {
	*file
	rank int32
}

// candidates ranks the wheels of a release for a cell, once.
func (r *release) candidates(t *target, by int) candidates {
	if by == byReach && t.matchers[byReach] == t.matchers[byFloor] {
		by = byFloor
	}
	if r.fits[by] == nil {
		r.fits[by] = make([]candidates, t.of)
	}
	if list := r.fits[by][t.number]; list != nil {
		return list
	}
	var few [16]candidate
	list := few[:0]
	m := t.matchers[by]
	for _, f := range r.files {
		if f.wheel == nil || !f.admits(t) {
			continue
		}
		if _, rank, ok := m.Best(&f.wheel.Tags); ok {
			list = append(list, candidate{f, rank})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), b.wheel.Build.Compare(a.wheel.Build))
	})
	r.fits[by][t.number] = append(candidates{}, list...)
	return r.fits[by][t.number]
}

// best returns the wheel of a release that a cell takes at a time, and the tag by
// which.
func (r *release) best(t *target, by int, at time.Time) (best *file, tag wheeltags.Tag) {
	for _, c := range r.candidates(t, by) {
		if c.live(at) {
			tag, _, _ = t.matchers[by].Best(&c.wheel.Tags)
			return c.file, tag
		}
	}
	return nil, wheeltags.Tag{}
}

// sdist returns a source distribution of a release that an installer would build.
func (r *release) sdist(t *target, at time.Time) *file {
	for _, f := range r.files {
		if f.wheel == nil && f.admits(t) && f.live(at) {
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
// distribution, as for all who ask for wheels only. Pre-releases count only beside
// one, which is there when the project has nothing else.
func (p *project) choose(r *release, t *target, at time.Time) chosen {
	if f, tag := r.best(t, byFloor, at); f != nil {
		if k := kind(f, tag, t); k != vocab.InstallNone {
			return chosen{target: t, install: k, release: r, file: f, tag: tag}
		}
	}
	for _, older := range p.releases {
		if older.version.Compare(r.version) >= 0 || older.version.IsPrerelease() && !r.version.IsPrerelease() {
			continue
		}
		if f, tag := older.best(t, byFloor, at); f != nil && kind(f, tag, t) != vocab.InstallNone {
			return chosen{target: t, install: vocab.InstallOlder, release: older, file: f, tag: tag, source: r.sdist(t, at) != nil}
		}
	}
	for _, older := range p.releases {
		if older.version.Compare(r.version) > 0 || older.version.IsPrerelease() && !r.version.IsPrerelease() {
			continue
		}
		if f := older.sdist(t, at); f != nil {
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
func (d *Deriver) installs(all []chosen) (map[string]map[string]vocab.Install, []Cell) {
	type key struct {
		series   int
		platform string
	}
	floors := map[key]string{}
	for i := range all {
		c := &all[i]
		if c.install.IsWheel() {
			k := key{c.target.series, c.target.platform}
			if floor, ok := floors[k]; ok && floor != c.tag.Platform {
				floors[k] = "differ"
			} else {
				floors[k] = c.tag.Platform
			}
		}
	}
	words := map[string]map[string]vocab.Install{}
	cells := make([]Cell, 0, len(all))
	from := 0
	for i := range all {
		c := &all[i]
		t := c.target
		cell := Cell{Python: t.python, Platform: t.platform, Install: c.install}
		if c.file != nil {
			cell.Version, cell.File, cell.SHA256 = c.release.text, c.file.Name, c.file.SHA256
		}
		if c.install.IsWheel() && floors[key{t.series, t.platform}] == "differ" {
			cell.Floor = c.tag.Platform
		}
		cells = append(cells, cell)
		if i+1 == len(all) || all[i+1].target.python != t.python { // a Python's cells follow each other
			words[t.python] = d.row(all[from : i+1])
			from = i + 1
		}
	}
	return words, cells
}

// row says by platform what is installed in the cells of one Python. Most packages are
// like many others: equal rows are one.
func (d *Deriver) row(cells []chosen) map[string]vocab.Install {
	var key strings.Builder
	key.WriteString(cells[0].target.python)
	for i := range cells {
		key.WriteByte(' ')
		key.WriteString(string(cells[i].install))
	}
	if row, ok := d.rows.Load(key.String()); ok {
		return row.(map[string]vocab.Install)
	}
	row := make(map[string]vocab.Install, len(cells))
	for i := range cells {
		row[cells[i].target.platform] = cells[i].install
	}
	same, _ := d.rows.LoadOrStore(key.String(), row)
	return same.(map[string]vocab.Install)
}
