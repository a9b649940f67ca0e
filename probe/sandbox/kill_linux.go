package sandbox

import (
	"errors"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// killAll ends all processes of the run and returns when none is left.
func (w *warden) killAll() {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		w.strike()
		select {
		case <-w.alone:
			return
		case <-time.After(pause):
		}
		if pause > 16*time.Millisecond { // in one go it doesn't seem to work
			strikeFamily()
		}
	}
}

// strike kills what there is of the run, if possible in one go: the kernel lets no
// process fork while it signals all, so that none can get away from it by being
// replaced. "All" are those whom the sender may signal, so it must be made sure
// first that it may signal only the run.
func (w *warden) strike() {
	switch {
	case w.job.Layers.Namespaces && os.Getpid() == 1:
		_ = unix.Kill(-1, unix.SIGKILL) // all in the namespace but its first process, this one
	case w.job.UID >= 1:
		strikeAs(w.job.UID)
	case w.fence && cannotSignal(os.Getppid()):
		_ = unix.Kill(-1, unix.SIGKILL)
	default:
		strikeFamily()
	}
}

// cannotSignal reports whether the kernel refuses this thread to signal a process.
func cannotSignal(pid int) bool { return errors.Is(unix.Kill(pid, 0), unix.EPERM) }

// strikeFamily kills one by one. Who is stopped can't fork, so a program has to be
// quicker than this, each time anew, to get away.
func strikeFamily() {
	for _, signal := range []unix.Signal{unix.SIGSTOP, unix.SIGSTOP, unix.SIGKILL} {
		for _, pid := range descendants(os.Getpid()) {
			_ = unix.Kill(pid, signal)
		}
	}
}

// strikeAs kills all processes of a user, as this user: the kernel refuses the
// others. The user is that of the run alone.
func strikeAs(uid int) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		id := uintptr(uid)
		// The system call itself, which is for one thread.
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); errno != 0 {
			return
		}
		if self, _, errno := unix.RawSyscall(unix.SYS_GETEUID, 0, 0, 0); errno != 0 || self != id || !cannotSignal(os.Getppid()) {
			return
		}
		_ = unix.Kill(-1, unix.SIGKILL)
	}()
	<-done
}
