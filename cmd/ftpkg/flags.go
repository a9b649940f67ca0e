package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
)

// The groups flags are listed in.
const (
	groupInput   = "input"
	groupTarget  = "targets"
	groupRules   = "rules"
	groupIndex   = "index"
	groupAnswer  = "answer"
	groupGeneral = "general"
)

// commonFlags are the flags of every command.
func commonFlags() []cli.Flag {
	return []cli.Flag{
		enumFlag("color", "auto", []string{"auto", "always", "never"}, groupGeneral,
			"colour the output: `WHEN` is auto (on a terminal), always or never"),
		&cli.GenericFlag{Name: "verbose", Aliases: []string{"v"}, Category: groupGeneral, Value: new(level),
			Usage: "say more on standard error; twice for every request"},
	}
}

// helpFlag is read before cli sees the line; it is only listed.
func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Category: groupGeneral, Usage: "show this help"}
}

// visibleFlags are a command's flags as help and documentation list them.
func visibleFlags(c *cli.Command) []cli.Flag { return c.VisibleFlags() }

func formatFlag(formats ...string) cli.Flag {
	return enumFlag("format", formats[0], formats, groupAnswer, "print the answer as `FORMAT`: "+orList(formats))
}

// An enum is the value of a flag that takes one of a few words.
type enum struct {
	value string
	of    []string
}

func (e *enum) String() string { return e.value }

func (e *enum) Set(s string) error {
	if !slices.Contains(e.of, s) {
		if near, ok := suggest.Closest(s, e.of); ok {
			return fmt.Errorf("%q is not %s: did you mean %s?", s, orList(e.of), near)
		}
		return fmt.Errorf("%q is not %s", s, orList(e.of))
	}
	e.value = s
	return nil
}

func enumFlag(name, value string, of []string, group, usage string) cli.Flag {
	return &cli.GenericFlag{Name: name, Category: group, Usage: usage, Value: &enum{value, of}}
}

// enumValue returns an enumFlag's value.
func enumValue(c *cli.Context, name string) string {
	if v, ok := c.Generic(name).(*enum); ok {
		return v.value
	}
	return ""
}

// A level is the value of a flag that counts how often it is given.
type level int

func (l *level) IsBoolFlag() bool { return true }

func (l *level) String() string {
	if l == nil || *l == 0 {
		return ""
	}
	return strconv.Itoa(int(*l))
}

func (l *level) Set(s string) error {
	if s == "true" {
		*l++
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return fmt.Errorf("%q is not a small number", s)
	}
	*l = level(n)
	return nil
}

// levelValue returns how often a counting flag was given.
func levelValue(c *cli.Context, name string) int {
	if v, ok := c.Generic(name).(*level); ok {
		return int(*v)
	}
	return 0
}

// takesValue reports whether a flag needs a value: neither a switch nor a count.
func takesValue(f cli.Flag) bool {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return false
	case *cli.GenericFlag:
		_, counts := f.Value.(*level)
		return !counts
	}
	return true
}

// orList joins words as "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// list returns the words of a flag that may be repeated, each of which may hold
// several separated by commas.
func list(c *cli.Context, name string) []string {
	var words []string
	for _, v := range c.StringSlice(name) {
		words = append(words, splitList(v, false)...)
	}
	return words
}

// splitList splits at commas, and at white space too where a variable or file
// gives a whole list as one string.
func splitList(s string, space bool) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || space && (r == ' ' || r == '\t' || r == '\n' || r == '\r')
	})
}

// variable is the environment variable that stands in for a flag.
func variable(flag string) string {
	return "FTPKG_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// flagsFromEnv sets the flags that were not given but stand in the environment.
// The cli package could read them itself, but only from the process's own
// environment.
func flagsFromEnv(c *cli.Context, getenv func(string) string) error {
	for _, f := range visibleFlags(c.Command) {
		name := f.Names()[0]
		text := getenv(variable(name))
		if text == "" || c.IsSet(name) {
			continue
		}
		// FTPKG_PYTHON may name the interpreter that packages are loaded with; the
		// commands that ask for versions can't take that for one.
		if name == "python" && isList(f) && strings.ContainsAny(text, `/\`) {
			continue
		}
		values := []string{text}
		if isList(f) {
			values = splitList(text, true)
		}
		if err := checkSwitch(f, text); err != nil {
			return usagef("%s: %w", variable(name), err)
		}
		for _, v := range values {
			if err := c.Set(name, v); err != nil {
				return usagef("%s: %w", variable(name), err)
			}
		}
	}
	return nil
}

func isList(f cli.Flag) bool {
	_, ok := f.(*cli.StringSliceFlag)
	return ok
}

// checkSwitch checks the value of a flag that is on or off.
func checkSwitch(f cli.Flag, value string) error {
	if _, ok := f.(*cli.BoolFlag); !ok {
		return nil
	}
	if _, err := strconv.ParseBool(value); err != nil {
		return fmt.Errorf("%q is not true or false", value)
	}
	return nil
}
