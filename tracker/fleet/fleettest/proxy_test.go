package fleettest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
)

// echo is a server that answers each line with itself, and keeps what it was told.
func echo(t *testing.T) (addr string, told <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	lines := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				for r := bufio.NewReader(c); ; {
					text, err := r.ReadString('\n')
					if err != nil {
						lines <- "end"
						return
					}
					lines <- text
					if _, err := io.WriteString(c, text); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), lines
}

// patience is how long something may take that happens, and moment how long is waited
// for what must not happen.
const (
	patience = 30 * time.Second
	moment   = 100 * time.Millisecond
)

func dial(t *testing.T, p *fleettest.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// say says a line and returns what is answered within a time.
func say(t *testing.T, c net.Conn, text string, within time.Duration) (string, error) {
	t.Helper()
	if err := c.SetDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		return "", err
	}
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	return string(buf[:n]), err
}

func hears(t *testing.T, told <-chan string, want string) {
	t.Helper()
	select {
	case got := <-told:
		if got != want {
			t.Errorf("the server heard %q, not %q", got, want)
		}
	case <-time.After(patience):
		t.Errorf("the server never heard %q", want)
	}
}

func hearsNothing(t *testing.T, told <-chan string) {
	t.Helper()
	select {
	case got := <-told:
		t.Errorf("the server heard %q", got)
	case <-time.After(moment):
	}
}

func newProxy(t *testing.T) (*fleettest.Proxy, <-chan string) {
	t.Helper()
	addr, told := echo(t)
	p, err := fleettest.NewProxy("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, told
}

func TestProxy(t *testing.T) {
	t.Parallel()
	p, told := newProxy(t)
	c := dial(t, p)
	if got, err := say(t, c, "a\n", patience); got != "a\n" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	hears(t, told, "a\n")
	p.Delay(moment)
	began := time.Now()
	if got, err := say(t, c, "b\n", patience); got != "b\n" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if took := time.Since(began); took < 2*moment {
		t.Errorf("a delay of %v each way took %v", moment, took)
	}
	hears(t, told, "b\n")
	p.Delay(0)
	if p.Connections() != 1 || p.Open() != 1 || p.Carried() != 8 {
		t.Errorf("%d connections, %d open, %d bytes", p.Connections(), p.Open(), p.Carried())
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	hears(t, told, "end")
}

func TestProxyFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range fleettest.Faults() {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			p, told := newProxy(t)
			before := dial(t, p)
			if _, err := say(t, before, "a\n", patience); err != nil {
				t.Fatal(err)
			}
			hears(t, told, "a\n")
			p.Break(fault)
			if fault == fleettest.Reset {
				hears(t, told, "end")
			}
			got, err := say(t, before, "b\n", moment)
			timeout := errors.Is(err, os.ErrDeadlineExceeded)
			if got != "" || err == nil || timeout == (fault == fleettest.Reset) {
				t.Errorf("while it lasted: %q, %v", got, err)
			}
			if fault == fleettest.HalfOpen {
				hears(t, told, "b\n")
			} else {
				hearsNothing(t, told)
			}
			if during, err := net.Dial("tcp", p.Addr()); err == nil { // one that is reset may be so at once
				t.Cleanup(func() { _ = during.Close() })
				if got, err := say(t, during, "c\n", moment); got != "" || err == nil {
					t.Errorf("a new connection while it lasted: %q, %v", got, err)
				}
			} else if fault != fleettest.Reset {
				t.Error(err)
			}
			if fault == fleettest.HalfOpen {
				hears(t, told, "c\n")
			}
			p.Break(fleettest.Sound)
			after := dial(t, p)
			if got, err := say(t, after, "d\n", patience); got != "d\n" || err != nil {
				t.Errorf("a new connection afterwards: %q, %v", got, err)
			}
			if fault == fleettest.Stalled {
				if err := before.SetDeadline(time.Now().Add(patience)); err != nil {
					t.Fatal(err)
				}
				late, err := bufio.NewReader(before).ReadString('\n')
				if late != "b\n" || err != nil {
					t.Errorf("what was sent meanwhile: %q, %v", late, err)
				}
				return
			}
			hears(t, told, "d\n")
			if got, err := say(t, before, "e\n", moment); got != "" || err == nil {
				t.Errorf("the old connection afterwards: %q, %v", got, err)
			}
		})
	}
}

// A server that ends tells a client of a sound line, and one that is not there is a
// connection that ends at once.
func TestProxyWithoutServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p, err := fleettest.NewProxy("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", p.Addr()); err == nil { // or it is reset at once
		if got, err := say(t, c, "a\n", patience); got != "" || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q, %v", got, err)
		}
		_ = c.Close()
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", p.Addr()); err == nil {
		_ = c.Close()
		t.Error("a proxy that is closed takes connections")
	}
}
