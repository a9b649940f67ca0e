package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
		replayed += len(steps)
		outputs := make([]string, len(steps))
		status := 0
		for i, s := range steps {
			outputs[i], status, err = replay(t, s.Command, index, taken, status)
			switch {
			case err != nil:
				t.Errorf("%s:%d: %s: %v", page, s.Line, s.Command, err)
			case strings.Contains(outputs[i], "file://") || strings.Contains(outputs[i], index):
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

// replay runs one command of a console block at the top of the repository and
// returns what a terminal shows of it. The commands are ftpkg (also as go run
// ./cmd/ftpkg), cat, and echo $?; "| head -N" may follow.
func replay(t *testing.T, command, index string, now time.Time, status int) (string, int, error) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", 0, err
	}
	if command == "echo $?" {
		return strconv.Itoa(status) + "\n", 0, nil
	}
	words, err := console.Words(command)
	if err != nil {
		return "", 0, err
	}
	limit := 0
	if i := slices.Index(words, "|"); i >= 0 {
		if n, _ := fmt.Sscanf(strings.Join(words[i:], " "), "| head -%d", &limit); n != 1 {
			return "", 0, errors.New("the only pipe is | head -N")
		}
		words = words[:i]
	}
	if run := []string{"go", "run", "./cmd/ftpkg"}; len(words) >= 3 && slices.Equal(words[:3], run) {
		words = append([]string{"ftpkg"}, words[3:]...)
	}
	var out bytes.Buffer
	code := 0
	switch {
	case len(words) == 2 && words[0] == "cat":
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(words[1])))
		if err != nil {
			return "", 0, err
		}
		out.Write(text)
	case len(words) > 0 && words[0] == "ftpkg":
		env := world(t, words[1:]...)
		env.Dir, env.Now = root, func() time.Time { return now }
		env.Getenv = variables(map[string]string{"FTPKG_INDEX_URL": index, "FTPKG_NO_CACHE": "1", "FTPKG_NO_CONFIG": "1"})
		env.Stdout, env.Stderr = &out, &out
		code = run(t.Context(), env)
	default:
		return "", 0, errors.New("not a command of ftpkg")
	}
	text := out.String()
	if lines := strings.SplitAfter(text, "\n"); limit > 0 && len(lines) > limit {
		text, code = strings.Join(lines[:limit], ""), 0
	}
	return text, code, nil
}
