package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a copy of the store, as of one moment, to a file that must not be
// there yet. It is an SQLite store whatever the store is, appears when it is whole,
// and can be opened like any other. Updates may go on meanwhile.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.backup(ctx, path); err != nil {
		return s.wrap(fmt.Errorf("backup to %s: %w", path, err))
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	part := filepath.Join(dir, "part")
	if s.path != "" {
		err = s.vacuumInto(ctx, part)
	} else {
		err = s.copyTo(ctx, part)
	}
	if err != nil {
		return err
	}
	if err := os.Link(part, path); err == nil || errors.Is(err, fs.ErrExist) {
		return err // unlike a rename, this never replaces what came meanwhile
	}
	return os.Rename(part, path)
}

// vacuumInto writes a compact copy of the file.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteURI(s.path, "mode=ro", pragmas))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, path)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return syncFile(path)
}

// copyTo writes all facts to a new SQLite store.
func (s *Store) copyTo(ctx context.Context, path string) error {
	to, err := Open(ctx, path, Options{Now: s.now, Tool: s.tool})
	if err != nil {
		return err
	}
	if err = errors.Join(Copy(ctx, s, to), to.Close()); err != nil {
		return err
	}
	return syncFile(path)
}

// syncFile makes sure that a file is on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// A table and its columns, in their order.
type table struct{ name, columns, order string }

// tables are all tables of facts, each after those that its rows refer to.
func tables() []table {
	body := func(t bodyTable) table { return table{t.name, t.columns(), t.key + ", at"} }
	return []table{
		{"tracked", trackedColumns, "project, cohort, at"},
		{"observation", "id, project, at, source, tool, outcome, detail, body_sha256, etag, digest", "id"},
		{"file", "project, name, sha256, version, size, uploaded, requires_python, url, observation", "project, name, sha256"},
		{"file_detail", "project, name, sha256, observation, size, uploaded, requires_python, url", "project, name, sha256, observation"},
		{"file_event", "project, name, sha256, at, kind, reason, observation", "project, name, sha256, at, kind"},
		body(metadataTable), body(upstreamTable), body(staticTable), body(probeTable),
		{"downloads", downloadsColumns, "project, at, source"},
		{"run", "id, began, tool, what", "id"},
		{"run_end", "run, ended, result", "run"},
	}
}

// Copy adds all facts of one store, as of one moment, to another, which must hold
// none: it moves a store from a file to PostgreSQL and back.
func Copy(ctx context.Context, from, to *Store) error {
	err := from.look(ctx, func(src querier) error {
		return to.change(ctx, []string{"tracked"}, func(dst *sql.Tx) error {
			for _, t := range tables() {
				var n int
				if err := dst.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(&n); err != nil {
					return err
				}
				if n > 0 {
					return fmt.Errorf("copy from %s: there are facts here already", from.name)
				}
				if err := to.copyTable(ctx, src, dst, t); err != nil {
					return fmt.Errorf("copy of %s: %w", t.name, err)
				}
			}
			if to.dialect.copied != nil {
				return to.dialect.copied(ctx, dst)
			}
			return nil
		})
	})
	return err
}

// copyTable copies the rows of another store's table, some at a time.
func (s *Store) copyTable(ctx context.Context, src querier, dst *sql.Tx, t table) error {
	const some = 1024
	width := strings.Count(t.columns, ",") + 1
	pending := make([][]any, 0, some)
	flush := func() error {
		err := s.dialect.insert(ctx, dst, t.name, t.columns, false, pending)
		pending = pending[:0]
		return err
	}
	err := each(ctx, src, "SELECT "+t.columns+" FROM "+t.name+" ORDER BY "+t.order, nil, func(rows *sql.Rows) error {
		values, places := make([]any, width), make([]any, width)
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		if pending = append(pending, values); len(pending) < some {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
