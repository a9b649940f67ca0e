package index

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

func TestPageCache(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0)}
	newer := "x-2.0.tar.gz"
	for _, tt := range []struct {
		name         string
		setup        func(*fake)
		after        time.Duration
		change       bool
		refresh      bool
		asked, bytes bool // whether the second run asks, and is sent a body
		written      bool // and writes the page anew
	}{
		{"fresh", func(f *fake) { f.cacheControl = "max-age=600" }, 599 * time.Second, true, false, false, false, false},
		{"fresh, refreshed", func(f *fake) { f.cacheControl = "max-age=600" }, time.Second, true, true, true, true, true},
		{"stale, etag", func(f *fake) { f.cacheControl, f.etag = "max-age=600", true }, 600 * time.Second, false, false, true, false, false},
		{"stale, etag, changed", func(f *fake) { f.cacheControl, f.etag = "max-age=600", true }, 600 * time.Second, true, false, true, true, true},
		{"etag alone", func(f *fake) { f.etag = true }, 0, false, false, true, false, false},
		{"nothing, same body", func(*fake) {}, 0, false, false, true, true, false},
		{"nothing, changed", func(*fake) {}, 0, true, false, true, true, true},
		{"no-cache", func(f *fake) { f.cacheControl = "no-cache, max-age=600" }, 0, false, false, true, true, false},
		{"html, nothing", func(f *fake) { f.html = true }, 0, false, false, true, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string][]byte{smallWheel: files[smallWheel]})
			tt.setup(f)
			dir := t.TempDir()
			clk := new(clock)
			var counter fetch.Counter
			run := func(o Options) []string {
				o.Indexes, o.CacheDir, o.Now = []string{f.index()}, dir, clk.Now
				tr := fetch.NewTransport(fetch.TransportOptions{})
				defer tr.Close()
				o.Doer = counter.Wrap(tr)
				c := open(t, o)
				defer c.Close()
				return names(get(t, c, "x"))
			}
			run(Options{})
			f.asked()
			before, bytesBefore := cacheFiles(t, dir), counter.Total().Bytes
			clk.add(tt.after)
			if tt.change {
				f.set(func() { f.files[newer] = nil })
			}
			want := []string{smallWheel}
			if tt.change && tt.asked {
				want = []string{newer, smallWheel}
			}
			if diff := cmp.Diff(want, run(Options{Refresh: tt.refresh})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if asked := len(f.asked()) > 0; asked != tt.asked {
				t.Errorf("asked: %v", asked)
			}
			if got := counter.Total().Bytes > bytesBefore; got != tt.bytes {
				t.Errorf("was sent a body: %v", got)
			}
			if written := !os.SameFile(before["page-x"], cacheFiles(t, dir)["page-x"]); written != tt.written {
				t.Errorf("written anew: %v", written)
			}

			// What was checked again is fresh again.
			if tt.asked && f.cacheControl == "max-age=600" {
				clk.add(599 * time.Second)
				run(Options{})
				if asked := f.asked(); len(asked) > 0 {
					t.Errorf("not fresh after it was checked: %v", asked)
				}
			}
			if offline := run(Options{Offline: true}); len(offline) != len(want) {
				t.Errorf("offline: %v", offline)
			}
		})
	}
}

