package environment

import "golang.org/x/sys/unix"

// cloneAt makes a file that shares the bytes of another until one is written to.
func cloneAt(src int, name string, dst int, as string, mode uint32) error {
	from, err := unix.Openat(src, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(from) }()
	to, err := unix.Openat(dst, as, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, mode)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(to) }()
	if err = unix.IoctlFileClone(to, from); err == nil {
		err = unix.Fchmod(to, mode) // a umask may have narrowed it
	}
	if err != nil {
		_ = unix.Unlinkat(dst, as, 0)
	}
	return err
}
