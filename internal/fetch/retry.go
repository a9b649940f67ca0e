package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// RetryOptions say how often and when a failed exchange is tried again.
type RetryOptions struct {
	// Retries is how often one exchange is tried again, 0 means three times,
	// negative never.
	Retries int
	// Base is the wait before the first retry, doubled for each further one up
	// to Max; half of each wait is random. 0 means 300 ms and 10 s.
	Base, Max time.Duration
	// MaxRetryAfter is the longest wait a server may ask for; a server that asks
	// for more is not waited for. 0 means one minute.
	MaxRetryAfter time.Duration
	// Budget is how many retries all exchanges together may take before each
	// further one must be earned by ten exchanges that went well; it keeps a
	// large run from hammering a server that is down. 0 means 60.
	Budget int
	// Now is the clock, for Retry-After dates; nil means such dates are ignored.
	Now func() time.Time
	// Rand returns a number in [0, 1); nil means math/rand.
	Rand func() float64
	// Sleep waits, or returns the cause when the context ends; nil means a timer.
	Sleep func(context.Context, time.Duration) error
	// Notify, if not nil, is called before each wait.
	Notify func(err error, wait time.Duration)
}

// Retrier tries again what may go better the next time: 408, 429 and most 5xx
// answers, connections that failed or were cut, servers that stalled. Other 4xx
// answers, refused certificates, unknown hosts, bodies over their cap and wrong
// digests are final. A Retrier is safe for concurrent use.
type Retrier struct {
	o RetryOptions

	mu     sync.Mutex
	tokens float64
	until  map[string]time.Time // by origin: do not ask again before
}

// earned is what an exchange that went well adds to the budget.
const earned = 0.1

// NewRetrier returns a Retrier with defaults for what o leaves out.
func NewRetrier(o RetryOptions) *Retrier {
	if o.Retries == 0 {
		o.Retries = 3
	}
	if o.Base == 0 {
		o.Base = 300 * time.Millisecond
	}
	if o.Max == 0 {
		o.Max = 10 * time.Second
	}
	if o.MaxRetryAfter == 0 {
		o.MaxRetryAfter = time.Minute
	}
	if o.Budget == 0 {
		o.Budget = 60
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	return &Retrier{o: o, tokens: float64(o.Budget), until: map[string]time.Time{}}
}

// Sleep waits, or returns the cause when ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Run performs an exchange with an origin until it succeeds, fails for good or
// has been tried often enough. It returns the last error. When ctx ends it
// returns the cause of that at once, whatever the exchange made of it.
func (r *Retrier) Run(ctx context.Context, origin string, exchange func() error) error {
	for try := 0; ; try++ {
		if err := r.hold(ctx, origin); err != nil {
			return err
		}
		err := exchange()
		if err == nil {
			r.earn()
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !temporary(err) {
			return err
		}
		wait := r.wait(err, try)
		if wait > max(r.o.MaxRetryAfter, r.o.Max)+r.o.Base {
			return fmt.Errorf("%w (it asks to wait for %s)", err, wait.Truncate(time.Second))
		}
		if try >= r.o.Retries {
			if try > 0 {
				err = fmt.Errorf("%w (tried %d times)", err, try+1)
			}
			return err
		}
		if !r.spend() {
			return fmt.Errorf("%w (not tried again: too many requests have failed)", err)
		}
		if r.o.Notify != nil {
			r.o.Notify(err, wait)
		}
		if Status(err) == http.StatusTooManyRequests || Status(err) == http.StatusServiceUnavailable {
			r.pause(origin, wait)
		}
		if err := r.o.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// wait says how long to wait before trying again after an error.
func (r *Retrier) wait(err error, try int) time.Duration {
	d := min(r.o.Base<<min(try, 20), r.o.Max)
	d = d/2 + time.Duration(r.o.Rand()*float64(d/2))
	var s *StatusError
	if errors.As(err, &s) && s.RetryAfter != "" {
		if after, ok := r.retryAfter(s.RetryAfter); ok {
			// The random part keeps clients that were told the same moment apart.
			d = after + time.Duration(r.o.Rand()*float64(r.o.Base))
		}
	}
	return d
}

// retryAfter reads the header of that name: seconds, or a date.
func (r *Retrier) retryAfter(value string) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil || r.o.Now == nil {
		return 0, false
	}
	return max(at.Sub(r.o.Now()), 0), true
}

// pause keeps all exchanges away from an origin that asked to be left alone.
func (r *Retrier) pause(origin string, d time.Duration) {
	if r.o.Now == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := r.o.Now().Add(d); at.After(r.until[origin]) {
		r.until[origin] = at
	}
}

// hold waits out the pause of an origin.
func (r *Retrier) hold(ctx context.Context, origin string) error {
	r.mu.Lock()
	at, ok := r.until[origin]
	r.mu.Unlock()
	if !ok || r.o.Now == nil {
		return nil
	}
	if d := at.Sub(r.o.Now()); d > 0 {
		return r.o.Sleep(ctx, d)
	}
	return nil
}

func (r *Retrier) spend() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens < 1 {
		return false
	}
	r.tokens--
	return true
}

func (r *Retrier) earn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens = min(r.tokens+earned, float64(r.o.Budget))
}

// Temporary reports whether an exchange that failed like that may go better later.
func Temporary(err error) bool { return err != nil && temporary(err) }

// temporary reports whether trying again may help. What is not known to be
// final is a broken connection in one of its many forms.
func temporary(err error) bool {
	var (
		permanent permanentError
		large     *TooLargeError
		hash      *HashError
		status    *StatusError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		header    tls.RecordHeaderError
		dns       *net.DNSError
	)
	switch {
	case errors.As(err, &status):
		switch status.Status {
		case http.StatusRequestTimeout, http.StatusTooManyRequests:
			return true
		case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
			return false
		}
		return status.Status >= 500
	case errors.As(err, &dns):
		return !dns.IsNotFound
	case errors.Is(err, ErrNoRanges), errors.Is(err, context.Canceled),
		errors.As(err, &permanent), errors.As(err, &large), errors.As(err, &hash),
		errors.As(err, &cert), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &header):
		return false
	}
	return true
}
