package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ftpkg/ftpkg/scripts/internal/figures"
	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// fleetOptions say what is measured of fleets.
type fleetOptions struct {
	projects, jobs, workers, wheels, turns int
	latency                                time.Duration
}

// The bars of the section "Fleet".
const (
	linearBar   = 0.85
	overheadBar = 5 * time.Millisecond
)

// patience is how long a run may take.
const patience = 10 * time.Minute

// A ran is an update of a fleet, or of one process without a queue.
type ran struct {
	wall time.Duration // from the first job's beginning to the last one's end
	jobs int
	cpu  []time.Duration // of each process that worked
	busy float64         // how much of the machine was, from 0 to 1
	txs  int64           // transactions of the database
}

func (r *ran) used() (sum time.Duration) {
	for _, d := range r.cpu {
		sum += d
	}
	return sum
}

// fleet measures the fleet.
func (b *bench) fleet(ctx context.Context) (_ string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	index, err := fleettest.NewIndex(fleettest.IndexOptions{Projects: b.projects, Seed: 1, Releases: 6, Compiled: 0.2, Latency: b.latency})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	// What is committed is on the disk before anybody hears of it, as PostgreSQL has it.
	server, err := pgtest.New(ctx, "fsync=on", "full_page_writes=on", "max_connections=100")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	f := &field{bench: b, server: server, index: index}
	text, err := f.scale(ctx)
	if err != nil {
		return "", err
	}
	index.SetLatency(0)
	bound, err := f.bound(ctx)
	if err != nil {
		return "", err
	}
	over, err := f.overhead(ctx)
	return text + "\n" + bound + "\n" + over, err
}

// A field is what all runs share.
type field struct {
	*bench
	server *pgtest.Server
	index  *fleettest.Index
}

// scale compares one worker with some, where an index is waited for.
func (f *field) scale(ctx context.Context) (string, error) {
	var one, many []*ran
	f.index.Reset()
	for range f.turns {
		for _, n := range []int{1, f.workers} {
			r, err := f.fleetRun(ctx, order{projects: f.projects, workers: n, jobs: f.jobs})
			if err != nil {
				return "", err
			}
			if n == 1 {
				one = append(one, r)
			} else {
				many = append(many, r)
			}
		}
	}
	requests := 0
	for _, n := range f.index.Counts() {
		requests += n
	}
	text := fmt.Sprintf("An update of %d projects of a generated index, each answer of which takes %s; %.2f requests for each project. Workers are processes, `ftpkg worker --jobs %d`; one PostgreSQL, fsync on; from the first job's beginning to the last one's end, in turns, the median of %d.\n\n",
		f.projects, f.latency, float64(requests)/float64(2*f.turns*f.projects), f.jobs, f.turns) +
		"| | wall | projects a second | processor time of the workers | of one of them, at most | transactions a job | processors busy, of " + strconv.Itoa(runtime.NumCPU()) + " |\n|---|---|---|---|---|---|---|\n"
	for _, side := range []struct {
		name string
		runs []*ran
	}{{"1 worker", one}, {fmt.Sprintf("%d workers", f.workers), many}} {
		r := median(side.runs)
		text += fmt.Sprintf("| %s | %.1f s | %.0f | %.1f s | %.0f %% of a processor | %.1f | %.2f |\n", side.name, r.wall.Seconds(), float64(r.jobs)/r.wall.Seconds(),
			r.used().Seconds(), 100*most(r.cpu).Seconds()/r.wall.Seconds(), float64(r.txs)/float64(r.jobs), r.busy*float64(runtime.NumCPU()))
	}
	gain := median(one).wall.Seconds() / median(many).wall.Seconds()
	share := gain / float64(f.workers)
	return text + fmt.Sprintf("\n%d workers are %.2f × as fast as one: %.2f of linear; bar: %s.\n", f.workers, gain, share,
		verdict(share >= linearBar, fmt.Sprintf("≥ %.2f", linearBar))), nil
}

