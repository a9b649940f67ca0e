package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ftpkg/ftpkg/matrix/emit/emittest"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// tag is the release that the tests make of the commit that is checked out.
const tag, version = "v1.2.3", "1.2.3"

// A release that was made once for all tests of this process: the commit that is
// checked out, in a clone that has a tag.
type made struct {
	once  sync.Once
	clone string
	dist  string
	err   error
}

//nolint:gochecknoglobals // the work of minutes, done once
var all made

// temp is a directory that TestMain removes.
//
//nolint:gochecknoglobals // set by TestMain alone
var temp string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ftpkg-wheels-")
	if err != nil {
		panic(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		panic(err)
	}
	temp = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// wheels returns the directory with the files of a release: eight wheels and the
// source distribution.
func wheels(t *testing.T) (clone, dist string) {
	t.Helper()
	all.once.Do(func() {
		all.clone, all.dist = filepath.Join(temp, "clone"), filepath.Join(temp, "dist")
		if all.err = cloneTo(context.Background(), "", all.clone); all.err != nil {
			return
		}
		all.err = makeFiles(context.Background(), all.clone, all.dist, "-sdist")
	})
	if all.err != nil {
		t.Fatal(all.err)
	}
	return all.clone, all.dist
}

// makeFiles runs this command, compiled without the race detector, which would take most of
// the time of packing.
func makeFiles(ctx context.Context, clone, dist string, flags ...string) error {
	tool := filepath.Join(temp, "wheels.exe")
	if _, err := os.Stat(tool); err != nil {
		if _, err := output(ctx, "", "go", "build", "-o", tool, "."); err != nil {
			return err
		}
	}
	_, err := output(ctx, "", tool, append([]string{"-C", clone, "-o", dist}, flags...)...)
	return err
}

// cloneTo clones a repository, without a name one of the files that this test is of, and
// gives the commit a tag. The files need not be in a repository that git trusts, or in
// any.
func cloneTo(ctx context.Context, from, dir string) error {
	steps := [][]string{{"clone", "--quiet", "--no-hardlinks", "file://" + filepath.ToSlash(from), dir}}
	if from == "" {
		root, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}")
		if err != nil {
			return err
		}
		steps = [][]string{
			{"init", "--quiet", dir},
			{"--git-dir", filepath.Join(dir, ".git"), "--work-tree", root, "add", "--all"},
			{"-C", dir, "-c", "user.name=n", "-c", "user.email=n@example.invalid", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "all"},
			{"-C", dir, "reset", "--quiet", "--hard"},
		}
	}
	for _, args := range append(steps, []string{"-C", dir, "tag", "--force", tag}) {
		if _, err := output(ctx, "", "git", args...); err != nil {
			return err
		}
	}
	return nil
}

// only returns the name of the one file in a directory that matches a pattern.
func only(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q %v", pattern, found, err)
	}
	return found[0]
}

// here is the name of the platform of this machine.
func here(t *testing.T) string {
	t.Helper()
	for _, p := range platforms() {
		if p.goos == runtime.GOOS && p.goarch == runtime.GOARCH {
			return p.name
		}
	}
	t.Fatalf("there is no wheel for %s/%s", runtime.GOOS, runtime.GOARCH)
	return ""
}

// kept are the tools of this process.
//
//nolint:gochecknoglobals // installed once
var kept sync.Map

// tools are the programs of others, in the user's cache.
func tools(t *testing.T) *emittest.Tools {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python := runtimetest.GIL(t)
	all, _ := kept.LoadOrStore(python, emittest.New(filepath.Join(cache, "ftpkg", "test-tools"), python))
	l, ok := all.(*emittest.Tools)
	if !ok {
		t.Fatalf("%T among the tools", all)
	}
	return l
}

// golang are the variables by which go finds its caches when the home is another; it
// asks nobody for modules.
func golang(t *testing.T) []string {
	t.Helper()
	said, err := output(t.Context(), "", "go", "env", "GOCACHE", "GOMODCACHE")
	if err != nil {
		t.Fatal(err)
	}
	dirs := strings.Split(said, "\n")
	return []string{"GOCACHE=" + dirs[0], "GOMODCACHE=" + dirs[1], "GOPROXY=off", "GOFLAGS=-modcacherw"}
}

// command runs a program in a home of its own, and returns what it prints.
func command(t *testing.T, dir string, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANG=C.UTF-8", "NO_PROXY=127.0.0.1"}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fails runs a program that is to fail, and returns what it prints.
func fails(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("%s %s: it went well\n%s", program, strings.Join(args, " "), out)
	}
	return string(out)
}
