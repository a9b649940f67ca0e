//go:build unix

package runtime

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// fixtures are archives made from the interpreters of the tests: real ones, with
// as much of the standard library as is needed here.
var fixtures sync.Map // by interpreter: func() (*fixture, error)

type fixture struct {
	archive []byte
	build   Build
}

// archiveOf returns the archive of an interpreter, in the form of
// python-build-standalone's.
func archiveOf(t *testing.T, python string) *fixture {
	t.Helper()
	once, _ := fixtures.LoadOrStore(python, sync.OnceValues(func() (*fixture, error) { return pack(python) }))
	f, err := once.(func() (*fixture, error))()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func pack(python string) (*fixture, error) {
	info, err := Ask(context.Background(), python)
	if err != nil {
		return nil, err
	}
	host, err := HostPlatform("/", goruntime.GOOS, goruntime.GOARCH)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	flavour := ""
	if info.FreeThreaded {
		flavour = "t"
	}
	name := "python" + info.Python().Series() + flavour
	program, err := os.ReadFile(info.Executable)
	if err != nil {
		return nil, err
	}
	day := time.Date(2026, time.August, 14, 0, 0, 0, 0, time.UTC)
	add := func(h tar.Header, text []byte) error {
		h.Size, h.ModTime = int64(len(text)), day
		if err := w.WriteHeader(&h); err != nil {
			return err
		}
		_, err := w.Write(text)
		return err
	}
	err = add(tar.Header{Typeflag: tar.TypeReg, Name: "python/bin/" + name, Mode: 0o755}, program)
	if err == nil {
		err = add(tar.Header{Typeflag: tar.TypeSymlink, Name: "python/bin/python3", Linkname: name, Mode: 0o777}, nil)
	}
	if err == nil {
		err = add(tar.Header{Typeflag: tar.TypeLink, Name: "python/bin/python", Linkname: "python/bin/" + name}, nil)
	}
	if err != nil {
		return nil, err
	}
	// What the interpreter needs to start, to be asked and to compile.
	const needed = `import argparse, compileall, gettext, locale, shutil, json, os, site, sysconfig, sys, struct, encodings.ascii, encodings.latin_1
sysconfig.get_config_vars()
print("\n".join({m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)}))`
	list, err := exec.Command(info.Executable, "-I", "-S", "-B", "-c", needed).Output()
	if err != nil {
		return nil, err
	}
	for file := range strings.FieldsSeq(string(list)) {
		rel, err := filepath.Rel(filepath.Dir(info.Stdlib), file)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := add(tar.Header{Typeflag: tar.TypeReg, Name: "python/lib/" + filepath.ToSlash(rel), Mode: 0o644}, text); err != nil {
			return nil, err
		}
	}
	// Without this one, CPython takes the folder for no installation.
	if err := add(tar.Header{Typeflag: tar.TypeDir, Name: "python/lib/" + filepath.Base(info.Stdlib) + "/lib-dynload/", Mode: 0o755}, nil); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &fixture{b.Bytes(), Build{
		Version: info.Version, FreeThreaded: info.FreeThreaded, Platform: host, Release: "20260814", SHA256: sha256.Sum256(b.Bytes()),
	}}, nil
}

// freeThreaded is the archive of the free-threaded interpreter.
func freeThreaded(t *testing.T) *fixture {
	t.Helper()
	return archiveOf(t, runtimetest.FreeThreaded(t))
}

// withDigest returns a build whose digest is that of an archive.
func (b Build) withDigest(archive []byte) Build {
	b.SHA256 = sha256.Sum256(archive)
	return b
}

// newManager returns a Manager with a catalogue of builds and no mirror.
func newManager(t *testing.T, builds ...Build) *Manager {
	t.Helper()
	slices.SortFunc(builds, compareBuilds)
	c := &Catalogue{AsOf: time.Date(2026, time.August, 14, 0, 0, 0, 0, time.UTC), Index: indexURL, Prefix: archivePrefix, Builds: builds}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }
	return &Manager{
		DataDir: filepath.Join(t.TempDir(), "data"), Catalogue: c, Platform: builds[0].Platform, Now: now,
		Client: fetch.NewClient(fetch.Stall(fetch.NewTransport(fetch.TransportOptions{}), 10*time.Second), fetch.NewRetrier(fetch.RetryOptions{
			Now: now, Sleep: func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) },
		})),
	}
}

// A mirror serves archives over HTTP, by their path below the prefix.
type mirror struct {
	*httptest.Server
	asked atomic.Int32
}

// newMirror serves what serve writes for each request, by its number from 1.
func newMirror(t *testing.T, serve func(n int, w http.ResponseWriter, r *http.Request)) *mirror {
	t.Helper()
	m := new(mirror)
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(int(m.asked.Add(1)), w, r)
	}))
	t.Cleanup(m.CloseClientConnections)
	t.Cleanup(m.Close)
	return m
}

// serving returns a handler for one build's archive.
func serving(b Build, archive []byte) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/mirror/"+b.path() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(archive)))
		_, _ = w.Write(archive)
	}
}

// remains returns what is in the runtimes directory but for locks.
func remains(t *testing.T, m *Manager) []string {
	t.Helper()
	entries, err := os.ReadDir(m.dir())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), lockPrefix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// An entry of an archive made for a test.
type entry struct {
	tar.Header
	text string
}

// tarGz makes an archive.
func tarGz(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		if e.Typeflag == 0 {
			e.Typeflag = tar.TypeReg
		}
		if e.Size == 0 {
			e.Size = int64(len(e.text))
		}
		if e.Typeflag != tar.TypeXGlobalHeader {
			e.Mode |= 0o644
		}
		if err := w.WriteHeader(&e.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// says returns a shell script that answers as an interpreter of a version would,
// after what the real one in the tests says.
func says(t *testing.T, version, prefix string, change map[string]any) string {
	t.Helper()
	info, err := Ask(t.Context(), runtimetest.FreeThreaded(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{"implementation": "cpython"}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	plain, isFree := strings.CutSuffix(version, "t")
	series := strings.Join(strings.Split(plain, ".")[:2], "")
	flavour := ""
	if isFree {
		flavour = "t"
	}
	maps.Copy(doc, map[string]any{
		"version": plain, "free_threaded": isFree, "gil_enabled": !isFree, "build": plain + " (" + version + ")",
		"suffixes": []string{fmt.Sprintf(".cpython-%s%s-x86_64-linux-gnu.so", series, flavour), ".so"},
		"prefix":   prefix, "base_prefix": prefix,
	})
	maps.Copy(doc, change)
	if b, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	return "#!/bin/sh\ncat <<'END'\n" + string(b) + "\nEND\n"
}

// write writes a file with the folders above it.
func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
