package index

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

const (
	smallWheel = "x-1.0-py3-none-any.whl"
	largeWheel = "x-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"
	sdistFile  = "x-1.0.tar.gz"
	zipFile    = "x-1.0.zip"
)

// many returns a wheel whose directory alone is larger than the first tail, with

// a RECORD to match between METADATA and directory.

func many(t *testing.T, pad int) []byte {
	t.Helper()
	members := []string{"x-1.0.dist-info/METADATA", string(metadata("x", "1.0", "dep"))}
	var record strings.Builder
	random := noise(1032)
	for i := range 1000 {
		name := fmt.Sprintf("x/some/package/with/very/many/files/and/long/names/too/module_%04d.py", i)
		fmt.Fprintf(&record, "%s,sha256=%x,0\n", name, random[i:i+32])
	}
	members = append(members, "x-1.0.dist-info/RECORD", record.String())
	for i := range 1000 {
		members = append(members, fmt.Sprintf("x/some/package/with/very/many/files/and/long/names/too/module_%04d.py", i), "")
	}
	// Wheels have their .dist-info last.
	members = append(members[4:], members[:4]...)
	return archive(t, pad, members...)
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	pkgInfo := string(metadata("x", "1.0", "dep"))
	files := map[string][]byte{
		smallWheel: wheel(t, "x", "1.0", 0, "dep"),
		largeWheel: wheel(t, "x", "1.0", 1<<20, "dep"),
		sdistFile:  sdist(t, 0, "x-1.0/setup.py", "", "x-1.0/PKG-INFO", pkgInfo),
		zipFile:    archive(t, 1<<20, "x-1.0/PKG-INFO", pkgInfo),
	}
	length := func(name string) int { return len(files[name]) }
	span := func(name string) string {
		return fmt.Sprintf("/files/%s bytes=%d-%d", name, max(length(name)-fetch.TailSize, 0), length(name)-1)
	}
	for _, tt := range []struct {
		name  string
		setup func(*fake)
		file  string
		asked []string
	}{
		{"beside", func(f *fake) { f.beside = true }, largeWheel, []string{"/files/" + largeWheel + ".metadata"}},
		{"beside, html", func(f *fake) { f.beside, f.html = true, true }, largeWheel, []string{"/files/" + largeWheel + ".metadata"}},
		{"beside without a digest", func(f *fake) { f.besideBare = true }, largeWheel, []string{"/files/" + largeWheel + ".metadata"}},
		{"beside without any digest", func(f *fake) { f.besideBare, f.bare = true, true }, largeWheel, []string{"/files/" + largeWheel + ".metadata"}},
		{"beside, with a digest while the file has none", func(f *fake) { f.beside, f.bare = true, true }, largeWheel, []string{"/files/" + largeWheel + ".metadata"}},
		{"range", func(*fake) {}, largeWheel, []string{"/files/" + largeWheel + " bytes=-65536"}},
		{"range, html", func(f *fake) { f.html = true }, largeWheel, []string{"/files/" + largeWheel + " bytes=-65536"}},
		{"range, size known", func(f *fake) { f.sizes = true }, largeWheel, []string{span(largeWheel)}},
		{"range, short file", func(*fake) {}, smallWheel, []string{"/files/" + smallWheel + " bytes=-65536"}},
		{"no ranges", func(f *fake) { f.whole = true }, largeWheel, []string{"/files/" + largeWheel, "/files/" + largeWheel + " bytes=-65536"}},
		{"no ranges, short file", func(f *fake) { f.whole = true }, smallWheel, []string{"/files/" + smallWheel + " bytes=-65536"}},
		{"promised beside, but missing", func(f *fake) {
			f.besideBare = true
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, ".metadata") {
					return false
				}
				w.WriteHeader(http.StatusNotFound)
				return true
			}
		}, largeWheel, []string{"/files/" + largeWheel + " bytes=-65536", "/files/" + largeWheel + ".metadata"}},
		{"sdist", func(*fake) {}, sdistFile, []string{"/files/" + sdistFile}},
		{"sdist without digest", func(f *fake) { f.bare = true }, sdistFile, []string{"/files/" + sdistFile}},
		{"zipped sdist", func(*fake) {}, zipFile, []string{"/files/" + zipFile + " bytes=-65536"}},
		{"zipped sdist, no ranges", func(f *fake) { f.whole = true }, zipFile, []string{"/files/" + zipFile, "/files/" + zipFile + " bytes=-65536"}},
		{"500 and then well", func(f *fake) {
			failed := false
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/files/") || failed {
					return false
				}
				failed = true
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
		}, largeWheel, []string{"/files/" + largeWheel + " bytes=-65536", "/files/" + largeWheel + " bytes=-65536"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, files)
			tt.setup(f)
			dir := t.TempDir()
			c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
			p := get(t, c, "x")
			file := fileOf(t, p, tt.file)
			if c.Cached(p, file) {
				t.Error("cached before it was asked for")
			}
			f.asked()
			m, err := c.Metadata(t.Context(), p, file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"dep"}, m.RequiresDist); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.asked, f.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			again, err := c.Metadata(t.Context(), p, file)
			if err != nil || again != m || !c.Cached(p, file) {
				t.Errorf("again: %v, the same: %v, cached: %v", err, again == m, c.Cached(p, file))
			}
			c.Close()
			if w := c.Warnings(); len(w) > 0 {
				t.Errorf("warnings %q", w)
			}

			// Another process needs the page at most.
			f.asked()
			c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
			p = get(t, c, "x")
			f.asked()
			if file = fileOf(t, p, tt.file); !c.Cached(p, file) {
				t.Error("not cached for the next process")
			}
			if m, err = c.Metadata(t.Context(), p, file); err != nil || m.RequiresDist[0] != "dep" {
				t.Errorf("%v, %v", m, err)
			}
			if asked := f.asked(); len(asked) > 0 {
				t.Errorf("asked again: %v", asked)
			}

			// And offline nothing at all.
			c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Offline: true})
			p = get(t, c, "x")
			if m, err = c.Metadata(t.Context(), p, fileOf(t, p, tt.file)); err != nil || m.RequiresDist[0] != "dep" {
				t.Errorf("offline: %v, %v", m, err)
			}
		})
	}
}

