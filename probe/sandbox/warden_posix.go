//go:build unix && !linux

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// sandboxExec is macOS's own way to put a program under a profile.
const sandboxExec = "/usr/bin/sandbox-exec"

// look is how often a warden looks at what its run uses. It asks ps, which is not
// free.
const look = 250 * time.Millisecond

// layers are what is put around a program.
type layers struct {
	Profile bool `json:"profile"`
}

func (layers) privateSockets() bool { return false }

func (layers) diesWithThread() bool { return false }

func attributes(layers) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func handOver(*job, int) error { return nil }

// detect finds out what holds here.
func (s *Sandbox) detect(ctx context.Context) error {
	if s.opt.Mode == vocab.SandboxOff {
		s.report = Report{Level: vocab.LevelNone, Layers: []string{"limits"}}
		return nil
	}
	s.report = Report{Level: vocab.LevelPartial, Layers: []string{"limits"}, Missing: []string{
		"landlock, seccomp and namespaces: " + runtime.GOOS + " has none",
		"daemons: one that leaves its family between two looks is not found again",
	}}
	if runtime.GOOS != "darwin" || s.opt.NoNamespaces {
		s.report.Missing = append(s.report.Missing, "sandbox-exec: not used")
		return nil
	}
	exit, err := s.runUnder(ctx, &Cmd{Path: "/usr/bin/true", Policy: Policy{Wall: 20 * time.Second}}, layers{Profile: true})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.report.Missing = append(s.report.Missing, "sandbox-exec: "+err.Error())
	case exit.Code != 0:
		s.report.Missing = append(s.report.Missing, fmt.Sprintf("sandbox-exec: exit status %d %s", exit.Code, exit.Signal))
	default:
		s.system.layers.Profile = true
		s.report.Layers = append(s.report.Layers, "sandbox-exec")
	}
	return nil
}

// childMain is what the executable does under Entry.
func childMain(args []string) int {
	if len(args) != 1 || args[0] != "warden" {
		return 2
	}
	control := os.NewFile(0, "control")
	input := json.NewDecoder(control)
	w := &warden{off: make(chan struct{}), ended: make(chan error, 1)}
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
	if err := json.NewEncoder(os.NewFile(1, "verdict")).Encode(v); err != nil {
		return 3
	}
	return 0
}

// A warden is the process between the caller's and the program's.
type warden struct {
	job   job
	off   chan struct{} // closed when the caller calls the run off, or is gone
	ended chan error
	// known are those that were seen to belong to the run: an orphan has another
	// parent, but still its number and its group.
	known  map[int]bool
	groups []int
}

