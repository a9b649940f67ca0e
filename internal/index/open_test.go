package index_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	const content = "what a wheel holds"
	good, bad := sha256.Sum256([]byte(content)), sha256.Sum256(nil)
	path := filepath.Join(t.TempDir(), "a-1.0-py3-none-any.whl")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a-1.0-py3-none-any.whl" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, content)
	}))
	t.Cleanup(server.Close)
	local := (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
	remote := server.URL + "/a-1.0-py3-none-any.whl#egg=a"
	for _, tt := range []struct {
		name    string
		url     string
		digest  *[32]byte
		offline bool
		ok      bool
		hash    bool // the error is of the digest
	}{
		{"a file", local, nil, false, true, false},
		{"a file offline", local, &good, true, true, false},
		{"a file that is another", local, &bad, false, false, true},
		{"no such file", local + "x", nil, false, false, false},
		{"a directory", (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(path))}).String(), nil, false, false, false},
		{"on the web", remote, &good, false, true, false},
		{"on the web, another", remote, &bad, false, false, true},
		{"on the web, offline", remote, &good, true, false, false},
		{"not on the web", server.URL + "/b", nil, false, false, false},
		{"not a URL", "http://[", nil, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := index.New(index.Options{
				Now: time.Now, Doer: fetch.NewTransport(fetch.TransportOptions{}), Offline: tt.offline,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			f, err := c.Open(t.Context(), tt.url, tt.digest)
			if hash, _ := errors.AsType[*fetch.HashError](err); (hash != nil) != tt.hash {
				t.Errorf("error %v", err)
			}
			if (err == nil) != tt.ok {
				t.Fatalf("error %v, want ok %t", err, tt.ok)
			}
			if err != nil {
				if f != nil {
					t.Error("a file and an error")
				}
				return
			}
			got := make([]byte, f.Size())
			if _, err := f.ReadAt(got, 0); err != nil && !errors.Is(err, io.EOF) || string(got) != content {
				t.Errorf("read %q, %v", got, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
