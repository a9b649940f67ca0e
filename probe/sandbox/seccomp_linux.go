//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seccompMissing says why there is no filter; "" if there is one.
const seccompMissing = ""

// filterOptions say how strict a filter is: what Landlock and namespaces don't
// cover is left to it.
type filterOptions struct {
	// Own is the process's id where nothing else keeps its signals in: it may
	// then signal itself only. 0 leaves signals alone.
	Own int
	// Metadata denies what changes a file's attributes, where a writable mount
	// could show files that aren't the sandbox's. Landlock knows no such rights.
	Metadata bool
	// Truncate denies truncating by path, which early Landlock doesn't see.
	Truncate bool
	// Others denies what acts on another process by its id, where it could be
	// one of the user's own.
	Others bool
	// UnixSockets allows unix sockets beside pairs of connected ones.
	UnixSockets bool
}

// The parts of struct seccomp_data that a filter looks at. An argument is looked
// at by its lower half only: the kernel takes what is compared here as an int.
const (
	dataNr   = 0
	dataArch = 4
)

func dataArg(i uint32) uint32 { return 16 + 8*i }

// A filter is a BPF program in the making. Each rule stands for itself: it ends
// the program, or leaves the number of the system call in the accumulator.
type filter []unix.SockFilter

func (f *filter) add(code uint16, k uint32, jt, jf uint8) {
	*f = append(*f, unix.SockFilter{Code: code, Jt: jt, Jf: jf, K: k})
}

func (f *filter) load(offset uint32) { f.add(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset, 0, 0) }
func (f *filter) ret(value uint32)   { f.add(unix.BPF_RET|unix.BPF_K, value, 0, 0) }

// always answers a system call with an error.
func (f *filter) always(nr uint32, errno unix.Errno) {
	f.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, nr, 0, 1)
	f.ret(fails(errno))
}

// A test looks at one argument: it holds if the argument, or what mask leaves of
// it, is one of the values, or, with Not, if it is none.
type test struct {
	Arg    uint32
	Mask   uint32 // 0 is all
	Not    bool
	Values []uint32
}

// when answers a system call with EPERM if all tests hold.
func (f *filter) when(nr uint32, tests ...test) {
	var body filter
	type jump struct {
		at  int
		yes bool // which of its ways leads out
	}
	var out []jump // to the end of the rule
	for _, t := range tests {
		body.load(dataArg(t.Arg))
		if t.Mask != 0 {
			body.add(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, t.Mask, 0, 0)
		}
		for i, v := range t.Values {
			last := i == len(t.Values)-1
			if t.Not {
				out = append(out, jump{len(body), true})
				body.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, v, 0, 0)
				continue
			}
			if last {
				out = append(out, jump{len(body), false})
				body.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, v, 0, 0)
			} else {
				body.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, v, uint8(len(t.Values)-1-i), 0) // past the others
			}
		}
	}
	body.ret(fails(unix.EPERM))
	for _, j := range out {
		distance := uint8(len(body) - j.at - 1)
		if j.yes {
			body[j.at].Jt = distance
		} else {
			body[j.at].Jf = distance
		}
	}
	body.load(dataNr)
	f.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, nr, 0, uint8(len(body)))
	*f = append(*f, body...)
}

// fails is the answer of a filter that makes a system call return an error;
// errno 0 makes it do nothing and succeed.
func fails(errno unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(errno) }

// newFilter returns the filter of a program. It denies by name and answers EPERM,
// so that a program goes on as it does for a user who may not, or ENOSYS where
// programs have a way to do without.
func newFilter(o filterOptions) []unix.SockFilter {
	var f filter
	f.load(dataArch)
	f.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, auditArch, 1, 0)
	f.ret(fails(unix.ENOSYS)) // 32-bit programs have other numbers
	f.load(dataNr)
	// Above: x32, whose numbers have a bit of their own, and calls of the future.
	f.add(unix.BPF_JMP|unix.BPF_JGT|unix.BPF_K, newestCall, 0, 1)
	f.ret(fails(unix.ENOSYS))

	for _, nr := range slices.Concat(deniedCalls(), deniedCallsOfArch()) {
		f.always(nr, unix.EPERM)
	}
	// Files in memory belong to nobody's resident set, so nothing bounds them.
	// System V and POSIX message queues would outlive the program.
	for _, nr := range []uint32{
		unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_MQ_OPEN, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_SHMGET,
		unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
		unix.SYS_CLONE3,  // its flags are in memory, where a filter can't look; libraries fall back to clone
		unix.SYS_OPENAT2, // the same, to openat
	} {
		f.always(nr, unix.ENOSYS)
	}
	const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP
	f.when(unix.SYS_CLONE, test{Arg: 0, Mask: namespaces, Not: true, Values: []uint32{0}})
	f.when(unix.SYS_IOCTL, test{Arg: 1, Values: []uint32{
		unix.TIOCSTI, unix.TIOCLINUX, // type on the terminal
		unix.FS_IOC_ENABLE_VERITY, unix.FS_IOC_SETFLAGS, fsIocFSSetXattr, // change a file that was opened for reading
	}})
	f.when(unix.SYS_PERSONALITY, test{Arg: 0, Not: true, Values: []uint32{0, 0xffffffff}})
	f.sockets(o.UnixSockets)
	if o.Others {
		f.others()
	}
	if o.Own != 0 {
		f.signals(uint32(o.Own))
	}
	if o.Metadata {
		f.metadata()
	}
	if o.Truncate {
		f.always(unix.SYS_TRUNCATE, unix.EPERM)
		f.when(unix.SYS_OPENAT, test{Arg: 2, Mask: unix.O_TRUNC | unix.O_ACCMODE, Values: []uint32{unix.O_TRUNC | unix.O_RDONLY, unix.O_TRUNC | unix.O_ACCMODE}})
		f.truncateOfArch()
	}
	f.ret(unix.SECCOMP_RET_ALLOW)
	return f
}

