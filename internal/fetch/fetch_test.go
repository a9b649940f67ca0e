package fetch_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// start is the moment every test's clock begins at.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// clock is a clock that moves only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *clock) naps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.slept...)
}

// retrier returns a Retrier that waits on c and whose chance is always zero.
func retrier(c *clock) *fetch.Retrier {
	return fetch.NewRetrier(fetch.RetryOptions{
		Base: 100 * time.Millisecond, Now: c.Now, Sleep: c.Sleep, Rand: func() float64 { return 0 },
	})
}

func client(t *testing.T, c *clock) *fetch.Client {
	t.Helper()
	tr := fetch.NewTransport(fetch.TransportOptions{})
	t.Cleanup(tr.Close)
	return fetch.NewClient(fetch.FollowRedirects(tr, 5), retrier(c))
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
