package fleet_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/fleet"
)

// query asks the database one thing.
func (w *world) query(into any, question string, args ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.where)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(w.t.Context())) }()
	if err := conn.QueryRow(w.t.Context(), question, args...).Scan(into); err != nil {
		w.t.Fatal(err)
	}
}

// TestShare: two workers have each done some, and nothing twice.
func TestShare(t *testing.T) {
	t.Parallel()
	text, names := many(40)
	w := newWorld(t, text)
	w.track(names...)
	var jobs [2]atomic.Int64
	var both sync.WaitGroup
	both.Add(2)
	for i := range jobs {
		first := sync.OnceFunc(func() { both.Done(); both.Wait() }) // neither is done with all before the other begins
		o := w.options()
		o.OnJob = func(vocab.Job, vocab.JobOutcome, time.Duration) { jobs[i].Add(1); first() }
		o.Queues, o.Jobs = []string{fleet.QueueRefresh}, 1
		w.work(o)
	}
	s := w.wait(w.enqueue(fleet.Order{}))
	if a, b := jobs[0].Load(), jobs[1].Load(); a == 0 || b == 0 || int(a+b) != s.Refreshed {
		t.Errorf("the workers did %d and %d jobs, of %d", a, b, s.Refreshed)
	}
	for _, name := range names {
		h, err := w.store.History(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Observations) != 1 {
			t.Errorf("%s was looked at %d times", name, len(h.Observations))
		}
	}
}

// TestUnique: the same update, asked for twice, is one.
func TestUnique(t *testing.T) {
	t.Parallel()
	text, names := many(5)
	w := newWorld(t, text)
	w.track(names...)
	first := w.enqueue(fleet.Order{})
	second := w.enqueue(fleet.Order{})
	if first.Jobs != 5 || second.Jobs != 0 || second.ID != first.ID || !second.Again {
		t.Errorf("%+v, then %+v", first, second)
	}
	other := w.enqueue(fleet.Order{Names: names[:2]})
	if other.ID == first.ID || other.Jobs != 2 {
		t.Errorf("another update is %+v", other)
	}
	// Wheels that two of them want are read once.
	inspect := w.enqueue(fleet.Order{Inspect: true})
	also := w.enqueue(fleet.Order{Names: names, Inspect: true})
	var read atomic.Int64
	o := w.options()
	o.OnJob = func(k vocab.Job, _ vocab.JobOutcome, _ time.Duration) {
		if k == vocab.JobInspect {
			read.Add(1)
		}
	}
	o.Queues = o.Queues[:1]
	stop := w.work(o)
	w.eventually("looks are done", func() bool {
		q := w.state().Queues
		i := slices.IndexFunc(q, func(q fleet.QueueState) bool { return q.Name == fleet.QueueRefresh })
		return q[i].Waiting+q[i].Running+q[i].Later == 0
	})
	stop()
	var waiting int64
	w.query(&waiting, `SELECT count(*) FROM river_job WHERE kind = 'inspect'`)
	o.Queues = []string{fleet.QueueInspect}
	w.work(o)
	if s, also := w.wait(inspect), w.wait(also); waiting == 0 || read.Load() != waiting || int64(s.Inspected+also.Inspected) != waiting {
		t.Errorf("%d wheels waited, %d were read: %+v, %+v", waiting, read.Load(), s, also)
	}
}

// An index that fails as often as it is told.
type moodyIndex struct {
	tracker.Index
	fail func(name string) error
}

func (m moodyIndex) Project(ctx context.Context, name string) (*simple.Project, error) {
	if err := m.fail(name); err != nil {
		return nil, err
	}
	return m.Index.Project(ctx, name)
}

