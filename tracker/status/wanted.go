package status

import (
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// about are the releases that a row is about: that of the headline, and a newer one
// that is settling.
func (d *Deriver) about(p *project, at time.Time) []*release {
	r := p.newest(at, d.rules.Settling)
	if r == nil {
		return nil
	}
	if newest := p.newest(at, 0); newest != r {
		return []*release{r, newest}
	}
	return []*release{r}
}

// Read are the wheels that have to be read for a row: those that free-threaded
// Pythons take of its releases, in the order of their names. A wheel whose digest is
// unknown cannot be told apart from another, and is left out.
func (d *Deriver) Read(h *evidence.History, at time.Time) []*evidence.File {
	return d.Study(h).Read(at)
}

func (d *Deriver) read(p *project, at time.Time) []*evidence.File {
	found := map[string]*evidence.File{}
	for _, r := range d.about(p, at) {
		for _, c := range d.choices(p, r, at) {
			if !c.target.twin && c.install.IsCompiled() && c.release == r && c.file.SHA256 != "" {
				found[c.file.Name] = c.file.File
			}
		}
	}
	return inOrder(found)
}

// Described are the files whose metadata has to be read for a row: one for each
// release, one that a free-threaded Python takes if there is one.
func (d *Deriver) Described(h *evidence.History, at time.Time) []*evidence.File {
	return d.Study(h).Described(at)
}

func (d *Deriver) described(p *project, at time.Time) []*evidence.File {
	var files []*evidence.File
	headline := d.rules.Headline(at).String()
	for _, r := range d.about(p, at) {
		var best *file
		for i := range d.cells {
			t := &d.cells[i]
			if t.python != headline {
				continue
			}
			if f, _ := r.best(t, byFloor, at); f != nil {
				best = f
				break
			}
		}
		for _, f := range r.files { // else any wheel, else the source
			if f.live(at) && (best == nil || best.wheel == nil && f.wheel != nil) {
				best = f
			}
		}
		if best != nil {
			// The release is named as its versions are, whatever the file's name says.
			described := *best.File
			described.Version = r.text
			files = append(files, &described)
		}
	}
	return files
}

// Requirements are the names of what the releases of a row require, sorted.
func (d *Deriver) Requirements(h *evidence.History, at time.Time) []string {
	return d.Study(h).Requirements(at)
}

func (d *Deriver) required(p *project, at time.Time) []string {
	var names []string
	for _, r := range d.about(p, at) {
		required, _ := d.requirements(p.metadata(r, at), d.rules.Headline(at).String())
		names = append(names, required...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Loadable is the wheel of the headline's release that a Python takes on a platform,
// nil if there is none.
func (d *Deriver) Loadable(h *evidence.History, python, platform string, at time.Time) *evidence.File {
	p := read(h)
	r := p.newest(at, d.rules.Settling)
	if r == nil {
		return nil
	}
	for i := range d.cells {
		t := &d.cells[i]
		if t.python != python || t.platform != platform {
			continue
		}
		if c := p.choose(r, t, at); c.install.IsWheel() || c.install == vocab.InstallOlder {
			f := *c.file.File
			f.Version = c.release.text
			return &f
		}
	}
	return nil
}

func inOrder(files map[string]*evidence.File) []*evidence.File {
	var list []*evidence.File
	for _, f := range files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *evidence.File) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return list
}
