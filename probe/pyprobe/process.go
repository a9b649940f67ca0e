package pyprobe

import (
	"errors"
	"os"
)

// A Process is one to be started: what it is given, and the other end of its
// channel.
type Process struct {
	// Args are the interpreter's arguments, argv[1] first.
	Args []string
	// Extra are the descriptors it inherits, as 3, 4, …. They are closed by
	// Report and Close, not before: the caller starts the process and leaves
	// them alone.
	Extra []*os.File
}

// New makes a process for a job. Its report is read from now on, in the
// background, until Report or Close is called.
func New(job *Job) (*Process, error) { return nil, errors.ErrUnsupported }

// Report returns what the process reported, once it is gone. It waits a moment
// for what is still on its way, and never for ever: a process left behind that
// keeps the channel open is recorded as such. An error is the machine's fault,
// not the package's.
func (p *Process) Report() (*Report, error) { return nil, errors.ErrUnsupported }

// Close ends the reading of a process that was not started.
func (p *Process) Close() error { return nil }

// Hook returns the source of the Python module that watches extension modules
// being loaded, for other programs that run with the GIL held off. Its own
// documentation says how it is used.
func Hook() string { return "" }
