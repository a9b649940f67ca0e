package sandbox

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/ftpkg/ftpkg/internal/gather"
)

// patience is how long a run waits, when all its processes are gone, for a pipe
// or a writer that doesn't come to an end.
const patience = 2 * time.Second

// A drain reads a pipe to its end and hands on what comes, as long as it is taken.
type drain struct {
	pipe *gather.Reader
	done chan struct{}
	read atomic.Int64 // how often something was read or handed on
}

// newDrain starts to read a pipe, which it takes over.
func newDrain(file *os.File, w io.Writer) (*drain, error) {
	pipe, err := gather.New(file)
	if err != nil {
		return nil, err
	}
	d := &drain{pipe: pipe, done: make(chan struct{})}
	go func() {
		defer close(d.done)
		defer func() { _ = pipe.Close() }()
		buf := make([]byte, 32<<10)
		for {
			n, err := pipe.Read(buf)
			d.read.Add(1)
			if n > 0 && w != nil {
				if written, err := w.Write(buf[:n]); err != nil || written != n {
					w = nil // the program must not stand still for it
				}
				d.read.Add(1)
			}
			if err != nil {
				return
			}
		}
	}()
	return d, nil
}

// finish waits until all was handed on. It gives up when nothing moves any more: a
// writer then stands still, which is its own fault.
func (d *drain) finish() error {
	d.pipe.Hurry()
	for last := int64(-1); ; {
		select {
		case <-d.done:
			return nil
		case <-time.After(patience):
		}
		if now := d.read.Load(); now != last {
			last = now
			continue
		}
		d.pipe.Stop()
		select {
		case <-d.done:
			return nil
		case <-time.After(patience):
		}
		return errors.New("a writer of the program's output does not return")
	}
}

// feed copies a reader to the program's standard input, as long as it takes it.
func feed(pipe *os.File, r io.Reader) {
	go func() {
		_, _ = io.Copy(pipe, r)
		_ = pipe.Close()
	}()
}
