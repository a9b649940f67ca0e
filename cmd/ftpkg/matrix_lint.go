package main

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/docs/rules"
	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/matrix/lint"
)

// lintOptions are what matrix lint is asked.
type lintOptions struct {
	files     []string
	choice    lint.Choice
	explain   string // the code of a rule whose page is printed, "" for none
	fix, diff bool

	format string
	output string
}

func matrixLintCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "find mistakes in workflows that build and test for both builds of Python",
		ArgsUsage: "[FILE|DIR]...",
		Description: `Reads GitHub workflows, expands their matrices, and holds them against dated tables of runners, of cibuildwheel's identifiers and of setup-python's versions: runners that are gone, selectors that match nothing or both builds, both builds in one job, interpreters that nobody serves, tests in one thread or under a GIL that nobody noticed, a free-threaded half that is missing. [tool.cibuildwheel] of pyproject.toml is read too. What depends on inputs, other jobs or scripts is passed over: only what the files prove is reported.

  $ ftpkg matrix lint
  $ ftpkg matrix lint --diff
  $ ftpkg matrix lint --fix .github/workflows/wheels.yml

Without FILE, .github/workflows of the working directory, and its pyproject.toml. Each finding has the code of a rule. --explain CODE prints its page: what, why, how to fix it. docs/rules/lint.md lists them all. --select and --ignore take codes and beginnings of codes; the longer word decides. In ftpkg.toml the same stands in the table lint.

--fix makes the changes that need no judgement, and only those: comments, quotes and everything else stay as they are. --diff shows them instead.

Exit status: 0 nothing was found or everything was repaired (notes don't count), 1 something is left, 2 wrong usage, or a file that is no workflow, 3 it could not be found out.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "fix", Category: groupAnswer, Usage: "repair what needs no judgement, in the files"},
			&cli.BoolFlag{Name: "diff", Category: groupAnswer, Usage: "print what --fix would change as a patch; change nothing"},
			&cli.StringSliceFlag{Name: "select", Category: groupRules, Usage: "report only the rules `CODE`, or those that begin with it"},
			&cli.StringSliceFlag{Name: "ignore", Category: groupRules, Usage: "do not report the rules `CODE`, or those that begin with it"},
			&cli.StringFlag{Name: "explain", Category: groupAnswer, Usage: "print the page of the rule `CODE`"},
			formatFlag("text", "json", "github", "sarif"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, err := readLintOptions(c, env)
			if err != nil {
				return err
			}
			if o.explain != "" {
				return explainLintRule(env, o.explain)
			}
			return runLint(c.Context, env, o)
		}),
	}
}

func readLintOptions(c *cli.Context, env Env) (lintOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return lintOptions{}, err
	}
	o := lintOptions{
		files: c.Args().Slice(), explain: c.String("explain"), fix: c.Bool("fix"), diff: c.Bool("diff"), format: enumValue(c, "format"), output: c.String("output"),
		choice: lint.Choose(setting(c, "select", s.Lint.Select), setting(c, "ignore", s.Lint.Ignore)),
	}
	switch {
	case o.explain != "" && len(o.files) > 0:
		return o, usagef("--explain prints a page; it takes no files beside it")
	case o.fix && o.diff:
		return o, usagef("--fix changes files and --diff shows what would change: give one of them")
	case o.diff && c.IsSet("format"):
		return o, usagef("--diff prints a patch; it has no --format")
	}
	if len(o.choice.Select) == 0 {
		o.choice.Select = nil
	}
	if err := o.choice.Check(); err != nil {
		return o, hintf(&usageError{err}, "docs/rules/lint.md lists the rules; ftpkg matrix lint --explain FM101 prints the page of one")
	}
	return o, nil
}

// explainLintRule prints the page of a rule.
func explainLintRule(env Env, code string) error {
	if page, ok := rules.LintPage(strings.ToUpper(code)); ok {
		_, err := io.WriteString(env.Stdout, page)
		return err
	}
	err := usagef("no rule is called %q", code)
	if near, ok := suggest.Closest(strings.ToUpper(code), rules.LintCodes()); ok {
		return hintf(err, "did you mean: ftpkg matrix lint --explain %s", near)
	}
	return hintf(err, "docs/rules/lint.md lists the rules")
}

// runLint checks, repairs if that is asked, prints the answer, and says by its error
// whether it is a no.
func runLint(_ context.Context, env Env, o lintOptions) error {
	projects, err := o.projects(env)
	if err != nil {
		return err
	}
	all := &lint.Report{Schema: lint.SchemaName, Files: []string{}, Findings: []lint.Finding{}}
	repaired := 0
	var patch strings.Builder
	for _, p := range projects {
		opts := lint.Options{Today: env.Now().UTC().Format("2006-01-02"), Choice: o.choice, Project: p.fsys(), Sources: p.within}
		var report *lint.Report
		if o.fix || o.diff {
			fixed, err := lint.Fix(p.sources, opts)
			if err != nil {
				return lintError(err)
			}
			report = fixed.Report
			repaired += len(fixed.Repaired)
			for i, s := range fixed.Sources {
				before := p.sources[i].Text
				patch.WriteString(textDiff(s.Name, before, s.Text))
				if o.fix && s.Text != before {
					if err := os.WriteFile(env.path(s.Name), []byte(s.Text), 0o666); err != nil {
						return err
					}
				}
			}
		} else if report, err = lint.Check(p.sources, opts); err != nil {
			return lintError(err)
		}
		all.Files = append(all.Files, report.Files...)
		all.Findings = append(all.Findings, report.Findings...)
	}
	err = writeTo(env, o.output, func(w io.Writer) error {
		if o.diff {
			_, err := io.WriteString(w, patch.String())
			return err
		}
		return o.render(w, env, all, repaired)
	})
	if err != nil {
		return err
	}
	if !all.Passed() || o.diff && patch.Len() > 0 {
		return errNo
	}
	return nil
}

// lintError is an error of a file's contents: the user's to mend.
func lintError(err error) error {
	return &usageError{err}
}

// A lintProject is the files of one project that are checked together.
type lintProject struct {
	root    string // its directory, "" if it is not known
	sources []lint.Source
	within  []string // the sources by their names below root
}

// fsys is the project's directory, nil if it is not known.
func (p *lintProject) fsys() fs.FS {
	if p.root == "" {
		return nil
	}
	return os.DirFS(filepath.FromSlash(p.root))
}

// projects reads the files that are to be checked, by project.
func (o *lintOptions) projects(env Env) ([]*lintProject, error) {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	args := o.files
	if len(args) == 0 {
		args = []string{""}
	}
	for _, arg := range args {
		info, err := os.Stat(env.path(arg))
		switch {
		case err != nil:
			return nil, fileError(arg, err)
		case info.IsDir():
			found, err := workflowsIn(env, arg)
			if err != nil {
				return nil, err
			}
			for _, name := range found {
				add(name)
			}
		default:
			if err := lintable(arg); err != nil {
				return nil, err
			}
			add(filepath.ToSlash(arg))
		}
	}
	var projects []*lintProject
	for _, name := range names {
		root, below := projectRoot(env, name)
		i := slices.IndexFunc(projects, func(p *lintProject) bool { return p.root == root && root != "" })
		if i < 0 {
			projects = append(projects, &lintProject{root: root})
			i = len(projects) - 1
		}
		text, err := os.ReadFile(env.path(name))
		if err != nil {
			return nil, fileError(name, err)
		}
		p := projects[i]
		p.sources = append(p.sources, lint.Source{Name: name, Text: string(text)})
		p.within = append(p.within, below)
	}
	return projects, nil
}

// workflowsIn lists what is checked of a project in a directory, or of a directory of
// workflows.
func workflowsIn(env Env, dir string) ([]string, error) {
	var names []string
	for _, below := range []string{".github/workflows", ""} {
		if below == "" && (len(names) > 0 || dir == "") {
			break
		}
		for _, ext := range []string{"*.yml", "*.yaml"} {
			found, err := filepath.Glob(filepath.Join(env.path(dir), filepath.FromSlash(below), ext))
			if err != nil {
				return nil, err
			}
			for _, f := range found {
				if lintable(f) == nil {
					names = append(names, path.Join(filepath.ToSlash(dir), below, filepath.Base(f)))
				}
			}
		}
	}
	slices.Sort(names)
	if name := path.Join(filepath.ToSlash(dir), "pyproject.toml"); len(names) > 0 || strings.TrimSpace(dir) != "" {
		if text, err := os.ReadFile(env.path(name)); err == nil && strings.Contains(string(text), "[tool.cibuildwheel") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, hintf(usagef("%s: there are no workflows here", path.Join(".", filepath.ToSlash(dir), ".github/workflows")), "run it where .github is, or name the files; ftpkg matrix writes a workflow")
	}
	return names, nil
}

// lintable reports whether a file is one that can be checked.
func lintable(name string) error {
	base := strings.ToLower(filepath.Base(name))
	switch {
	case base == ".gitlab-ci.yml" || base == ".gitlab-ci.yaml":
		return hintf(usagef("%s: this is GitLab's; only GitHub workflows and pyproject.toml are checked", name), "run: ftpkg matrix --backend gitlab, and compare")
	case base == "azure-pipelines.yml" || base == ".travis.yml" || base == "appveyor.yml" || base == ".cirrus.yml" || base == "bitbucket-pipelines.yml" ||
		base == "config.yml" && strings.Contains(filepath.ToSlash(name), ".circleci/"):
		return hintf(usagef("%s: only GitHub workflows and pyproject.toml are checked", name), "run: ftpkg matrix --backend json, which any CI can be made of")
	case base == "pyproject.toml", strings.HasSuffix(base, ".yml"), strings.HasSuffix(base, ".yaml"):
		return nil
	}
	return hintf(usagef("%s: neither a workflow (.yml, .yaml) nor a pyproject.toml", name), "run: ftpkg matrix lint .github/workflows/wheels.yml")
}

// projectRoot is the directory of the project that a file belongs to, "" if it is not
// known: the one that holds .github, or the pyproject.toml, or, of files below it, the
// working directory. below is the file's name in it.
func projectRoot(env Env, name string) (root, below string) {
	file := filepath.ToSlash(env.path(name))
	if root, ok := strings.CutSuffix(path.Dir(file), "/.github/workflows"); ok {
		return root, ".github/workflows/" + path.Base(file)
	}
	if path.Base(file) == "pyproject.toml" {
		return path.Dir(file), "pyproject.toml"
	}
	here := filepath.ToSlash(env.Dir)
	if below, ok := strings.CutPrefix(file, here+"/"); ok {
		return here, below
	}
	return "", ""
}
