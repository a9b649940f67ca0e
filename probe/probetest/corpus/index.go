package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Index serves the wheels as a package index until the test ends, and returns the URL
// that --index-url takes.
func (c *Corpus) Index(t testing.TB) string {
	t.Helper()
	wheels, err := filepath.Glob(filepath.Join(c.Dir, "*.whl"))
	if err != nil {
		t.Fatal(err)
	}
	type file struct {
		Filename string            `json:"filename"`
		URL      string            `json:"url"`
		Hashes   map[string]string `json:"hashes"`
		Size     int               `json:"size"`
	}
	projects := map[string][]file{}
	for _, path := range wheels {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		name := filepath.Base(path)
		distribution, _, _ := strings.Cut(name, "-")
		project := strings.ReplaceAll(distribution, "_", "-")
		projects[project] = append(projects[project], file{
			Filename: name, URL: "../../files/" + name, Size: len(content),
			Hashes: map[string]string{"sha256": hex.EncodeToString(sum[:])},
		})
	}
	mux := http.NewServeMux()
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir(c.Dir))))
	mux.HandleFunc("GET /simple/{project}/", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("project")
		files, ok := projects[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"meta": map[string]string{"api-version": "1.1"}, "name": name, "versions": []string{version}, "files": files,
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/simple/"
}