// TestRetry: what may pass is tried again, and what fails for good is told, once.
func TestRetry(t *testing.T) {
	t.Parallel()
	text, names := many(3)
	w := newWorld(t, text)
	w.track(names...)
	w.track("missing")
	w.index.Inject(indextest.Fault{Name: names[1], Status: http.StatusForbidden})
	var asked sync.Map
	o := w.options()
	index := o.Updater.Index
	o.Updater.Index = moodyIndex{index, func(name string) error {
		n, _ := asked.LoadOrStore(name, new(atomic.Int64))
		count := n.(*atomic.Int64).Add(1)
		if name == names[0] && count <= 2 || name == names[2] {
			return errors.New("the index is in a mood")
		}
		return nil
	}}
	w.work(o)
	s := w.wait(w.enqueue(fleet.Order{}))
	times := func(name string) int64 {
		n, ok := asked.Load(name)
		if !ok {
			return 0
		}
		return n.(*atomic.Int64).Load()
	}
	if got := [...]int64{times(names[0]), times(names[1]), times(names[2]), times("missing")}; got != [...]int64{3, 1, 4, 1} {
		t.Errorf("the projects were looked at %v times", got)
	}
	var failed []string
	for _, f := range s.Failed {
		failed = append(failed, f.Phase+" "+f.Name)
	}
	if diff := cmp.Diff([]string{"refresh " + names[1], "refresh " + names[2]}, failed); diff != "" {
		t.Error(diff)
	}
	state := w.state()
	told := map[string]bool{}
	for _, j := range state.Failures {
		if j.JobState == vocab.JobStateFailed {
			told[j.Subject+": "+j.Error] = true
		}
	}
	for want := range map[string]bool{names[2] + ": " + names[2] + ": the index is in a mood": true} {
		if !told[want] || len(told) != 2 {
			t.Errorf("%q is not among %v", want, told)
		}
	}
	// Tried again by hand, it goes well if its cause is gone.
	w.index.Heal()
	n, err := w.fleet.Retry(t.Context(), fleet.Selection{Run: 1})
	if err != nil || n != 2 {
		t.Errorf("%d jobs are tried again: %v", n, err)
	}
	w.eventually("the mended project is looked at", func() bool {
		seen, err := w.store.Seen(t.Context(), names[1])
		return err == nil && seen.Last != nil && seen.Last.Outcome == vocab.ObservedChanged
	})
}

// A prober that does nothing until it is told, or its context ends.
type slowProber struct {
	began chan string
	end   chan struct{}
}

func (p slowProber) Probe(ctx context.Context, s *probe.Subject) ([]probe.Result, error) {
	p.began <- s.Packages[0]
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.end:
	}
	return []probe.Result{{Package: s.Packages[0], Version: "1.0", Outcome: vocab.OutcomeGILOff, Runtime: probe.Runtime{Version: "3.14.0"}}}, nil
}

// target is where packages are loaded in tests.
func target() fleet.Target { return fleet.Target{Python: "3.14t", Platform: "linux-x86_64"} }

// prober makes a worker load packages.
func (w *world) prober() (fleet.WorkOptions, slowProber) {
	p := slowProber{make(chan string, 100), make(chan struct{})}
	o := w.options()
	o.Updater.Prober, o.Updater.Python, o.Updater.Platform = p, target().Python, target().Platform
	o.Queues = []string{fleet.QueueRefresh, target().Queue()}
	return o, p
}

const loadable = `
package app
  version 1.0
    uploaded 2026-01-01
    wheel cp314-cp314t-manylinux_2_28_x86_64
`

// TestProbe: packages are loaded where there is a worker for that, once.
func TestProbe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	o, p := w.prober()
	close(p.end)
	elsewhere := fleet.Target{Python: "3.14t", Platform: "macos-arm64"}
	run := w.enqueue(fleet.Order{Probe: []fleet.Target{target(), elsewhere}})
	w.work(o)
	s := w.wait(run)
	if s.Probed != 1 || len(s.Failed) != 0 {
		t.Errorf("%+v", s)
	}
	h, err := w.store.History(t.Context(), "app")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Probes) != 1 || h.Probes[0].Python != "3.14t" || h.Probes[0].Platform != "linux-x86_64" {
		t.Errorf("%+v", h.Probes)
	}
	// The universe has no wheel for macOS. One that is there waits for a worker.
	targets, err := w.fleet.Targets(t.Context())
	if diff := cmp.Diff([]fleet.Target{target()}, targets); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if s := w.wait(w.enqueue(fleet.Order{Probe: targets})); s.Probed != 0 || len(p.began) != 1 {
		t.Errorf("it was loaded again: %+v", s)
	}
}

// TestQueues: the names are such as River takes, and tell targets apart.
func TestQueues(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, target := range []fleet.Target{
		{Python: "3.13t", Platform: "linux-x86_64"}, {Python: "3.14t", Platform: "linux-x86_64"}, {Python: "3.14t", Platform: "macos-arm64"},
		{Python: "3.14t", Platform: "windows-arm64"}, {Python: "3.14t", Platform: "musl-x86_64"}, {Python: "3.15t", Platform: "Linux X86"},
	} {
		name := target.Queue()
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || seen[name] {
			t.Errorf("%s: %s", target, name)
		}
		seen[name] = true
	}
	if got := target().Queue(); got != "probe-linux-x86_64-3-14t" {
		t.Error(got)
	}
}

