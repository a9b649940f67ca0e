package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

const downloadsColumns = "project, at, source, count, tool, digest"

// PutDownloads adds how often projects were downloaded, all or none. What a list is
// known to say of a project is not said again: the first that was recorded stays. A
// time or a tool that is missing is the store's own.
func (s *Store) PutDownloads(ctx context.Context, all ...evidence.Downloads) error {
	rows := make([][]any, 0, len(all))
	for i := range all {
		d := &all[i]
		if err := checkName(d.Project); err != nil {
			return s.wrap(err)
		}
		source := text(d.Source)
		if d.Count < 0 || len(source) > 1000 { // an index of a database has to hold it
			return s.wrap(fmt.Errorf("downloads of %s: a count of %d, or too long a source", d.Project, d.Count))
		}
		row := []any{d.Project, micros(s.when(d.At)), source, d.Count, s.by(d.Tool)}
		rows = append(rows, append(row, digest("downloads", row...)))
	}
	return s.change(ctx, []string{"downloads"}, func(tx *sql.Tx) error {
		return s.dialect.insert(ctx, tx, "downloads", downloadsColumns, true, rows)
	})
}

func readDownloads(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT project, at, source, count, tool FROM downloads WHERE project = $1 ORDER BY at, source`, []any{h.Project.Name},
		func(rows *sql.Rows) error {
			var d evidence.Downloads
			var at int64
			err := rows.Scan(&d.Project, &at, &d.Source, &d.Count, &d.Tool)
			d.At = instant(at)
			h.Downloads = append(h.Downloads, d)
			return err
		})
}

// downloads recomputes the digests of how often projects were downloaded.
func (r *Report) downloads(ctx context.Context, q querier) error {
	return each(ctx, q, "SELECT "+downloadsColumns+" FROM downloads", nil, func(rows *sql.Rows) error {
		var name, source, tool, want string
		var at, count int64
		err := rows.Scan(&name, &at, &source, &count, &tool, &want)
		if got := digest("downloads", name, at, source, count, tool); got != want {
			r.fault("downloads", strings.TrimSpace(name+" "+source), "its digest is %s, not %s", got, want)
		}
		return err
	})
}
