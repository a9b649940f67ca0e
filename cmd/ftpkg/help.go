package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
)

const helpWidth = 80

func helpCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show what a command does and its flags",
		ArgsUsage: "[COMMAND]",
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			return runHelp(c.Context, env, c.Args().Slice())
		}),
	}
}

func runHelp(_ context.Context, env Env, path []string) error {
	root := newRoot(env)
	cmd := root
	for i, name := range path {
		sub := cmd.Command(name)
		if sub == nil {
			err := usagef("unknown command %q", strings.Join(path[:i+1], " "))
			if near, ok := suggest.Closest(name, commandNames(cmd)); ok {
				return hintf(err, "did you mean: ftpkg help %s", strings.Join(append(path[:i:i], near), " "))
			}
			return hintf(err, "run: ftpkg help")
		}
		cmd = sub
	}
	return writeHelp(env.Stdout, root, path)
}

func commandNames(c *cli.Command) []string {
	var names []string
	for _, sub := range c.VisibleCommands() {
		names = append(names, sub.Name)
	}
	return names
}

// writeHelp prints the help of the command at path below root.
func writeHelp(w io.Writer, root *cli.Command, path []string) error {
	cmd, name := root, root.Name
	for _, p := range path {
		cmd = cmd.Command(p)
		name += " " + cmd.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nusage: %s\n", wrap(sentence(cmd.Usage), helpWidth, 0), usageLine(name, cmd))
	for p := range strings.SplitSeq(strings.TrimSpace(cmd.Description), "\n\n") {
		switch {
		case p == "":
		case strings.HasPrefix(p, "  "): // an example, shown as it stands
			b.WriteString("\n" + p + "\n")
		default:
			b.WriteString("\n" + wrap(p, helpWidth, 0) + "\n")
		}
	}
	if subs := cmd.VisibleCommands(); len(subs) > 0 {
		b.WriteString("\ncommands:\n")
		t := table{}
		for _, s := range subs {
			t.add(cell{}, cell{text: s.Name}, cell{text: s.Usage})
		}
		if err := t.write(&b, false); err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n%s COMMAND --help says more of one command.\n", name)
	} else {
		writeFlags(&b, cmd)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func usageLine(name string, cmd *cli.Command) string {
	switch {
	case defaultCommand(cmd) != nil:
		return name + " [COMMAND] [flags] [arguments]"
	case len(cmd.Subcommands) > 0:
		return name + " COMMAND [flags] [arguments]"
	case cmd.ArgsUsage != "":
		return name + " [flags] " + cmd.ArgsUsage
	}
	return name + " [flags]"
}

// writeFlags lists a command's flags group by group.
func writeFlags(b *strings.Builder, cmd *cli.Command) {
	for _, g := range flagGroups(cmd) {
		fmt.Fprintf(b, "\n%s:\n", g.name)
		for _, f := range g.flags {
			d := describe(f)
			head := "      --" + d.name
			if d.short != "" {
				head = "  -" + d.short + ", --" + d.name
			}
			if d.value != "" {
				head += " " + d.value
			}
			const column = 30
			if pad := column - textWidth(head); pad >= 2 {
				head += strings.Repeat(" ", pad)
			} else {
				head += "\n" + strings.Repeat(" ", column)
			}
			b.WriteString(head + wrap(d.usageAndDefault(), helpWidth, column) + "\n")
		}
	}
}

// A flagGroup is the flags of one category.
type flagGroup struct {
	name  string
	flags []cli.Flag
}

// flagGroups sorts a command's flags by category, in the order of the groups.
func flagGroups(cmd *cli.Command) []flagGroup {
	var groups []flagGroup
	for _, name := range []string{groupInput, groupTarget, groupMatrix, groupPlace, groupSite, groupStore, groupRules, groupLanes, groupVerify, groupGuard, groupMeasure, groupRuntime, groupIndex, groupAnswer, groupGeneral} {
		g := flagGroup{name: name}
		for _, f := range append(visibleFlags(cmd), helpFlag()) {
			if c, ok := f.(cli.CategorizableFlag); ok && c.GetCategory() == name {
				g.flags = append(g.flags, f)
			}
		}
		if len(g.flags) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// A flagDoc is what help and documentation say of a flag.
type flagDoc struct {
	name, short string
	aliases     []string // other long names
	value       string   // the placeholder of its value
	usage       string   // with the placeholder, without its quotes
	fallback    string   // the default
	list        bool     // may be repeated
}

var placeholder = regexp.MustCompile("`([^`]+)`")

func describe(f cli.Flag) flagDoc {
	d := flagDoc{name: f.Names()[0], list: isList(f)}
	for _, n := range f.Names()[1:] {
		if len(n) == 1 {
			d.short = n
		} else {
			d.aliases = append(d.aliases, n)
		}
	}
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return d
	}
	d.usage = placeholder.ReplaceAllString(doc.GetUsage(), "$1")
	if takesValue(f) {
		d.value = "VALUE"
		if m := placeholder.FindStringSubmatch(doc.GetUsage()); m != nil {
			d.value = m[1]
		}
		d.fallback = strings.Trim(doc.GetDefaultText(), `"`)
	}
	return d
}

func (d flagDoc) usageAndDefault() string {
	var notes []string
	if d.list {
		notes = append(notes, "repeatable")
	}
	if d.fallback != "" {
		notes = append(notes, "default: "+d.fallback)
	}
	if len(notes) == 0 {
		return d.usage
	}
	return d.usage + " (" + strings.Join(notes, "; ") + ")"
}

// sentence makes a usage phrase a sentence.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// leaves are the commands below c that do something, each with its path.
func leaves(c *cli.Command, path ...string) [][]string {
	var all [][]string
	for _, sub := range c.VisibleCommands() {
		p := append(slices.Clone(path), sub.Name)
		if len(sub.Subcommands) == 0 {
			all = append(all, p)
		} else {
			all = append(all, leaves(sub, p...)...)
		}
	}
	return all
}
