package indextest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// WriteTree writes every index of a universe below dir as static files: for an
// index named main the pages main/simple/index.html and
// main/simple/NAME/index.html (PEP 503, with metadata attributes), and the files
// and their metadata in main/files. All URLs are relative, so the tree can be
// moved, served by any static server, or read through a file URL.
func WriteTree(u *universe.Universe, dir string) error {
	for _, x := range u.Indexes {
		if err := writeIndex(x, filepath.Join(dir, x.Name)); err != nil {
			return fmt.Errorf("write index %s: %w", x.Name, err)
		}
	}
	return nil
}

func writeIndex(x *universe.Index, dir string) error {
	root, err := rootPage(x, false)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "simple", "index.html"), root); err != nil {
		return err
	}
	for _, p := range x.Projects {
		page, err := htmlPage(p, true)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, "simple", pep508.NormalizeName(p.Name), "index.html"), page); err != nil {
			return err
		}
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if err := writeDistribution(f, filepath.Join(dir, "files")); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func writeDistribution(f *universe.File, dir string) error {
	data, err := f.Bytes()
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, f.Name), data); err != nil {
		return err
	}
	if beside := f.Beside(); beside != nil {
		return writeFile(filepath.Join(dir, f.Name+".metadata"), beside)
	}
	return nil
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
