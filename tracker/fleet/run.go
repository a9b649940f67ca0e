package fleet

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// output is what a job came to, as it is kept with the job: see [tracker.Summary].
type output struct {
	Refreshed int `json:"refreshed,omitempty"`
	Changed   int `json:"changed,omitempty"`
	Skipped   int `json:"skipped,omitempty"`
	Required  int `json:"required,omitempty"`
	Files     int `json:"files,omitempty"`
	Inspected int `json:"inspected,omitempty"`
	Probed    int `json:"probed,omitempty"`
}

// attempt does a job by a function, and says what becomes of the job.
func (w *worker) attempt(ctx context.Context, kind vocab.Job, row *jobRow, do func(ctx context.Context, out *output) error) error {
	w.active.begin(row.ID)
	began := w.now()
	var out output
	err := do(ctx, &out)
	o := w.outcome(ctx, kind, row, err)
	took := w.now().Sub(began)
	w.active.end(row.ID, o == vocab.JobRetried, took)
	w.tally(kind, o, took)
	if out != (output{}) {
		if recorded := river.RecordOutput(ctx, out); recorded != nil {
			return recorded
		}
	}
	return told(o, err)
}

// refresh looks at a project, and adds what follows to the queue.
func (w *worker) refresh(ctx context.Context, job *river.Job[refreshArgs]) error {
	return w.attempt(ctx, vocab.JobRefresh, job.JobRow, func(ctx context.Context, out *output) error {
		a := &job.Args
		got, err := w.updater.Look(ctx, a.Project, time.UnixMicro(a.Since).UTC())
		if got != nil {
			out.Files = got.Files
			switch {
			case got.Skipped:
				out.Skipped = 1
			default:
				out.Refreshed = 1
			}
			if got.Changed {
				out.Changed = 1
			}
		}
		if o := w.outcome(ctx, vocab.JobRefresh, job.JobRow, err); o != vocab.JobDone && o != vocab.JobFailed {
			return err // it will be done again, and then it is seen what follows
		}
		if followed := w.follow(ctx, a, got, out); followed != nil {
			return followed
		}
		return err
	})
}

// follow adds to the queue what follows from a look at a project: looks at what it
// requires, wheels to be read, packages to be loaded. It may be called again for the
// same look; after is nil if nothing is known of what it brought.
func (w *worker) follow(ctx context.Context, a *refreshArgs, after *tracker.Refreshed, out *output) error {
	var jobs []river.InsertManyParams
	var requires []string
	if after != nil {
		requires = w.known.unknown(a.Run, a.Project, after.Requires)
	}
	slices.Sort(requires) // two that add the same do not wait for each other
	for _, name := range requires {
		next := *a
		next.Project = name
		next.Priority = max(a.Priority, priorityAll)
		jobs = append(jobs, river.InsertManyParams{Args: next})
	}
	looks := len(jobs)
	if a.Inspect {
		files, err := w.updater.Unread(ctx, a.Project, after)
		if err != nil {
			return err
		}
		for _, f := range files {
			jobs = append(jobs, river.InsertManyParams{Args: newInspectArgs(f, a.Run, a.Priority)})
		}
	}
	for _, t := range a.Probe {
		f, err := w.updater.Unloaded(ctx, a.Project, t.Python, t.Platform, after)
		if err != nil {
			return err
		}
		if f != nil {
			jobs = append(jobs, river.InsertManyParams{Args: probeArgs{
				SHA256: f.SHA256, Target: t, Project: a.Project, Version: f.Version, Name: f.Name, Run: a.Run, Priority: a.Priority,
			}})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	var added []string
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		inserted, err := w.client.InsertManyTx(ctx, tx, jobs)
		if err != nil {
			return err
		}
		// Of what is required, the run that first comes upon it has it tracked. This
		// is not part of the transaction: done before it, it is done at least once.
		added = added[:0]
		for i, r := range inserted[:looks] {
			if !r.UniqueSkippedAsDuplicate {
				added = append(added, requires[i])
			}
		}
		if len(added) == 0 {
			return nil
		}
		news, err := w.updater.Store.AddProjects(ctx, tracker.CohortRequired, added...)
		out.Required = len(news)
		return err
	})
	if err != nil {
		return fmt.Errorf("what follows from %s: %w", a.Project, err)
	}
	w.known.add(a.Run, requires)
	return nil
}

// inspect reads a wheel.
func (w *worker) inspect(ctx context.Context, job *river.Job[inspectArgs]) error {
	return w.attempt(ctx, vocab.JobInspect, job.JobRow, func(ctx context.Context, out *output) error {
		err := w.updater.Inspect(ctx, job.Args.file())
		if err == nil {
			out.Inspected = 1
		}
		return err
	})
}

// probe loads a package, unless somebody has done so by now.
func (w *worker) probe(ctx context.Context, job *river.Job[probeArgs]) error {
	return w.attempt(ctx, vocab.JobProbe, job.JobRow, func(ctx context.Context, out *output) error {
		a := &job.Args
		if a.Target != w.target() {
			return &tracker.JobError{Name: a.Project, Err: fmt.Errorf("it is to be loaded in %s, which this worker is not", a.Target)}
		}
		last, err := w.updater.Store.LastProbe(ctx, a.SHA256, a.Target.Python, a.Target.Platform)
		if err != nil || !last.IsZero() {
			return err
		}
		err = w.updater.Probe(ctx, a.Project, &evidence.File{Project: a.Project, Version: a.Version, Name: a.Name, SHA256: a.SHA256})
		if err == nil {
			out.Probed = 1
		}
		return err
	})
}

// plan has all that is tracked looked at.
func (w *worker) plan(ctx context.Context, job *river.Job[planArgs]) error {
	return w.attempt(ctx, vocab.JobPlan, job.JobRow, func(ctx context.Context, _ *output) error {
		a := &job.Args
		o := Order{Inspect: a.Inspect, Fresh: a.Fresh, periodic: a.Period}
		if a.Probe {
			targets, err := w.fleet.Targets(ctx)
			if err != nil {
				return err
			}
			o.Probe = targets
		}
		_, err := w.fleet.Enqueue(ctx, o)
		return err
	})
}
