// Package sandbox runs programs that are taken to be hostile: package code under
// probe. It denies them the network, other people's files and processes, bounds
// what they use, and leaves no process of theirs behind.
//
// New finds out what the machine can hold and proves it by a trial; Run runs one
// program. On Linux a run is three processes: the caller's, a warden that watches
// the clock, the memory and the disk and kills everything when it is over, and the
// program, which the same executable becomes after it has locked itself in. Both
// are the caller's own executable started again: its main function, and TestMain
// in tests, must begin with ChildMain.
//
// docs/sandbox.md says what each layer denies, and what none of them does.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Options say how a Sandbox is made.
type Options struct {
	// Self is the path of an executable whose main begins with ChildMain,
	// usually the running one.
	Self string
	// Mode says what New does where less than vocab.LevelConfined can be had.
	// With vocab.SandboxOff only limits and deadlines hold.
	Mode vocab.SandboxMode
	// Now is the clock, for what Exit says of time.
	Now func() time.Time `json:"-"`

	// NoNamespaces does without namespaces even where they are allowed: for
	// tests of what then holds.
	NoNamespaces bool
	// MaxLandlock is the newest Landlock ABI to use; 0 is the newest there is,
	// a negative one none. For tests of what older kernels hold.
	MaxLandlock int
}

// A Policy says what a program may reach and use. Zero means the default of
// DefaultPolicy for the limits, and nothing for the trees.
type Policy struct {
	// Read are files and directories that may be read and executed with all that
	// is below them, beside the system's own libraries. Absolute paths; symbolic
	// links are followed, and can be followed by the program.
	Read []string
	// Write are directories that may also be written. What is written stays there.
	// Where the caller is root they become the property of the user whom the
	// program runs as; what was in them does not.
	Write []string
	// Scratch is an empty directory of the caller's, which only this run uses: the
	// program's place for files, for HOME and TMPDIR. With namespaces it is
	// another file system of the same name, of ScratchBytes, gone with the run;
	// without them it is the directory itself, and the caller removes it.
	Scratch string

	ScratchBytes int64         // in Scratch and in what is added to Write, together
	FileSize     int64         // of any one file written
	Memory       int64         // resident, of all processes together
	AddressSpace int64         // of any one process; free-threaded CPython reserves much more than it uses
	CPU          time.Duration // of all processes together
	Wall         time.Duration
	Processes    int // tasks at any time, threads counted
	OpenFiles    int // of any one process

	// UnixSockets lets processes of the run talk by unix sockets, as
	// multiprocessing's forkserver does. It is granted only where namespaces keep
	// those of the machine out of reach.
	UnixSockets bool
}

// DefaultPolicy returns limits that every import known to us stays far below.
func DefaultPolicy() Policy {
	return Policy{
		ScratchBytes: 256 << 20,
		FileSize:     64 << 20,
		Memory:       4 << 30,
		AddressSpace: 32 << 30,
		CPU:          time.Minute,
		Wall:         2 * time.Minute,
		Processes:    256,
		OpenFiles:    512,
	}
}

// A Cmd is a program to run.
type Cmd struct {
	Path  string   // absolute
	Args  []string // without the program's own name
	Env   []string // all of it: nothing is inherited
	Dir   string   // absolute; Scratch if empty, else /
	Stdin io.Reader
	// Stdout and Stderr get what the program writes. A writer that fails is not
	// written to again, and the program isn't told. Nil discards.
	Stdout, Stderr io.Writer
	Extra          []*os.File // descriptors 3… of the program
	Policy         Policy
}

// A Kill is the reason why a program was not left to end by itself.
type Kill string

// Why a run was ended.
const (
	KillNone      Kill = ""
	KillTimeout   Kill = "timeout"   // Policy.Wall
	KillCPU       Kill = "cpu"       // Policy.CPU
	KillMemory    Kill = "memory"    // Policy.Memory
	KillDisk      Kill = "disk"      // Policy.ScratchBytes; also if the program ended by itself with the scratch full
	KillProcesses Kill = "processes" // Policy.Processes, where only counting bounds them
	KillCancelled Kill = "cancelled" // the context
)

