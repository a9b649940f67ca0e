package pgtest

import "os/exec"

// sockets reports whether servers listen on sockets in the file system.
func sockets() bool { return false }

// own does nothing: the programs give up an administrator's rights by themselves.
func own(string) error { return nil }

func unprivileged(*exec.Cmd) {}
