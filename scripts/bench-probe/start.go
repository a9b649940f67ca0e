//go:build linux

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ftpkg/ftpkg/probe/runtime"
)

// start compares ftpkg's start, and what it does before it does anything, with the
// interpreter's.
func (b *bench) start(ctx context.Context) (string, error) {
	empty := filepath.Join(b.tmp, "empty.py")
	if err := os.WriteFile(empty, nil, 0o666); err != nil {
		return "", err
	}
	python := b.python.Executable
	command := func(name string, args ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			cmd := exec.CommandContext(ctx, name, args...)
			cmd.Dir = b.tmp // no settings file, no .venv
			cmd.Env = append(os.Environ(), "FTPKG_PYTHON="+python)
			_, err := output(cmd)
			return err
		}
	}
	list := []*contender{
		{name: "`python -X gil=0 empty.py`", run: command(python, "-X", "gil=0", empty)},
		{name: "`ftpkg run --python PYTHON empty.py`, which asks PYTHON what it is and guards it", run: command(b.ftpkg, "run", "--no-config", "--python", python, empty)},
		{name: "asking an interpreter, within the process", run: func(ctx context.Context) error {
			_, err := runtime.Ask(ctx, python)
			return err
		}},
		{name: "`ftpkg version`", run: command(b.ftpkg, "version")},
	}
	if err := turns(ctx, b.runs, list); err != nil {
		return "", err
	}
	return "Start:\n\n" + table(list), nil
}
