package fetch_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

func TestGetRetries(t *testing.T) {
	t.Parallel()
	later := start.Add(7 * time.Second).Format(http.TimeFormat)
	type answer struct {
		status int
		after  string
		cut    bool
	}
	for _, tt := range []struct {
		name    string
		answers []answer // the last one repeats
		want    string   // the body, or an error
		naps    []time.Duration
	}{
		{"at once", []answer{{status: 200}}, "hello", nil},
		{"500 then recovers", []answer{{status: 500}, {status: 502}, {status: 200}}, "hello",
			[]time.Duration{50 * time.Millisecond, 100 * time.Millisecond}},
		{"Retry-After in seconds", []answer{{status: 429, after: "3"}, {status: 200}}, "hello", []time.Duration{3 * time.Second}},
		{"Retry-After as a date", []answer{{status: 503, after: later}, {status: 200}}, "hello", []time.Duration{7 * time.Second}},
		{"Retry-After in the past", []answer{{status: 503, after: "Mon, 01 Jan 2024 00:00:00 GMT"}, {status: 200}}, "hello", []time.Duration{0}},
		{"Retry-After that is nonsense", []answer{{status: 503, after: "soon"}, {status: 200}}, "hello", []time.Duration{50 * time.Millisecond}},
		{"Retry-After too long", []answer{{status: 429, after: "3600"}}, "/x: 429 Too Many Requests (it asks to wait for 1h0m0s)", nil},
		{"cut in the middle", []answer{{status: 200, cut: true}, {status: 200}}, "hello", []time.Duration{50 * time.Millisecond}},
		{"always cut", []answer{{status: 200, cut: true}}, "/x: unexpected EOF (tried 4 times)",
			[]time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond}},
		{"500 for ever", []answer{{status: 500}}, "/x: 500 Internal Server Error (tried 4 times)",
			[]time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond}},
		{"404", []answer{{status: 404}}, "/x: 404 Not Found", nil},
		{"403 with Retry-After", []answer{{status: 403, after: "1"}}, "/x: 403 Forbidden", nil},
		{"501", []answer{{status: 501}}, "/x: 501 Not Implemented", nil},
		{"408", []answer{{status: 408}, {status: 200}}, "hello", []time.Duration{50 * time.Millisecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				a := tt.answers[min(int(n.Add(1))-1, len(tt.answers)-1)]
				if a.after != "" {
					w.Header().Set("Retry-After", a.after)
				}
				if a.status != 200 {
					w.WriteHeader(a.status)
					return
				}
				w.Header().Set("Content-Length", "5")
				if a.cut {
					_, _ = io.WriteString(w, "hel")
					return
				}
				_, _ = io.WriteString(w, "hello")
			})
			c := newClock()
			resp, err := client(t, c).Get(t.Context(), fetch.Request{URL: url + "/x", Limit: 100})
			var got string
			if err != nil {
				got = strings.TrimPrefix(err.Error(), url)
			} else {
				got = string(resp.Body)
				if resp.SHA256 != sha256.Sum256(resp.Body) {
					t.Error("wrong digest")
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(tt.naps, c.naps()); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

// One 429 keeps every other request to the same origin waiting, too.
func TestRetryAfterHoldsTheOrigin(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	stop := errors.New("stop")
	now := start
	naps := []time.Duration{}
	r := fetch.NewRetrier(fetch.RetryOptions{
		Now:  func() time.Time { return now },
		Rand: func() float64 { return 0 },
		Sleep: func(_ context.Context, d time.Duration) error {
			naps = append(naps, d)
			return stop // whoever waits gives up, and time stands still
		},
	})
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(tr, r)
	for range 2 {
		if _, err := c.Get(t.Context(), fetch.Request{URL: url, Limit: 1}); !errors.Is(err, stop) {
			t.Fatalf("err = %v", err)
		}
	}
	if n.Load() != 1 || len(naps) != 2 || naps[1] != 30*time.Second {
		t.Errorf("%d requests, waits %v", n.Load(), naps)
	}
	now = now.Add(31 * time.Second)
	if _, err := c.Get(t.Context(), fetch.Request{URL: url, Limit: 1}); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

func TestRetryBudget(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	})
	clk := newClock()
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(tr, fetch.NewRetrier(fetch.RetryOptions{Budget: 4, Sleep: clk.Sleep}))
	for range 10 {
		if _, err := c.Get(t.Context(), fetch.Request{URL: url, Limit: 1}); fetch.Status(err) != 500 {
			t.Fatalf("err = %v", err)
		}
	}
	if n.Load() != 14 {
		t.Errorf("%d requests for 10 exchanges and a budget of 4 retries, want 14", n.Load())
	}
}

func TestGetLimits(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	for _, tt := range []struct {
		name    string
		declare int64 // Content-Length, 0 for none
		send    int64
		want    string // what the error says after the URL, "" for none
	}{
		{"just fits", limit, limit, ""},
		{"just fits, undeclared", 0, limit, ""},
		{"declared", 300 << 20, limit, ": 300 MiB is over the limit of 1 MiB"},
		{"streamed", 0, 300 << 20, ": more than the limit of 1 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n, sent atomic.Int64
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				n.Add(1)
				if tt.declare > 0 {
					w.Header().Set("Content-Length", strconv.FormatInt(tt.declare, 10))
				}
				chunk := make([]byte, 64<<10)
				for sent.Load() < tt.send {
					m, err := w.Write(chunk)
					sent.Add(int64(m))
					if err != nil {
						return
					}
				}
			})
			resp, err := client(t, newClock()).Get(t.Context(), fetch.Request{URL: url, Limit: limit})
			if tt.want == "" {
				if err != nil || int64(len(resp.Body)) != limit {
					t.Fatal(err)
				}
				return
			}
			var large *fetch.TooLargeError
			if !errors.As(err, &large) || err.Error() != url+tt.want {
				t.Errorf("err = %v, want %s", err, tt.want)
			}
			if n.Load() != 1 {
				t.Errorf("tried %d times", n.Load())
			}
			if sent.Load() > 100<<20 {
				t.Errorf("let the server send %d bytes", sent.Load())
			}
		})
	}
}

