package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
)

// serveIn serves a store that tracks a package, and returns the address. The command
// is stopped, and must end well, when the test does.
func serveIn(t *testing.T, args ...string) (address string, stop func() (int, string)) {
	t.Helper()
	dir := t.TempDir()
	db := filepath.Join(dir, "track.db")
	add := world(t, "track", "add", "demo", "--store", db)
	if _, stderr, code := runIn(t, add); code != 0 {
		t.Fatal(stderr)
	}
	r, w := io.Pipe()
	var errs strings.Builder
	env := world(t, append([]string{"serve", "--store", db, "--listen", "127.0.0.1:0"}, args...)...)
	env.Stdout, env.Stderr = w, &errs
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, env)
		_ = w.Close() // always nil
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	stopped := false
	stop = func() (int, string) {
		stopped = true
		cancel()
		select {
		case c := <-code:
			return c, errs.String()
		case <-time.After(20 * time.Second):
			t.Error("it does not stop")
			return -1, ""
		}
	}
	t.Cleanup(func() {
		if !stopped {
			stop()
		}
	})
	return strings.TrimSpace(line), stop
}

func TestServe(t *testing.T) {
	t.Parallel()
	address, stop := serveIn(t)
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path, host string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(address, "/")+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			req.Host = host
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	for _, tt := range []struct {
		path    string
		code    int
		content string
		schema  string
	}{
		{"/", 200, "text/html; charset=utf-8", ""},
		{"/p/demo/", 200, "text/html; charset=utf-8", ""},
		{"/p/demo", 301, "", ""},
		{"/data/status.json", 200, "application/json", "status"},
		{"/badge/demo.svg", 200, "image/svg+xml", ""},
		{"/changes/feed.atom", 200, "application/atom+xml", ""},
		{"/api/status", 200, "application/json", "status"},
		{"/api/packages/demo", 200, "application/json", "status"},
		{"/api/packages/nosuch", 404, "application/json", ""},
		{"/api/events", 200, "application/json", "events"},
		{"/api/events?since=2026-01-01&package=demo&regressions", 200, "application/json", "events"},
		{"/api/events?since=tomorrow", 400, "application/json", ""},
		{"/api/nosuch", 404, "application/json", ""},
		{"/nosuch", 404, "text/plain; charset=utf-8", ""},
		{"/../../etc/passwd", 307, "", ""},
		{"/%2e%2e/%2e%2e/etc/passwd", 404, "", ""},
	} {
		resp, body := ask(http.MethodGet, tt.path, "")
		if resp.StatusCode != tt.code || tt.content != "" && resp.Header.Get("Content-Type") != tt.content {
			t.Errorf("%s: %s, %s", tt.path, resp.Status, resp.Header.Get("Content-Type"))
		}
		if tt.code < 300 && (resp.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'")) {
			t.Errorf("%s: %v", tt.path, resp.Header)
		}
		if tt.schema != "" {
			text, _ := schema.Get(tt.schema)
			if err := jsonschema.Validate(text, []byte(body)); err != nil {
				t.Errorf("%s: %v", tt.path, err)
			}
		} else if tt.content == "application/json" {
			var doc struct{ Error string }
			if err := json.Unmarshal([]byte(body), &doc); err != nil || doc.Error == "" {
				t.Errorf("%s: %s, %v", tt.path, body, err)
			}
		}
	}
	if resp, body := ask(http.MethodHead, "/", ""); resp.StatusCode != http.StatusOK || body != "" {
		t.Errorf("HEAD: %s", resp.Status)
	}
	if resp, _ := ask(http.MethodPost, "/api/status", ""); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", resp.Status)
	}
	// A name of somebody else's that leads here is not answered.
	for host, code := range map[string]int{"evil.example": 421, "evil.example:8000": 421, "localhost:1": 200, "[::1]:80": 200} {
		if resp, _ := ask(http.MethodGet, "/", host); resp.StatusCode != code {
			t.Errorf("%s: %s", host, resp.Status)
		}
	}
	if code, stderr := stop(); code != exitOK || stderr != "" {
		t.Errorf("stopped with %d: %s", code, stderr)
	}
}

// What is written to the store while the site is shown is shown, too.
func TestServeFollows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "track.db")
	at := today()
	add := world(t, "track", "add", "demo", "--store", db)
	if _, stderr, code := runIn(t, add); code != 0 {
		t.Fatal(stderr)
	}
	env := world(t, "serve", "--store", db)
	q := &siteQuestion{trackOptions: trackOptions{store: db, asOf: at}}
	first, err := q.edition(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	s := &siteServer{local: true}
	s.current.Store(first)
	if err := q.refresh(t.Context(), env, s); err != nil || s.current.Load() != first {
		t.Errorf("nothing is new: %v", err)
	}
	add = world(t, "track", "add", "other", "--store", db)
	add.Now = func() time.Time { return at.Add(time.Hour) }
	if _, stderr, code := runIn(t, add); code != 0 {
		t.Fatal(stderr)
	}
	if err := q.refresh(t.Context(), env, s); err != nil || s.current.Load().rows["other"] == nil {
		t.Errorf("%v", err)
	}
	if err := os.Remove(db); err != nil {
		t.Fatal(err)
	}
	now := s.current.Load()
	if err := q.refresh(t.Context(), env, s); err == nil || s.current.Load() != now {
		t.Errorf("without a store: %v", err)
	}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"8000", "127.0.0.1:x", "256.1.1.1:80"} {
		db := filepath.Join(t.TempDir(), "track.db")
		if _, stderr, code := runIn(t, world(t, "track", "init", "--empty", "--store", db)); code != 0 {
			t.Fatal(stderr)
		}
		if _, stderr, code := runIn(t, world(t, "serve", "--store", db, "--listen", listen)); code != exitUsage {
			t.Errorf("%s: %d, %s", listen, code, stderr)
		}
	}
}
