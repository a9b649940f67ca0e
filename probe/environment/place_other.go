//go:build !linux && !darwin

package environment

import (
	"os"
	"path"
	"path/filepath"
)

// fill places the files of a group.
func (pl *placer) fill(g *group) (bad *planned, err error) {
	to := filepath.Join(pl.root, filepath.FromSlash(g.to))
	for _, f := range g.files {
		from := filepath.Join(g.from, path.Base(f.path))
		info, err := os.Lstat(from)
		if err != nil {
			return f, err
		}
		if !info.Mode().IsRegular() || !f.looksAs(info.Size(), stampOf(info)) {
			return f, errChanged
		}
		if err := pl.put(from, filepath.Join(to, path.Base(f.dest)), info.Mode().Perm()); err != nil {
			return f, err
		}
	}
	return nil, nil
}

// put places one file in the best way there is.
func (pl *placer) put(from, to string, perm os.FileMode) error {
	pl.way.CompareAndSwap(byClone, byLink)
	if pl.copy {
		pl.way.Store(byCopy)
	}
	for pl.way.Load() == byLink {
		err := os.Link(from, to)
		if err == nil {
			pl.shared.Store(true)
			return nil
		}
		if !pl.settle(byLink, err) {
			return err
		}
	}
	return copyFile(from, to, perm)
}

// cannot reports whether an error says that a file can't be linked here.
func cannot(err error) bool { return !os.IsExist(err) && !os.IsNotExist(err) }
