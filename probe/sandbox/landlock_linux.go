package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Landlock ABIs that this package tells apart, with the kernel that brought them.
// https://docs.kernel.org/userspace-api/landlock.html
const (
	abiFirst    = 1 // 5.13: files
	abiRefer    = 2 // 5.19: moving between directories; earlier ones always deny it
	abiTruncate = 3 // 6.2: earlier ones leave it to the seccomp filter
	abiTCP      = 4 // 6.7
	abiIoctl    = 5 // 6.10: ioctl on devices
	abiScope    = 6 // 6.12: signals and abstract unix sockets
	abiUnix     = 9 // unix sockets in the file system
	abiUDP      = 10
)

const (
	readRights  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	fileRights  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV | unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
	writeRights = readRights | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_MAKE_SYM | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
)

// handledRights are the rights over files that an ABI knows: what a ruleset
// handles is denied unless a rule grants it.
func handledRights(abi int) uint64 {
	rights := uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1) // those of the first ABI
	for _, r := range []struct {
		abi   int
		right uint64
	}{
		{abiRefer, unix.LANDLOCK_ACCESS_FS_REFER},
		{abiTruncate, unix.LANDLOCK_ACCESS_FS_TRUNCATE},
		{abiIoctl, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
		{abiUnix, unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX},
	} {
		if abi >= r.abi {
			rights |= r.right
		}
	}
	return rights
}

// landlockABI returns the newest ABI of the running kernel.
func landlockABI() (int, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch {
	case errno == 0:
		return int(abi), nil
	case errors.Is(errno, unix.ENOSYS):
		return 0, errors.New("this kernel was built without it")
	case errors.Is(errno, unix.EOPNOTSUPP):
		return 0, errors.New("it was not enabled when this kernel was started")
	}
	return 0, errno
}

// A ruleset is a Landlock ruleset in the making. It denies all that it isn't told
// to allow.
type ruleset struct {
	fd      int
	handled uint64
}

// newRuleset returns the ruleset for programs: no file, no TCP or UDP port, no
// signal and no abstract socket to the outside.
func newRuleset(abi int) (*ruleset, error) {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: handledRights(abi)}
	size := unsafe.Offsetof(attr.Handled_access_net)
	if abi >= abiTCP {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		size = unsafe.Offsetof(attr.Scoped)
	}
	if abi >= abiUDP {
		attr.Handled_access_net |= unix.LANDLOCK_ACCESS_NET_BIND_UDP | unix.LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP
	}
	if abi >= abiScope {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
		size = unsafe.Offsetof(attr.Quiet_access_fs)
	}
	return makeRuleset(attr, size)
}

// newFence returns a ruleset that only keeps signals in: who is behind the fence
// can signal what was started behind it, and nothing else.
func newFence() (*ruleset, error) {
	attr := unix.LandlockRulesetAttr{Scoped: unix.LANDLOCK_SCOPE_SIGNAL}
	return makeRuleset(attr, unsafe.Offsetof(attr.Quiet_access_fs))
}

func makeRuleset(attr unix.LandlockRulesetAttr, size uintptr) (*ruleset, error) {
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0) //nolint:gosec // how the kernel is told
	if errno != 0 {
		return nil, fmt.Errorf("landlock_create_ruleset: %w", errno)
	}
	return &ruleset{int(fd), attr.Handled_access_fs}, nil
}

// allow grants rights to a file or a directory and all below it. Optional ones
// may be missing.
func (r *ruleset) allow(path string, rights uint64, optional bool) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		if optional && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return nil
		}
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(fd) }()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= fileRights
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: rights & r.handled, Parent_fd: int32(fd)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0); errno != 0 { //nolint:gosec // how the kernel is told
		return &fs.PathError{Op: "landlock_add_rule", Path: path, Err: errno}
	}
	return nil
}

// restrict puts the calling thread, and what it starts from now on, under the
// ruleset. The thread must have no_new_privs.
func (r *ruleset) restrict() error {
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0, 0); errno != 0 {
		return fmt.Errorf("landlock_restrict_self: %w", errno)
	}
	return unix.Close(r.fd)
}

// jobRuleset returns the ruleset of a job.
func jobRuleset(j *job) (*ruleset, error) {
	r, err := newRuleset(j.Layers.Landlock)
	if err != nil {
		return nil, err
	}
	for _, path := range systemPlaces() {
		if err := r.allow(path, readRights, true); err != nil {
			return nil, err
		}
	}
	const useDevice = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	for _, path := range devices() {
		if err := r.allow(path, useDevice, true); err != nil {
			return nil, err
		}
	}
	const look = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	readable, writable := procPlaces(), []string(nil)
	if j.Layers.Namespaces {
		readable = []string{"/proc", "/etc/passwd", "/etc/group", "/etc/hosts", "/dev/fd"}
		writable = []string{"/tmp", "/var/tmp", "/dev/shm"}
	} else {
		readable = append(readable, fmt.Sprintf("/proc/%d", os.Getpid()))
	}
	for _, path := range readable {
		if err := r.allow(path, look, true); err != nil {
			return nil, err
		}
	}
	if j.Scratch != "" {
		writable = append(writable, string(j.Scratch))
	}
	for _, path := range append(writable, stringsOf(j.Write)...) {
		if err := r.allow(path, writeRights, false); err != nil {
			return nil, err
		}
	}
	for _, path := range j.Read {
		if err := r.allow(string(path), readRights, false); err != nil {
			return nil, err
		}
	}
	return r, nil
}
