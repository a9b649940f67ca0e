package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// A dialect is what the two databases do differently, beside their schemas.
type dialect struct {
	name       string // of the folder of migrations
	goose      goose.Dialect
	isolation  sql.IsolationLevel // under which reading sees one state
	hasVersion string             // SQL that counts the tables of versions
	// prepares reports that the driver keeps no statements prepared by itself.
	prepares bool
	// rowsAtOnce are the numbers of rows, beside 1, that one statement inserts, from
	// many to few. A server is better asked seldom for much; in a file, looking for
	// the parameters costs more.
	rowsAtOnce []int
	// lock keeps others from recording facts of the same subjects until the
	// transaction ends; nil if a transaction that writes is alone anyway.
	lock func(ctx context.Context, tx *sql.Tx, subjects []string) error
	// copied is called after rows were inserted together with their numbers; nil
	// if the database sees what number comes next.
	copied func(ctx context.Context, tx *sql.Tx) error
	// integrity returns what the database itself finds wrong with its files.
	integrity func(ctx context.Context, s *Store) ([]string, error)
	size      func(ctx context.Context, s *Store) (int64, error)
}

var (
	sqliteDialect = dialect{
		name: "sqlite", goose: goose.DialectSQLite3, isolation: sql.LevelDefault,
		hasVersion: `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '` + versionTable + `'`,
		prepares:   true, rowsAtOnce: []int{4},
		integrity: integritySQLite, size: sizeSQLite,
	}
	postgresDialect = dialect{
		name: "postgres", goose: goose.DialectPostgres, isolation: sql.LevelRepeatableRead,
		hasVersion: `SELECT count(to_regclass('` + versionTable + `'))`,
		lock:       lockPostgres, copied: copiedPostgres,
		rowsAtOnce: []int{256, 32, 4}, integrity: integrityPostgres, size: sizePostgres,
	}
)

// lockPostgres locks subjects in one order, so that two transactions that have
// some in common do not wait for each other.
func lockPostgres(ctx context.Context, tx *sql.Tx, subjects []string) error {
	subjects = slices.Clone(subjects)
	slices.Sort(subjects)
	for _, s := range slices.Compact(subjects) {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "ftpkg "+s); err != nil {
			return err
		}
	}
	return nil
}

// copiedPostgres has the next rows get numbers after those that were copied.
func copiedPostgres(ctx context.Context, tx *sql.Tx) error {
	for _, q := range []string{
		`SELECT setval(pg_get_serial_sequence('observation', 'id'), greatest(1, (SELECT max(id) FROM observation)), EXISTS (SELECT FROM observation))`,
		`SELECT setval(pg_get_serial_sequence('run', 'id'), greatest(1, (SELECT max(id) FROM run)), EXISTS (SELECT FROM run))`,
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// integrityPostgres asks whether all indexes hold what their tables do, if the
// server has the extension that tells; it cannot be asked for by every user.
func integrityPostgres(ctx context.Context, s *Store) ([]string, error) {
	var has bool
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'amcheck')`).Scan(&has); err != nil || !has {
		return nil, err
	}
	var indexes []string
	err := each(ctx, s.read, `SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relnamespace = current_schema()::regnamespace`, nil,
		func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			indexes = append(indexes, name)
			return err
		})
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, name := range indexes {
		_, err := s.read.ExecContext(ctx, `SELECT bt_index_check($1::regclass, true)`, name)
		if err != nil && sqlState(err) == "" {
			return nil, err
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("index %s: %v", name, err))
		}
	}
	return faults, nil
}

func sizePostgres(ctx context.Context, s *Store) (int64, error) {
	var n int64
	err := s.read.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
	return n, err
}

// isPostgres reports whether a place is a PostgreSQL database. Anything else that
// looks like an address is an error.
func isPostgres(where string) (bool, error) {
	scheme, _, ok := strings.Cut(where, "://")
	switch {
	case !ok:
		return false, nil
	case scheme == "postgres" || scheme == "postgresql":
		return true, nil
	}
	return false, fmt.Errorf("store %s: a store is the path of a file or a postgres:// address, not %s://", redact(where), scheme)
}

// redact returns an address without its password.
func redact(where string) string {
	scheme, _, _ := strings.Cut(where, "://")
	u, err := url.Parse(where)
	if err != nil {
		return scheme + "://…"
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return scheme + "://…"
	}
	for _, secret := range []string{"password", "sslpassword"} {
		if q.Has(secret) {
			q.Set(secret, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}
