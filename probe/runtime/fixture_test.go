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
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A fixture is the archive of one of the tests' interpreters, and what a
// catalogue says of it.
type fixture struct {
	archive []byte
	build   Build
}

func archiveOf(t *testing.T, python string) *fixture {
	t.Helper()
	f, err := packed(python)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func packed(python string) (*fixture, error) {
	a, err := runtimetest.Pack(python)
	if err != nil {
		return nil, err
	}
	host, err := HostPlatform("/", goruntime.GOOS, goruntime.GOARCH)
	if err != nil {
		return nil, err
	}
	release := runtimetest.PackedAt().Format("20060102")
	return &fixture{a.Bytes, Build{a.Version, a.FreeThreaded, host, release, sha256.Sum256(a.Bytes)}}, nil
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
