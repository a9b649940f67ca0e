package simple

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxZip bounds a zipped source distribution that must be held in memory to be
// read, in bytes.
const maxZip = 256 << 20

// SdistMetadata reads the PKG-INFO in the top directory of the source
// distribution that r holds; the format is told by the file name. Archives
// compressed with xz, lzma or lzip cannot be read. What it returns is certain
// only if [Metadata.StaticDependencies] says so.
//
// A zip archive is read in place if r is also an io.ReaderAt and an io.Seeker,
// as files and bytes.Reader are, and into memory if not.
//
// An archive at fault, or without a PKG-INFO, gives an error that wraps
// [ErrNoMetadata]; an error of r is returned as it is, wrapped with the file
// name.
func SdistMetadata(r io.Reader, filename string) (*Metadata, error) {
	src := &source{r: r}
	m, err := sdistMetadata(src, filename)
	if err != nil {
		return nil, src.fault(filename, err)
	}
	return m, nil
}

var errNoPkgInfo = errors.New("no PKG-INFO in the archive's top directory")

func sdistMetadata(src *source, filename string) (*Metadata, error) {
	has := func(suffixes ...string) bool {
		_, ok := cutSuffix(filename, suffixes)
		return ok
	}
	switch {
	case has(".tar.gz", ".tgz"):
		r, err := gzip.NewReader(src)
		if err != nil {
			return nil, err
		}
		return tarMetadata(r, maxUnpacked)
	case has(".tar.bz2", ".tbz"):
		return tarMetadata(bzip2.NewReader(src), maxUnpacked)
	case has(".tar"):
		return tarMetadata(src, maxUnpacked)
	case has(".zip"):
		return zipMetadata(src)
	}
	return nil, errors.New("archives of this format cannot be read")
}

func tarMetadata(r io.Reader, limit int64) (*Metadata, error) {
	limited := &io.LimitedReader{R: r, N: limit}
	archive := tar.NewReader(limited)
	for {
		h, err := archive.Next()
		switch {
		case limited.N <= 0:
			return nil, fmt.Errorf("no PKG-INFO in the first %d bytes unpacked", limit)
		case err == io.EOF:
			return nil, errNoPkgInfo
		case err != nil:
			return nil, err
		}
		if h.Typeflag == tar.TypeReg && isPkgInfo(h.Name) {
			return parseMember(archive, h.Name)
		}
	}
}

func zipMetadata(src *source) (*Metadata, error) {
	size := int64(-1)
	if s, ok := src.r.(io.Seeker); ok {
		if ra, ok := src.r.(io.ReaderAt); ok {
			end, err := s.Seek(0, io.SeekEnd)
			if err != nil {
				src.note(err)
				return nil, err
			}
			src.ra, size = ra, end
		}
	}
	if size < 0 {
		b, err := io.ReadAll(io.LimitReader(src, maxZip+1))
		if err != nil {
			return nil, err
		}
		if len(b) > maxZip {
			return nil, fmt.Errorf("a zip archive of over %d bytes", maxZip)
		}
		src.ra, size = bytes.NewReader(b), int64(len(b))
	}
	archive, err := openZip(src, size)
	if err != nil {
		return nil, err
	}
	for _, f := range archive.File {
		if isPkgInfo(f.Name) {
			return zipMember(f)
		}
	}
	return nil, errNoPkgInfo
}

// isPkgInfo reports whether path is the PKG-INFO of a source distribution
// itself, in its one top directory, and not one of the copies that setuptools
// leaves in an .egg-info directory.
func isPkgInfo(path string) bool {
	path = strings.TrimPrefix(path, "./")
	dir, file, ok := strings.Cut(path, "/")
	return ok && file == "PKG-INFO" && !strings.HasSuffix(dir, ".egg-info")
}
