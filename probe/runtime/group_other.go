//go:build !unix

package runtime

import "os/exec"

// ownGroup does nothing here: a cancelled command is killed alone.
func ownGroup(*exec.Cmd) {}
