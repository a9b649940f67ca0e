package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
)

// A cmdline is a command line sorted out. The cli package reads flags only up to
// the first argument and then in silence takes the rest, flags and all, for
// arguments; so the line is read here, where flags may stand anywhere before
// "--", and handed on in the one form cli cannot misread.
type cmdline struct {
	path    []string // the command's names below the program, "cache", "clean"
	command *cli.Command
	flags   []string // each "--name=value"
	args    []string
	help    bool
	version bool
}

// argv returns the line for cli's own parser.
func (l *cmdline) argv() []string {
	argv := append([]string{"ftpkg"}, l.path...)
	argv = append(argv, l.flags...)
	return append(append(argv, "--"), l.args...)
}

// readCmdline reads args against the command tree below root.
func readCmdline(root *cli.Command, args []string) (*cmdline, error) {
	l := &cmdline{command: root}
	var given []givenFlag
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			l.args = append(l.args, args[i+1:]...)
			i = len(args)
		case startsProgram(l.command, arg):
			l.args = args[i:]
			i = len(args)
		case strings.HasPrefix(arg, "-") && arg != "-":
			fs, used, err := l.readFlags(args, i)
			if err != nil {
				return nil, err
			}
			given = append(given, fs...)
			i += used
		case len(l.command.Subcommands) > 0:
			sub := l.command.Command(arg)
			if sub == nil && defaultCommand(l.command) != nil {
				sub, l.args = defaultCommand(l.command), append(l.args, arg)
			}
			if sub == nil {
				return nil, unknownCommand(l, args, i)
			}
			l.command, l.path = sub, append(l.path, sub.Name)
		default:
			l.args = append(l.args, arg)
		}
	}
	return l, l.settle(args, given)
}

// startsProgram reports whether a word begins the line of another program, which
// is handed on as it stands. -m and -c are Python's: they say what to run.
func startsProgram(c *cli.Command, arg string) bool {
	return c.Name == runName && (!strings.HasPrefix(arg, "-") || arg == "-" || arg == "-m" || arg == "-c")
}

// settle checks the flags against the command that was found in the end: they
// may have stood before its name.
func (l *cmdline) settle(args []string, given []givenFlag) error {
	help := slices.ContainsFunc(given, func(g givenFlag) bool { return g.flag == nil && (g.name == "help" || g.name == "h") })
	if sub := defaultCommand(l.command); sub != nil && !help {
		l.command, l.path = sub, append(l.path, sub.Name)
	}
	for _, g := range given {
		switch {
		case g.flag == nil && (g.name == "help" || g.name == "h"):
			l.help = true
		case g.flag == nil && len(l.path) == 0 && (g.name == "version" || g.name == "V"):
			l.version = true
		case g.flag == nil || !hasFlag(l.command, g.flag.Names()[0]):
			return unknownFlag(l, args, g)
		default:
			if err := checkSwitch(g.flag, g.value); err != nil {
				return usagef("flag %s: %w", g.written, err)
			}
			l.flags = append(l.flags, "--"+g.flag.Names()[0]+"="+g.value)
		}
	}
	return nil
}

// A givenFlag is a flag as it stood on the line.
type givenFlag struct {
	at          int      // its place on the line
	written     string   // with its dashes
	name, value string   // the name without dashes
	flag        cli.Flag // nil if no command below the current one has it
	twofold     bool     // commands below the current one disagree on whether it takes a value
}

// readFlags reads the flags in args[i]: one long flag or a cluster of short
// ones. used counts the arguments after args[i] that were taken for values.
func (l *cmdline) readFlags(args []string, i int) (flags []givenFlag, used int, err error) {
	arg := args[i]
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		name, value, has := strings.Cut(name, "=")
		g := givenFlag{at: i, written: "--" + name, name: name, value: value, flag: findFlag(l.command, name), twofold: isTwofold(l.command, name)}
		used, err = g.takeValue(args, has)
		return []givenFlag{g}, used, err
	}
	if name, _, _ := strings.Cut(arg[1:], "="); len(name) > 1 && findFlag(l.command, name) != nil {
		return []givenFlag{{at: i, written: "-" + name, name: name}}, 0, nil // a long flag with one dash
	}
	for rest := arg[1:]; rest != ""; {
		g := givenFlag{at: i, written: "-" + rest[:1], name: rest[:1], flag: findFlag(l.command, rest[:1]), twofold: isTwofold(l.command, rest[:1])}
		rest = rest[1:]
		if g.flag == nil && g.name != "h" && g.name != "V" {
			g.name, g.written = arg[1:], arg // name the whole: it may be meant as one flag
			return append(flags, g), 0, nil
		}
		has := rest != "" && takesValue(g.flag)
		if has {
			g.value, rest = strings.TrimPrefix(rest, "="), ""
		}
		if used, err = g.takeValue(args, has); err != nil {
			return nil, 0, err
		}
		flags = append(flags, g)
	}
	return flags, used, nil
}

