package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A mount is a file system that is not attached anywhere yet.
type mount struct {
	at  string // where it will be, seen from the new root
	fd  int
	dir bool
}

// enterRoot makes a root directory of nothing but what the job may reach, and
// moves the process there. The process must have mount, PID and UTS namespaces of
// its own. Everything is mounted by descriptors: what is mounted over something
// else hides none of the sources.
func enterRoot(j *job) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	scratchPlaces, err := scratchPlaces(j)
	if err != nil {
		return err
	}
	var mounts []mount
	var links []symlink
	add := func(path string, attr uint64, optional bool) error {
		m, l, err := cloneTree(path, attr)
		if err != nil && optional && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return nil
		}
		if err != nil {
			return err
		}
		mounts, links = append(mounts, m), append(links, l...)
		return nil
	}
	for _, path := range systemPlaces() {
		if err := add(path, unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, true); err != nil {
			return err
		}
	}
	for _, path := range j.Read {
		if err := add(string(path), unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, false); err != nil {
			return err
		}
	}
	mounts = withoutInner(mounts)
	for _, path := range j.Write {
		if err := add(string(path), unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, false); err != nil {
			return err
		}
	}
	for _, path := range devices() {
		if err := add(path, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, true); err != nil {
			return err
		}
	}
	// Read-only: nothing of the machine can be set by writing to /proc.
	proc, err := newFS("proc", unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV|unix.MOUNT_ATTR_NOEXEC)
	if err != nil {
		return err
	}
	mounts = append(mounts, mount{"/proc", proc, true})
	scratch, err := scratchMounts(j, scratchPlaces)
	if err != nil {
		return err
	}
	mounts = append(mounts, scratch...)
	root, err := newFS("tmpfs", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, [2]string{"mode", "0755"}, [2]string{"size", "1m"})
	if err != nil {
		return err
	}
	if err := unix.MoveMount(root, "", unix.AT_FDCWD, "/tmp", unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("attach the new root: %w", err)
	}
	if err := furnish(root, mounts, links, cmp.Or(j.UID, insideID)); err != nil {
		return err
	}
	if err := unix.Fchdir(root); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	// The old root is put on top of the new one and taken off: no directory for it is needed.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the old root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return fmt.Errorf("enter the new root: %w", err)
	}
	if err := unix.MountSetattr(root, "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("make the new root read-only: %w", err)
	}
	if err := unix.Sethostname([]byte("sandbox")); err != nil {
		return fmt.Errorf("sethostname: %w", err)
	}
	return unix.Close(root)
}

// furnish puts everything in its place below the directory root.
func furnish(root int, mounts []mount, links []symlink, uid int) error {
	// Parents before children; of two mounts on one place the later one counts.
	slices.SortStableFunc(mounts, func(a, b mount) int { return strings.Compare(a.at, b.at) })
	for _, m := range mounts {
		if err := mountPoint(root, m.at, m.dir); err != nil {
			return fmt.Errorf("make a place for %s: %w", m.at, err)
		}
		if err := unix.MoveMount(m.fd, "", root, m.at[1:], unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
		if err := unix.Close(m.fd); err != nil {
			return err
		}
	}
	links = append(links,
		symlink{"/dev/fd", "/proc/self/fd"},
		symlink{"/dev/stdin", "/proc/self/fd/0"}, symlink{"/dev/stdout", "/proc/self/fd/1"}, symlink{"/dev/stderr", "/proc/self/fd/2"})
	for _, l := range links {
		if err := makeParents(root, l.path); err != nil {
			return fmt.Errorf("make a place for %s: %w", l.path, err)
		}
		if err := unix.Symlinkat(l.target, root, l.path[1:]); err != nil && !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.EROFS) {
			return fmt.Errorf("link %s: %w", l.path, err)
		}
	}
	id := strconv.Itoa(uid)
	for path, content := range map[string]string{
		"/etc/passwd": "root:x:0:0::/:/bin/sh\nsandbox:x:" + id + ":" + id + "::/tmp:/bin/sh\n",
		"/etc/group":  "root:x:0:\nsandbox:x:" + id + ":\n",
		"/etc/hosts":  "127.0.0.1 localhost\n::1 localhost\n",
	} {
		if err := makeFile(root, path, content); err != nil {
			return fmt.Errorf("make %s: %w", path, err)
		}
	}
	return nil
}

