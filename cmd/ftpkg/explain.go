package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

type explainOptions struct {
	args    []string
	targets []wheeltags.Target
	order   wheeltags.Order
	index   indexOptions
	format  string
}

func explainCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say for each target whether a file or a project is accepted, and if not, why",
		ArgsUsage: "FILENAME|PROJECT...",
		Description: `FILENAME is the name of a wheel; the file need not exist. PROJECT is a name or a requirement: its newest version that satisfies it is looked at, with the best of its files for each target.

  $ ftpkg explain numpy-2.3.5-cp314-cp314t-win_amd64.whl
  $ ftpkg explain 'lxml>=6' --python 3.14t

Exit status: 0 each is accepted by at least one target, 1 one is accepted by none, 2 wrong usage, 3 an index or the network failed, 130 interrupted.`,
		Flags: slices.Concat(targetFlags(), []cli.Flag{
			enumFlag("order", "uv", []string{"uv", "packaging"}, groupRules,
				"among several wheels, prefer as `INSTALLER`, uv or packaging (that is, pip): they differ on linux_* tags"),
		}, indexFlags(), []cli.Flag{formatFlag("text", "json")}, settingsFlags()),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			s, err := readSettings(c, env)
			if err != nil {
				return err
			}
			o := explainOptions{args: c.Args().Slice(), format: enumValue(c, "format")}
			if o.order, err = wheeltags.ParseOrder(enumValue(c, "order")); err != nil {
				return &usageError{err}
			}
			if o.targets, err = targets(c, s, env.Now()); err != nil {
				return err
			}
			if o.index, err = readIndexOptions(c, env, s); err != nil {
				return err
			}
			return runExplain(c.Context, env, o)
		}),
	}
}

// explainResult is the schema ftpkg.explain/1.
type explainResult struct {
	Schema string      `json:"schema"`
	Order  string      `json:"order"`
	Items  []explained `json:"items"`
}

// An explained is the answer for one argument.
type explained struct {
	Argument string `json:"argument"`
	// Error says why there is no answer: a malformed name, no such project.
	Error   string `json:"error,omitempty"`
	Project string `json:"project,omitempty"`
	Version string `json:"version,omitempty"`
	Build   string `json:"build,omitempty"`
	Tags    string `json:"tags,omitempty"`
	Variant string `json:"variant,omitempty"`
	// Files is how many files of a project's version were looked at.
	Files   int               `json:"files,omitempty"`
	Targets []explainedTarget `json:"targets"`
}

