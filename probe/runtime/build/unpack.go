package build

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// What a source archive may hold at most. CPython 3.15 has 5,200 files in
// 110 MB.
const (
	maxEntries = 100_000
	maxBytes   = 2 << 30
)

// unpack writes the tree in a tar stream into the empty directory dir. Nothing
// is written outside dir, and no link leads out of it. Times are kept: make
// goes by them. Errors about an entry are *ArchiveError with its name.
func unpack(ctx context.Context, r io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	var links []string
	left := int64(maxBytes)
	stream := tar.NewReader(r)
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := stream.Next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return errors.New("the archive is empty")
		case errors.Is(err, io.EOF):
			return checkLinks(root, links)
		case err != nil:
			return fmt.Errorf("not a whole tar archive: %w", err)
		case n == maxEntries:
			return fmt.Errorf("more than %d files", maxEntries)
		}
		if left -= h.Size; h.Size < 0 || left < 0 {
			return fmt.Errorf("more than %d bytes", int64(maxBytes))
		}
		if err := unpackEntry(root, h, stream); err != nil {
			return &ArchiveError{Entry: h.Name, Err: err}
		}
		if h.Typeflag == tar.TypeSymlink {
			links = append(links, h.Name)
		}
	}
}

// checkLinks looks where links lead now that all are there: one that goes up
// from behind another may not end where its text says.
func checkLinks(root *os.Root, links []string) error {
	for _, name := range links {
		if _, err := root.Stat(filepath.FromSlash(path.Clean(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &ArchiveError{Entry: name, Err: fmt.Errorf("a link out of the archive: %w", err)}
		}
	}
	return nil
}

func unpackEntry(root *os.Root, h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil // git archive's comment
	}
	// A name of slashes; backslashes and drives mean something on Windows only,
	// where nothing is built.
	name := path.Clean(h.Name)
	if !fs.ValidPath(name) {
		return errors.New("leads out of the archive")
	}
	if name == "." {
		return nil
	}
	if parent := path.Dir(name); parent != "." {
		if err := root.MkdirAll(filepath.FromSlash(parent), 0o755); err != nil {
			return err
		}
	}
	file := filepath.FromSlash(name)
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(file, 0o755)
	case tar.TypeReg:
		mode := fs.FileMode(0o644)
		if h.Mode&0o100 != 0 {
			mode = 0o755
		}
		return unpackFile(root, file, mode, h, content)
	case tar.TypeSymlink:
		target := path.Dir(name) + "/" + h.Linkname
		if path.IsAbs(h.Linkname) || !fs.ValidPath(path.Clean(target)) || strings.Contains(h.Linkname, `\`) {
			return fmt.Errorf("a link out of the archive, to %q", h.Linkname)
		}
		return root.Symlink(h.Linkname, file)
	}
	return fmt.Errorf("neither a file, a directory nor a symbolic link (type %q)", h.Typeflag)
}

func unpackFile(root *os.Root, name string, mode fs.FileMode, h *tar.Header, content io.Reader) (err error) {
	// O_EXCL: no entry may write through a link that an earlier one made.
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Chtimes(name, h.ModTime, h.ModTime)
}
