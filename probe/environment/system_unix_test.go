//go:build unix

package environment

import "golang.org/x/sys/unix"

// narrow makes every file over 64 KiB fail to be written in this process, as on
// a disk that is full.
func narrow() {
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 64 << 10, Max: 64 << 10}); err != nil {
		panic(err)
	}
}

// errUnsupportedHere is what a link to another file system fails with.
var errUnsupportedHere = unix.EXDEV
