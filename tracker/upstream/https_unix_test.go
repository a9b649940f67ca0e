//go:build unix

package upstream_test

import (
	"encoding/pem"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A repository that its metadata name is read over HTTPS, as a forge serves it: of a
// repository with much in it, a little is fetched. One that wants a password is not
// read, and nobody is asked for one.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	dir, commit := repository(t, map[string]string{
		".github/workflows/ci.yml": workflow("3.14t"), "pyproject.toml": "[project]\n", "data/large.bin": noise(4 << 20),
	})
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	git(t, dir, "config", "uploadpack.allowAnySHA1InWant", "true")
	backend := &cgi.Handler{
		Path: filepath.Join(git(t, dir, "--exec-path"), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Dir(dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_GLOBAL=" + os.DevNull},
	}
	var sent atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/private/") {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(&counting{w, &sent}, r)
	}))
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	g := program(t)
	g.Environ = append(g.Environ, "GIT_SSL_CAINFO="+authority, "NO_PROXY=*", "no_proxy=*")
	fsys, at, err := g.Published(t.Context(), server.URL+"/"+filepath.Base(dir)+"/.git")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(fsys, ".github/workflows/ci.yml"); err != nil || string(text) != workflow("3.14t") || at != commit {
		t.Errorf("%q of %s, %v", text, at, err)
	}
	if n := sent.Load(); n == 0 || n > 1<<20 {
		t.Errorf("%d bytes were sent", n)
	}
	if _, _, err := g.Published(t.Context(), server.URL+"/private/x.git"); err == nil || !strings.Contains(err.Error(), "/private/x.git") {
		t.Errorf("a repository with a password: %v", err)
	}
	g.Environ = g.Environ[:len(g.Environ)-3]
	if _, _, err := g.Published(t.Context(), server.URL+"/"+filepath.Base(dir)+"/.git"); err == nil {
		t.Error("a server that nobody vouches for was believed")
	}
}

// counting counts what is sent.
type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

// noise is text that does not compress.
func noise(n int) string {
	b := make([]byte, n)
	x := uint64(1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return string(b)
}
