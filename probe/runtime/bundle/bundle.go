// Package bundle holds the runtime that an ftpkg built by "make bundle" carries.
// Any other ftpkg carries none.
//
// The archive is in the form of python-build-standalone's: a gzip-compressed tar
// with everything below one folder, python. It is made by scripts/bundle and gets
// into the program by an overlay, without standing in the source tree.
package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Manifest says what an archive holds. It stands beside it in the program, as
// JSON.
type Manifest struct {
	// Name is what the runtime is called among those that ftpkg manages:
	// "cpython-3.13.5t+bundled.1f2e3d4c-x86_64-linux-gnu".
	Name string `json:"name"`
	// Python is its complete version with its flavour: "3.13.5t".
	Python string `json:"python"`
	// Folder is the one that holds everything in the archive.
	Folder string `json:"folder"`
	// SHA256 is the archive's digest in hex, and Size its length in bytes.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// An Archive is a runtime carried by the program; see [Manifest].
type Archive struct {
	Name   string
	Python wheeltags.Python
	Folder string
	SHA256 [sha256.Size]byte
	text   string
}

// Open returns the archive's content from its beginning.
func (a *Archive) Open() *io.SectionReader {
	return io.NewSectionReader(strings.NewReader(a.text), 0, int64(len(a.text)))
}

// Get returns the runtime this program carries, nil if it carries none. An error
// means that the program was not built as it should have been. Whoever opens the
// archive compares its digest.
func Get() (*Archive, error) {
	if manifest == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return read(manifest, archive)
}

func read(manifest, archive string) (*Archive, error) {
	var m Manifest
	if err := json.Unmarshal([]byte(manifest), &m); err != nil {
		return nil, fmt.Errorf("bundled runtime: %w", err)
	}
	python, err := wheeltags.ParsePython(m.Python)
	if err != nil {
		return nil, fmt.Errorf("bundled runtime: %w", err)
	}
	a := &Archive{Name: m.Name, Python: python, Folder: m.Folder, text: archive}
	digest, err := hex.DecodeString(m.SHA256)
	if err != nil || len(digest) != len(a.SHA256) {
		return nil, fmt.Errorf("bundled runtime: %q is not a SHA-256 digest", m.SHA256)
	}
	copy(a.SHA256[:], digest)
	switch {
	case !filepath.IsLocal(m.Name) || m.Name != filepath.Base(m.Name) || strings.HasPrefix(m.Name, "."):
		return nil, fmt.Errorf("bundled runtime: %q is not a name", m.Name)
	case python.Micro < 0:
		return nil, fmt.Errorf("bundled runtime: %s is not a complete version", m.Python)
	case m.Size != int64(len(archive)):
		return nil, errors.New("bundled runtime: its archive is cut off")
	}
	return a, nil
}
