package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/matrix/emit"
)

// git runs git in a repository and returns what it prints.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// The newest whole version is pinned to its commit, also where the tag has a message;
// a tag of a release that moved is refused.
func TestRefresh(t *testing.T) {
	t.Parallel()
	base := t.TempDir() + "/"
	repo := filepath.Join(base, "some", "action")
	if err := os.MkdirAll(repo, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, repo, "init", "-q")
	commits := map[string]string{}
	for _, tag := range []string{"v9.0.0", "v10.0.0", "v2", "v10.1", "nightly"} {
		git(t, repo, "commit", "-q", "--allow-empty", "-m", tag)
		git(t, repo, "tag", "-a", "-m", tag, tag)
		commits[tag] = git(t, repo, "rev-parse", "HEAD")
	}
	file := filepath.Join(t.TempDir(), "actions.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"source": "tags", "date": "2026-01-01", "actions": {"some/action": {"commit": "` + commits["v9.0.0"] + `", "version": "v9.0.0"}}}`)
	if err := refresh(t.Context(), file, base, "2026-11-21"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got emit.Pins
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Date != "2026-11-21" || got.Source != "tags" || got.Actions["some/action"] != (emit.Pin{Commit: commits["v10.0.0"], Version: "v10.0.0"}) {
		t.Errorf("%s", text)
	}
	write(`{"actions": {"some/action": {"commit": "` + commits["v2"] + `", "version": "v9.0.0"}}}`)
	if err := refresh(t.Context(), file, base, "2026-11-21"); err == nil || !strings.Contains(err.Error(), "the tag v9.0.0 was") {
		t.Errorf("a tag that moved: %v", err)
	}
	write(`{"actions": {"some/none": {}}}`)
	if err := refresh(t.Context(), file, base, "2026-11-21"); err == nil || !strings.Contains(err.Error(), "some/none") {
		t.Errorf("no repository: %v", err)
	}
	if _, err := newest(parse("0123\trefs/tags/v1\n")); err == nil {
		t.Error("no release")
	}
}
