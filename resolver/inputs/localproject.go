package inputs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// localProject takes a project on disk that a requirement points to. The
// project itself has no file to judge; its dependencies, where its project file
// states them, become requirements.
func (l *load) localProject(r Requirement, dir string, virtual bool) error {
	p, err := l.projectIn(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason := "a local project without a pyproject.toml: its dependencies are only known once it is built"
		if !isFile(filepath.Join(dir, "setup.py")) && !isFile(filepath.Join(dir, "setup.cfg")) {
			return fmt.Errorf("the folder %s holds no project: no pyproject.toml, setup.py or setup.cfg", l.shown(r, dir))
		}
		l.notJudged(r, reason)
		return nil
	case err != nil:
		return err
	}
	l.noteFile(p.file)
	if p.uv.root == p {
		p.uv.root = l.workspaceRoot(p)
	}
	if r.Name == "" {
		if p.name == "" {
			l.notJudged(r, "a local project that its project file does not name")
			return nil
		}
		r.setName(p.name)
	}
	if p.name != "" && p.name != r.Name {
		return fmt.Errorf("the project in %s is %s, not %s", l.shown(r, dir), p.name, r.Name)
	}
	switch {
	case !p.static():
		l.notJudged(r, "a local project that computes its dependencies when it is built")
	case virtual || p.virtual():
	default:
		l.notJudged(r, "a local project: no index has its files; its dependencies are judged")
	}
	return l.dependencies(p, r)
}

// dependencies takes what a local project requires, under the extras and marker
// of the requirement that leads to it.
func (l *load) dependencies(p *project, r Requirement) error {
	for _, extra := range append([]string{""}, r.Extras...) {
		key := p.path + "\x00" + extra + "\x00" + r.Marker.String()
		if !l.once(key) {
			continue
		}
		// A project that leads back to itself adds nothing: its dependencies
		// are being taken, under a marker that is no narrower.
		within := p.path + "\x00" + extra
		if l.within[within] {
			continue
		}
		l.within[within] = true
		defer delete(l.within, within)
		via := via{parent: p.display(), marker: r.Marker.String(), extra: extra}
		if extra == "" {
			if err := l.projectDependencies(p, via); err != nil {
				return err
			}
			continue
		}
		if !p.hasExtra(extra) {
			return fmt.Errorf("%s has no extra %q", p.display(), extra)
		}
		if err := l.projectExtra(p, extra, via); err != nil {
			return err
		}
	}
	return nil
}

// shown returns a folder as the user wrote it.
func (l *load) shown(r Requirement, dir string) string {
	if r.URL != "" && !isURL(r.URL) {
		return r.URL
	}
	return filepath.Base(dir)
}

// via is how a project's dependencies are reached.
type via struct {
	// parent is the local project, "" for one that the user named.
	parent string
	// marker must hold for the project to be there at all.
	marker string
	// extra and group are what is being read.
	extra, group string
}

// under returns a requirement with the marker of the way to it.
func (v via) under(req pep508.Requirement) (pep508.Requirement, error) {
	if v.marker == "" {
		return req, nil
	}
	m, err := pep508.ParseMarker(markertext.And(v.marker, req.Marker.String()))
	if err != nil {
		return req, err
	}
	req.Marker = m
	return req, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// projectIn reads the project file of a folder.
func (l *load) projectIn(dir string) (*project, error) {
	path := filepath.Join(dir, "pyproject.toml")
	if p, ok := l.projects[path]; ok {
		return p, nil
	}
	shown := l.relative(path)
	data, err := readFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, openError(Origin{}, shown, err)
	}
	return l.parseProject(shown, path, data)
}

// noteFile records a file as read.
func (l *load) noteFile(file string) {
	if !slices.Contains(l.in.Files, file) {
		l.in.Files = append(l.in.Files, file)
	}
}

// relative returns a path as seen from the loader's folder, for messages.
func (l *load) relative(path string) string {
	if rel, err := filepath.Rel(l.abs("."), path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
