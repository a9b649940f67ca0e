package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// detect finds out what holds here, by having a program try what it must not be
// able to do.
func (s *Sandbox) detect(ctx context.Context) error {
	if s.opt.Mode == vocab.SandboxOff {
		s.report = Report{Level: vocab.LevelNone, Layers: []string{"limits"}}
		return nil
	}
	base := layers{Locked: true, Seccomp: seccompMissing == ""}
	missing := []string{}
	if !base.Seccomp {
		missing = append(missing, "seccomp: "+seccompMissing)
	}
	abi, err := landlockABI()
	if err == nil && s.opt.MaxLandlock != 0 {
		abi = max(0, min(abi, s.opt.MaxLandlock))
	}
	switch {
	case err != nil:
		missing = append(missing, "landlock: "+err.Error())
	case abi == 0:
		missing = append(missing, "landlock: not asked for")
	}
	base.Landlock = abi

	with := base
	with.Namespaces = true
	if s.opt.NoNamespaces {
		missing = append(missing, "namespaces: not asked for")
	} else if err := s.try(ctx, with); err == nil {
		level := vocab.LevelIsolated
		switch {
		case !base.Seccomp:
			level = vocab.LevelPartial
		case base.Landlock == 0:
			level = vocab.LevelConfined
		}
		s.settle(level, with, missing)
		return nil
	} else if ctx.Err() != nil {
		return ctx.Err()
	} else {
		missing = append(missing, "namespaces: "+err.Error())
	}
	level := vocab.LevelConfined
	if base.Landlock == 0 || !base.Seccomp {
		level = vocab.LevelPartial
	}
	err = s.try(ctx, base)
	if err != nil && ctx.Err() == nil && runUID(0) > 0 {
		missing = append(missing, "unprivileged user: "+err.Error())
		level, base.Stay = vocab.LevelPartial, true
		err = s.try(ctx, base)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.report = Report{Level: vocab.LevelNone, Missing: append(missing, "limits: "+err.Error())}
	default:
		s.settle(level, base, missing)
	}
	return nil
}

func (s *Sandbox) settle(level vocab.SandboxLevel, l layers, missing []string) {
	s.system.layers = l
	s.report = Report{Level: level, Layers: l.names(), Missing: missing}
}

// names are what a report calls the layers.
func (l layers) names() []string {
	var out []string
	if l.Landlock > 0 {
		out = append(out, fmt.Sprintf("landlock %d", l.Landlock))
	}
	if l.Seccomp {
		out = append(out, "seccomp")
	}
	out = append(out, "limits")
	if runUID(0) > 0 && !l.Stay {
		out = append(out, "unprivileged user")
	} else if l.Namespaces {
		out = append(out, "user namespace")
	}
	if l.Namespaces {
		out = append(out, "mount namespace", "pid namespace", "network namespace", "ipc namespace", "uts namespace")
	}
	return out
}

// try runs the check under layers and says what did not hold.
func (s *Sandbox) try(ctx context.Context, l layers) error {
	var out bytes.Buffer
	exit, err := s.runUnder(ctx, &Cmd{
		Path:   s.opt.Self,
		Args:   []string{Entry, "check"},
		Stdout: &out,
		Policy: Policy{Read: []string{s.opt.Self}, Wall: 20 * time.Second},
	}, l)
	if err != nil {
		return err
	}
	var found findings
	if exit.Code != 0 || json.Unmarshal(out.Bytes(), &found) != nil {
		return fmt.Errorf("the check did not run: exit status %d %s %s", exit.Code, exit.Signal, exit.Killed)
	}
	if faults := found.faults(l); len(faults) > 0 {
		return fmt.Errorf("does not hold: %s", strings.Join(faults, ", "))
	}
	return nil
}

// findings are what a program could do.
type findings struct {
	PID        int    `json:"pid"`
	Status     string `json:"status"` // /proc/self/status
	Root       string `json:"root"`   // why the root directory could not be opened
	RootFS     int64  `json:"root_fs"`
	Socket     string `json:"socket"`
	Ptrace     string `json:"ptrace"`
	SignalUp   string `json:"signal_up"` // to the process that started it
	Interfaces int    `json:"interfaces"`
}

// check tries, and prints what it found.
func check() int {
	f := findings{PID: os.Getpid()}
	status, _ := os.ReadFile("/proc/self/status")
	f.Status = string(status)
	say := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	fd, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	f.Root = say(err)
	if err == nil {
		_ = unix.Close(fd)
	}
	var st unix.Statfs_t
	if unix.Statfs("/", &st) == nil {
		f.RootFS = int64(st.Type) //nolint:unconvert // smaller on some machines
	}
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	f.Socket = say(err)
	if err == nil {
		_ = unix.Close(fd)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_PTRACE, unix.PTRACE_TRACEME, 0, 0)
	if errno != 0 {
		f.Ptrace = errno.Error()
	}
	f.SignalUp = say(unix.Kill(os.Getppid(), 0))
	b, err := json.Marshal(f)
	if err != nil {
		return 1
	}
	if _, err := os.NewFile(1, "stdout").Write(b); err != nil {
		return 1
	}
	return 0
}

// faults are what a program could do that it must not.
func (f *findings) faults(l layers) []string {
	var out []string
	fault := func(bad bool, text string) {
		if bad {
			out = append(out, text)
		}
	}
	field := func(name string) string {
		for line := range strings.Lines(f.Status) {
			if value, ok := strings.CutPrefix(line, name+":"); ok {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}
	fault(field("NoNewPrivs") != "1", "no_new_privs is not set")
	fault(l.Seccomp && field("Seccomp") != "2", "no seccomp filter")
	fault(l.Seccomp && f.Socket == "", "a socket could be made")
	fault(l.Seccomp && f.Ptrace == "", "ptrace could be called")
	fault(l.Landlock > 0 && f.Root == "", "the root directory could be read")
	fault((l.Landlock >= abiScope || l.Seccomp) && f.SignalUp == "", "the warden could be signalled")
	fault(l.Namespaces && (f.PID < 2 || f.PID > 64), "no pid namespace")
	fault(l.Namespaces && f.RootFS != unix.TMPFS_MAGIC, "no mount namespace")
	for _, caps := range []string{"CapEff", "CapPrm"} {
		fault(strings.Trim(field(caps), "0") != "" && (l.Namespaces || l.Landlock == 0), "capabilities are left")
	}
	fault(!l.Stay && strings.HasPrefix(field("Uid"), "0\t"), "the program is root")
	return out
}
