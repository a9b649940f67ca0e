//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// answer runs a filter on a system call, in a machine of our own.
func answer(t *testing.T, program []unix.SockFilter, arch, nr uint32, args ...uint64) uint32 {
	t.Helper()
	raw := make([]bpf.RawInstruction, len(program))
	for i, ins := range program {
		raw[i] = bpf.RawInstruction{Op: ins.Code, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	decoded, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("the filter has unknown instructions")
	}
	vm, err := bpf.NewVM(decoded)
	if err != nil {
		t.Fatal(err)
	}
	// The machine loads words as networks have them: so they are put.
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data[dataNr:], nr)
	binary.BigEndian.PutUint32(data[dataArch:], arch)
	for i, a := range args {
		binary.BigEndian.PutUint32(data[dataArg(uint32(i)):], uint32(a))
		binary.BigEndian.PutUint32(data[dataArg(uint32(i))+4:], uint32(a>>32))
	}
	out, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(out)
}

func TestFilter(t *testing.T) {
	t.Parallel()
	const allow = unix.SECCOMP_RET_ALLOW
	perm, nosys := fails(unix.EPERM), fails(unix.ENOSYS)
	strict := filterOptions{Own: 42, Metadata: true, Truncate: true, Others: true}
	for _, tt := range []struct {
		name string
		o    filterOptions
		nr   uint32
		args []uint64
		want uint32
	}{
		{"read", strict, unix.SYS_READ, nil, allow},
		{"openat", strict, unix.SYS_OPENAT, []uint64{0, 0, unix.O_RDONLY}, allow},
		{"openat to write", strict, unix.SYS_OPENAT, []uint64{0, 0, unix.O_WRONLY | unix.O_TRUNC | unix.O_CREAT}, allow},
		{"openat to truncate only", strict, unix.SYS_OPENAT, []uint64{0, 0, unix.O_TRUNC}, perm},
		{"openat to truncate otherwise", strict, unix.SYS_OPENAT, []uint64{0, 0, unix.O_TRUNC | 3}, perm},
		{"openat to truncate, seen by Landlock", filterOptions{}, unix.SYS_OPENAT, []uint64{0, 0, unix.O_TRUNC}, allow},
		{"truncate", strict, unix.SYS_TRUNCATE, nil, perm},
		{"execve", strict, unix.SYS_EXECVE, nil, allow},
		{"clone of a thread", strict, unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_THREAD | unix.CLONE_FILES}, allow},
		{"clone with a namespace", strict, unix.SYS_CLONE, []uint64{unix.CLONE_NEWUSER | uint64(unix.SIGCHLD)}, perm},
		{"clone with two", strict, unix.SYS_CLONE, []uint64{unix.CLONE_NEWNET | unix.CLONE_NEWPID}, perm},
		{"clone3", strict, unix.SYS_CLONE3, nil, nosys},
		{"ptrace", filterOptions{}, unix.SYS_PTRACE, nil, perm},
		{"socket inet", strict, unix.SYS_SOCKET, []uint64{unix.AF_INET, unix.SOCK_STREAM}, perm},
		{"socket unix", strict, unix.SYS_SOCKET, []uint64{unix.AF_UNIX, unix.SOCK_STREAM}, perm},
		{"socket unix granted", filterOptions{UnixSockets: true}, unix.SYS_SOCKET, []uint64{unix.AF_UNIX, unix.SOCK_STREAM}, allow},
		{"socket inet all the same", filterOptions{UnixSockets: true}, unix.SYS_SOCKET, []uint64{unix.AF_INET, unix.SOCK_STREAM}, perm},
		{"socket vsock all the same", filterOptions{UnixSockets: true}, unix.SYS_SOCKET, []uint64{unix.AF_VSOCK, unix.SOCK_STREAM}, perm},
		{"socketpair", strict, unix.SYS_SOCKETPAIR, []uint64{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}, allow},
		{"socketpair seqpacket", strict, unix.SYS_SOCKETPAIR, []uint64{unix.AF_UNIX, unix.SOCK_SEQPACKET}, allow},
		{"socketpair dgram", strict, unix.SYS_SOCKETPAIR, []uint64{unix.AF_UNIX, unix.SOCK_DGRAM | unix.SOCK_NONBLOCK}, perm},
		{"socketpair raw", strict, unix.SYS_SOCKETPAIR, []uint64{unix.AF_UNIX, unix.SOCK_RAW}, perm},
		{"socketpair tipc", strict, unix.SYS_SOCKETPAIR, []uint64{unix.AF_TIPC, unix.SOCK_STREAM}, perm},
		{"ioctl", strict, unix.SYS_IOCTL, []uint64{0, unix.TCGETS}, allow},
		{"ioctl to type", strict, unix.SYS_IOCTL, []uint64{0, unix.TIOCSTI}, perm},
		{"ioctl to type, high bits", strict, unix.SYS_IOCTL, []uint64{0, unix.TIOCSTI | 1<<40}, perm},
		{"ioctl of a console", strict, unix.SYS_IOCTL, []uint64{0, unix.TIOCLINUX}, perm},
		{"personality asked for", strict, unix.SYS_PERSONALITY, []uint64{0xffffffff}, allow},
		{"personality changed", strict, unix.SYS_PERSONALITY, []uint64{0x40000}, perm},
		{"kill itself", strict, unix.SYS_KILL, []uint64{42, 9}, allow},
		{"kill its group", strict, unix.SYS_KILL, []uint64{0, 9}, allow},
		{"kill another", strict, unix.SYS_KILL, []uint64{43, 9}, perm},
		{"kill all", strict, unix.SYS_KILL, []uint64{0xffffffffffffffff, 9}, perm},
		{"tgkill itself", strict, unix.SYS_TGKILL, []uint64{42, 44, 9}, allow},
		{"tgkill another", strict, unix.SYS_TGKILL, []uint64{1, 42, 9}, perm},
		{"kill where something else denies", filterOptions{}, unix.SYS_KILL, []uint64{43, 9}, allow},
		{"be signalled for another", strict, unix.SYS_FCNTL, []uint64{3, unix.F_SETOWN, 43}, perm},
		{"fcntl", strict, unix.SYS_FCNTL, []uint64{3, unix.F_GETFL}, allow},
		{"prlimit of itself", strict, unix.SYS_PRLIMIT64, []uint64{0, 7}, allow},
		{"prlimit of another", strict, unix.SYS_PRLIMIT64, []uint64{1, 7}, perm},
		{"nice itself", strict, unix.SYS_SETPRIORITY, []uint64{0, 0, 5}, allow},
		{"nice another", strict, unix.SYS_SETPRIORITY, []uint64{0, 77, 5}, perm},
		{"nice a user", strict, unix.SYS_SETPRIORITY, []uint64{2, 0, 5}, perm},
		{"fchmod does nothing", strict, unix.SYS_FCHMOD, nil, fails(0)},
		{"fchmod of private files", filterOptions{}, unix.SYS_FCHMOD, nil, allow},
		{"fchown", strict, unix.SYS_FCHOWN, nil, perm},
		{"memfd_create", strict, unix.SYS_MEMFD_CREATE, nil, nosys},
		{"io_uring", strict, unix.SYS_IO_URING_SETUP, nil, nosys},
		{"the newest", strict, newestCall, nil, allow},
		{"a newer", strict, newestCall + 1, nil, nosys},
		{"x32", strict, 0x40000000, nil, nosys},
		{"the largest", strict, 0xffffffff, nil, nosys},
	} {
		if got := answer(t, newFilter(tt.o), auditArch, tt.nr, tt.args...); got != tt.want {
			t.Errorf("%s: %#x, want %#x", tt.name, got, tt.want)
		}
	}
	for _, arch := range []uint32{unix.AUDIT_ARCH_I386, unix.AUDIT_ARCH_ARM, 0} {
		if got := answer(t, newFilter(filterOptions{}), arch, unix.SYS_READ); got != nosys {
			t.Errorf("architecture %#x: %#x", arch, got)
		}
	}
	if n := len(newFilter(strict)); n > 4096 {
		t.Errorf("%d instructions are more than the kernel takes", n)
	}
}
