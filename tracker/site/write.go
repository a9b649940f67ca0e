package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifest lists the files that a folder has of the site, so that the next site
// removes those that are no longer part of it, and nothing else.
const manifest = ".ftpkg-site"

// A Written says what writing a site to a folder came to.
type Written struct {
	Files   int   // in the site
	Bytes   int64 // of all of them
	Changed int   // that were written, because they were not there or differed
	Removed int   // that were part of the site before
}

// Write makes the site in a folder, file by file. Each file is replaced in one step,
// so that a reader gets the old one or the new one; one that is the same is left
// alone. What the folder has besides is not touched, but for the files of the site
// that was written before and that are no longer part of it.
func Write(dir string, in *Input) (written *Written, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	// All goes through the folder's own handle: no name leads out of it.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	before, err := readManifest(root)
	if err != nil {
		return nil, err
	}
	// The list is of both sites while files are being replaced, so that one that was
	// interrupted loses track of nothing.
	w := &writer{root: root}
	defer func() { err = errors.Join(err, w.close()) }()
	var now []string
	err = Each(in, func(f File) error {
		now = append(now, f.Path)
		w.Files++
		w.Bytes += int64(len(f.Data))
		return w.put(f)
	})
	if err != nil {
		return nil, errors.Join(err, w.putManifest(append(now, before...)))
	}
	if err := w.close(); err != nil { // no system need remove what is open
		return nil, err
	}
	if err := w.removeAll(before, now); err != nil {
		return nil, err
	}
	if err := w.putManifest(now); err != nil {
		return nil, err
	}
	return &w.Written, nil
}

type writer struct {
	Written
	root *os.Root
	// open are folders that were used last, the last one first. A file is found in its
	// folder at once; from the root, it would be looked for step by step.
	open []*folder
}

// mostOpen is how many folders are open at once, beside the root: those that hold a
// file of every package, and that of a package.
const mostOpen = 8

type folder struct {
	*os.Root
	name string // within the site
	made bool   // by this writer, so that it holds nothing else
}

// in returns the folder of a name, and makes it if need be.
func (w *writer) in(name string) (*folder, error) {
	if name == "." {
		return &folder{Root: w.root, name: name}, nil
	}
	if i := slices.IndexFunc(w.open, func(f *folder) bool { return f.name == name }); i >= 0 {
		f := w.open[i]
		copy(w.open[1:i+1], w.open[:i])
		w.open[0] = f
		return f, nil
	}
	parent, err := w.in(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	base := filepath.Base(name)
	err = parent.Mkdir(base, 0o755)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f := &folder{name: name, made: err == nil}
	if f.Root, err = parent.OpenRoot(base); err != nil {
		return nil, err
	}
	if len(w.open) == mostOpen {
		if err := w.open[mostOpen-1].Close(); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		w.open = w.open[:mostOpen-1]
	}
	w.open = slices.Insert(w.open, 0, f)
	return f, nil
}

// close closes the folders but for the root.
func (w *writer) close() error {
	var err error
	for _, f := range w.open {
		err = errors.Join(err, f.Close())
	}
	w.open = nil
	return err
}

// put replaces a file, unless it has those bytes.
func (w *writer) put(f File) error {
	name := filepath.FromSlash(f.Path)
	dir, err := w.in(filepath.Dir(name))
	if err != nil {
		return err
	}
	base := filepath.Base(name)
	if !dir.made {
		if old, err := dir.Open(base); err == nil {
			same := equal(old, f.Data)
			if err := old.Close(); err != nil {
				return err
			}
			if same {
				return nil
			}
		}
	}
	w.Changed++
	return dir.replace(base, f.Data)
}

// equal reports whether a file has those bytes. Whatever goes wrong means that it is
// written again.
func equal(f *os.File, data []byte) bool {
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(data)) {
		return false
	}
	var buf [32 << 10]byte
	for len(data) > 0 {
		n, err := f.Read(buf[:min(len(buf), len(data))])
		if n == 0 || err != nil || !bytes.Equal(buf[:n], data[:n]) {
			return false
		}
		data = data[n:]
	}
	return true
}

// replace writes a file beside its place and moves it there.
func (f *folder) replace(name string, data []byte) error {
	draft := ".new-" + name
	if err := f.WriteFile(draft, data, 0o644); err != nil {
		return errors.Join(err, ignoreMissing(f.Remove(draft)))
	}
	if err := f.Rename(draft, name); err != nil {
		return errors.Join(err, ignoreMissing(f.Remove(draft)))
	}
	return nil
}

// removeAll removes the files of one list that are not in the other, and the folders
// that this leaves empty.
func (w *writer) removeAll(before, now []string) error {
	keep := make(map[string]bool, len(now))
	for _, name := range now {
		keep[name] = true
	}
	for _, name := range before {
		if keep[name] || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		name = filepath.FromSlash(name)
		switch err := w.root.Remove(name); {
		case err == nil:
			w.Removed++
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
			if w.root.Remove(dir) != nil { // not empty
				break
			}
		}
	}
	return nil
}

func readManifest(root *os.Root) ([]string, error) {
	text, err := root.ReadFile(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what the folder has of the site: %w", err)
	}
	return strings.Fields(string(text)), nil
}

func (w *writer) putManifest(names []string) error {
	slices.Sort(names)
	names = slices.Compact(names)
	return (&folder{Root: w.root}).replace(manifest, []byte(strings.Join(names, "\n")+"\n"))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