// takeValue completes g with its value: the one after "=", the next argument, or
// "true". used is 1 if the next argument was taken.
func (g *givenFlag) takeValue(args []string, has bool) (used int, err error) {
	switch {
	case g.twofold:
		return 0, usagef("flag %s has to stand behind the command: it is not the same in all of them", g.written)
	case g.flag == nil || has:
		return 0, nil
	case !takesValue(g.flag):
		g.value = "true"
		return 0, nil
	case g.at+1 < len(args) && (!strings.HasPrefix(args[g.at+1], "-") || args[g.at+1] == "-"):
		g.value = args[g.at+1]
		return 1, nil
	}
	err = usagef("flag %s needs a value", g.written)
	if g.at+1 < len(args) {
		err = hintf(err, "a value that begins with - is written %s=VALUE", dashed(g.flag.Names()[0]))
	}
	return 0, err
}

// commandFlags are a command's flags; a command that only groups others has
// those of all of them.
func commandFlags(c *cli.Command) []cli.Flag {
	flags := slices.Clone(c.Flags)
	for _, sub := range c.Subcommands {
		flags = append(flags, commandFlags(sub)...)
	}
	return flags
}

func findFlag(c *cli.Command, name string) cli.Flag {
	for _, f := range commandFlags(c) {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// isTwofold reports whether a flag takes a value in one command below c and none
// in another, so that before the command's name nobody can tell which is meant.
func isTwofold(c *cli.Command, name string) bool {
	var with, without bool
	for _, f := range commandFlags(c) {
		if slices.Contains(f.Names(), name) {
			takes := takesValue(f)
			with, without = with || takes, without || !takes
		}
	}
	return with && without
}

func hasFlag(c *cli.Command, name string) bool {
	return slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return f.Names()[0] == name })
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func unknownFlag(l *cmdline, args []string, g givenFlag) error {
	err := usagef("unknown flag %s for %q", g.written, l.name())
	var names []string
	for _, f := range append(visibleFlags(l.command), helpFlag()) {
		names = append(names, f.Names()...)
	}
	if near, ok := suggest.Closest(g.name, long(names)); ok {
		fixed := dashed(near)
		if _, value, has := strings.Cut(args[g.at], "="); has {
			fixed += "=" + value
		}
		return didYouMean(err, args, g.at, fixed)
	}
	return hintf(err, "run: %s --help", l.name())
}

func unknownCommand(l *cmdline, args []string, i int) error {
	err := usagef("unknown command %q", strings.Join(append(slices.Clone(l.path), args[i]), " "))
	var names []string
	for _, c := range l.command.VisibleCommands() {
		names = append(names, c.Name)
	}
	if near, ok := suggest.Closest(args[i], names); ok {
		return didYouMean(err, args, i, near)
	}
	return hintf(err, "run: %s --help", l.name())
}

// name is the command as the user types it.
func (l *cmdline) name() string { return strings.Join(append([]string{"ftpkg"}, l.path...), " ") }

func long(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return len(n) == 1 })
}

// plain matches what a shell passes on as it stands.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:=%+,~-]+$`)

// didYouMean hints at the corrected line: the whole of it if it can be pasted
// as it stands and holds no credentials, else the corrected word alone.
func didYouMean(err error, args []string, i int, fixed string) error {
	line := slices.Clone(args)
	line[i] = fixed
	for _, a := range line {
		if !plain.MatchString(a) {
			return hintf(err, "did you mean %s", fixed)
		}
	}
	return hintf(err, "did you mean: ftpkg %s", strings.Join(line, " "))
}
