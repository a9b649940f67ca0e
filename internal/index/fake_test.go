package index

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// start is the moment every test's clock begins at.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// fake is an index with one folder of files. It serves what its fields say, and
// notes what it was asked.
type fake struct {
	*httptest.Server

	mu    sync.Mutex
	files map[string][]byte // by file name
	log   []string

	html         bool // pages in HTML, else in JSON
	beside       bool // metadata files, with digests on the page
	besideBare   bool // metadata files, without digests
	bare         bool // no digests of files
	whole        bool // no ranges
	sizes        bool
	etag         bool
	cacheControl string
	uploaded     map[string]string // by file name, as PEP 700 writes them
	document     bool              // the per-project JSON document
	user         string            // asks for this user, and "secret"
	// hook answers a request instead if it returns true.
	hook func(w http.ResponseWriter, r *http.Request) bool
}

func newFake(t *testing.T, files map[string][]byte) *fake {
	t.Helper()
	f := &fake{files: files, uploaded: map[string]string{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// asked returns the requests since it was last called, sorted.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	slices.Sort(log)
	return log
}

// set changes the fake while it may be answering.
func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) index() string { return f.URL + "/mirror/simple/" }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	path := strings.TrimPrefix(r.URL.Path, "/mirror")
	if g := r.Header.Get("Range"); g != "" {
		path += " " + g
	}
	f.log = append(f.log, path)
	hook := f.hook
	f.mu.Unlock()
	if hook != nil && hook(w, r) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if user, password, _ := r.BasicAuth(); f.user != "" && (user != f.user || password != "secret") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	dir, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/mirror/"), "/")
	switch dir {
	case "simple":
		f.page(w, r, strings.TrimSuffix(name, "/"))
	case "files":
		f.file(w, r, name)
	case "pypi":
		f.json(w, strings.TrimSuffix(name, "/json"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// of returns the names of a project's files.
func (f *fake) of(project string) []string {
	var names []string
	for n := range f.files {
		if strings.HasPrefix(strings.ReplaceAll(n, "_", "-"), project+"-") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, project string) {
	names := f.of(project)
	if len(names) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	type hashes map[string]string
	type file struct {
		Filename string `json:"filename"`
		URL      string `json:"url"`
		Hashes   hashes `json:"hashes"`
		Core     any    `json:"core-metadata,omitempty"`
		Size     *int   `json:"size,omitempty"`
		Uploaded string `json:"upload-time,omitempty"`
	}
	var files []file
	var html strings.Builder
	fmt.Fprintf(&html, "<!DOCTYPE html><title>Links for %s</title><base href=\"../../files/\">\n", project)
	for _, n := range names {
		b := f.files[n]
		e := file{Filename: n, URL: "../../files/" + n, Hashes: hashes{}, Uploaded: f.uploaded[n]}
		fragment, attr := "", ""
		if !f.bare {
			sum := fmt.Sprintf("%x", sha256.Sum256(b))
			e.Hashes["sha256"], fragment = sum, "#sha256="+sum
		}
		if m := metadataIn(b); f.beside && m != nil {
			sum := fmt.Sprintf("%x", sha256.Sum256(m))
			e.Core, attr = hashes{"sha256": sum}, fmt.Sprintf(` data-core-metadata="sha256=%s"`, sum)
		}
		if f.besideBare {
			e.Core, attr = true, ` data-core-metadata="true"`
		}
		if f.sizes {
			size := len(b)
			e.Size = &size
		}
		files = append(files, e)
		fmt.Fprintf(&html, "<a href=\"%s%s\"%s>%s</a><br>\n", n, fragment, attr, n)
	}
	var body []byte
	if f.html {
		body = []byte(html.String())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	} else {
		body, _ = json.Marshal(map[string]any{
			"name": project, "files": files, "meta": map[string]string{"api-version": "1.1"},
		})
		w.Header().Set("Content-Type", typeJSON)
	}
	if f.cacheControl != "" {
		w.Header().Set("Cache-Control", f.cacheControl)
	}
	if f.etag {
		tag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	_, _ = w.Write(body)
}

func (f *fake) file(w http.ResponseWriter, r *http.Request, name string) {
	b, ok := f.files[name]
	if wheel, isMeta := strings.CutSuffix(name, ".metadata"); isMeta && (f.beside || f.besideBare) {
		b = metadataIn(f.files[wheel])
		ok = b != nil
	}
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case f.whole:
		_, _ = w.Write(b)
	default:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}
}

func (f *fake) json(w http.ResponseWriter, project string) {
	if !f.document {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	releases := map[string][]map[string]string{}
	for _, n := range f.of(project) {
		releases["x"] = append(releases["x"], map[string]string{
			"filename": n, "upload_time_iso_8601": f.uploaded["doc:"+n], "url": "../../files/" + n,
		})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"releases": releases})
}

// metadataIn returns the METADATA of a wheel, nil if it has none.
func metadataIn(wheel []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		return nil
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/METADATA") {
			r, err := f.Open()
			if err != nil {
				return nil
			}
			b, _ := io.ReadAll(r)
			return b
		}
	}
	return nil
}

// metadata returns metadata with the requirements.
func metadata(name, version string, requires ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.4\nName: %s\nVersion: %s\n", name, version)
	for _, r := range requires {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", r)
	}
	return []byte(b.String() + "\nA description.\n")
}

// wheel returns a wheel with the requirements, and a module of so many bytes that
// no compression makes smaller.
func wheel(t *testing.T, name, version string, pad int, requires ...string) []byte {
	t.Helper()
	dir := name + "-" + version + ".dist-info/"
	return archive(t, pad, dir+"METADATA", string(metadata(name, version, requires...)), dir+"RECORD", "")
}

// archive returns a zip archive with a padding file before the members.
func archive(t *testing.T, pad int, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		method := zip.Deflate
		if len(content) == pad {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	add("padding.so", noise(pad))
	for i := 0; i < len(members); i += 2 {
		add(members[i], []byte(members[i+1]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sdist returns a .tar.gz with the members, a padding file last.
func sdist(t *testing.T, pad int, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	g, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	a := tar.NewWriter(g)
	add := func(name string, content []byte) {
		if err := a.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(members); i += 2 {
		add(members[i], []byte(members[i+1]))
	}
	add("x/padding", noise(pad))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise returns bytes that don't compress.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return b
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		c.now = start
	}
	return c.now
}

func (c *clock) add(d time.Duration) {
	now := c.Now().Add(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// open returns a client that is closed with the test. Retries don't wait.
func open(t *testing.T, o Options) *Client {
	t.Helper()
	if o.Now == nil {
		o.Now = new(clock).Now
	}
	if o.Doer == nil {
		tr := fetch.NewTransport(fetch.TransportOptions{})
		t.Cleanup(tr.Close)
		o.Doer = tr
	}
	o.Retry.Base = time.Millisecond
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// get returns a project that must be there.
func get(t *testing.T, c *Client, name string) *simple.Project {
	t.Helper()
	p, err := c.Project(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// names returns the names of all files of a project, newest first.
func names(p *simple.Project) []string {
	var out []string
	for _, r := range p.Releases {
		for _, f := range r.Files {
			out = append(out, f.Filename)
		}
	}
	return out
}

// fileOf returns the file of that name.
func fileOf(t *testing.T, p *simple.Project, name string) *simple.File {
	t.Helper()
	for _, r := range p.Releases {
		for i := range r.Files {
			if r.Files[i].Filename == name {
				return &r.Files[i]
			}
		}
	}
	t.Fatalf("no %s among %v", name, names(p))
	return nil
}

func hexSum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// writeFiles writes files, whose names may have folders in them, to a new
// directory.
func writeFiles(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
