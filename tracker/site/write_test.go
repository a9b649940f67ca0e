package site_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
)

// tree reads a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, dir string, in *site.Input) *site.Written {
	t.Helper()
	w, err := site.Write(dir, in)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "site")
	in := sitetest.Input(20)
	want := build(t, in)
	w := write(t, dir, in)
	if w.Files != len(want) || w.Changed != len(want) || w.Removed != 0 {
		t.Errorf("first: %+v, want %d files, all of them new", *w, len(want))
	}
	got := tree(t, dir)
	delete(got, ".ftpkg-site")
	if len(got) != len(want) {
		t.Errorf("%d files in the folder, want %d", len(got), len(want))
	}
	for name, data := range want {
		if !bytes.Equal([]byte(got[name]), data) {
			t.Errorf("%s differs", name)
		}
	}
	if w := write(t, dir, in); w.Changed != 0 || w.Removed != 0 {
		t.Errorf("the same again: %+v, want nothing changed", *w)
	}
}

// TestWriteRemoves writes a smaller site over a larger one: what is no longer part of
// it goes, and what never was stays.
func TestWriteRemoves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := sitetest.Input(20)
	write(t, dir, in)
	gone := in.Document.Packages[4].Name
	kept := map[string]string{"CNAME": "example.invalid\n", "p/" + gone + "/mine.txt": "mine", "docs/a.html": "<p>"}
	for name, data := range kept {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other := in.Document.Packages[5].Name
	in.Document.Packages = append(in.Document.Packages[:4:4], in.Document.Packages[6:]...)
	w := write(t, dir, in)
	if w.Removed != 8 {
		t.Errorf("%d files were removed, want 8: page, document and two badges of two packages", w.Removed)
	}
	got := tree(t, dir)
	for name, data := range kept {
		if got[name] != data {
			t.Errorf("%s, which is not the site's, is %q", name, got[name])
		}
	}
	for _, name := range []string{"p/" + gone + "/index.html", "badge/" + gone + ".svg", "data/p/" + other + ".json"} {
		if _, ok := got[name]; ok {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "p", other)); err == nil {
		t.Errorf("the empty folder of %s is still there", other)
	}
}

// TestWriteStaysInside gives a list of files that lead out of the folder, and a link
// that does.
func TestWriteStaysInside(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	precious := filepath.Join(outside, "precious")
	if err := os.WriteFile(precious, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(outside, "site")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	list := strings.Join([]string{"../precious", precious, "a/../../precious", "."}, "\n")
	if err := os.WriteFile(filepath.Join(dir, ".ftpkg-site"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, dir, sitetest.Input(2))
	if _, err := os.Stat(precious); err != nil {
		t.Errorf("a file outside of the folder: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "badge")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "badge")); err != nil {
		t.Fatal(err)
	}
	if _, err := site.Write(dir, sitetest.Input(3)); err == nil {
		t.Error("a link led out of the folder")
	}
}

// TestWriteInterrupted leaves a draft and a file of the old site behind, as one that
// was killed does.
func TestWriteInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := sitetest.Input(5)
	write(t, dir, in)
	clean := tree(t, dir)
	if err := os.WriteFile(filepath.Join(dir, ".new-index.html"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, dir, in)
	got := tree(t, dir)
	for name, data := range clean {
		if got[name] != data {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(clean) {
		t.Errorf("%d files, want %d: the draft stays behind", len(got), len(clean))
	}
}
