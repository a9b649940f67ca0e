package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/ftpkg/ftpkg/internal/lockfile"
)

// migrations has a folder for each database, with the same steps.
//
//go:embed migrations
var migrations embed.FS

// versionTable holds which steps were taken.
const versionTable = "ftpkg_schema"

// migrate brings the schema up to date by the steps in the folder of the database.
func (s *Store) migrate(ctx context.Context, steps fs.FS, o Options) error {
	steps, err := fs.Sub(steps, s.dialect.name)
	if err != nil {
		return err
	}
	known, err := newest(steps)
	if err != nil {
		return err
	}
	have, err := s.schema(ctx)
	if err != nil {
		return err
	}
	switch {
	case have == known:
		return nil
	case have > known:
		return &SchemaError{have, known}
	case o.ReadOnly && have == 0, o.MustExist && have == 0:
		return fmt.Errorf("%w: it is empty", ErrMissing)
	case o.ReadOnly:
		return &SchemaError{have, known}
	}
	unlock, err := s.lockSchema(ctx)
	if err != nil {
		return err
	}
	err = s.upgrade(ctx, steps, known, o)
	return errors.Join(err, unlock(err == nil))
}

// upgrade takes the steps that are missing. Others are kept from it meanwhile, and
// may have taken them just before.
func (s *Store) upgrade(ctx context.Context, steps fs.FS, known int64, o Options) error {
	have, err := s.schema(ctx)
	if err != nil {
		return err
	}
	if have >= known {
		return nil
	}
	if have > 0 {
		backup := ""
		if s.path != "" {
			if backup, err = s.backupBefore(ctx, have); err != nil {
				return fmt.Errorf("copy before upgrading: %w", err)
			}
		}
		if o.OnUpgrade != nil {
			o.OnUpgrade(have, known, backup)
		}
	}
	p, err := goose.NewProvider(s.dialect.goose, s.write, steps,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// newest is the version that the last step of a folder leads to.
func newest(steps fs.FS) (int64, error) {
	names, err := fs.Glob(steps, "*.sql")
	if err != nil {
		return 0, err
	}
	var last int64
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		last = max(last, v)
	}
	return last, nil
}

// schema is the version of the store's schema, 0 if it has none yet.
func (s *Store) schema(ctx context.Context) (int64, error) {
	var tables, version int64
	if err := s.read.QueryRowContext(ctx, s.dialect.hasVersion).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable+` WHERE is_applied`).Scan(&version)
	return version, err
}

// backupBefore copies the file beside itself and returns the copy's path. A copy
// that is there already is kept; one that was cut off never gets its name.
func (s *Store) backupBefore(ctx context.Context, version int64) (string, error) {
	for n := 1; ; n++ {
		path := fmt.Sprintf("%s.schema-%d.backup", s.path, version)
		if n > 1 {
			path = fmt.Sprintf("%s.schema-%d-%d.backup", s.path, version, n)
		}
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		part := s.path + ".part"
		if err := os.RemoveAll(part); err != nil {
			return "", err
		}
		if err := s.vacuumInto(ctx, part); err != nil {
			return "", errors.Join(err, os.RemoveAll(part))
		}
		return path, os.Rename(part, path)
	}
}

// lockSchema keeps other processes from changing the schema until unlock is
// called; done says that nobody need do it again.
func (s *Store) lockSchema(ctx context.Context) (unlock func(done bool) error, err error) {
	if s.path != "" {
		name := s.path + ".lock"
		l, err := lockfile.Acquire(ctx, name, nil)
		if err != nil {
			return nil, err
		}
		return func(done bool) error {
			if done {
				_ = os.Remove(name) // whoever waits for it finds nothing to do
			}
			return l.Close()
		}, nil
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, "ftpkg schema"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func(bool) error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, "ftpkg schema")
		if closed := conn.Close(); err == nil && !errors.Is(closed, sql.ErrConnDone) {
			err = closed
		}
		return err
	}, nil
}
