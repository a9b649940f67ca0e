package fleettest_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/fleet"
	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

var (
	rounds = flag.Int("rounds", 12, "rounds of TestChaos: 30 take some minutes")
	seed   = flag.Uint64("seed", 1, "what TestChaos does, and when, follows from this")
)

// What a round is about: so many projects, of which the second half is asked for by
// name and the rest is required by those, on so many workers.
const (
	chaosProjects = 40
	chaosWorkers  = 3
	roundTime     = 4 * time.Minute
)

// A deed is what is done to a fleet.
type deed struct {
	at    time.Duration // after the round began
	what  string        // "kill worker", "kill database", "cut worker", "cut all"
	whom  int
	fault fleettest.Fault
	lasts time.Duration
}

func (d deed) String() string {
	text := fmt.Sprintf("%v %s", d.at.Round(time.Millisecond), d.what)
	if strings.HasSuffix(d.what, "worker") {
		text += fmt.Sprintf(" %d", d.whom)
	}
	if strings.HasPrefix(d.what, "cut") {
		text += " " + d.fault.String()
	}
	if d.what != "kill worker" {
		text += fmt.Sprintf(" for %v", d.lasts.Round(time.Millisecond))
	}
	return text
}

// plan says what is done in a round that takes so long by itself. Every third round
// kills the database, every third cuts all lines; workers are killed and cut in all.
func plan(random *rand.Rand, round int, whole time.Duration) []deed {
	kinds := []string{"kill worker", []string{"kill database", "cut all", "cut worker"}[round%3], []string{"kill worker", "cut worker"}[random.IntN(2)]}
	var deeds []deed
	for _, what := range kinds {
		deeds = append(deeds, deed{
			at: time.Duration(random.Int64N(int64(whole))), what: what, whom: random.IntN(chaosWorkers),
			fault: fleettest.Faults()[random.IntN(len(fleettest.Faults()))], lasts: time.Duration(random.Int64N(int64(whole))),
		})
	}
	slices.SortStableFunc(deeds, func(a, b deed) int { return int(a.at - b.at) })
	return deeds
}

// A battle is what all rounds share.
type battle struct {
	server *pgtest.Server
	index  *fleettest.Index
	facts  map[string]string // of an update that nobody disturbed, on one machine
	rows   map[string]int64
	whole  time.Duration // of a round in which nothing is done

	again, gone int // jobs that were begun more than once, and attempts whose worker was gone
}

// TestChaos: workers and the database are killed and cut off from each other in the
// midst of an update; in the end every job is done, every fact is there once, and they
// are those of an update that nobody disturbed.
func TestChaos(t *testing.T) { //nolint:tparallel // rounds share a server, which they kill
	t.Parallel()
	b := &battle{server: pgtest.Start(t), index: newIndex(t, fleettest.IndexOptions{
		Projects: chaosProjects, Seed: 7, Releases: 3, Compiled: 0.4, Latency: 20 * time.Millisecond,
	})}
	b.undisturbed(t)
	began := time.Now()
	if !t.Run("calm", func(t *testing.T) { b.whole = b.round(t, nil) }) {
		return
	}
	t.Logf("seed %d; a round in which nothing is done takes %v", *seed, b.whole.Round(time.Millisecond))
	for i := range *rounds {
		deeds := plan(rand.New(rand.NewPCG(*seed, uint64(i))), i, b.whole)
		if !t.Run(fmt.Sprintf("round%02d", i+1), func(t *testing.T) {
			t.Log(deeds)
			b.round(t, deeds)
		}) {
			return
		}
	}
	t.Logf("%d rounds in %v; %d jobs were begun more than once, of %d attempts the worker was gone", *rounds, time.Since(began).Round(time.Second), b.again, b.gone)
	if b.again == 0 && *rounds > 0 {
		t.Error("no job was ever disturbed")
	}
}

// asked are the projects that are asked for by name.
func (b *battle) asked() []string { return b.index.Names()[chaosProjects/2:] }

