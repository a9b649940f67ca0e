//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// runWord makes this program a small process that runs a command and says what that
// took. What a system tells of the memory of a child begins with its parent's, and
// the index is large.
const runWord = "__run"

// A cost is what a command took.
type cost struct {
	Wall   time.Duration `json:"wall"`
	CPU    time.Duration `json:"cpu"`  // of user and system
	Peak   int64         `json:"peak"` // memory, in bytes
	Code   int           `json:"code"`
	Stdout string        `json:"stdout"`
	Stderr string        `json:"stderr"`
}

// runApart runs a command and prints its cost.
func runApart(argv []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the command is this program's own
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	begin := time.Now()
	err := cmd.Run()
	c := cost{Wall: time.Since(begin), Stdout: out.String(), Stderr: said.String()}
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		return err
	}
	c.CPU, c.Code = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), cmd.ProcessState.ExitCode()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.Peak = int64(usage.Maxrss) //nolint:unconvert // not on all systems
		if runtime.GOOS != "darwin" {
			c.Peak *= 1024 // which tells kilobytes
		}
	}
	return json.NewEncoder(os.Stdout).Encode(&c)
}

// run runs ftpkg, which must succeed, and reads what it prints as JSON into doc if
// that is not nil.
func (b *bench) run(ctx context.Context, doc any, args ...string) (*cost, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{runWord, b.ftpkg}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends ftpkg first
	cmd.Env = append(os.Environ(), "HOME="+b.tmp, "XDG_CONFIG_HOME="+b.tmp, "NO_PROXY=127.0.0.1")
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	var c cost
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, err
	}
	if c.Code != 0 {
		return nil, fmt.Errorf("ftpkg %v: exit status %d: %.2000s", args, c.Code, c.Stderr)
	}
	if doc != nil {
		if err := json.Unmarshal([]byte(c.Stdout), doc); err != nil {
			return nil, fmt.Errorf("ftpkg %v: %w", args, err)
		}
	}
	fmt.Fprintf(os.Stderr, "bench-track: %5.1f s, processor %5.1f s, %3.0f MB: ftpkg %s %s\n", c.Wall.Seconds(), c.CPU.Seconds(), mb(c.Peak), args[0], args[1])
	return &c, nil
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }
