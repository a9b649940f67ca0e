package silence_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/silence"
)

const (
	short = 50 * time.Millisecond
	long  = time.Minute
)

// pair returns a connection that is watched and its peer.
func pair(t *testing.T, l *silence.Limit) (watched, peer net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = theirs.Close() })
	c, err := l.Watch(func(context.Context, string, string) (net.Conn, error) { return ours, nil })(t.Context(), "pipe", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, theirs
}

// exchange writes to a connection and has its peer take that, and answer if it is to.
func exchange(t *testing.T, watched, peer net.Conn, answer bool) {
	t.Helper()
	buf := make([]byte, 1)
	done := make(chan error, 1)
	go func() {
		_, err := peer.Read(buf)
		if err == nil && answer {
			_, err = peer.Write(buf)
		}
		done <- err
	}()
	if _, err := watched.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	if answer {
		if _, err := watched.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestUnanswered(t *testing.T) {
	t.Parallel()
	var l silence.Limit
	l.Set(short)
	c, peer := pair(t, &l)
	exchange(t, c, peer, false)
	if err := c.SetDeadline(time.Now().Add(long)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Read(make([]byte, 1))
	if timeout, ok := errors.AsType[net.Error](err); err == nil || ok && timeout.Timeout() {
		t.Errorf("a question that nobody answers ended with %v", err)
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	var l silence.Limit
	l.Set(short)
	c, peer := pair(t, &l)
	exchange(t, c, peer, true)
	time.Sleep(3 * short) // nothing is asked: it may be quiet
	exchange(t, c, peer, true)
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	var l silence.Limit
	c, peer := pair(t, &l)
	exchange(t, c, peer, false)
	l.Set(short) // of what is asked from now on
	time.Sleep(3 * short)
	exchange(t, c, peer, true)
}

func TestDialFails(t *testing.T) {
	t.Parallel()
	var l silence.Limit
	failed := errors.New("no")
	if _, err := l.Watch(func(context.Context, string, string) (net.Conn, error) { return nil, failed })(t.Context(), "", ""); !errors.Is(err, failed) {
		t.Error(err)
	}
}
