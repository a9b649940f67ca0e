package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The descriptors of a jail: the program's standard ones, then ours, then the
// program's others.
const (
	jailJob   = 3 // the job is read from here
	jailError = 4 // what went wrong is written here; closed by the program's start
	jailExtra = 5
)

// jail locks the process in and makes it the program. It returns only if that
// failed.
func jail() int {
	// What is given up, each thread gives up for itself. The one that starts the
	// program is the only one to go on.
	runtime.LockOSThread()
	report := jailError
	j, err := readJob(&report)
	if err == nil {
		err = enterJail(j)
	}
	_, _ = unix.Write(report, []byte(err.Error()))
	return 127
}

// readJob reads the job and puts the program's descriptors where they belong. All
// that is opened later is above them and closed by the program's start.
func readJob(report *int) (*job, error) {
	input := os.NewFile(jailJob, "job")
	b, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	_ = input.Close()
	j := &job{}
	if err := json.Unmarshal(b, j); err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	if *report, err = unix.FcntlInt(jailError, unix.F_DUPFD_CLOEXEC, jailExtra+j.Extra); err != nil {
		*report = jailError
		return nil, fmt.Errorf("descriptors: %w", err)
	}
	for i := range j.Extra {
		if err := unix.Dup3(jailExtra+i, 3+i, 0); err != nil {
			return nil, fmt.Errorf("descriptor %d: %w", 3+i, err)
		}
	}
	if err := unix.CloseRange(uint(3+j.Extra), math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return nil, fmt.Errorf("close_range: %w", err)
	}
	return j, nil
}

func enterJail(j *job) (err error) {
	var rules *ruleset
	if j.Layers.Landlock > 0 {
		if rules, err = jobRuleset(j); err != nil {
			return err
		}
	}
	if err := unix.Chdir(string(j.Dir)); err != nil {
		return &os.PathError{Op: "chdir", Path: string(j.Dir), Err: err}
	}
	if !j.Layers.Namespaces { // with them the warden did it: /proc is read-only now
		preferForOOM()
	}
	if err := limit(j); err != nil {
		return err
	}
	if err := lock(j); err != nil {
		return err
	}
	// Without a PID namespace this ends the program if somebody kills its warden.
	// Becoming another user has cleared what was set before.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("prctl: %w", err)
	}
	if os.Getppid() != j.Warden {
		return errors.New("the warden is gone")
	}
	argv, env := stringsOf(j.Argv), stringsOf(j.Env)
	program := newFilter(filterOptions{
		Own:         ownSignals(j),
		Metadata:    !j.Layers.Namespaces,
		Truncate:    j.Layers.Landlock > 0 && j.Layers.Landlock < abiTruncate,
		Others:      !j.Layers.Namespaces,
		UnixSockets: j.UnixSockets,
	})
	if rules != nil {
		if err := rules.restrict(); err != nil {
			return err
		}
	}
	if j.Layers.Seccomp {
		if err := install(program); err != nil {
			return err
		}
	}
	// Last, as what we do ourselves takes address space too.
	if err := setLimit(unix.RLIMIT_AS, j.AddressSpace, 0); err != nil {
		return err
	}
	return &os.PathError{Op: "start", Path: string(j.Path), Err: syscall.Exec(string(j.Path), argv, env)}
}

// ownSignals returns the id of the process if nothing but the filter keeps its
// signals from other processes: from the warden, or from anybody's.
func ownSignals(j *job) int {
	if j.Layers.Landlock >= abiScope || j.Layers.Namespaces && j.UID != 0 {
		return 0
	}
	return os.Getpid()
}

// lock gives up all privileges.
func lock(j *job) error {
	if !j.Layers.Locked {
		return nil
	}
	var needs []string
	if j.Layers.Landlock > 0 && j.Layers.Seccomp {
		needs = slices.Concat(stringsOf(j.Read), stringsOf(j.Write), []string{string(j.Path), string(j.Dir), cmp.Or(string(j.Scratch), "/")})
	}
	if err := become(j.UID, needs); err != nil {
		return err
	}
	return noNewPrivs()
}

// preferForOOM makes the process what the kernel ends first where memory runs out
// on the whole machine. It is a courtesy: nothing depends on it.
func preferForOOM() { _ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o644) }

// limit sets the limits of the process but for its address space.
func limit(j *job) error {
	seconds := int64((j.CPU + time.Second - 1) / time.Second)
	for _, l := range []struct {
		resource    int
		value, more int64
	}{
		// 1 is what also keeps the kernel from piping a core to a program, for
		// which it asks no limit; as a size it is too small for a core. core(5)
		{unix.RLIMIT_CORE, 1, 0},
		{unix.RLIMIT_CPU, seconds, 1}, // SIGXCPU, then SIGKILL
		{unix.RLIMIT_FSIZE, j.FileSize, 0},
		{unix.RLIMIT_NOFILE, int64(j.OpenFiles), 0},
		{unix.RLIMIT_NPROC, int64(j.Processes + j.Tasks), 0},
		{unix.RLIMIT_MEMLOCK, 64 << 20, 0},
		{unix.RLIMIT_MSGQUEUE, 0, 0},
		{unix.RLIMIT_NICE, 0, 0},
		{unix.RLIMIT_RTPRIO, 0, 0},
	} {
		if err := setLimit(l.resource, l.value, l.more); err != nil {
			return err
		}
	}
	return nil
}

// setLimit lowers a limit, the hard one by more less.
func setLimit(resource int, value, more int64) error {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(resource, &old); err != nil {
		return fmt.Errorf("getrlimit %d: %w", resource, err)
	}
	hard := min(uint64(value+more), old.Max)
	// By package syscall, which otherwise puts back the number of open files that
	// it raised when the process started.
	if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: min(uint64(value), hard), Max: hard}); err != nil {
		return fmt.Errorf("setrlimit %d: %w", resource, err)
	}
	return nil
}
