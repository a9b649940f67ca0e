package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// go install …@latest refuses a module whose go.mod replaces or excludes another.
func TestGoModStandsAlone(t *testing.T) {
	t.Parallel()
	said, err := output(t.Context(), filepath.Join("..", ".."), "go", "mod", "edit", "-json")
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Module           struct{ Path string }
		Replace, Exclude []any
	}
	if err := json.Unmarshal([]byte(said), &mod); err != nil {
		t.Fatal(err)
	}
	if mod.Module.Path != "github.com/ftpkg/ftpkg" || len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Errorf("%s: %d replaced, %d excluded", mod.Module.Path, len(mod.Replace), len(mod.Exclude))
	}
}

// go install github.com/ftpkg/ftpkg/cmd/ftpkg@latest installs the commit that is
// checked out, from a module proxy that has it, in a home where there is nothing. The
// go command itself judges the archive: names, sizes, what belongs to other modules.
func TestGoInstall(t *testing.T) {
	t.Parallel()
	clone := filepath.Join(t.TempDir(), "clone")
	if err := cloneTo(t.Context(), "", clone); err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	if err := moduleProxy(t, clone, proxy); err != nil {
		t.Fatal(err)
	}
	said, err := output(t.Context(), "", "go", "env", "GOCACHE", "GOMODCACHE")
	if err != nil {
		t.Fatal(err)
	}
	dirs := strings.Split(said, "\n")
	home := t.TempDir()
	env := []string{
		"GOPATH=" + home, "GOENV=off", "GOSUMDB=off", "GOCACHE=" + dirs[0], "CGO_ENABLED=0",
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(dirs[1], "cache", "download")),
		// Without -trimpath the modules of the new home would all be compiled anew.
		"GOFLAGS=-modcacherw -trimpath",
	}
	command(t, home, env, "go", "install", "github.com/ftpkg/ftpkg/cmd/ftpkg@latest")
	out := command(t, home, nil, filepath.Join(home, "bin", "ftpkg"), "version")
	if !strings.HasPrefix(out, "ftpkg "+tag+" go") {
		t.Error(out)
	}
	// What is a module of its own is not part of this one.
	module := filepath.Join(home, "pkg", "mod", "github.com", "ftpkg", "ftpkg@"+tag)
	for name, want := range map[string]bool{"go.mod": true, "LICENSE": true, "tools/go.mod": false, "test/browser": false, "scripts/workflow-oracle": false} {
		if _, err := os.Stat(filepath.Join(module, filepath.FromSlash(name))); (err == nil) != want {
			t.Errorf("%s: there is %v, want %v", name, err == nil, want)
		}
	}
}

// fileURL is the URL of a directory.
func fileURL(dir string) string {
	if runtime.GOOS == "windows" {
		return "file:///" + filepath.ToSlash(dir)
	}
	return "file://" + dir
}

// moduleProxy makes a module proxy of a clone: the four files that the go command asks
// for, with the archive as the proxy on the net makes it from git.
func moduleProxy(t *testing.T, clone, dir string) error {
	t.Helper()
	said, err := output(t.Context(), clone, "git", "ls-files", "-z")
	if err != nil {
		return err
	}
	names := strings.Split(strings.TrimSuffix(said, "\x00"), "\x00")
	var nested []string
	for _, n := range names {
		if path.Base(n) == "go.mod" && n != "go.mod" {
			nested = append(nested, path.Dir(n)+"/")
		}
	}
	if len(nested) == 0 {
		t.Error("there are no modules in the module to be left out")
	}
	at := filepath.Join(dir, "github.com", "ftpkg", "ftpkg", "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(at, tag+".zip"))
	if err != nil {
		return err
	}
	z := zip.NewWriter(f)
	for _, n := range names {
		if slices.ContainsFunc(nested, func(dir string) bool { return strings.HasPrefix(n, dir) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(clone, filepath.FromSlash(n)))
		if err != nil {
			return err
		}
		w, err := z.Create("github.com/ftpkg/ftpkg@" + tag + "/" + n)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(clone, "go.mod"))
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"list": tag + "\n", tag + ".mod": string(mod),
		tag + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, tag),
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
