//go:build unix

package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// system is what New found out.
type system struct{ layers layers }

// grace is how long a warden may take to kill everything before it is itself
// taken for lost.
const grace = 10 * time.Second

// run runs a program under the layers of the sandbox.
func (s *Sandbox) run(ctx context.Context, cmd *Cmd) (*Exit, error) {
	return s.runUnder(ctx, cmd, s.system.layers)
}

func (s *Sandbox) runUnder(ctx context.Context, cmd *Cmd, l layers) (*Exit, error) {
	j, err := newJob(cmd, l)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	exit, err := s.supervise(ctx, cmd, j)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %s: %w", cmd.Path, err)
	}
	return exit, nil
}

// newJob checks a command and fills in what it leaves open.
func newJob(cmd *Cmd, l layers) (*job, error) {
	p := cmd.Policy.withDefaults()
	if !filepath.IsAbs(cmd.Path) {
		return nil, fmt.Errorf("program %q is no absolute path", cmd.Path)
	}
	for _, list := range [][]string{p.Read, p.Write} {
		for _, path := range list {
			if err := checkPlace(path); err != nil {
				return nil, err
			}
		}
	}
	if p.Scratch != "" {
		if err := checkPlace(p.Scratch); err != nil {
			return nil, err
		}
	}
	dir := cmd.Dir
	if dir == "" {
		dir = p.Scratch
	}
	if dir == "" {
		dir = "/"
	}
	return &job{
		Path: text(cmd.Path), Argv: append([]text{text(cmd.Path)}, texts(cmd.Args)...), Env: texts(cmd.Env), Dir: text(dir), Extra: len(cmd.Extra),
		Read: texts(p.Read), Write: texts(p.Write), Scratch: text(p.Scratch),
		ScratchBytes: p.ScratchBytes, FileSize: p.FileSize, Memory: p.Memory, AddressSpace: p.AddressSpace,
		CPU: p.CPU, Wall: p.Wall, Processes: p.Processes, OpenFiles: p.OpenFiles, UnixSockets: p.UnixSockets && l.privateSockets(),
		Layers: l,
	}, nil
}

// pipes are what goes between a run and its supervisor. The far ends are the
// warden's and the program's.
type pipes struct {
	near, far []*os.File
}

func (p *pipes) out() (read, write *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.near, p.far = append(p.near, r), append(p.far, w)
	return r, w, nil
}

