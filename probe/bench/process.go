package bench

import (
	"context"
	_ "embed" // for driver.py
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

//go:embed driver.py
var driver string

// A ProgramError says that a program failed while it was timed.
type ProgramError struct {
	Program string
	Run     vocab.BenchRun
	Threads int
	Err     error  // how its process ended
	Output  string // the end of what it wrote, with its traceback
}

func (e *ProgramError) Error() string {
	s := fmt.Sprintf("%s failed with %s in the run %s: %v", e.Program, threadCount(e.Threads), e.Run, e.Err)
	if e.Output != "" {
		s += "\n" + e.Output
	}
	return s
}

func (e *ProgramError) Unwrap() error { return e.Err }

// A sample is what one process reported.
type sample struct {
	Nanoseconds int64    `json:"nanoseconds"`
	GIL         bool     `json:"gil"`    // was it on in the end?
	Shared      bool     `json:"shared"` // the program has a function work
	Answer      *string  `json:"answer"` // the sum of what the threads returned, if those were integers
	Lost        *float64 `json:"lost"`   // the share of updates that were lost
}

// maxOutput is how much of a program's output is kept, in bytes, and maxSample
// how long a sample may be.
const (
	maxOutput = 4 << 10
	maxSample = 64 << 10
)

// process runs one setup once.
func (o *Options) process(ctx context.Context, s setup) (*sample, error) {
	result := filepath.Join(o.Temp, "sample.json")
	if err := os.Remove(result); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("bench: %w", err)
	}
	python, args := o.FreeThreaded.Executable, []string{"-X", "gil=0"}
	switch s.run {
	case vocab.BenchGILBuild:
		python, args = o.GIL.Executable, nil
	case vocab.BenchGILOn:
		args[1] = "gil=1"
	case vocab.BenchGILOff:
	}
	builtin := "0"
	if s.program.Path == "" {
		builtin = "1"
	}
	cmd := exec.CommandContext(ctx, python, append(args, "-c", driver, result, s.path, strconv.Itoa(s.threads), builtin)...)
	cmd.Dir = o.Dir
	cmd.Env = environ(o.Environ)
	out := &tail{room: maxOutput}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second // for what it may have started
	fail := func(err error) error {
		name := s.program.Path
		if name == "" {
			name = s.program.Name
		}
		return &ProgramError{name, s.run, s.threads, err, out.String()}
	}
	if err := cmd.Run(); ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); ended || errors.Is(err, exec.ErrWaitDelay) {
			return nil, fail(err)
		}
		return nil, fmt.Errorf("bench: %w", err)
	}
	f, err := os.Open(result)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fail(errors.New("it ended the process before its time was taken"))
	} else if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxSample+1))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	got, err := readSample(text, s.run)
	if err != nil {
		return nil, fail(err)
	}
	return got, nil
}

// readSample reads and checks what a process reported.
func readSample(text []byte, run vocab.BenchRun) (*sample, error) {
	var s sample
	if len(text) > maxSample {
		return nil, fmt.Errorf("its report has more than %d bytes", maxSample)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("its report: %w", err)
	}
	switch {
	case s.Nanoseconds <= 0:
		return nil, fmt.Errorf("it took %d ns, which cannot be", s.Nanoseconds)
	case s.GIL != (run != vocab.BenchGILOff):
		return nil, fmt.Errorf("the GIL is on: %t", s.GIL)
	case s.Lost != nil && (*s.Lost < 0 || *s.Lost > 1):
		return nil, fmt.Errorf("%g of its updates were lost, which cannot be", *s.Lost)
	}
	return &s, nil
}

// environ leaves out what would turn the GIL on or off, and settles the order of
// sets and dictionaries of strings, which would make one process slower than the
// next.
func environ(env []string) []string {
	rest := []string{"PYTHONHASHSEED=0"}
	for _, kv := range env {
		if name, _, _ := strings.Cut(kv, "="); name != "PYTHON_GIL" && name != "PYTHONHASHSEED" {
			rest = append(rest, kv)
		}
	}
	return rest
}

// A tail keeps the last bytes written to it.
type tail struct {
	kept []byte
	room int
	cut  bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.room; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
		t.cut = true
	}
	return len(p), nil
}

// String returns what was kept, from the beginning of a line.
func (t *tail) String() string {
	s := string(t.kept)
	if t.cut {
		if _, rest, ok := strings.Cut(s, "\n"); ok {
			s = rest
		}
		s = "…\n" + s
	}
	return strings.ToValidUTF8(strings.TrimRight(s, "\n"), "\ufffd")
}
