package index

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

func TestProjectOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: wheel(t, "x", "1.0", 0, "dep")})
	c := open(t, Options{Indexes: []string{f.index()}, CacheDir: t.TempDir()})
	var wait sync.WaitGroup
	var projects, metas sync.Map
	for range 50 {
		wait.Go(func() {
			p, err := c.Project(t.Context(), "x")
			if err != nil {
				t.Error(err)
				return
			}
			projects.Store(p, true)
			m, err := c.Metadata(t.Context(), p, &p.Releases[0].Files[0])
			if err != nil {
				t.Error(err)
			}
			metas.Store(m, true)
			c.Cached(p, &p.Releases[0].Files[0])
		})
	}
	wait.Wait()
	if asked := f.asked(); len(asked) != 2 {
		t.Errorf("%v", asked)
	}
	for _, m := range []*sync.Map{&projects, &metas} {
		n := 0
		m.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d pointers", n)
		}
	}
}

func TestProjectGivenUp(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	reached, release := make(chan struct{}, 10), make(chan struct{})
	ended := make(chan struct{}, 10)
	f.hook = func(_ http.ResponseWriter, r *http.Request) bool {
		reached <- struct{}{}
		select {
		case <-release:
			return false
		case <-r.Context().Done():
			ended <- struct{}{}
			return true
		}
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	ask := func(ctx context.Context) <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := c.Project(ctx, "x")
			done <- err
		}()
		return done
	}
	one, cancelOne := context.WithCancel(t.Context())
	two, cancelTwo := context.WithCancel(t.Context())
	first := ask(one)
	<-reached
	second := ask(two)
	for { // until the second waits, too
		c.projects.mu.Lock()
		n := c.projects.works["x"].waiting
		c.projects.mu.Unlock()
		if n == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancelOne()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("first: %v", err)
	}
	select {
	case <-ended:
		t.Error("the first took the second's request along")
	case <-time.After(20 * time.Millisecond):
	}
	cancelTwo()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("second: %v", err)
	}
	<-ended
	close(release)
	get(t, c, "x")
}

func TestErrorsPass(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]byte{smallWheel: nil})
	f.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
	c := open(t, Options{Indexes: []string{f.index()}})
	if _, err := c.Project(t.Context(), "x"); fetch.Status(err) != 500 {
		t.Fatal(err)
	}
	f.set(func() { f.hook = nil })
	get(t, c, "x")
}
