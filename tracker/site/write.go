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
	w := &writer{root: root, folders: map[string]bool{".": true}}
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
	root    *os.Root
	folders map[string]bool // that are there
}

// put replaces a file, unless it has those bytes.
func (w *writer) put(f File) error {
	name := filepath.FromSlash(f.Path)
	if old, err := w.root.Open(name); err == nil {
		same := equal(old, f.Data)
		if err := old.Close(); err != nil {
			return err
		}
		if same {
			return nil
		}
	}
	w.Changed++
	return w.replace(name, f.Data)
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
func (w *writer) replace(name string, data []byte) error {
	dir := filepath.Dir(name)
	if !w.folders[dir] {
		if err := w.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		w.folders[dir] = true
	}
	draft := filepath.Join(dir, ".new-"+filepath.Base(name))
	if err := w.root.WriteFile(draft, data, 0o644); err != nil {
		return errors.Join(err, ignoreMissing(w.root.Remove(draft)))
	}
	if err := w.root.Rename(draft, name); err != nil {
		return errors.Join(err, ignoreMissing(w.root.Remove(draft)))
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
	return w.replace(manifest, []byte(strings.Join(names, "\n")+"\n"))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
