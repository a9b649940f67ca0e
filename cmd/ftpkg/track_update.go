package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/inputs"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// updateJobs is how many projects are asked about at once, if nobody says.
const updateJobs = 8

func trackUpdateCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "update", ArgsUsage: "[NAME...]", Usage: "look at the index for what is new, and record it",
		Description: `Looks at every tracked package, or those named, and at what they require, and records what the index says. A page that is as it was costs one request; a file that was read is never read again. What cannot be found out for one package is recorded, told at the end, and stops no other.

  $ ftpkg track update
  $ ftpkg track update --inspect --probe
  $ ftpkg track update numpy --inspect

--inspect reads from the wheels that free-threaded Pythons take what their modules declare. --probe loads the packages, in the sandbox, in the free-threaded Python at hand; what is seen there is said of that Python and platform only. --upstream reads the workflows in the repository that a package's metadata name, by git, or in its source distribution, for jobs that test on a free-threaded Python; ftpkg track upstream reads those of one repository.

An update that is stopped, however, is gone on with by the next one that is asked the same.

  $ ftpkg track update --store postgres://… --enqueue --wait

--enqueue puts the update into the queue of a store in PostgreSQL, for ftpkg worker to do, and --wait waits for the end. Packages are then loaded in whatever Pythons workers have. Stopping to wait stops nothing else: asked again, it goes on waiting.

Exit status: 0 all was found out, 3 something was not.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "inspect", Category: groupInput, Usage: "read the wheels"},
			&cli.BoolFlag{Name: "probe", Category: groupInput, Usage: "load the packages"},
			&cli.BoolFlag{Name: "upstream", Category: groupInput, Usage: "read from the packages' repositories, or source distributions, what they test themselves"},
			&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Value: updateJobs, Category: groupInput, Usage: "do `N` things at once"},
			&cli.DurationFlag{Name: "fresh", Category: groupInput, Usage: "leave out what was looked at less than `TIME` ago"},
			&cli.StringFlag{Name: "python", Aliases: []string{"p"}, Category: groupTarget, Usage: "probe with `PYTHON`: a path, a program on PATH, or a version such as 3.14t"},
			enumFlag("sandbox", string(vocab.SandboxRequire), vocab.SandboxModes().Names(), groupTarget,
				"where no sandbox holds: `MODE` require refuses, best uses what there is, off goes without"),
			&cli.BoolFlag{Name: "enqueue", Category: groupInput, Usage: "leave the work to the workers of a store in PostgreSQL"},
			&cli.BoolFlag{Name: "wait", Category: groupInput, Usage: "with --enqueue: wait until they have done it"},
			formatFlag("text", "json"),
		}, storeFlags(), indexFlags(), settingsFlags()),
		Action: action(env, 0, -1, runTrackUpdate),
	}
}

func runTrackUpdate(c *cli.Context, env Env) (err error) {
	names, err := projectNames(c.Args().Slice())
	if err != nil {
		return err
	}
	o, err := readTrackOptions(c, env)
	if err != nil {
		return err
	}
	settings, err := readSettings(c, env)
	if err != nil {
		return err
	}
	indexes, err := readIndexOptions(c, env, settings)
	if err != nil {
		return err
	}
	opts := tracker.Options{Inspect: c.Bool("inspect"), Probe: c.Bool("probe"), Jobs: c.Int("jobs"), Fresh: c.Duration("fresh")}
	if opts.Jobs < 1 {
		return usagef("flag --jobs: %d is less than 1", opts.Jobs)
	}
	switch {
	case c.Bool("enqueue") && c.Bool("upstream"):
		return hintf(usagef("workers do not read repositories"), "run: ftpkg track update --upstream, without --enqueue")
	case c.Bool("enqueue"):
		return runTrackEnqueue(c, env, o, names)
	case c.Bool("wait"):
		return hintf(usagef("flag --wait waits for what --enqueue asks for, and needs it"), "an update without --enqueue is done when it returns")
	}
	s, err := o.openStore(c.Context, env, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	u, closeUpdater, err := newUpdater(c, env, s, updaterOptions{settings: settings, indexes: indexes, inspect: opts.Inspect, probe: opts.Probe, jobs: opts.Jobs})
	if err != nil {
		return err
	}
	defer closeUpdater()
	summary, err := updateStore(c.Context, env, u, names, opts)
	if err == nil && c.Bool("upstream") {
		err = updateUpstream(c.Context, env, s, u, names, indexes.offline, summary)
	}
	if err != nil {
		return err
	}
	return reportSummary(c, env, s.Name(), summary)
}

// reportSummary prints what an update came to, and says by its error whether
// something could not be found out.
func reportSummary(c *cli.Context, env Env, name string, summary *tracker.Summary) error {
	if err := writeSummary(env.Stdout, enumValue(c, "format"), name, summary); err != nil {
		return err
	}
	var failures reportedErrors
	for _, f := range summary.Failed {
		failures = append(failures, fmt.Errorf("%s: %s", f.Phase, f.Error))
	}
	if len(failures) > 0 {
		return failures
	}
	return nil
}

// updaterOptions say what an updater is to be able to do.
type updaterOptions struct {
	settings       *config.Settings
	indexes        indexOptions
	inspect, probe bool
	jobs           int
}

// newUpdater returns what brings facts into a store, from the index and by the
// interpreter that the flags name. The caller calls stop.
func newUpdater(c *cli.Context, env Env, s tracker.Store, o updaterOptions) (u *tracker.Updater, stop func(), err error) {
	o.indexes.passing = true
	modest(env)
	idx, err := newIndex(env, o.indexes, nil)
	if err != nil {
		return nil, nil, err
	}
	u = &tracker.Updater{
		Store: s, Index: idx, Deriver: status.New(status.DefaultRules()), Source: sourceOf(idx.Indexes()), Tool: toolName(env), Now: env.Now,
	}
	if o.inspect {
		cache := o.indexes.cacheDir
		if o.indexes.noCache {
			cache = ""
		}
		u.Reader = inspect.NewReader(inspect.Options{Remote: idx, CacheDir: cache, Jobs: o.jobs})
	}
	if !o.probe {
		return u, idx.close, nil
	}
	p, closeProber, err := newProber(c.Context, env, probeOptions{
		python: c.String("python"), sandbox: vocab.SandboxMode(enumValue(c, "sandbox")), runtime: readRuntimeOptions(c, env, o.settings), index: o.indexes,
		load: probe.Options{Jobs: 2, Timeout: probe.DefaultTimeout, Memory: probe.DefaultMemory, Threads: probe.DefaultThreads, Rounds: probe.DefaultRounds},
	}, &question{input: &inputs.Input{}})
	if err != nil {
		idx.close()
		return nil, nil, err
	}
	u.Prober = p
	python := p.Target().Python
	python.Micro, python.Pre = -1, ""
	u.Python, u.Platform = python.String(), p.Target().Platform.Name()
	return u, func() { closeProber(); idx.close() }, nil
}

// updateStore runs an update under a bar that says how long it may still take.
func updateStore(ctx context.Context, env Env, u *tracker.Updater, names []string, o tracker.Options) (*tracker.Summary, error) {
	bar := startProgress(env)
	defer bar.stop()
	began, phase := env.Now(), ""
	o.OnProgress = func(p tracker.Progress) {
		if p.Phase != phase {
			phase, began = p.Phase, env.Now()
		}
		bar.update(p.Phase+left(env.Now().Sub(began), p.Done, p.Total), p.Done, p.Total)
		if env.Verbose > 0 {
			fmt.Fprintf(bar, "ftpkg: %s %s\n", p.Phase, p.Name)
		}
	}
	return u.Update(ctx, names, o)
}

// left says how long the rest takes if it goes on like that, once that can be said.
func left(spent time.Duration, done, total int) string {
	if done < 3 || spent < 2*time.Second || done >= total {
		return ""
	}
	rest := time.Duration(float64(spent) / float64(done) * float64(total-done))
	return fmt.Sprintf(" (%s left)", rest.Round(time.Second))
}

// updateDocument is what update prints as JSON.
type updateDocument struct {
	Schema string `json:"schema"` // "ftpkg.update/1"
	Store  string `json:"store"`
	*tracker.Summary
}

func writeSummary(w io.Writer, format, name string, s *tracker.Summary) error {
	if format == "json" {
		return writeJSON(w, updateDocument{"ftpkg.update/1", name, s})
	}
	text := fmt.Sprintf("%s looked at, %d with news, %s new", plural(s.Refreshed, "package"), s.Changed, plural(s.Files, "file"))
	if s.Required > 0 {
		text += fmt.Sprintf(", %d tracked because others require them", s.Required)
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d looked at before", s.Skipped)
	}
	if s.Inspected > 0 {
		text += fmt.Sprintf(", %s read", plural(s.Inspected, "wheel"))
	}
	if s.Probed > 0 {
		text += fmt.Sprintf(", %s loaded", plural(s.Probed, "package"))
	}
	if n := len(s.Failed); n > 0 {
		text += fmt.Sprintf(", %d not found out", n)
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
