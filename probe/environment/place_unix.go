//go:build linux || darwin

package environment

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// fill places the files of a group, by name within two open folders: a path
// looked up from the root each time costs as much again as the link itself.
func (pl *placer) fill(g *group) (bad *planned, err error) {
	to := filepath.Join(pl.root, filepath.FromSlash(g.to))
	src, err := openFolder(g.from)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(src) }()
	dst, err := openFolder(to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(dst) }()
	for _, f := range g.files {
		name := path.Base(f.path)
		var st unix.Stat_t
		if err := unix.Fstatat(src, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return f, &fs.PathError{Op: "stat", Path: filepath.Join(g.from, name), Err: err}
		}
		mode := uint32(st.Mode) //nolint:unconvert // 16 bits on macOS
		now := stamp{st.Mtim.Nano(), mode & 0o777}
		if mode&unix.S_IFMT != unix.S_IFREG || !f.looksAs(st.Size, now) {
			return f, errChanged
		}
		as := path.Base(f.dest)
		if err := pl.put(src, name, dst, as, f.stamp.mode, filepath.Join(g.from, name), filepath.Join(to, as)); err != nil {
			return f, err
		}
	}
	return nil, nil
}

func openFolder(name string) (int, error) {
	for {
		fd, err := unix.Open(name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return -1, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return fd, nil
	}
}

// put places one file in the best way there is.
func (pl *placer) put(src int, name string, dst int, as string, mode uint32, from, to string) error {
	for {
		way := pl.way.Load()
		var err error
		switch way {
		case byClone:
			err = cloneAt(src, name, dst, as, mode)
		case byLink:
			if err = unix.Linkat(src, name, dst, as, 0); err == nil {
				pl.shared.Store(true)
			}
		default:
			return copyFile(from, to, os.FileMode(mode))
		}
		if err == nil {
			return nil
		}
		if errors.Is(err, unix.EMLINK) { // this one file has as many links as it can have
			return copyFile(from, to, os.FileMode(mode))
		}
		if !pl.settle(way, err) {
			return &os.LinkError{Op: "link", Old: from, New: to, Err: err}
		}
	}
}

// cannot reports whether an error says that a file can't be cloned or linked
// here at all: another file system, or one that knows no such thing.
func cannot(err error) bool {
	for _, e := range []error{
		unix.EXDEV, unix.EOPNOTSUPP, unix.ENOTSUP, unix.ENOTTY, unix.EINVAL, unix.ENOSYS, unix.EPERM, unix.EACCES, unix.ETXTBSY, unix.EBADF,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
