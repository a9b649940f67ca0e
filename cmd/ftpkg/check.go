package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/docs/rules"
	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/check"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// checkOptions are what check is asked.
type checkOptions struct {
	args    []string
	choice  check.Choice
	against *pep508.Requirement // nil for none
	expect  string              // the file that lists what was to be built, "" for none
	jobs    int
	explain string // the code of a rule whose page is printed, "" for none
	index   indexOptions

	format string
	output string
}

func checkCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "find mistakes in wheels before they are uploaded",
		ArgsUsage: "WHEEL|DIR|PROJECT[==VERSION]...",
		Description: `Holds what a wheel's name promises against what its files hold: tags, suffixes of extension modules, object formats, architectures, Python DLLs, the layout that a module was compiled for, the symbols it imports, the glibc or macOS it needs, what it declares about the GIL, WHEEL and RECORD. Several wheels are also held against each other: a free-threaded wheel whose twin is missing, pairs that need different systems. Nothing of a wheel runs.

  $ ftpkg check dist/*.whl
  $ ftpkg check dist --against mypackage
  $ ftpkg check numpy==2.4.6

Each finding has the code of a rule. --explain CODE prints its page: what, why, how to fix it. docs/rules lists them all. --select and --ignore take codes and beginnings of codes; the longer word decides. In ftpkg.toml the same stands in the table check.

--against compares with a release on the index, the newest one that is not in the set unless a version is given: lost platforms and ABIs, raised floors, modules that lost their declaration.

--expect compares with what was to be built, as ftpkg matrix expect writes it: wheels that are missing, that nobody asked for, or that need a newer system than planned.

  $ ftpkg check dist --expect expected.json

Exit status: 0 nothing was found (notes don't count), 1 something was, 2 wrong usage, 3 it could not be found out.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "select", Category: groupRules, Usage: "report only the rules `CODE`, or those that begin with it"},
			&cli.StringSliceFlag{Name: "ignore", Category: groupRules, Usage: "do not report the rules `CODE`, or those that begin with it"},
			&cli.StringFlag{Name: "against", Category: groupInput, Usage: "compare with the release `PROJECT` or PROJECT==VERSION of the index"},
			&cli.StringFlag{Name: "expect", Category: groupInput, Usage: "compare with what was to be built, as `FILE` lists it"},
			&cli.StringFlag{Name: "explain", Category: groupAnswer, Usage: "print the page of the rule `CODE`"},
			&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Category: groupInput, Usage: "read `N` wheels at once; without it, one for each processor"},
			formatFlag("text", "json", "github", "sarif"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, indexFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, err := readCheckOptions(c, env)
			if err != nil {
				return err
			}
			if o.explain != "" {
				return explainRule(env, o.explain)
			}
			return runCheck(c.Context, env, o)
		}),
	}
}

func readCheckOptions(c *cli.Context, env Env) (checkOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return checkOptions{}, err
	}
	o := checkOptions{
		args: c.Args().Slice(), expect: c.String("expect"), jobs: c.Int("jobs"), explain: c.String("explain"), format: enumValue(c, "format"), output: c.String("output"),
		choice: check.Choose(setting(c, "select", s.Check.Select), setting(c, "ignore", s.Check.Ignore)),
	}
	switch {
	case o.explain != "" && len(o.args) > 0:
		return o, usagef("--explain prints a page; it takes no files beside it")
	case o.explain != "":
		return o, nil
	case len(o.args) == 0:
		return o, hintf(usagef("there is nothing to check"), "run: ftpkg check dist/*.whl")
	case o.jobs < 0 || c.IsSet("jobs") && o.jobs == 0:
		return o, usagef("flag --jobs: %d is not a positive number", o.jobs)
	}
	o.jobs = cmp.Or(o.jobs, runtime.NumCPU())
	if len(o.choice.Select) == 0 {
		o.choice.Select = nil
	}
	if err := o.choice.Check(); err != nil {
		return o, hintf(&usageError{err}, "docs/rules lists the rules; ftpkg check --explain FT101 prints the page of one")
	}
	if text := c.String("against"); text != "" {
		req, err := releaseRequirement(text)
		if err != nil {
			return o, usagef("flag --against: %w", err)
		}
		o.against = &req
	}
	o.index, err = readIndexOptions(c, env, s)
	return o, err
}

// releaseRequirement reads PROJECT or PROJECT==VERSION.
func releaseRequirement(text string) (pep508.Requirement, error) {
	req, err := pep508.Parse(text)
	if err != nil {
		return req, err
	}
	if _, pinned := req.Specifiers.Pinned(); !pinned && req.Specifiers.String() != "" || req.URL != "" || len(req.Extras) > 0 {
		return req, fmt.Errorf("%q is neither PROJECT nor PROJECT==VERSION", text)
	}
	return req, nil
}

// explainRule prints the page of a rule.
func explainRule(env Env, code string) error {
	if page, ok := rules.Page(strings.ToUpper(code)); ok {
		_, err := io.WriteString(env.Stdout, page)
		return err
	}
	var codes []string
	for _, r := range check.Rules() {
		codes = append(codes, r.Code)
	}
	err := usagef("no rule is called %q", code)
	if near, ok := suggest.Closest(strings.ToUpper(code), codes); ok {
		return hintf(err, "did you mean: ftpkg check --explain %s", near)
	}
	return hintf(err, "docs/rules lists the rules")
}

// runCheck checks, prints the answer, and says by its error whether it is a no.
func runCheck(ctx context.Context, env Env, o checkOptions) error {
	report, err := checkAll(ctx, env, o)
	if err != nil {
		return err
	}
	if err := writeTo(env, o.output, func(w io.Writer) error { return o.render(w, env, report) }); err != nil {
		return err
	}
	if !report.Passed() {
		return errNo
	}
	return nil
}

// render writes the answer in the format asked for.
func (o *checkOptions) render(w io.Writer, env Env, r *check.Report) error {
	switch o.format {
	case "json":
		return writeJSON(w, r)
	case "github":
		return writeCheckGitHub(w, r, env.Verbose > 0)
	case "sarif":
		return writeCheckSARIF(w, env, r)
	}
	return writeCheckText(w, r, env.Verbose > 0, env.Color && (o.output == "" || o.output == "-"))
}

// writeCheckText prints a line for each finding, of notes only if all are wanted, and
// one that counts them.
func writeCheckText(w io.Writer, r *check.Report, all, color bool) error {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == vocab.SeverityNote && !all {
			continue
		}
		b.WriteString(paint(color, bold, f.File) + ": ")
		if f.Member != "" {
			b.WriteString(f.Member + ": ")
		}
		b.WriteString(paint(color, severityStyle(f.Severity), f.Rule) + " " + f.Message + "\n")
	}
	counts := severityCounts(r.Count, all)
	if len(counts) == 0 {
		counts = []string{"nothing found"}
	}
	fmt.Fprintf(&b, "%s: %s\n", plural(len(r.Wheels), "wheel"), strings.Join(counts, ", "))
	_, err := io.WriteString(w, b.String())
	return err
}

// severityCounts says how many findings there are of each severity; notes are shown
// only if all are wanted.
func severityCounts(count func(vocab.Severity) int, all bool) (counts []string) {
	for _, name := range vocab.Severities().Names() {
		if n := count(vocab.Severity(name)); n > 0 {
			counts = append(counts, plural(n, name))
		}
	}
	if count(vocab.SeverityNote) > 0 && !all {
		counts[len(counts)-1] += " (-v shows them)"
	}
	return counts
}

func severityStyle(s vocab.Severity) style {
	switch s {
	case vocab.SeverityError:
		return red
	case vocab.SeverityWarning:
		return yellow
	case vocab.SeverityNote:
	}
	return cyan
}

// checkError says what to do about wheels that could not be got.
func checkError(err error) error {
	if _, ok := errors.AsType[*usageError](err); ok {
		return err
	}
	return indexHint(err)
}
