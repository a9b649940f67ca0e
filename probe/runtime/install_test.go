//go:build unix

package runtime

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// TestMain lets the test binary be another process that installs, to be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("RUNTIME_TEST_INSTALL"); url != "" {
		os.Exit(installElsewhere(url))
	}
	os.Exit(m.Run())
}

// Over HTTP and from a folder: what is installed is what was archived, and works.
func TestInstall(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	server := newMirror(t, serving(f.build, f.archive))
	side, release := t.TempDir(), t.TempDir()
	write(t, filepath.Join(side, f.build.File()), string(f.archive), 0o644)
	write(t, filepath.Join(release, f.build.Release, f.build.File()), string(f.archive), 0o644)
	encoded := t.TempDir()
	write(t, filepath.Join(encoded, f.build.Release, strings.ReplaceAll(f.build.File(), "+", "%2B")), string(f.archive), 0o644)
	for name, place := range map[string]string{
		"http": server.URL + "/mirror", "slash": server.URL + "/mirror/", "file": "file://" + release, "folder": side, "encoded": encoded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, f.build)
			m.Mirror = place
			var done, total atomic.Int64
			r, err := m.Install(t.Context(), f.build.Python(), func(d, t int64) { done.Store(d); total.Store(t) })
			if err != nil {
				t.Fatal(err)
			}
			if size := int64(len(f.archive)); done.Load() != size || total.Load() != size {
				t.Errorf("progress ended at %d of %d, the archive has %d", done.Load(), total.Load(), size)
			}
			if r.Source != vocab.RuntimeInstalled || r.Python() != f.build.Python() || r.Name != f.build.Name() || r.Dir != m.Dir(f.build.Name()) || r.BasePrefix != r.Dir {
				t.Errorf("%+v", r)
			}
			if got := remains(t, m); !slices.Equal(got, []string{f.build.Name()}) {
				t.Errorf("left behind: %v", got)
			}
			// The standard library is compiled for the place it is in now.
			out, err := exec.CommandContext(t.Context(), r.Executable, "-I", "-B", "-c",
				"import json, os; print(json.__cached__, os.path.exists(json.__cached__), json.dumps.__code__.co_filename)").CombinedOutput()
			if words := strings.Fields(string(out)); err != nil || len(words) != 3 || words[1] != "True" || !strings.HasPrefix(words[2], r.Dir) {
				t.Errorf("%v: %s", err, out)
			}
			// Again: there it is.
			r, err = m.Install(t.Context(), wheeltags.Python{Major: 3, Minor: f.build.Python().Minor, Micro: -1, FreeThreaded: true}, nil)
			if err != nil || r.Source != vocab.RuntimeManaged {
				t.Errorf("%v, %+v", err, r)
			}
		})
	}
	t.Cleanup(func() {
		if n := server.asked.Load(); n != 2 {
			t.Errorf("the mirror was asked %d times, want once for each of the two that installed from it", n)
		}
	})
}

