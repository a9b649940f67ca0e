//go:build unix

package runtime

import (
	"os/exec"
	"syscall"
)

// ownGroup lets a command that is cancelled end with everything it started: a
// wrapper script may wait for a child of its own.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
