// Package probetest helps the tests of probing.
package probetest

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
)

// Unpack unpacks wheels of a test's own into a folder that is to be on sys.path.
// It is no installer: nothing is checked, and scripts and data stay where the
// wheel has them.
func Unpack(dir string, wheels ...string) error {
	for _, wheel := range wheels {
		if err := unpack(dir, wheel); err != nil {
			return err
		}
	}
	return nil
}

func unpack(dir, wheel string) error {
	r, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, content, 0o755); err != nil {
			return err
		}
	}
	return nil
}
