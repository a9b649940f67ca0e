//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// The program with a runtime in it needs nothing of the machine: no home, no
// Python, no network.
func TestCarried(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "ftpkg")
	if err := run(t.Context(), io.Discard, runtimetest.FreeThreaded(t), program, "-s -w"); err != nil {
		t.Fatal(err)
	}
	ftpkg := func(t *testing.T, variables []string, args ...string) (stdout, stderr string, code int) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = t.TempDir()
		// Nobody listens on the discard port.
		cmd.Env = append([]string{"PATH=/nonexistent", "HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9"}, variables...)
		withoutNetwork(cmd)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return out.String(), errs.String(), cmd.ProcessState.ExitCode()
	}
	closed := "/" // where ordinary users write nothing
	if runtime.GOOS == "linux" {
		closed = "/sys" // nor does root
	}
	wheels := corpus.Build(t, runtimetest.FreeThreaded(t))
	for _, tt := range []struct {
		name, home, in string // in stands in the interpreter's path
		wheel          string
		code           int
		outcome        vocab.Outcome
	}{
		{"an empty home", t.TempDir(), "/.local/share/ftpkg/runtimes/cpython-", "declares", 0, vocab.OutcomeGILOff},
		{"a home that cannot be written", closed, "/spare/ftpkg-", "silent", 1, vocab.OutcomeGILReenabled},
		{"no home", "", "/spare/ftpkg-", "declares", 0, vocab.OutcomeGILOff},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spare := filepath.Join(t.TempDir(), "spare")
			if err := os.Mkdir(spare, 0o755); err != nil {
				t.Fatal(err)
			}
			variables := []string{"TMPDIR=" + spare}
			if tt.home != "" {
				variables = append(variables, "HOME="+tt.home)
			}
			python, errs, code := ftpkg(t, variables, "runtime", "path")
			python = strings.TrimSpace(python)
			if code != 0 || !strings.Contains(python, tt.in) {
				t.Fatalf("runtime path: exit status %d, %s, %s", code, python, errs)
			}
			// The second time it is there.
			before, err := os.Stat(python)
			if err != nil {
				t.Fatal(err)
			}
			if again, errs, code := ftpkg(t, variables, "runtime", "path"); code != 0 || strings.TrimSpace(again) != python {
				t.Errorf("runtime path: exit status %d, %s, %s", code, again, errs)
			}
			if after, err := os.Stat(python); err != nil || !os.SameFile(before, after) {
				t.Errorf("unpacked twice (%v)", err)
			}
			out, errs, code := ftpkg(t, variables, "doctor")
			if code != 0 || !strings.Contains(out, "free-threaded") {
				t.Errorf("doctor: exit status %d\n%s%s", code, out, errs)
			}
			out, errs, code = ftpkg(t, variables, "probe", "--format", "json", "--wheel", wheels.Case(t, tt.wheel).Wheels[0])
			if code != tt.code || !strings.Contains(out, fmt.Sprintf(`"outcome": %q`, tt.outcome)) {
				t.Errorf("probe of %s: exit status %d\n%s%s", tt.wheel, code, out, errs)
			}
			// It can import what is compiled, and says where it is.
			said, err := exec.CommandContext(t.Context(), python, "-I", "-c", "import sys, zlib, ctypes, venv; print(sys.prefix, sys._is_gil_enabled())").Output()
			if want := filepath.Dir(filepath.Dir(python)) + " False\n"; err != nil || string(said) != want {
				t.Errorf("it says %q, want %q (%v)", said, want, err)
			}
		})
	}
	t.Run("damaged", func(t *testing.T) {
		t.Parallel()
		text, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(text, []byte(`+bundled.`))
		if at < 0 {
			t.Fatal("no manifest in the program")
		}
		const key = `"sha256": "`
		digit := at + bytes.Index(text[at:], []byte(key)) + len(key)
		if text[digit]++; text[digit] == '9'+1 || text[digit] == 'f'+1 {
			text[digit] = '0'
		}
		damaged := filepath.Join(t.TempDir(), "ftpkg")
		if err := os.WriteFile(damaged, text, 0o755); err != nil {
			t.Fatal(err)
		}
		home := t.TempDir()
		cmd := exec.CommandContext(t.Context(), damaged, "runtime", "path")
		cmd.Env = []string{"PATH=/nonexistent", "HOME=" + home}
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "digest") {
			t.Errorf("%v, %s", err, out)
		}
		if left, _ := filepath.Glob(filepath.Join(home, ".local/share/ftpkg/runtimes/cpython*")); left != nil {
			t.Errorf("unpacked nevertheless: %v", left)
		}
	})
}