// undisturbed notes what an update on one machine brings.
func (b *battle) undisturbed(t *testing.T) {
	t.Helper()
	d := duty{Store: t.TempDir() + "/track.db", Index: b.index.URL(), Cache: t.TempDir()}
	o, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := o.close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := o.store.AddProjects(t.Context(), "", b.asked()...); err != nil {
		t.Fatal(err)
	}
	summary, err := o.updater.Update(t.Context(), nil, tracker.Options{Inspect: true, Jobs: 4})
	if err != nil || len(summary.Failed) > 0 || summary.Required == 0 || summary.Inspected == 0 {
		t.Fatalf("%+v, %v", summary, err)
	}
	if b.facts, err = fleettest.Facts(t.Context(), o.store); err != nil {
		t.Fatal(err)
	}
	b.rows = rows(t, o.store)
}

// rows are how many there are of each kind of fact, but for those of which there is one
// more each time that something is looked at or begun. The store has to be sound.
func rows(t *testing.T, s *store.Store) map[string]int64 {
	t.Helper()
	report, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Faults {
		t.Errorf("verify: %s", f)
	}
	for _, table := range []string{"observation", "run", "run_end"} {
		delete(report.Rows, table)
	}
	return report.Rows
}

// A post is where a worker is: its line to the database, and who works there now.
type post struct {
	proxy  *fleettest.Proxy
	duty   duty
	mu     sync.Mutex
	worker *fleettest.Process
	starts int
}

// tend starts a worker whenever there is none, as a machine does, until ctx ends.
func (p *post) tend(ctx context.Context, t *testing.T) {
	t.Helper()
	for ctx.Err() == nil {
		p.mu.Lock()
		p.worker = startWorker(t, p.duty)
		p.starts++
		w := p.worker
		p.mu.Unlock()
		select {
		case <-w.Done():
		case <-ctx.Done():
			w.Kill()
			return
		}
		select {
		case <-time.After(beat): // as a machine waits before it tries again
		case <-ctx.Done():
		}
	}
}

func (p *post) kill() {
	p.mu.Lock()
	w := p.worker
	p.mu.Unlock()
	if w != nil {
		w.Kill()
	}
}

