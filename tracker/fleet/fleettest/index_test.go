package fleettest_test

import (
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

func newIndex(t *testing.T, o fleettest.IndexOptions) *fleettest.Index {
	t.Helper()
	x, err := fleettest.NewIndex(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// look has an updater look at an index, and returns where the facts are.
func look(t *testing.T, x *fleettest.Index) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "track.db"), store.Options{Now: time.Now, Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	client, err := index.New(index.Options{
		Indexes: []string{x.URL()}, CacheDir: t.TempDir(), Now: time.Now,
		Doer: fetch.NewTransport(fetch.TransportOptions{}), Retry: fetch.RetryOptions{Now: time.Now, Retries: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err := s.AddProjects(t.Context(), "", x.Names()...); err != nil {
		t.Fatal(err)
	}
	u := &tracker.Updater{
		Store: s, Index: client, Reader: inspect.NewReader(inspect.Options{Remote: client}), Deriver: status.New(status.DefaultRules()),
		Source: "test", Tool: "test", Now: time.Now,
	}
	summary, err := u.Update(t.Context(), nil, tracker.Options{Inspect: true, Jobs: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range summary.Failed {
		t.Errorf("%s: %s", f.Phase, f.Error)
	}
	return s
}

// What is generated is what an updater takes: pages, metadata and wheels; the same
// each time, and another for another seed.
func TestIndex(t *testing.T) {
	t.Parallel()
	o := fleettest.IndexOptions{Projects: 12, Seed: 1, Releases: 4, Compiled: 0.5}
	x := newIndex(t, o)
	s := look(t, x)
	facts, err := fleettest.Facts(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	counts := x.Counts()
	if len(facts) != 12 || counts[fleettest.Page] != 12 || counts[fleettest.Metadata] != 12 || counts[fleettest.File] == 0 || counts[fleettest.Unknown] != 0 {
		t.Errorf("%d projects known, requests %v", len(facts), counts)
	}
	if x.Of(fleettest.Name(3)) != 1 || x.Sent() == 0 || x.Busiest() == 0 {
		t.Errorf("%d requests of one, %d bytes, %d at once", x.Of(fleettest.Name(3)), x.Sent(), x.Busiest())
	}
	verified, err := s.Verify(t.Context())
	if err != nil || !verified.OK() {
		t.Errorf("verified: %+v, %v", verified, err)
	}
	if verified.Rows["static"] == 0 || verified.Rows["metadata"] != 12 {
		t.Errorf("rows %v", verified.Rows)
	}
	again, err := fleettest.Facts(t.Context(), look(t, newIndex(t, o)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(facts, again); diff != "" {
		t.Errorf("another index of the same options, looked at later: %s", diff)
	}
	o.Seed = 2
	other, err := fleettest.Facts(t.Context(), look(t, newIndex(t, o)))
	if err != nil {
		t.Fatal(err)
	}
	if maps.Equal(facts, other) {
		t.Error("an index of another seed has the same")
	}
	x.Reset()
	if len(x.Counts()) != 0 || x.Sent() != 0 || x.Busiest() != 0 || x.Of(fleettest.Name(3)) != 0 {
		t.Error("after a reset there are counts")
	}
}

func TestIndexLatency(t *testing.T) {
	t.Parallel()
	x := newIndex(t, fleettest.IndexOptions{Projects: 3, Latency: moment})
	began := time.Now()
	look(t, x)
	if took := time.Since(began); took < 2*moment { // a page and the metadata
		t.Errorf("all took %v", took)
	}
}
