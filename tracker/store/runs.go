package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// BeginRun notes that an updater begins to do something.
func (s *Store) BeginRun(ctx context.Context, what string) (*evidence.Run, error) {
	r := &evidence.Run{Began: s.when(time.Time{}), Tool: s.tool, What: text(what)}
	err := s.change(ctx, nil, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO run (began, tool, what) VALUES ($1, $2, $3) RETURNING id`,
			micros(r.Began), r.Tool, r.What).Scan(&r.ID)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// EndRun notes that a run came to its end, and with what result. Ending it again
// changes nothing.
func (s *Store) EndRun(ctx context.Context, id int64, result string) error {
	return s.change(ctx, nil, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO run_end (run, ended, result) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			id, micros(s.when(time.Time{})), text(result))
		return err
	})
}

// Runs returns the last runs, the newest first, n of them at most.
func (s *Store) Runs(ctx context.Context, n int) ([]evidence.Run, error) {
	var runs []evidence.Run
	err := each(ctx, s.read, `SELECT id, began, tool, what, coalesce(ended, 0), coalesce(result, '')
		FROM run LEFT JOIN run_end ON run_end.run = run.id ORDER BY id DESC LIMIT $1`, []any{n},
		func(rows *sql.Rows) error {
			var r evidence.Run
			var began, ended int64
			err := rows.Scan(&r.ID, &began, &r.Tool, &r.What, &ended, &r.Result)
			r.Began, r.Ended = instant(began), instant(ended)
			runs = append(runs, r)
			return err
		})
	return runs, s.wrap(err)
}
