package fleet

import (
	"context"
	"errors"

	"github.com/riverqueue/river/rivertype"
)

// Selection says which jobs are meant: all for which what is set holds.
type Selection struct {
	IDs   []int64
	Run   int64
	Queue string
}

// Cancel has jobs that are not done given up. Those that a worker is at are broken
// off; it is told at once. It returns how many there were.
func (f *Fleet) Cancel(ctx context.Context, s Selection) (int, error) {
	return f.each(ctx, s, `state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`, func(id int64) error {
		_, err := f.queue.JobCancel(ctx, id)
		return err
	})
}

// Retry has jobs tried at once that failed, were cancelled, or wait to be tried
// again. It returns how many there were.
func (f *Fleet) Retry(ctx context.Context, s Selection) (int, error) {
	return f.each(ctx, s, `state IN ('cancelled', 'discarded', 'retryable')`, func(id int64) error {
		_, err := f.queue.JobRetry(ctx, id)
		return err
	})
}

func (f *Fleet) each(ctx context.Context, s Selection, states string, do func(id int64) error) (int, error) {
	var ids []int64
	err := f.ask(ctx, `SELECT id FROM river_job WHERE `+states+` AND ($1::bigint[] IS NULL OR id = ANY ($1)) AND ($2 = 0 OR args @> jsonb_build_object('run', $2::bigint))
		AND ($3 = '' OR queue = $3) ORDER BY id`, []any{s.IDs, s.Run, s.Queue}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	n := 0
	for _, id := range ids {
		switch err := do(id); {
		case errors.Is(err, rivertype.ErrNotFound): // cleaned away meanwhile
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	return n, err
}
