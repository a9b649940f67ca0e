// Package lockfile lets processes take turns: a lock is held by one open file at
// a time and is free as soon as that is closed, by whatever end its process comes
// to. The file itself stays and means nothing.
package lockfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// poll is how often a lock that is held by another is tried again.
const poll = 50 * time.Millisecond

// A Lock is held until it is closed. The zero Lock is none.
type Lock struct{ f *os.File }

// Try takes the lock of a file, which it makes if it isn't there; ok is false if
// another has it.
func Try(name string) (l *Lock, ok bool, err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, false, err
	}
	if ok, err = try(f); err != nil {
		err = &fs.PathError{Op: "lock", Path: name, Err: err}
	}
	if !ok {
		return nil, false, errors.Join(err, f.Close())
	}
	return &Lock{f}, true, nil
}

// Acquire takes the lock of a file, waiting as long as another has it. If it has
// to wait, it calls waiting once before, unless that is nil. When ctx ends, it
// returns the cause.
func Acquire(ctx context.Context, name string, waiting func()) (*Lock, error) {
	for told := false; ; {
		l, ok, err := Try(name)
		if ok || err != nil {
			return l, err
		}
		if !told && waiting != nil {
			waiting()
		}
		told = true
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(poll):
		}
	}
}

// File returns the open file. Where files are inherited, a process that gets it
// holds the lock as well, until both are gone.
func (l *Lock) File() *os.File { return l.f }

// Close gives the lock back.
func (l *Lock) Close() error { return l.f.Close() }