// A wheel with a large directory costs two requests, and the project's next one,

// built alike, only one.

func TestMetadataOfManyFiles(t *testing.T) {
	t.Parallel()
	other := strings.Replace(largeWheel, "x86_64", "aarch64", 1)
	f := newFake(t, map[string][]byte{largeWheel: many(t, 1<<20), other: many(t, 1<<21)})
	c := open(t, Options{Indexes: []string{f.index()}})
	p := get(t, c, "x")
	f.asked()
	for i, file := range []string{largeWheel, other} {
		m, err := c.Metadata(t.Context(), p, fileOf(t, p, file))
		if err != nil || m.RequiresDist[0] != "dep" {
			t.Fatal(err)
		}
		if asked := f.asked(); len(asked) != 2-i {
			t.Errorf("%s: %q", file, asked)
		}
	}
}

// Files that share their metadata share its pointer; if the page says that they

// do, even the request.

func TestMetadataShared(t *testing.T) {
	t.Parallel()
	second := "x-1.0-cp314-cp314-win_amd64.whl"
	third := "x-1.0-cp313-cp313-win_amd64.whl"
	for _, beside := range []bool{true, false} {
		f := newFake(t, map[string][]byte{
			smallWheel: wheel(t, "x", "1.0", 1, "dep"),
			second:     wheel(t, "x", "1.0", 2, "dep"),
			third:      wheel(t, "x", "1.0", 3, "dep", "more"),
		})
		f.beside = beside
		c := open(t, Options{Indexes: []string{f.index()}})
		p := get(t, c, "x")
		f.asked()
		var m [3]*simple.Metadata
		for i, n := range []string{smallWheel, second, third} {
			if cached := c.Cached(p, fileOf(t, p, n)); cached != (beside && i == 1) {
				t.Errorf("beside %v: %s cached: %v", beside, n, cached)
			}
			var err error
			if m[i], err = c.Metadata(t.Context(), p, fileOf(t, p, n)); err != nil {
				t.Fatal(err)
			}
		}
		if m[0] != m[1] || m[1] == m[2] {
			t.Errorf("beside %v: pointers %p %p %p", beside, m[0], m[1], m[2])
		}
		want := 3
		if beside {
			want = 2
		}
		if asked := f.asked(); len(asked) != want {
			t.Errorf("beside %v: %q", beside, asked)
		}
	}
}

