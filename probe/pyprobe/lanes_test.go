package pyprobe_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

// A ran is what came of one process.
type ran struct {
	*pyprobe.Report
	Stdout, Stderr string
	Code           int // -1 for a signal
	Signal         string
}

// run starts an interpreter on a job without any sandbox, and waits for it.
func run(t *testing.T, python string, job pyprobe.Job) *ran {
	t.Helper()
	p, err := pyprobe.New(&job)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, p.Args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.ExtraFiles = p.Extra
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	out := &ran{}
	if err := cmd.Run(); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok && !errors.Is(err, exec.ErrWaitDelay) {
			t.Fatal(err)
		}
		if ok {
			out.Code = exit.ExitCode()
			out.Signal = signal(exit.ProcessState)
		}
	}
	if ctx.Err() != nil {
		t.Errorf("%v was killed at its deadline\n%s", job.Modules, stderr.Bytes())
	}
	out.Report, err = p.Report()
	if err != nil {
		t.Fatal(err)
	}
	out.Stdout, out.Stderr = stdout.String(), stderr.String()
	return out
}

// packages writes files, by path, and returns their directory.
func packages(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
