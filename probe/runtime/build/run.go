package build

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// grace is how long a stopped build may take to clean up before it is killed.
const grace = 3 * time.Second

// run runs a program as a step: its output goes to the log and is counted.
func (t *tree) run(ctx context.Context, log *os.File, s Step, c counter, m *missingModules, program string, args ...string) error {
	done := 0
	t.step(s, 0, c.total())
	w := &lineWriter{line: func(text string) {
		if m != nil {
			m.line(text)
		}
		if c.counts(text) {
			done++
			t.step(s, shown(done, c.total()), c.total())
		}
	}}
	last := new(reason)
	w.also = last.line
	out := io.MultiWriter(log, w)
	if _, err := io.WriteString(out, "+ "+strings.Join(append([]string{program}, args...), " ")+"\n"); err != nil {
		return err
	}
	err := t.start(ctx, out, out, program, args...)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &StepError{Step: s, Log: t.log, Last: last.text, Err: err}
	case c.total() > 0:
		t.step(s, c.total(), c.total())
	}
	return nil
}

// shown keeps a count below an estimated total.
func shown(done, total int) int {
	if total > 0 {
		return min(done, total)
	}
	return done
}

// start runs a program in the build directory, in a process group of its own.
// When it returns, no process of the group is left. The lock goes with them: if
// ftpkg itself is killed, the next build waits for what still runs.
func (t *tree) start(ctx context.Context, stdout, stderr io.Writer, program string, args ...string) error {
	// The kernel tells the children when the thread dies that started them.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.buildDir()
	cmd.Env = t.environ()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.ExtraFiles = []*os.File{t.lock}
	cmd.WaitDelay = grace
	setGroup(cmd)
	cmd.Cancel = func() error { return stopGroup(cmd.Process.Pid) }
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	killGroup(cmd.Process.Pid)
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // it ended well, and something it started was in no hurry
	}
	return err
}

// A lineWriter passes on whole lines, without their ends.
type lineWriter struct {
	line, also func(string)
	rest       []byte
}

// longestLine is where a line is cut off, in bytes.
const longestLine = 64 << 10

func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		head, tail, found := bytes.Cut(p, []byte("\n"))
		if room := longestLine - len(w.rest); len(head) > room {
			head = head[:max(room, 0)]
		}
		w.rest = append(w.rest, head...)
		if !found {
			return n, nil
		}
		text := string(w.rest)
		w.line(text)
		w.also(text)
		w.rest, p = w.rest[:0], tail
	}
}

// reason remembers the first line that says why a build fails.
type reason struct{ text string }

var complaint = regexp.MustCompile(`(^|[ :])(fatal )?error:|^make(\[\d+\])?: \*\*\*`)

func (r *reason) line(s string) {
	const longest = 300
	if r.text == "" && complaint.MatchString(s) {
		r.text = strings.TrimSpace(s[:min(len(s), longest)])
	}
}
