//go:build unix

package runtime

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		python       string
		freeThreaded bool
	}{{runtimetest.FreeThreaded(t), true}, {runtimetest.GIL(t), false}} {
		info, err := Ask(t.Context(), tt.python)
		if err != nil {
			t.Fatal(err)
		}
		if info.FreeThreaded != tt.freeThreaded || info.GILEnabled == tt.freeThreaded || info.VirtualEnv {
			t.Errorf("%s: free-threaded %v, GIL on %v, virtual %v", tt.python, info.FreeThreaded, info.GILEnabled, info.VirtualEnv)
		}
		// Other ways to the same facts.
		out, err := exec.CommandContext(t.Context(), tt.python, "-VV").Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(out), "Python "+info.Version) || strings.Contains(string(out), "free-threading") != tt.freeThreaded {
			t.Errorf("%s: -VV prints %s, Info says %s", tt.python, out, info.Build)
		}
		for _, file := range []string{info.Executable, info.BaseExecutable, filepath.Join(info.Stdlib, "os.py"), info.Include, info.Site[0]} {
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		}
		target, err := info.Target()
		if err != nil {
			t.Fatal(err)
		}
		if target.Python.FreeThreaded != tt.freeThreaded || target.Python.FullVersion() != info.Version {
			t.Errorf("target %s of %s", target, info.Version)
		}
	}
}

// A virtual environment is told by its folder, and nothing in it runs.
func TestAskVirtualEnvironment(t *testing.T) {
	t.Parallel()
	base := runtimetest.FreeThreaded(t)
	dir := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.CommandContext(t.Context(), base, "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before, err := Ask(t.Context(), venvPython(dir))
	if err != nil {
		t.Fatal(err)
	}
	if !before.VirtualEnv || before.Prefix != dir || before.Executable != venvPython(dir) || !strings.HasPrefix(before.Purelib, dir) || len(before.Site) != 1 {
		t.Errorf("%+v", before)
	}
	if before.BasePrefix == dir || !strings.HasPrefix(before.Stdlib, before.BasePrefix) {
		t.Errorf("base prefix %s, stdlib %s", before.BasePrefix, before.Stdlib)
	}
	ran := filepath.Join(dir, "ran")
	for name, code := range map[string]string{
		"evil.pth":         "import os; open(" + quote(ran) + ", 'w')\n",
		"sitecustomize.py": "open(" + quote(ran) + ", 'w')\n",
		"json.py":          "raise SystemExit(3)\n",
	} {
		if err := os.WriteFile(filepath.Join(before.Purelib, name), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Ask(t.Context(), venvPython(dir)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("code of the environment ran")
	}
}

func venvPython(dir string) string { return filepath.Join(dir, "bin", "python") }

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// Programs that are no interpreter, or lie.
func TestAskRefuses(t *testing.T) {
	t.Parallel()
	honest, err := Ask(t.Context(), runtimetest.FreeThreaded(t))
	if err != nil {
		t.Fatal(err)
	}
	answer := func(change func(map[string]any)) string {
		b, err := json.Marshal(honest)
		if err != nil {
			t.Fatal(err)
		}
		doc := map[string]any{"implementation": "cpython"}
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		if b, err = json.Marshal(doc); err != nil {
			t.Fatal(err)
		}
		return "cat <<'END'\n" + string(b) + "\nEND\n"
	}
	set := func(key string, value any) string { return answer(func(m map[string]any) { m[key] = value }) }
	for _, tt := range []struct{ name, script, want string }{
		{"honest", answer(func(map[string]any) {}), ""},
		{"fails", "echo no such option >&2; exit 2\n", `exit status 2 (it printed "no such option")`},
		{"silent", "", "not the one asked for"},
		{"chatty", "echo Welcome to Python\n", `printed "Welcome to Python"`},
		{"endless", "exec yes\n", "no answer"},
		{"pypy", set("implementation", "pypy"), `"pypy", not CPython`},
		{"named", set("free_threaded", false), "no free threading and yet no GIL"},
		{"liar", answer(func(m map[string]any) { m["free_threaded"], m["gil_enabled"] = false, true }), "GIL build, but loads"},
		{"old", set("version", "3.7.4"), "too old"},
		{"early", answer(func(m map[string]any) { m["version"] = "3.12.1" }), "no free-threaded build"},
		{"series", set("version", "3.13"), "not a complete version"},
		{"flavoured", set("version", "3.13.5t"), "not a complete version"},
		{"relative", set("purelib", "lib/site-packages"), "not an absolute path"},
		{"escape", set("build", "\x1b[2J"), "control characters"},
		{"newline", set("purelib", "/a\n/b"), "control characters"},
		{"bytes", set("stdlib", "/\ufffd"), "not UTF-8"},
		{"none", set("stdlib", ""), "stdlib: missing"},
		{"long", set("include", "/"+strings.Repeat("x", maxText)), "bytes"},
		{"magic", set("magic_number", "0d0a"), "not four bytes"},
		{"suffix", set("suffixes", []string{"/../x.so"}), "not the end of a file name"},
		{"suffixes", set("suffixes", []string{}), "suffixes: 0"},
		{"folders", set("site", strings.Fields(strings.Repeat("/x ", maxFolders+1))), "more folders"},
		{"pointers", set("pointer_bits", 16), "neither 64 nor 32"},
		{"cache tag", set("cache_tag", "../x"), "path separator"},
		{"type", set("suffixes", "no list"), "not the one asked for"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := program(t, tt.script)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.name == "endless" {
				time.AfterFunc(300*time.Millisecond, cancel)
			}
			_, err := Ask(ctx, path)
			var refused *AskError
			switch {
			case tt.name == "endless":
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path)):
				t.Errorf("error %v, want one about %q", err, tt.want)
			}
		})
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "nothing")} {
		var refused *AskError
		if _, err := Ask(t.Context(), path); !errors.As(err, &refused) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What a wrapper left behind doesn't keep anybody waiting, and doesn't live on.
func TestAskKillsWholeGroup(t *testing.T) {
	t.Parallel()
	pid := filepath.Join(t.TempDir(), "pid")
	path := program(t, "sleep 600 &\necho $! > "+pid+"\nwait\n")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := Ask(ctx, path); done <- err }()
	wait(t, func() bool { b, _ := os.ReadFile(pid); return len(b) > 0 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	b, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return !alive(t, strings.TrimSpace(string(b))) })
}