// round runs an update on a database of its own while things are done to it, and
// returns how long that took.
func (b *battle) round(t *testing.T, deeds []deed) time.Duration {
	ctx, cancel := context.WithTimeout(t.Context(), roundTime)
	defer cancel()
	where := b.server.Database(t)
	s, err := store.Open(ctx, where, store.Options{Now: time.Now, Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := s.AddProjects(ctx, "", b.asked()...); err != nil {
		t.Fatal(err)
	}
	f, err := fleet.Open(ctx, where, fleet.Options{Store: s, Now: time.Now, Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := f.Enqueue(ctx, fleet.Order{Inspect: true})
	if err != nil {
		t.Fatal(err)
	}

	tended, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	posts := make([]*post, chaosWorkers)
	for i := range posts {
		posts[i] = b.post(t, where, i)
		all.Go(func() { posts[i].tend(tended, t) })
	}
	began := time.Now()
	for _, d := range deeds {
		time.Sleep(time.Until(began.Add(d.at)))
		b.do(ctx, t, posts, d, &all)
	}
	summary, err := f.Wait(ctx, run, nil)
	if err != nil {
		for i, p := range posts {
			p.mu.Lock()
			t.Logf("worker %d: %s", i, p.worker.Said())
			p.mu.Unlock()
		}
		t.Fatalf("after %v: %v; %s", time.Since(began), err, state(t, where))
	}
	took := time.Since(began)
	end()
	all.Wait()
	b.check(t, s, where, summary)
	starts := 0
	for _, p := range posts {
		starts += p.starts
	}
	t.Logf("%v, %d workers, %d begun again so far", took.Round(time.Millisecond), starts, b.again)
	return took
}

// post makes a line to a database, and a worker's place behind it.
func (b *battle) post(t *testing.T, where string, i int) *post {
	t.Helper()
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	network, addr := "tcp", u.Query().Get("host")+":"+u.Query().Get("port")
	if host := u.Query().Get("host"); strings.HasPrefix(host, "/") {
		network, addr = "unix", host+"/.s.PGSQL."+u.Query().Get("port")
	}
	proxy, err := fleettest.NewProxy(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	// The database gives up sessions that were cut off in seconds, not in a minute.
	u.Host, u.RawQuery = proxy.Addr(), "sslmode=disable&idle_in_transaction_session_timeout=2000"
	return &post{proxy: proxy, duty: duty{Name: fmt.Sprintf("w%d", i), Store: u.String(), Index: b.index.URL(), Cache: t.TempDir()}}
}

// do does a deed. What is cut is mended, and the database started again, later on.
func (b *battle) do(ctx context.Context, t *testing.T, posts []*post, d deed, all *sync.WaitGroup) {
	t.Helper()
	switch d.what {
	case "kill worker":
		posts[d.whom].kill()
	case "kill database":
		if err := b.server.Kill(); err != nil {
			t.Error(err)
		}
		time.Sleep(d.lasts)
		if err := b.server.Restart(ctx); err != nil {
			t.Error(err)
		}
	case "cut worker", "cut all":
		cut := posts[d.whom : d.whom+1]
		if d.what == "cut all" {
			cut = posts
		}
		for _, p := range cut {
			p.proxy.Break(d.fault)
		}
		all.Go(func() {
			select {
			case <-time.After(d.lasts):
			case <-ctx.Done():
			}
			for _, p := range cut {
				p.proxy.Break(fleettest.Sound)
			}
		})
	}
}

// check looks at what a round left.
func (b *battle) check(t *testing.T, s *store.Store, where string, summary *tracker.Summary) {
	t.Helper()
	for _, f := range summary.Failed {
		t.Errorf("%s %s: %s", f.Phase, f.Name, f.Error)
	}
	if diff := cmp.Diff(b.rows, rows(t, s)); diff != "" {
		t.Errorf("rows (-undisturbed +chaos):\n%s", diff)
	}
	facts, err := fleettest.Facts(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.facts, facts); diff != "" {
		t.Errorf("facts (-undisturbed +chaos):\n%s", diff)
	}
	c := connect(t, where)
	var left, looks, projects, again, gone int
	err = c.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE state <> 'completed'), count(*) FILTER (WHERE kind = 'refresh'),
		count(DISTINCT args->>'project') FILTER (WHERE kind = 'refresh'), count(*) FILTER (WHERE attempt > 1),
		coalesce(sum((SELECT count(*) FROM unnest(errors) e WHERE e->>'error' = 'the worker is gone')), 0) FROM river_job`).Scan(&left, &looks, &projects, &again, &gone)
	if err != nil {
		t.Fatal(err)
	}
	if left != 0 || looks != len(b.facts) || projects != len(b.facts) {
		t.Errorf("%d jobs are not done; %d looks at %d projects, of %d: %s", left, looks, projects, len(b.facts), state(t, where))
	}
	b.again += again
	b.gone += gone
}

func connect(t *testing.T, where string) *pgx.Conn {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	c, err := pgx.Connect(ctx, where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(ctx) })
	return c
}

// state tells of the jobs that are left, and of what the database waits for.
func state(t *testing.T, where string) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT concat_ws(' ', id, kind, state, attempt, attempted_by, args, errors) FROM river_job WHERE state <> 'completed' LIMIT 10`,
		`SELECT concat_ws(' ', pid, state, wait_event_type, wait_event, pg_blocking_pids(pid), now() - state_change, left(query, 200)) FROM pg_stat_activity WHERE datname = current_database()`,
	} {
		lines, err := connect(t, where).Query(context.WithoutCancel(t.Context()), query)
		if err != nil {
			return b.String() + err.Error()
		}
		texts, err := pgx.CollectRows(lines, pgx.RowTo[string])
		if err != nil {
			return b.String() + err.Error()
		}
		b.WriteString(strings.Join(texts, "\n") + "\n")
	}
	return b.String()
}
