//go:build unix

package main

import (
	"io/fs"
	"os"
	"syscall"
)

// isPrivate reports whether a directory is this user's and nobody else's.
func isPrivate(st fs.FileInfo) bool {
	sys, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(sys.Uid) == os.Getuid() && st.Mode().Perm()&0o077 == 0
}
