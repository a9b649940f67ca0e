package index

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

func TestMetadataFailures(t *testing.T) {
	t.Parallel()
	good := wheel(t, "x", "1.0", 1<<20, "dep")
	small := wheel(t, "x", "1.0", 0, "dep")
	serveFile := func(b []byte) func(*fake) {
		return func(f *fake) {
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, "/mirror/files/") {
					return false
				}
				w.Header().Set("Content-Length", strconv.Itoa(len(b)))
				_, _ = w.Write(b)
				return true
			}
		}
	}
	status := func(n int) func(*fake) {
		return func(f *fake) {
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, "/mirror/files/") {
					return false
				}
				w.WriteHeader(n)
				return true
			}
		}
	}
	cut := func(f *fake) {
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/mirror/files/") {
				return false
			}
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write(good[:10])
			return true
		}
	}
	dir := "x-1.0.dist-info/"
	for _, tt := range []struct {
		name  string
		file  string
		body  []byte
		setup func(*fake)
		own   bool // the file's own fault: ErrNoMetadata
		want  string
	}{
		{"404", largeWheel, good, status(404), true, "404 Not Found"},
		{"403", largeWheel, good, status(403), true, "403 Forbidden"},
		{"401", largeWheel, good, status(401), false, "401 Unauthorized"},
		{"500", largeWheel, good, status(500), false, "500 Internal Server Error (tried 4 times)"},
		{"cut off for ever", largeWheel, good, cut, false, "unexpected EOF (tried 4 times)"},
		{"cut off sdist", sdistFile, sdist(t, 0, "x-1.0/PKG-INFO", "?"), cut, false, "unexpected EOF (tried 4 times)"},
		{"truncated wheel", smallWheel, small, serveFile(small[:len(small)/2]), true, "sha256 is"},
		{"wrong digest", smallWheel, small, serveFile(wheel(t, "x", "1.0", 0, "evil")), true, "as the index says"},
		{"wrong digest of an sdist", sdistFile, sdist(t, 0, "x-1.0/PKG-INFO", string(metadata("x", "1.0"))),
			serveFile(sdist(t, 0, "x-1.0/PKG-INFO", string(metadata("x", "1.0", "evil")))), true, "as the index says"},
		{"no zip", largeWheel, noise(1 << 20), nil, true, "zip: not a valid zip file"},
		{"no METADATA", largeWheel, archive(t, 1<<20, "x/__init__.py", ""), nil, true, "no .dist-info/METADATA"},
		{"two METADATA", smallWheel, archive(t, 0, dir+"METADATA", "", "x-2.0.dist-info/METADATA", ""), nil, true, "two sets of metadata"},
		{"another project", smallWheel, archive(t, 0, dir+"METADATA", string(metadata("y", "1.0"))), nil, true, `names project "y"`},
		{"another version", smallWheel, archive(t, 0, dir+"METADATA", string(metadata("x", "2.0"))), nil, true, "version 2.0, not 1.0"},
		{"no sdist", sdistFile, []byte("hello, this is no archive"), nil, true, "gzip: invalid header"},
		{"no PKG-INFO", sdistFile, sdist(t, 0, "x-1.0/setup.py", ""), nil, true, "no PKG-INFO"},
		{"a format nobody reads here", "x-1.0.tar.xz", []byte("x"), nil, true, "cannot be read"},
		{"an egg", "x-1.0-py3.13.egg", []byte("x"), nil, true, "not a wheel or source distribution"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string][]byte{tt.file: tt.body})
			if tt.setup != nil {
				tt.setup(f)
			}
			cacheDir := t.TempDir()
			c := open(t, Options{Indexes: []string{f.index()}, CacheDir: cacheDir})
			p := get(t, c, "x")
			_, err := c.Metadata(t.Context(), p, fileOf(t, p, tt.file))
			if err == nil || errors.Is(err, simple.ErrNoMetadata) != tt.own || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("err = %v, want %q", err, tt.want)
			}
			if !strings.Contains(err.Error(), tt.file) {
				t.Errorf("the file isn't named in %q", err)
			}
			n := len(f.asked())
			_, again := c.Metadata(t.Context(), p, fileOf(t, p, tt.file))
			if again == nil || again.Error() != err.Error() {
				t.Errorf("again: %v", again)
			}
			if more := len(f.asked()); tt.own && more > 0 {
				t.Errorf("%d requests, and %d more for the same answer", n, more)
			}
		})
	}
}