func (w *warden) run() (*verdict, error) {
	w.known = map[int]bool{}
	if err := limitSelf(&w.job); err != nil {
		return nil, err
	}
	c, err := w.command()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	w.groups = []int{c.Process.Pid}
	for fd := 3; fd < 6+w.job.Extra; fd++ {
		_ = unix.Close(fd) // the program's, and only its
	}
	go func() { w.ended <- c.Wait() }()
	v := &verdict{Killed: w.watch()}
	running := v.Killed != KillNone
	for round := 0; ; round++ {
		left := w.family()
		if round == 0 && !running {
			v.Left = len(left)
		}
		_ = unix.Kill(-c.Process.Pid, unix.SIGKILL)
		for _, p := range left {
			_ = unix.Kill(p.pid, unix.SIGKILL)
		}
		if running {
			<-w.ended
			running = false
		}
		if len(left) == 0 || round > 100 {
			break
		}
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	status, ok2 := c.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !ok2 {
		return nil, errors.New("no status of the program")
	}
	v.Status, v.CPU = uint32(status), c.ProcessState.UserTime()+c.ProcessState.SystemTime()
	v.MaxRSS = usage.Maxrss
	if runtime.GOOS != "darwin" {
		v.MaxRSS <<= 10 // kilobytes everywhere else
	}
	if v.Killed == KillNone && status.Signaled() && status.Signal() == unix.SIGXCPU {
		v.Killed = KillCPU
	}
	return v, nil
}

// command returns the program, under its profile if there is one.
func (w *warden) command() (*exec.Cmd, error) {
	path, args := string(w.job.Path), stringsOf(w.job.Argv)[1:]
	if w.job.Layers.Profile {
		read, err := plain(stringsOf(w.job.Read))
		if err != nil {
			return nil, err
		}
		write := stringsOf(w.job.Write)
		if w.job.Scratch != "" {
			write = append(write, string(w.job.Scratch))
		}
		if write, err = plain(write); err != nil {
			return nil, err
		}
		text, parameters := profile(read, write)
		args = slices.Concat([]string{"-p", text}, parameters, []string{path}, args)
		path = sandboxExec
	}
	c := exec.Command(path, args...) //nolint:gosec,noctx // it is what a sandbox is for; watch ends it
	c.Env = stringsOf(w.job.Env)
	if c.Env == nil {
		c.Env = []string{}
	}
	c.Dir = string(w.job.Dir)
	c.Stdin, c.Stdout, c.Stderr = os.NewFile(3, "0"), os.NewFile(4, "1"), os.NewFile(5, "2")
	for i := range w.job.Extra {
		c.ExtraFiles = append(c.ExtraFiles, os.NewFile(uintptr(6+i), "extra"))
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c, nil
}

// plain returns paths without symbolic links.
func plain(paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		p, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// watch returns when the program has ended, or says why it must.
func (w *warden) watch() Kill {
	tick, deadline := time.NewTicker(look), time.NewTimer(w.job.Wall)
	defer tick.Stop()
	defer deadline.Stop()
	for {
		select {
		case <-w.ended:
			return KillNone
		case <-w.off:
			return KillCancelled
		case <-deadline.C:
			return KillTimeout
		case <-tick.C:
			if k := w.look(); k != KillNone {
				return k
			}
		}
	}
}

func (w *warden) look() Kill {
	family := w.family()
	var rss int64
	var cpu time.Duration
	for _, p := range family {
		rss, cpu = rss+p.rss, cpu+p.cpu
	}
	var dirs []string
	if w.job.Scratch != "" {
		dirs = append(dirs, string(w.job.Scratch))
	}
	switch {
	case rss > w.job.Memory:
		return KillMemory
	case cpu > w.job.CPU:
		return KillCPU
	case len(family) >= w.job.Processes:
		return KillProcesses
	case size(append(dirs, stringsOf(w.job.Write)...)) > w.job.ScratchBytes:
		return KillDisk
	}
	return KillNone
}

// family returns the processes of the run that can be found.
func (w *warden) family() []listed {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, "/bin/ps", "-A", "-o", "pid=,ppid=,pgid=,rss=,time=")
	c.Env = []string{"LC_ALL=C"}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := c.Output()
	if err != nil {
		return nil
	}
	all := parsePS(string(out))
	found := relatives(all, os.Getpid(), w.groups)
	now := map[int]bool{}
	for _, p := range all {
		if c.Process != nil && p.pid == c.Process.Pid {
			continue
		}
		if w.known[p.pid] || slices.ContainsFunc(found, func(f listed) bool { return f.pid == p.pid }) {
			now[p.pid] = true
			if !slices.Contains(w.groups, p.group) && p.group != os.Getpid() {
				w.groups = append(w.groups, p.group)
			}
		}
	}
	w.known = now // whoever is gone may have given its number to somebody else
	return slices.DeleteFunc(all, func(p listed) bool { return !now[p.pid] })
}

// size returns how many bytes the files below directories hold.
func size(dirs []string) int64 {
	var total int64
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				if info, err := d.Info(); err == nil {
					total += info.Size()
				}
			}
			return nil // what vanished is passed over
		})
	}
	return total
}

// limitSelf sets the limits that the program inherits.
func limitSelf(j *job) error {
	seconds := uint64((j.CPU + time.Second - 1) / time.Second)
	for resource, value := range map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_CPU: seconds, unix.RLIMIT_FSIZE: uint64(j.FileSize), unix.RLIMIT_NOFILE: uint64(j.OpenFiles),
	} {
		var old syscall.Rlimit
		if err := syscall.Getrlimit(resource, &old); err != nil {
			return fmt.Errorf("getrlimit %d: %w", resource, err)
		}
		if value >= uint64(old.Max) {
			value = uint64(old.Max)
		}
		l := old
		setTo(&l.Cur, value)
		setTo(&l.Max, value)
		if err := syscall.Setrlimit(resource, &l); err != nil {
			return fmt.Errorf("setrlimit %d: %w", resource, err)
		}
	}
	return nil
}

// setTo assigns to a number whose type is another on each system.
func setTo[T int64 | uint64](to *T, value uint64) { *to = T(value) }
