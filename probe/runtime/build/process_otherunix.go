//go:build unix && !linux

package build

import "syscall"

// dieWithParent cannot be had here: what runs when ftpkg is killed goes on to
// its end, and holds the lock until then.
func dieWithParent(*syscall.SysProcAttr) {}