// bound compares them where nothing is waited for but the processors.
func (f *field) bound(ctx context.Context) (string, error) {
	n := min(f.wheels, f.projects)
	one, err := f.fleetRun(ctx, order{projects: n, workers: 1, jobs: f.jobs, inspect: true})
	if err != nil {
		return "", err
	}
	many, err := f.fleetRun(ctx, order{projects: n, workers: f.workers, jobs: f.jobs, inspect: true})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("The same of %d of the projects with their wheels read and an index that answers at once, which the processors of one machine bound, whatever the number of workers (no bar): 1 worker %.1f s, %d workers %.1f s, %.2f ×; processor time of the workers %.1f s and %.1f s for %d jobs; processors busy %.2f and %.2f.\n",
		n, one.wall.Seconds(), f.workers, many.wall.Seconds(), one.wall.Seconds()/many.wall.Seconds(), one.used().Seconds(), many.used().Seconds(), many.jobs,
		one.busy*float64(runtime.NumCPU()), many.busy*float64(runtime.NumCPU())), nil
}

// overhead compares a worker that does one thing at a time with a process that does
// the same without a queue, on the same database.
func (f *field) overhead(ctx context.Context) (string, error) {
	n := min(f.wheels, f.projects)
	var with, without, costs []time.Duration
	for range 3 {
		alone, err := f.aloneRun(ctx, n)
		if err != nil {
			return "", err
		}
		queued, err := f.fleetRun(ctx, order{projects: n, workers: 1, jobs: 1})
		if err != nil {
			return "", err
		}
		with, without = append(with, queued.wall), append(without, alone.wall)
		costs = append(costs, (queued.wall-alone.wall)/time.Duration(n))
	}
	cost := figures.Median(costs)
	return fmt.Sprintf("What the queue costs a job: %d looks, one at a time, by `ftpkg worker --jobs 1` and by `ftpkg track update --jobs 1` on the same PostgreSQL, an index that answers at once: %.2f ms and %.2f ms a look on the median; the queue costs %.2f ms, the median of the differences of 3 pairs; bar: %s.\n",
		n, ms(figures.Median(with))/float64(n), ms(figures.Median(without))/float64(n), ms(cost), verdict(cost <= overheadBar, "≤ "+overheadBar.String())), nil
}

func median(runs []*ran) *ran {
	var walls []time.Duration
	for _, r := range runs {
		walls = append(walls, r.wall)
	}
	m := figures.Median(walls)
	for _, r := range runs {
		if r.wall == m {
			return r
		}
	}
	return nil
}

func most(all []time.Duration) (d time.Duration) {
	for _, x := range all {
		d = max(d, x)
	}
	return d
}

// An order says what a run does.
type order struct {
	projects, workers, jobs int
	inspect                 bool
}

// database makes one that tracks the first projects.
func (f *field) database(ctx context.Context, projects int) (_ string, err error) {
	f.last++
	name := fmt.Sprintf("bench%d", f.last)
	c, err := pgx.Connect(ctx, f.server.URL("postgres"))
	if err != nil {
		return "", err
	}
	_, err = c.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0")
	if err := errors.Join(err, c.Close(ctx)); err != nil {
		return "", err
	}
	where := f.server.URL(name)
	s, err := store.Open(ctx, where, store.Options{Now: time.Now, Tool: "bench-fleet"})
	if err != nil {
		return "", err
	}
	_, err = s.AddProjects(ctx, "", f.index.Names()[:projects]...)
	return where, errors.Join(err, s.Close())
}

// command is one of ftpkg, with a cache of its own.
func (f *field) command(ctx context.Context, where string, args ...string) *exec.Cmd {
	f.last++
	cmd := exec.CommandContext(ctx, f.ftpkg, append(args, "--store", where)...)
	cmd.Dir = f.tmp
	cmd.Env = append(os.Environ(), "FTPKG_INDEX_URL="+f.index.URL(), "FTPKG_CACHE_DIR="+filepath.Join(f.tmp, fmt.Sprintf("cache%d", f.last)),
		"FTPKG_NO_CONFIG=1", "PIP_CONFIG_FILE="+os.DevNull, "HOME="+f.tmp)
	return cmd
}

