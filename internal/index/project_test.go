package index

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

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

// cacheFiles returns the files of a cache by their names.

// Whatever happened to the files of a cache, the answers are the same.

// A page of a form that this version doesn't know, with validators that hold: the

// answer "not modified" is of no use then.

// However many ask, one request is made.

// One that gives up doesn't take the others' answer along; when all have, the

// request ends, and the next who asks begins anew.

// Errors that may pass are not remembered.

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
