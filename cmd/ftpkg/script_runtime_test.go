package main

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// python-mirror DIR: puts archives of the tests' interpreters into DIR, serves
// them (MIRROR is the URL), and puts a catalogue of them, and of one that is not
// there (3.14.99t), into the data directory. NAME is what the free-threaded one
// is installed as, VERSION its version, FILE its archive.
func pythonMirror(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: python-mirror DIR")
	}
	platform, err := ftruntime.HostPlatform("/", runtime.GOOS, runtime.GOARCH)
	ts.Check(err)
	own, err := ftruntime.Embedded()
	ts.Check(err)
	c := &ftruntime.Catalogue{AsOf: own.AsOf, Index: own.Index, Prefix: own.Prefix}
	release := runtimetest.PackedAt().Format("20060102")
	dir := ts.MkAbs(args[0])
	for _, variable := range []string{"FTPKG_TEST_GIL_PYTHON", "FTPKG_TEST_PYTHON"} {
		a, err := runtimetest.Pack(ts.Getenv(variable))
		ts.Check(err)
		b := ftruntime.Build{Version: a.Version, FreeThreaded: a.FreeThreaded, Platform: platform, Release: release, SHA256: sha256.Sum256(a.Bytes)}
		c.Builds = append(c.Builds, b)
		file := filepath.Join(dir, release, b.File())
		ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
		ts.Check(os.WriteFile(file, a.Bytes, 0o644))
		ts.Setenv("NAME", b.Name())
		ts.Setenv("VERSION", b.Python().String())
		ts.Setenv("FILE", file)
	}
	c.Builds = append(c.Builds, ftruntime.Build{Version: "3.14.99", FreeThreaded: true, Platform: platform, Release: release, SHA256: ftruntime.Digest{1}})
	slices.SortFunc(c.Builds, func(a, b ftruntime.Build) int { return strings.Compare(a.Name(), b.Name()) })
	data := filepath.Join(ts.Getenv("XDG_DATA_HOME"), "ftpkg")
	ts.Check(os.MkdirAll(data, 0o755))
	f, err := os.Create(filepath.Join(data, "builds.json"))
	ts.Check(err)
	ts.Check(c.Write(f))
	ts.Check(f.Close())
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	ts.Defer(server.Close)
	ts.Setenv("MIRROR", server.URL)
	ts.Setenv("AS_OF", c.AsOf.Format(time.DateOnly))
}

// no-python: a machine on which no interpreter is found. PATH has ftpkg alone.
func noPython(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: no-python")
	}
	ts.Setenv("PATH", filepath.SplitList(ts.Getenv("PATH"))[0])
	for _, name := range []string{"PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "HOMEBREW_PREFIX"} {
		ts.Setenv(name, ts.MkAbs("none"))
	}
}
