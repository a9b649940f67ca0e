package fetch

import (
	"context"
	"net/http"
	"sync"
)

// Limit lets at most perHost requests to one origin, and total requests
// altogether, be under way at once. A request is under way until its body is
// closed; those over the limit wait, or give up when their context ends. Zero or
// less means no limit.
func Limit(d Doer, perHost, total int) Doer {
	l := &limiter{next: d, perHost: perHost, hosts: map[string]semaphore{}}
	if total > 0 {
		l.total = make(semaphore, total)
	}
	return l
}

type limiter struct {
	next    Doer
	perHost int
	total   semaphore

	mu    sync.Mutex
	hosts map[string]semaphore
}

func (l *limiter) Do(r *http.Request) (*http.Response, error) {
	// The host first: who waits for a busy host must not keep others out.
	host := l.host(origin(r))
	if err := host.acquire(r.Context()); err != nil {
		return nil, err
	}
	if err := l.total.acquire(r.Context()); err != nil {
		host.release()
		return nil, err
	}
	done := func() { l.total.release(); host.release() }
	resp, err := l.next.Do(r)
	if err != nil {
		done()
		return nil, err
	}
	resp.Body = &closeBody{ReadCloser: resp.Body, done: done}
	return resp, nil
}

func (l *limiter) host(name string) semaphore {
	if l.perHost <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.hosts[name]
	if !ok {
		s = make(semaphore, l.perHost)
		l.hosts[name] = s
	}
	return s
}

// A semaphore has as many places as its channel's capacity; a nil one has no
// end of them.
type semaphore chan struct{}

func (s semaphore) acquire(ctx context.Context) error {
	if s == nil {
		return nil
	}
	select {
	case s <- struct{}{}:
		return nil
	default:
	}
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s semaphore) release() {
	if s != nil {
		<-s
	}
}
