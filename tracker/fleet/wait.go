package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
)

// A Progress is how far a run is.
type Progress struct {
	Done, Total int
	// Running are at work, and Later failed and are tried again.
	Running, Later int
	// Phase is what most of the jobs that are left do.
	Phase vocab.Job
}

// stateOf is the state of a job in our words, in SQL. A job that gave up is cancelled
// with an error, in River's words; one that somebody cancelled has been asked to stop,
// or has not begun.
const stateOf = `CASE
	WHEN state = 'completed' THEN 'done'
	WHEN state = 'running' THEN 'running'
	WHEN state = 'discarded' THEN 'failed'
	WHEN state = 'cancelled' AND NOT metadata ? 'cancel_attempted_at' AND cardinality(coalesce(errors, '{}')) > 0 THEN 'failed'
	WHEN state = 'cancelled' THEN 'cancelled'
	WHEN state = 'available' OR state = 'pending' THEN 'waiting'
	ELSE 'later' END`

// ofRun are the jobs of a run, in SQL.
const ofRun = `args @> jsonb_build_object('run', $1::bigint)`

// How often a run that is waited for is looked at. One of very many jobs is looked at
// seldom, for counting them takes time.
const (
	waitInterval = 200 * time.Millisecond
	waitShare    = 20
)

// Wait waits until nothing is left of a run, jobs that are to be tried again included,
// and returns what it came to. OnProgress, if not nil, is told how far it is. While
// the database does not answer, it goes on waiting.
func (f *Fleet) Wait(ctx context.Context, run *Run, onProgress func(Progress)) (*tracker.Summary, error) {
	for {
		began := f.now()
		p, err := f.progress(ctx, run.ID)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil && !passing(err):
			return nil, err
		case err == nil:
			if onProgress != nil {
				onProgress(*p)
			}
			if p.Done == p.Total {
				return f.conclude(ctx, run.ID)
			}
		}
		t := time.NewTimer(max(waitInterval, waitShare*f.now().Sub(began)))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil, context.Cause(ctx)
		case <-t.C:
		}
	}
}

// progress counts the jobs of a run.
func (f *Fleet) progress(ctx context.Context, run int64) (*Progress, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := f.pool.Query(ctx, `SELECT kind, `+stateOf+` AS what, count(*) FROM river_job WHERE `+ofRun+` GROUP BY kind, what`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var p Progress
	left := map[vocab.Job]int{}
	for rows.Next() {
		var kind vocab.Job
		var state vocab.JobState
		var n int
		if err := rows.Scan(&kind, &state, &n); err != nil {
			return nil, err
		}
		p.Total += n
		switch state {
		case vocab.JobStateDone, vocab.JobStateFailed, vocab.JobStateCancelled:
			p.Done += n
			continue
		case vocab.JobStateRunning:
			p.Running += n
		case vocab.JobStateLater:
			p.Later += n
		case vocab.JobStateWaiting:
		}
		left[kind] += n
	}
	for _, kind := range []vocab.Job{vocab.JobRefresh, vocab.JobInspect, vocab.JobProbe} {
		if p.Phase == "" || left[kind] > left[p.Phase] {
			p.Phase = kind
		}
	}
	return &p, rows.Err()
}

// conclude ends a run of which nothing is left, and says what it came to.
func (f *Fleet) conclude(ctx context.Context, run int64) (*tracker.Summary, error) {
	s := &tracker.Summary{Failed: []tracker.Failure{}}
	rows, err := f.pool.Query(ctx, `SELECT kind, `+stateOf+`, args, metadata -> 'output', errors[array_upper(errors, 1)] FROM river_job WHERE `+ofRun, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind vocab.Job
		var state vocab.JobState
		var args, out, failed []byte
		if err := rows.Scan(&kind, &state, &args, &out, &failed); err != nil {
			return nil, err
		}
		var o output
		if out != nil {
			if err := json.Unmarshal(out, &o); err != nil {
				return nil, err
			}
		}
		s.Refreshed += o.Refreshed
		s.Changed += o.Changed
		s.Skipped += o.Skipped
		s.Required += o.Required
		s.Files += o.Files
		s.Inspected += o.Inspected
		s.Probed += o.Probed
		switch state {
		case vocab.JobStateFailed:
			s.Failed = append(s.Failed, tracker.Failure{Phase: string(kind), Name: subject(args), Error: lastError(failed)})
		case vocab.JobStateCancelled:
			s.Failed = append(s.Failed, tracker.Failure{Phase: string(kind), Name: subject(args), Error: "somebody cancelled it"})
		case vocab.JobStateDone, vocab.JobStateRunning, vocab.JobStateWaiting, vocab.JobStateLater:
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(s.Failed, func(a, b tracker.Failure) int {
		return cmp.Or(cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Name, b.Name))
	})
	return s, f.store.EndRun(ctx, run, s.String())
}

// subject is what a job is about: a file, or a project.
func subject(args []byte) string {
	var a struct {
		Name    string `json:"name"`
		Project string `json:"project"`
	}
	_ = json.Unmarshal(args, &a) // of what is no job of ours, nothing is known
	return cmp.Or(a.Name, a.Project)
}

// lastError is the text of an error as River keeps it.
func lastError(kept []byte) string {
	var e struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(kept, &e) != nil || e.Error == "" {
		return "it was begun too often"
	}
	return strings.TrimPrefix(e.Error, "JobCancelError: ") // which is River's word for giving up
}

// settle ends the runs of which nothing is left and nobody waited for.
func (f *Fleet) settle(ctx context.Context) error {
	runs, err := f.open(ctx)
	if err != nil {
		return err
	}
	for i := range runs {
		p, err := f.progress(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		// One without jobs is about to get some, or was cut off before it did.
		if p.Done < p.Total || p.Total == 0 && f.now().Sub(runs[i].Began) < resumable {
			continue
		}
		if _, err := f.conclude(ctx, runs[i].ID); err != nil {
			return err
		}
	}
	return nil
}
