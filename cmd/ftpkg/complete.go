package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/probe/bench"
)

// completeName is the word with which the completion scripts call back: the
// words of the line after the program's name follow, the last of them the one
// being completed. It is no command of the tree: nothing in those words is read
// as a flag of its own.
const completeName = "__complete"

// runComplete prints what can stand for the last of words, one a line, each with
// a tab and a description. Nothing printed means: offer file names.
func runComplete(_ context.Context, env Env, words []string) error {
	for _, c := range complete(newRoot(env), words) {
		if _, err := fmt.Fprintf(env.Stdout, "%s\t%s\n", c.word, c.about); err != nil {
			return err
		}
	}
	return nil
}

// A candidate is a word that can stand next.
type candidate struct{ word, about string }

func complete(root *cli.Command, words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	last := len(words) - 1
	current := strings.TrimSpace(words[last]) // PowerShell cannot pass an empty word
	cmd, flag, args, ended := follow(root, words[:last])
	if current == "=" { // bash splits --flag=value in three
		current = ""
	}
	name, value, has := strings.Cut(current, "=")
	switch {
	case flag != nil:
		return flagValues(flag, "", current)
	case ended:
		return argumentValues(root, cmd, args, current)
	case has && strings.HasPrefix(name, "--"):
		if f := findFlag(cmd, name[2:]); f != nil {
			return flagValues(f, name+"=", value)
		}
		return nil
	case strings.HasPrefix(current, "-"):
		return flagNames(cmd, current)
	case len(cmd.Subcommands) > 0:
		var cs []candidate
		for _, sub := range cmd.VisibleCommands() {
			cs = append(cs, candidate{sub.Name, sub.Usage})
		}
		return withPrefix(cs, current)
	}
	return argumentValues(root, cmd, args, current)
}

// follow walks the words before the current one: which command they lead to,
// which flag still waits for its value, how many arguments there were, and
// whether "--" ended the flags.
func follow(root *cli.Command, words []string) (cmd *cli.Command, waiting cli.Flag, args int, ended bool) {
	cmd = root
	for _, w := range words {
		switch {
		case w == "=" && waiting != nil:
		case waiting != nil:
			waiting = nil
		case ended:
			args++
		case w == "--":
			ended = true
		case strings.HasPrefix(w, "-") && w != "-":
			name := strings.TrimLeft(w, "-")
			if f := findFlag(cmd, name); f != nil && takesValue(f) {
				waiting = f
			}
		case cmd.Command(w) != nil:
			cmd = cmd.Command(w)
		default:
			args++
			ended = cmd.Name == runName // what follows belongs to that program
		}
	}
	return cmd, waiting, args, ended
}

func flagNames(cmd *cli.Command, current string) []candidate {
	var cs []candidate
	flags := []cli.Flag{helpFlag()}
	if sub := defaultCommand(cmd); sub != nil {
		cmd = sub
	}
	if len(cmd.Subcommands) == 0 {
		flags = append(slices.Clone(visibleFlags(cmd)), flags...)
	}
	for _, f := range flags {
		d := describe(f)
		cs = append(cs, candidate{"--" + d.name, d.usage})
	}
	return withPrefix(cs, current)
}

// flagValues are the values of a flag that begin with current, each behind
// prefix. For a flag that takes a list, only the part after the last comma counts.
func flagValues(f cli.Flag, prefix, current string) []candidate {
	if i := strings.LastIndexByte(current, ','); i >= 0 && isList(f) {
		prefix, current = prefix+current[:i+1], current[i+1:]
	}
	cs := withPrefix(knownValues(f), current)
	for i := range cs {
		cs[i].word = prefix + cs[i].word
	}
	return cs
}

func knownValues(f cli.Flag) []candidate {
	if g, ok := f.(*cli.GenericFlag); ok {
		if e, ok := g.Value.(*enum); ok {
			return plainCandidates(e.of)
		}
	}
	switch f.Names()[0] {
	case "python":
		return plainCandidates(pythonNames())
	case "platform":
		return append(plainCandidates(platformNames()),
			candidate{"main", "the six platforms of the doubled matrix"}, candidate{"all", "the nine named platforms"})
	case "cibuildwheel":
		return plainCandidates(matrix.LineNames())
	case "only-binary", "no-binary":
		return []candidate{{":all:", "every package"}}
	}
	return nil
}

func argumentValues(root, cmd *cli.Command, args int, current string) []candidate {
	switch {
	case slices.Contains([]string{"install", "path", "remove", "build"}, cmd.Name): // of runtime
		return withPrefix(plainCandidates(pythonNames()), current)
	case cmd.Name == "schema" && args == 0:
		return withPrefix(plainCandidates(schema.Names()), current)
	case cmd.Name == "bench" && args == 0:
		return withPrefix(plainCandidates(bench.Builtins()), current)
	case cmd.Name == "help" && args == 0:
		var cs []candidate
		for _, sub := range root.VisibleCommands() {
			cs = append(cs, candidate{sub.Name, sub.Usage})
		}
		return withPrefix(cs, current)
	}
	return nil
}

func plainCandidates(words []string) []candidate {
	cs := make([]candidate, len(words))
	for i, w := range words {
		cs[i].word = w
	}
	return cs
}

func withPrefix(cs []candidate, prefix string) []candidate {
	return slices.DeleteFunc(cs, func(c candidate) bool { return !strings.HasPrefix(c.word, prefix) })
}
