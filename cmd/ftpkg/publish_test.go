package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The command speaks to the API that the environment names, with the token, which it
// prints nowhere: not in what it says, not in traces, not in errors.
func TestPublishGitHub(t *testing.T) {
	t.Parallel()
	const token = "ghp_secretsecretsecret"
	var mu sync.Mutex
	var asked []string
	refusing := false
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v3/repos/me/status")
		asked = append(asked, what)
		w.Header().Set("Content-Type", "application/json")
		answer := any(map[string]any{"sha": strings.Repeat("a", 40), "name": "status", "object": map[string]string{"sha": strings.Repeat("a", 40)}})
		switch {
		case refusing || r.Header.Get("Authorization") != "Bearer "+token:
			w.WriteHeader(http.StatusUnauthorized)
			answer = map[string]string{"message": "Bad credentials " + r.Header.Get("Accept")}
		case what == "GET /git/ref/heads/gh-pages":
			w.WriteHeader(http.StatusNotFound)
		case strings.HasPrefix(what, "GET /issues"):
			answer = []string{}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(api.Close)
	db := filepath.Join(t.TempDir(), "track.db")
	if _, stderr, code := runIn(t, world(t, "track", "add", "demo", "--store", db)); code != 0 {
		t.Fatal(stderr)
	}
	publish := func(args ...string) (stdout, stderr string, code int) {
		t.Helper()
		env := world(t, append([]string{"publish", "--store", db, "--github", "me/status", "-vv"}, args...)...)
		env.Getenv = variables(map[string]string{"GH_TOKEN": token, "GITHUB_API_URL": api.URL + "/api/v3"})
		stdout, stderr, code = runIn(t, env)
		if strings.Contains(stdout+stderr, "secretsecret") {
			t.Errorf("the token is printed:\n%s%s", stdout, stderr)
		}
		return stdout, stderr, code
	}
	stdout, stderr, code := publish("--dry-run", "--issues")
	if code != 0 || !strings.Contains(stdout, "a new branch") || !strings.Contains(stdout, "would change") || !strings.Contains(stdout, "0 regressions in 30 days") {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
	for _, what := range asked {
		if !strings.HasPrefix(what, "GET ") {
			t.Errorf("a dry run asked %s", what)
		}
	}
	stdout, stderr, code = publish("--issues", "--format", "json")
	if code != 0 || !strings.Contains(stdout, `"commit": "aaaa`) || !strings.Contains(stderr, "POST") {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
	if last := strings.Join(asked, "\n"); !strings.Contains(last, "POST /git/trees\nPOST /git/commits\nPOST /git/refs\nGET /issues") {
		t.Errorf("asked %s", last)
	}
	refusing = true
	if stdout, stderr, code = publish(); code != exitUnknown || !strings.Contains(stderr, "me/status: GitHub does not know the token: 401 Bad credentials") {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
}
