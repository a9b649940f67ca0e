package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/emit"
)

// backends are the words of --backend.
func backends() []string { return []string{"github", "github-json", "gitlab", "cibuildwheel", "json"} }

// emitOptions are what ftpkg matrix is asked beside the matrix itself.
type emitOptions struct {
	matrixOptions

	backend string
	emit    emit.Options
	output  string
	flags   string // those given that the list depends on too, as they were
}

func matrixEmitCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: generateName, ArgsUsage: "[DIR]", Usage: "write the matrix for those who build and test it",
		Description: `Writes the matrix of the project in DIR, or here, as ftpkg matrix plan shows it. Each cell is a row of one job, each job builds wheels of one ABI only. Free-threaded wheels are tested with pytest-run-parallel, and no extension module may turn the GIL on. A last job holds all files against the list that ftpkg matrix expect writes.

  $ ftpkg matrix -o .github/workflows/wheels.yml
  $ ftpkg matrix expect -o expected.json
  $ ftpkg matrix --backend gitlab -o .gitlab-ci.yml

The back ends: github is a whole workflow; github-json an object of its matrices, each for ${{ fromJSON(...)['build-gil'] }}; gitlab a pipeline with parallel:matrix; cibuildwheel the table [tool.cibuildwheel] with which cibuildwheel alone builds the cells; json is ftpkg.matrix/1, as of ftpkg matrix plan.

Wheels are tested as test-command, test-requires, test-extras and test-groups of [tool.cibuildwheel] say, else by pytest where there is a folder tests.

--patch FILE is for a workflow that is there: it makes the smallest change that builds and tests the twins of what the workflow does for CPython 3.14 and newer. It prints a patch, which git apply takes; with --write it changes the file, as gofmt -w does. Comments and everything else stay; each cell that was there remains. What takes judgement is told on standard error, and makes the exit status 1.

  $ ftpkg matrix --patch .github/workflows/wheels.yml
  $ ftpkg matrix --patch .github/workflows/wheels.yml --write`,
		Flags: slices.Concat([]cli.Flag{
			enumFlag("backend", "github", backends(), groupAnswer, "write for `BACKEND`: "+orList(backends())),
			&cli.StringFlag{Name: "expected", Category: groupMatrix, Value: "expected.json", Usage: "the list of what is to be built is `FILE` of the repository"},
			&cli.IntFlag{Name: "threads", Category: groupMatrix, Value: 4, Usage: "run each test in `N` threads at once on free-threaded Python"},
			&cli.BoolFlag{Name: "uv", Category: groupMatrix, Usage: "take all interpreters for tests from uv, not only those that setup-python lacks"},
			&cli.BoolFlag{Name: "no-sdist", Category: groupMatrix, Usage: "make no source distribution"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, patchFlags(), matrixFlags(), settingsFlags()),
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			if c.IsSet("patch") || c.Bool("write") {
				return runMatrixPatch(c, env)
			}
			o, err := readEmitOptions(c, env)
			if err != nil {
				return err
			}
			return runMatrixEmit(c.Context, env, o)
		}),
	}
}

func readEmitOptions(c *cli.Context, env Env) (emitOptions, error) {
	m, err := readMatrixOptions(c, env)
	if err != nil {
		return emitOptions{}, err
	}
	o := emitOptions{matrixOptions: m, backend: enumValue(c, "backend"), output: c.String("output")}
	threads := c.Int("threads")
	if threads < 1 {
		return o, usagef("flag --threads: %d is not a positive number", threads)
	}
	if p := c.String("expected"); p == "" || filepath.IsAbs(p) || !filepath.IsLocal(p) {
		return o, usagef("flag --expected: %q is not a file of the repository", p)
	}
	v := buildVersion(env)
	o.emit = emit.Options{
		Tables: m.settings.Tables, Sdist: !c.Bool("no-sdist"), Threads: threads, UV: c.Bool("uv"),
		Expected: filepath.ToSlash(c.String("expected")),
	}
	o.flags = flagsGiven(c, "python", "platform", "runner", "emulate", "cibuildwheel", "no-deps", "no-sdist")
	o.emit.By = "ftpkg matrix" + o.flags + flagsGiven(c, "backend", "expected", "threads", "uv")
	if v.Commit != "" && !v.Modified {
		o.emit.Ftpkg = emit.Pin{Commit: v.Commit, Version: v.Version}
		if !strings.HasPrefix(v.Version, "v") {
			o.emit.Ftpkg.Version = "not released"
		}
	}
	if line, ok := m.settings.Tables.Line(m.settings.Line); ok {
		o.emit.Cibuildwheel = line.Version
	}
	return o, nil
}