// What is not the archive of the catalogue, or does not arrive, installs nothing
// and leaves nothing.
func TestInstallFails(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	gil := archiveOf(t, runtimetest.GIL(t))
	swapped := gil.build
	swapped.FreeThreaded = true
	half := f.archive[:len(f.archive)/2]
	flipped := slices.Clone(f.archive)
	flipped[len(flipped)/2] ^= 1
	cut := func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(f.archive[:100_000])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	for _, tt := range []struct {
		name  string
		build Build
		serve func(int, http.ResponseWriter, *http.Request)
		check func(error) bool
		asked int32
	}{
		{"a byte changed", f.build, serving(f.build, flipped), is[*DigestError], 1},
		{"cut short", f.build, serving(f.build, half), is[*DigestError], 1},
		{"cut short, digest right", f.build.withDigest(half), serving(f.build, half), is[*ArchiveError], 1},
		{"nothing", f.build, serving(f.build, nil), is[*DigestError], 1},
		{"not an archive", f.build.withDigest([]byte("<html>")), serving(f.build, []byte("<html>")), is[*ArchiveError], 1},
		{"not there", f.build, func(_ int, w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, is[*fetch.StatusError], 1},
		{"disconnects", f.build, cut, func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }, 4},
		{"with the GIL", swapped, serving(swapped, gil.archive), func(err error) bool { return strings.Contains(err.Error(), "(GIL), not ") }, 1},
		{"another version", newer(f.build), serving(newer(f.build), f.archive), func(err error) bool { return strings.Contains(err.Error(), ", not 3.99.0t") }, 1},
		{"no interpreter", f.build.withDigest(tarGz(t, entry{text: "x", Header: header("python/bin/x")})),
			serving(f.build, tarGz(t, entry{text: "x", Header: header("python/bin/x")})), func(err error) bool { return strings.Contains(err.Error(), "no interpreter") }, 1},
		{"a liar", f.build.withDigest(tarGz(t, entry{text: "#!/bin/sh\necho hi", Header: program755("python/bin/python3")})),
			serving(f.build, tarGz(t, entry{text: "#!/bin/sh\necho hi", Header: program755("python/bin/python3")})), is[*AskError], 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := newMirror(t, tt.serve)
			m := newManager(t, tt.build)
			m.Mirror = server.URL + "/mirror"
			_, err := m.Install(t.Context(), tt.build.Python(), nil)
			if err == nil || !tt.check(err) || !strings.Contains(err.Error(), tt.build.Name()) {
				t.Errorf("error %v", err)
			}
			if got := remains(t, m); len(got) > 0 {
				t.Errorf("left behind: %v", got)
			}
			if n := server.asked.Load(); n != tt.asked {
				t.Errorf("asked %d times, want %d", n, tt.asked)
			}
			if list, err := m.List(t.Context()); err != nil || len(list) > 0 {
				t.Errorf("listed: %v, %v", list, err)
			}
		})
	}
}

// is reports whether an error is of a type.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func newer(b Build) Build {
	b.Version = "3.99.0"
	return b
}

// A connection that breaks once is no reason to give up.
func TestInstallAfterDisconnect(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	server := newMirror(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			w.Header().Set("Content-Length", "1000000")
			_, _ = w.Write(f.archive[:100_000])
			panic(http.ErrAbortHandler)
		}
		serving(f.build, f.archive)(n, w, r)
	})
	m := newManager(t, f.build)
	m.Mirror = server.URL + "/mirror"
	if _, err := m.Install(t.Context(), f.build.Python(), nil); err != nil {
		t.Error(err)
	}
}