func TestMetadataFileWithAnotherDigest(t *testing.T) {
	t.Parallel()
	for _, file := range []string{largeWheel, sdistFile} {
		body := wheel(t, "x", "1.0", 1<<20, "dep")
		if file == sdistFile {
			body = sdist(t, 5<<20, "x-1.0/PKG-INFO", string(metadata("x", "1.0", "dep")))
		}
		f := newFake(t, map[string][]byte{file: body})
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case strings.HasSuffix(r.URL.Path, ".metadata"):
				_, _ = w.Write(metadata("x", "1.0", "evil"))
			case strings.HasSuffix(r.URL.Path, "/simple/x/"):
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, `<a href="../../files/%s#sha256=%s" data-core-metadata="sha256=%064d">`, file, hexSum(body), 1)
			default:
				return false
			}
			return true
		}
		c := open(t, Options{Indexes: []string{f.index()}})
		p := get(t, c, "x")
		f.asked()
		m, err := c.Metadata(t.Context(), p, fileOf(t, p, file))
		if err != nil || m.RequiresDist[0] != "dep" {
			t.Fatalf("%v, %v", m, err)
		}
		if diff := cmp.Diff([]string{"/files/" + file, "/files/" + file + ".metadata"}, f.asked()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], "as the index says") {
			t.Errorf("warnings %q", w)
		}
	}
}

func TestSdistIsNotReadWhole(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{sdistFile: sdist(t, 16<<20, "x-1.0/PKG-INFO", string(metadata("x", "1.0", "dep")))})
	var counter fetch.Counter
	tr := fetch.NewTransport(fetch.TransportOptions{})
	t.Cleanup(tr.Close)
	c := open(t, Options{Indexes: []string{f.index()}, Doer: counter.Wrap(tr)})
	p := get(t, c, "x")
	m, err := c.Metadata(t.Context(), p, fileOf(t, p, sdistFile))
	if err != nil || m.RequiresDist[0] != "dep" {
		t.Fatal(err)
	}
	if n := counter.Total().Bytes; n > 5<<20 {
		t.Errorf("read %d bytes", n)
	}
}

func TestRangesThatLie(t *testing.T) {
	t.Parallel()
	body := wheel(t, "x", "1.0", 1<<20, "dep")
	f := newFake(t, map[string][]byte{largeWheel: body})
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Range") == "" {
			return false
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", len(body)-65536, len(body)-1, len(body)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(body[:65536])
		return true
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	p := get(t, c, "x")
	m, err := c.Metadata(t.Context(), p, fileOf(t, p, largeWheel))
	if err != nil || m.RequiresDist[0] != "dep" {
		t.Fatalf("%v, %v", m, err)
	}
}

func TestWebPageNamesLocalFile(t *testing.T) {
	t.Parallel()
	local := writeFiles(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0)})
	f := newFake(t, nil)
	f.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<a href="%s/%s">x</a>`, fileURL(local), smallWheel)
		return true
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	p := get(t, c, "x")
	_, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel))
	if !errors.Is(err, simple.ErrNoMetadata) || !strings.Contains(err.Error(), "a page on the web names the file") {
		t.Errorf("err = %v", err)
	}
	if _, err := c.Digest(t.Context(), p, fileOf(t, p, smallWheel)); err == nil {
		t.Error("read it for its digest")
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	body := wheel(t, "x", "1.0", 0)
	for _, bare := range []bool{true, false} {
		f := newFake(t, map[string][]byte{smallWheel: body})
		f.bare = bare
		for _, o := range []Options{{Indexes: []string{f.index()}}, {Indexes: []string{writeFiles(t, f.files)}}} {
			c := open(t, o)
			p := get(t, c, "x")
			sum, err := c.Digest(t.Context(), p, fileOf(t, p, smallWheel))
			if err != nil || hex.EncodeToString(sum[:]) != hexSum(body) {
				t.Errorf("%x, %v", sum, err)
			}
		}
	}
	dir := t.TempDir()
	f := newFake(t, map[string][]byte{smallWheel: body})
	f.bare = true
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: dir})
	get(t, c, "x")
	c.Close()
	c = open(t, Options{Indexes: []string{f.index()}, CacheDir: dir, Offline: true})
	p := get(t, c, "x")
	if _, err := c.Digest(t.Context(), p, fileOf(t, p, smallWheel)); !errors.Is(err, ErrOffline) {
		t.Errorf("offline: %v", err)
	}
}

func TestDirectoryStart(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{archive(t, 100<<10, "a", "b"), many(t, 1<<20)} {
		off, ok := directoryStart(bytes.NewReader(b), int64(len(b)))
		if !ok || !bytes.HasPrefix(b[off:], []byte("PK\x01\x02")) {
			t.Errorf("%d, %v", off, ok)
		}
	}
	for _, b := range [][]byte{nil, []byte("PK\x05\x06"), noise(1000), append(noise(100<<10), "PK\x05\x06aaaaaaaa\xff\xff\xff\xffaaaaaaaaaaa"...)} {
		if off, ok := directoryStart(bytes.NewReader(b), int64(len(b))); ok {
			t.Errorf("found %d in %d bytes", off, len(b))
		}
	}
}
