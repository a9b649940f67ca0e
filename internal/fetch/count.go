package fetch

import (
	"context"
	"io"
	"maps"
	"net/http"
	"sync"
)

// Counts is the traffic of one phase.
type Counts struct {
	// Requests counts every request sent, each hop and each retry.
	Requests int64
	// Bytes counts what was read of bodies, after decompression.
	Bytes int64
	// NotModified counts the answers that said a cached copy still holds.
	NotModified int64
}

// Counter counts requests and bytes by phase. Its zero value is ready and safe
// for concurrent use.
type Counter struct {
	mu     sync.Mutex
	phases map[string]Counts
}

type phaseKey struct{}

// WithPhase labels the requests made with the returned context, so that the
// cost of one part of the work ("solve", "verify") can be told apart.
func WithPhase(ctx context.Context, phase string) context.Context {
	return context.WithValue(ctx, phaseKey{}, phase)
}

// Phase returns the label of a context, "" if it has none.
func Phase(ctx context.Context) string {
	phase, _ := ctx.Value(phaseKey{}).(string)
	return phase
}

// Wrap counts what goes through d.
func (c *Counter) Wrap(d Doer) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		phase := Phase(r.Context())
		c.add(phase, Counts{Requests: 1})
		resp, err := d.Do(r)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusNotModified {
			c.add(phase, Counts{NotModified: 1})
		}
		body := &countedBody{ReadCloser: resp.Body}
		resp.Body = &closeBody{ReadCloser: body, done: func() { c.add(phase, Counts{Bytes: body.n}) }}
		return resp, nil
	})
}

// ByPhase returns the counts so far, by label. Bytes are added when a body is
// closed.
func (c *Counter) ByPhase() map[string]Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.phases)
}

// Total returns the sum over all phases.
func (c *Counter) Total() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	var t Counts
	for _, n := range c.phases {
		t = t.plus(n)
	}
	return t
}

func (c *Counter) add(phase string, n Counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phases == nil {
		c.phases = map[string]Counts{}
	}
	c.phases[phase] = c.phases[phase].plus(n)
}

func (n Counts) plus(m Counts) Counts {
	return Counts{n.Requests + m.Requests, n.Bytes + m.Bytes, n.NotModified + m.NotModified}
}

type countedBody struct {
	io.ReadCloser
	n int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	return n, err
}