// Ctrl-C in the middle of a download.
func TestInstallCancelled(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	server := newMirror(t, stalling(f.archive))
	m := newManager(t, f.build)
	m.Mirror = server.URL + "/mirror"
	ctx, cancel := context.WithCancel(t.Context())
	_, err := m.Install(ctx, f.build.Python(), func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got := remains(t, m); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

// stalling sends the beginning of an archive and then nothing.
func stalling(archive []byte) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000000")
		_, _ = w.Write(archive[:100_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// Two at once: one installs, the other waits and finds it there.
func TestInstallTwice(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	server := newMirror(t, serving(f.build, f.archive))
	first := newManager(t, f.build)
	var wg sync.WaitGroup
	for range 4 {
		m := *first
		m.Mirror = server.URL + "/mirror"
		wg.Go(func() {
			if r, err := m.Install(t.Context(), f.build.Python(), nil); err != nil || r.Dir != first.Dir(f.build.Name()) {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	wg.Wait()
	if n := server.asked.Load(); n != 1 {
		t.Errorf("downloaded %d times", n)
	}
	if got := remains(t, first); !slices.Equal(got, []string{f.build.Name()}) {
		t.Errorf("left behind: %v", got)
	}
}

// A process that is killed while it installs stops nobody, and what it left is
// removed.
func TestInstallAfterKill(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	arrived := make(chan struct{})
	stuck := newMirror(t, func(n int, w http.ResponseWriter, r *http.Request) {
		close(arrived)
		stalling(f.archive)(n, w, r)
	})
	m := newManager(t, f.build)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Dir = filepath.Dir(m.DataDir)
	cmd.Env = append(os.Environ(), "RUNTIME_TEST_INSTALL="+stuck.URL+"/mirror", "RUNTIME_TEST_PYTHON="+runtimetest.FreeThreaded(t))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	part := m.Dir(partPrefix + f.build.Name())
	wait(t, func() bool {
		st, err := os.Stat(filepath.Join(part, "archive"))
		return err == nil && st.Size() > 0
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := remains(t, m); !slices.Equal(got, []string{partPrefix + f.build.Name()}) {
		t.Fatalf("the killed process left %v", got)
	}
	if list, err := m.List(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("half an installation is listed: %v, %v", list, err)
	}
	// Others' leftovers too, whatever is in them.
	write(t, filepath.Join(m.Dir(partPrefix+"cpython-3.14.0t+20251007-x86_64-linux-gnu"), "python", "bin", "python3"), "#!/bin/sh\n", 0o755)
	write(t, filepath.Join(m.Dir(trashPrefix+"cpython-3.13.0t"), "lib", "x"), "", 0o444)
	good := newMirror(t, serving(f.build, f.archive))
	m.Mirror = good.URL + "/mirror"
	if _, err := m.Install(t.Context(), f.build.Python(), nil); err != nil {
		t.Fatal(err)
	}
	if got := remains(t, m); !slices.Equal(got, []string{f.build.Name()}) {
		t.Errorf("left behind: %v", got)
	}
}

// installElsewhere installs from a mirror into the directory data of the working
// directory. It only ever gets as far as the mirror lets it.
func installElsewhere(url string) int {
	f, err := packed(os.Getenv("RUNTIME_TEST_PYTHON"))
	if err != nil {
		return 1
	}
	dir, err := filepath.Abs("data")
	if err != nil {
		return 1
	}
	m := &Manager{
		DataDir: dir, Mirror: url, Platform: f.build.Platform, Catalogue: &Catalogue{Builds: []Build{f.build}},
		Client: fetch.NewClient(fetch.NewTransport(fetch.TransportOptions{}), fetch.NewRetrier(fetch.RetryOptions{})),
	}
	_, err = m.Install(context.Background(), f.build.Python(), nil)
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
	}
	return 1
}

// An installation that somebody damaged is made anew.
func TestInstallOverDamage(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	m := newManager(t, f.build)
	m.Mirror = t.TempDir()
	write(t, filepath.Join(m.Mirror, f.build.File()), string(f.archive), 0o644)
	write(t, filepath.Join(m.Dir(f.build.Name()), "bin", "python3"), "#!/bin/sh\nexit 1\n", 0o755)
	list, err := m.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Runtime != nil || !is[*AskError](list[0].Err) {
		t.Fatalf("%+v, %v", list, err)
	}
	if r, err := m.Install(t.Context(), f.build.Python(), nil); err != nil || r.Source != vocab.RuntimeInstalled {
		t.Errorf("%v", err)
	}
	// Without its standard library, an interpreter may take that of the place it
	// was built for.
	if err := os.RemoveAll(filepath.Join(m.Dir(f.build.Name()), "lib")); err != nil {
		t.Fatal(err)
	}
	if list, err := m.List(t.Context()); err != nil || len(list) != 1 || !is[*AskError](list[0].Err) {
		t.Errorf("%+v, %v", list, err)
	}
}

// Where nothing can be written, that is what the error says.
func TestInstallReadOnly(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "", 0o644)
	dirs := []string{filepath.Join(file, "data")}
	if os.Geteuid() != 0 { // root may write anywhere
		dirs = append(dirs, filepath.Join(locked, "data"))
	}
	for _, dir := range dirs {
		m := newManager(t, f.build)
		m.DataDir, m.Mirror = dir, t.TempDir()
		write(t, filepath.Join(m.Mirror, f.build.File()), string(f.archive), 0o644)
		if _, err := m.Install(t.Context(), f.build.Python(), nil); !is[*fs.PathError](err) || !strings.Contains(err.Error(), filepath.Dir(dir)) {
			t.Errorf("%v", err)
		}
		if _, err := m.List(t.Context()); err != nil && !errors.Is(err, fs.ErrNotExist) && !strings.Contains(err.Error(), "not a directory") {
			t.Error(err)
		}
	}
}

func TestInstallOffline(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	m := newManager(t, f.build)
	m.Client = nil
	if _, err := m.Install(t.Context(), f.build.Python(), nil); !errors.Is(err, ErrOffline) {
		t.Errorf("%v", err)
	}
	m.Mirror = "https://mirror.example.invalid/"
	if _, err := m.Install(t.Context(), f.build.Python(), nil); !errors.Is(err, ErrOffline) {
		t.Errorf("%v", err)
	}
	// A mirror on this machine needs no network, nor does what is there already.
	m.Mirror = t.TempDir()
	write(t, filepath.Join(m.Mirror, f.build.File()), string(f.archive), 0o644)
	if _, err := m.Install(t.Context(), f.build.Python(), nil); err != nil {
		t.Error(err)
	}
	m.Mirror = ""
	if r, err := m.Install(t.Context(), f.build.Python(), nil); err != nil || r.Source != vocab.RuntimeManaged {
		t.Error(err)
	}
}

func TestMirrors(t *testing.T) {
	t.Parallel()
	b := Build{"3.14.7", true, "x86_64-unknown-linux-gnu", "20260814", Digest{1}}
	for mirror, want := range map[string]string{
		"":                                       archivePrefix + b.path(),
		"https://mirror.example.invalid/python":  "https://mirror.example.invalid/python/" + b.path(),
		"http://mirror.example.invalid/a//":      "http://mirror.example.invalid/a/" + b.path(),
		"file:///srv/python":                     "/srv/python/" + b.Release + "/" + b.File(),
		"file://localhost/srv/a%20b":             "/srv/a b/" + b.Release + "/" + b.File(),
		"/srv/python/":                           "/srv/python/" + b.Release + "/" + b.File(),
		"python":                                 "neither a URL nor an absolute path",
		"ftp://mirror.example.invalid/":          "want an https, http or file URL",
		"https:///python":                        "want an https, http or file URL",
		"file://elsewhere.example.invalid/x":     "want an https, http or file URL",
		"https://u:secret@x.example.invalid/%zz": "not a valid URL",
	} {
		m := newManager(t, b)
		m.Mirror = mirror
		places, err := m.archives(b)
		switch {
		case err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v, want %s", mirror, err, want)
		case err == nil && places[0].String() != want:
			t.Errorf("%s: %s, want %s", mirror, places[0], want)
		}
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	f, g := freeThreaded(t), archiveOf(t, runtimetest.GIL(t))
	m := newManager(t, f.build, g.build)
	m.Mirror = t.TempDir()
	for _, one := range []*fixture{f, g} {
		write(t, filepath.Join(m.Mirror, one.build.File()), string(one.archive), 0o644)
		if _, err := m.Install(t.Context(), one.build.Python(), nil); err != nil {
			t.Fatal(err)
		}
	}
	list, err := m.List(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != f.build.Name() || list[1].Name != g.build.Name() {
		t.Fatalf("%v, %v", list, err)
	}
	for _, want := range []wheeltags.Python{f.build.Python(), g.build.Python()} {
		if r, err := m.Path(t.Context(), want); err != nil || r.Python() != want {
			t.Errorf("%s: %v, %v", want, r, err)
		}
	}
	missing := f.build.Python()
	missing.Minor++
	if _, err := m.Path(t.Context(), missing); !is[*NotManagedError](err) {
		t.Errorf("%v", err)
	}
	for _, which := range []string{"3.99t", "nothing", "../" + f.build.Name(), ".."} {
		if names, err := m.Remove(t.Context(), which); !is[*NotManagedError](err) {
			t.Errorf("%s: removed %v, %v", which, names, err)
		}
	}
	if names, err := m.Remove(t.Context(), f.build.Python().Series()+"t"); err != nil || !slices.Equal(names, []string{f.build.Name()}) {
		t.Errorf("%v, %v", names, err)
	}
	if names, err := m.Remove(t.Context(), g.build.Name()); err != nil || !slices.Equal(names, []string{g.build.Name()}) {
		t.Errorf("%v, %v", names, err)
	}
	if got := remains(t, m); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

// A bundle is verified as an archive is.
func TestAddBundle(t *testing.T) {
	t.Parallel()
	f := freeThreaded(t)
	b := &Bundle{
		Name: "cpython-bundled", Python: f.build.Python(), SHA256: f.build.SHA256, Folder: "python",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(f.archive))), nil },
	}
	m := newManager(t, f.build)
	m.Client = nil
	for range 2 {
		if r, err := m.AddBundle(t.Context(), b); err != nil || r.Source != vocab.RuntimeBundled || r.Name != b.Name {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	broken := *b
	broken.Name, broken.SHA256 = "cpython-broken", Digest{1}
	if _, err := m.AddBundle(t.Context(), &broken); !is[*DigestError](err) {
		t.Errorf("%v", err)
	}
	if got := remains(t, m); !slices.Equal(got, []string{b.Name}) {
		t.Errorf("left behind: %v", got)
	}
}
