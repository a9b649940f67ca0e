package index

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

func TestDirectories(t *testing.T) {
	t.Parallel()
	body := wheel(t, "x", "1.0", 0, "dep")
	page := fmt.Sprintf(`<a href="../../pool/%s#sha256=%s" data-core-metadata="true">x</a>`, smallWheel, hexSum(body))
	jsonPage := fmt.Sprintf(`{"name":"x","meta":{"api-version":"1.0"},"files":[{"filename":%q,"url":"../../pool/%[1]s","hashes":{}}]}`, smallWheel)
	for name, files := range map[string]map[string][]byte{
		"html":     {"simple/x/index.html": []byte(page), "pool/" + smallWheel: body},
		"json":     {"simple/x/index.json": []byte(jsonPage), "pool/" + smallWheel: body},
		"folder":   {"simple/x/" + smallWheel: body},
		"flat":     {"simple/" + smallWheel: body, "simple/readme.txt": nil, "simple/z-1.0.tar.gz": nil},
		"metadata": {"simple/x/index.html": []byte(page), "pool/" + smallWheel + ".metadata": metadata("x", "1.0", "dep")},
	} {
		root := filepath.Join(writeFiles(t, files), "simple")
		for _, index := range []string{root, fileURL(root), fileURL(root) + "/", root + "/../simple"} {
			c := open(t, Options{Indexes: []string{index}, CacheDir: t.TempDir(), Offline: true})
			p := get(t, c, "x")
			f := fileOf(t, p, smallWheel)
			if !c.Cached(p, f) {
				t.Errorf("%s: a file at hand is not cached", name)
			}
			m, err := c.Metadata(t.Context(), p, f)
			if err != nil || m.RequiresDist[0] != "dep" {
				t.Errorf("%s: %v, %v", name, m, err)
			}
			if again, _ := c.Metadata(t.Context(), p, f); again != m {
				t.Errorf("%s: another pointer", name)
			}
			if p.Index != fileURL(root) || name != "metadata" && f.Size != int64(len(body)) {
				t.Errorf("%s: index %s, size %d", name, p.Index, f.Size)
			}
			if _, err := c.Project(t.Context(), "y"); !errors.Is(err, simple.ErrNoProject) {
				t.Errorf("%s: %v", name, err)
			}
			c.Close()
			if kept := cacheFiles(t, c.o.CacheDir); len(kept) > 0 {
				t.Errorf("%s: kept %v", name, kept)
			}
		}
	}
}

func TestDirectoryFailures(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	c := open(t, Options{Indexes: []string{missing}})
	if _, err := c.Project(t.Context(), "x"); err == nil || errors.Is(err, simple.ErrNoProject) || !strings.Contains(err.Error(), missing) {
		t.Errorf("err = %v", err)
	}
	root := writeFiles(t, map[string][]byte{"x/index.json": []byte("{"), "y/index.html": nil, "z/index.html": []byte(`<a href="z-1.0-py3-none-any.whl">`)})
	c = open(t, Options{Indexes: []string{root}})
	if _, err := c.Project(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), filepath.Join(root, "x", "index.json")) {
		t.Errorf("err = %v", err)
	}
	if p := get(t, c, "y"); len(p.Releases) != 0 {
		t.Errorf("%v", names(p))
	}
	p := get(t, c, "z")
	if _, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0]); !errors.Is(err, simple.ErrNoMetadata) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("err = %v", err)
	}
	if err := os.Mkdir(filepath.Join(root, "z", "z-1.0-py3-none-any.whl"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, Options{Indexes: []string{root}}).Metadata(t.Context(), p, &p.Releases[0].Files[0]); !errors.Is(err, simple.ErrNoMetadata) {
		t.Errorf("err = %v", err)
	}
}

