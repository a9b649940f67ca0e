package pgtest

import "syscall"

// endWithParent has the server stop at once when its parent's thread is gone.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
