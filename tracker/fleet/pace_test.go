package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/tracker/fleet"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// askingVariable has the test binary be a process that asks a server at the pace of a
// fleet: the value is an [asking].
const askingVariable = "FTPKG_TEST_FLEET_ASKS"

// An asking is what such a process does.
type asking struct {
	Store string  `json:"store"`
	URL   string  `json:"url"`
	Rate  float64 `json:"rate"`
	Burst int     `json:"burst"`
	Times int     `json:"times"` // 0 for until it is killed
}

// An asked is what it tells in the end.
type asked struct {
	Passed, Asked int64
}

// atOnce is how many requests a process has under way at once.
const atOnce = 4

func (a *asking) run(ctx context.Context) (*asked, error) {
	s, err := store.Open(ctx, a.Store, store.Options{Now: time.Now, Tool: "test"})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	f, err := fleet.Open(ctx, a.Store, fleet.Options{Store: s, Now: time.Now, Tool: "test"})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := f.Pacer(fleet.Rate{PerSecond: a.Rate, Burst: a.Burst})
	if err != nil {
		return nil, err
	}
	client := fetch.Pace(&http.Client{Timeout: patience}, p, time.Now)
	left := int64(a.Times)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for a.Times == 0 || atomic.AddInt64(&left, -1) >= 0 {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
				if err != nil {
					return
				}
				resp, err := client.Do(r)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	return &asked{p.Passed(), p.Asked()}, nil
}

// ask is what the process does that the variable asks for.
func ask(text string) int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var a asking
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	told, err := a.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		return 1
	}
	return 0
}

// start starts such a process; wait returns what it told.
func (a *asking) start(t *testing.T) (wait func() asked) {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), askingVariable+"="+string(text))
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() asked {
		t.Helper()
		var told asked
		decoded := json.NewDecoder(out).Decode(&told)
		if err := cmd.Wait(); err != nil || decoded != nil {
			t.Error(err, decoded)
		}
		return told
	}
}

// A counter is a server that notes when it is asked.
type counter struct {
	*httptest.Server
	mu       sync.Mutex
	arrivals []time.Time
	// refuse is the number of the request that is told to ask less, from then on for
	// so many seconds.
	refuse, after int
	refused       time.Time
}

func newCounter(t *testing.T, refuse, after int) *counter {
	c := &counter{refuse: refuse, after: after}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		now := time.Now()
		c.arrivals = append(c.arrivals, now)
		if len(c.arrivals) == c.refuse {
			c.refused = now
			w.Header().Set("Retry-After", strconv.Itoa(c.after))
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// noted are the times at which it was asked, and when it refused: what other processes
// did is known to have happened, but not to the race detector.
func (c *counter) noted() (arrivals []time.Time, refused time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.SortedFunc(slices.Values(c.arrivals), time.Time.Compare), c.refused
}

// TestPace: two processes together ask a server as often as one may.
func TestPace(t *testing.T) {
	t.Parallel()
	const rate, burst, times = 50, 5, 100
	server, c := server.Database(t), newCounter(t, 0, 0)
	a := asking{Store: server, URL: c.URL, Rate: rate, Burst: burst, Times: times}
	one, two := a.start(t), a.start(t)
	first, second := one(), two()
	arrivals, _ := c.noted()
	if first.Passed != times || second.Passed != times || len(arrivals) != 2*times {
		t.Fatalf("%+v and %+v, and %d requests arrived", first, second, len(arrivals))
	}
	// What has leave to go may be held up on its way: as many as are under way at once.
	const late = 2 * atOnce
	for i := range arrivals {
		for j := i + 1; j < len(arrivals); j++ {
			span := arrivals[j].Sub(arrivals[i])
			if most := rate*(span.Seconds()+1) + burst + late; float64(j-i) > most {
				t.Fatalf("%d requests in %s, of %v at most", j-i, span, most)
			}
		}
	}
	if asked := first.Asked + second.Asked; asked >= 2*times {
		t.Errorf("the database was asked %d times for %d requests", asked, 2*times)
	}
	t.Logf("%d requests in %s, the database was asked %d times", 2*times, arrivals[len(arrivals)-1].Sub(arrivals[0]), first.Asked+second.Asked)
}

// TestPause: what one process is told holds for the other.
func TestPause(t *testing.T) {
	t.Parallel()
	const rate, burst, times, pause = 50, 1, 60, 4
	server, c := server.Database(t), newCounter(t, 40, pause)
	a := asking{Store: server, URL: c.URL, Rate: rate, Burst: burst, Times: times}
	one, two := a.start(t), a.start(t)
	one()
	two()
	arrivals, refused := c.noted()
	if len(arrivals) != 2*times {
		t.Fatalf("%d requests arrived", len(arrivals))
	}
	// Those that were under way, and those that the other process had leave for.
	const late = 2*atOnce + rate/5
	n := 0
	for _, at := range arrivals {
		if d := at.Sub(refused); d > 0 && d < pause*time.Second {
			n++
		}
	}
	if n > late {
		t.Errorf("%d requests arrived while none were wanted", n)
	}
	if last := arrivals[len(arrivals)-1].Sub(refused); last < pause*time.Second {
		t.Errorf("all had arrived %s later", last)
	}
}

// TestPacerWithoutDatabase: no leave is no leave, and no failure either.
func TestPacerWithoutDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadable)
	f := w.openFleet()
	p, err := f.Pacer(fleet.Rate{PerSecond: 1000, Burst: 1})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Wait(ctx, "https://example.invalid"); err == nil || ctx.Err() == nil {
		t.Errorf("%v, %v", err, ctx.Err())
	}
	for _, rate := range []fleet.Rate{{}, {PerSecond: 1}, {PerSecond: -1, Burst: 1}} {
		if _, err := w.fleet.Pacer(rate); err == nil {
			t.Errorf("%+v is a rate", rate)
		}
	}
}
