package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The descriptors of a warden; the program's standard ones and others follow.
const (
	wardenControl = 0 // the job comes from here; when it ends, the run is called off
	wardenVerdict = 1
	wardenError   = 2 // of the warden itself, if it should crash
	wardenProgram = 3
)

// look is how often a warden looks at what its run uses.
const look = 20 * time.Millisecond

// childMain is what the executable does under Entry.
func childMain(args []string) int {
	if len(args) != 1 {
		return 2
	}
	switch args[0] {
	case "warden":
		return wardenMain()
	case "jail":
		return jail()
	case "check":
		return check()
	}
	return 2
}

// wardenMain watches one run and says how it went.
func wardenMain() int {
	// Some of what follows is for one thread: this one.
	runtime.LockOSThread()
	if err := unix.CloseRange(0, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return 3
	}
	control := os.NewFile(wardenControl, "control")
	input := json.NewDecoder(control)
	w := &warden{off: make(chan struct{})}
	if err := input.Decode(&w.job); err != nil {
		return 3
	}
	go func() {
		_, _ = io.Copy(io.Discard, control)
		close(w.off)
	}()
	v, err := w.run()
	if err != nil {
		v = &verdict{Error: err.Error()}
	}
	if err := json.NewEncoder(os.NewFile(wardenVerdict, "verdict")).Encode(v); err != nil {
		return 3
	}
	return 0
}

// A warden is the process between the caller's and the program's.
type warden struct {
	job   job
	pid   int           // of the program
	fence bool          // this thread can signal nothing but the run's processes
	off   chan struct{} // closed when the caller calls the run off, or is gone
	ended chan ended
	alone chan struct{} // closed when no process of the run is left
	over  int           // how many times in a row there were too many processes
	disk  usage
}

// ended says how the program ended.
type ended struct {
	status syscall.WaitStatus
	usage  syscall.Rusage
}

func (w *warden) run() (*verdict, error) {
	if err := w.settle(); err != nil {
		return nil, err
	}
	failed, err := w.start()
	if err != nil {
		return nil, err
	}
	w.ended, w.alone = make(chan ended, 1), make(chan struct{})
	go w.reap()
	v := &verdict{}
	end := w.watch(v)
	w.killAll()
	if end == nil {
		e := <-w.ended
		end = &e
	}
	if message := <-failed; message != "" {
		return nil, errors.New(message)
	}
	v.Status = uint32(end.status)
	v.CPU = time.Duration(end.usage.Utime.Nano() + end.usage.Stime.Nano())
	v.MaxRSS = end.usage.Maxrss << 10
	w.explain(v, end)
	return v, nil
}

// settle makes the warden the one to whom all processes of the run come back.
func (w *warden) settle() error {
	l := w.job.Layers
	w.job.Warden = os.Getpid()
	if w.job.UID == 0 && (!l.Namespaces || !kernelAtLeast(5, 14)) {
		// The limit is for all the user's tasks, not only ours: it leaves room for
		// what others start meanwhile, and looking is what counts exactly.
		w.job.Tasks = tasksOf(uint32(os.Geteuid())) + 3*w.job.Processes
	}
	w.job.Tasks += 32 // those of the warden and the jail, which come and go
	if l.Namespaces {
		// Who starts a namespace ends it. The end of control says the same, but to a
		// warden that works.
		if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
			return fmt.Errorf("prctl: %w", err)
		}
		preferForOOM()
		return enterRoot(&w.job)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl: %w", err)
	}
	if w.job.UID == 0 && l.Landlock >= abiScope {
		if err := noNewPrivs(); err != nil {
			return err
		}
		fence, err := newFence()
		if err != nil {
			return err
		}
		if err := fence.restrict(); err != nil {
			return err
		}
		w.fence = true
	}
	return nil
}