func TestFindLinks(t *testing.T) {
	t.Parallel()
	local := wheel(t, "x", "1.0", 0, "local")
	f := newFake(t, map[string][]byte{
		smallWheel: wheel(t, "x", "1.0", 0, "remote"), "x-2.0.tar.gz": sdist(t, 0), "y-1.0.tar.gz": nil,
		"linked-1.0-py3-none-any.whl": wheel(t, "linked", "1.0", 0, "dep"),
	})
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/links.html" {
			return r.URL.Path == "/mirror/simple/linked/" && notFound(w)
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, `<base href="/mirror/files/"><a href="linked-1.0-py3-none-any.whl">l</a> <a href="/about">about</a> <a href="x-3.0.tar.gz">x</a>`)
		return true
	}
	dir := writeFiles(t, map[string][]byte{smallWheel: local, "only-1.0.tar.gz": nil, "page/links.html": []byte(`<a href="../x-4.0.tar.gz">`), "notes.txt": nil})
	cacheDir := t.TempDir()
	o := Options{
		Indexes:   []string{f.index()},
		FindLinks: []string{dir, f.URL + "/links.html", filepath.Join(dir, "page", "links.html"), filepath.Join(dir, "only-1.0.tar.gz")},
		CacheDir:  cacheDir,
	}
	check := func(c *Client) {
		t.Helper()
		p := get(t, c, "x")
		if diff := cmp.Diff([]string{"x-4.0.tar.gz", "x-3.0.tar.gz", "x-2.0.tar.gz", smallWheel}, names(p)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		urls := map[string]string{
			smallWheel:     fileURL(filepath.Join(dir, smallWheel)),
			"x-2.0.tar.gz": f.URL + "/mirror/files/x-2.0.tar.gz",
			"x-3.0.tar.gz": f.URL + "/mirror/files/x-3.0.tar.gz",
			"x-4.0.tar.gz": fileURL(filepath.Join(dir, "x-4.0.tar.gz")),
		}
		for name, want := range urls {
			if got := p.FileURL(fileOf(t, p, name)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if p.Index != f.URL+"/mirror/simple" || fileOf(t, p, smallWheel).Size != int64(len(local)) {
			t.Errorf("index %s, size %d", p.Index, fileOf(t, p, smallWheel).Size)
		}
		m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel))
		if err != nil || m.RequiresDist[0] != "local" {
			t.Errorf("the directory's file comes first: %v, %v", m, err)
		}
		only := get(t, c, "only")
		if diff := cmp.Diff([]string{"only-1.0.tar.gz"}, names(only)); diff != "" || only.Index != fileURL(dir) {
			t.Errorf("%s (-want +got):\n%s", only.Index, diff)
		}
		linked := get(t, c, "linked")
		if m, err = c.Metadata(t.Context(), linked, &linked.Releases[0].Files[0]); err != nil || m.RequiresDist[0] != "dep" || linked.Index != f.URL+"/links.html" {
			t.Errorf("%v, %v, %s", m, err, linked.Index)
		}
	}
	c := open(t, o)
	check(c)
	if y := get(t, c, "y"); len(y.Releases) != 1 {
		t.Errorf("%v", names(y))
	}
	c.Close()
	f.asked()
	clk := new(clock)
	o.Now = clk.Now
	c = open(t, o)
	check(c)
	c.Close()
	for _, a := range f.asked() {
		if a == "/links.html" || strings.HasPrefix(a, "/files/") {
			t.Errorf("asked for %s again", a)
		}
	}
	clk.add(time.Hour)
	o.Offline = true
	check(open(t, o))

	o = Options{NoIndex: true, Indexes: o.Indexes, FindLinks: []string{dir}}
	c = open(t, o)
	if diff := cmp.Diff([]string{smallWheel}, names(get(t, c, "x"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err := c.Project(t.Context(), "y")
	if want := "project y: no such project in " + fileURL(dir); !errors.Is(err, simple.ErrNoProject) || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}

func notFound(w http.ResponseWriter) bool {
	w.WriteHeader(http.StatusNotFound)
	return true
}

func TestFindLinksFailures(t *testing.T) {
	t.Parallel()
	f := newFake(t, nil)
	for _, tt := range []struct{ place, want string }{
		{"/does/not/exist", "find-links file:///does/not/exist: stat"},
		{f.URL + "/nothing", "find-links " + f.URL + "/nothing: " + f.URL + "/nothing: 404 Not Found"},
	} {
		c := open(t, Options{NoIndex: true, FindLinks: []string{tt.place}})
		if _, err := c.Project(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("err = %v, want %s", err, tt.want)
		}
	}
	f.hook = func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "hello"); return true }
	c := open(t, Options{NoIndex: true, FindLinks: []string{f.URL}})
	if _, err := c.Project(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "not an HTML page") {
		t.Errorf("err = %v", err)
	}
	c = open(t, Options{NoIndex: true, FindLinks: []string{f.URL}, Offline: true})
	if _, err := c.Project(t.Context(), "x"); !errors.Is(err, ErrOffline) {
		t.Errorf("err = %v", err)
	}
}

func TestDirect(t *testing.T) {
	t.Parallel()
	body := wheel(t, "x", "1.0", 0, "dep")
	f := newFake(t, map[string][]byte{smallWheel: body})
	dir := writeFiles(t, map[string][]byte{smallWheel: body, "some-thing-1.0.tar.gz": nil})
	cacheDir := t.TempDir()
	for _, tt := range []struct{ url, name, version, err string }{
		{f.URL + "/mirror/files/" + smallWheel, "x", "1.0", ""},
		{f.URL + "/mirror/files/" + smallWheel + "#sha256=" + hexSum(body), "x", "1.0", ""},
		{f.URL + "/mirror/files/" + smallWheel + "#egg=x&sha256=" + hexSum(body), "x", "1.0", ""},
		{fileURL(filepath.Join(dir, smallWheel)), "x", "1.0", ""},
		{fileURL(filepath.Join(dir, "some-thing-1.0.tar.gz")), "some-thing", "1.0", ""},
		{"https://example.invalid/x/My.Pkg_two-1.0%2Bcpu-cp314-cp314t-win_amd64.whl?sig=a", "my-pkg-two", "1.0+cpu", ""},
		{"https://example.invalid/some_thing-2.0rc1.tar.gz", "some-thing", "2.0rc1", ""},
		{"https://example.invalid/some-thing-2.0.zip", "some-thing", "2.0", ""},
		{"https://example.invalid/archive/main.zip", "", "", `"main.zip" is not the name of a wheel or source distribution`},
		{"https://example.invalid/", "", "", `"/" is not the name`},
		{"git+https://example.invalid/x.git", "", "", "neither a web address nor a file"},
		{"x-1.0.tar.gz", "", "", "neither a web address nor a file"},
		{fileURL(filepath.Join(dir, "x-2.0.tar.gz")), "", "", "no such file"},
		{"https://u:secret@exa mple.invalid/x-1.0.tar.gz", "", "", "not a valid URL"},
	} {
		c := open(t, Options{CacheDir: cacheDir})
		p, err := c.Direct(t.Context(), tt.url)
		if tt.err != "" {
			if !errors.Is(err, simple.ErrNoProject) || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: err = %v", tt.url, err)
			}
			continue
		}
		if err != nil || p.Name != tt.name || p.Releases[0].Version.String() != tt.version {
			t.Errorf("%s: %v, %v", tt.url, p, err)
			continue
		}
		if again, err := c.Direct(t.Context(), tt.url); again != p || err != nil {
			t.Errorf("%s: another pointer, %v", tt.url, err)
		}
		if !strings.HasSuffix(strings.SplitN(tt.url, "#", 2)[0], smallWheel) {
			continue
		}
		m, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0])
		if err != nil || m.RequiresDist[0] != "dep" {
			t.Errorf("%s: %v, %v", tt.url, m, err)
		}
	}

	// A digest makes what is kept hold; a bare URL may serve something else the
	// next time, unless nobody can be asked.
	f.asked()
	for _, tt := range []struct {
		fragment string
		offline  bool
		asked    int
	}{{"", false, 1}, {"", true, 0}, {"#sha256=" + hexSum(body), false, 0}} {
		c := open(t, Options{CacheDir: cacheDir, Offline: tt.offline})
		p, err := c.Direct(t.Context(), f.URL+"/mirror/files/"+smallWheel+tt.fragment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0]); err != nil || len(f.asked()) != tt.asked {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	c := open(t, Options{})
	p, err := c.Direct(t.Context(), f.URL+"/mirror/files/"+smallWheel+"#sha256="+strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0]); !errors.Is(err, simple.ErrNoMetadata) || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("wrong digest: %v", err)
	}
}

