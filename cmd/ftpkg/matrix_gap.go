package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/gap"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// gapOptions are what matrix gap is asked.
type gapOptions struct {
	release   pep508.Requirement
	plan      string         // a document of ftpkg matrix plan, "" for none
	project   *matrixOptions // whose matrix to ask about, nil for none
	pythons   []wheeltags.Python
	platforms []wheeltags.Platform
	accept    []gap.Accept
	index     indexOptions

	format string
	output string
}

func matrixGapCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "gap",
		Usage:     "say which cells of the matrix a published release has no wheel for",
		ArgsUsage: "PROJECT[==VERSION]",
		Description: `Compares the wheels on the index with the matrix they should fill, in both halves: for each Python with the GIL and free-threaded, on each platform down to the oldest system that either half serves. A cell gets the same version, an older one in silence, the source distribution only, or nothing. Also told: free-threaded wheels that need a newer system than their GIL twins, wheels that only one half has, what the release before had, and that a release may still be uploading.

  $ ftpkg matrix gap numpy
  $ ftpkg matrix gap numpy==2.5.5 --python 3.14t,3.14 --platform macosx_10_15_x86_64
  $ ftpkg matrix gap mypackage --plan . --format markdown

The cells are those that the release publishes for any Python, times {GIL, free-threaded}, for each Python that its Requires-Python admits and cibuildwheel builds; or those that --plan or the flags name. Gaps that are known stand in gap.accept of the settings, with the day until which they hold.

Exit status: 0 every cell gets the release or is accepted, 1 one does not, 2 wrong usage, 3 it could not be found out.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "plan", Category: groupTarget, Usage: "ask about the cells of `FILE` (ftpkg matrix plan --format json), or of the matrix of the project in this directory"},
			&cli.StringSliceFlag{
				Name: "python", Aliases: []string{"p"}, Category: groupTarget,
				Usage: "ask about Python `VERSION`: 3.14t is the free-threaded build, 3.14 the other; without it, all that the release admits",
			},
			&cli.StringSliceFlag{
				Name: "platform", Category: groupTarget,
				Usage: "ask about `PLATFORM`: a name (linux-x86_64), a tag with its floor (manylinux_2_34_x86_64), main for the six main ones or all for nine; without it, those of the release",
			},
			formatFlag("table", "json", "markdown"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, indexFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			o, err := readGapOptions(c, env)
			if err != nil {
				return err
			}
			return runGap(c.Context, env, o)
		}),
	}
}

func readGapOptions(c *cli.Context, env Env) (gapOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return gapOptions{}, err
	}
	o := gapOptions{plan: c.String("plan"), format: enumValue(c, "format"), output: c.String("output")}
	if o.release, err = releaseRequirement(c.Args().First()); err != nil {
		return o, hintf(&usageError{err}, "run: ftpkg matrix gap numpy, or numpy==2.5.5")
	}
	pythons, platforms := setting(c, "python", s.Python), setting(c, "platform", s.Platform)
	if o.plan != "" {
		if c.IsSet("python") || c.IsSet("platform") {
			return o, usagef("--plan names the cells; --python and --platform do too")
		}
		pythons, platforms = nil, nil
		if info, err := os.Stat(env.path(o.plan)); err == nil && info.IsDir() {
			m, err := readMatrixOptions(c, env)
			if err != nil {
				return o, err
			}
			m.dir, o.plan, o.project = o.plan, "", &m
		}
	}
	for _, text := range pythons {
		python, err := wheeltags.ParsePython(text)
		if err != nil {
			return o, &usageError{err}
		}
		o.pythons = append(o.pythons, python)
	}
	if len(platforms) > 0 {
		if o.platforms, err = wheeltags.Expand(platforms...); err != nil {
			return o, hintf(&usageError{err}, "%snames are %s; main and all stand for several", nearestPlatform(platforms), orList(platformNames()))
		}
	}
	for _, a := range s.Gap.Accept {
		o.accept = append(o.accept, gap.Accept{Cells: a.Cells, Reason: a.Reason, Expires: a.Expires})
	}
	o.index, err = readIndexOptions(c, env, s)
	return o, err
}

// runGap compares, prints the answer, and says by its error whether it is a no.
func runGap(ctx context.Context, env Env, o gapOptions) error {
	opts := gap.Options{
		Known: gap.Known(matrix.DefaultTables()), Pythons: o.pythons, Platforms: o.platforms, Accept: o.accept, Now: env.Now(),
	}
	var err error
	switch {
	case o.plan != "":
		opts.Targets, err = planTargets(env, o.plan, opts.Known)
	case o.project != nil:
		opts.Targets, err = projectTargets(ctx, env, *o.project, opts.Known)
	}
	if err != nil {
		return err
	}
	page, release, err := o.ask(ctx, env)
	if err != nil {
		return err
	}
	r := gap.Compare(page, release, opts)
	if len(r.Cells) == 0 {
		return hintf(&refusalError{fmt.Errorf("%s %s has a Requires-Python that admits no Python wheels are built for today", r.Project, r.Version)},
			"--python and --platform ask about others")
	}
	for _, line := range r.Stale {
		warnf(env.Stderr, "%s", line)
	}
	if err := writeTo(env, o.output, func(w io.Writer) error { return o.render(w, env, r) }); err != nil {
		return err
	}
	if !r.Complete() {
		return errNo
	}
	return nil
}

// ask gets the page and finds the release, with the times at which its files came.
func (o *gapOptions) ask(ctx context.Context, env Env) (*simple.Project, *simple.Release, error) {
	idx, err := newIndex(env, o.index, nil)
	if err != nil {
		return nil, nil, err
	}
	defer idx.close()
	bar := startProgress(env)
	defer bar.stop()
	bar.update("asking", 0, 0)
	page, release, err := findRelease(ctx, idx, o.release, func(pep440.Version) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(release.Files, func(f simple.File) bool { return f.Uploaded != 0 }) {
		return page, release, nil
	}
	// The times are worth a question, but not an answer without them.
	if err := idx.UploadTimes(ctx, page); err != nil && !errors.Is(err, index.ErrNoUploadTimes) && env.Verbose > 0 {
		warnf(env.Stderr, "upload times: %v", err)
	}
	return page, release, ctx.Err()
}

// render writes the answer in the format asked for.
func (o *gapOptions) render(w io.Writer, env Env, r *gap.Report) error {
	v := newGapView(r)
	switch o.format {
	case "json":
		return writeJSON(w, r)
	case "markdown":
		return writeGapMarkdown(w, v, env.Now())
	}
	width, color := env.Columns, env.Color
	if o.output != "" && o.output != "-" {
		width, color = 0, false
	}
	return writeGapTable(w, v, color, width)
}

// projectTargets are the cells of a project's own matrix.
func projectTargets(ctx context.Context, env Env, m matrixOptions, known []wheeltags.Target) ([]wheeltags.Target, error) {
	_, plan, err := planMatrix(ctx, env, m)
	if err != nil {
		return nil, err
	}
	targets := gap.PlanTargets(plan, known)
	if len(targets) == 0 {
		return nil, hintf(usagef("%s: its matrix builds no wheel", m.dir), "run: ftpkg matrix plan %s", m.dir)
	}
	return targets, nil
}

// maxPlan bounds a plan's text, in bytes; the largest plan has some hundred cells.
const maxPlan = 8 << 20

// planTargets are the cells of a plan.
func planTargets(env Env, name string, known []wheeltags.Target) ([]wheeltags.Target, error) {
	info, err := os.Stat(env.path(name))
	switch {
	case err != nil:
		return nil, fileError(name, err)
	case info.Size() > maxPlan:
		return nil, usagef("%s: %d MiB are too much for a plan", name, info.Size()>>20)
	}
	text, err := os.ReadFile(env.path(name))
	if err != nil {
		return nil, fileError(name, err)
	}
	targets, err := gap.ReadPlan(text, name, known)
	if err != nil {
		return nil, hintf(&usageError{err}, "run: ftpkg matrix plan --format json -o %s", name)
	}
	return targets, nil
}