// TestCancel: jobs that wait are not done, and those under way are broken off.
func TestCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	o, p := w.prober()
	w.work(o)
	run := w.enqueue(fleet.Order{Probe: []fleet.Target{target()}})
	if got := <-p.began; got != "app" {
		t.Errorf("%s is loaded", got)
	}
	waiting := w.enqueue(fleet.Order{Names: []string{"app"}, Probe: []fleet.Target{target()}}) // which is the same job
	w.wait(waiting)
	n, err := w.fleet.Cancel(t.Context(), fleet.Selection{Queue: target().Queue()})
	if n != 1 || err != nil {
		t.Errorf("%d jobs were cancelled: %v", n, err)
	}
	s := w.wait(run)
	if len(s.Failed) != 1 || s.Failed[0].Error != "somebody cancelled it" || s.Probed != 0 {
		t.Errorf("%+v", s)
	}
	if n, err := w.fleet.Cancel(t.Context(), fleet.Selection{}); n != 0 || err != nil {
		t.Errorf("%d more: %v", n, err)
	}
	// What was cancelled may be wanted after all.
	close(p.end)
	if n, err := w.fleet.Retry(t.Context(), fleet.Selection{Run: run.ID}); n != 1 || err != nil {
		t.Errorf("%d jobs are tried again: %v", n, err)
	}
	w.eventually("it is loaded", func() bool {
		h, err := w.store.History(t.Context(), "app")
		return err == nil && len(h.Probes) == 1
	})
}

// TestStop: a worker that is told to stop breaks off what takes long, and leaves it
// to others at once, without its having failed.
func TestStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	o, p := w.prober()
	o.Grace = 100 * time.Millisecond
	stop := w.work(o)
	run := w.enqueue(fleet.Order{Probe: []fleet.Target{target()}})
	<-p.began
	stop()
	if s := w.state(); len(s.Failures) != 0 || len(s.Workers) != 1 || s.Workers[0].Alive || !s.Workers[0].Stopped {
		t.Errorf("%+v", s)
	}
	other, p := w.prober()
	close(p.end)
	w.work(other)
	if s := w.wait(run); s.Probed != 1 || len(s.Failed) != 0 {
		t.Errorf("%+v", s)
	}
}

// die leaves the one job as a worker does that is killed at it: it is the worker's own,
// and that is not heard of. attempt is which one it was, in SQL.
func (w *world) die(attempt string) {
	w.t.Helper()
	var n int
	w.query(&n, `WITH dead AS (
			INSERT INTO fleet_worker (id, name, tool, queues, target, jobs, seen) VALUES ('dead', 'dead', 'test', '{refresh}', '', 1, now() - interval '1 hour')
		), taken AS (
			UPDATE river_job SET state = 'running', attempt = `+attempt+`, attempted_at = now(), attempted_by = '{dead}' RETURNING 1
		) SELECT count(*) FROM taken`)
	if n != 1 {
		w.t.Fatalf("%d jobs were taken", n)
	}
}

// TestDeadWorker: what a worker was at when it died is done by others.
func TestDeadWorker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	o, p := w.prober()
	close(p.end)
	run := w.enqueue(fleet.Order{Probe: []fleet.Target{target()}})
	w.die("1")
	w.work(o)
	if s := w.wait(run); s.Refreshed != 1 || s.Probed != 1 || len(s.Failed) != 0 {
		t.Errorf("%+v", s)
	}
}

// TestOrphan: what a worker has taken without ever hearing of it, as when the line
// is cut, it gives back.
func TestOrphan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	o, p := w.prober()
	close(p.end)
	o.Queues = o.Queues[1:] // it does not take the job by itself
	w.work(o)
	var id string
	w.eventually("the worker is known", func() bool {
		s := w.state()
		if len(s.Workers) == 1 {
			id = s.Workers[0].ID
		}
		return id != ""
	})
	run := w.enqueue(fleet.Order{})
	var n int
	w.query(&n, `WITH taken AS (
			UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY[$1::text] WHERE kind = 'refresh' RETURNING 1
		) SELECT count(*) FROM taken`, id)
	if n != 1 {
		t.Fatalf("%d jobs were taken", n)
	}
	w.eventually("it is given back", func() bool {
		w.query(&n, `SELECT count(*) FROM river_job WHERE kind = 'refresh' AND state = 'available'`)
		return n == 1
	})
	w.work(w.options())
	if s := w.wait(run); s.Refreshed != 1 || len(s.Failed) != 0 {
		t.Errorf("%+v", s)
	}
}

// TestCancelDead: what was cancelled and has no worker any more is not done by others.
func TestCancelDead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	run := w.enqueue(fleet.Order{})
	var n int
	w.query(&n, `WITH dead AS (
			INSERT INTO fleet_worker (id, name, tool, queues, target, jobs, seen) VALUES ('dead', 'dead', 'test', '{refresh}', '', 1, now() - interval '1 hour')
		), taken AS (
			UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{dead}' RETURNING 1
		) SELECT count(*) FROM taken`)
	if c, err := w.fleet.Cancel(t.Context(), fleet.Selection{Run: run.ID}); c != 1 || err != nil || n != 1 {
		t.Fatalf("%d jobs were taken, %d cancelled: %v", n, c, err)
	}
	w.work(w.options())
	s := w.wait(run)
	if diff := cmp.Diff([]tracker.Failure{{Phase: "refresh", Name: "app", Error: "somebody cancelled it"}}, s.Failed); diff != "" || s.Refreshed != 0 {
		t.Error(s, diff)
	}
}