func (p *pipes) in() (read, write *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.near, p.far = append(p.near, w), append(p.far, r)
	return r, w, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// supervise starts the warden of a job and waits for its verdict.
func (s *Sandbox) supervise(ctx context.Context, cmd *Cmd, j *job) (*Exit, error) {
	if j.Layers.diesWithThread() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	var p pipes
	defer func() { closeAll(p.near); closeAll(p.far) }() // what is closed by then stays closed
	warden := exec.Command(s.opt.Self, Entry, "warden")  //nolint:noctx // our own executable; it ends with the control pipe
	warden.Env = []string{"GOMAXPROCS=2"}
	warden.SysProcAttr = attributes(j.Layers)
	control, verdicts, messages, err := wardenPipes(&p, warden)
	if err != nil {
		return nil, err
	}
	stdin, err := standardInput(&p, cmd.Stdin)
	if err != nil {
		return nil, err
	}
	outR, outW, err := p.out()
	if err != nil {
		return nil, err
	}
	errR, errW, err := p.out()
	if err != nil {
		return nil, err
	}
	// Reading begins before there is anything to read: it ends with the far ends.
	stdout, err := newDrain(outR, cmd.Stdout)
	if err != nil {
		return nil, err
	}
	stderr, err := newDrain(errR, cmd.Stderr)
	if err != nil {
		return nil, err
	}
	warden.ExtraFiles = append([]*os.File{stdin.program, outW, errW}, cmd.Extra...)
	began := s.opt.Now()
	if err := warden.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	closeAll(p.far)
	stdin.start()
	if err := s.brief(j, warden.Process.Pid, control); err != nil {
		_ = warden.Process.Kill()
		_ = warden.Wait()
		return nil, err
	}
	v, err := s.await(ctx, j, warden, control, verdicts, messages)
	wall := s.opt.Now().Sub(began)
	for _, d := range []*drain{stdout, stderr} {
		err = errors.Join(err, d.finish())
	}
	if err != nil {
		return nil, err
	}
	if v.Error != "" {
		return nil, errors.New(v.Error)
	}
	return v.exit(wall), nil
}

func wardenPipes(p *pipes, warden *exec.Cmd) (control, verdicts, messages *os.File, err error) {
	controlR, control, err := p.in()
	if err != nil {
		return nil, nil, nil, err
	}
	verdicts, verdictW, err := p.out()
	if err != nil {
		return nil, nil, nil, err
	}
	messages, messageW, err := p.out()
	if err != nil {
		return nil, nil, nil, err
	}
	warden.Stdin, warden.Stdout, warden.Stderr = controlR, verdictW, messageW
	return control, verdicts, messages, nil
}

// input is the program's standard input.
type input struct {
	program *os.File
	pipe    *os.File
	from    io.Reader
}

func standardInput(p *pipes, from io.Reader) (*input, error) {
	if from == nil {
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, err
		}
		p.far = append(p.far, null)
		return &input{program: null}, nil
	}
	r, w, err := p.in()
	if err != nil {
		return nil, err
	}
	return &input{r, w, from}, nil
}

func (i *input) start() {
	if i.from != nil {
		feed(i.pipe, i.from)
	}
}

// brief hands the job to the warden.
func (s *Sandbox) brief(j *job, pid int, control *os.File) error {
	if err := handOver(j, pid); err != nil {
		return err
	}
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	go func() { _, _ = control.Write(b) }() // a warden that is gone has no verdict either
	return nil
}

// await waits for the warden's verdict and its end.
func (s *Sandbox) await(ctx context.Context, j *job, warden *exec.Cmd, control, verdicts, messages *os.File) (*verdict, error) {
	type answer struct{ verdict, message []byte }
	answers := make(chan answer, 1)
	go func() {
		var a answer
		a.verdict, _ = io.ReadAll(io.LimitReader(verdicts, 1<<20))
		a.message, _ = io.ReadAll(io.LimitReader(messages, 1<<16))
		answers <- a
	}()
	// The warden watches the clock itself; this is for one that has lost its mind.
	lost := time.NewTimer(j.Wall + grace)
	defer lost.Stop()
	done, killed := ctx.Done(), false
	for {
		select {
		case <-done:
			_ = control.Close()
			done = nil
			lost.Reset(grace)
		case <-lost.C:
			_ = warden.Process.Kill() // and what is in its PID namespace with it
			killed = true
		case a := <-answers:
			err := warden.Wait()
			var v verdict
			switch {
			case killed:
				return nil, errors.New("its warden did not answer and was killed")
			case json.Unmarshal(a.verdict, &v) == nil:
				return &v, nil
			case len(a.message) > 0:
				line, _, _ := bytes.Cut(bytes.TrimSpace(a.message), []byte("\n"))
				return nil, fmt.Errorf("its warden failed: %s", line)
			case err != nil:
				return nil, fmt.Errorf("its warden failed: %w", err)
			}
			return nil, errors.New("its warden left no verdict")
		}
	}
}

func (v *verdict) exit(wall time.Duration) *Exit {
	status := syscall.WaitStatus(v.Status)
	e := &Exit{Code: status.ExitStatus(), Killed: v.Killed, Wall: wall, CPU: v.CPU, MaxRSS: v.MaxRSS, Left: v.Left}
	if status.Signaled() {
		e.Signal = unix.SignalName(status.Signal())
	}
	return e
}
