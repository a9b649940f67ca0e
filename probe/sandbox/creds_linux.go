package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// insideID is who a program is in a user namespace.
const insideID = 1000

// Users of no account, for what root runs: no distribution hands out these ids,
// and with the id of a process added to the first no two runs share one, so that
// limits count for each alone and none can signal another.
const (
	firstUID = 0x70000000
	lastUID  = 0x7ffffffe
)

// freeUID returns the user that a run of the process pid becomes, given the ids
// that exist here, as /proc/self/uid_map and gid_map have them. It returns 0 if
// there is none but root's own.
func freeUID(maps []string, pid int) int {
	low, high := firstUID, lastUID
	for _, m := range maps {
		bestLow, bestHigh := 0, -1
		for line := range strings.Lines(m) {
			fields := strings.Fields(line)
			if len(fields) != 3 {
				continue
			}
			inside, err1 := strconv.Atoi(fields[0])
			count, err2 := strconv.Atoi(fields[2])
			if err1 != nil || err2 != nil || count <= 0 {
				continue
			}
			if end := inside + count - 1; min(end, lastUID)-inside > bestHigh-bestLow {
				bestLow, bestHigh = inside, min(end, lastUID)
			}
		}
		high = min(high, bestHigh)
		if low > high { // a container has the ids of a small range only: take the upper half of it
			low = bestLow + (bestHigh-bestLow)/2 + 1
		}
		if low > high || low < 1 {
			return 0
		}
	}
	return low + pid%(high-low+1)
}

// runUID returns the user that a run becomes, 0 if it stays who we are.
func runUID(pid int) int {
	if os.Geteuid() != 0 {
		return 0
	}
	var maps []string
	for _, name := range []string{"/proc/self/uid_map", "/proc/self/gid_map"} {
		b, err := os.ReadFile(name)
		if err != nil {
			return 0
		}
		maps = append(maps, string(b))
	}
	return freeUID(maps, pid)
}

// noNewPrivs gives up, for the calling thread and what it starts, all ways to more
// rights than it has.
func noNewPrivs() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	return nil
}

// become makes the calling thread the user uid and nobody else, if uid is not 0,
// and takes all capabilities from it.
//
// Where the user may then not reach what it needs, since that is in somebody's
// private directory and there is no namespace to show it from, the thread keeps
// the capability to search and read all directories and files, and its program
// has it too. Landlock then is what denies the others, and the filter the way
// around names: so needs must be empty unless both hold.
func become(uid int, needs []string) error {
	dropBounding(func(c uintptr) bool { return uid != 0 && (c == unix.CAP_DAC_READ_SEARCH || c == unix.CAP_DAC_OVERRIDE) })
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("clear ambient capabilities: %w", err)
	}
	if uid == 0 {
		return setCaps(0, 0)
	}
	if err := unix.Prctl(unix.PR_SET_KEEPCAPS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("keep capabilities: %w", err)
	}
	// The system calls themselves: those of the library are for all threads.
	id := uintptr(uid)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
		return fmt.Errorf("setgroups: %w", errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, id, id, id); errno != 0 {
		return fmt.Errorf("setresgid %d: %w", uid, errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); errno != 0 {
		return fmt.Errorf("setresuid %d: %w", uid, errno)
	}
	keep, err := neededCap(uid, needs)
	if err != nil {
		return err
	}
	held, err := permittedCaps()
	if err != nil {
		return err
	}
	if err := setCaps(keep|held&(1<<unix.CAP_SETPCAP), keep); err != nil {
		return err
	}
	dropBounding(func(uintptr) bool { return false })
	for c := range uintptr(unix.CAP_LAST_CAP + 1) {
		if keep&(1<<c) == 0 {
			continue
		}
		if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, c, 0, 0); err != nil {
			return fmt.Errorf("keep capability %d: %w", c, err)
		}
	}
	return setCaps(keep, keep)
}

// dropBounding makes capabilities impossible to get back. Dropping needs one
// itself: who hasn't got it has none to lose, and no_new_privs says the same.
func dropBounding(but func(uintptr) bool) {
	for c := range uintptr(unix.CAP_LAST_CAP + 1) {
		if !but(c) {
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		}
	}
}

// neededCap returns the capability without which a user can't read all of needs,
// 0 if it can.
func neededCap(uid int, needs []string) (uint64, error) {
	for _, path := range needs {
		if !errors.Is(unix.Faccessat2(unix.AT_FDCWD, path, unix.R_OK, unix.AT_EACCESS), unix.EACCES) {
			continue
		}
		held, err := permittedCaps()
		if err != nil {
			return 0, err
		}
		for _, c := range []uint64{1 << unix.CAP_DAC_READ_SEARCH, 1 << unix.CAP_DAC_OVERRIDE} {
			if held&c != 0 {
				return c, nil
			}
		}
		return 0, fmt.Errorf("%s: user %d may not read it, and there is neither a mount namespace nor a capability to show it by", path, uid)
	}
	return 0, nil
}

func setCaps(permitted, inheritable uint64) error {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	data := [2]unix.CapUserData{
		{Effective: uint32(permitted), Permitted: uint32(permitted), Inheritable: uint32(inheritable)},
		{Effective: uint32(permitted >> 32), Permitted: uint32(permitted >> 32), Inheritable: uint32(inheritable >> 32)},
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&hdr)), uintptr(unsafe.Pointer(&data[0])), 0); errno != 0 { //nolint:gosec // how the kernel is told
		return fmt.Errorf("capset: %w", errno)
	}
	return nil
}

func permittedCaps() (uint64, error) {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if _, _, errno := unix.RawSyscall(unix.SYS_CAPGET, uintptr(unsafe.Pointer(&hdr)), uintptr(unsafe.Pointer(&data[0])), 0); errno != 0 { //nolint:gosec // how the kernel is told
		return 0, fmt.Errorf("capget: %w", errno)
	}
	return uint64(data[0].Permitted) | uint64(data[1].Permitted)<<32, nil
}
