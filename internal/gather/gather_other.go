//go:build !unix

package gather

import (
	"os"
	"time"
)

// A Reader reads what another process writes, here at once. Read and Close are for
// one goroutine, Hurry and Stop for any.
type Reader struct{ file *os.File }

// New returns a Reader of a pipe, which it takes over.
func New(f *os.File) (*Reader, error) { return &Reader{f}, nil }

// Hurry says that whoever wrote is gone.
func (r *Reader) Hurry() {}

// Stop ends reading: Read returns an error, also one under way where the system
// can do that.
func (r *Reader) Stop() {
	if r.file.SetReadDeadline(time.Unix(1, 0)) != nil { // long past
		go func() { _ = r.file.Close() }() // it may wait for Read
	}
}

// Close closes the Reader's end.
func (r *Reader) Close() error { return r.file.Close() }

// Read reads what has come, and waits until something has.
func (r *Reader) Read(p []byte) (int, error) { return r.file.Read(p) }
