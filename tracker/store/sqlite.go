package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite" // and the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks a SQLite file as a store: "ftpk".
const applicationID = 0x6674706b

// sqliteURI returns the address by which the driver opens a file.
func sqliteURI(path string, query ...string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") { // a drive
		slashed = "/" + slashed
	}
	u := url.URL{Scheme: "file", Path: slashed, OmitHost: true}
	return u.String() + "?" + strings.Join(query, "&")
}

// The settings of connections. A crash of the machine may cost the last
// transactions with synchronous=NORMAL, never their order or the file.
const (
	pragmas      = "_pragma=busy_timeout(30000)&_pragma=foreign_keys(1)"
	writePragmas = pragmas + "&_pragma=cache_size(-16000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
	// What belongs to a project lies together, so that there is little to be kept by
	// each of the connections that read.
	readPragmas = pragmas + "&_pragma=cache_size(-2000)&_pragma=query_only(1)"
)

// openSQLite opens a file. Nothing is written to one that is no store.
func openSQLite(ctx context.Context, path string, o Options) (*Store, error) {
	s := newStore(path, &sqliteDialect, o)
	s.path = path
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		if o.ReadOnly || o.MustExist {
			return nil, s.wrap(fmt.Errorf("%w: %w", ErrMissing, err))
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, s.wrap(err)
		}
	case err != nil:
		return nil, s.wrap(err)
	case !info.Mode().IsRegular():
		return nil, s.wrap(fmt.Errorf("%w: not a regular file", ErrNoStore))
	default:
		if err := s.examine(ctx, info.Size(), !o.ReadOnly); err != nil {
			return nil, s.wrap(err)
		}
	}
	if o.ReadOnly {
		if err := s.openReading(ctx); err != nil {
			return nil, s.wrap(err)
		}
		return s, nil
	}
	if err := s.openWriting(ctx); err != nil {
		return nil, errors.Join(s.wrap(s.explain(err)), s.Close())
	}
	return s, nil
}

// magic is how all files of SQLite begin.
const magic = "SQLite format 3\x00"

// examine reports what is wrong with a file that is there, without changing it, and
// whether it can be written to if that is wanted.
func (s *Store) examine(ctx context.Context, size int64, write bool) (err error) {
	if write {
		// The database would open it for reading instead, and fail later.
		f, err := os.OpenFile(s.path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if size == 0 {
		return nil // one that is yet to become a store
	}
	// The database takes files that are too short for empty ones.
	if err := checkMagic(s.path); err != nil {
		return err
	}
	if err := s.openReading(ctx); err != nil {
		if write {
			return s.explain(err)
		}
		return err
	}
	defer func() { err = errors.Join(err, s.read.Close()); s.read = nil }()
	var id, tables int64
	if err := s.read.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return err
	}
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return err
	}
	if id != applicationID && tables > 0 {
		return fmt.Errorf("%w: an SQLite database of another program", ErrNoStore)
	}
	return nil
}

// openReading opens the file for reading alone. In a directory that cannot be
// written to, where the database cannot keep its notes of who reads what, the file
// is taken as one that nobody changes, unless changes of it are pending.
func (s *Store) openReading(ctx context.Context) error {
	var first error
	for _, mode := range []string{"mode=ro", "mode=ro&immutable=1"} {
		db, err := sql.Open("sqlite", sqliteURI(s.path, mode, readPragmas))
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(readers + 1)
		var n int64
		err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&n)
		if err == nil {
			s.read = db
			return nil
		}
		err = errors.Join(err, db.Close())
		if first == nil {
			first = err
		}
		if !cannotOpen(first) {
			return first
		}
		if _, err := os.Stat(s.path + "-wal"); err == nil {
			return fmt.Errorf("%w: changes are pending in %s-wal, and only somebody who may write there can take them over: %w", ErrReadOnly, s.path, first)
		}
	}
	return first
}

// openWriting opens the file for writing and reading, and makes it a store if
// it is none yet.
func (s *Store) openWriting(ctx context.Context) error {
	var err error
	if s.write, err = sql.Open("sqlite", sqliteURI(s.path, writePragmas)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	var id int64
	if err := s.write.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return err
	}
	if id != applicationID {
		if _, err := s.write.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
			return err
		}
	}
	if s.read, err = sql.Open("sqlite", sqliteURI(s.path, readPragmas)); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers + 1)
	s.read.SetMaxIdleConns(readers + 1)
	return nil
}

// explain returns why the database cannot open the file, as far as the system tells
// when asked for a file beside it.
func (s *Store) explain(err error) error {
	if !cannotOpen(err) {
		return err
	}
	dir := filepath.Dir(s.path)
	f, because := os.CreateTemp(dir, ".ftpkg-*")
	if because != nil {
		if e, ok := errors.AsType[*fs.PathError](because); ok {
			e.Path = dir
		}
		return because
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func checkMagic(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	begin := make([]byte, len(magic))
	_, err = io.ReadFull(f, begin)
	if err = errors.Join(err, f.Close()); err != nil || string(begin) != magic {
		return fmt.Errorf("%w: not an SQLite database", ErrNoStore)
	}
	return nil
}

// integritySQLite has the database read all its pages and indexes, and look for
// references to rows that are not there.
func integritySQLite(ctx context.Context, s *Store) ([]string, error) {
	var faults []string
	err := each(ctx, s.read, `PRAGMA integrity_check`, nil, func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		if line != "ok" {
			faults = append(faults, line)
		}
		return err
	})
	if err != nil {
		return faults, err
	}
	err = each(ctx, s.read, `PRAGMA foreign_key_check`, nil, func(rows *sql.Rows) error {
		var table, parent string
		var row, key sql.NullInt64
		err := rows.Scan(&table, &row, &parent, &key)
		faults = append(faults, fmt.Sprintf("a row of %s refers to one of %s that is not there", table, parent))
		return err
	})
	return faults, err
}

func sizeSQLite(ctx context.Context, s *Store) (int64, error) {
	var pages, size int64
	if err := s.read.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		return 0, err
	}
	err := s.read.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&size)
	return pages * size, err
}

// cannotOpen reports whether an error is that a file, or one beside it, could not
// be opened.
func cannotOpen(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_READONLY
}
