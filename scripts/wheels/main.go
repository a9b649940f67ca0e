// Wheels builds ftpkg for Python's package index: wheels that carry the program, for
// eight platforms, and a source distribution.
//
//	go run ./scripts/wheels -o dist -sdist
//
// What they say of themselves stands in pyproject.toml, the version in the tag of the
// commit. One commit and one Go make the same files, byte for byte, wherever and
// whenever they are made: docs/release.md says how to compare them with a release.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// An options says what to build.
type options struct {
	root      string // the directory of the module
	out       string // where the files go
	platforms string // names with commas between them, "all" or "none"
	tag       string // a platform tag for what Go builds here, instead of platforms
	sdist     bool
	licences  string // write the licences of what is built in to this file
}

func main() {
	var o options
	flag.StringVar(&o.root, "C", "", "the module is in `DIR`; without it, the one of the working directory")
	flag.StringVar(&o.out, "o", "dist", "write the files to `DIR`")
	flag.StringVar(&o.platforms, "platform", "all", "build wheels for these `PLATFORMS`, with commas between them; all, or none")
	flag.StringVar(&o.tag, "tag", "", "build one wheel, for this machine, with the platform tag `TAG`")
	flag.BoolVar(&o.sdist, "sdist", false, "make the source distribution as well")
	flag.StringVar(&o.licences, "licences", "", "write the licences of what is built in to `FILE`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wheels:", err)
		os.Exit(1)
	}
}

// run makes what the options ask for, and prints a line for each file.
func run(ctx context.Context, stdout io.Writer, o options) error {
	if o.root == "" {
		root, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}")
		if err != nil {
			return err
		}
		o.root = root
	}
	selected, err := choose(o.platforms, o.tag)
	if err != nil {
		return err
	}
	p, err := readProject(o.root)
	if err != nil {
		return err
	}
	r, err := readRelease(ctx, o.root)
	if err != nil {
		return err
	}
	notices, err := thirdParty(ctx, o.root)
	if err != nil {
		return err
	}
	if o.licences != "" {
		if err := os.MkdirAll(filepath.Dir(o.licences), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(o.licences, notices, 0o644); err != nil {
			return err
		}
	}
	if selected == nil && !o.sdist {
		return nil
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "ftpkg-wheels-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()

	write := func(name string, text []byte) error {
		if err := os.WriteFile(filepath.Join(o.out, name), text, 0o644); err != nil {
			return err
		}
		_, err := fmt.Fprintf(stdout, "%x  %s (%.1f MB)\n", sha256.Sum256(text), name, float64(len(text))/1e6)
		return err
	}
	for _, s := range selected {
		program, err := build(ctx, o.root, temp, s, r)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		name, text, err := pack(p, r, s, program, notices)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := write(name, text); err != nil {
			return err
		}
	}
	if !o.sdist {
		return nil
	}
	name, text, err := source(ctx, p, r, notices)
	if err != nil {
		return err
	}
	return write(name, text)
}

// output runs a program and returns what it printed, without the last newline.
func output(ctx context.Context, dir, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return "", fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