// An Exit says how a program ended.
type Exit struct {
	Code   int    // exit status; -1 if a signal ended it
	Signal string // its name, such as "SIGSEGV"; "" if it exited
	Killed Kill
	Wall   time.Duration
	CPU    time.Duration // user and system, of it and the children it waited for
	MaxRSS int64         // bytes, the largest its first process ever had resident
	// Left is how many processes were still running when the program's first one
	// ended, and were killed.
	Left int
}

// A Report says what a sandbox holds.
type Report struct {
	Level   vocab.SandboxLevel
	Layers  []string // what holds, such as "landlock 7", "seccomp", "pid namespace"
	Missing []string // what this machine lacks, each with the reason
}

// String returns the report in one line.
func (r Report) String() string {
	s := string(r.Level)
	if len(r.Layers) > 0 {
		s += " (" + strings.Join(r.Layers, ", ") + ")"
	}
	if len(r.Missing) > 0 {
		s += "; missing: " + strings.Join(r.Missing, "; ")
	}
	return s
}

// An UnavailableError says that the machine holds less than what is required.
type UnavailableError struct {
	Report Report
}

// Error names what is missing.
func (e *UnavailableError) Error() string {
	if len(e.Report.Missing) == 0 {
		return "no sandbox holds on this machine"
	}
	return "no sandbox holds on this machine: " + strings.Join(e.Report.Missing, "; ")
}

// A Sandbox runs programs. Its methods may be called from many goroutines.
type Sandbox struct {
	opt    Options
	report Report
	system system
}

// New finds out what holds on this machine, by trial. If that is less than
// vocab.LevelConfined and the mode is vocab.SandboxRequire, the error is an
// *UnavailableError.
func New(ctx context.Context, opt Options) (*Sandbox, error) {
	if opt.Self == "" || opt.Now == nil {
		return nil, errors.New("sandbox: Options need Self and Now")
	}
	s := &Sandbox{opt: opt}
	if err := s.detect(ctx); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if opt.Mode != vocab.SandboxBest && opt.Mode != vocab.SandboxOff && !s.report.Level.Holds() {
		return nil, &UnavailableError{s.report}
	}
	return s, nil
}

// Report returns what the sandbox holds.
func (s *Sandbox) Report() Report { return s.report }

// Run runs a program to its end, which it brings about itself if a limit is
// reached or ctx is done. When it returns, no process of the program lives. An
// error means that the program could not be run or watched; how it fared is in
// the Exit.
func (s *Sandbox) Run(ctx context.Context, cmd *Cmd) (*Exit, error) {
	if err := ctx.Err(); err != nil {
		return &Exit{Code: -1, Killed: KillCancelled}, nil //nolint:nilerr // a cancelled run is a result
	}
	return s.run(ctx, cmd)
}

// ChildMain does the work of the processes that Run starts, if args, which are
// os.Args, say that this is one of them. It returns ours = false otherwise, and
// then has done nothing. Whoever calls it exits with the code.
func ChildMain(args []string) (code int, ours bool) {
	if len(args) < 2 || args[1] != Entry {
		return 0, false
	}
	return childMain(args[2:]), true
}

// Entry is the hidden command under which Run starts Options.Self.
const Entry = "__sandbox"

// withDefaults returns the policy with the limits it leaves open.
func (p Policy) withDefaults() Policy {
	d := DefaultPolicy()
	or := func(v *int64, def int64) {
		if *v <= 0 {
			*v = def
		}
	}
	or(&p.ScratchBytes, d.ScratchBytes)
	or(&p.FileSize, min(d.FileSize, p.ScratchBytes))
	or(&p.Memory, d.Memory)
	or(&p.AddressSpace, max(d.AddressSpace, 4*p.Memory))
	or((*int64)(&p.CPU), int64(d.CPU))
	or((*int64)(&p.Wall), int64(d.Wall))
	if p.Processes <= 0 {
		p.Processes = d.Processes
	}
	if p.OpenFiles <= 0 {
		p.OpenFiles = d.OpenFiles
	}
	return p
}
