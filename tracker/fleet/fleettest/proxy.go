package fleettest

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Fault is what is wrong with a line.
type Fault int

// The faults.
const (
	// Sound carries everything.
	Sound Fault = iota
	// Reset breaks all connections off, and refuses new ones.
	Reset
	// Stalled carries nothing. What was sent meanwhile arrives when the line is mended.
	Stalled
	// Blackhole carries nothing and tells nobody. Connections that were there, or
	// are made meanwhile, never carry anything again, as if something in between
	// had forgotten them; new ones do once the line is mended.
	Blackhole
	// HalfOpen carries what clients send and loses what they are answered: the
	// database does what it is told, and nobody hears of it. Connections are never
	// mended, as with Blackhole.
	HalfOpen
)

func (f Fault) String() string {
	switch f {
	case Sound:
		return "sound"
	case Reset:
		return "reset"
	case Stalled:
		return "stalled"
	case Blackhole:
		return "blackhole"
	case HalfOpen:
		return "half-open"
	}
	return fmt.Sprintf("fault %d", int(f))
}

// Faults are all that can be wrong.
func Faults() []Fault { return []Fault{Reset, Stalled, Blackhole, HalfOpen} }

// A Proxy is a line between clients and a server, on the loopback interface. It must
// be closed.
type Proxy struct {
	network, server string
	listener        net.Listener
	ended           sync.WaitGroup
	accepted        atomic.Int64
	carried         atomic.Int64

	mu     sync.Mutex
	fault  Fault
	delay  time.Duration
	mended chan struct{} // closed when the fault changes
	lines  map[*line]bool
	closed bool
}

// NewProxy returns a line to a server, as [net.Dial] takes its address: a port of
// PostgreSQL, or its socket.
func NewProxy(network, server string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it returns at once
	if err != nil {
		return nil, err
	}
	p := &Proxy{network: network, server: server, listener: l, mended: make(chan struct{}), lines: map[*line]bool{}}
	p.ended.Go(p.accept)
	return p, nil
}

// Addr is where clients connect, "127.0.0.1:40001".
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Break makes the line fail from now on, or mends it, if the fault is Sound.
func (p *Proxy) Break(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	close(p.mended)
	p.mended = make(chan struct{})
	for l := range p.lines {
		switch f {
		case Reset:
			l.reset()
		case Blackhole:
			l.deaf.Store(true)
			l.mute.Store(true)
		case HalfOpen:
			l.mute.Store(true)
		case Sound, Stalled:
		}
	}
}

// Delay has everything take so much longer, each way, from now on.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Connections is how many were made so far.
func (p *Proxy) Connections() int64 { return p.accepted.Load() }

// Open is how many connections there are.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lines)
}

// Carried is how many bytes were carried so far, both ways.
func (p *Proxy) Carried() int64 { return p.carried.Load() }

// Close breaks everything off.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	close(p.mended)
	p.mended = make(chan struct{})
	for l := range p.lines {
		l.reset()
	}
	p.mu.Unlock()
	err := p.listener.Close()
	p.ended.Wait()
	return err
}

// A line is one connection.
type line struct {
	client, server net.Conn
	deaf, mute     atomic.Bool // loses what the client, or the server, says
}

// reset breaks a connection off so that both ends notice.
func (l *line) reset() {
	for _, c := range []net.Conn{l.client, l.server} {
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0) // an ordinary end would do too
		}
		_ = c.Close() // it may be closed
	}
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.accepted.Add(1)
		p.ended.Go(func() { p.serve(c) })
	}
}

// serve carries one connection until an end of it is gone.
func (p *Proxy) serve(client net.Conn) {
	l := &line{client: client, server: client} // as long as there is no other, for reset
	p.mu.Lock()
	refused := p.closed || p.fault == Reset
	p.mu.Unlock()
	if refused {
		l.reset()
		return
	}
	s, err := net.DialTimeout(p.network, p.server, 10*time.Second) //nolint:noctx // as above
	if err != nil {
		l.reset() // as a port does where nobody listens
		return
	}
	l.server = s
	p.mu.Lock()
	if p.closed || p.fault == Reset {
		p.mu.Unlock()
		l.reset()
		return
	}
	l.deaf.Store(p.fault == Blackhole)
	l.mute.Store(p.fault == Blackhole || p.fault == HalfOpen)
	p.lines[l] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.carry(l, l.server, l.client, &l.deaf) })
	both.Go(func() { p.carry(l, l.client, l.server, &l.mute) })
	both.Wait()
	p.mu.Lock()
	delete(p.lines, l)
	p.mu.Unlock()
}

// carry carries one way until an end is gone, and with it the other way, as far as
// the line lets anybody know.
func (p *Proxy) carry(l *line, to, from net.Conn, lost *atomic.Bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && p.pass() && !lost.Load() {
			p.carried.Add(int64(n))
			if _, gone := to.Write(buf[:n]); gone != nil && l.mute.Load() {
				l.deaf.Store(true) // that the server is gone is lost like all that it says
			} else if gone != nil {
				err = gone
			}
		}
		if err == nil {
			continue
		}
		_ = from.Close() // it may be closed
		if !lost.Load() {
			_ = to.Close() // as above
		}
		return
	}
}

// pass waits as long as the line takes, and reports whether it is there still.
func (p *Proxy) pass() bool {
	p.mu.Lock()
	delay := p.delay
	p.mu.Unlock()
	if delay > 0 {
		time.Sleep(delay)
	}
	for {
		p.mu.Lock()
		fault, mended, closed := p.fault, p.mended, p.closed
		p.mu.Unlock()
		if closed || fault != Stalled {
			return !closed
		}
		<-mended
	}
}
