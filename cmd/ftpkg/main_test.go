package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/sandbox"
)

var update = flag.Bool("update", false, "rewrite golden files and the outputs in scripts and documentation")

// today is the day tests live in.
func today() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

// scriptTime is the time in scripts: today, or what they set as FTPKG_TEST_NOW.
func scriptTime() time.Time {
	if at, err := time.Parse(time.RFC3339, os.Getenv("FTPKG_TEST_NOW")); err == nil {
		return at
	}
	return today()
}

// TestMain lets scripts run the test binary as ftpkg.
func TestMain(m *testing.M) {
	if code, ours := sandbox.ChildMain(os.Args); ours {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){"ftpkg": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, osEnv(scriptTime))
		stop()
		os.Exit(code)
	}})
}

// world is an Env without a terminal, a home or variables, in an empty directory.
func world(t *testing.T, args ...string) Env {
	t.Helper()
	return Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer),
		Getenv: variables(nil), Now: today, Dir: t.TempDir(),
		BuildInfo: func() (*debug.BuildInfo, bool) { return nil, false },
	}
}

// variables is an environment; pip's files are off unless it says otherwise.
func variables(m map[string]string) func(string) string {
	return func(k string) string {
		if v, ok := m[k]; ok || k != "PIP_CONFIG_FILE" {
			return v
		}
		return os.DevNull
	}
}

// runIn runs the program in a world.
func runIn(t *testing.T, env Env) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	env.Stdout, env.Stderr = &out, &errs
	code = run(t.Context(), env)
	return out.String(), errs.String(), code
}

// golden compares text with a file, which -update rewrites.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got), go test ./cmd/ftpkg -update rewrites it:\n%s", name, diff)
	}
}
