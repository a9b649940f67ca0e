package simple

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// WheelMetadata reads the metadata of the wheel that r holds, size bytes long.
// It reads the end of the archive and the one member it needs, so r may fetch
// ranges. Of the file name only the project counts: the archive must have
// exactly one top-level .dist-info directory with a METADATA in it, and its
// name must begin with the project's, as pip and uv ask.
//
// An archive at fault gives an error that wraps [ErrNoMetadata]; an error of r
// is returned as it is, wrapped with the file name.
func WheelMetadata(r io.ReaderAt, size int64, filename string) (*Metadata, error) {
	src := &source{ra: r}
	m, err := wheelMetadata(src, size, filename)
	if err != nil {
		return nil, src.fault(filename, err)
	}
	return m, nil
}

func wheelMetadata(r io.ReaderAt, size int64, filename string) (*Metadata, error) {
	archive, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	var found *zip.File
	for _, f := range archive.File {
		dir, file, ok := strings.Cut(f.Name, "/")
		if !ok || file != "METADATA" || !strings.HasSuffix(dir, ".dist-info") {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("two sets of metadata: %s and %s", found.Name, f.Name)
		}
		found = f
	}
	if found == nil {
		return nil, errors.New("no .dist-info/METADATA in the archive")
	}
	project, _, _ := strings.Cut(filename, "-")
	if !beginsWith(found.Name, project) {
		return nil, fmt.Errorf("%s does not belong to project %s", found.Name, project)
	}
	return zipMember(found)
}

// openZip opens a zip archive. A damaged one may send the reader beyond its
// ends; r is not asked for what isn't there.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	return zip.NewReader(io.NewSectionReader(r, 0, size), size)
}

// zipMember reads and parses one file of a zip archive.
func zipMember(f *zip.File) (*Metadata, error) {
	if f.UncompressedSize64 > maxMetadata {
		return nil, fmt.Errorf("%s is over %d bytes", f.Name, maxMetadata)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	m, err := parseMember(r, f.Name)
	if cerr := r.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("%s: %w", f.Name, cerr)
	}
	return m, err
}

// beginsWith reports whether dir begins with project once both are normalised.
func beginsWith(dir, project string) bool {
	return strings.HasPrefix(pep508.NormalizeName(dir), pep508.NormalizeName(project))
}