// fleetRun has workers, which are started before, do an update.
func (f *field) fleetRun(ctx context.Context, o order) (*ran, error) {
	where, err := f.database(ctx, o.projects)
	if err != nil {
		return nil, err
	}
	var workers []*fleettest.Process
	defer func() {
		for _, w := range workers {
			w.Kill()
		}
	}()
	for i := range o.workers {
		w, err := fleettest.Start(f.command(ctx, where, "worker", "--jobs", strconv.Itoa(o.jobs), "--rate", "0", "--name", fmt.Sprintf("w%d", i)))
		if err != nil {
			return nil, err
		}
		workers = append(workers, w)
	}
	c, err := pgx.Connect(ctx, where)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close(ctx) }()
	if err := until(ctx, func() (bool, error) { return f.ready(ctx, c, workers) }); err != nil {
		return nil, err
	}
	before, busy := transactions(ctx, c), newBusy()
	args := []string{"track", "update", "--enqueue"}
	if o.inspect {
		args = append(args, "--inspect")
	}
	if out, err := f.command(ctx, where, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("enqueue: %w\n%s", err, out)
	}
	if err := until(ctx, func() (bool, error) { return done(ctx, c) }); err != nil {
		return nil, fmt.Errorf("%w; a worker said: %s", err, workers[0].Said())
	}
	r := &ran{busy: busy.since()}
	r.txs = transactions(ctx, c) - before
	var begun, ended time.Time
	var failed int
	if err := c.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE state <> 'completed'), min(attempted_at), max(finalized_at) FROM river_job`).Scan(&r.jobs, &failed, &begun, &ended); err != nil {
		return nil, err
	}
	if failed > 0 || r.jobs < o.projects {
		return nil, fmt.Errorf("of %d jobs %d were not done", r.jobs, failed)
	}
	r.wall = ended.Sub(begun)
	for _, w := range workers {
		if err := w.Stop(ctx); err != nil {
			return nil, fmt.Errorf("worker: %w: %s", err, w.Said())
		}
		r.cpu = append(r.cpu, w.Used())
	}
	return r, nil
}

// ready reports whether all workers have told the fleet of themselves.
func (f *field) ready(ctx context.Context, c *pgx.Conn, workers []*fleettest.Process) (bool, error) {
	for _, w := range workers {
		if err := w.Err(); err != nil {
			return false, fmt.Errorf("worker: %w: %s", err, w.Said())
		}
	}
	var there *string
	if err := c.QueryRow(ctx, `SELECT to_regclass('fleet_worker')::text`).Scan(&there); err != nil || there == nil {
		return false, err
	}
	var n int
	err := c.QueryRow(ctx, `SELECT count(*) FROM fleet_worker`).Scan(&n)
	return n == len(workers), err
}

// done reports whether nothing is left in the queue.
func done(ctx context.Context, c *pgx.Conn) (bool, error) {
	var left bool
	err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`).Scan(&left)
	return !left, err
}

// until asks again and again, seldom enough not to matter.
func until(ctx context.Context, ask func() (bool, error)) error {
	for {
		if ok, err := ask(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// aloneRun has one process without a queue do an update, one thing at a time.
func (f *field) aloneRun(ctx context.Context, projects int) (*ran, error) {
	where, err := f.database(ctx, projects)
	if err != nil {
		return nil, err
	}
	if out, err := f.command(ctx, where, "track", "update", "--jobs", "1").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("update: %w\n%s", err, out)
	}
	s, err := store.Open(ctx, where, store.Options{Now: time.Now, Tool: "bench-fleet", ReadOnly: true})
	if err != nil {
		return nil, err
	}
	runs, err := s.Runs(ctx, 1)
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	if len(runs) != 1 || runs[0].Ended.IsZero() {
		return nil, errors.New("the update has not ended")
	}
	return &ran{wall: runs[0].Ended.Sub(runs[0].Began), jobs: projects}, nil
}

// transactions are those of the database so far.
func transactions(ctx context.Context, c *pgx.Conn) (n int64) {
	_ = c.QueryRow(ctx, `SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()`).Scan(&n) // 0 if it does not tell
	return n
}

// A busy machine is one whose processors do something.
type busy struct{ worked, all float64 }

// newBusy notes how long the processors have worked.
func newBusy() busy {
	text, err := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	if err != nil || len(fields) < 9 {
		return busy{}
	}
	var b busy
	for i, field := range fields[1:9] { // user nice system idle iowait irq softirq steal
		n, _ := strconv.ParseFloat(field, 64)
		b.all += n
		if i != 3 && i != 4 {
			b.worked += n
		}
	}
	return b
}

// since is how much of the machine was busy since then, 0 if the system does not tell.
func (b busy) since() float64 {
	now := newBusy()
	if now.all <= b.all {
		return 0
	}
	return (now.worked - b.worked) / (now.all - b.all)
}
