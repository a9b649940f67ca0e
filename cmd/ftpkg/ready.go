package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// readyOptions are what ready is asked.
type readyOptions struct {
	resolveOptions // requirements, targets, rules, indexes, baseline

	locks []string // each an application of its own
	entry string   // a program whose imports are followed, "" for none
	fix   bool
	jobs  int

	verify        bool
	verifyPython  string // the interpreter, "" for one that fits
	verifyRuntime runtimeOptions
	sandbox       vocab.SandboxMode
}

func readyCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "ready",
		Usage:     "say whether an application can go free-threaded: what installs, and what turns the GIL on",
		ArgsUsage: "[REQUIREMENT...|LOCK...]",
		Description: `Answers for the whole closure of what an application requires and for every cell at once: does each package install from a wheel, and does anything in those wheels turn the GIL back on? Both are read from files, for every platform, without running anything.

  $ ftpkg ready -r requirements.txt
  $ ftpkg ready uv.lock --entry src/app.py
  $ ftpkg ready uv.lock --fix --format json
  $ ftpkg ready services/*/uv.lock

Each package that turns the GIL on is named with the requirements that lead to it, and with another version that was solved and read again and does not, or with the reason why there is none. Several locks are judged one by one; the upgrades that free most of them come first.

With --entry, the imports of a program are followed through its source and that of the packages: what it certainly imports as it starts is told from what it may import. That something is never imported cannot be proven from source.

Exit status: 0 every cell is ready, 1 one is not, 2 wrong usage, 3 something could not be found out, 130 interrupted.`,
		Flags: slices.Concat(resolveInputFlags(), targetFlags(), readyRuleFlags(), indexFlags(), readyVerifyFlags(), readyAnswerFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, err := readReadyOptions(c, env)
			if err != nil {
				return err
			}
			return runReady(c.Context, env, o)
		}),
	}
}

func readyRuleFlags() []cli.Flag {
	return slices.DeleteFunc(resolveRuleFlags(), func(f cli.Flag) bool { return slices.Contains(f.Names(), "align") })
}

func readyVerifyFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "entry", Category: groupVerify, Usage: "follow the imports of `PROGRAM`: a Python file, the directory of a package, or a module's name"},
		&cli.BoolFlag{Name: "verify", Category: groupVerify, Usage: "load the packages for this machine in a sandbox, and compare"},
		&cli.StringFlag{Name: "runtime", Category: groupVerify, Usage: "with --verify, load them in `PYTHON`: a path, a program on PATH, or a version such as 3.14t; without it, in one that is at hand"},
		enumFlag("sandbox", string(vocab.SandboxRequire), vocab.SandboxModes().Names(), groupVerify,
			"with --verify, where no sandbox holds: `MODE` require refuses, best uses what there is, off goes without"),
	}, runtimeFlags()...)
}

func readyAnswerFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "fix", Category: groupAnswer, Usage: "also find the fewest changes that make all of it ready together, as a patch of the requirements"},
		formatFlag("table", "json", "markdown", "sarif"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		&cli.StringFlag{Name: "baseline", Category: groupAnswer, Usage: "accept what is listed in `FILE`: exit 1 only for the rest"},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Category: groupAnswer, Usage: "read `N` wheels at once"},
	}
}

// readReadyOptions settles what ready is asked: flags, variables, settings.
func readReadyOptions(c *cli.Context, env Env) (readyOptions, error) {
	var o readyOptions
	if c.NArg()+len(c.StringSlice("requirements")) == 0 && c.String("env") == "" {
		return o, hintf(usagef("there is nothing to judge"), "run: ftpkg ready -r requirements.txt")
	}
	var err error
	if o.resolveOptions, err = readResolveOptions(c, env); err != nil {
		return o, err
	}
	o.align = false
	o.entry, o.fix, o.jobs = c.String("entry"), c.Bool("fix"), c.Int("jobs")
	o.verify, o.verifyPython, o.sandbox = c.Bool("verify"), c.String("runtime"), vocab.SandboxMode(enumValue(c, "sandbox"))
	for _, list := range []*[]string{&o.requirements, &o.files} {
		o.locks = append(o.locks, slices.DeleteFunc(slices.Clone(*list), func(s string) bool { return !isLock(s) })...)
		*list = slices.DeleteFunc(slices.Clone(*list), isLock)
	}
	switch rest := append(slices.Clone(o.requirements), o.files...); {
	case len(o.locks) > 0 && len(rest) > 0:
		return o, usagef("%s is a lock, which is judged by itself; it takes no requirements beside it (%s)", o.locks[0], strings.Join(rest, ", "))
	case len(o.locks) > 0 && o.environment != "":
		return o, usagef("--env judges what is installed; it takes no locks beside it")
	case len(o.locks) > 1 && (o.entry != "" || o.verify):
		return o, usagef("--entry and --verify are about one application; there are %d locks", len(o.locks))
	case !o.verify && o.verifyPython != "":
		return o, usagef("--runtime says what --verify loads with; it takes that flag, too")
	case o.jobs < 0 || c.IsSet("jobs") && o.jobs == 0:
		return o, usagef("flag --jobs: %d is not a positive number", o.jobs)
	}
	s, err := readSettings(c, env)
	if err != nil {
		return o, err
	}
	o.verifyRuntime = readRuntimeOptions(c, env, s)
	return o, nil
}

// A readySubject is what one application is read from.
type readySubject struct {
	name string
	resolveOptions
}

// subjects are the applications that are asked for.
func (o *readyOptions) subjects() []readySubject {
	if len(o.locks) == 0 {
		name := strings.Join(append(slices.Clone(o.files), o.requirements...), " ")
		if o.environment != "" {
			name = o.environment
		}
		return []readySubject{{name, o.resolveOptions}}
	}
	list := make([]readySubject, len(o.locks))
	for i, lock := range o.locks {
		list[i] = readySubject{lock, o.resolveOptions}
		list[i].files, list[i].requirements = []string{lock}, nil
	}
	return list
}
