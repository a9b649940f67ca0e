package main

import (
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
)

// groupLanes are the flags that say how packages are loaded.
const groupLanes = "loading"

// maxThreads is how many threads a process in the sandbox can certainly start.
const maxThreads = 100

// maxMemory is the most memory that can be given to a process, in MiB.
const maxMemory = 1 << 30

// probeOptions are what probe is asked.
type probeOptions struct {
	packages    []string // each in an environment of its own
	wheels      []string // files, likewise
	files       []string // requirements and locks, together one application
	environment string   // an existing environment, "" for none
	with        []string // requirements added to every environment
	extras      []string
	groups      []string

	python  string // a path or a version, "" for the default
	runtime runtimeOptions
	sandbox vocab.SandboxMode
	load    probe.Options
	index   indexOptions
	log     string // a directory for everything the processes wrote, "" for none

	format string
	output string
}

func probeCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "probe",
		Usage:     "load packages in a free-threaded runtime and see whether the GIL comes back",
		ArgsUsage: "[REQUIREMENT...]",
		Description: `Installs each package with what it requires, and nothing else, into a fresh environment of a free-threaded CPython, loads it in a sandbox, and reports which extension modules turn the GIL back on: whose they are, which imports lead there, and the line that would fix it.

  $ ftpkg probe numpy pandas==2.3.3
  $ ftpkg probe -r requirements.txt
  $ ftpkg probe --wheel dist/mypackage-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl
  $ ftpkg probe --env .venv

Lanes, each in fresh processes: create (every extension file alone), import (public modules, then every extension by its name), survey (everything loaded with the GIL held off), threads (many threads importing at once). A failure is repeated, and run again with the GIL on to tell whose fault it is. --stress and --tests go further.

Only wheels are installed, and no code of a package runs outside of the sandbox. The sandbox and what it does not cover: docs/sandbox.md. Native code in the process that reports could lie; docs/probe.md says what each verdict can and cannot prove.

Exit status: 0 the GIL stays off everywhere, 1 it doesn't, or there is no wheel, a crash or a timeout, 2 wrong usage, 3 it could not be found out, 130 interrupted.`,
		Flags: slices.Concat(probeInputFlags(), probeRuntimeFlags(), probeLaneFlags(), indexFlags(), probeAnswerFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, err := readProbeOptions(c, env)
			if err != nil {
				return err
			}
			return runProbe(c.Context, env, o)
		}),
	}
}

func probeInputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "wheel", Category: groupInput, Usage: "probe the wheel `FILE`"},
		&cli.StringSliceFlag{
			Name: "requirements", Aliases: []string{"r", "requirement"}, Category: groupInput,
			Usage: "probe everything in `FILE` (requirements.txt, pyproject.toml or a lock) together, as one application",
		},
		&cli.StringFlag{Name: "env", Category: groupInput, Usage: "probe what is installed in the environment `DIR`, or only the packages named"},
		&cli.StringSliceFlag{Name: "with", Category: groupInput, Usage: "install `REQUIREMENT` beside each package"},
		&cli.StringSliceFlag{Name: "extra", Category: groupInput, Usage: "include the extra `NAME` of the project"},
		&cli.StringSliceFlag{Name: "group", Category: groupInput, Usage: "include the dependency group `NAME` of the project"},
	}
}

func probeRuntimeFlags() []cli.Flag {
	return append([]cli.Flag{&cli.StringFlag{
		Name: "python", Aliases: []string{"p"}, Category: groupTarget,
		Usage: "load with `PYTHON`: a path, a program on PATH, or a version such as 3.13t; without it, the newest free-threaded one that is at hand, 3.14t first",
	}}, runtimeFlags()...)
}

func probeLaneFlags() []cli.Flag {
	return []cli.Flag{
		enumFlag("sandbox", string(vocab.SandboxRequire), vocab.SandboxModes().Names(), groupLanes,
			"where no sandbox holds: `MODE` require refuses, best uses what there is, off goes without"),
		&cli.StringSliceFlag{Name: "lane", Category: groupLanes, Usage: "run only the lanes `NAME`: create, import, survey, threads"},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Category: groupLanes, Usage: "run `N` processes at once; without it, one for each processor"},
		&cli.DurationFlag{Name: "timeout", Value: probe.DefaultTimeout, Category: groupLanes, Usage: "give each process `TIME`"},
		&cli.IntFlag{Name: "memory", Value: probe.DefaultMemory >> 20, Category: groupLanes, Usage: "give each process `MIB` of memory"},
		&cli.IntFlag{Name: "threads", Value: probe.DefaultThreads, Category: groupLanes, Usage: "import by `N` threads at once"},
		&cli.IntFlag{Name: "rounds", Value: probe.DefaultRounds, Category: groupLanes, Usage: "import by threads `N` times over"},
		&cli.DurationFlag{Name: "stress", Category: groupLanes, Usage: "run the package's examples by threads for `TIME`, and compare with one thread and with the GIL on"},
		&cli.StringSliceFlag{Name: "script", Category: groupLanes, Usage: "with --stress, run the Python `FILE`, or each in a directory, as an example too"},
		&cli.BoolFlag{Name: "tests", Category: groupLanes, Usage: "run the package's own tests with pytest-run-parallel, if it ships any"},
		&cli.BoolFlag{Name: "build-sdist", Category: groupLanes, Usage: "where there is no wheel, build the source distribution, in the sandbox"},
	}
}

