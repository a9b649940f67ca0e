package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/matrix/lint"
)

// patchFlags are the flags by which ftpkg matrix changes a workflow that is there.
func patchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "patch", Category: groupAnswer, Usage: "print, as a patch, what the workflow `FILE` lacks for the free-threaded half"},
		&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Category: groupAnswer, Usage: "with --patch: change the file itself"},
	}
}

// runMatrixPatch prints what a workflow lacks, or adds it.
func runMatrixPatch(c *cli.Context, env Env) error {
	name, write, output := c.String("patch"), c.Bool("write"), c.String("output")
	for _, flag := range []string{"backend", "expected", "threads", "uv", "no-sdist", "python", "platform", "runner", "emulate", "cibuildwheel", "no-deps"} {
		if c.IsSet(flag) {
			return usagef("--patch adds the twins of what the workflow does; it does not take --%s", flag)
		}
	}
	switch {
	case name == "":
		return hintf(usagef("--write goes with --patch FILE"), "run: ftpkg matrix --patch .github/workflows/wheels.yml --write")
	case c.NArg() > 0:
		return usagef("--patch FILE changes that file; it does not take the argument %q", c.Args().First())
	case write && output != "":
		return usagef("--write changes the file, --output is for the patch: give one of them")
	}
	if err := lintable(name); err != nil {
		return err
	}
	if filepath.Base(name) == "pyproject.toml" {
		return hintf(usagef("%s: --patch changes workflows", name), "run: ftpkg matrix --backend cibuildwheel, and compare")
	}
	text, err := os.ReadFile(env.path(name))
	if err != nil {
		return fileError(name, err)
	}
	p := lintProject{}
	root, below := projectRoot(env, name)
	p.root = root
	opts := lint.Options{Today: env.Now().UTC().Format("2006-01-02"), Project: p.fsys(), Sources: []string{below}}
	name = filepath.ToSlash(name)
	patched, err := lint.Patch(lint.Source{Name: name, Text: string(text)}, opts)
	if err != nil {
		return lintError(err)
	}
	switch {
	case !write:
		err = writeTo(env, output, func(w io.Writer) error {
			_, err := io.WriteString(w, textDiff(name, string(text), patched.Text))
			return err
		})
	case patched.Text != string(text):
		err = os.WriteFile(env.path(name), []byte(patched.Text), 0o666)
	}
	if err != nil {
		return err
	}
	return tellPatched(env, name, patched)
}

// tellPatched says on standard error what was added, and what is missing still, which
// makes the answer a no.
func tellPatched(env Env, name string, p *lint.Patched) error {
	for _, line := range p.Added {
		fmt.Fprintf(env.Stderr, "ftpkg: %s: %s\n", name, line)
	}
	for _, r := range p.Refused {
		fmt.Fprintf(env.Stderr, "ftpkg: %s:%d: %s\n", name, r.Line, r.Msg)
	}
	switch {
	case len(p.Refused) > 0:
		return errNo
	case len(p.Added) == 0:
		fmt.Fprintf(env.Stderr, "ftpkg: %s: nothing is missing\n", name)
	}
	return nil
}
