package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

func TestProject(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0), "x-2.0.tar.gz": sdist(t, 0)}
	for _, html := range []bool{false, true} {
		f := newFake(t, files)
		f.html = html
		c := open(t, Options{Indexes: []string{f.index()}})
		p := get(t, c, "X")
		if diff := cmp.Diff([]string{"x-2.0.tar.gz", smallWheel}, names(p)); diff != "" {
			t.Errorf("html %v (-want +got):\n%s", html, diff)
		}
		if p.Name != "x" || p.Index != f.URL+"/mirror/simple" {
			t.Errorf("name %q, index %q", p.Name, p.Index)
		}
		file := fileOf(t, p, smallWheel)
		if got, want := p.FileURL(file), f.URL+"/mirror/files/"+smallWheel; got != want {
			t.Errorf("html %v: %s, want %s", html, got, want)
		}
		if !file.HasSHA256 || fmt.Sprintf("%x", file.SHA256) != hexSum(files[smallWheel]) {
			t.Error("no digest")
		}
		if again := get(t, c, "x"); again != p {
			t.Error("another pointer the second time")
		}
		if diff := cmp.Diff([]string{"/simple/x/"}, f.asked()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestProjectAsksForJSON(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if got := r.Header.Get("Accept"); got != "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01" {
			t.Errorf("Accept: %s", got)
		}
		return false
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	if _, err := c.Project(t.Context(), "x"); !errors.Is(err, simple.ErrNoProject) {
		t.Error(err)
	}
}

func TestIndexOrder(t *testing.T) {
	t.Parallel()
	one := newFake(t, map[string][]byte{"a-1.0.tar.gz": nil, "both-1.0.tar.gz": nil})
	two := newFake(t, map[string][]byte{"b-1.0.tar.gz": nil, "both-2.0.tar.gz": nil})
	c := open(t, Options{Indexes: []string{one.index(), two.index()}})
	for name, want := range map[string]*fake{"a": one, "b": two, "both": one} {
		if p := get(t, c, name); p.Index != want.URL+"/mirror/simple" || len(p.Releases) != 1 {
			t.Errorf("%s: from %s", name, p.Index)
		}
	}
	_, err := c.Project(t.Context(), "none")
	want := fmt.Sprintf("project none: no such project in %s/mirror/simple, %s/mirror/simple", one.URL, two.URL)
	if !errors.Is(err, simple.ErrNoProject) || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
	one.asked()
	two.asked()
	if _, again := c.Project(t.Context(), "none"); again == nil || len(one.asked())+len(two.asked()) != 0 {
		t.Errorf("asked again: %v", again)
	}
	if diff := cmp.Diff([]string{one.URL + "/mirror/simple", two.URL + "/mirror/simple"}, c.Indexes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Anything but "not found" ends the search: the second index must not get to
	// answer for a private one that is out of order.
	for status, ends := range map[int]bool{404: false, 410: false, 401: true, 403: true, 429: true, 500: true} {
		one.set(func() {
			one.hook = func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(status)
				return true
			}
		})
		c := open(t, Options{Indexes: []string{one.index(), two.index()}})
		p, err := c.Project(t.Context(), "both")
		if ends != (err != nil) || err != nil && fetch.Status(err) != status {
			t.Errorf("%d: %v, %v", status, p, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "project both: index "+one.URL) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestBadPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType, body string
		want                    string // in the error, "" for none
		files                   int
	}{
		{"html instead of json", "text/html", `<a href="x-1.0.tar.gz">x</a>`, "", 1},
		{"html called json", typeJSON, "<!DOCTYPE html><title>Log in</title>", "it says it is JSON, but looks like HTML", 0},
		{"html called plain json", "application/json", " <html>", "it says it is JSON, but looks like HTML", 0},
		{"json without a type", "-", `{"name":"x","files":[],"meta":{"api-version":"1.0"}}`, "", 0},
		{"json called text", "text/plain", `{"name":"x","files":[],"meta":{"api-version":"1.0"}}`, "", 0},
		{"html without a type", "-", "\xef\xbb\xbf\n<a href=x-1.0.tar.gz>", "", 1},
		{"text", "text/plain", "go away", `neither JSON nor HTML, but "text/plain"`, 0},
		{"nothing", "-", "", `neither JSON nor HTML`, 0},
		{"version 2", "application/vnd.pypi.simple.v2+json", "{}", "pages of type application/vnd.pypi.simple.v2+json are not known here", 0},
		{"cut json", typeJSON, `{"name":"x","files":[`, "project page", 0},
		{"another project", typeJSON, `{"name":"y","files":[],"meta":{"api-version":"1.0"}}`, `it is the page of "y"`, 0},
		{"empty html", "text/html", "<h1>Links for x</h1>", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, nil)
			f.hook = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header()["Content-Type"] = nil
				if tt.contentType != "-" {
					w.Header().Set("Content-Type", tt.contentType)
				}
				_, _ = io.WriteString(w, tt.body)
				return true
			}
			c := open(t, Options{Indexes: []string{f.index()}})
			p, err := c.Project(t.Context(), "x")
			if tt.want == "" {
				if err != nil || len(names(p)) != tt.files {
					t.Errorf("%v, %v", p, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), f.URL+"/mirror/simple/x/") {
				t.Errorf("err = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestHugePage(t *testing.T) {
	t.Parallel()
	for _, declared := range []bool{true, false} {
		f := newFake(t, nil)
		var sent atomic.Int64
		f.hook = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			if declared {
				w.Header().Set("Content-Length", strconv.Itoa(300<<20))
			}
			line := bytes.Repeat([]byte("<a href=x-1.0.tar.gz>x</a>\n"), 10000)
			for sent.Load() < 300<<20 {
				n, err := w.Write(line)
				sent.Add(int64(n))
				if err != nil {
					break
				}
			}
			return true
		}
		c := open(t, Options{Indexes: []string{f.index()}})
		_, err := c.Project(t.Context(), "x")
		var large *fetch.TooLargeError
		if !errors.As(err, &large) || !strings.Contains(err.Error(), "the limit of 128 MiB") {
			t.Errorf("err = %v", err)
		}
		if sent.Load() >= 300<<20 {
			t.Error("read it all")
		}
	}
}

// A page's state on disk is named by what is written and read.
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

// cacheFiles returns the files of a cache by their names.
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

// Whatever happened to the files of a cache, the answers are the same.
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

// A page of a form that this version doesn't know, with validators that hold: the
// answer "not modified" is of no use then.
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

func TestCredentials(t *testing.T) {
	t.Parallel()
	var away atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		away.Add(1)
		if _, _, ok := r.BasicAuth(); ok {
			t.Error("credentials went to another origin")
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<a href="moved-1.0.tar.gz">x</a>`)
	}))
	t.Cleanup(other.Close)
	body := wheel(t, "x", "1.0", 0, "dep")
	f := newFake(t, map[string][]byte{smallWheel: body, "moved-1.0.tar.gz": nil})
	f.user, f.cacheControl = "hunter", "max-age=600"
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/moved/"):
			http.Redirect(w, r, other.URL+"/simple/moved/", http.StatusFound)
		case strings.HasSuffix(r.URL.Path, "/inpage/"):
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<base href="%s/"><a href="%s/inpage-1.0.tar.gz">`,
				strings.Replace(f.URL, "//", "//hunter:secret@", 1), strings.Replace(f.URL, "//", "//hunter:secret@", 1))
		default:
			return false
		}
		return true
	}
	dir := t.TempDir()
	withUser := strings.Replace(f.index(), "//", "//hunter:secret@", 1)
	c := open(t, Options{Indexes: []string{withUser}, CacheDir: dir})
	p := get(t, c, "x")
	if m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel)); err != nil || m.RequiresDist[0] != "dep" {
		t.Fatal(err)
	}
	get(t, c, "moved")
	if away.Load() != 1 {
		t.Errorf("%d requests at the other origin", away.Load())
	}
	inPage := get(t, c, "inpage")
	_, noProject := c.Project(t.Context(), "none")
	direct, err := c.Direct(t.Context(), strings.Replace(f.URL, "//", "//hunter:secret@", 1)+"/mirror/files/"+smallWheel)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Metadata(t.Context(), direct, &direct.Releases[0].Files[0]); err != nil {
		t.Errorf("direct: %v", err)
	}
	c.Close()
	wrong := open(t, Options{Indexes: []string{strings.Replace(f.index(), "//", "//hunter:guess@", 1)}})
	_, unauthorized := wrong.Project(t.Context(), "x")
	if fetch.Status(unauthorized) != 401 {
		t.Errorf("err = %v", unauthorized)
	}
	down := open(t, Options{Indexes: []string{"http://hunter:secret@127.0.0.1:1/simple/"}})
	_, unreachable := down.Project(t.Context(), "x")

	for what, text := range map[string]string{
		"index": p.Index, "base": p.Base, "url": p.FileURL(fileOf(t, p, smallWheel)),
		"url in the page": inPage.Base + inPage.FileURL(&inPage.Releases[0].Files[0]),
		"indexes":         strings.Join(c.Indexes(), " "), "direct": direct.Base + direct.FileURL(&direct.Releases[0].Files[0]),
		"no project": fmt.Sprint(noProject), "unauthorized": fmt.Sprint(unauthorized), "unreachable": fmt.Sprint(unreachable),
	} {
		if strings.Contains(text, "hunter") || strings.Contains(text, "secret") || strings.Contains(text, "guess") || text == "" {
			t.Errorf("%s: %s", what, text)
		}
	}
	kept := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		kept++
		b, err := os.ReadFile(path)
		if strings.Contains(path, "hunter") || bytes.Contains(b, []byte("hunter")) || bytes.Contains(b, []byte("secret")) {
			t.Errorf("%s has credentials in it", path)
		}
		return err
	})
	if err != nil || kept < 5 {
		t.Errorf("%v, %d files", err, kept)
	}

	// The same index with other credentials, from netrc, has the same cache.
	f.asked()
	host, _, _ := strings.Cut(strings.TrimPrefix(f.URL, "http://"), ":")
	c = open(t, Options{
		Indexes: []string{f.index()}, CacheDir: dir,
		Netrc: fetch.ParseNetrc("machine " + host + " login hunter password secret"),
	})
	get(t, c, "x")
	if asked := f.asked(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
	c = open(t, Options{Indexes: []string{f.index()}, Netrc: fetch.ParseNetrc("machine " + host + " login hunter password secret")})
	get(t, c, "x")
}

