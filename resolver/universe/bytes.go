package universe

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// OriginFile stands in the dist-info folder of everything that is installed
// from a universe and holds the name of the file it was installed from.
const OriginFile = "ORIGIN"

//go:embed backend.py
var backend string

// epoch is the time on every archived file, so that equal files have equal bytes.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// member is one file of an archive.
type member struct {
	name string
	data []byte
}

// Bytes returns the file itself: a wheel that installs, a source distribution
// that builds offline with the Python it is installed for. The same File always
// gives the same bytes.
func (f *File) Bytes() ([]byte, error) {
	switch {
	case f.Kind == Wheel:
		return zipped(f.wheel())
	case f.Kind == Sdist && strings.HasSuffix(f.Name, ".zip"):
		return zipped(f.sdist())
	case f.Kind == Sdist:
		return tarred(f.sdist())
	}
	return []byte("not a distribution: " + f.Name + "\n"), nil
}

// stem is the file name's project and version, as dist-info folders spell them.
func (f *File) stem() string { return fileStem(f.Core.Name, f.Core.Version) }

// module is the import package that the file holds.
func (f *File) module() string {
	name, _, _ := strings.Cut(f.stem(), "-")
	return name
}

// wheel returns the members of a wheel, RECORD last.
func (f *File) wheel() []member {
	info := f.stem() + ".dist-info/"
	members := []member{
		{f.module() + "/__init__.py", []byte(f.initPy())},
		{info + "METADATA", f.METADATA()},
		{info + "WHEEL", f.wheelFile()},
		{info + OriginFile, []byte(f.Name + "\n")},
	}
	if f.Payload > 0 {
		members = append(members, member{f.module() + "/payload.bin", f.filling()})
	}
	var record strings.Builder
	for _, m := range members {
		sum := sha256.Sum256(m.data)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", m.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(m.data))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	return append(members, member{info + "RECORD", []byte(record.String())})
}

func (f *File) initPy() string {
	s := fmt.Sprintf("__version__ = %q\n", f.Core.Version)
	if f.Content != "" {
		s += fmt.Sprintf("content = %q\n", f.Content)
	}
	return s
}

// wheelFile writes the WHEEL file; its tags are those of the file name.
func (f *File) wheelFile() []byte {
	var b strings.Builder
	b.WriteString("Wheel-Version: 1.0\nGenerator: universe\n")
	name, err := wheeltags.ParseFilename(f.Name)
	pure := err == nil
	var tags []wheeltags.Tag
	if err == nil {
		tags = name.Tags.Tags()
	}
	for _, t := range tags {
		pure = pure && t.Platform == "any"
	}
	fmt.Fprintf(&b, "Root-Is-Purelib: %t\n", pure)
	for _, t := range tags {
		fmt.Fprintf(&b, "Tag: %s\n", t)
	}
	return []byte(b.String())
}

// sdist returns the members of a source distribution.
func (f *File) sdist() []member {
	dir := f.stem() + "/"
	members := []member{
		{dir + "PKG-INFO", f.PKGINFO()},
		{dir + "pyproject.toml", []byte("[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n")},
		{dir + "backend.py", []byte(backend)},
		{dir + "built/METADATA", f.METADATA()},
		{dir + "built/" + OriginFile, []byte(f.Name + "\n")},
		{dir + "built/stem", []byte(f.stem())},
		{dir + f.module() + "/__init__.py", []byte(f.initPy())},
	}
	if f.Payload > 0 {
		members = append(members, member{dir + "payload.bin", f.filling()})
	}
	return members
}

// filling is the file's payload: bytes that do not compress and are the same
// each time.
func (f *File) filling() []byte {
	b := make([]byte, f.Payload)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(f.Name))).Read(b) // never fails
	return b
}

// zipped packs members without compressing them.
func zipped(members []member) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		size := uint64(len(m.data))
		h := &zip.FileHeader{
			Name: m.name, Method: zip.Store, Modified: epoch,
			CRC32: crc32.ChecksumIEEE(m.data), CompressedSize64: size, UncompressedSize64: size,
		}
		h.SetMode(0o644)
		e, err := w.CreateRaw(h) // sizes stand in front, for readers that stream
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", m.name, err)
		}
		if _, err := e.Write(m.data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", m.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}

// tarred packs members as a .tar.gz.
func tarred(members []member) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data)), ModTime: epoch}); err != nil {
			return nil, fmt.Errorf("pack %s: %w", m.name, err)
		}
		if _, err := w.Write(m.data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", m.name, err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}
