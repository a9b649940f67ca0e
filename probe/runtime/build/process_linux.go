package build

import "syscall"

// dieWithParent stops a process when ftpkg is killed.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }
