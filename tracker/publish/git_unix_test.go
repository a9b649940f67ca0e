//go:build unix

package publish_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/publish"
	"github.com/ftpkg/ftpkg/tracker/site"
)

// gitIn runs git in a folder.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func remote(t *testing.T) *publish.Git {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "site.git")
	gitIn(t, ".", "init", "--quiet", "--bare", dir)
	return &publish.Git{
		Program: program, Remote: dir, Branch: publish.DefaultBranch,
		Environ: append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "GIT_DIR=nowhere"),
	}
}

func TestGit(t *testing.T) {
	t.Parallel()
	g := remote(t)
	in := input(t, some(), publish.Options{})
	g.DryRun = true
	p, err := g.Push(t.Context(), in)
	if err != nil || !p.New || p.Changed == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if refs := gitIn(t, g.Remote, "for-each-ref"); refs != "" {
		t.Errorf("a dry run pushed %s", refs)
	}
	g.DryRun = false
	first, err := g.Push(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := gitIn(t, g.Remote, "rev-parse", g.Branch); got != first.Commit || p.Commit != first.Commit {
		t.Errorf("the branch is at %s, the push said %s, the dry run %s", got, first.Commit, p.Commit)
	}
	// The branch has the site, byte for byte, and nothing else.
	files, err := site.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	tree := strings.Split(gitIn(t, g.Remote, "ls-tree", "-r", "--name-only", g.Branch), "\n")
	if len(tree) != len(files) {
		t.Errorf("%d files in the branch, %d in the site", len(tree), len(files))
	}
	for _, f := range files {
		cmd := exec.CommandContext(t.Context(), "git", "cat-file", "blob", g.Branch+":"+f.Path)
		cmd.Dir = g.Remote
		if out, err := cmd.Output(); err != nil || !bytes.Equal(out, f.Data) {
			t.Errorf("%s differs: %v", f.Path, err)
		}
	}
	again, err := g.Push(t.Context(), in)
	if err != nil || !again.Same() || again.Commit != first.Commit {
		t.Errorf("the same site again: %+v, %v", again, err)
	}

	// A file of the host's stays, others go; one commit each time.
	work := filepath.Join(t.TempDir(), "work")
	gitIn(t, ".", "clone", "--quiet", "--branch", g.Branch, g.Remote, work)
	for _, name := range []string{"CNAME", "stray.html"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte("status.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gitIn(t, work, "add", ".")
	gitIn(t, work, "commit", "--quiet", "-m", "domain")
	gitIn(t, work, "push", "--quiet")
	p, err = g.Push(t.Context(), in)
	if err != nil || p.Removed != 1 || p.Changed != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if got := gitIn(t, g.Remote, "show", g.Branch+":CNAME"); got != "status.example" {
		t.Errorf("CNAME is %q", got)
	}
	if n := gitIn(t, g.Remote, "rev-list", "--count", g.Branch); n != "3" {
		t.Errorf("%s commits", n)
	}
	if says := gitIn(t, g.Remote, "log", "-1", "--format=%an %at %s", g.Branch); says != "ftpkg 1795219200 Test as of 2026-11-21T00:00:00Z" {
		t.Errorf("the commit says %q", says)
	}
}

// A hook of the host refuses; somebody pushes first; the host is not there.
func TestGitRefused(t *testing.T) {
	t.Parallel()
	in := input(t, some(), publish.Options{})
	g := remote(t)
	hook := filepath.Join(g.Remote, "hooks", "pre-receive")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho protected >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Push(t.Context(), in); err == nil || !strings.Contains(err.Error(), "protected") {
		t.Errorf("%v", err)
	}
	for _, remote := range []string{"--upload-pack=touch x", "", filepath.Join(t.TempDir(), "nosuch")} {
		g.Remote = remote
		if _, err := g.Push(t.Context(), in); err == nil {
			t.Errorf("%q was pushed to", remote)
		}
	}
	g = remote(t)
	for _, branch := range []string{"a b", "..", "-x:y"} {
		g.Branch = branch
		if _, err := g.Push(t.Context(), in); err == nil {
			t.Errorf("the branch %q was made", branch)
		}
	}
	g = remote(t)
	g.Program = filepath.Join(t.TempDir(), "git")
	if _, err := g.Push(t.Context(), in); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A password in the address is in no message, whatever git says.
func TestGitHidesPasswords(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://me:hunter2secret@127.0.0.1:1/x.git", "http://ghp_hunter2secret@127.0.0.1:1/x.git", "http://me:hunter2secret%25@127.0.0.1:1/x.git"} {
		g := remote(t)
		g.Remote = address
		_, err := g.Push(t.Context(), input(t, some(), publish.Options{}))
		if err == nil || strings.Contains(err.Error(), "hunter2secret") || !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%v", err)
		}
		// A git that tells everything.
		g.Program = filepath.Join(t.TempDir(), "git")
		if err := os.WriteFile(g.Program, []byte("#!/bin/sh\necho \"fatal: $* '"+address+"'\" >&2\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Push(t.Context(), input(t, some(), publish.Options{})); err == nil || strings.Contains(err.Error(), "hunter2secret") {
			t.Errorf("%v", err)
		}
	}
}
