package upstream

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

const (
	// maxUnpacked is how much of a source distribution is unpacked to look for files, in
	// bytes, and maxEntries how many files of it are looked at.
	maxUnpacked = 2 << 30
	maxEntries  = 200_000
)

// Sdist returns the files of a source distribution that are read, as they lie below the
// one directory that it has. Name says how it is packed: .tar.gz or .zip.
func Sdist(name string, r io.ReaderAt, size int64) (fs.FS, error) {
	texts := map[string][]byte{}
	keep := func(entry string, length int64, open func() (io.Reader, error)) error {
		_, inside, ok := strings.Cut(strings.TrimPrefix(entry, "./"), "/")
		if !ok || !wanted(inside) || length > maxFile || len(texts) == maxFiles || texts[inside] != nil {
			return nil
		}
		f, err := open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
		if err != nil || len(text) > maxFile {
			return err
		}
		texts[inside] = append([]byte{}, text...)
		return nil
	}
	var err error
	switch {
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		err = eachTar(io.NewSectionReader(r, 0, size), keep)
	case strings.HasSuffix(name, ".zip"):
		err = eachZip(r, size, keep)
	default:
		err = errors.New("neither .tar.gz nor .zip")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return files(texts)
}

type keeper func(entry string, length int64, open func() (io.Reader, error)) error

func eachTar(r io.Reader, keep keeper) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: z, N: maxUnpacked}
	t := tar.NewReader(limited)
	for range maxEntries {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && limited.N <= 0:
			return fmt.Errorf("it unpacks to more than %d bytes", maxUnpacked)
		case err != nil:
			return err
		case h.Typeflag != tar.TypeReg:
			continue
		}
		if err := keep(h.Name, h.Size, func() (io.Reader, error) { return t, nil }); err != nil {
			return err
		}
	}
	return fmt.Errorf("it has more than %d files", maxEntries)
}

func eachZip(r io.ReaderAt, size int64, keep keeper) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	for _, f := range z.File[:min(len(z.File), maxEntries)] {
		if !f.Mode().IsRegular() {
			continue
		}
		if err := keep(f.Name, int64(min(f.UncompressedSize64, maxFile+1)), func() (io.Reader, error) { return f.Open() }); err != nil {
			return err
		}
	}
	return nil
}