// However many ask, one request is made.
func TestProjectOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: t.TempDir()})
	var wait sync.WaitGroup
	var projects, metas sync.Map
	for range 50 {
		wait.Go(func() {
			p, err := c.Project(t.Context(), "x")
			if err != nil {
				t.Error(err)
				return
			}
			projects.Store(p, true)
			m, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0])
			if err != nil {
				t.Error(err)
			}
			metas.Store(m, true)
			c.Cached(p, &p.Releases[0].Files[0])
		})
	}
	wait.Wait()
	if asked := f.asked(); len(asked) != 2 {
		t.Errorf("%v", asked)
	}
	for _, m := range []*sync.Map{&projects, &metas} {
		n := 0
		m.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d pointers", n)
		}
	}
}

// One that gives up doesn't take the others' answer along; when all have, the
// request ends, and the next who asks begins anew.
func TestProjectGivenUp(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	reached, release := make(chan struct{}, 10), make(chan struct{})
	ended := make(chan struct{}, 10)
	f.hook = func(_ http.ResponseWriter, r *http.Request) bool {
		reached <- struct{}{}
		select {
		case <-release:
			return false
		case <-r.Context().Done():
			ended <- struct{}{}
			return true
		}
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	ask := func(ctx context.Context) <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := c.Project(ctx, "x")
			done <- err
		}()
		return done
	}
	one, cancelOne := context.WithCancel(t.Context())
	two, cancelTwo := context.WithCancel(t.Context())
	first := ask(one)
	<-reached
	second := ask(two)
	for { // until the second waits, too
		c.projects.mu.Lock()
		n := c.projects.works["x"].waiting
		c.projects.mu.Unlock()
		if n == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancelOne()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("first: %v", err)
	}
	select {
	case <-ended:
		t.Error("the first took the second's request along")
	case <-time.After(20 * time.Millisecond):
	}
	cancelTwo()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("second: %v", err)
	}
	<-ended
	close(release)
	get(t, c, "x")
}

