package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/resolver"
)

// groupMatrix lists the flags that say what is in a matrix.
const groupMatrix = "matrix"

func matrixCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  matrixName,
		Usage: "generate, check and mend the CI matrix that builds and tests wheels for both builds of Python",
		Subcommands: []*cli.Command{
			matrixEmitCommand(env),
			matrixPlanCommand(env),
			matrixExpectCommand(env),
			matrixGapCommand(env),
			matrixLintCommand(env),
		},
	}
}

const (
	matrixName = "matrix"
	// generateName is the subcommand of matrix that is meant if none is named.
	generateName = "generate"
)

// defaultCommand returns the subcommand that is meant where a command's
// subcommand is not named; nil if one must be.
func defaultCommand(c *cli.Command) *cli.Command {
	if c.Name == matrixName {
		return c.Command(generateName)
	}
	return nil
}

// matrixOptions say of which project which matrix is made. The commands that make
// one share them.
type matrixOptions struct {
	dir      string // "" is the working directory
	settings matrix.Settings
	ask      bool // whether what the project requires has wheels
	index    indexOptions
}

// matrixFlags are the flags of the commands that make a matrix.
func matrixFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringSliceFlag{Name: "python", Category: groupMatrix, Usage: "leave in only the Python `VERSION`, such as 3.14t"},
		&cli.StringSliceFlag{
			Name: "platform", Category: groupMatrix,
			Usage: "leave in only `PLATFORM`: as in identifiers (manylinux_x86_64), a pattern (musllinux_*), a name (macos-arm64) or main; goes before archs of [tool.cibuildwheel]",
		},
		&cli.StringSliceFlag{Name: "runner", Category: groupMatrix, Usage: "`PLATFORM=LABEL`: the platform's jobs run on the runner of that label"},
		&cli.BoolFlag{Name: "emulate", Category: groupMatrix, Usage: "test also where no runner has the processor, under emulation"},
		&cli.StringFlag{Name: "cibuildwheel", Category: groupMatrix, Usage: "plan for the release line `LINE` of cibuildwheel: " + orList(matrix.LineNames())},
		&cli.BoolFlag{Name: "no-deps", Category: groupMatrix, Usage: "do not ask whether what the project requires has wheels"},
	}, indexFlags()...)
}

// readMatrixOptions reads matrixFlags and the directory that is the argument, if
// there is one.
func readMatrixOptions(c *cli.Context, env Env) (matrixOptions, error) {
	home := env // the settings are those of the project, wherever it is
	if info, err := os.Stat(env.path(c.Args().First())); err == nil && info.IsDir() && !c.IsSet("config") {
		home.Dir = env.path(c.Args().First())
	}
	s, err := readSettings(c, home)
	if err != nil {
		return matrixOptions{}, err
	}
	o := matrixOptions{dir: c.Args().First(), ask: !c.Bool("no-deps")}
	t := matrix.DefaultTables()
	o.settings = matrix.Settings{Tables: t, Line: settingText(c, "cibuildwheel", s.Matrix.Cibuildwheel), Emulate: settingSwitch(c, "emulate", s.Matrix.Emulate)}
	if _, ok := t.Line(o.settings.Line); !ok {
		return o, usagef("cibuildwheel %s is not known: the release lines are %s", o.settings.Line, orList(matrix.LineNames()))
	}
	if words := setting(c, "python", s.Matrix.Python); len(words) > 0 {
		if o.settings.Pythons, err = parsePythons(words); err != nil {
			return o, err
		}
	}
	if words := setting(c, "platform", s.Matrix.Platform); len(words) > 0 {
		if o.settings.Platforms, err = t.ParsePlatforms(words...); err != nil {
			return o, &usageError{err}
		}
	}
	if o.settings.Runners, err = t.ParseRunners(setting(c, "runner", s.Matrix.Runners)...); err != nil {
		return o, &usageError{err}
	}
	o.index, err = readIndexOptions(c, env, s)
	return o, err
}

// planMatrix reads the project and derives its matrix.
func planMatrix(ctx context.Context, env Env, o matrixOptions) (*matrix.Project, *matrix.Plan, error) {
	p, err := readMatrixProject(env, o.dir)
	if err != nil {
		return nil, nil, err
	}
	var index resolver.Index
	if o.ask {
		x, err := newIndex(env, o.index, nil)
		if err != nil {
			return nil, nil, err
		}
		defer x.close()
		index = x
	}
	bar := startProgress(env)
	defer bar.stop()
	bar.update("planning", 0, 0)
	plan, err := matrix.Derive(ctx, p, o.settings, index)
	return p, plan, matrixError(o.dir, err)
}

// readMatrixProject reads the project in a directory.
func readMatrixProject(env Env, dir string) (*matrix.Project, error) {
	path := env.path(dir)
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		if err == nil {
			err = usagef("%s is not a directory", dir)
		} else {
			err = fileError(dir, err)
		}
		if near, ok := suggest.Closest(dir, commandNames(matrixCommand(env))); ok && !strings.ContainsAny(dir, `/\`) {
			return nil, hintf(err, "did you mean: ftpkg matrix %s", near)
		}
		return nil, err
	}
	p, err := matrix.Read(os.DirFS(path))
	return p, matrixError(dir, err)
}

// matrixError says whose an error of package matrix is, with the file as the user
// would name it.
func matrixError(dir string, err error) error {
	var impossible *matrix.ImpossibleError
	if wrong, ok := errors.AsType[*matrix.Error](err); ok {
		named := *wrong
		named.File = filepath.ToSlash(filepath.Join(dir, wrong.File))
		return &usageError{&named}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, matrix.ErrNoProject):
		if dir == "" {
			dir = "."
		}
		return hintf(usagef("%s: %w", dir, err), "name the directory of the project")
	case errors.As(err, &impossible):
		return hintf(&usageError{err}, "ftpkg matrix plan --no-deps shows what is left without asking for requirements")
	}
	return indexHint(err)
}
