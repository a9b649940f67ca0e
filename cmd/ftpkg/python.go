package main

import (
	"context"
	"path/filepath"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
)

// pythonOptions say which interpreter runs a program of the user's.
type pythonOptions struct {
	given   string // "" if none was
	runtime runtimeOptions
}

// pythonFlags are the flags of pythonOptions; verb says what the interpreter is for.
func pythonFlags(verb string) []cli.Flag {
	return append([]cli.Flag{&cli.StringFlag{
		Name: "python", Aliases: []string{"p"}, Category: groupTarget,
		Usage: verb + " `PYTHON`: a path, an environment, a command on PATH, or a version such as 3.14t",
	}, offlineFlag()}, runtimeFlags()...)
}

func readPythonOptions(c *cli.Context, env Env, s *config.Settings) pythonOptions {
	return pythonOptions{given: c.String("python"), runtime: readRuntimeOptions(c, env, s)}
}

// choosePython finds the free-threaded interpreter for a program of the user's:
// the given one, else that of the environment the user works in, else the one a
// probe takes, which may have to be installed.
func choosePython(ctx context.Context, env Env, o pythonOptions) (*ftruntime.Info, error) {
	if o.given == "" {
		if info, err := environmentPython(ctx, env); info != nil || err != nil {
			return info, err
		}
	}
	x, err := o.runtime.open(env)
	if err != nil {
		return nil, err
	}
	defer x.close()
	r, err := x.choose(ctx, env, nil, o.given)
	if err != nil {
		return nil, err
	}
	return &r.Info, nil
}

// environmentPython returns the interpreter of the first environment that has a
// free-threaded one, nil if none has. Whoever works in an environment expects its
// packages to be there: one that is passed over is named.
func environmentPython(ctx context.Context, env Env) (*ftruntime.Info, error) {
	for _, dir := range environments(env) {
		python := filepath.Join(dir, "bin", "python")
		if runtime.GOOS == "windows" {
			python = filepath.Join(dir, "Scripts", "python.exe")
		}
		info, err := ftruntime.Ask(ctx, python)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			warnf(env.Stderr, "the environment %s is passed over: %v", dir, err)
		case !info.FreeThreaded:
			warnf(env.Stderr, "the environment %s is passed over: its CPython %s has the GIL", dir, info.Version)
		default:
			return info, nil
		}
	}
	return nil, nil
}

// environments are the virtual environments that whoever starts ftpkg here may be
// working in, the active one first.
func environments(env Env) []string {
	var dirs []string
	if active := env.Getenv("VIRTUAL_ENV"); active != "" {
		dirs = append(dirs, env.path(active))
	}
	for dir := env.Dir; ; {
		venv := filepath.Join(dir, ".venv")
		if isProgram(filepath.Join(venv, "pyvenv.cfg")) {
			if len(dirs) == 0 || dirs[0] != venv {
				dirs = append(dirs, venv)
			}
			return dirs
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return dirs
		}
		dir = parent
	}
}