// A file that is whole, has the right digest and no metadata will never have any:

// that is kept like metadata.

func TestNoMetadataIsKept(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{
		smallWheel: archive(t, 0, "x/__init__.py", ""),
		sdistFile:  sdist(t, 0, "x-1.0/setup.py", ""),
	})
	dir := t.TempDir()
	var first []string
	for _, offline := range []bool{false, true} {
		c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Offline: offline})
		p := get(t, c, "x")
		f.asked()
		var errs []string
		for _, n := range []string{smallWheel, sdistFile} {
			_, err := c.Metadata(t.Context(), p, fileOf(t, p, n))
			if !errors.Is(err, simple.ErrNoMetadata) {
				t.Fatalf("offline %v: %v", offline, err)
			}
			errs = append(errs, err.Error())
		}
		c.Close()
		if !offline {
			first = errs
		} else if diff := cmp.Diff(first, errs); diff != "" || len(f.asked()) > 0 {
			t.Errorf("(-online +offline):\n%s", diff)
		}
	}
}

// After a metadata file with another digest than the page's, only the whole file

// with its digest counts, and the user hears of it.

// A large source distribution is read no further than it takes.

// A server that answers ranges with the wrong bytes is found out by the whole

// file.

// What has no digest is kept for as long as the page stays the same.

func TestMetadataWithoutDigests(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
	f.bare, f.html = true, true
	dir := t.TempDir()
	requires := func(o Options) (string, int) {
		o.Indexes, o.CacheDir = []string{f.index()}, dir
		c := open(t, o)
		defer c.Close()
		p := get(t, c, "x")
		f.asked()
		m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(m.RequiresDist, ","), len(f.asked())
	}
	check := func(what string, o Options, want string, n int) {
		t.Helper()
		if got, asked := requires(o); got != want || asked != n {
			t.Errorf("%s: %s after %d requests, want %s after %d", what, got, asked, want, n)
		}
	}
	check("first", Options{}, "dep", 1)
	check("second", Options{}, "dep", 0)
	f.set(func() { f.files[smallWheel] = wheel(t, "x", "1.0", 0, "new") })
	check("replaced without a word", Options{}, "dep", 0)
	check("asked to look again", Options{Refresh: true}, "new", 1)
	f.set(func() {
		f.files[smallWheel] = wheel(t, "x", "1.0", 0, "newer")
		f.files[sdistFile] = sdist(t, 0)
	})
	check("the page changed", Options{}, "newer", 1)
}

// The pages of the web cannot make a program read the files of the machine.

// A project that came from elsewhere is served, too.

func TestMetadataOfAForeignProject(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
	c := open(t, Options{})
	p := simple.FromFiles("x", []simple.RawFile{{URL: f.URL + "/mirror/files/" + smallWheel}})
	m, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0])
	if err != nil || m.RequiresDist[0] != "dep" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestMetadataEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0)})
	c := open(t, Options{Indexes: []string{f.index()}})
	p := get(t, c, "x")
	reached := make(chan struct{})
	f.set(func() {
		f.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			close(reached)
			<-r.Context().Done()
			return true
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Metadata(ctx, p, fileOf(t, p, smallWheel))
		done <- err
	}()
	<-reached
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	f.set(func() { f.hook = nil })
	if _, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel)); err != nil {
		t.Errorf("the next who asks: %v", err)
	}
}
