package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// A world is an index that changes from day to day, and what tracks it.
type world struct {
	t      *testing.T
	server *indextest.Server
	store  *store.Store
	now    time.Time
	cache  string
}

func newWorld(t *testing.T, options ...indextest.Option) *world {
	t.Helper()
	w := &world{t: t, server: indextest.NewServer(nil, options...), now: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC), cache: t.TempDir()}
	t.Cleanup(w.server.Close)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "track.db"), store.Options{Now: func() time.Time { return w.now }, Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.store = s
	return w
}

// serve replaces what the index has.
func (w *world) serve(text string, options ...indextest.Option) {
	w.t.Helper()
	c, err := universe.Parse("day", "shows a day\nroot app\n"+text)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server.Mount("", c.Universe, options...)
	w.server.ResetLog()
}

// updater returns one as a new process has it.
func (w *world) updater() *tracker.Updater {
	w.t.Helper()
	client, err := index.New(index.Options{
		Indexes: []string{w.server.IndexURL(universe.MainIndex)}, CacheDir: w.cache, Now: func() time.Time { return w.now },
		Doer:  fetch.NewTransport(fetch.TransportOptions{}),
		Retry: fetch.RetryOptions{Now: func() time.Time { return w.now }, Retries: -1},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(client.Close)
	return &tracker.Updater{
		Store: w.store, Index: client, Reader: inspect.NewReader(inspect.Options{Remote: client}), Deriver: status.New(status.DefaultRules()),
		Source: "test", Tool: "test", Now: func() time.Time { return w.now },
	}
}

func (w *world) update(o tracker.Options, names ...string) *tracker.Summary {
	w.t.Helper()
	s, err := w.updater().Update(w.t.Context(), names, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) track(names ...string) {
	w.t.Helper()
	if _, err := w.store.AddProjects(w.t.Context(), "", names...); err != nil {
		w.t.Fatal(err)
	}
}

// rows says in a line each where packages stand.
func (w *world) rows() string {
	w.t.Helper()
	doc, err := tracker.Document(w.t.Context(), w.store, status.New(status.DefaultRules()), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range doc.Packages {
		fmt.Fprintf(&b, "%s %s %s", p.Name, p.Version, p.State)
		if p.Stale != "" {
			b.WriteString(" stale")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

const first = `
package app
  version 1.0
    wheel py3-none-any
    uploaded 2026-01-01
    requires part
package part
  version 1.0
    sdist
    uploaded 2026-01-01
`

func TestUpdate(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]indextest.Option{
		"JSON": {indextest.Speak(universe.ServeJSON)},
		"HTML": {indextest.Speak(universe.ServeHTML)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(first, options...)
			w.track("app")
			got := w.update(tracker.Options{Inspect: true, Jobs: 4})
			want := &tracker.Summary{Refreshed: 2, Changed: 2, Required: 1, Files: 2, Failed: []tracker.Failure{}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff("app 1.0 blocked\npart 1.0 source-only\n", w.rows()); diff != "" {
				t.Error(diff)
			}
			// A page that is as it was costs one request, and brings no facts but the look.
			w.now = w.now.AddDate(0, 0, 1)
			w.server.ResetLog()
			got = w.update(tracker.Options{Inspect: true, Jobs: 4})
			if diff := cmp.Diff(&tracker.Summary{Refreshed: 2, Failed: []tracker.Failure{}}, got); diff != "" {
				t.Error(diff)
			}
			if n := len(w.server.Log()); n != 2 {
				t.Errorf("%d requests: %v", n, w.server.Log())
			}
			for _, name := range []string{"app", "part"} {
				h, err := w.store.History(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				if len(h.Files) != 1 || len(h.Observations) != 2 || h.Observations[1].Outcome != vocab.ObservedUnchanged {
					t.Errorf("%s: %+v", name, h)
				}
			}
		})
	}
}

// TestDays plays an index over days: a release under upload, a yank, a project that
// is gone, an index that fails.
func TestDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.track("app", "part", "nowhere")
	w.serve(first)
	w.update(tracker.Options{Jobs: 2})
	check := func(want string) {
		t.Helper()
		if diff := cmp.Diff(want, w.rows()); diff != "" {
			t.Errorf("%s: %s", w.now.Format(time.DateOnly), diff)
		}
	}
	check("app 1.0 blocked\nnowhere  unknown\npart 1.0 source-only\n")
	day := func() { w.now = w.now.AddDate(0, 0, 1) }

	day() // a wheel for everybody
	w.serve(first + "  version 2.0\n    uploaded 2026-09-02\n    wheel py3-none-any\n")
	w.update(tracker.Options{Jobs: 2})
	check("app 1.0 blocked\nnowhere  unknown\npart 1.0 source-only\n") // it settles

	day()
	day()
	w.server.Inject(indextest.Fault{Status: 500})
	got := w.update(tracker.Options{Jobs: 2})
	if len(got.Failed) != 3 || got.Refreshed != 3 {
		t.Errorf("%+v", got)
	}
	check("app 1.0 clear stale\nnowhere  unknown stale\npart 2.0 clear stale\n") // what was known stays
	w.server.Heal()

	day()
	w.serve(first + "  version 2.0\n    uploaded 2026-09-02\n    wheel py3-none-any\n    yanked broken\n")
	w.update(tracker.Options{Jobs: 2})
	check("app 1.0 blocked\nnowhere  unknown\npart 1.0 source-only\n")

	day()
	w.serve("package app\n  version 1.0\n    wheel py3-none-any\n    uploaded 2026-01-01\n    requires part\n")
	w.update(tracker.Options{Jobs: 2})
	h, err := w.store.History(t.Context(), "part")
	if err != nil {
		t.Fatal(err)
	}
	if last := h.Observations[len(h.Observations)-1]; last.Outcome != vocab.ObservedMissing {
		t.Errorf("%+v", last)
	}
	if r, err := w.store.Verify(t.Context()); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestResume stops an update in its middle: the next one does the rest and nothing
// twice.
func TestResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var text strings.Builder
	var names []string
	for i := range 20 {
		name := fmt.Sprintf("p%02d", i)
		names = append(names, name)
		fmt.Fprintf(&text, "package %s\n  version 1.0\n    uploaded 2026-01-01\n", name)
	}
	w.serve(text.String())
	w.track(names...)
	ctx, stop := context.WithCancel(t.Context())
	stopped := errors.New("stopped")
	_, err := w.updater().Update(ctx, nil, tracker.Options{Jobs: 1, OnProgress: func(p tracker.Progress) {
		if p.Done == 7 {
			stop()
		}
	}})
	if err == nil || errors.Is(err, stopped) {
		t.Fatalf("%v", err)
	}
	asked := func() []string {
		var list []string
		for _, r := range w.server.Log() {
			if r.Kind == indextest.Page {
				list = append(list, r.Name)
			}
		}
		slices.Sort(list)
		return list
	}
	before := asked()
	w.now = w.now.Add(time.Minute)
	got := w.update(tracker.Options{Jobs: 1})
	if got.Refreshed+got.Skipped != 20 || got.Skipped < 7 {
		t.Errorf("%+v after %d", got, len(before))
	}
	if all := asked(); len(all) > 21 { // the one that was under way may be asked again
		t.Errorf("%d pages were asked for: %v", len(all), all)
	}
	w.now = w.now.Add(time.Minute)
	if got := w.update(tracker.Options{Jobs: 1}); got.Refreshed != 20 {
		t.Errorf("the update after that looks at %d", got.Refreshed)
	}
}