// cloneTree returns a copy of a file or directory tree as a mount of its own.
func cloneTree(path string, attr uint64) (mount, []symlink, error) {
	at, links, err := resolve(path)
	if err != nil {
		return mount{}, nil, err
	}
	info, err := os.Lstat(at)
	if err != nil {
		return mount{}, nil, err
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, at, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_SYMLINK_NOFOLLOW)
	if err != nil {
		return mount{}, nil, &fs.PathError{Op: "open_tree", Path: at, Err: err}
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attr}); err != nil {
		return mount{}, nil, &fs.PathError{Op: "mount_setattr", Path: at, Err: err}
	}
	return mount{at, fd, info.IsDir()}, links, nil
}

// withoutInner returns the read-only mounts without those that are in another one
// of them, which shows them too.
func withoutInner(mounts []mount) []mount {
	slices.SortStableFunc(mounts, func(a, b mount) int { return strings.Compare(a.at+"/", b.at+"/") })
	var kept []mount
	for _, m := range mounts {
		if n := len(kept); n > 0 && strings.HasPrefix(m.at+"/", kept[n-1].at+"/") {
			_ = unix.Close(m.fd)
			continue
		}
		kept = append(kept, m)
	}
	return kept
}

// newFS returns a new file system; options are pairs of a name and a value.
func newFS(kind string, attr int, options ...[2]string) (int, error) {
	fd, err := unix.Fsopen(kind, unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("fsopen %s: %w", kind, err)
	}
	defer func() { _ = unix.Close(fd) }()
	for _, o := range options {
		if err := unix.FsconfigSetString(fd, o[0], o[1]); err != nil {
			return -1, fmt.Errorf("%s with %s=%s: %w", kind, o[0], o[1], err)
		}
	}
	if err := unix.FsconfigCreate(fd); err != nil {
		return -1, fmt.Errorf("new %s: %w", kind, err)
	}
	m, err := unix.Fsmount(fd, unix.FSMOUNT_CLOEXEC, attr)
	if err != nil {
		return -1, fmt.Errorf("fsmount %s: %w", kind, err)
	}
	return m, nil
}

// scratchPlaces are where a program may expect to be able to write.
func scratchPlaces(j *job) ([]string, error) {
	places := []string{"/tmp", "/var/tmp", "/dev/shm"}
	if j.Scratch == "" {
		return places, nil
	}
	at, _, err := resolve(string(j.Scratch))
	return append(places, at), err
}

// scratchMounts returns one new file system of limited size, to be mounted in all
// places.
func scratchMounts(j *job, places []string) ([]mount, error) {
	inodes := j.ScratchBytes/(16<<10) + 1024 // each takes a kilobyte of the kernel's memory
	disk, err := newFS("tmpfs", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, [2]string{"mode", "0755"},
		[2]string{"size", strconv.FormatInt(j.ScratchBytes, 10)}, [2]string{"nr_inodes", strconv.FormatInt(inodes, 10)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(disk) }()
	// A tree can be copied only from a file system that is attached.
	if err := unix.MoveMount(disk, "", unix.AT_FDCWD, "/tmp", unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return nil, fmt.Errorf("attach the scratch: %w", err)
	}
	var mounts []mount
	for i, at := range places {
		name := strconv.Itoa(i)
		if err := unix.Mkdirat(disk, name, 0o700); err != nil {
			return nil, fmt.Errorf("make %s: %w", at, err)
		}
		if j.UID > 0 {
			if err := unix.Fchownat(disk, name, j.UID, j.UID, unix.AT_SYMLINK_NOFOLLOW); err != nil {
				return nil, fmt.Errorf("chown %s: %w", at, err)
			}
		}
		fd, err := unix.OpenTree(disk, name, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
		if err != nil {
			return nil, fmt.Errorf("open_tree %s: %w", at, err)
		}
		mounts = append(mounts, mount{at, fd, true})
	}
	return mounts, nil
}

// mountPoint makes the directory or file that a mount will cover.
func mountPoint(root int, path string, dir bool) error {
	if err := makeParents(root, path); err != nil {
		return err
	}
	var st unix.Stat_t
	if unix.Fstatat(root, path[1:], &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
		return nil // in a tree that is mounted already
	}
	if dir {
		return unix.Mkdirat(root, path[1:], 0o755)
	}
	return makeFile(root, path, "")
}

func makeParents(root int, path string) error {
	parent := filepath.Dir(path)
	if parent == "/" {
		return nil
	}
	var st unix.Stat_t
	if unix.Fstatat(root, parent[1:], &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
		return nil
	}
	if err := makeParents(root, parent); err != nil {
		return err
	}
	return unix.Mkdirat(root, parent[1:], 0o755)
}

func makeFile(root int, path, content string) error {
	if err := makeParents(root, path); err != nil {
		return err
	}
	fd, err := unix.Openat(root, path[1:], unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	_, err = unix.Write(fd, []byte(content))
	return errors.Join(err, unix.Close(fd))
}
