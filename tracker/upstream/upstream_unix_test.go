//go:build unix

package upstream_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/upstream"
)

// workflow tests on a Python, on line 7.
func workflow(python string) string {
	return "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - {uses: actions/setup-python@v6, with: {python-version: \"" + python + "\"}}\n      - run: pytest\n"
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://github.com/o/r":                 "https://github.com/o/r",
		"https://www.github.com/o/r.git":         "https://github.com/o/r",
		"https://github.com/o/r/issues?q=x#y":    "https://github.com/o/r",
		"https://github.com/o/r/tree/main/sub":   "https://github.com/o/r",
		"https://gitlab.com/g/sub/r/-/issues":    "https://gitlab.com/g/sub/r",
		"https://gitlab.example.invalid/g/r":     "https://gitlab.example.invalid/g/r",
		"https://example.invalid/x/r.git":        "https://example.invalid/x/r",
		"https://github.com/o":                   "",
		"https://github.com/sponsors/o":          "",
		"https://example.invalid/docs":           "",
		"http://github.com/o/r":                  "",
		"ssh://git@github.com/o/r":               "",
		"git@github.com:o/r":                     "",
		"file:///etc/x.git":                      "",
		"ext::sh -c id":                          "",
		"--upload-pack=x":                        "",
		"https://user:word@github.com/o/r":       "",
		"https://github.com:8443/o/r":            "",
		"https://127.0.0.1/o/r.git":              "",
		"https://[::1]/o/r.git":                  "",
		"https://localhost/o/r.git":              "",
		"https://git.internal/o/r.git":           "",
		"https://metadata.internal/o/r.git":      "",
		"https://git.example.invalid./o/r":       "",
		"https://github.com/o/r\n--upload-pack=": "",
	} {
		if got := upstream.Address(map[string]string{"Source Code": address}); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
	all := map[string]string{"Homepage": "https://github.com/o/home", "source-code": "https://github.com/o/source", "Funding": "https://github.com/o/f"}
	if got := upstream.Address(all); got != "https://github.com/o/source" {
		t.Errorf("of several: %s", got)
	}
	if got := upstream.Address(map[string]string{"Funding": "https://github.com/o/f"}); got != "" {
		t.Errorf("of none: %s", got)
	}
}

// FuzzAddress: nothing but an HTTPS address of a host comes out.
func FuzzAddress(f *testing.F) {
	f.Add("https://github.com/o/r")
	f.Add("https://git.x.y/%2e%2e/r.git")
	f.Fuzz(func(t *testing.T, address string) {
		got := upstream.Address(map[string]string{"Source": address})
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.RawQuery+u.Fragment != "" || !strings.Contains(u.Host, ".") || strings.ContainsAny(got, " \n\r\t\x00") {
			t.Errorf("%q becomes %q", address, got)
		}
	})
}

// An entry is a file of an archive.
type entry struct {
	name, text string
	link       bool
}

func tarOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text))}
		if e.link {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, e.text, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if !e.link {
			if _, err := w.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// names are the files of a directory.
func names(t *testing.T, fsys fs.FS) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Of a source distribution only workflows and pyproject.toml are read, wherever its
// entries pretend to lie.
func TestSdist(t *testing.T) {
	t.Parallel()
	want := []string{".github/actions/run/action.yml", ".github/workflows/ci.yml", ".github/workflows/other.yaml", "pyproject.toml"}
	entries := []entry{
		{name: "demo-1.0/pyproject.toml", text: "[project]\n"},
		{name: "demo-1.0/.github/workflows/ci.yml", text: workflow("3.14t")},
		{name: "./demo-1.0/.github/workflows/other.yaml", text: "on: push\n"},
		{name: "demo-1.0/.github/actions/run/action.yml", text: "runs: {}\n"},
		{name: "demo-1.0/.github/dependabot.yml", text: "no"},
		{name: "demo-1.0/.github/workflows/README.md", text: "no"},
		{name: "demo-1.0/.github/workflows/sub/x.yml", text: "no"},
		{name: "demo-1.0/sub/.github/workflows/x.yml", text: "no"},
		{name: "demo-1.0/../../.github/workflows/x.yml", text: "no"},
		{name: "../.github/workflows/../x.yml", text: "no"},
		{name: "demo-1.0/.github/workflows/ci.yml", text: "a second of that name"},
		{name: "demo-1.0/.github/workflows/large.yml", text: strings.Repeat("#", 2<<20)},
		{name: "demo-1.0/setup.py", text: "raise SystemExit"},
	}
	packed := map[string][]byte{"demo-1.0.zip": zipOf(t, entries...)}
	packed["demo-1.0.tar.gz"] = tarOf(t, append(entries, entry{name: "demo-1.0/.github/workflows/link.yml", text: "/etc/passwd", link: true})...)
	for name, data := range packed {
		fsys, err := upstream.Sdist(name, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, names(t, fsys)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if text, err := fs.ReadFile(fsys, ".github/workflows/ci.yml"); err != nil || string(text) != workflow("3.14t") {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	for name, data := range map[string][]byte{"demo-1.0.tar.gz": []byte("no archive"), "demo-1.0.zip": nil, "demo-1.0.tar.xz": nil, "torn-1.0.tar.gz": packed["demo-1.0.tar.gz"][:200]} {
		if _, err := upstream.Sdist(name, bytes.NewReader(data), int64(len(data))); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSdist: whatever an archive is, no more than what is wanted of it is read.
func FuzzSdist(f *testing.F) {
	f.Add([]byte("x"), true)
	f.Fuzz(func(t *testing.T, data []byte, zipped bool) {
		name := map[bool]string{true: "d-1.zip", false: "d-1.tar.gz"}[zipped]
		fsys, err := upstream.Sdist(name, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, n := range names(t, fsys) {
			if n != "pyproject.toml" && !strings.HasPrefix(n, ".github/") {
				t.Errorf("read %s", n)
			}
		}
	})
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// git runs git for a repository of a test, by nobody's settings.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.invalid", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.invalid")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// repository is one with a commit.
func repository(t *testing.T, files map[string]string) (dir, commit string) {
	t.Helper()
	dir = t.TempDir()
	git(t, dir, "init", "--quiet")
	return dir, commitAll(t, dir, files)
}

func commitAll(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	write(t, dir, files)
	git(t, dir, "add", "--all")
	git(t, dir, "commit", "--quiet", "--allow-empty", "-m", "state")
	return git(t, dir, "rev-parse", "HEAD")
}

func program(t *testing.T) *upstream.Git {
	t.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	return &upstream.Git{Program: path, Environ: append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)}
}

func fileURL(dir string) string {
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(dir), "/")}).String()
}

// A checkout and a clone have the same files, and of one commit.
func TestRepositories(t *testing.T) {
	t.Parallel()
	dir, commit := repository(t, map[string]string{
		".github/workflows/ci.yml": workflow("3.14t"), ".github/run/action.yaml": "runs: {}\n", ".github/workflows/notes.txt": "no", "pyproject.toml": "[project]\n", "setup.py": "no", "sub/.github/workflows/x.yml": "no",
		// Attributes that would change what git hands out.
		".gitattributes": "* export-ignore filter=odd\n",
	})
	want := []string{".github/run/action.yaml", ".github/workflows/ci.yml", "pyproject.toml"}
	for what, read := range map[string]func() (fs.FS, string, error){
		"directory": func() (fs.FS, string, error) { return upstream.Directory(dir) },
		"clone":     func() (fs.FS, string, error) { return program(t).Given(t.Context(), fileURL(dir)) },
	} {
		fsys, at, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if at != commit {
			t.Errorf("%s of %s, not %s", what, at, commit)
		}
		if diff := cmp.Diff(want, names(t, fsys)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		if text, err := fs.ReadFile(fsys, want[1]); err != nil || string(text) != workflow("3.14t") {
			t.Errorf("%s: %q, %v", what, text, err)
		}
	}
	git(t, dir, "pack-refs", "--all")
	if _, at, err := upstream.Directory(dir); err != nil || at != commit {
		t.Errorf("with packed references: %s, %v", at, err)
	}
	// What is no repository, and a directory that is none.
	if _, at, err := upstream.Directory(t.TempDir()); err != nil || at != "" {
		t.Errorf("an empty directory: %q, %v", at, err)
	}
	if _, _, err := upstream.Directory(filepath.Join(dir, "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, _, err := program(t).Given(t.Context(), fileURL(filepath.Join(dir, "nosuch"))); err == nil {
		t.Error("a repository that is not there was read")
	}
}

// What a stranger's repository holds is not run, not followed and not larger than what
// is read.
func TestHostileRepository(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "ran")
	secret := filepath.Join(t.TempDir(), "secret.yml")
	write(t, filepath.Dir(secret), map[string]string{"secret.yml": workflow("3.13t")})
	dir, _ := repository(t, map[string]string{".github/workflows/large.yml": "# " + strings.Repeat("x", 2<<20), ".github/workflows/ci.yml": workflow("3.14t")})
	if err := os.Symlink(secret, filepath.Join(dir, ".github", "workflows", "link.yml")); err != nil {
		t.Fatal(err)
	}
	commitAll(t, dir, nil)
	script := "#!/bin/sh\ntouch '" + mark + "'\n"
	for _, hook := range []string{"post-checkout", "reference-transaction", "post-index-change", "fsmonitor"} {
		path := filepath.Join(dir, ".git", "hooks", hook)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "config", "core.fsmonitor", filepath.Join(dir, ".git", "hooks", "fsmonitor"))
	for what, read := range map[string]func() (fs.FS, string, error){
		"directory": func() (fs.FS, string, error) { return upstream.Directory(dir) },
		"clone":     func() (fs.FS, string, error) { return program(t).Given(t.Context(), fileURL(dir)) },
	} {
		fsys, _, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, fsys); !slices.Equal(got, []string{".github/workflows/ci.yml"}) {
			t.Errorf("%s has %q", what, got)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the repository ran")
	}
	// What strangers write of their address reaches no file, and no program.
	for _, address := range []string{fileURL(dir), "ext::touch " + mark, "--upload-pack=touch " + mark, "fd::7", "http://127.0.0.1:1/x.git"} {
		if _, _, err := program(t).Published(t.Context(), address); err == nil {
			t.Errorf("%s was read", address)
		}
	}
	for _, address := range []string{"ext::touch " + mark, "--upload-pack=touch " + mark, "fd::7"} {
		if _, _, err := program(t).Given(t.Context(), address); err == nil {
			t.Errorf("%s was read", address)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program that an address names ran")
	}
}

// Times and sizes have an end.
func TestBounds(t *testing.T) {
	t.Parallel()
	dir, _ := repository(t, map[string]string{".github/workflows/ci.yml": workflow("3.14t")})
	g := program(t)
	g.Timeout = time.Nanosecond
	if _, _, err := g.Given(t.Context(), fileURL(dir)); err == nil || !strings.Contains(err.Error(), "it took more than 1ns") {
		t.Errorf("an endless repository: %v", err)
	}
	g = program(t)
	g.MaxBytes = 1
	if _, _, err := g.Given(t.Context(), fileURL(dir)); err == nil || !strings.Contains(err.Error(), "it is larger than 1 byte") {
		t.Errorf("a large repository: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := program(t).Given(ctx, fileURL(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// fakes stand for repositories and an index.
type fakes struct {
	repositories map[string]fstest.MapFS
	commit       string
	sdists       map[string][]byte
	opened       []string
}

func (f *fakes) Published(_ context.Context, address string) (fs.FS, string, error) {
	if fsys, ok := f.repositories[address]; ok {
		return fsys, f.commit, nil
	}
	return nil, "", fmt.Errorf("%s: there is none", address)
}

type opened struct{ *bytes.Reader }

func (opened) Close() error { return nil }

func (f *fakes) Open(_ context.Context, url string, _ *[32]byte) (index.File, error) {
	f.opened = append(f.opened, url)
	if data, ok := f.sdists[url]; ok {
		return opened{bytes.NewReader(data)}, nil
	}
	return nil, fmt.Errorf("%s: there is none", url)
}

// A project is looked at for some days.
func TestLook(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "track.db"), store.Options{Now: func() time.Time { return now }, Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	sdist := tarOf(t, entry{name: "demo-1.0/.github/workflows/ci.yml", text: workflow("3.13t")})
	bare := tarOf(t, entry{name: "bare-1.0/setup.py", text: "pass"})
	f := &fakes{
		repositories: map[string]fstest.MapFS{}, commit: strings.Repeat("a", 40),
		sdists: map[string][]byte{"https://example.invalid/demo-1.0.tar.gz": sdist, "https://example.invalid/bare-1.0.tar.gz": bare},
	}
	for _, name := range []string{"demo", "bare"} {
		file := name + "-1.0.tar.gz"
		_, err := s.Record(ctx, &evidence.Batch{
			Observation: evidence.Observation{Project: name, At: now.AddDate(0, -1, 0), Source: "test", Outcome: vocab.ObservedChanged},
			Listing: []evidence.Listed{{File: evidence.File{
				Project: name, Version: "1.0", Name: file, SHA256: strings.Repeat("0", 64), URL: "https://example.invalid/" + file, Uploaded: now.AddDate(0, -2, 0),
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d := status.New(status.DefaultRules())
	l := &upstream.Looker{Store: s, Deriver: d, Repositories: f, Files: f, Tool: "test", Now: func() time.Time { return now }}
	tested := func(name string, at time.Time) string {
		t.Helper()
		h, err := s.History(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		row := d.Package(h, at).Tested
		if row.Workflows == nil {
			if len(row.Upstream) > 0 {
				t.Errorf("%s: %q of nothing", name, row.Upstream)
			}
			return "unknown"
		}
		return fmt.Sprintf("%s, %d files, %v %q", row.Workflows.Repository, row.Workflows.Files, row.Workflows.Pythons, row.Upstream)
	}
	look := func(name, want string) {
		t.Helper()
		if _, err := l.Look(ctx, name); err != nil {
			t.Error(err)
		}
		if got := tested(name, now); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := tested("demo", now); got != "unknown" {
		t.Errorf("before anybody looked: %s", got)
	}
	// No repository is known: the source distribution tells, or doesn't. It is fetched once.
	first := now
	look("demo", `demo-1.0.tar.gz, 1 files, [3.13t] ["3.13t on linux-x86_64: pytest (.github/workflows/ci.yml:7, job test)"]`)
	look("bare", "unknown")
	now = now.AddDate(0, 0, 1)
	look("demo", tested("demo", now))
	look("bare", "unknown")
	if len(f.opened) != 2 {
		t.Errorf("fetched %q", f.opened)
	}
	// A repository tells more.
	address := "https://github.com/o/demo"
	if err := s.PutMetadata(ctx, &evidence.Metadata{Project: "demo", Version: "1.0", URLs: map[string]string{"Source": address + "/tree/main"}, At: now}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Look(ctx, "demo"); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("a repository that is gone: %v", err)
	}
	f.repositories[address] = fstest.MapFS{
		".github/workflows/a.yml": {Data: []byte(workflow("3.14t"))}, ".github/workflows/b.yml": {Data: []byte(workflow("3.14"))}, ".github/workflows/c.yml": {Data: []byte("jobs: [")},
	}
	look("demo", address+`, 3 files, [3.14t] ["3.14t on linux-x86_64: pytest (.github/workflows/a.yml:7, job test)"]`)
	// The same again is no news; what is gone is.
	h, err := s.History(ctx, "demo")
	if err != nil {
		t.Fatal(err)
	}
	before := len(h.Upstream)
	now = now.AddDate(0, 0, 1)
	look("demo", tested("demo", now))
	if h, err = s.History(ctx, "demo"); err != nil || len(h.Upstream) != before {
		t.Errorf("%d facts, not %d: %v", len(h.Upstream), before, err)
	}
	delete(f.repositories[address], ".github/workflows/a.yml")
	delete(f.repositories[address], ".github/workflows/c.yml")
	now = now.AddDate(0, 0, 1)
	look("demo", address+`, 1 files, [] []`)
	now = now.AddDate(0, 0, 1)
	f.repositories[address] = fstest.MapFS{}
	look("demo", address+`, 0 files, [] []`)
	f.repositories[address] = fstest.MapFS{".github/workflows/a.yml": {Data: []byte(workflow("3.15t"))}}
	now = now.AddDate(0, 0, 1)
	look("demo", address+`, 1 files, [3.15t] ["3.15t on linux-x86_64: pytest (.github/workflows/a.yml:7, job test)"]`)
	// And each day is as it was.
	for day, want := range map[int]string{0: "demo-1.0.tar.gz", 1: address + ", 3 files, [3.14t]", 3: address + ", 1 files, []", 4: address + ", 0 files"} {
		if got := tested("demo", first.AddDate(0, 0, day)); !strings.HasPrefix(got, want) {
			t.Errorf("on day %d: %s, want %s", day, got, want)
		}
	}
	if r, err := s.Verify(ctx); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}
}
