//go:build !windows

package pyprobe

import (
	"os"
	"syscall"
)

// input opens the pipe on which the program arrives.
func input() (theirs, ours *os.File, err error) { return os.Pipe() }

// channel opens what the records leave on: a pair of sockets rather than a pipe,
// because a pipe can be opened once more through /proc/self/fd, and read.
func channel() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock() // no child may be started before it is settled what it inherits
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	// The process writes and we read.
	err = syscall.Shutdown(fds[0], syscall.SHUT_WR)
	if err == nil {
		err = syscall.SetNonblock(fds[0], true) // so that reading can be given up
	}
	ours, theirs = os.NewFile(uintptr(fds[0]), "records"), os.NewFile(uintptr(fds[1]), "records of the process")
	if err != nil {
		_, _ = ours.Close(), theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// descriptors returns the Python expressions for the two descriptors that the
// process has inherited.
func (p *Process) descriptors() (input, output string) { return "3", "4" }
