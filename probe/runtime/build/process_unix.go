//go:build unix

package build

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// canBuild says whether CPython is built by configure and make here.
const canBuild = true

// setGroup puts a process into a group of its own.
func setGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// stopGroup asks a group to end; make then removes what it was making.
func stopGroup(pid int) error {
	err := syscall.Kill(-pid, syscall.SIGTERM)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// killGroup ends what is left of a group.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