func TestGetEndsWithItsContext(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "some")
			w.(http.Flusher).Flush()
		}
		reached <- struct{}{}
		<-r.Context().Done()
	})
	for _, path := range []string{"/header", "/body"} {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := client(t, newClock()).Get(ctx, fetch.Request{URL: url + path, Limit: 100})
			done <- err
		}()
		<-reached
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: err = %v", path, err)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: still waiting", path)
		}
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "some")
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.Stall(tr, 50*time.Millisecond), fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	for _, path := range []string{"/header", "/body"} {
		_, err := c.Get(t.Context(), fetch.Request{URL: url + path, Limit: 100})
		want := url + path + ": the server stopped sending for 50ms"
		if !errors.Is(err, fetch.ErrStalled) || err.Error() != want {
			t.Errorf("err = %v, want %s", err, want)
		}
	}
}

// A caller that takes its time between reads is not a stalled server.
func TestStallIgnoresTheCaller(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.Stall(tr, 500*time.Millisecond), fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	err := c.Stream(t.Context(), fetch.Request{URL: url}, func(resp *http.Response) error {
		time.Sleep(700 * time.Millisecond)
		b, err := io.ReadAll(resp.Body)
		if string(b) != "hello" {
			return fmt.Errorf("%q, %w", b, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	var mu sync.Mutex
	var most int64
	gate := make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		mu.Lock()
		most = max(most, n)
		mu.Unlock()
		<-gate
		now.Add(-1)
	})
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.Limit(tr, 3, 10), fetch.NewRetrier(fetch.RetryOptions{}))
	done := make(chan error)
	for range 12 {
		go func() {
			_, err := c.Get(t.Context(), fetch.Request{URL: url, Limit: 1})
			done <- err
		}()
	}
	for now.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	// One that waits for its turn gives up when its context ends.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, fetch.Request{URL: url, Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: err = %v", err)
	}
	close(gate)
	for range 12 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most != 3 {
		t.Errorf("%d at once, want 3", most)
	}
}

func TestCounter(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/304":
			w.WriteHeader(http.StatusNotModified)
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "hello")
		}
	})
	var counter fetch.Counter
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.FollowRedirects(counter.Wrap(tr), 5), retrier(newClock()))
	verify := fetch.WithPhase(t.Context(), "verify")
	for _, r := range []struct {
		ctx  context.Context
		path string
	}{{t.Context(), "/"}, {verify, "/"}, {verify, "/304"}, {verify, "/moved"}} {
		if _, err := c.Get(r.ctx, fetch.Request{URL: url + r.path, Accept: []int{304}, Limit: 100}); err != nil {
			t.Fatal(err)
		}
	}
	got := counter.ByPhase()
	moved := got["verify"]
	if moved.Bytes < 10 {
		t.Errorf("verify read %d bytes", moved.Bytes)
	}
	moved.Bytes = 0 // the redirect's page counts, too
	got["verify"] = moved
	want := map[string]fetch.Counts{"": {Requests: 1, Bytes: 5}, "verify": {Requests: 4, NotModified: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if total := counter.Total(); total.Requests != 5 {
		t.Errorf("total %+v", total)
	}
}

func TestAgent(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.UserAgent()) })
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.Agent(tr, "ftpkg/1.0 (+https://example.invalid)"), retrier(newClock()))
	for _, tt := range []struct {
		header http.Header
		want   string
	}{
		{nil, "ftpkg/1.0 (+https://example.invalid)"},
		{http.Header{"User-Agent": {"mine"}}, "mine"},
	} {
		resp, err := c.Get(t.Context(), fetch.Request{URL: url, Header: tt.header, Limit: 100})
		if err != nil || string(resp.Body) != tt.want {
			t.Errorf("%q, %v; want %q", resp.Body, err, tt.want)
		}
	}
}

func TestGetRefusesWhatIsNoWebAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "numpy", "file:///etc/passwd", "ftp://example.invalid/", "http://", "http://u:secret@[::1", "https://u:sec/ret@host:x/"} {
		_, err := client(t, newClock()).Get(t.Context(), fetch.Request{URL: url})
		if err == nil || strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: err = %v", url, err)
		}
	}
}
