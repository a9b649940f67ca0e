package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// built is the corpus, compiled once for all tests; its wheels are copied to the
// directory of each, as that of the test that built it is removed with the test.
type built struct {
	wheels map[string][]byte
	cases  []*corpus.Case
}

var theCorpus = sync.OnceValue(func() *built { return &built{wheels: map[string][]byte{}} })

var buildCorpus sync.Mutex

// corpusOf returns the wheels of the corpus by file name, and its cases.
func corpusOf(t testing.TB) *built {
	t.Helper()
	buildCorpus.Lock()
	defer buildCorpus.Unlock()
	b := theCorpus()
	if b.cases != nil {
		return b
	}
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	names, err := filepath.Glob(filepath.Join(c.Dir, "*.whl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b.wheels[filepath.Base(name)] = text
	}
	b.cases = c.Cases
	return b
}

// wheelOf returns the name and the bytes of the first wheel of a case.
func (b *built) wheelOf(t testing.TB, name string) (string, []byte) {
	t.Helper()
	for _, c := range b.cases {
		if c.Name == name {
			file := filepath.Base(c.Wheels[0])
			return file, b.wheels[file]
		}
	}
	t.Fatalf("the corpus has no case %q", name)
	return "", nil
}

// moduleOf returns the extension module of a case of one module.
func (b *built) moduleOf(t testing.TB, name string) []byte {
	t.Helper()
	_, wheel := b.wheelOf(t, name)
	z, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".so") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			var buf bytes.Buffer
			if _, err := buf.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
			return buf.Bytes()
		}
	}
	t.Fatalf("case %s has no module", name)
	return nil
}

// A file is a member of an archive that a test makes.
type file struct {
	name string
	data []byte
}

// metadata is the METADATA of a made-up wheel.
func metadata(project, version string, lines ...string) file {
	text := "Metadata-Version: 2.1\nName: " + project + "\nVersion: " + version + "\n"
	for _, l := range lines {
		text += l + "\n"
	}
	return file{project + "-" + version + ".dist-info/METADATA", []byte(text)}
}

// pack makes a zip archive; change, if not nil, may change a member's header.
func pack(t testing.TB, change func(h *zip.FileHeader), files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.name, "/") {
			continue
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads a wheel at hand.
func read(t testing.TB, name string, data []byte) *Wheel {
	t.Helper()
	w, err := NewReader(Options{TempDir: t.TempDir()}).Wheel(t.Context(), Source{Name: name, At: bytes.NewReader(data), Size: int64(len(data))})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newIndex returns a client of an index whose requests are counted.
func newIndex(t testing.TB, url, cache string, offline bool) (*index.Client, *fetch.Counter) {
	t.Helper()
	transport := fetch.NewTransport(fetch.TransportOptions{})
	counter := new(fetch.Counter)
	c, err := index.New(index.Options{
		Indexes: []string{url}, CacheDir: cache, Offline: offline,
		Now:  func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
		Doer: counter.Wrap(transport), Retry: fetch.RetryOptions{Retries: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		transport.Close()
	})
	return c, counter
}

// serveFile serves one file at every path, by ranges unless whole says otherwise.
func serveFile(t testing.TB, data []byte, whole bool) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if whole {
			r.Header.Del("Range")
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// declarations are what a wheel's modules declare, by name.
func declarations(w *Wheel) map[string]vocab.Declaration {
	m := map[string]vocab.Declaration{}
	for i := range w.Modules {
		m[w.Modules[i].Module] = w.Modules[i].Declaration
	}
	return m
}

// cancelled is a context that has ended.
func cancelled(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
