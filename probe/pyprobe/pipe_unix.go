//go:build !windows

package pyprobe

import "os"

// pipe opens a pipe, one end of which a child process will inherit.
func pipe(_ bool) (r, w *os.File, err error) { return os.Pipe() }

// descriptors returns the Python expressions for the two descriptors that the
// process has inherited.
func (p *Process) descriptors() (input, output string) { return "3", "4" }
