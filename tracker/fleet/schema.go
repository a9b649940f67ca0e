package fleet

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// versionTable holds which steps of ours were taken; River has a table of its own.
const versionTable = "fleet_schema"

// newest is the version that the last step of ours leads to.
const newest = 1

// migrate makes the tables of the queue beside those of the store, or brings them up
// to date. There is no way back.
func (f *Fleet) migrate(ctx context.Context, mustExist bool) error {
	upToDate, err := f.upToDate(ctx)
	if err != nil || upToDate {
		return err
	}
	if mustExist {
		return ErrNoFleet
	}
	conn, err := f.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// Of workers that start together one makes the tables, and the others wait.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, "ftpkg schema of the fleet"); err != nil {
		return err
	}
	err = f.upgrade(ctx)
	_, unlocked := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, "ftpkg schema of the fleet")
	return errors.Join(err, unlocked)
}

func (f *Fleet) upgrade(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(f.pool), &rivermigrate.Config{Logger: f.logger})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(f.pool)
	p, err := goose.NewProvider(goose.DialectPostgres, db, steps, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = p.Up(ctx)
	}
	return errors.Join(err, db.Close())
}

// upToDate reports whether all steps were taken, River's and ours.
func (f *Fleet) upToDate(ctx context.Context) (bool, error) {
	var tables int
	err := f.pool.QueryRow(ctx, `SELECT count(to_regclass('river_migration')) + count(to_regclass('`+versionTable+`'))`).Scan(&tables)
	if err != nil || tables < 2 {
		return false, err
	}
	m, err := rivermigrate.New(riverpgxv5.New(f.pool), &rivermigrate.Config{Logger: f.logger})
	if err != nil {
		return false, err
	}
	var river, ours int64
	err = f.pool.QueryRow(ctx, `SELECT (SELECT coalesce(max(version), 0) FROM river_migration WHERE line = 'main'),
		(SELECT coalesce(max(version_id), 0) FROM `+versionTable+` WHERE is_applied)`).Scan(&river, &ours)
	all := m.AllVersions()
	return err == nil && river >= int64(all[len(all)-1].Version) && ours >= newest, err
}