// TestBegunTooOften: a job that ends whoever works on it is given up.
func TestBegunTooOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	run := w.enqueue(fleet.Order{})
	w.die("max_attempts")
	w.work(w.options())
	s := w.wait(run)
	if diff := cmp.Diff([]tracker.Failure{{Phase: "refresh", Name: "app", Error: "the worker is gone"}}, s.Failed); diff != "" {
		t.Error(diff)
	}
}

// TestTwice: a job that is done twice leaves what it leaves done once.
func TestTwice(t *testing.T) {
	t.Parallel()
	text, names := many(6)
	w := newWorld(t, text)
	w.track(names...)
	o, p := w.prober()
	close(p.end)
	o.Queues = append(o.Queues, fleet.QueueInspect)
	w.work(o)
	w.wait(w.enqueue(fleet.Order{Inspect: true, Probe: []fleet.Target{target()}}))
	once := facts(t, w.store)
	if !strings.Contains(once, "static true probes 1") {
		t.Fatalf("too little was found out:\n%s", once)
	}
	// As if the database had not heard that any of them was done.
	var n int
	w.query(&n, `WITH again AS (UPDATE river_job SET state = 'available', finalized_at = NULL, scheduled_at = now() RETURNING 1) SELECT count(*) FROM again`)
	w.eventually("all jobs are done again", func() bool {
		var left int
		w.query(&left, `SELECT count(*) FROM river_job WHERE state <> 'completed'`)
		return left == 0
	})
	if diff := cmp.Diff(once, facts(t, w.store)); diff != "" || n == 0 {
		t.Errorf("%d jobs (-once +twice):\n%s", n, diff)
	}
	report, err := w.store.Verify(t.Context())
	if err != nil || !report.OK() {
		t.Error(err, report)
	}
}

// TestPeriodic: one of the workers asks for an update, once a period.
func TestPeriodic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	w.track("app")
	for range 2 {
		o := w.options()
		o.Every, o.Inspect = 24*time.Hour, true
		w.work(o)
	}
	w.eventually("the update is done", func() bool {
		runs, err := w.store.Runs(t.Context(), 10)
		return err == nil && len(runs) == 1 && !runs[0].Ended.IsZero() && strings.Contains(runs[0].Result, "1 looked at")
	})
	var n int
	if w.query(&n, `SELECT count(*) FROM river_job WHERE kind = 'plan'`); n != 1 {
		t.Errorf("it was asked for %d times", n)
	}
}

// TestDrain: a worker that is to drain its queues ends when they are empty.
func TestDrain(t *testing.T) {
	t.Parallel()
	text, names := many(6)
	w := newWorld(t, text)
	w.track(names...)
	run := w.enqueue(fleet.Order{Inspect: true})
	o := w.options()
	o.Drain = true
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.fleet.Work(ctx, o); err != nil || ctx.Err() != nil {
		t.Fatal(err, ctx.Err())
	}
	runs, err := w.store.Runs(t.Context(), 1)
	if err != nil || len(runs) != 1 || runs[0].ID != run.ID || runs[0].Ended.IsZero() {
		t.Errorf("%+v, %v", runs, err)
	}
	if s := w.wait(run); s.Inspected == 0 || s.Refreshed < 6 {
		t.Errorf("%+v", s)
	}
}

// TestOpenTogether: of several that find no tables one makes them.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	where := server.Database(t)
	s := w.open(where)
	if _, err := fleet.Open(t.Context(), where, fleet.Options{Store: s, Now: w.now, Tool: "test", MustExist: true}); !errors.Is(err, fleet.ErrNoFleet) {
		t.Errorf("there is no queue: %v", err)
	}
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			f, err := fleet.Open(t.Context(), where, fleet.Options{Store: s, Now: w.now, Tool: "test"})
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if _, err := f.Enqueue(t.Context(), fleet.Order{Names: []string{"app"}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f, err := fleet.Open(t.Context(), where, fleet.Options{Store: s, Now: w.now, Tool: "test", MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// TestCannot: a worker is not started on what it cannot do.
func TestCannot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	o := w.options()
	o.Queues = []string{target().Queue()}
	if err := w.fleet.Work(t.Context(), o); err == nil {
		t.Error("it loads packages without a prober")
	}
	o.Queues, o.Jobs = []string{fleet.QueueRefresh}, 0
	if err := w.fleet.Work(t.Context(), o); err == nil {
		t.Error("it does no job at once")
	}
}
