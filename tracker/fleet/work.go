package fleet

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
)

// WorkOptions say what a worker does.
type WorkOptions struct {
	// Updater does the jobs. Its Store is that of the fleet; its Reader and Prober
	// are needed for wheels to be read and packages to be loaded.
	Updater *tracker.Updater
	// Name is what people know the worker by, usually its machine. It need not be
	// the only one of that name.
	Name string
	// Queues are where it takes jobs from: [QueueRefresh], [QueueInspect], and the
	// queue of what its Updater loads packages in.
	Queues []string
	// Jobs is how many it does at once of each queue; packages are loaded one at a
	// time, for the processes of one fill a machine.
	Jobs int
	// Drain has it end when nothing is left in its queues, not even to be tried later.
	Drain bool
	// Grace is how long jobs under way may take when the worker is told to stop,
	// before they are broken off; 0 means ten seconds.
	Grace time.Duration
	// Every is how often all that is tracked is looked at, by whichever worker does
	// it first; 0 means never. Inspect, Probe and Fresh say how, see [Order].
	Every          time.Duration
	Inspect, Probe bool
	Fresh          time.Duration

	// Tries is how often a job is tried that an index or a package makes fail, 0 for
	// four times, and Backoff how long it waits before it is tried again, nil for
	// [Backoff].
	Tries   int
	Backoff func(failed int) time.Duration
	// Beat is how often the worker gives a sign of life; one that gave none for four
	// times that long is taken for dead. 0 means ten seconds. All workers of a fleet
	// have to agree on it.
	Beat time.Duration

	// OnJob, if set, is told how each attempt at a job ended. Calls overlap.
	OnJob func(kind vocab.Job, outcome vocab.JobOutcome, took time.Duration)
	// Usage, if set, says how many requests the worker has made and how long it waited
	// for leave to make them.
	Usage func() (requests int64, waited time.Duration)
}

type jobRow = rivertype.JobRow

// A worker is one process that works.
type worker struct {
	fleet   *Fleet
	options WorkOptions
	updater *tracker.Updater
	pool    *pgxpool.Pool
	now     func() time.Time
	id      string
	client  *river.Client[pgx.Tx]

	known        known
	active       active
	done, failed atomic.Int64
	alive        alive
}

// How quickly River looks for jobs. It is told when there are some, and asks at long
// intervals only in case it was not.
const (
	fetchCooldown = 2 * time.Millisecond
	pollInterval  = time.Second
	rescueAfter   = 5 * time.Minute // of jobs that neither died nor live, see beat.go
	defaultGrace  = 10 * time.Second
	defaultBeat   = 10 * time.Second
)

// Work takes jobs and does them until ctx ends, or, if it is to drain its queues, until
// there are none. Jobs under way are then finished, or after a while broken off, to be
// done by others. The error is nil if it ended for one of these reasons.
func (f *Fleet) Work(ctx context.Context, o WorkOptions) error {
	w, err := f.newWorker(&o)
	if err != nil {
		return err
	}
	if err := w.announce(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it began
		}
		return fmt.Errorf("fleet: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := w.client.Start(ctx); err != nil {
		w.leave(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("fleet: %w", err)
	}
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		w.live(ctx)
	}()
	if o.Drain {
		w.drain(ctx)
		stop()
	}
	<-ctx.Done()
	<-w.client.Stopped()
	<-beating
	w.leave(context.WithoutCancel(ctx))
	return nil
}

