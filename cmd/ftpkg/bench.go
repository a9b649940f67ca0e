package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/probe/bench"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/wheeltags"
)

const groupMeasure = "measuring"

type benchOptions struct {
	programs  []bench.Program
	threads   []int
	repeat    int
	python    pythonOptions
	gilPython string
	svg       string
	format    string
}

func benchCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "bench",
		Usage:     "time a CPU-bound program with and without the GIL, by one thread and by many",
		ArgsUsage: "[SCRIPT|" + strings.Join(bench.Builtins(), "|") + "]",
		Description: `Times a program in three runs: by a CPython built with the GIL, by the free-threaded build with its GIL on (-X gil=1), and with its GIL off (-X gil=0); with one thread and with more. Reported are medians, what the free-threaded build costs one thread, and what more threads gain.

  $ ftpkg bench
  $ ftpkg bench counter --threads 4
  $ ftpkg bench mine.py --repeat 9 --svg mine.svg

Three programs come along: primes (trial division), pi (Monte Carlo, a generator of its own for every thread) and counter (threads that count together, without a lock and with one: how many updates are lost). Without an argument it is primes.

SCRIPT is a file of yours. If it defines a function work(part, parts), each of that many threads calls it once, with its own part from 0, to do its share of work whose sum is always the same:

  LIMIT = 100_000
  def work(part, parts):
      return sum(n * n % 7 for n in range(part, LIMIT, parts))

Only the calls are timed, from the first's beginning to the last's end. Else the whole script is run and timed, with the number of threads as sys.argv[1] and as THREADS in the environment. It runs with all your rights: nothing is sandboxed.

Every figure is the median of --repeat processes, which take turns. The GIL build is the one of --gil-python, else one of the same minor version that is managed or found on this machine; without any there are two runs.

Exit status: 0 it was measured, 1 the program failed, 2 wrong usage, 3 there was nothing to measure with.`,
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{
				Name: "threads", Aliases: []string{"t"}, Category: groupMeasure,
				Usage: "run with `N` threads, and with one; without it, with the powers of two up to the number of processors",
			},
			&cli.IntFlag{Name: "repeat", Aliases: []string{"r"}, Category: groupMeasure, Value: 5, Usage: "take the median of `N` processes"},
			&cli.StringFlag{Name: "gil-python", Category: groupTarget, Usage: "compare with the GIL build `PYTHON`, given like --python"},
			formatFlag("text", "json", "markdown"),
			&cli.StringFlag{Name: "svg", Category: groupAnswer, Usage: "draw a chart into `FILE`"},
		}, append(pythonFlags("measure"), settingsFlags()...)...),
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			o, err := readBenchOptions(c, env)
			if err != nil {
				return err
			}
			return runBench(c.Context, env, o)
		}),
	}
}

func readBenchOptions(c *cli.Context, env Env) (benchOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return benchOptions{}, err
	}
	o := benchOptions{
		repeat: c.Int("repeat"), python: readPythonOptions(c, env, s), gilPython: c.String("gil-python"),
		svg: c.String("svg"), format: enumValue(c, "format"),
	}
	const most = 1000
	if o.repeat < 1 || o.repeat > most {
		return o, usagef("flag --repeat: %d is not between 1 and %d", o.repeat, most)
	}
	for _, word := range list(c, "threads") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > most {
			return o, usagef("flag --threads: %q is not a number between 1 and %d", word, most)
		}
		o.threads = append(o.threads, n)
	}
	if len(o.threads) == 0 {
		o.threads = bench.Threads(runtime.NumCPU())
	}
	o.programs, err = benchPrograms(env, cmp.Or(c.Args().First(), bench.Builtins()[0]))
	return o, err
}

// benchPrograms returns what a word stands for: a program that comes along, or a
// file. A file of the same name is meant by ./primes.
func benchPrograms(env Env, word string) ([]bench.Program, error) {
	if programs := bench.Builtin(word); programs != nil {
		return programs, nil
	}
	path := env.path(word)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode().IsRegular():
		return []bench.Program{{Name: filepath.Base(path), Path: path}}, nil
	case err == nil:
		return nil, usagef("%s is not a file", word)
	case !errors.Is(err, os.ErrNotExist):
		return nil, &usageError{err}
	}
	unknown := usagef("%q is neither a file nor one of %s", word, orList(bench.Builtins()))
	if near, ok := suggest.Closest(word, append(bench.Builtins(), scriptNames(env.Dir)...)); ok {
		return nil, hintf(unknown, "did you mean: ftpkg bench %s", near)
	}
	return nil, hintf(unknown, "run: ftpkg bench --help")
}

func runBench(ctx context.Context, env Env, o benchOptions) error {
	python, err := choosePython(ctx, env, o.python)
	if err != nil {
		return err
	}
	gil, err := chooseGILPython(ctx, env, o, python)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "ftpkg-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	bar := startProgress(env)
	defer bar.stop()
	r, err := bench.Run(ctx, bench.Options{
		Programs: o.programs, FreeThreaded: python, GIL: gil, Threads: o.threads, Repeat: o.repeat, Processors: runtime.NumCPU(),
		Environ: environ(env), Dir: env.Dir, Temp: temp, Progress: bar.update,
	})
	bar.stop()
	if _, failed := errors.AsType[*bench.ProgramError](err); failed {
		return &refusalError{err}
	}
	if err != nil {
		return err
	}
	if o.svg != "" {
		if err := writeTo(env, o.svg, r.WriteSVG); err != nil {
			return fmt.Errorf("the chart: %w", err)
		}
		if o.svg == "-" {
			return nil
		}
	}
	switch o.format {
	case "json":
		return writeJSON(env.Stdout, r)
	case "markdown":
		return writeBenchMarkdown(env.Stdout, r)
	}
	return writeBenchText(env, r)
}

// chooseGILPython finds the GIL build to compare with, nil if there is none.
func chooseGILPython(ctx context.Context, env Env, o benchOptions, ft *ftruntime.Info) (*ftruntime.Info, error) {
	x, err := o.python.runtime.open(env)
	if err != nil {
		return nil, err
	}
	defer x.close()
	// The same series; where it is not given, nothing is installed for it.
	want := wheeltags.Python{Major: ft.Python().Major, Minor: ft.Python().Minor, Micro: -1}
	x.NoInstall = true
	if o.gilPython == "" {
		r, err := x.Choose(ctx, &want, "", nil)
		switch {
		case errors.Is(err, ftruntime.ErrNoRuntime):
			warnf(env.Stderr, "there is no CPython %s with the GIL to compare with", want)
			fmt.Fprintf(env.Stderr, "ftpkg: hint: run: ftpkg runtime install %s\n", want)
			return nil, nil
		case err != nil:
			return nil, runtimeHint(err)
		}
		return &r.Info, nil
	}
	r, err := x.choose(ctx, env, &want, o.gilPython)
	if flavour := (*ftruntime.FlavourError)(nil); errors.As(err, &flavour) {
		return nil, usagef("--gil-python: %w", flavour)
	}
	if err != nil {
		return nil, err
	}
	return &r.Info, nil
}

// sortedOverheads are the overheads of a variant, the GIL off first.
func sortedOverheads(r *bench.Result, variant string) []bench.Overhead {
	var all []bench.Overhead
	for _, o := range slices.Backward(r.Overheads) {
		if o.Variant == variant {
			all = append(all, o)
		}
	}
	return all
}
