package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// resolveOptions are what resolve is asked.
type resolveOptions struct {
	requirements []string // on the command line
	files        []string // requirements files, projects and locks
	constraints  []string // constraint files
	environment  string   // a directory with an installed environment, "" for none
	extras       []string
	allExtras    bool
	groups       []string

	targets       []wheeltags.Target
	like          vocab.Like
	prereleases   resolver.Prereleases
	onlyBinary    resolver.Names
	noBinary      resolver.Names
	align         bool
	trustMetadata bool
	abiFeatures   bool
	index         indexOptions

	accept   []resolver.Accept // of the settings file
	baseline string            // a file with more of them, "" for none
	diff     string            // an earlier answer to compare with, "" for none
	format   string
	output   string // a file for the answer, "" for standard output
}

func resolveCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "resolve",
		Usage:     "say what every cell of {GIL, free-threaded} × platform would install",
		ArgsUsage: "[REQUIREMENT...]",
		Description: `Resolves the requirements once for every target and answers for all of them: each package's version and file, how it compares with the GIL build, and every blocker with its reason, the chain that leads to it, and a fix that was tried.

  $ ftpkg resolve numpy pandas
  $ ftpkg resolve -r requirements.txt --python 3.14t --platform all
  $ ftpkg resolve -r pyproject.toml --only-binary :all: --format json
  $ ftpkg resolve -r uv.lock

A lock file (pylock.toml, uv.lock, poetry.lock, pdm.lock) is judged as it is: does each of its versions have a file for each target?

Exit status: 0 every cell installs from wheels, 1 one does not, 2 wrong usage, 3 an index or the network failed, 130 interrupted.`,
		Flags: slices.Concat(resolveInputFlags(), targetFlags(), resolveRuleFlags(), indexFlags(), resolveAnswerFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, err := readResolveOptions(c, env)
			if err != nil {
				return err
			}
			return runResolve(c.Context, env, o)
		}),
	}
}

func resolveInputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name: "requirements", Aliases: []string{"r", "requirement"}, Category: groupInput,
			Usage: "read `FILE`: requirements.txt, pyproject.toml, or a lock to judge",
		},
		&cli.StringSliceFlag{
			Name: "constraints", Aliases: []string{"c", "constraint"}, Category: groupInput,
			Usage: "read versions to keep to from `FILE`",
		},
		&cli.StringFlag{Name: "env", Category: groupInput, Usage: "judge what is installed in the environment `DIR`"},
		&cli.StringSliceFlag{Name: "extra", Category: groupInput, Usage: "include the extra `NAME` of the project"},
		&cli.BoolFlag{Name: "all-extras", Category: groupInput, Usage: "include every extra of the project"},
		&cli.StringSliceFlag{Name: "group", Category: groupInput, Usage: "include the dependency group `NAME` of the project"},
	}
}

func resolveRuleFlags() []cli.Flag {
	return []cli.Flag{
		enumFlag("like", string(vocab.LikeUV), vocab.Likes().Names(), groupRules,
			"follow the rules of `INSTALLER`, uv or pip, where they differ"),
		&cli.StringSliceFlag{Name: "only-binary", Category: groupRules, Usage: "do not consider source distributions of `NAME`; :all: is every package"},
		&cli.StringSliceFlag{Name: "no-binary", Category: groupRules, Usage: "do not consider wheels of `NAME`; :all: is every package"},
		enumFlag("prerelease", config.Prereleases()[0], config.Prereleases(), groupRules,
			"choose pre-releases `WHEN`: "+orList(config.Prereleases())),
		&cli.BoolFlag{Name: "pre", Category: groupRules, Usage: "the same as --prerelease allow"},
		&cli.BoolFlag{Name: "align", Category: groupRules, Usage: "look also for one version of each package that serves all targets"},
		&cli.BoolFlag{Name: "trust-metadata", Category: groupRules, Usage: "take one wheel's metadata for all wheels of its version, unverified"},
		&cli.BoolFlag{Name: "abi-features", Category: groupRules, Usage: "evaluate the marker variable sys_abi_features (PEP 780, draft)"},
	}
}

