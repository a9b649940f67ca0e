package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/probe/gilrun"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
)

// runName is the command whose arguments, from the first, are another program's
// command line: see readCmdline.
const runName = "run"

const groupGuard = "guard"

type runOptions struct {
	program   *gilrun.Program
	python    pythonOptions
	stop      bool
	allow     []string
	hasReport bool
	report    string // a file, "" for standard error
	format    string
	dir       string // where the guard is kept, "" if nowhere
}

func runCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      runName,
		Usage:     "run a program with the GIL held off, and name what has not declared to run without it",
		ArgsUsage: "[--] PROGRAM [ARGUMENT...]",
		Description: `PROGRAM is what would stand behind python: a file, -m MODULE, -c CODE or - for standard input; or the name of a console script of the environment. It runs under -X gil=0, with the arguments, streams, sys.path, exit status and signals it always has.

  $ ftpkg run app.py --port 8000
  $ ftpkg run --stop --allow yaml._yaml -m pytest
  $ ftpkg run -- -W error app.py

CPython's -X gil=0 is all or nothing, and silent. Here every extension module that loads without having declared that it runs without the GIL is named on standard error, with its distribution and the imports that led to it (--log, the default). With --stop its import fails with an ImportError instead, unless --allow lists it: a dotted name, or PACKAGE.* for everything in a package. A module that was stopped has been initialised, but no code of the program has seen it.

The interpreter is the one of --python, else that of the active virtual environment or of a .venv here or above, if it is free-threaded, else the one ftpkg probe takes.

Processes that the program starts are guarded as well, through PYTHON_GIL=0 and a folder in front of PYTHONPATH. Not covered are those started with -I, -E or -S or with an environment of their own. A Python from 3.13 on that was built with the GIL refuses to start with PYTHON_GIL=0.

The exit status is the program's, 128 and the signal's number if one ended it; ftpkg's own errors have status 2 and 3. Nothing is sandboxed.`,
		Flags: append([]cli.Flag{
			// Hidden, and so without a variable: FTPKG_LOG is that of ftpkg probe.
			&cli.BoolFlag{Name: "log", Hidden: true, Category: groupGuard, Usage: "name undeclared modules and let them load"},
			&cli.BoolFlag{Name: "stop", Category: groupGuard, Usage: "make the import of undeclared modules fail"},
			&cli.StringSliceFlag{Name: "allow", Category: groupGuard, Usage: "let `MODULE` (a.b, or a.* for all in a package) load without a word"},
			enumFlag("format", "text", []string{"text", "json"}, groupAnswer, "report at the end, on standard error, as `FORMAT`: text or json"),
			&cli.StringFlag{Name: "report", Category: groupAnswer, Usage: "write the report to `FILE`, as json unless --format says otherwise"},
		}, append(pythonFlags("run it with"), settingsFlags()...)...),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			o, err := readRunOptions(c, env)
			if err != nil {
				return err
			}
			return runRun(c.Context, env, o)
		}),
	}
}

func readRunOptions(c *cli.Context, env Env) (runOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return runOptions{}, err
	}
	o := runOptions{
		stop: c.Bool("stop"), allow: setting(c, "allow", s.Run.Allow), format: enumValue(c, "format"), report: c.String("report"),
		hasReport: c.IsSet("format") || c.String("report") != "",
		python:    readPythonOptions(c, env, s), dir: dataDir(c, env, s),
	}
	if !c.IsSet("format") {
		o.format = "json"
	}
	if o.stop && c.Bool("log") {
		return o, usagef("--log and --stop exclude each other")
	}
	for _, m := range o.allow {
		if err := config.CheckModule(m); err != nil {
			return o, usagef("--allow: %w", err)
		}
	}
	o.program, err = gilrun.ParseProgram(c.Args().Slice())
	if err != nil {
		return o, &usageError{err}
	}
	return o, nil
}

func runRun(ctx context.Context, env Env, o runOptions) error {
	python, err := choosePython(ctx, env, o.python)
	if err != nil {
		return err
	}
	words, err := programWords(env, python, o.program)
	if err != nil {
		return err
	}
	guard := gilrun.Guard{Stop: o.stop, Allow: o.allow}
	remove, err := writeGuard(&guard, o)
	if err != nil {
		return err
	}
	defer remove()
	args := append([]string{"-X", "gil=0"}, words...)
	if guard.Events == "" && env.Exec != nil && o.dir != "" {
		err := env.Exec(python.Executable, append([]string{python.Executable}, args...), guard.Environ(environ(env)))
		return fmt.Errorf("starting %s: %w", python.Executable, err)
	}

	signals, stop := programSignals()
	defer stop()
	status, err := gilrun.Follow(&gilrun.Command{
		Path: python.Executable, Args: args, Env: guard.Environ(environ(env)), Dir: env.Dir,
		Stdin: env.Stdin, Stdout: env.Direct, Stderr: env.Stderr, Signals: signals,
	})
	if err != nil {
		return err
	}
	if guard.Events != "" {
		if err := writeRunReport(env, o, python, guard.Events, status); err != nil {
			return err
		}
	}
	if status == 0 {
		return nil
	}
	return &statusError{status}
}

