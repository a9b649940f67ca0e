//go:build unix

package gather

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Reader reads what another process writes. Read and Close are for one
// goroutine, Hurry and Stop for any.
type Reader struct {
	fd    int
	pause time.Duration // before the next look
	vain  bool          // the last look found nothing, after Hurry

	hurry, stop      chan struct{}
	hurried, stopped sync.Once
}

// New returns a Reader of a pipe or a socket. The file is closed, also if there is
// an error.
func New(f *os.File) (*Reader, error) {
	defer func() { _ = f.Close() }()
	// A descriptor of its own, which the runtime does not know: those it does know
	// wake it with every write, whether anybody reads or not.
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &Reader{pause: shortest, hurry: make(chan struct{}), stop: make(chan struct{})}
	var failed error
	err = conn.Control(func(fd uintptr) {
		if r.fd, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); failed == nil {
			failed = unix.SetNonblock(r.fd, true)
		}
	})
	if err = errors.Join(err, os.NewSyscallError("fcntl", failed)); err != nil {
		return nil, err
	}
	return r, nil
}

// Hurry says that whoever wrote is gone: what is there is read without pauses.
func (r *Reader) Hurry() { r.hurried.Do(func() { close(r.hurry) }) }

// Stop ends reading: Read returns os.ErrClosed, also one under way.
func (r *Reader) Stop() { r.stopped.Do(func() { close(r.stop) }) }

// Close closes the Reader's end.
func (r *Reader) Close() error { return os.NewSyscallError("close", unix.Close(r.fd)) }

// Read reads what has come, and waits until something has.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if err := r.wait(); err != nil {
			return 0, err
		}
		n, err := unix.Read(r.fd, p)
		switch {
		case errors.Is(err, unix.EAGAIN):
			r.pause, r.vain = min(2*max(r.pause, shortest/2), longest), true
			continue
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		r.pause, r.vain = shortest, false
		if n > len(p)/2 {
			r.pause = 0
		}
		return n, nil
	}
}

// wait waits until it is time for the next look.
func (r *Reader) wait() error {
	pause, hurry := r.pause, r.hurry
	select {
	case <-r.stop:
		return os.ErrClosed
	case <-hurry:
		if !r.vain {
			return nil
		}
		pause, hurry = shortest, nil // somebody else has the other end too
	default:
	}
	if pause == 0 {
		return nil
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-hurry:
		r.vain = false
	case <-r.stop:
		return os.ErrClosed
	}
	return nil
}
