package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// The programs that check wheels find nothing in ours.
func TestCheckers(t *testing.T) {
	t.Parallel()
	_, dist := wheels(t)
	found, err := filepath.Glob(filepath.Join(dist, "*.whl"))
	if err != nil || len(found) != len(platforms()) {
		t.Fatalf("%d wheels: %v", len(found), err)
	}
	sdist := only(t, dist, "*.tar.gz")
	checkers, others := tools(t).Checkers(t), tools(t).Python(t)
	text, mode := program(t, only(t, dist, "*-"+strings.Join(hosted(t).tags, ".")+".whl"))
	ftpkg := filepath.Join(t.TempDir(), "ftpkg")
	if err := os.WriteFile(ftpkg, text, mode); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		program string
		args    []string
		also    string // what it says if it finds nothing
		sdist   bool
	}{
		{ftpkg, []string{"check"}, fmt.Sprintf("%d wheels: nothing found", len(found)), false},
		{filepath.Join(checkers, "twine"), []string{"check", "--strict"}, "PASSED", true},
		{filepath.Join(checkers, "check-wheel-contents"), nil, "OK", false},
		{filepath.Join(checkers, "pydistcheck"), nil, "errors found while checking: 0", true},
		{filepath.Join(checkers, "abi3audit"), []string{"--strict"}, "", false},
	} {
		args := append(slices.Clone(c.args), found...)
		if c.sdist {
			args = append(args, sdist)
		}
		if out := command(t, dist, nil, c.program, args...); !strings.Contains(out, c.also) {
			t.Errorf("%s:\n%s", filepath.Base(c.program), out)
		}
	}
	for _, wheel := range found {
		if !strings.Contains(wheel, "linux") {
			continue
		}
		out := command(t, dist, nil, filepath.Join(others, "auditwheel"), "show", wheel)
		if !strings.Contains(out, "requires no external shared libraries") {
			t.Errorf("auditwheel show %s:\n%s", filepath.Base(wheel), out)
		}
	}
}

// hosted is the platform of this machine.
func hosted(t *testing.T) platform {
	t.Helper()
	p, err := choose(here(t), "")
	if err != nil {
		t.Fatal(err)
	}
	return p[0]
}

// serve serves a directory as an index that has one project.
func serve(t *testing.T, dist string) string {
	t.Helper()
	files, err := os.ReadDir(dist)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	page.WriteString("<!DOCTYPE html><html><head><meta name=\"pypi:repository-version\" content=\"1.0\"></head><body>\n")
	for _, f := range files {
		fmt.Fprintf(&page, "<a href=\"../../files/%s\" data-requires-python=\"&gt;=3.8\">%s</a>\n", f.Name(), f.Name())
	}
	page.WriteString("</body></html>\n")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/ftpkg/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page.Bytes())
	})
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir(dist))))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/simple/"
}