func (f *Fleet) newWorker(o *WorkOptions) (*worker, error) {
	if o.Updater == nil || len(o.Queues) == 0 || o.Jobs < 1 {
		return nil, errors.New("fleet: a worker needs an updater, queues, and one job at once at least")
	}
	o.Tries = cmp.Or(o.Tries, tries)
	o.Grace, o.Beat = cmp.Or(o.Grace, defaultGrace), cmp.Or(o.Beat, defaultBeat)
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	w := &worker{fleet: f, options: *o, updater: o.Updater, pool: f.quick, now: f.now, id: cmp.Or(o.Name, "worker") + "-" + rand.Text()[:8]}
	queues := map[string]river.QueueConfig{}
	for _, name := range o.Queues {
		switch t := w.target(); {
		case name == QueueRefresh:
			queues[name] = river.QueueConfig{MaxWorkers: o.Jobs}
		case name == QueueInspect && o.Updater.Reader != nil:
			queues[name] = river.QueueConfig{MaxWorkers: o.Jobs}
		case t.Platform != "" && name == t.Queue() && o.Updater.Prober != nil:
			queues[name] = river.QueueConfig{MaxWorkers: 1}
		default:
			return nil, fmt.Errorf("fleet: this worker cannot do the jobs of queue %s", name)
		}
	}
	var periodic []*river.PeriodicJob
	if o.Every > 0 {
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(min(o.Every, time.Minute)), func() (river.JobArgs, *river.InsertOpts) {
			// Asked for often, it is done once a period, whoever leads by then.
			return planArgs{Period: f.now().Truncate(o.Every).Unix(), Inspect: o.Inspect, Probe: o.Probe, Fresh: o.Fresh}, nil
		}, &river.PeriodicJobOpts{ID: "plan", RunOnStart: true}))
	}
	var err error
	w.client, err = river.NewClient(riverpgxv5.New(f.quick), &river.Config{
		ID: w.id, Logger: f.logger, Queues: queues, Workers: w.workers(), PeriodicJobs: periodic,
		FetchCooldown: fetchCooldown, FetchPollInterval: pollInterval, MaxAttempts: attempts,
		JobTimeout: refreshTime, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: o.Grace,
		RetryPolicy: retryPolicy{w},
	})
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	return w, nil
}

// target is what the worker loads packages in.
func (w *worker) target() Target { return Target{w.updater.Python, w.updater.Platform} }

// workers are what is done for each kind of job.
func (w *worker) workers() *river.Workers {
	all := river.NewWorkers()
	river.AddWorker(all, &job[refreshArgs]{limit: refreshTime, do: w.refresh})
	river.AddWorker(all, &job[inspectArgs]{limit: inspectTime, do: w.inspect})
	river.AddWorker(all, &job[probeArgs]{limit: probeTime, do: w.probe})
	river.AddWorker(all, &job[planArgs]{limit: planTime, do: w.plan})
	return all
}

// A job is what is done for jobs of one kind, and how long it may take.
type job[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	limit time.Duration
	do    func(ctx context.Context, j *river.Job[T]) error
}

func (j *job[T]) Timeout(*river.Job[T]) time.Duration               { return j.limit }
func (j *job[T]) Work(ctx context.Context, one *river.Job[T]) error { return j.do(ctx, one) }

// retryPolicy says when a job is tried again.
type retryPolicy struct{ w *worker }

// NextRetry counts from when the attempt ended, by the clock that dated its beginning.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return job.AttemptedAt.Add(p.w.active.took(job.ID) + p.w.options.Backoff(failures(job)+1))
}

// tally counts how an attempt ended.
func (w *worker) tally(kind vocab.Job, o vocab.JobOutcome, took time.Duration) {
	switch o {
	case vocab.JobDone:
		w.done.Add(1)
	case vocab.JobFailed, vocab.JobRetried:
		w.failed.Add(1)
	case vocab.JobTripped, vocab.JobInterrupted:
	}
	if w.options.OnJob != nil {
		w.options.OnJob(kind, o, took)
	}
}

// drainInterval is how often a worker that is to drain its queues looks whether they
// are empty.
const drainInterval = 200 * time.Millisecond

// drain returns when nothing is left in the worker's queues, or ctx ends.
func (w *worker) drain(ctx context.Context) {
	t := time.NewTicker(drainInterval)
	defer t.Stop()
	queues := slices.Clone(w.options.Queues)
	for {
		var left bool
		err := w.within(ctx, func(ctx context.Context) error {
			return w.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM river_job WHERE queue = ANY ($1)
				AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`, queues).Scan(&left)
		})
		if err == nil && !left {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (w *worker) within(ctx context.Context, ask func(ctx context.Context) error) error {
	return w.fleet.within(ctx, ask)
}