// deniedCalls are the calls that no program under probe has any business with.
func deniedCalls() []uint32 {
	return []uint32{
		// other processes
		unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE, unix.SYS_PROCESS_MRELEASE,
		unix.SYS_KCMP, unix.SYS_PIDFD_GETFD, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
		// namespaces and mounts
		unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT,
		unix.SYS_OPEN_TREE, unix.SYS_OPEN_TREE_ATTR, unix.SYS_MOVE_MOUNT, unix.SYS_MOUNT_SETATTR,
		unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_STATMOUNT, unix.SYS_LISTMOUNT, unix.SYS_LISTNS,
		// files by other ways than their names
		unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FILE_SETATTR, unix.SYS_FANOTIFY_INIT, unix.SYS_FANOTIFY_MARK,
		unix.SYS_LOOKUP_DCOOKIE,
		// parts of the kernel with a record
		unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
		// the machine
		unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
		unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD, unix.SYS_SYSLOG,
		unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
		unix.SYS_VHANGUP, unix.SYS_NFSSERVCTL,
		unix.SYS_LSM_SET_SELF_ATTR,
	}
}

// sockets leaves pairs of sockets that are connected to each other and can't be
// sent elsewhere, as datagram sockets can.
func (f *filter) sockets(unixToo bool) {
	if unixToo {
		f.when(unix.SYS_SOCKET, test{Arg: 0, Not: true, Values: []uint32{unix.AF_UNIX}})
		f.when(unix.SYS_SOCKETPAIR, test{Arg: 0, Not: true, Values: []uint32{unix.AF_UNIX}})
		return
	}
	for _, nr := range []uint32{unix.SYS_SOCKET, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4} {
		f.always(nr, unix.EPERM)
	}
	f.when(unix.SYS_SOCKETPAIR, test{Arg: 0, Not: true, Values: []uint32{unix.AF_UNIX}})
	f.when(unix.SYS_SOCKETPAIR, test{Arg: 1, Mask: 0xf, Not: true, Values: []uint32{unix.SOCK_STREAM, unix.SOCK_SEQPACKET}})
}

// others denies what takes the id of another process of the same user.
func (f *filter) others() {
	f.when(unix.SYS_PRLIMIT64, test{Arg: 0, Not: true, Values: []uint32{0}})
	for _, nr := range []uint32{unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR} {
		f.when(nr, test{Arg: 0, Not: true, Values: []uint32{0}})
	}
	for _, nr := range []uint32{unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET} {
		f.when(nr, test{Arg: 1, Not: true, Values: []uint32{0}})
		f.when(nr, test{Arg: 0, Not: true, Values: []uint32{0, 1}}) // PRIO_PROCESS, IOPRIO_WHO_PROCESS
	}
	f.always(unix.SYS_INOTIFY_ADD_WATCH, unix.EPERM)
}

// signals leaves signals of a process to itself.
func (f *filter) signals(own uint32) {
	f.when(unix.SYS_KILL, test{Arg: 0, Not: true, Values: []uint32{own, 0}}) // 0: its group, which it can't leave
	f.always(unix.SYS_SETPGID, unix.EPERM)
	for _, nr := range []uint32{unix.SYS_TGKILL, unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO} {
		f.when(nr, test{Arg: 0, Not: true, Values: []uint32{own}})
	}
	f.always(unix.SYS_PIDFD_SEND_SIGNAL, unix.EPERM)
	// The kernel signals whom a descriptor belongs to.
	f.when(unix.SYS_FCNTL, test{Arg: 1, Values: []uint32{unix.F_SETOWN, unix.F_SETOWN_EX}})
	f.when(unix.SYS_IOCTL, test{Arg: 1, Values: []uint32{0x8901, 0x8902}}) // FIOSETOWN, SIOCSPGRP
}

// metadata denies changing owners and extended attributes. Modes and times are
// not changed either, but programs are told that they were: copying a file with
// the standard library would fail otherwise, and nothing can come of it.
func (f *filter) metadata() {
	for _, nr := range []uint32{
		unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR,
		unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR, unix.SYS_SETXATTRAT, unix.SYS_REMOVEXATTRAT,
	} {
		f.always(nr, unix.EPERM)
	}
	for _, nr := range []uint32{unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_UTIMENSAT} {
		f.always(nr, 0)
	}
	f.metadataOfArch()
}

const fsIocFSSetXattr = 0x401c5820

// install puts the calling thread, and what it starts from now on, under a
// filter. The thread must have no_new_privs.
func install(program []unix.SockFilter) error {
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))) //nolint:gosec // how the kernel is told
	runtime.KeepAlive(program)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}
