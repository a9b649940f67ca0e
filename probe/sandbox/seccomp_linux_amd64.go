package sandbox

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_X86_64

// deniedCallsOfArch are the denied calls that only this architecture has.
func deniedCallsOfArch() []uint32 {
	return []uint32{
		unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB, unix.SYS__SYSCTL,
		unix.SYS_CREATE_MODULE, unix.SYS_GET_KERNEL_SYMS, unix.SYS_QUERY_MODULE, unix.SYS_UPROBE, unix.SYS_URETPROBE,
	}
}

func (f *filter) metadataOfArch() {
	for _, nr := range []uint32{unix.SYS_CHOWN, unix.SYS_LCHOWN} {
		f.always(nr, unix.EPERM)
	}
	for _, nr := range []uint32{unix.SYS_CHMOD, unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_FUTIMESAT} {
		f.always(nr, 0)
	}
}

func (f *filter) truncateOfArch() {
	f.when(unix.SYS_OPEN, test{Arg: 1, Mask: unix.O_TRUNC | unix.O_ACCMODE, Values: []uint32{unix.O_TRUNC | unix.O_RDONLY, unix.O_TRUNC | unix.O_ACCMODE}})
}
