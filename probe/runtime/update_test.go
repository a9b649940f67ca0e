//go:build unix

package runtime

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	old := Build{"3.14.7", true, linux, "20260814", Digest{1}}
	newer := goodLine("3.14.9+20261021") + goodLine("3.14.7+20260814")
	text := newer
	server := newMirror(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/index":
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			_, _ = w.Write([]byte(text))
		case "/cut":
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			_, _ = w.Write([]byte(goodLine("3.14.9+20261021"))) // whole lines, but not all
			panic(http.ErrAbortHandler)
		case "/once": // broken the first time
			if n%2 == 1 {
				panic(http.ErrAbortHandler)
			}
			_, _ = w.Write([]byte(text))
		case "/html":
			_, _ = w.Write([]byte("<html>"))
		case "/older":
			_, _ = w.Write([]byte(goodLine("3.14.6+20260701")))
		case "/elsewhere":
			_, _ = w.Write([]byte(strings.ReplaceAll(goodLine("3.14.9+20261021"), linux, "aarch64-apple-darwin")))
		default:
			http.NotFound(w, r)
		}
	})
	file := filepath.Join(t.TempDir(), "index")
	write(t, file, text, 0o644)
	for _, from := range []string{server.URL + "/index", server.URL + "/once", file, "file://" + file} {
		m := newManager(t, old)
		c, err := m.Update(t.Context(), from)
		if err != nil {
			t.Errorf("%s: %v", from, err)
			continue
		}
		kept, err := LoadCatalogue(m.DataDir)
		if err != nil || !slices.Equal(kept.Builds, c.Builds) || m.Catalogue != c || c.AsOf.Format("20060102") != "20261021" {
			t.Errorf("%s: kept %+v, %v", from, kept, err)
		}
	}
	m := newManager(t, old)
	if _, err := m.Update(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(m.DataDir, catalogueFile))
	if err != nil {
		t.Fatal(err)
	}
	before := m.Catalogue
	for _, from := range []string{
		server.URL + "/cut", server.URL + "/html", server.URL + "/older", server.URL + "/elsewhere", server.URL + "/nothing",
		filepath.Join(t.TempDir(), "nothing"), "index", "ftp://mirror.example.invalid/",
	} {
		if _, err := m.Update(t.Context(), from); err == nil {
			t.Errorf("%s: no error", from)
		}
		if now, err := os.ReadFile(filepath.Join(m.DataDir, catalogueFile)); err != nil || string(now) != string(good) || m.Catalogue != before {
			t.Errorf("%s: the catalogue changed, %v", from, err)
		}
	}
	m.Client = nil
	if _, err := m.Update(t.Context(), server.URL+"/index"); !errors.Is(err, ErrOffline) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Update(ctx, file); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	m.DataDir = filepath.Join(file, "data")
	if _, err := m.Update(t.Context(), file); err == nil {
		t.Error("written below a file")
	}
}