// start starts the jail. What failed gets a message if it could not become the
// program, and is closed.
func (w *warden) start() (failed <-chan string, err error) {
	var jobPipe, errPipe [2]int
	if err := unix.Pipe2(jobPipe[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	if err := unix.Pipe2(errPipe[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	files := []uintptr{wardenProgram, wardenProgram + 1, wardenProgram + 2, uintptr(jobPipe[0]), uintptr(errPipe[1])}
	for i := range w.job.Extra {
		files = append(files, uintptr(wardenProgram+3+i))
	}
	w.pid, err = syscall.ForkExec("/proc/self/exe", []string{"sandbox", Entry, "jail"}, &syscall.ProcAttr{
		Env:   []string{"GOMAXPROCS=1"},
		Files: files,
		// A group of its own, but not a session: with sched_autogroup the scheduler
		// lets a new session wait behind the others on a busy machine.
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return nil, fmt.Errorf("start the jail: %w", err)
	}
	_, _ = unix.Close(jobPipe[0]), unix.Close(errPipe[1])
	for _, fd := range files {
		if fd < uintptr(jobPipe[0]) {
			_ = unix.Close(int(fd)) // the program's, and only its
		}
	}
	b, err := json.Marshal(w.job)
	if err != nil {
		return nil, err
	}
	go func() {
		f := os.NewFile(uintptr(jobPipe[1]), "job")
		_, _ = f.Write(b) // the jail says what is amiss
		_ = f.Close()
	}()
	message := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(io.LimitReader(os.NewFile(uintptr(errPipe[0]), "error"), 4096))
		message <- string(b)
	}()
	return message, nil
}

// reap waits for every process that comes back, until none is left.
func (w *warden) reap() {
	for {
		var e ended
		pid, err := syscall.Wait4(-1, &e.status, unix.WALL, &e.usage)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			close(w.alone)
			return
		case pid == w.pid:
			w.ended <- e
		}
	}
}

// watch returns when the program has ended, or, with nil, when v says why it must.
func (w *warden) watch(v *verdict) *ended {
	tick, deadline := time.NewTicker(look), time.NewTimer(w.job.Wall)
	defer tick.Stop()
	defer deadline.Stop()
	for {
		select {
		case e := <-w.ended:
			v.Left = len(living(family(w.job.Layers.Namespaces)))
			return &e
		case <-w.off:
			v.Killed = KillCancelled
		case <-deadline.C:
			v.Killed = KillTimeout
		case <-tick.C:
			v.Killed = w.look()
		}
		if v.Killed != KillNone {
			return nil
		}
	}
}

// look returns the limit that the run has reached.
func (w *warden) look() Kill {
	procs := living(family(w.job.Layers.Namespaces))
	var rss int64
	var cpu time.Duration
	tasks := 0
	for _, p := range procs {
		rss, cpu, tasks = rss+p.rss, cpu+p.cpu, tasks+p.threads
	}
	var done syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_CHILDREN, &done) == nil {
		cpu += time.Duration(done.Utime.Nano() + done.Stime.Nano())
	}
	if tasks >= w.job.Processes {
		w.over++
	} else {
		w.over = 0
	}
	switch {
	case rss > w.job.Memory && exceeds(procs, w.job.Memory):
		return KillMemory
	case cpu > w.job.CPU:
		return KillCPU
	case w.over > 1: // it didn't just touch the limit
		return KillProcesses
	case w.disk.full(&w.job, procs):
		return KillDisk
	}
	return KillNone
}

// exceeds reports whether processes use more memory than limit, if what they
// share is counted once.
func exceeds(procs []process, limit int64) bool {
	var sum int64
	for _, p := range procs {
		pss, ok := readPSS(p.pid)
		if !ok {
			pss = p.rss
		}
		sum += pss
	}
	return sum > limit
}

func living(procs []process) []process {
	var out []process
	for _, p := range procs {
		if !p.zombie {
			out = append(out, p)
		}
	}
	return out
}

// explain names the limit that a program ran into between two looks.
func (w *warden) explain(v *verdict, e *ended) {
	if v.Killed != KillNone {
		return
	}
	if s := e.status.Signal(); e.status.Signaled() && (s == syscall.SIGXCPU || s == syscall.SIGKILL && v.CPU >= w.job.CPU) {
		v.Killed = KillCPU
	}
	if w.disk.full(&w.job, nil) {
		v.Killed = KillDisk
	}
}

// kernelAtLeast reports whether the kernel is of this version or newer.
func kernelAtLeast(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var a, b int
	if _, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &a, &b); err != nil {
		return false
	}
	return a > major || a == major && b >= minor
}