// musl's version is what the loader that the program names prints.
func TestMuslOf(t *testing.T) {
	t.Parallel()
	loader := func(name, script string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const banner = "printf 'musl libc (x86_64)\\nVersion 1.2.5\\n' >&2; exit 1\n"
	for _, tt := range []struct{ program, want string }{
		{elfProgram(t, loader("ld-musl-x86_64.so.1", banner)), "musl 1.2"},
		{elfProgram(t, loader("ld-musl-x86_64.so.1", "exit 1\n")), "musl"},
		{elfProgram(t, "/nothing/ld-musl-x86_64.so.1"), "musl"},
		{elfProgram(t, loader("ld-linux-x86-64.so.2", banner)), ""},
		{elfProgram(t, "ld-musl-x86_64.so.1"), ""}, // relative: whose folder?
		{program(t, ""), ""},
		{filepath.Join(t.TempDir(), "nothing"), ""},
	} {
		if got := muslOf(t.Context(), tt.program); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.program, got, tt.want)
		}
	}
}

// elfProgram writes the head of an ELF program that names a loader.
func elfProgram(t *testing.T, loader string) string {
	t.Helper()
	var b bytes.Buffer
	h := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
	}
	p := elf.Prog64{Type: uint32(elf.PT_INTERP), Off: 64 + 56, Filesz: uint64(len(loader)) + 1, Memsz: uint64(len(loader)) + 1}
	for _, part := range []any{h, p, []byte(loader + "\x00")} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, b.Bytes(), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// program writes a shell script that stands for an interpreter.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python3.14t")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// wait waits until something is so.
func wait(t *testing.T, so func() bool) {
	t.Helper()
	for range 1000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen within ten seconds")
}

// alive reports whether a process runs and is no zombie.
func alive(t *testing.T, pid string) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", pid).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}
