//go:build !windows

package pyprobe_test

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// signal returns the name of the signal that ended a process, "" for none.
func signal(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return unix.SignalName(status.Signal())
	}
	return ""
}
