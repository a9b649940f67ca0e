// Package silence ends connections on which a question is not answered.
//
// A machine on the way that forgets a connection tells nobody: who has asked something
// waits until the system gives up, for a quarter of an hour or, if the question was
// taken and only the answer is lost, for ever.
package silence

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// A Limit is how long a peer may take for an answer. The zero value is no limit.
type Limit struct{ d atomic.Int64 }

// Set sets the limit of what is asked from now on; 0 is none.
func (l *Limit) Set(d time.Duration) { l.d.Store(int64(d)) }

// A DialFunc makes connections, as [net.Dialer.DialContext] does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Watch returns a function that makes connections by dial, each of which is closed when
// something was written to it, and for as long as the limit says nothing was read.
// One that only waits for what its peer may say of its own accord does so for ever.
func (l *Limit) Watch(dial DialFunc) DialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		timer := time.AfterFunc(time.Hour, func() { _ = c.Close() }) // it may be closed
		timer.Stop()
		return &conn{c, l, timer}, nil
	}
}

type conn struct {
	net.Conn
	limit *Limit
	timer *time.Timer
}

func (c *conn) Write(b []byte) (int, error) {
	if d := time.Duration(c.limit.d.Load()); d > 0 {
		c.timer.Reset(d)
	}
	return c.Conn.Write(b)
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.timer.Stop()
	}
	return n, err
}

func (c *conn) Close() error {
	c.timer.Stop()
	return c.Conn.Close()
}
