//go:build unix

package build

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func FuzzVersion(f *testing.F) {
	f.Add("#define PY_VERSION \"3.13.5\"\n")
	f.Add("  # define PY_VERSION\t\"3.15.0rc1+\"\n")
	f.Add("#define PY_VERSION \"3.13.5t\"")
	f.Add("#define PY_VERSION \"3.13\"")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parseVersion(text)
		if err != nil {
			return
		}
		if v.Micro < 0 || v.FreeThreaded || v.Debug || v.Check() != nil {
			t.Errorf("%q: %+v", text, v)
		}
	})
}

// Whatever is in an archive, nothing is written beside the directory it is
// unpacked into, and no link in it leads out.
func FuzzUnpack(f *testing.F) {
	for _, files := range []map[string]string{
		fakeSource(),
		{"a/../../evil": "x"},
		{"a": "->..", "a/b": "x"},
		{"a": "->.", "b": "->a/..", "c": "x"},
		{"a/b": "->c", "a/c": "->b", "a/b/d": "x"},
	} {
		f.Add(tarOf(f, files))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		refused := unpack(t.Context(), bytes.NewReader(b), dir)
		beside, err := os.ReadDir(outer)
		if err != nil || len(beside) != 1 {
			t.Errorf("%v beside, %v", beside, err)
		}
		if refused != nil {
			return // what was written so far will be thrown away
		}
		err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.Type() != fs.ModeSymlink {
				return err
			}
			if at, err := filepath.EvalSymlinks(name); err == nil {
				if rel, err := filepath.Rel(dir, at); err != nil || !filepath.IsLocal(rel) {
					t.Errorf("%s leads to %s", name, at)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
