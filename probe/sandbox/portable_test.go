package sandbox

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// What holds wherever there is any sandbox at all: these are the tests of macOS and
// Windows.
func TestEverywhere(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Options{Self: self, Now: time.Now, Mode: vocab.SandboxBest})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s.Report())
	if s.Report().Level == vocab.LevelNone {
		t.Fatalf("nothing holds: %v", s.Report())
	}
	scratch, outside := t.TempDir(), t.TempDir()
	policy := Policy{Read: []string{self}, Scratch: scratch, Wall: 30 * time.Second}
	run := func(c *Cmd) (*Exit, string) {
		t.Helper()
		var out bytes.Buffer
		c.Path, c.Stdout, c.Stderr = self, &out, &out
		c.Args = append([]string{"hostile"}, c.Args...)
		if c.Policy.Wall == 0 {
			c.Policy = policy
		}
		exit, err := s.Run(t.Context(), c)
		if err != nil {
			t.Fatalf("%q: %v", c.Args, err)
		}
		return exit, out.String()
	}
	if exit, _ := run(&Cmd{Args: []string{"exit", "7"}}); exit.Code != 7 || exit.Signal != "" || exit.Killed != "" || exit.Wall <= 0 {
		t.Errorf("exit: %+v", exit)
	}
	if exit, out := run(&Cmd{Args: []string{"echo"}, Stdin: strings.NewReader("hello ")}); out != "hello done\n" {
		t.Errorf("echo: %+v %q", exit, out)
	}
	if exit, out := run(&Cmd{Args: []string{"write", filepath.Join(scratch, "file")}}); out != "done\n" {
		t.Errorf("write to the scratch: %+v %q", exit, out)
	}
	path := filepath.Join(outside, "file")
	_, out := run(&Cmd{Args: []string{"write", path}})
	if _, err := os.Stat(path); err == nil {
		t.Errorf("a file was written outside: %s", out)
	}
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, out := run(&Cmd{Args: []string{"read", path}}); !strings.HasPrefix(out, "denied") && runtime.GOOS != "windows" {
		t.Errorf("read: %+v %q", exit, out)
	}
	short := policy
	short.Wall = 300 * time.Millisecond
	if exit, _ := run(&Cmd{Args: []string{"sleep", "60000"}, Policy: short}); exit.Killed != KillTimeout || exit.Wall > 30*time.Second {
		t.Errorf("timeout: %+v", exit)
	}
	later := filepath.Join(scratch, "later")
	if exit, _ := run(&Cmd{Args: []string{"leave", later, "1500"}}); exit.Killed != "" || exit.Code != 0 {
		t.Errorf("leave: %+v", exit)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if exit, err := s.Run(ctx, &Cmd{Path: self, Args: []string{"hostile", "sleep", "60000"}, Policy: policy}); err != nil || exit.Killed != KillCancelled {
		t.Errorf("cancel: %+v %v", exit, err)
	}
	time.Sleep(2 * time.Second)
	if _, err := os.Stat(later); err == nil {
		t.Error("what the program left behind lived on")
	}
}
