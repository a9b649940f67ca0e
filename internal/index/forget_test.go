package index

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForget(t *testing.T) {
	t.Parallel()
	for _, passing := range []bool{false, true} {
		f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
		c := open(t, Options{Indexes: []string{f.index()}, CacheDir: t.TempDir(), Passing: passing})
		c.Forget("x") // which nobody asked about
		for range 2 {
			p := get(t, c, "x")
			if _, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel)); err != nil {
				t.Fatal(err)
			}
			c.Forget("X")
			if n := len(c.pages) + len(c.projects.works); n != 0 {
				t.Errorf("passing %v: %d things are kept", passing, n)
			}
			c.Close()
		}
		// The page is asked for again; what a file says of itself is in the cache.
		if diff := cmp.Diff([]string{"/files/" + smallWheel + " bytes=-65536", "/simple/x/", "/simple/x/"}, f.asked()); diff != "" {
			t.Errorf("passing %v (-want +got):\n%s", passing, diff)
		}
	}
}

// TestForgetWhileAsked forgets a project that somebody waits for: that one gets it.
func TestForgetWhileAsked(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	reached, release := make(chan struct{}), make(chan struct{})
	f.hook = func(http.ResponseWriter, *http.Request) bool {
		close(reached)
		<-release
		return false
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	done := make(chan error, 1)
	go func() {
		_, err := c.Project(t.Context(), "x")
		done <- err
	}()
	<-reached
	c.Forget("x")
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := len(f.asked()); n != 1 {
		t.Errorf("%d requests", n)
	}
}
