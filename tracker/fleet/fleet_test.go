package fleet_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/fleet"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// server is the PostgreSQL of all tests; each has a database of its own.
var server *pgtest.Server

func TestMain(m *testing.M) {
	if text := os.Getenv(askingVariable); text != "" {
		os.Exit(ask(text))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if server, err = pgtest.New(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// patience is how long anything may take on a slow machine.
const patience = 90 * time.Second

// A world is an index, a database, and what works on it.
type world struct {
	t     *testing.T
	index *indextest.Server
	where string
	store *store.Store
	fleet *fleet.Fleet
	clock atomic.Int64 // microseconds
	began time.Time
}

func newWorld(t *testing.T, text string) *world {
	t.Helper()
	c, err := universe.Parse("world", "shows a world\nroot app\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, index: indextest.NewServer(c.Universe), where: server.Database(t), began: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)}
	t.Cleanup(w.index.Close)
	w.store = w.open(w.where)
	w.fleet = w.openFleet()
	return w
}

// now is a clock that never tells the same time twice.
func (w *world) now() time.Time { return w.began.Add(time.Duration(w.clock.Add(1)) * time.Microsecond) }

func (w *world) open(where string) *store.Store {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), where, store.Options{Now: w.now, Tool: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = s.Close() })
	return s
}

func (w *world) openFleet() *fleet.Fleet {
	w.t.Helper()
	f, err := fleet.Open(w.t.Context(), w.where, fleet.Options{Store: w.store, Now: w.now, Tool: "test", Logger: slog.New(slog.NewTextHandler(w.t.Output(), nil))})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(f.Close)
	return f
}

// updater is one as a new process has it.
func (w *world) updater(s tracker.Store) *tracker.Updater {
	w.t.Helper()
	client, err := index.New(index.Options{
		Indexes: []string{w.index.IndexURL(universe.MainIndex)}, CacheDir: w.t.TempDir(), Now: w.now,
		Doer: fetch.NewTransport(fetch.TransportOptions{}), Retry: fetch.RetryOptions{Now: w.now, Retries: -1},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(client.Close)
	return &tracker.Updater{
		Store: s, Index: client, Reader: inspect.NewReader(inspect.Options{Remote: client}), Deriver: status.New(status.DefaultRules()),
		Source: "test", Tool: "test", Now: w.now,
	}
}

func (w *world) track(names ...string) {
	w.t.Helper()
	if _, err := w.store.AddProjects(w.t.Context(), "", names...); err != nil {
		w.t.Fatal(err)
	}
}

// options are those of a worker whose tests do not take long.
func (w *world) options() fleet.WorkOptions {
	return fleet.WorkOptions{
		Updater: w.updater(w.store), Queues: []string{fleet.QueueRefresh, fleet.QueueInspect}, Jobs: 4,
		Backoff: func(int) time.Duration { return 2 * time.Second }, Beat: time.Second,
	}
}

// work starts a worker, which is stopped by what is returned, or else as the test ends.
func (w *world) work(o fleet.WorkOptions) (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	f := w.openFleet()
	go func() {
		defer close(done)
		if err := f.Work(ctx, o); err != nil {
			w.t.Error(err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	w.t.Cleanup(stop)
	return stop
}

func (w *world) enqueue(o fleet.Order) *fleet.Run {
	w.t.Helper()
	run, err := w.fleet.Enqueue(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}

func (w *world) wait(run *fleet.Run) *tracker.Summary {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	s, err := w.fleet.Wait(ctx, run, nil)
	if err != nil {
		w.t.Fatalf("%v; %+v", err, w.state())
	}
	return s
}

func (w *world) state() *fleet.State {
	w.t.Helper()
	s, err := w.fleet.State(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// eventually waits until something holds.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	for end := time.After(patience); !holds(); {
		select {
		case <-end:
			w.t.Fatalf("never: %s; %+v", what, w.state())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// facts are all that a store holds, but for its numbers and times.
func facts(t *testing.T, s *store.Store) string {
	t.Helper()
	projects, err := s.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range projects {
		p := &projects[i]
		fmt.Fprintf(&b, "%s tracked %t in %q\n", p.Name, p.Tracked(), cohorts(p))
		h, err := s.History(t.Context(), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range h.Observations {
			fmt.Fprintf(&b, "  look %s %s %s\n", o.Outcome, o.Source, o.BodySHA256)
		}
		for _, f := range h.Files {
			fmt.Fprintf(&b, "  file %s %s %s %d static %t probes %d\n", f.Version, f.Name, f.SHA256, f.Size, h.Static[f.SHA256] != nil, len(h.Probes))
		}
		for _, m := range h.Metadata {
			fmt.Fprintf(&b, "  metadata %s %s %v\n", m.Version, m.SHA256, m.RequiresDist)
		}
		for _, e := range h.Events {
			fmt.Fprintf(&b, "  event %s %s\n", e.Kind, e.Name)
		}
	}
	return b.String()
}

func cohorts(p *evidence.Project) []string {
	var names []string
	for _, m := range p.Memberships {
		names = append(names, m.Cohort)
	}
	return names
}

// many are projects that require others, and each other in the end.
func many(n int) (text string, names []string) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `package p%03d
  version 1.0
    uploaded 2026-01-01
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
    requires q%03d
    requires p%03d
  version 0.9
    uploaded 2025-12-01
    sdist
package q%03d
  version 1.0
    uploaded 2026-01-01
    wheel py3-none-any
    requires r
`, i, i%7, (i+1)%n, i)
		names = append(names, fmt.Sprintf("p%03d", i))
	}
	b.WriteString("package r\n  version 2.0\n    uploaded 2026-02-01\n    sdist\n")
	return b.String(), names
}

// TestSameAsOneMachine: what workers find out is what an update on one machine finds out.
func TestSameAsOneMachine(t *testing.T) {
	t.Parallel()
	text, names := many(20)
	w := newWorld(t, text)
	alone := w.open(server.Database(t))
	if _, err := alone.AddProjects(t.Context(), "", names...); err != nil {
		t.Fatal(err)
	}
	want, err := w.updater(alone).Update(t.Context(), nil, tracker.Options{Inspect: true, Jobs: 4})
	if err != nil {
		t.Fatal(err)
	}
	w.track(names...)
	for range 2 {
		w.work(w.options())
	}
	run := w.enqueue(fleet.Order{Inspect: true})
	if run.Jobs != len(names) {
		t.Errorf("%d jobs, want %d", run.Jobs, len(names))
	}
	got := w.wait(run)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-one machine +fleet):\n%s", diff)
	}
	if diff := cmp.Diff(facts(t, alone), facts(t, w.store)); diff != "" {
		t.Errorf("facts (-one machine +fleet):\n%s", diff)
	}
	if want.Required == 0 || want.Inspected == 0 {
		t.Errorf("nothing was required or inspected: %+v", want)
	}
	// The same again: pages that are as they were.
	want, err = w.updater(alone).Update(t.Context(), nil, tracker.Options{Inspect: true, Jobs: 4})
	if err != nil {
		t.Fatal(err)
	}
	again := w.enqueue(fleet.Order{Inspect: true})
	if again.Again || again.Jobs != want.Refreshed {
		t.Errorf("the second update is %+v", again)
	}
	if diff := cmp.Diff(want, w.wait(again)); diff != "" {
		t.Errorf("second summary (-one machine +fleet):\n%s", diff)
	}
	if diff := cmp.Diff(facts(t, alone), facts(t, w.store)); diff != "" {
		t.Errorf("facts of two (-one machine +fleet):\n%s", diff)
	}
	report, err := w.store.Verify(t.Context())
	if err != nil || len(report.Faults) > 0 {
		t.Error(err, report)
	}
}