// flagsGiven returns those of some flags that were given, as words of a shell, each
// with a space before it.
func flagsGiven(c *cli.Context, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		if !c.IsSet(name) {
			continue
		}
		if word := enumValue(c, name); word != "" {
			b.WriteString(" --" + name + " " + word)
			continue
		}
		var values []string
		switch v := c.Value(name).(type) {
		case bool:
			if v {
				b.WriteString(" --" + name)
			}
		case cli.StringSlice:
			values = list(c, name)
		default:
			values = []string{fmt.Sprint(v)}
		}
		for _, v := range values {
			if strings.Trim(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+") != "" {
				v = "'" + v + "'"
			}
			b.WriteString(" --" + name + " " + v)
		}
	}
	return b.String()
}

// runMatrixEmit plans and writes.
func runMatrixEmit(ctx context.Context, env Env, o emitOptions) error {
	p, plan, err := planMatrix(ctx, env, o.matrixOptions)
	if err != nil {
		return err
	}
	text, err := o.write(env, p, plan)
	if err != nil {
		return &usageError{err}
	}
	if o.output != "" && o.output != "-" {
		// A new project has no .github/workflows yet.
		if err := os.MkdirAll(filepath.Dir(env.path(o.output)), 0o755); err != nil {
			return fileError(o.output, err)
		}
	}
	if err := writeTo(env, o.output, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	if o.backend == "github" || o.backend == "gitlab" {
		return o.remindOfList(env)
	}
	return nil
}

// write returns the matrix as the back end has it.
func (o *emitOptions) write(env Env, p *matrix.Project, plan *matrix.Plan) ([]byte, error) {
	how := o.emit
	without := untested(env, o.dir)
	how.Test = func(c *matrix.Cell) emit.Test {
		t := emit.TestOf(p, c)
		t.ImportOnly = t.Command == "" && without
		return t
	}
	switch o.backend {
	case "github-json":
		return emit.GitHubJSON(plan, how)
	case "gitlab":
		return emit.GitLab(plan, how)
	case "cibuildwheel":
		return emit.Cibuildwheel(plan, how)
	case "json":
		var b strings.Builder
		err := writeJSON(&b, newPlanDocument(plan))
		return []byte(b.String()), err
	}
	return emit.GitHub(plan, how)
}

// untested reports whether a project has no folder tests.
func untested(env Env, dir string) bool {
	info, err := os.Stat(filepath.Join(env.path(dir), "tests"))
	return err != nil || !info.IsDir()
}

// remindOfList says so if the list that the workflow checks against is not there yet.
func (o *emitOptions) remindOfList(env Env) error {
	_, err := os.Stat(filepath.Join(env.path(o.dir), filepath.FromSlash(o.emit.Expected)))
	if o.output == "" || o.output == "-" || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	where := o.emit.Expected
	if o.dir != "" {
		where = filepath.ToSlash(filepath.Join(o.dir, where)) + " " + o.dir
	}
	_, err = io.WriteString(env.Stderr, "ftpkg: its last job needs "+o.emit.Expected+"; run: ftpkg matrix expect"+o.flags+" -o "+where+"\n")
	return err
}
