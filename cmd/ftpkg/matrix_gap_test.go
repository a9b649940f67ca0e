package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// What matrix gap prints of a made-up index, on a day of its own, in each format.
func TestGapGolden(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "gap")
	text, err := os.ReadFile(filepath.Join(dir, "index.txt"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := universe.Parse("index.txt", string(text))
	if err != nil {
		t.Fatal(err)
	}
	server := indextest.NewServer(c.Universe)
	t.Cleanup(server.Close)
	for _, tt := range []struct {
		name string
		args []string
		code int
	}{
		{"demo.txt", []string{"demo"}, exitNo},
		{"demo.md", []string{"demo", "--format", "markdown"}, exitNo},
		{"demo.json", []string{"demo", "--format", "json"}, exitNo},
		{"older.txt", []string{"demo==1.0"}, exitNo},
		{"floors.txt", []string{"demo", "--python", "3.14t,3.14", "--platform", "macosx_14_0_x86_64,macos-x86_64"}, exitNo},
		{"accepted.txt", []string{"demo", "--config", filepath.Join("testdata", "gap", "accepted.toml")}, exitOK},
		{"accepted.md", []string{"demo", "--config", filepath.Join("testdata", "gap", "accepted.toml"), "--format", "markdown"}, exitOK},
		{"fresh.txt", []string{"new-demo"}, exitOK},
		{"fresh.md", []string{"new-demo", "--format", "markdown"}, exitOK},
		{"pure.txt", []string{"pure"}, exitOK},
	} {
		env := world(t, append([]string{"matrix", "gap"}, tt.args...)...)
		here, err := filepath.Abs(".")
		if err != nil {
			t.Fatal(err)
		}
		env.Dir, env.Now = here, func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }
		env.Getenv = variables(map[string]string{"FTPKG_INDEX_URL": server.IndexURL("main"), "FTPKG_NO_CACHE": "1"})
		stdout, stderr, code := runIn(t, env)
		if code != tt.code {
			t.Errorf("%s: exit status %d, want %d\n%s", tt.name, code, tt.code, stderr)
		}
		golden(t, filepath.Join(dir, tt.name), stdout)
		if filepath.Ext(tt.name) == ".json" {
			text, _ := schema.Get("gap")
			if err := jsonschema.Validate(text, []byte(stdout)); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	}
}
