package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/console"
	"github.com/ftpkg/ftpkg/internal/snapshot"
)

// The console blocks of README.md and docs/ are replayed against the snapshot of
// the index in testdata/snapshot, on the day it was taken. scripts/record takes a
// new one; -update rewrites what the blocks show.
func TestDocs(t *testing.T) {
	t.Parallel()
	index := t.TempDir()
	taken, err := snapshot.Unpack(os.DirFS(filepath.Join("testdata", "snapshot")), index)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join("..", "..")
	pages, err := markdownFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	hidden := regexp.MustCompile("(?m)^(?:[ \t>]+(?:```|~~~)|~~~|````+) *console")
	replayed := 0
	for _, page := range pages {
		name := filepath.Join(root, page)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		steps, err := console.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", page, err)
			continue
		}
		// Nothing that looks like a console block is passed over.
		if written := strings.Count("\n"+text, "\n```console"); written > 0 {
			commands := 0
			for _, s := range steps {
				if s.Command != "" {
					commands++
				}
			}
			if commands < written {
				t.Errorf("%s: %d console blocks, and %d commands of them are replayed", page, written, commands)
			}
		}
		if hidden.MatchString(text) {
			t.Errorf("%s: a console block that is indented, or fenced otherwise, is not replayed", page)
		}
		replayed += len(steps)
		outputs, err := docsSession(t, index, taken).Play(steps)
		if err != nil {
			t.Errorf("%s: %v", page, err)
		}
		for i, s := range steps {
			if s.Command != "" && (strings.Contains(outputs[i], "file://") || strings.Contains(outputs[i], index)) {
				t.Errorf("%s:%d: %s shows where the snapshot is", page, s.Line, s.Command)
			}
		}
		now := console.Replace(text, steps, outputs)
		if *update && now != text {
			if err := os.WriteFile(name, []byte(now), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(text, now); diff != "" {
			t.Errorf("%s: the commands print something else now, go test ./cmd/ftpkg -update rewrites it (-shown +printed):\n%s", page, diff)
		}
	}
	if replayed == 0 {
		t.Error("no console block was replayed")
	}
}

// A replay that goes wrong is told: a command that there is not, a file outside,
// and an index without what is asked for.
func TestDocsCanFail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"```console\n$ ftpkg version --format json | head -1\n```\n": true,
		"```console\n$ ftpgk version\n```\n":                         false,
		"```console\n$ ftpkg version | sort\n```\n":                  false,
		"```console\n$ cat ../secret\n```\n":                         false,
		"```txt file=../a\n```\n":                                    false,
		"```console\n$ ftpkg version --gone\n```\n":                  false,
	} {
		steps, err := console.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := docsSession(t, t.TempDir(), today()).Play(steps); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// markdownFiles returns the pages people read, by path below root.
func markdownFiles(root string) ([]string, error) {
	pages := []string{"README.md"}
	err := fs.WalkDir(os.DirFS(root), "docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			pages = append(pages, filepath.FromSlash(path))
		}
		return err
	})
	return pages, err
}

// docsSession plays the steps of a page at the moment the snapshot was taken.
func docsSession(t *testing.T, index string, now time.Time) *console.Session {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	return &console.Session{Root: root, Own: own, Run: func(dir string, set map[string]string, args []string) (string, int, error) {
		all := map[string]string{
			"FTPKG_INDEX_URL": index, "FTPKG_NO_CACHE": "1", "FTPKG_DATA_DIR": filepath.Join(own, "data"),
		}
		if dir == root {
			all["FTPKG_NO_CONFIG"] = "1" // a page's own settings count
		}
		maps.Copy(all, set)
		var out bytes.Buffer
		env := world(t, args...)
		env.Dir, env.Now, env.Getenv = dir, func() time.Time { return now }, variables(all)
		env.Stdout, env.Stderr = &out, &out
		code := run(t.Context(), env)
		if code >= exitUsage {
			return out.String(), code, errors.New("no example of how it is used: " + out.String())
		}
		return out.String(), code, nil
	}}
}