type explainedTarget struct {
	Python      string         `json:"python"`
	Platform    string         `json:"platform"`
	PlatformTag string         `json:"platform_tag"`
	Accepted    bool           `json:"accepted"`
	FileKind    vocab.FileKind `json:"file_kind"`
	File        string         `json:"file,omitempty"`
	Tag         string         `json:"tag,omitempty"`
	Mismatch    vocab.Mismatch `json:"mismatch,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	// LastVersion is the newest version of a project with a wheel for the
	// target, if this one has none.
	LastVersion string `json:"last_version,omitempty"`
}

func runExplain(ctx context.Context, env Env, o explainOptions) error {
	items := make([]explained, len(o.args))
	projects := map[int]pep508.Requirement{} // by the argument's place
	for i, arg := range o.args {
		if name, ok := distributionName(arg); ok {
			items[i] = explainFile(name, o)
			continue
		}
		req, err := pep508.Parse(arg)
		if err != nil {
			return notAnArgument(arg, err)
		}
		projects[i] = req
	}
	failed := make([]error, len(o.args))
	if len(projects) > 0 {
		if err := explainProjects(ctx, env, o, projects, items, failed); err != nil {
			return err
		}
	}
	r := explainResult{Schema: "ftpkg.explain/1", Order: o.order.String(), Items: []explained{}}
	var errs reportedErrors
	for i := range items {
		if failed[i] != nil {
			errs = append(errs, failed[i])
		} else {
			r.Items = append(r.Items, items[i])
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := r.write(env, o.format); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Items, func(e explained) bool { return !e.accepted() }) {
		errs = append(errs, errNo)
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func notAnArgument(arg string, err error) error {
	if syntax := (*pep508.SyntaxError)(nil); errors.As(err, &syntax) {
		err = fmt.Errorf("%s at character %d", syntax.Msg, syntax.Offset+1)
	}
	return usagef("%q is neither the name of a file nor a requirement: %w", arg, err)
}

func (e *explained) accepted() bool {
	return slices.ContainsFunc(e.Targets, func(t explainedTarget) bool { return t.Accepted })
}

// distributionName returns the file name in an argument that is one, or the path
// or URL of one.
func distributionName(arg string) (string, bool) {
	name := arg
	if i := strings.Index(name, "://"); i >= 0 {
		name, _, _ = strings.Cut(name, "#")
		name, _, _ = strings.Cut(name, "?")
		if unescaped, err := url.PathUnescape(name); err == nil {
			name = unescaped
		}
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	for _, ext := range append(sdistExtensions(), ".whl") {
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return name, true
		}
	}
	return "", false
}

func sdistExtensions() []string {
	return []string{".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar", ".zip"}
}

// explainFile judges a file by its name.
func explainFile(name string, o explainOptions) explained {
	e := explained{Argument: name, Targets: []explainedTarget{}}
	if !strings.HasSuffix(strings.ToLower(name), ".whl") {
		for _, t := range o.targets {
			x := newExplainedTarget(t)
			x.FileKind, x.File = vocab.FileSdist, name
			x.Reason = "a source distribution has no tags: an installer would build it"
			e.Targets = append(e.Targets, x)
		}
		return e
	}
	f, err := wheeltags.ParseFilename(name)
	if err != nil {
		e.Error = err.Error()
		if bad := (*wheeltags.FilenameError)(nil); errors.As(err, &bad) {
			e.Error = bad.Msg
		}
		return e
	}
	e.Project, e.Version, e.Build, e.Tags, e.Variant = f.Name, f.Version.String(), f.Build.String(), f.Tags.String(), f.Variant
	for _, t := range o.targets {
		x := newExplainedTarget(t)
		x.judge(wheeltags.NewMatcher(t, o.order), &f)
		e.Targets = append(e.Targets, x)
	}
	return e
}

func newExplainedTarget(t wheeltags.Target) explainedTarget {
	return explainedTarget{
		Python: t.Python.String(), Platform: t.Platform.Name(), PlatformTag: t.Platform.Tag(), FileKind: vocab.FileNone,
	}
}

// judge fills in what the target makes of a wheel.
func (x *explainedTarget) judge(m *wheeltags.Matcher, f *wheeltags.Filename) {
	v := m.Judge(f)
	x.Accepted, x.Reason = v.Accepted, v.Reason
	if !v.Accepted {
		x.Mismatch = vocab.Mismatch(v.Mismatch.String())
		return
	}
	x.Tag, x.FileKind = v.Tag.String(), wheelKind(v.Tag.Kind())
	if v.Caveat != "" {
		x.FileKind, x.Reason = vocab.FileMislabelled, v.Caveat
	}
}

// wheelKind is the vocabulary's word for what a tag says of a wheel.
func wheelKind(k wheeltags.Kind) vocab.FileKind {
	switch k {
	case wheeltags.Native:
		return vocab.FileNative
	case wheeltags.StableABI:
		return vocab.FileStableABI
	case wheeltags.ABINone:
		return vocab.FileABINone
	case wheeltags.Pure:
		return vocab.FilePure
	}
	return vocab.FileNone
}

func (r *explainResult) write(env Env, format string) error {
	if format == "json" {
		return writeJSON(env.Stdout, r)
	}
	for i := range r.Items {
		if i > 0 {
			if _, err := fmt.Fprintln(env.Stdout); err != nil {
				return err
			}
		}
		if err := r.Items[i].write(env.Stdout, env.Color); err != nil {
			return err
		}
	}
	return nil
}

// write prints the answer for one argument: what it is, then a line a target.
func (e *explained) write(w io.Writer, color bool) error {
	head := paint(color, bold, e.Argument)
	switch {
	case e.Error != "":
		_, err := fmt.Fprintf(w, "%s: %s\n", head, paint(color, red, e.Error))
		return err
	case e.Files > 0:
		head += fmt.Sprintf(": %s %s, %s", e.Project, e.Version, plural(e.Files, "file"))
	}
	if _, err := fmt.Fprintln(w, head); err != nil {
		return err
	}
	var t table
	for _, x := range e.Targets {
		verdict, s, text := "no", red, x.Reason
		switch {
		case x.FileKind == vocab.FileMislabelled:
			verdict, s, text = "yes", yellow, x.Tag+", but mislabelled: "+x.Reason
		case x.Accepted:
			verdict, s, text = "yes", green, x.Tag
		case x.FileKind == vocab.FileSdist:
			verdict, s = "build", yellow
		}
		if x.LastVersion != "" {
			text += "; " + x.LastVersion + " has a wheel here"
		}
		platform := x.Platform
		if p, err := wheeltags.ParsePlatform(x.PlatformTag); err == nil {
			platform = p.String()
		}
		t.add(cell{}, cell{text: x.Python}, cell{text: platform}, cell{text: verdict, style: s}, cell{text: text})
	}
	return t.write(w, color)
}
