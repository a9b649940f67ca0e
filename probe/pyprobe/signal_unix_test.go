//go:build !windows

package pyprobe_test

import (
	"os"
	"syscall"
)

// signal returns the signal that ended a process, "" for none.
func signal(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}
