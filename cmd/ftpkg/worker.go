package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/fleet"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// How a worker works if nobody says.
const (
	workerJobs  = 8
	workerRate  = 50 // requests a second, to one index, of the whole fleet
	workerGrace = 10 * time.Second
)

// queueProbe stands for the queue of the Python at hand.
const queueProbe = "probe"

func workerCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "worker", Usage: "take jobs of updates from the queue in a PostgreSQL store, with any number of other workers",
		Description: `Takes jobs that ftpkg track update --enqueue has put into the queue, does them, and puts what follows from them into it, until Ctrl-C: then it finishes what it is at, within --grace, and leaves the rest to others. Start as many as you like, on as many machines.

  $ ftpkg worker --store postgres://tracker@db.example.invalid/ftpkg
  $ ftpkg worker --store postgres://… --python 3.14t --queues probe

Queues are refresh (look at a project), inspect (read a wheel), and one for each Python and platform that packages are loaded in. A worker takes jobs of the first two, and with --python those of that Python on its platform too; --queues says otherwise, and there probe is the queue of the Python at hand.

--every has all that is tracked looked at that often: whichever worker leads asks for it, and if it dies another does.

Exit status: 0 it was told to stop and did, or --drain and nothing was left; 3 it could not work.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "queues", Category: groupInput, Usage: "take jobs from `QUEUES`, with commas between them: refresh, inspect, probe"},
			&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Value: workerJobs, Category: groupInput, Usage: "do `N` jobs of each queue at once; packages are loaded one at a time"},
			&cli.Float64Flag{Name: "rate", Value: workerRate, Category: groupInput, Usage: "let all workers together make `N` requests a second to one host; 0 is any number"},
			&cli.DurationFlag{Name: "every", Category: groupInput, Usage: "look at all that is tracked once in a `TIME`: 24h"},
			&cli.BoolFlag{Name: "inspect", Category: groupInput, Usage: "with --every: read the wheels too"},
			&cli.BoolFlag{Name: "probe", Category: groupInput, Usage: "with --every: load the packages too, wherever workers do that"},
			&cli.BoolFlag{Name: "drain", Category: groupInput, Usage: "end when nothing is left in the queues"},
			&cli.DurationFlag{Name: "grace", Value: workerGrace, Category: groupInput, Usage: "when told to stop, let jobs take `TIME` to finish before they are broken off"},
			&cli.StringFlag{Name: "metrics", Category: groupPlace, Usage: "tell Prometheus figures at `ADDRESS`, a host and a port: 127.0.0.1:9464"},
			&cli.StringFlag{Name: "name", Category: groupPlace, Usage: "be known as `NAME`, not by the name of the machine"},
			&cli.StringFlag{Name: "python", Aliases: []string{"p"}, Category: groupTarget, Usage: "load packages in `PYTHON`: a path, a program on PATH, or a version such as 3.14t"},
			enumFlag("sandbox", string(vocab.SandboxRequire), vocab.SandboxModes().Names(), groupTarget,
				"where no sandbox holds: `MODE` require refuses, best uses what there is, off goes without"),
		}, storeFlags(), indexFlags(), settingsFlags()),
		Action: action(env, 0, 0, runWorker),
	}
}

func runWorker(c *cli.Context, env Env) (err error) {
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
	work, kinds, err := readWorkOptions(c)
	if err != nil {
		return err
	}
	s, f, err := o.openFleet(c.Context, env, false)
	if err != nil {
		return err
	}
	defer func() { f.Close(); err = errors.Join(err, s.Close()) }()
	return runWorkerOn(c, env, s, f, settings, indexes, work, kinds)
}

func runWorkerOn(c *cli.Context, env Env, s *store.Store, f *fleet.Fleet, settings *config.Settings, indexes indexOptions, work fleet.WorkOptions, kinds []string) error {
	var pacer *fleet.Pacer
	if rate := c.Float64("rate"); rate > 0 {
		var err error
		if pacer, err = f.Pacer(fleet.Rate{PerSecond: rate, Burst: 1}); err != nil {
			return err
		}
		indexes.pacer = pacer
	}
	u, stop, err := newUpdater(c, env, s, updaterOptions{
		settings: settings, indexes: indexes, inspect: slices.Contains(kinds, fleet.QueueInspect), probe: slices.Contains(kinds, queueProbe), jobs: work.Jobs,
	})
	if err != nil {
		return err
	}
	defer stop()
	for _, name := range kinds {
		if name == queueProbe {
			name = fleet.Target{Python: u.Python, Platform: u.Platform}.Queue()
		}
		work.Queues = append(work.Queues, name)
	}
	work.Updater = u
	work.Usage = func() (requests int64, waited time.Duration) {
		if x, ok := u.Index.(*openIndex); ok {
			requests = x.counter.Total().Requests
		}
		if pacer != nil {
			waited = pacer.Waited()
		}
		return requests, waited
	}
	stopMetrics, err := serveMetrics(c, env, f, &work)
	if err != nil {
		return err
	}
	defer stopMetrics()
	if _, err := fmt.Fprintf(env.Direct, "%s works on %s\n", work.Name, strings.Join(work.Queues, ", ")); err != nil {
		return err
	}
	err = f.Work(c.Context, work)
	if err == nil && c.Context.Err() != nil && !c.Bool("drain") {
		return &statusError{exitOK} // told to stop, as workers are
	}
	return err
}

// readWorkOptions reads the flags that say how a worker works, and the names of its
// queues.
func readWorkOptions(c *cli.Context) (fleet.WorkOptions, []string, error) {
	w := fleet.WorkOptions{
		Name: c.String("name"), Jobs: c.Int("jobs"), Drain: c.Bool("drain"), Grace: c.Duration("grace"),
		Every: c.Duration("every"), Inspect: c.Bool("inspect"), Probe: c.Bool("probe"),
	}
	switch {
	case w.Jobs < 1 || w.Jobs > 1000:
		return w, nil, usagef("flag --jobs: %d is not from 1 to 1000", w.Jobs)
	case w.Grace <= 0:
		return w, nil, usagef("flag --grace: give a time, such as 10s")
	case c.Float64("rate") < 0:
		return w, nil, usagef("flag --rate: it is less than 0")
	case w.Every != 0 && w.Every < time.Minute:
		return w, nil, usagef("flag --every: %s is less than a minute", w.Every)
	case w.Every == 0 && (w.Inspect || w.Probe):
		return w, nil, usagef("flags --inspect and --probe say what --every does, and need it")
	}
	if w.Name == "" {
		w.Name = "worker"
		if host, err := os.Hostname(); err == nil {
			w.Name = host
		}
	}
	kinds := []string{fleet.QueueRefresh, fleet.QueueInspect}
	if c.IsSet("python") {
		kinds = append(kinds, queueProbe)
	}
	if c.IsSet("queues") {
		kinds = nil
		for _, list := range c.StringSlice("queues") {
			kinds = append(kinds, strings.Split(list, ",")...)
		}
	}
	for i, name := range kinds {
		kinds[i] = strings.TrimSpace(name)
		if !slices.Contains([]string{fleet.QueueRefresh, fleet.QueueInspect, queueProbe}, kinds[i]) {
			return w, nil, usagef("flag --queues: %q is not one of refresh, inspect, probe", name)
		}
	}
	return w, unique(kinds), nil
}

// openFleet opens the queue of a store, and the store. The caller closes both.
func (o trackOptions) openFleet(ctx context.Context, env Env, mustExist bool) (*store.Store, *fleet.Fleet, error) {
	if !o.isPostgres() {
		return nil, nil, hintf(usagef("a fleet needs a store in PostgreSQL, and %s is a file", o.store),
			"name one: --store postgres://USER@HOST/DATABASE; one machine needs no fleet: ftpkg track update")
	}
	s, err := o.openStore(ctx, env, !mustExist)
	if err != nil {
		return nil, nil, err
	}
	level := slog.LevelError
	if env.Verbose > 0 {
		level = slog.LevelInfo
	}
	f, err := fleet.Open(ctx, o.store, fleet.Options{
		Store: s, Now: env.Now, Tool: toolName(env), MustExist: mustExist, Silence: silence,
		Logger: slog.New(slog.NewTextHandler(env.Stderr, &slog.HandlerOptions{Level: level})),
	})
	switch {
	case errors.Is(err, fleet.ErrNoFleet):
		err = hintf(&usageError{err}, "start a worker: ftpkg worker --store postgres://…, or run: ftpkg track update --enqueue")
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, f, nil
}

// isPostgres reports whether the store is in a database and not in a file.
func (o trackOptions) isPostgres() bool {
	return strings.HasPrefix(o.store, "postgres://") || strings.HasPrefix(o.store, "postgresql://")
}