func probeAnswerFlags() []cli.Flag {
	return []cli.Flag{
		formatFlag("table", "json", "markdown"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		&cli.StringFlag{Name: "log", Category: groupAnswer, Usage: "keep everything the processes wrote and reported in `DIR`"},
	}
}

// readProbeOptions settles what probe is asked: flags, variables, settings.
func readProbeOptions(c *cli.Context, env Env) (probeOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return probeOptions{}, err
	}
	o := probeOptions{
		packages: unique(c.Args().Slice()), wheels: unique(c.StringSlice("wheel")), files: c.StringSlice("requirements"), environment: c.String("env"),
		with: c.StringSlice("with"), extras: list(c, "extra"), groups: list(c, "group"),
		sandbox: vocab.SandboxMode(enumValue(c, "sandbox")), log: c.String("log"),
		format: enumValue(c, "format"), output: c.String("output"),
		load: probe.Options{
			Jobs: c.Int("jobs"), Timeout: c.Duration("timeout"), Memory: int64(c.Int("memory")) << 20, Threads: c.Int("threads"),
			Rounds: c.Int("rounds"), Stress: c.Duration("stress"), Tests: c.Bool("tests"), Build: c.Bool("build-sdist"),
		},
	}
	if o.load.Jobs == 0 {
		o.load.Jobs = runtime.NumCPU()
	}
	switch n := len(o.packages) + len(o.wheels) + len(o.files); {
	case n == 0 && o.environment == "":
		return o, hintf(usagef("there is nothing to probe"), "run: ftpkg probe numpy")
	case o.environment != "" && n > len(o.packages):
		return o, usagef("--env probes what is installed; it takes neither --wheel nor --requirements beside it")
	case o.environment != "" && len(o.with) > 0:
		return o, usagef("--env probes what is installed; --with would install something")
	case o.environment != "" && c.IsSet("python") && env.Getenv(variable("python")) == "":
		return o, usagef("--env has an interpreter of its own; it takes no --python")
	}
	if err := checkOutput(env, o.output); err != nil {
		return o, err // better now than after an hour
	}
	if err := o.checkLoad(c); err != nil {
		return o, err
	}
	if o.load.Scripts, err = scripts(env, setting(c, "script", s.Probe.Scripts)); err != nil {
		return o, err
	}
	o.python, o.runtime = c.String("python"), readRuntimeOptions(c, env, s)
	o.index, err = readIndexOptions(c, env, s)
	return o, err
}

// unique leaves out what was asked for before.
func unique(words []string) []string {
	var kept []string
	for _, word := range words {
		if !slices.Contains(kept, word) {
			kept = append(kept, word)
		}
	}
	return kept
}

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// checkLoad checks the numbers, and reads the lanes.
func (o *probeOptions) checkLoad(c *cli.Context) error {
	for _, name := range []string{"jobs", "memory", "threads", "rounds"} {
		if c.Int(name) < 0 || c.IsSet(name) && c.Int(name) == 0 {
			return usagef("flag --%s: %d is not a positive number", name, c.Int(name))
		}
	}
	if o.load.Timeout < time.Second {
		return usagef("flag --timeout: %s is shorter than a second", o.load.Timeout)
	}
	if o.load.Stress < 0 {
		return usagef("flag --stress: %s is negative", o.load.Stress)
	}
	if o.load.Threads == 1 {
		return usagef("flag --threads: one thread is none at once; give at least 2")
	}
	if o.load.Threads > maxThreads {
		return usagef("flag --threads: %d are more than the %d that a sandbox has room for", o.load.Threads, maxThreads)
	}
	if c.Int("memory") > maxMemory {
		return usagef("flag --memory: %d MiB are more than any machine has", c.Int("memory"))
	}
	for _, name := range list(c, "lane") {
		lane := vocab.Lane(name)
		if !slices.Contains([]vocab.Lane{vocab.LaneCreate, vocab.LaneImport, vocab.LaneSurvey, vocab.LaneThreads}, lane) {
			return usagef("flag --lane: %q is not create, import, survey or threads", name)
		}
		o.load.Lanes = append(o.load.Lanes, lane)
	}
	return nil
}