func resolveAnswerFlags() []cli.Flag {
	return []cli.Flag{
		formatFlag("table", "json", "markdown", "pylock", "requirements"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		&cli.StringFlag{Name: "baseline", Category: groupAnswer, Usage: "accept the blockers listed in `FILE`: exit 1 only for others"},
		&cli.StringFlag{Name: "diff", Category: groupAnswer, Usage: "say what changed since the JSON answer in `FILE`"},
	}
}

// readResolveOptions settles what resolve is asked: flags, variables, settings.
func readResolveOptions(c *cli.Context, env Env) (resolveOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return resolveOptions{}, err
	}
	o := resolveOptions{
		requirements:  c.Args().Slice(),
		files:         c.StringSlice("requirements"),
		constraints:   c.StringSlice("constraints"),
		environment:   c.String("env"),
		extras:        list(c, "extra"),
		allExtras:     c.Bool("all-extras"),
		groups:        list(c, "group"),
		like:          vocab.Like(settingEnum(c, "like", s.Like)),
		align:         settingSwitch(c, "align", s.Align),
		trustMetadata: settingSwitch(c, "trust-metadata", s.TrustMetadata),
		abiFeatures:   settingSwitch(c, "abi-features", s.ABIFeatures),
		baseline:      c.String("baseline"),
		diff:          c.String("diff"),
		format:        enumValue(c, "format"),
		output:        c.String("output"),
	}
	for _, a := range s.Accept {
		a.Package = pep508.NormalizeName(a.Package)
		o.accept = append(o.accept, resolver.Accept(a))
	}
	if len(o.requirements)+len(o.files) == 0 && o.environment == "" {
		return o, hintf(usagef("there is nothing to resolve"), "run: ftpkg resolve -r requirements.txt")
	}
	if o.prereleases, err = prereleases(c, s); err != nil {
		return o, err
	}
	o.onlyBinary, o.noBinary, err = binaryRules(setting(c, "only-binary", s.OnlyBinary), setting(c, "no-binary", s.NoBinary))
	if err != nil {
		return o, err
	}
	if o.targets, err = targets(c, s, env.Now()); err != nil {
		return o, err
	}
	o.index, err = readIndexOptions(c, env, s)
	return o, err
}

func prereleases(c *cli.Context, s *config.Settings) (resolver.Prereleases, error) {
	word := settingEnum(c, "prerelease", s.Prerelease)
	if c.Bool("pre") {
		if c.IsSet("prerelease") && word != "allow" {
			return 0, usagef("--pre and --prerelease %s exclude each other", word)
		}
		word = "allow"
	}
	switch word {
	case "allow":
		return resolver.Allow, nil
	case "disallow":
		return resolver.Disallow, nil
	}
	return resolver.IfNecessary, nil
}

// binaryRules reads --only-binary and --no-binary as pip does: :all: is every
// package, :none: empties what stands before it, and a name in the one list is an
// exception from :all: in the other.
func binaryRules(only, no []string) (onlyBinary, noBinary resolver.Names, err error) {
	if onlyBinary, err = packageNames("only-binary", only); err != nil {
		return onlyBinary, noBinary, err
	}
	if noBinary, err = packageNames("no-binary", no); err != nil {
		return onlyBinary, noBinary, err
	}
	if onlyBinary.All && noBinary.All {
		return onlyBinary, noBinary, usagef("--only-binary :all: and --no-binary :all: leave no file")
	}
	for name := range onlyBinary.Only {
		if noBinary.Only[name] {
			return onlyBinary, noBinary, usagef("--only-binary and --no-binary both name %s: that leaves no file", name)
		}
	}
	onlyBinary.Except, noBinary.Except = noBinary.Only, onlyBinary.Only
	return onlyBinary, noBinary, nil
}

func packageNames(flag string, words []string) (resolver.Names, error) {
	var n resolver.Names
	for _, w := range words {
		switch w {
		case ":all:":
			n = resolver.Names{All: true}
		case ":none:":
			n = resolver.Names{}
		default:
			if err := pep508.CheckName(w); err != nil {
				return n, usagef("--%s: %w", flag, err)
			}
			if n.Only == nil {
				n.Only = map[string]bool{}
			}
			n.Only[pep508.NormalizeName(w)] = true
		}
	}
	return n, nil
}