func cacheFiles(t *testing.T, dir string) map[string]fs.FileInfo {
	t.Helper()
	files := map[string]fs.FileInfo{}
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		files[d.Name()] = info
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestNoStore(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	f.cacheControl = "no-store"
	dir := t.TempDir()
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	get(t, c, "x")
	c.Close()
	if files := cacheFiles(t, dir); len(files) != 0 {
		t.Errorf("kept %v", files)
	}
}

func TestLastModified(t *testing.T) {
	t.Parallel()
	const date = "Sat, 21 Nov 2026 10:00:00 GMT"
	f := newFake(t, nil)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Last-Modified", date)
		if since := r.Header.Get("If-Modified-Since"); since == date {
			w.WriteHeader(http.StatusNotModified)
		} else if since != "" {
			t.Errorf("If-Modified-Since: %s", since)
		}
		_, _ = io.WriteString(w, `<a href="x-1.0.tar.gz">x</a>`)
		return true
	}
	var counter fetch.Counter
	tr := fetch.NewTransport(fetch.TransportOptions{})
	t.Cleanup(tr.Close)
	dir := t.TempDir()
	for range 2 {
		c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Doer: counter.Wrap(tr)})
		if p := get(t, c, "x"); len(p.Releases) != 1 {
			t.Errorf("%v", names(p))
		}
		c.Close()
	}
	if n := counter.Total(); n.NotModified != 1 {
		t.Errorf("%+v", n)
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	one := newFake(t, map[string][]byte{"a-1.0.tar.gz": nil})
	two := newFake(t, map[string][]byte{"b-1.0-py3-none-any.whl": wheel(t, "b", "1.0", 0)})
	dir := t.TempDir()
	indexes := []string{one.index(), two.index()}
	c := open(t, Options{Indexes: indexes, CacheDir: dir})
	get(t, c, "a")
	get(t, c, "b")
	if _, err := c.Project(t.Context(), "none"); !errors.Is(err, simple.ErrNoProject) {
		t.Fatal(err)
	}
	c.Close()
	one.Close()
	two.Close()

	clk := &clock{now: start.Add(1000 * time.Hour)}
	c = open(t, Options{Indexes: indexes, CacheDir: dir, Offline: true, Now: clk.Now})
	get(t, c, "a")
	p := get(t, c, "b")
	if _, err := c.Project(t.Context(), "none"); !errors.Is(err, simple.ErrNoProject) {
		t.Errorf("known to be nowhere: %v", err)
	}
	_, err := c.Project(t.Context(), "new")
	want := fmt.Sprintf("project new: offline: project new of %s/mirror/simple is not in the cache", one.URL)
	if !errors.Is(err, ErrOffline) || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
	_, err = c.Metadata(t.Context(), p, fileOf(t, p, "b-1.0-py3-none-any.whl"))
	want = fmt.Sprintf("offline: metadata of b-1.0-py3-none-any.whl of %s/mirror/files/b-1.0-py3-none-any.whl is not in the cache", two.URL)
	if !errors.Is(err, ErrOffline) || errors.Is(err, simple.ErrNoMetadata) || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}

	// Another index has another cache, even for the same project.
	c = open(t, Options{Indexes: indexes[1:], CacheDir: dir, Offline: true})
	if _, err := c.Project(t.Context(), "a"); !errors.Is(err, ErrOffline) {
		t.Errorf("err = %v", err)
	}
}

func TestTornCache(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
	f.cacheControl, f.etag = "max-age=600", true
	for i, damage := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)/2] },
		func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		func(b []byte) []byte { b[3] ^= 1; return b },
		func([]byte) []byte { return nil },
		func(b []byte) []byte { return append(b, 0) },
		func(b []byte) []byte { return bytes.Repeat([]byte{0}, len(b)) },
	} {
		dir := t.TempDir()
		ask := func(o Options) error {
			o.Indexes, o.CacheDir = []string{f.index()}, dir
			c := open(t, o)
			defer c.Close()
			p, err := c.Project(t.Context(), "x")
			if err != nil {
				return err
			}
			m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel))
			if err == nil && m.RequiresDist[0] != "dep" {
				t.Errorf("damage %d: %v", i, m.RequiresDist)
			}
			return err
		}
		if err := ask(Options{}); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
			if !strings.HasPrefix(d.Name(), "page-") && !strings.HasPrefix(d.Name(), "meta-") {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, damage(b), 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
		f.asked()
		// Of a log, what stands before the damage is still good.
		if err := ask(Options{}); err != nil || len(f.asked()) == 0 {
			t.Errorf("damage %d: %v", i, err)
		}
		if err := ask(Options{Offline: true}); err != nil {
			t.Errorf("damage %d is not mended: %v", i, err)
		}
	}
}

func TestNotModifiedButLost(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0)})
	f.etag = true
	dir := t.TempDir()
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	get(t, c, "x")
	c.Close()
	b := c.cache.Bucket(f.URL + "/mirror/simple")
	kept := b.Page("x")
	kept.Data = []byte("a form of the future")
	if err := b.SetPage("x", kept); err != nil {
		t.Fatal(err)
	}
	f.asked()
	c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	if p := get(t, c, "x"); len(p.Releases) != 1 {
		t.Errorf("%v", names(p))
	}
	if asked := f.asked(); len(asked) != 2 {
		t.Errorf("%v", asked)
	}
}

func TestUnwritableCache(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep"), "y-1.0.tar.gz": nil})
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: filepath.Join(file, "cache")})
	p := get(t, c, "x")
	get(t, c, "y")
	if m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel)); err != nil || m.RequiresDist[0] != "dep" {
		t.Error(err)
	}
	c.Close()
	if w := c.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], "nothing is kept in the cache "+file) {
		t.Errorf("%q", w)
	}
}
