package main

import (
	"archive/tar"
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
)

// wheel-index DIR: serves the wheels in a directory as an index that has ranges,
// and points ftpkg at it. WHEEL_URL is where the files are.
func wheelIndex(t testing.TB) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: wheel-index DIR")
		}
		c := corpus.Corpus{Dir: ts.MkAbs(args[0])}
		url := c.Index(t)
		ts.Setenv("FTPKG_INDEX_URL", url)
		ts.Setenv("WHEEL_URL", strings.TrimSuffix(url, "/simple/")+"/files")
	}
}

// image-of TAR WHEEL...: writes an archive of a root file system in which wheels are
// installed.
func imageOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: image-of TAR WHEEL...")
	}
	out, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer out.Close()
	w := tar.NewWriter(out)
	for _, pattern := range args[1:] {
		names, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		for _, name := range names {
			eachMember(ts, name, func(member string, data []byte) {
				ts.Check(w.WriteHeader(&tar.Header{Name: "usr/lib/python3.13t/site-packages/" + member, Size: int64(len(data)), Mode: 0o644}))
				_, err := w.Write(data)
				ts.Check(err)
			})
		}
	}
	ts.Check(w.Close())
}

// install-into DIR WHEEL...: unpacks wheels into a directory.
func installInto(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: install-into DIR WHEEL...")
	}
	for _, pattern := range args[1:] {
		names, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		for _, name := range names {
			eachMember(ts, name, func(member string, data []byte) {
				full := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(member))
				ts.Check(os.MkdirAll(filepath.Dir(full), 0o755))
				ts.Check(os.WriteFile(full, data, 0o644))
			})
		}
	}
}

func eachMember(ts *testscript.TestScript, wheel string, visit func(member string, data []byte)) {
	z, err := zip.OpenReader(wheel)
	ts.Check(err)
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		ts.Check(err)
		data, err := io.ReadAll(r)
		ts.Check(err)
		visit(f.Name, data)
	}
}

// The words of a verdict of an argument that could be a file or a project.
func TestInspectSubject(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a-1-py3-none-any.whl", "m.so", "m.pyd", "i.tar", "i.tar.gz", "not a name"} {
		var err error
		if strings.Contains(name, " ") {
			err = os.Mkdir(filepath.Join(dir, name), 0o755)
		} else {
			err = os.WriteFile(filepath.Join(dir, name), nil, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "numpy"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := world(t)
	env.Dir = dir
	for arg, want := range map[string]inspectKind{
		"numpy": inspectProject, "numpy==2": inspectProject, "NumPy >= 2": inspectProject, "./numpy": inspectTree, "numpy/": inspectTree, ".": inspectTree,
		"..": inspectTree, "not a name": inspectTree, dir: inspectTree, "a-1-py3-none-any.whl": inspectWheel, "m.so": inspectModule, "./m.pyd": inspectModule,
		"i.tar": inspectImage, "i.tar.gz": inspectImage, "https://example.invalid/a-1-py3-none-any.whl#sha256=x": inspectURL,
	} {
		x, err := readInspectSubject(env, arg)
		if err != nil || x.kind != want {
			t.Errorf("%s: %d, %v; want %d", arg, x.kind, err, want)
		}
	}
	for _, arg := range []string{"a b", "none.whl", "none.so", "none.tar", "https://example.invalid/x", "a @ https://example.invalid/a-1-py3-none-any.whl", "", "numpy/none.pyd"} {
		if x, err := readInspectSubject(env, arg); err == nil {
			t.Errorf("%s: %d", arg, x.kind)
		}
	}
}