// programSignals returns the signals to pass on to a program that runs under
// ftpkg, and sees to it that ftpkg outlives those the program gets anyway.
func programSignals() (signals <-chan os.Signal, stop func()) {
	pass, keep := passedSignals()
	passed, kept := make(chan os.Signal, 16), make(chan os.Signal, 1)
	if len(pass) > 0 {
		signal.Notify(passed, pass...)
	}
	if len(keep) > 0 {
		signal.Notify(kept, keep...)
	}
	return passed, func() { signal.Stop(passed); signal.Stop(kept) }
}

func environ(env Env) []string {
	if env.Environ == nil {
		return nil
	}
	return env.Environ()
}

// writeGuard puts the guard where it is kept, or into a temporary folder if there
// is no such place, and makes the file for its events if a report is wanted. What
// it returns removes what was temporary.
func writeGuard(g *gilrun.Guard, o runOptions) (remove func(), err error) {
	var temp string
	remove = func() {
		if temp != "" {
			_ = os.RemoveAll(temp)
		}
	}
	if o.dir == "" || o.hasReport {
		if temp, err = os.MkdirTemp("", "ftpkg-run-"); err != nil {
			return remove, err
		}
	}
	if o.hasReport {
		g.Events = filepath.Join(temp, "events")
		if err := os.WriteFile(g.Events, nil, 0o600); err != nil {
			remove()
			return nil, err
		}
	}
	dir := o.dir
	if dir == "" {
		dir = temp
	}
	if g.Folder, err = gilrun.Write(dir); err != nil {
		remove()
		return nil, err
	}
	return remove, nil
}

// programWords are the words of a program as the interpreter takes them: a console
// script's name is replaced by its path.
func programWords(env Env, python *ftruntime.Info, p *gilrun.Program) ([]string, error) {
	if p.Script < 0 {
		return p.Words, nil
	}
	name := p.Words[p.Script]
	if isProgram(env.path(name)) {
		return p.Words, nil
	}
	if filepath.Base(name) == name {
		path, err := consoleScript(python.Scripts, name)
		if err != nil {
			return nil, err
		}
		if path != "" {
			words := slices.Clone(p.Words)
			words[p.Script] = path
			return words, nil
		}
	}
	err := usagef("there is no file %s, nor a console script of that name in %s", name, python.Scripts)
	if near, ok := suggest.Closest(name, scriptNames(env.Dir, python.Scripts)); ok {
		return nil, hintf(err, "did you mean %s?", near)
	}
	return nil, hintf(err, "a module is run with: ftpkg run -m %s", strings.TrimSuffix(name, ".py"))
}

// isProgram reports whether Python can run the file or folder at path.
func isProgram(path string) bool {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		_, err = os.Stat(filepath.Join(path, "__main__.py"))
	}
	return err == nil
}

// consoleScript returns the path of a console script in a folder, "" if it has
// none of that name.
func consoleScript(dir, name string) (string, error) {
	if runtime.GOOS == "windows" {
		// The launcher carries the script as a zip file, which Python runs.
		for _, n := range []string{name + "-script.py", name, name + ".exe"} {
			if info, err := os.Stat(filepath.Join(dir, n)); err == nil && info.Mode().IsRegular() {
				return filepath.Join(dir, n), nil
			}
		}
		return "", nil
	}
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return "", nil // there is none that we could run
	}
	defer func() { _ = f.Close() }() // only read
	head, err := io.ReadAll(io.LimitReader(f, 512))
	if err != nil {
		return "", nil // a folder
	}
	// Long paths stand in the second line, behind #!/bin/sh.
	if !strings.HasPrefix(string(head), "#!") || !strings.Contains(string(head), "python") {
		return "", hintf(usagef("%s is not a Python program", path), "to run it as it is: PYTHON_GIL=0 %s", path)
	}
	return path, nil
}

// scriptNames are what could have been meant by a name that is not there.
func scriptNames(dirs ...string) []string {
	var names []string
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !e.IsDir() {
				names = append(names, strings.TrimSuffix(e.Name(), ".exe"))
			}
		}
	}
	return names
}

// writeRunReport writes the report of a program that has ended.
func writeRunReport(env Env, o runOptions, python *ftruntime.Info, events string, status int) error {
	f, err := os.Open(events)
	if err != nil {
		return fmt.Errorf("the guard's events: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	list, lost, err := gilrun.ReadEvents(f)
	if err != nil {
		return err
	}
	r := newRunResult(o, python, list, lost, status)
	write := func(w io.Writer) error { return r.writeText(w, env.ErrColor && o.report == "") }
	if o.format == "json" {
		write = func(w io.Writer) error { return writeJSON(w, r) }
	}
	if o.report == "" {
		return write(env.Stderr)
	}
	if err := writeTo(env, o.report, write); err != nil {
		err = fmt.Errorf("the report: %w", err)
		if status == 0 {
			return err
		}
		warnf(env.Stderr, "%v", err) // the program's own status says more
	}
	return nil
}