// pip and uv install the wheel of this machine from an index, and the program runs: as
// itself, as a module, by uvx and by pipx, for both builds of Python.
func TestInstall(t *testing.T) {
	t.Parallel()
	_, dist := wheels(t)
	index := serve(t, dist)
	uv := filepath.Join(tools(t).Python(t), "uv")
	says := func(what, out string) {
		t.Helper()
		if !strings.HasPrefix(out, "ftpkg "+tag+" (") {
			t.Errorf("%s: %s", what, out)
		}
	}
	for _, python := range []string{runtimetest.GIL(t), runtimetest.FreeThreaded(t)} {
		dir := t.TempDir()
		env := []string{"UV_CACHE_DIR=" + filepath.Join(dir, "uv"), "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "PIP_CONFIG_FILE=" + os.DevNull, "PIP_NO_CACHE_DIR=1", "FTPKG_NO_CONFIG=1", "FTPKG_NO_CACHE=1"}

		venv := filepath.Join(dir, "by pip")
		command(t, dir, env, python, "-m", "venv", venv)
		bin := filepath.Join(venv, "bin")
		command(t, dir, env, filepath.Join(bin, "pip"), "install", "--index-url", index, "--only-binary", ":all:", "ftpkg=="+version)
		says("pip", command(t, dir, env, filepath.Join(bin, "ftpkg"), "version"))
		says("python -m", command(t, dir, env, filepath.Join(bin, "python"), "-m", "ftpkg", "version"))
		if b, err := os.ReadFile(filepath.Join(bin, "ftpkg")); err != nil || !bytes.HasPrefix(b, []byte("\x7fELF")) {
			t.Errorf("what pip installed is not the program: %v", err)
		}
		target := filepath.Join(dir, "target")
		command(t, dir, env, filepath.Join(bin, "pip"), "install", "--index-url", index, "--target", target, "ftpkg=="+version)
		says("pip install --target", command(t, dir, append(env, "PYTHONPATH="+target), python, "-m", "ftpkg", "version"))

		venv = filepath.Join(dir, "by uv")
		command(t, dir, env, uv, "venv", "--python", python, venv)
		bin = filepath.Join(venv, "bin")
		command(t, dir, env, uv, "pip", "install", "--python", filepath.Join(bin, "python"), "--default-index", index, "ftpkg")
		says("uv", command(t, dir, env, filepath.Join(bin, "ftpkg"), "version"))
		says("python -m, by uv", command(t, dir, env, filepath.Join(bin, "python"), "-m", "ftpkg", "version"))

		uvx := func(args ...string) string {
			t.Helper()
			return command(t, dir, env, uv, append([]string{"tool", "run", "--quiet", "--python", python, "--default-index", index, "ftpkg"}, args...)...)
		}
		says("uvx", uvx("version"))
		if out := uvx("resolve", "--help"); !strings.HasPrefix(out, "Say what every cell of {GIL, free-threaded} × platform would install.") {
			t.Errorf("uvx ftpkg resolve --help: %s", out)
		}
		// All cells of all platforms install ftpkg, says ftpkg.
		if out := uvx("resolve", "ftpkg", "--index-url", index, "--platform", "linux-x86_64,linux-aarch64,musllinux_1_2_x86_64,musllinux_1_2_aarch64,macos-x86_64,macos-arm64,windows-x86_64,windows-arm64", "--only-binary", ":all:"); !strings.Contains(out, "1 package, 16 cells; every cell installs from wheels") {
			t.Errorf("uvx ftpkg resolve ftpkg: %s", out)
		}
		// The action installs a release that way: by uv if it is there, else by pip.
		for _, tool := range []string{uv, ""} {
			got := installed(t, python, index, tool)
			says("actions/install.sh", command(t, dir, env, got, "version"))
		}
		pipx := filepath.Join(tools(t).Checkers(t), "pipx")
		says("pipx run", command(t, dir, append(env, "PIPX_HOME="+filepath.Join(dir, "pipx"), "PIPX_DEFAULT_BACKEND=uv", "PATH="+filepath.Dir(uv)+":"+os.Getenv("PATH")),
			pipx, "run", "--quiet", "--python", python, "--pip-args=--index-url "+index, "--spec", "ftpkg=="+version, "ftpkg", "version"))
	}
}

// The source distribution builds the wheel that the release has, byte for byte, with
// no network: by pip, and by uv, which makes the source distribution as well.
func TestSource(t *testing.T) {
	t.Parallel()
	clone, dist := wheels(t)
	sdist, wheel := only(t, dist, "*.tar.gz"), only(t, dist, "*-"+strings.Join(hosted(t).tags, ".")+".whl")
	same := func(want, dir string) {
		t.Helper()
		a, err := os.ReadFile(want)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.Base(want)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: differs", filepath.Base(want))
		}
	}
	python := runtimetest.GIL(t)
	dir := t.TempDir()
	env := append(golang(t), "PIP_CONFIG_FILE="+os.DevNull, "UV_CACHE_DIR="+filepath.Join(dir, "uv"), "UV_NO_CONFIG=1")
	venv := filepath.Join(dir, "venv")
	command(t, dir, env, python, "-m", "venv", venv)
	command(t, dir, env, filepath.Join(venv, "bin", "pip"), "wheel", "--no-index", "--no-cache-dir", "--wheel-dir", filepath.Join(dir, "pip"), sdist)
	same(wheel, filepath.Join(dir, "pip"))
	command(t, dir, env, filepath.Join(tools(t).Python(t), "uv"), "build", "--offline", "--python", python, "--out-dir", filepath.Join(dir, "uv-build"), clone)
	same(sdist, filepath.Join(dir, "uv-build"))
	same(wheel, filepath.Join(dir, "uv-build"))

	// Where there is no Go, it says what is missing.
	cmd := []string{"-c", "import os, sys; os.environ['PATH'] = ''; sys.path.insert(0, 'packaging'); import ftpkg_build; ftpkg_build.build_wheel('.')"}
	out := fails(t, clone, python, cmd...)
	if !strings.Contains(out, "Go, which is not on PATH") {
		t.Errorf("without Go: %s", out)
	}
}

// installed plays the action's step that installs a release, where there is only one
// Python, and uv if it is given. It returns where the program is.
func installed(t *testing.T, python, index, uv string) string {
	t.Helper()
	dir := t.TempDir()
	bin, temp := filepath.Join(dir, "bin"), filepath.Join(dir, "temp")
	for _, d := range []string{bin, temp} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Scripts, not links: an interpreter looks for its library from where it lies.
	for name, to := range map[string]string{"python3": python, "uv": uv} {
		if to == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\nexec '"+to+"' \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bash", "mkdir", "cp"} {
		to, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs(atRoot("actions/install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, []string{
		"PATH=" + bin, "RUNNER_TEMP=" + temp, "GITHUB_PATH=" + filepath.Join(dir, "path"), "GITHUB_OUTPUT=" + filepath.Join(dir, "output"),
		"INPUT_BINARY=", "INPUT_VERSION=", "ACTION_REF=" + tag, "PIP_CONFIG_FILE=" + os.DevNull, "PIP_NO_CACHE_DIR=1", "PIP_INDEX_URL=" + index,
		"UV_DEFAULT_INDEX=" + index, "UV_CACHE_DIR=" + filepath.Join(dir, "uv"), "UV_NO_CONFIG=1", "UV_PYTHON=" + python, "UV_PYTHON_DOWNLOADS=never",
	}, "bash", script)
	if b, err := os.ReadFile(filepath.Join(dir, "output")); err == nil {
		t.Errorf("it is to be built from source: %s", b)
	}
	return filepath.Join(temp, "ftpkg", "ftpkg")
}
