package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"
)

// run runs the program and returns its exit status.
func run(ctx context.Context, env Env) int {
	env.Direct = env.Stdout
	out := bufio.NewWriterSize(env.Stdout, 64<<10)
	env.Stdout = out
	err := runLine(ctx, env)
	if ferr := out.Flush(); ferr != nil && (err == nil || errors.Is(err, errNo)) {
		err = fmt.Errorf("standard output: %w", ferr)
	}
	report(ctx, env.Stderr, err)
	return exitCode(ctx, err)
}

func runLine(ctx context.Context, env Env) error {
	if len(env.Args) > 0 && env.Args[0] == completeName {
		return runComplete(ctx, env, env.Args[1:])
	}
	root := newRoot(env)
	line, err := readCmdline(root, env.Args)
	switch {
	case err != nil:
		return err
	case line.help:
		return writeHelp(env.Stdout, root, line.path)
	case line.version:
		return runVersion(ctx, env, versionOptions{format: "text"})
	case line.command == root:
		if err := writeHelp(env.Stderr, root, nil); err != nil {
			return err
		}
		return usagef("a command is needed")
	case len(line.command.Subcommands) > 0:
		var names []string
		for _, c := range line.command.VisibleCommands() {
			names = append(names, line.name()+" "+c.Name)
		}
		return hintf(usagef("%s needs a command", line.name()), "run: %s", strings.Join(names, " | "))
	}
	return newApp(env, root).RunContext(ctx, line.argv())
}

// newRoot is the tree of all commands. The root itself has no flags: what
// stands before a command's name belongs to the command.
func newRoot(env Env) *cli.Command {
	root := &cli.Command{
		Name:        "ftpkg",
		Usage:       "which Python packages are ready for the free-threaded build",
		Description: "ftpkg says, without an interpreter, what each cell of {GIL, free-threaded} × platform would install, and where something is missing, why and what helps.",
		Subcommands: []*cli.Command{
			resolveCommand(env),
			explainCommand(env),
			probeCommand(env),
			inspectCommand(env),
			readyCommand(env),
			checkCommand(env),
			matrixCommand(env),
			trackCommand(env),
			publishCommand(env),
			serveCommand(env),
			workerCommand(env),
			fleetCommand(env),
			runtimeCommand(env),
			doctorCommand(env),
			runCommand(env),
			benchCommand(env),
			tagsCommand(env),
			cacheCommand(env),
			schemaCommand(env),
			completionCommand(env),
			manCommand(env),
			versionCommand(env),
			helpCommand(env),
		},
	}
	prepare(root)
	return root
}

// newApp is the tree as cli runs it, with its defaults that print or exit on
// their own turned off: the errors it returns are reported by [run].
func newApp(env Env, root *cli.Command) *cli.App {
	return &cli.App{
		Name:                      root.Name,
		HelpName:                  root.Name,
		Usage:                     root.Usage,
		Description:               root.Description,
		Commands:                  root.Subcommands,
		Reader:                    env.Stdin,
		Writer:                    io.Discard,
		ErrWriter:                 io.Discard,
		HideHelp:                  true,
		HideHelpCommand:           true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		OnUsageError:              onUsageError,
		ExitErrHandler:            func(*cli.Context, error) {},
	}
}

// prepare gives every command below c the flags all commands have.
func prepare(c *cli.Command) {
	for _, sub := range c.Subcommands {
		sub.HideHelp, sub.HideHelpCommand = true, true
		sub.OnUsageError = onUsageError
		if len(sub.Subcommands) == 0 {
			sub.Flags = append(sub.Flags, commonFlags()...)
		}
		prepare(sub)
	}
}

// badValue matches how package flag reports an error of a value's Set.
var badValue = regexp.MustCompile(`^invalid (?:boolean )?value ".*" for (?:flag )?-([a-z-]+): (?s:(.*))$`)

func onUsageError(_ *cli.Context, err error, _ bool) error {
	if m := badValue.FindStringSubmatch(err.Error()); m != nil {
		return usagef("flag --%s: %s", m[1], m[2])
	}
	return &usageError{err}
}

// action adapts a command's function to cli: it adds the flags that stand in
// the environment and settles the ones every command has. Every command states
// how many arguments it takes; most < 0 is any number.
func action(env Env, least, most int, f func(c *cli.Context, env Env) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		name := c.Command.HelpName
		switch n := c.NArg(); {
		case n < least:
			return hintf(usagef("%s needs %s", name, c.Command.ArgsUsage), "run: %s --help", name)
		case most >= 0 && n > most:
			return hintf(usagef("%s does not take the argument %q", name, c.Args().Get(most)), "run: %s --help", name)
		}
		if err := flagsFromEnv(c, env.Getenv); err != nil {
			return err
		}
		color := enumValue(c, "color")
		env.Color = useColor(color, env.Columns, env.Getenv)
		env.ErrColor = useColor(color, env.ErrColumns, env.Getenv)
		env.Verbose = levelValue(c, "verbose")
		return f(c, env)
	}
}
