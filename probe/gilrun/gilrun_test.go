package gilrun

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	folder, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, fileName)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"class Declarations:", "def watch(created):", "def _guard():"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the guard has no %s", part)
		}
	}
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Write(dir)
	if err != nil || again != folder {
		t.Errorf("written again: %s, %v", again, err)
	}
	if after, err := os.Stat(name); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("a guard that is there was written again: %v", err)
	}
	// A guard that somebody changed is no guard.
	if err := os.WriteFile(name, []byte("pass\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(name); err != nil || string(now) != string(text) {
		t.Errorf("a changed guard stayed: %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(file); err == nil || !strings.HasPrefix(err.Error(), "the guard: ") {
		t.Errorf("below a file: %v", err)
	}
}

func TestEnviron(t *testing.T) {
	t.Parallel()
	join := func(paths ...string) string { return strings.Join(paths, string(filepath.ListSeparator)) }
	folder, older := filepath.Join("data", "guard-01"), filepath.Join("data", "guard-00")
	for _, tt := range []struct {
		name       string
		guard      Guard
		have, want []string
	}{
		{
			"alone", Guard{Folder: folder},
			[]string{"HOME=h", "PYTHON_GIL=1"},
			[]string{"HOME=h", "PYTHON_GIL=0", "PYTHONPATH=" + folder, "FTPKG_RUN_GUARD=log", "FTPKG_RUN_ALLOW="},
		},
		{
			"with a path of the user", Guard{Folder: folder, Stop: true, Allow: []string{"a.b", "c.*"}, Events: "e"},
			[]string{"PYTHONPATH=" + join("lib", "more"), "PATH=p"},
			[]string{"PATH=p", "PYTHON_GIL=0", "PYTHONPATH=" + join(folder, "lib", "more"), "FTPKG_RUN_GUARD=stop", "FTPKG_RUN_ALLOW=a.b,c.*", "FTPKG_RUN_EVENTS=e"},
		},
		{
			"within another run", Guard{Folder: folder},
			[]string{"PYTHONPATH=" + join(older, "lib", folder), "FTPKG_RUN_GUARD=stop", "FTPKG_RUN_ALLOW=x", "FTPKG_RUN_EVENTS=old"},
			[]string{"PYTHON_GIL=0", "PYTHONPATH=" + join(folder, "lib"), "FTPKG_RUN_GUARD=log", "FTPKG_RUN_ALLOW="},
		},
		{
			"an empty path", Guard{Folder: folder},
			[]string{"PYTHONPATH="},
			[]string{"PYTHON_GIL=0", "PYTHONPATH=" + folder, "FTPKG_RUN_GUARD=log", "FTPKG_RUN_ALLOW="},
		},
	} {
		if diff := cmp.Diff(tt.want, tt.guard.Environ(tt.have)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	var out bytes.Buffer
	status, err := Follow(&Command{
		Path: python, Args: []string{"-c", "import os, sys; print(os.getcwd(), os.environ['A'], sys.stdin.read()); sys.exit(3)"},
		Env: append(os.Environ(), "A=b"), Dir: t.TempDir(), Stdin: strings.NewReader("in"), Stdout: &out,
	})
	if err != nil || status != 3 || !strings.HasSuffix(strings.TrimSpace(out.String()), " b in") {
		t.Errorf("status %d, %v, %q", status, err, out.String())
	}
	if _, err := Follow(&Command{Path: filepath.Join(t.TempDir(), "nothing")}); err == nil || !strings.HasPrefix(err.Error(), "starting the program: ") {
		t.Errorf("a program that is not there: %v", err)
	}
}
