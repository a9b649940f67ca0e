package upstream

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

const (
	// maxFile is how large a file may be that is read, in bytes.
	maxFile = 1 << 20
	// maxFiles is how many are read of a project.
	maxFiles = 200
)

// wanted reports whether a file of a project, by its path from the root, is read:
// workflows, the actions beside them that they use, and what configures the building
// of wheels.
func wanted(name string) bool {
	if name == "pyproject.toml" {
		return true
	}
	dir, base := path.Split(name)
	switch {
	case !fs.ValidPath(name):
		return false
	case dir == ".github/workflows/":
		return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
	}
	return strings.HasPrefix(dir, ".github/") && (base == "action.yml" || base == "action.yaml")
}

// files is a directory of files that are at hand.
func files(texts map[string][]byte) (fs.FS, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(texts[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}
