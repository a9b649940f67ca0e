package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	pyruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A runtime that was packed works wherever it is unpacked, and is packed alike
// whenever that is done.
func TestPack(t *testing.T) {
	t.Parallel()
	info, err := pyruntime.Ask(t.Context(), runtimetest.FreeThreaded(t))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := collect(t.Context(), info, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	again, err := collect(t.Context(), info, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(tree.entries, again.entries) {
		t.Error("what is packed of one runtime differs from time to time")
	}
	var archive bytes.Buffer
	if err := tree.pack(&archive); err != nil {
		t.Fatal(err)
	}
	for _, e := range tree.entries {
		for part := range strings.SplitSeq(e.name, "/") {
			if slices.Contains([]string{"test", "tests", "idlelib", "tkinter", "pip"}, part) {
				t.Errorf("%s is of no use", e.name)
			}
		}
		if strings.Contains(e.name, "sysconfigdata") && bytes.Contains(e.text, []byte(info.BasePrefix)) {
			t.Errorf("%s tells where the runtime was built", e.name)
		}
	}

	dir := t.TempDir()
	if err := pyruntime.Unpack(t.Context(), &archive, dir, folder, pyruntime.Limits{Bytes: 1 << 30, Entries: 20_000}); err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(dir, "bin", "python")
	moved, err := pyruntime.Ask(t.Context(), python)
	if err != nil {
		t.Fatal(err)
	}
	if moved.BasePrefix != dir || moved.Stdlib != filepath.Join(dir, "lib", filepath.Base(info.Stdlib)) || moved.Python() != info.Python() || moved.SOABI != info.SOABI {
		t.Errorf("%+v", moved)
	}
	for _, site := range moved.Site {
		if !strings.HasPrefix(site, dir) {
			t.Errorf("packages are looked for in %s", site)
		}
	}
	// What an environment for a package and the lanes are made with, all of it from
	// compiled files that are taken for fresh.
	out := started(t, python, "-I", "-B", "-v", "-c", `import sysconfig, venv, ctypes, json, zlib, importlib.metadata, threading
print(sysconfig.get_config_var("SOABI"), sysconfig.get_path("include"))`)
	for line := range strings.Lines(out) {
		if strings.Contains(line, "code object from") && strings.Contains(line, filepath.Join(dir, "lib")) && !strings.Contains(line, ".pyc") {
			t.Errorf("compiled anew: %s", line)
		}
	}
	if want := info.SOABI + " " + filepath.Join(dir, "include"); !strings.Contains(out, want) {
		t.Errorf("no %q in %s", want, out)
	}
	venv := filepath.Join(t.TempDir(), "venv")
	started(t, python, "-I", "-m", "venv", "--without-pip", venv)
	if env, err := pyruntime.Ask(t.Context(), filepath.Join(venv, "bin", "python")); err != nil || env.BasePrefix != dir || !env.VirtualEnv {
		t.Errorf("an environment of it: %+v, %v", env, err)
	}
}

func started(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = []string{"PATH=", "HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", program, args, err, out)
	}
	return string(out)
}

// Nothing of the moment is in an archive.
func TestPackAlike(t *testing.T) {
	t.Parallel()
	tree := &tree{entries: []entry{{name: "bin/python", mode: 0o755, text: []byte("x")}, {name: "bin/python3", link: "python"}}}
	var archives [2]bytes.Buffer
	for i := range archives {
		if err := tree.pack(&archives[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archives[0].Bytes(), archives[1].Bytes()) {
		t.Error("two archives of one tree differ")
	}
	dir := t.TempDir()
	if err := pyruntime.Unpack(t.Context(), &archives[0], dir, folder, pyruntime.Limits{Bytes: 1, Entries: 2}); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(dir, "bin", "python3"))
	if err != nil || st.Mode()&0o100 == 0 || !st.ModTime().Equal(epoch()) {
		t.Errorf("%v, %v", st, err)
	}
}

// A compiled file goes along only if its source is what it was compiled from.
func TestCompiled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source, cached := filepath.Join(dir, "a.py"), filepath.Join(dir, "__pycache__", "a.cpython-313.pyc")
	if err := os.MkdirAll(filepath.Dir(cached), 0o755); err != nil {
		t.Fatal(err)
	}
	header := func(flags, at uint32) []byte {
		b := binary.LittleEndian.AppendUint32([]byte("\xf3\r\r\n"), flags)
		return append(binary.LittleEndian.AppendUint32(b, at), "\x00\x00\x00\x00code"...)
	}
	if err := os.WriteFile(source, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(source)
	if err != nil {
		t.Fatal(err)
	}
	now, then := uint32(st.ModTime().Unix()), uint32(epoch().Unix())
	for _, tt := range []struct {
		name       string
		text, want []byte
	}{
		{"fresh", header(0, now), header(0, then)},
		{"stale", header(0, now-1), nil},
		{"by hash", header(1, 7), header(1, 7)},
		{"cut off", header(0, now)[:15], nil},
	} {
		if err := os.WriteFile(cached, tt.text, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := compiled(cached); err != nil || !bytes.Equal(got, tt.want) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
	if err := os.Remove(source); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cached, header(0, now), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := compiled(cached); err != nil || got != nil {
		t.Errorf("without a source: %q, %v", got, err)
	}
}