func TestExcludeNewer(t *testing.T) {
	t.Parallel()
	const oldDay, newDay = "2026-01-01T00:00:00.5Z", "2026-03-01T00:00:00Z"
	files := map[string][]byte{"x-1.0.tar.gz": nil, "x-2.0.tar.gz": nil, "x-2.0-py3-none-any.whl": nil}
	cutoff := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	onPage := func(f *fake) {
		f.uploaded = map[string]string{"x-1.0.tar.gz": oldDay, "x-2.0.tar.gz": newDay, "x-2.0-py3-none-any.whl": oldDay}
	}
	inDocument := func(f *fake) {
		f.document = true
		for n, day := range map[string]string{"x-1.0.tar.gz": oldDay, "x-2.0.tar.gz": newDay, "x-2.0-py3-none-any.whl": oldDay} {
			f.uploaded["doc:"+n] = day
		}
	}
	for _, tt := range []struct {
		name   string
		setup  func(*fake)
		cutoff time.Time
		want   []string
		err    error
		asked  []string // by the first run
	}{
		{"on the page", onPage, cutoff, []string{"x-2.0-py3-none-any.whl", "x-1.0.tar.gz"}, nil, []string{"/simple/x/"}},
		{"in the document", inDocument, cutoff, []string{"x-2.0-py3-none-any.whl", "x-1.0.tar.gz"}, nil, []string{"/pypi/x/json", "/simple/x/"}},
		{"in the document, html", func(f *fake) { inDocument(f); f.html = true }, cutoff, []string{"x-2.0-py3-none-any.whl", "x-1.0.tar.gz"}, nil, []string{"/pypi/x/json", "/simple/x/"}},
		{"some unknown", func(f *fake) { inDocument(f); delete(f.uploaded, "doc:x-1.0.tar.gz") }, cutoff, []string{"x-2.0-py3-none-any.whl"}, nil, []string{"/pypi/x/json", "/simple/x/"}},
		{"nothing is old enough", onPage, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), nil, nil, []string{"/simple/x/"}},
		{"nobody knows", func(*fake) {}, cutoff, nil, ErrNoUploadTimes, []string{"/pypi/x/json", "/simple/x/"}},
		{"nobody asks", inDocument, time.Time{}, []string{"x-2.0-py3-none-any.whl", "x-2.0.tar.gz", "x-1.0.tar.gz"}, nil, []string{"/simple/x/"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, files)
			tt.setup(f)
			dir := t.TempDir()
			for run := range 3 {
				c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, ExcludeNewer: tt.cutoff, Offline: run == 2})
				p, err := c.Project(t.Context(), "x")
				c.Close()
				if tt.err != nil {
					if run < 2 && !errors.Is(err, tt.err) || err == nil {
						t.Errorf("run %d: err = %v", run, err)
					}
					f.asked()
					continue
				}
				if err != nil {
					t.Fatalf("run %d: %v", run, err)
				}
				if diff := cmp.Diff(tt.want, names(p)); diff != "" {
					t.Errorf("run %d (-want +got):\n%s", run, diff)
				}
				asked := f.asked()
				want := [][]string{tt.asked, {"/simple/x/"}, nil}[run] // the times are kept
				if diff := cmp.Diff(want, asked); diff != "" {
					t.Errorf("run %d (-want +got):\n%s", run, diff)
				}
			}
		})
	}
}

