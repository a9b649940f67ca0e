package fleettest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// A Process is one that runs until it ends, is told to, or is killed.
type Process struct {
	cmd  *exec.Cmd
	said *logged
	done chan struct{}
	err  error // how it ended, once done is closed
}

// Start starts a process, the end of whose output is kept.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, said: &logged{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.said, p.said
	cmd.WaitDelay = time.Minute // children that outlive it may hold its output open
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Kill ends the process at once, if it runs, and waits for that.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// Stop asks the process to end and waits until it does, or kills it when the context
// ends. The error is how it ended, or that it had to be killed.
func (p *Process) Stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		_ = p.cmd.Process.Kill() // systems without signals, or it has ended
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("it did not end: %w", context.Cause(ctx))
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the process ended, nil while it runs.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Said is the end of what it wrote.
func (p *Process) Said() string { return p.said.String() }

// PID is its number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Used is the processor time of a process that has ended, with those that it waited
// for.
func (p *Process) Used() time.Duration {
	<-p.done
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// Build builds the program into a file, with flags of go build ("-race"), and
// returns when it is there. The go command is the one on the PATH.
func Build(ctx context.Context, path string, flags ...string) error {
	args := slices.Concat([]string{"build", "-o", path}, flags, []string{"github.com/ftpkg/ftpkg/cmd/ftpkg"})
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil { //nolint:gosec // flags of tests
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// A logged keeps the end of what a process says.
type logged struct {
	mu   sync.Mutex
	text []byte
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b...)
	if over := len(l.text) - 16<<10; over > 0 {
		l.text = slices.Delete(l.text, 0, over)
	}
	return len(b), nil
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
