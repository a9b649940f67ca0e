package tracker_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// counting counts how often histories are read, which is most of what an update
// without news does.
type counting struct {
	tracker.Store
	mu   sync.Mutex
	read map[string]int
}

func (c *counting) History(ctx context.Context, name string) (*evidence.History, error) {
	c.mu.Lock()
	c.read[name]++
	c.mu.Unlock()
	return c.Store.History(ctx, name)
}

// forgetting hears what is forgotten.
type forgetting struct {
	tracker.Index
	mu    sync.Mutex
	names []string
}

func (f *forgetting) Forget(name string) {
	f.mu.Lock()
	f.names = append(f.names, name)
	f.mu.Unlock()
	f.Index.(tracker.Forgetter).Forget(name)
}

// TestUpdateThrift holds that an update reads each history once, whatever it is asked
// to do, and has the index forget what was looked at.
func TestUpdateThrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(first)
	w.track("app")
	for _, what := range []string{"first", "second", "recent"} {
		u := w.updater()
		s, f := &counting{Store: w.store, read: map[string]int{}}, &forgetting{Index: u.Index}
		u.Store, u.Index = s, f
		o := tracker.Options{Inspect: true, Jobs: 2}
		if what == "recent" { // all was looked at, and is not looked at again
			o.Fresh = 48 * time.Hour
		}
		got, err := u.Update(t.Context(), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{"app": 1, "part": 1}, s.read); diff != "" {
			t.Errorf("%s: histories read (-want +got):\n%s", what, diff)
		}
		slices.Sort(f.names)
		want := []string{"app", "part"}
		if what == "recent" {
			want = nil
		}
		if got.Refreshed != len(want) || got.Skipped != 2-len(want) {
			t.Errorf("%s: %+v", what, got)
		}
		if diff := cmp.Diff(want, f.names); diff != "" {
			t.Errorf("%s: forgotten (-want +got):\n%s", what, diff)
		}
		w.now = w.now.AddDate(0, 0, 1)
	}
}
