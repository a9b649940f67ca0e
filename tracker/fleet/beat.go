package fleet

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// missed is how many signs of life a worker may fail to give.
const missed = 4

// settleEvery is after how many signs of life a worker sees whether runs have ended.
const settleEvery = 6

// alive is what a worker knows of its own life.
type alive struct {
	// last is when it last gave a sign of life, zero if the one before failed: who was
	// cut off cannot tell whether others were too.
	last time.Time
	// orphans are jobs that it had taken and was not at, when it last looked.
	orphans []int64
}

// announce tells the fleet of the worker.
func (w *worker) announce(ctx context.Context) error {
	return w.within(ctx, func(ctx context.Context) error {
		_, err := w.pool.Exec(ctx, `INSERT INTO fleet_worker (id, name, tool, queues, target, jobs) VALUES ($1, $2, $3, $4, $5, $6)`,
			w.id, w.options.Name, w.fleet.tool, w.options.Queues, w.target().String(), w.options.Jobs)
		return err
	})
}

// live gives signs of life until ctx ends, and sees to what was left undone.
func (w *worker) live(ctx context.Context) {
	t := time.NewTicker(w.options.Beat)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := w.within(ctx, func(ctx context.Context) error { return w.beat(ctx, false) })
		if err == nil && !w.alive.last.IsZero() {
			err = errors.Join(w.within(ctx, w.rescue), w.within(ctx, w.adopt))
			if n%settleEvery == 0 { // which takes longer the more jobs there are, and is in no hurry
				err = errors.Join(err, w.within(ctx, w.fleet.settle), w.within(ctx, w.forget))
			}
		}
		w.alive.last = w.now()
		if err != nil {
			w.alive.last, w.alive.orphans = time.Time{}, nil
			if ctx.Err() == nil {
				w.fleet.logger.WarnContext(ctx, "fleet: no sign of life", slog.String("err", err.Error()))
			}
		}
	}
}

// beat gives a sign of life.
func (w *worker) beat(ctx context.Context, stopped bool) error {
	var requests int64
	var waited time.Duration
	if w.options.Usage != nil {
		requests, waited = w.options.Usage()
	}
	_, err := w.pool.Exec(ctx, `UPDATE fleet_worker SET seen = now(), done = $2, failed = $3, requests = $4, waited = $5,
		stopped = CASE WHEN $6 THEN now() END WHERE id = $1`,
		w.id, w.done.Load(), w.failed.Load(), requests, waited.Seconds(), stopped)
	return err
}

// leave tells the fleet that the worker ends. If the database does not hear of it, it
// finds out.
func (w *worker) leave(ctx context.Context) {
	err := w.within(ctx, func(ctx context.Context) error { return w.beat(ctx, true) })
	if err = errors.Join(err, w.within(ctx, w.fleet.settle)); err != nil {
		w.fleet.logger.WarnContext(ctx, "fleet: left without a word", slog.String("err", err.Error()))
	}
}

// again has running jobs done by others. One that somebody cancelled meanwhile is
// cancelled, and one that was begun too often given up: it may be what workers die of.
const again = `
	UPDATE river_job SET
		state = CASE WHEN metadata ? 'cancel_attempted_at' THEN 'cancelled'::river_job_state
			WHEN attempt >= max_attempts THEN 'discarded'::river_job_state ELSE 'available'::river_job_state END,
		finalized_at = CASE WHEN metadata ? 'cancel_attempted_at' OR attempt >= max_attempts THEN now() END,
		scheduled_at = CASE WHEN metadata ? 'cancel_attempted_at' OR attempt >= max_attempts THEN scheduled_at ELSE now() END,
		errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', '` + abandoned + `', 'trace', ''))
	WHERE id IN (SELECT id FROM river_job WHERE state = 'running' AND `

// rescue has others do what dead workers were at.
func (w *worker) rescue(ctx context.Context) error {
	_, err := w.pool.Exec(ctx, again+`attempted_by[array_upper(attempted_by, 1)] IN (
		SELECT id FROM fleet_worker WHERE stopped IS NOT NULL OR seen < now() - make_interval(secs => $1)) FOR UPDATE SKIP LOCKED)`,
		(missed * w.options.Beat).Seconds())
	return err
}

// adopt has others do what this worker has taken and is not at, whether it never heard
// that it has, or the database did not hear that it was done. Since either may be
// under way, a job has to be found like that twice.
func (w *worker) adopt(ctx context.Context) error {
	rows, err := w.pool.Query(ctx, `SELECT id FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1
		AND NOT id = ANY ($2) AND attempted_at < now() - make_interval(secs => $3)`, w.id, w.active.ids(), w.options.Beat.Seconds())
	if err != nil {
		return err
	}
	var orphans []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			rows.Close()
			return err
		}
		orphans = append(orphans, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	before := w.alive.orphans
	w.alive.orphans = orphans
	if len(orphans) == 0 || len(before) == 0 {
		return nil
	}
	_, err = w.pool.Exec(ctx, again+`id = ANY ($1) AND id = ANY ($2) AND attempted_by[array_upper(attempted_by, 1)] = $3 FOR UPDATE SKIP LOCKED)`,
		orphans, before, w.id)
	return err
}

// memory is how long it is kept who worked.
const memory = 24 * time.Hour

// forget drops workers of old.
func (w *worker) forget(ctx context.Context) error {
	_, err := w.pool.Exec(ctx, `DELETE FROM fleet_worker WHERE seen < now() - make_interval(secs => $1) AND id <> $2
		AND NOT EXISTS (SELECT FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = fleet_worker.id)`, memory.Seconds(), w.id)
	return err
}
