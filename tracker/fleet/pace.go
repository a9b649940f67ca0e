package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// A Rate is how often all workers of a fleet together may ask one origin.
type Rate struct {
	PerSecond float64
	// Burst is how many requests may follow each other at once after a rest, 1 at
	// least.
	Burst int
}

// A Pacer spaces the requests of all workers to one origin evenly, by the clock of the
// database: there is one row for each origin, which holds when it may next be asked,
// and a process takes the next few places in that row at once, so that it need not ask
// for each. It may be used by several goroutines at once.
//
// In any time t, no more than Rate.PerSecond × (t + 1 s) + Rate.Burst requests are let
// through. That one of them was told to ask less holds for all from the next time on
// that they take places, a fifth of a second later or sooner.
type Pacer struct {
	fleet  *Fleet
	rate   Rate
	waited atomic.Int64
	passed atomic.Int64
	asked  atomic.Int64

	mu      sync.Mutex
	origins map[string]*lease
}

// A lease is the places that a process has in the row of an origin.
type lease struct {
	mu     sync.Mutex
	next   time.Time // of the first place, by our clock
	places int
	size   int // how many to take the next time
}

// How long a place holds that was not used, how much time the places span that are
// taken at once, and how long the pacer waits for a database that does not answer
// before it asks again.
const (
	placeHolds = time.Second
	leaseSpan  = 200 * time.Millisecond
	askAgain   = time.Second
)

// Pacer returns one for a worker.
func (f *Fleet) Pacer(rate Rate) (*Pacer, error) {
	if !(rate.PerSecond > 0) || rate.Burst < 1 {
		return nil, errors.New("fleet: a rate has to be more than nothing")
	}
	return &Pacer{fleet: f, rate: rate, origins: map[string]*lease{}}, nil
}

// Waited is how long callers of Wait have waited in all, and Passed how many have been
// let through.
func (p *Pacer) Waited() time.Duration { return time.Duration(p.waited.Load()) }

// Passed is how many requests were let through.
func (p *Pacer) Passed() int64 { return p.passed.Load() }

// Asked is how often the database was asked for leave.
func (p *Pacer) Asked() int64 { return p.asked.Load() }

// Wait returns when the next request to an origin may be sent. A database that does
// not answer gives no leave: it is asked until it does, or ctx ends.
func (p *Pacer) Wait(ctx context.Context, origin string) error {
	began := p.fleet.now()
	at, err := p.place(ctx, origin)
	if err == nil {
		if d := at.Sub(p.fleet.now()); d > 0 {
			err = fetch.Sleep(ctx, d)
		}
	}
	p.waited.Add(int64(p.fleet.now().Sub(began)))
	if err == nil {
		p.passed.Add(1)
	}
	return err
}

// place takes a place, and says when it comes.
func (p *Pacer) place(ctx context.Context, origin string) (time.Time, error) {
	p.mu.Lock()
	l := p.origins[origin]
	if l == nil {
		l = &lease{size: 1}
		p.origins[origin] = l
	}
	p.mu.Unlock()
	l.mu.Lock() // who waits for a place waits for its lease
	defer l.mu.Unlock()
	step := p.step()
	now := p.fleet.now()
	for l.places > 0 && l.next.Before(now.Add(-placeHolds)) {
		l.places--
		l.next = l.next.Add(step)
		l.size = 1 // it was too many
	}
	for l.places == 0 {
		if err := p.lease(ctx, origin, l); err != nil {
			return time.Time{}, err
		}
	}
	at := l.next
	l.places--
	l.next = l.next.Add(step)
	return at, nil
}

// step is the time from one request to the next.
func (p *Pacer) step() time.Duration { return time.Duration(float64(time.Second) / p.rate.PerSecond) }

// lease takes the next places in the row of an origin, twice as many as the last time
// if those were used.
func (p *Pacer) lease(ctx context.Context, origin string, l *lease) error {
	step := p.step()
	n := min(l.size, max(1, int(leaseSpan/step)))
	for {
		var wait float64
		asked := p.fleet.now()
		p.asked.Add(1)
		err := p.fleet.within(ctx, func(ctx context.Context) error {
			// The row holds when the place after the last that was taken comes. After a
			// rest there are as many places in the past as a burst has.
			taken, burst := float64(n)*step.Seconds(), float64(p.rate.Burst-1)*step.Seconds()
			return p.fleet.quick.QueryRow(ctx, `INSERT INTO fleet_pace AS p (host, free)
				VALUES ($1, clock_timestamp() - make_interval(secs => $3::float8) + make_interval(secs => $2::float8))
				ON CONFLICT (host) DO UPDATE
				SET free = greatest(p.free, clock_timestamp() - make_interval(secs => $3::float8)) + make_interval(secs => $2::float8)
				RETURNING extract(epoch FROM free - clock_timestamp())::float8 - $2::float8`, origin, taken, burst).Scan(&wait)
		})
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			if _, refused := errors.AsType[*pgconn.PgError](err); refused && !passing(err) {
				return fmt.Errorf("leave to ask %s: %w", origin, err)
			}
			if err := fetch.Sleep(ctx, askAgain); err != nil {
				return err
			}
			continue
		}
		// Of the time that the answer took, nobody knows which part came before the
		// database looked at its clock: places rather come late.
		l.next = p.fleet.now().Add(time.Duration(wait * float64(time.Second)))
		if l.next.Before(asked) && p.rate.Burst == 1 {
			l.next = asked
		}
		l.places = n
		l.size = 2 * n
		return nil
	}
}

// Pause keeps the whole fleet from an origin for some time.
func (p *Pacer) Pause(ctx context.Context, origin string, d time.Duration) error {
	p.mu.Lock()
	l := p.origins[origin]
	p.mu.Unlock()
	if l != nil {
		l.mu.Lock()
		l.places = 0 // those that are left come too soon
		l.mu.Unlock()
	}
	return p.fleet.within(ctx, func(ctx context.Context) error {
		_, err := p.fleet.quick.Exec(ctx, `INSERT INTO fleet_pace AS p (host, free) VALUES ($1, clock_timestamp() + make_interval(secs => $2::float8))
			ON CONFLICT (host) DO UPDATE SET free = greatest(p.free, clock_timestamp() + make_interval(secs => $2::float8))`, origin, d.Seconds())
		return err
	})
}
