package sandbox

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// layers are what is put around a program.
type layers struct {
	Namespaces bool `json:"namespaces"`
	Landlock   int  `json:"landlock"` // the ABI, 0 for none
	Seccomp    bool `json:"seccomp"`
	Locked     bool `json:"locked"` // capabilities and the way to new ones are given up
	Stay       bool `json:"stay"`   // root stays root, though without capabilities
}

// newestCall is the newest system call that was looked at for this list, of Linux
// 6.19. Later ones don't exist for programs here, which then do without.
const newestCall = 471

// attributes are how a warden is started.
func attributes(l layers) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the caller's to see
	if !l.Namespaces {
		return a
	}
	a.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS
	if runUID(0) == 0 {
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: os.Getegid(), Size: 1}}
		a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP}
	}
	return a
}

// privateSockets reports whether unix sockets of the machine can't be reached: not
// those in the file system, which isn't there, nor those with abstract names.
func (l layers) privateSockets() bool { return l.Namespaces && l.Landlock >= abiScope }

// handOver names the user whom the program becomes, and gives it its places.
func handOver(j *job, pid int) error {
	if !j.Layers.Locked || j.Layers.Stay {
		return nil
	}
	if j.UID = runUID(pid); j.UID == 0 {
		return nil
	}
	places := stringsOf(j.Write)
	if j.Scratch != "" {
		places = append(places, string(j.Scratch))
	}
	for _, dir := range places {
		if err := os.Chown(dir, j.UID, j.UID); err != nil {
			return err
		}
	}
	return nil
}

// diesWithThread reports whether the warden ends with the thread that started it:
// that is what the kernel takes for its parent.
func (l layers) diesWithThread() bool { return l.Namespaces }