func TestUploadTimes(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{"x-1.0.tar.gz": nil, "y-1.0.tar.gz": nil})
	f.document = true
	f.uploaded["doc:x-1.0.tar.gz"] = "2026-01-01T00:00:00Z"
	dir := t.TempDir()
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	p := get(t, c, "x")
	if at := p.Releases[0].Files[0].Uploaded; at != 0 {
		t.Fatalf("uploaded %d", at)
	}
	for range 2 {
		if err := c.UploadTimes(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	want := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	if at := p.Releases[0].Files[0].Uploaded; at != want {
		t.Errorf("uploaded %d, want %d", at, want)
	}
	if diff := cmp.Diff([]string{"/pypi/x/json", "/simple/x/"}, f.asked()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.Close()

	// The next process, offline even, has them with the page.
	c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Offline: true})
	p = get(t, c, "x")
	if err := c.UploadTimes(t.Context(), p); err != nil || p.Releases[0].Files[0].Uploaded != want {
		t.Errorf("%v, uploaded %d", err, p.Releases[0].Files[0].Uploaded)
	}

	// What else can be: no document, no directory tells, no network.
	f.document = false
	c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	y := get(t, c, "y")
	if err := c.UploadTimes(t.Context(), y); !errors.Is(err, ErrNoUploadTimes) {
		t.Errorf("err = %v", err)
	}
	c.Close()
	c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Offline: true})
	if err := c.UploadTimes(t.Context(), get(t, c, "y")); !errors.Is(err, ErrOffline) {
		t.Errorf("err = %v", err)
	}
	c = open(t, Options{Indexes: []string{writeFiles(t, map[string][]byte{"x-1.0.tar.gz": nil})}})
	if err := c.UploadTimes(t.Context(), get(t, c, "x")); !errors.Is(err, ErrNoUploadTimes) {
		t.Errorf("err = %v", err)
	}
	odd := newFake(t, map[string][]byte{"x-1.0.tar.gz": nil})
	odd.hook = func(w http.ResponseWriter, r *http.Request) bool {
		r.URL.Path = strings.Replace(r.URL.Path, "/mirror/packages/", "/mirror/simple/", 1)
		return false
	}
	c = open(t, Options{Indexes: []string{odd.URL + "/mirror/packages"}})
	if err := c.UploadTimes(t.Context(), get(t, c, "x")); !errors.Is(err, ErrNoUploadTimes) {
		t.Errorf("an index that isn't called simple: %v", err)
	}
}

// Files of --find-links are the user's own choice, whatever their date.
func TestExcludeNewerLeavesLinks(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{"x-1.0.tar.gz": nil})
	f.uploaded["x-1.0.tar.gz"] = "2026-03-01T00:00:00Z"
	dir := writeFiles(t, map[string][]byte{"x-0.5.tar.gz": nil})
	c := open(t, Options{Indexes: []string{f.index()}, FindLinks: []string{dir}, ExcludeNewer: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
	if diff := cmp.Diff([]string{"x-0.5.tar.gz"}, names(get(t, c, "x"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c = open(t, Options{Indexes: []string{dir}, ExcludeNewer: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
	if diff := cmp.Diff([]string{"x-0.5.tar.gz"}, names(get(t, c, "x"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDoneContext(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{"x-1.0.tar.gz": nil})
	c := open(t, Options{Indexes: []string{f.index()}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Project(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