// Errors that may pass are not remembered.
func TestErrorsPass(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	f.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	if _, err := c.Project(t.Context(), "x"); fetch.Status(err) != 500 {
		t.Fatal(err)
	}
	f.set(func() { f.hook = nil })
	get(t, c, "x")
}

func TestNew(t *testing.T) {
	t.Parallel()
	now := new(clock).Now
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{}, "index: no clock"},
		{Options{Now: now, Indexes: []string{""}}, "index location is empty"},
		{Options{Now: now, Indexes: []string{"ftp://u:secret@example.invalid/"}}, "index ftp://example.invalid/: neither a web address nor a path"},
		{Options{Now: now, Indexes: []string{"https://u:se/cret@example.invalid:x/"}}, "index https://example.invalid:x/: not a valid URL"},
		{Options{Now: now, FindLinks: []string{"file://elsewhere/x"}}, "find-links file://elsewhere/x: not a path on this machine"},
		{Options{Now: now, FindLinks: []string{"http:"}}, "find-links http:: not a valid URL"},
	} {
		if _, err := New(tt.o); err == nil || err.Error() != tt.want {
			t.Errorf("err = %v, want %s", err, tt.want)
		}
	}
	c, err := New(Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{strings.TrimSuffix(DefaultURL, "/")}, c.Indexes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c, err = New(Options{Now: now, NoIndex: true, Indexes: []string{"https://example.invalid/"}}); err != nil || len(c.Indexes()) != 0 {
		t.Errorf("%v, %v", c.Indexes(), err)
	}
	for _, name := range []string{"", "..", "../etc", "a/b", "a b", "-"} {
		if _, err := c.Project(t.Context(), name); !errors.Is(err, simple.ErrNoProject) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFreshness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header http.Header
		maxAge time.Duration
		store  bool
	}{
		{http.Header{}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, public"}}, 10 * time.Minute, true},
		{http.Header{"Cache-Control": {"public", "MAX-AGE=\"60\""}}, time.Minute, true},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"100"}}, 500 * time.Second, true},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"1000"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=60, max-age=600"}}, time.Minute, true},
		{http.Header{"Cache-Control": {"max-age=-1"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=99999999999999999999"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, no-cache"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, no-store"}}, 0, false},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}}, 5 * time.Minute, true},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}, "Date": {"Sat, 21 Nov 2026 12:04:00 GMT"}}, time.Minute, true},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}, "Cache-Control": {"max-age=0"}}, 0, true},
		{http.Header{"Expires": {"0"}}, 0, true},
	} {
		maxAge, store := freshness(tt.header, start)
		if maxAge != tt.maxAge || store != tt.store {
			t.Errorf("%v: %s, %v; want %s, %v", tt.header, maxAge, store, tt.maxAge, tt.store)
		}
	}
}

func FuzzFreshness(f *testing.F) {
	f.Add("max-age=600, no-cache", "Sat, 21 Nov 2026 12:05:00 GMT", "1", "")
	f.Fuzz(func(t *testing.T, control, expires, age, date string) {
		maxAge, _ := freshness(http.Header{"Cache-Control": {control}, "Expires": {expires}, "Age": {age}, "Date": {date}}, start)
		if maxAge < 0 {
			t.Errorf("a negative age %s", maxAge)
		}
	})
}
