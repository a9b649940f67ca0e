package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// cost measures what a job of each kind takes: the figures that docs/scale.md and
// scripts/simulate-fleet go by. It is in no section of docs/benchmarks.md.
func (b *bench) cost(ctx context.Context) (_ string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	server, err := pgtest.New(ctx, "fsync=on", "full_page_writes=on", "max_connections=100")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	text := "| | jobs | requests a job | body bytes a job | worker's processor time a job | database's processor time a job | transactions a job | rows of facts a job | bytes of facts a job | bytes of the queue a job |\n|---|---|---|---|---|---|---|---|---|---|\n"
	for _, kind := range []struct {
		name     string
		compiled float64
	}{{"projects without modules", 0}, {"compiled projects", 1}} {
		rows, err := b.costOf(ctx, server, kind.name, kind.compiled)
		if err != nil {
			return "", err
		}
		text += rows
	}
	return text, nil
}

// costOf measures three updates of projects of one sort: the first look, one that
// finds nothing new, and one that reads the wheels.
func (b *bench) costOf(ctx context.Context, server *pgtest.Server, name string, compiled float64) (_ string, err error) {
	index, err := fleettest.NewIndex(fleettest.IndexOptions{Projects: b.wheels, Seed: 1, Releases: 6, Compiled: compiled})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	f := &field{bench: b, server: server, index: index}
	where, err := f.database(ctx, b.wheels)
	if err != nil {
		return "", err
	}
	c, err := pgx.Connect(ctx, where)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close(ctx) }()
	text := ""
	for _, step := range []struct {
		name string
		args []string
	}{{"the first look", nil}, {"a look that finds nothing new", nil}, {"reading the wheels: a look, and a job a wheel", []string{"--inspect"}}} {
		row, err := f.costStep(ctx, c, where, step.args)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| %s: %s | %s |\n", name, step.name, row)
	}
	return text, nil
}

// A meter is what has been used so far.
type meter struct {
	requests, sent, txs, rows, facts, queue, jobs int64
	database                                      time.Duration
}

func (f *field) costStep(ctx context.Context, c *pgx.Conn, where string, args []string) (string, error) {
	before, err := f.meter(ctx, c)
	if err != nil {
		return "", err
	}
	w, err := fleettest.Start(f.command(ctx, where, "worker", "--jobs", strconv.Itoa(f.jobs), "--rate", "0"))
	if err != nil {
		return "", err
	}
	defer w.Kill()
	if out, err := f.command(ctx, where, append([]string{"track", "update", "--enqueue"}, args...)...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("enqueue: %w\n%s", err, out)
	}
	if err := until(ctx, func() (bool, error) { return done(ctx, c) }); err != nil {
		return "", fmt.Errorf("%w; the worker said: %s", err, w.Said())
	}
	time.Sleep(time.Second) // the database tells of transactions some time after them
	after, err := f.meter(ctx, c)
	if err != nil {
		return "", err
	}
	if err := w.Stop(ctx); err != nil {
		return "", fmt.Errorf("worker: %w: %s", err, w.Said())
	}
	n := float64(after.jobs - before.jobs)
	per := func(now, then int64) float64 { return float64(now-then) / n }
	return fmt.Sprintf("%.0f | %.2f | %.0f | %.2f ms | %.2f ms | %.1f | %.1f | %.0f | %.0f", n,
		per(after.requests, before.requests), per(after.sent, before.sent), ms(w.Used())/n, ms(after.database-before.database)/n,
		per(after.txs, before.txs), per(after.rows, before.rows), per(after.facts, before.facts), per(after.queue, before.queue)), nil
}

// meter reads what has been used so far.
func (f *field) meter(ctx context.Context, c *pgx.Conn) (*meter, error) {
	m := &meter{sent: f.index.Sent(), txs: transactions(ctx, c)}
	for _, n := range f.index.Counts() {
		m.requests += int64(n)
	}
	var there *string
	if err := c.QueryRow(ctx, `SELECT to_regclass('river_job')::text`).Scan(&there); err != nil {
		return nil, err
	}
	if there != nil {
		if err := c.QueryRow(ctx, `SELECT count(*) FROM river_job`).Scan(&m.jobs); err != nil {
			return nil, err
		}
	}
	if err := c.QueryRow(ctx, `SELECT (SELECT count(*) FROM observation) + (SELECT count(*) FROM file) + (SELECT count(*) FROM metadata) + (SELECT count(*) FROM static) + (SELECT count(*) FROM tracked)`).Scan(&m.rows); err != nil {
		return nil, err
	}
	const size = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND `
	if err := c.QueryRow(ctx, size+`relname !~ '^(river|fleet)'`).Scan(&m.facts); err != nil {
		return nil, err
	}
	if err := c.QueryRow(ctx, size+`relname ~ '^(river|fleet)'`).Scan(&m.queue); err != nil {
		return nil, err
	}
	var err error
	m.database, err = served(ctx, c)
	return m, err
}

// served is the processor time of the processes of a database that there are, 0 where
// the system does not tell.
func served(ctx context.Context, c *pgx.Conn) (time.Duration, error) {
	var dir string
	if err := c.QueryRow(ctx, `SHOW data_directory`).Scan(&dir); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	main, _, _ := strings.Cut(string(text), "\n")
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	const tick = 10 * time.Millisecond // of Linux, on all that it runs on
	var sum time.Duration
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest) // from state on
		own := strings.HasPrefix(string(text), main+" ")
		if len(fields) < 15 || fields[1] != main && !own {
			continue
		}
		counted := fields[11:13] // utime, stime
		if own {
			counted = fields[11:15] // and those of processes that have ended
		}
		for _, field := range counted {
			n, err := strconv.ParseInt(field, 10, 64)
			if err == nil {
				sum += time.Duration(n) * tick
			}
		}
	}
	return sum, nil
}
