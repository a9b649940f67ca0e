package probe

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// maxOutput is how much of what a process prints is kept, in bytes: -v of the
// largest applications writes a few megabytes.
const maxOutput = 16 << 20

// grace is how much longer a process is given than it gives itself to report
// where its threads stand.
const grace = 5 * time.Second

// A Record is everything one process left behind, for a log.
type Record struct {
	Package string
	Process Process
	Args    []string
	Stdout  []byte
	Stderr  []byte
	Report  *pyprobe.Report
}

// A host is what the processes of one package have in common.
type host struct {
	prober *Prober
	// python is the environment's interpreter.
	python string
	// read are the trees that processes may read.
	read []string
	pkg  string
}

// run runs one process and says what it showed. An error is ours: the process
// could not be run at all.
func (h *host) run(ctx context.Context, job *pyprobe.Job) (*run, error) {
	p := h.prober
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	scratch, err := os.MkdirTemp(p.WorkDir, "scratch-")
	if err != nil {
		return nil, fmt.Errorf("no room for a process: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if job.Deadline == 0 {
		job.Deadline = p.options.Timeout
	}
	job.Code = p.code.Load()
	process, err := pyprobe.New(job)
	if err != nil {
		return nil, err
	}
	reported := false
	defer func() {
		if !reported {
			_ = process.Close()
		}
	}()
	stdout, stderr := &capped{limit: maxOutput}, &capped{limit: maxOutput}
	wall := job.Deadline + grace
	exit, err := p.Sandbox.Run(ctx, &sandbox.Cmd{
		Path: h.python, Args: process.Args, Extra: process.Extra, Env: environ(scratch), Stdout: stdout, Stderr: stderr,
		Policy: sandbox.Policy{
			Read: slices.Concat(h.read, job.Scripts), Scratch: scratch, ScratchBytes: p.options.Scratch, FileSize: p.options.Scratch,
			Memory: p.options.Memory, CPU: wall * time.Duration(max(job.Threads, 1)), Wall: wall,
			// Examples and tests may use multiprocessing; imports don't.
			UnixSockets: job.Lane == vocab.LaneStress || job.Lane == vocab.LaneTests,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.python, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	reported = true
	report, err := process.Report()
	if err != nil {
		return nil, err
	}
	r := &run{job: job, exit: exit, report: report, fault: pyprobe.ParseFault(stderr.Bytes()), stderr: stderr.Bytes()}
	if job.GIL == pyprobe.GILDefault {
		if r.verbose, err = pyprobe.ParseVerbose(bytes.NewReader(stderr.Bytes())); err != nil {
			return nil, err
		}
	}
	r.verdict = judge(r, p.Runtime.Stdlib)
	r.stderr = []byte(excerpt(r.stderr)) // all of it, of hundreds of processes, would be much
	if p.OnProcess != nil {
		p.OnProcess(&Record{h.pkg, r.process(), process.Args, stdout.Bytes(), stderr.Bytes(), report})
	}
	return r, nil
}

// environ is the environment of a process: nothing of the user's.
func environ(scratch string) []string {
	return []string{
		"HOME=" + scratch, "TMPDIR=" + scratch, "TMP=" + scratch, "TEMP=" + scratch, "XDG_CACHE_HOME=" + scratch,
		"MPLCONFIGDIR=" + scratch, "NUMBA_CACHE_DIR=" + scratch, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC",
		// One process is measured, not how many processors it finds.
		"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1",
	}
}

// process is what the evidence keeps of a run.
func (r *run) process() Process {
	gil := string(r.job.GIL)
	if gil == "" {
		gil = "default"
	}
	modules := append([]string{}, r.job.Modules...) // never null in JSON
	if r.job.Lane == vocab.LaneCreate {
		modules = append(modules, r.job.Module)
	}
	p := Process{
		Lane: r.job.Lane, GIL: gil, Modules: modules, Outcome: r.verdict.outcome, Exit: exitText(r.exit),
		Seconds: round(r.exit.Wall), MaxRSS: r.exit.MaxRSS, Complete: r.report.Complete,
	}
	c := r.report.Channel
	if c.Disturbed() {
		p.Noise = c.Noise
	}
	if r.verdict.outcome != vocab.OutcomeGILOff {
		p.Stderr = string(r.stderr)
	}
	return p
}

func exitText(e *sandbox.Exit) string {
	switch {
	case e.Killed != "":
		return string(e.Killed)
	case e.Signal != "":
		return e.Signal
	}
	return strconv.Itoa(e.Code)
}

// round keeps milliseconds.
func round(d time.Duration) float64 { return float64(d.Round(time.Millisecond).Milliseconds()) / 1000 }

// maxExcerpt is how much of standard error the evidence keeps, in bytes.
const maxExcerpt = 2048

// importLine are the lines of -v that only say what was imported and cleaned up.
var importLine = []string{
	"import ", "# code object from ", "# /", "# matches ", "# could not create", "# wrote ", "# installing ", "# cleanup", "# clear ", "# destroy",
	"# restore ", "# extension module ", "# trying ", "# zipimport", "# wiping",
}

// excerpt is the end of standard error without the import lines of -v.
func excerpt(stderr []byte) string {
	var kept []string
	for size := 0; len(stderr) > 0 && size < maxExcerpt; {
		at := bytes.LastIndexByte(stderr, '\n')
		line := stderr[at+1:]
		stderr = stderr[:max(at, 0)]
		if len(line) > 0 && !isImportLine(line) {
			kept = append(kept, shorten(string(line[:min(len(line), 2*maxDetail)]), maxDetail))
			size += len(kept[len(kept)-1]) + 1
		}
	}
	var b strings.Builder
	for _, line := range slices.Backward(kept) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func isImportLine(line []byte) bool {
	for _, prefix := range importLine {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return false
}

// A capped buffer keeps the first bytes written to it and swallows the rest, so
// that a process that prints without end is not held up, nor fills the memory.
type capped struct {
	bytes.Buffer

	limit int
}

func (c *capped) Write(p []byte) (int, error) {
	if room := c.limit - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
