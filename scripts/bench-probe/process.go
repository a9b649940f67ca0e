//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/sandbox"
	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

// same is the environment of the bare interpreter: what of a probe's own makes an
// import slower or faster.
var same = []string{
	"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC",
	"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1",
}

// bare imports a module as somebody would by hand to see what turns the GIL on. What
// it says goes to a file, which costs it less than a pipe that somebody reads.
func (b *bench) bare(ctx context.Context, module string) error {
	said, err := os.Create(filepath.Join(b.tmp, module+".txt"))
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }()
	cmd := exec.CommandContext(ctx, b.env.Python, "-v", "-X", "faulthandler", "-c", "import "+module)
	cmd.Env = same
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: see what it said in %s", err, said.Name())
	}
	return nil
}

// A contender is one side of a comparison.
type contender struct {
	name string
	run  func(context.Context) error
	wall []time.Duration
	cpu  []time.Duration // of all processes, ours too
}

// turns lets contenders run in turns: the first time only to warm the system's
// caches.
func turns(ctx context.Context, runs int, list []*contender) error {
	for round := range runs + 1 {
		for i := range list {
			c := list[(i+round)%len(list)] // none always has the same one before it
			begin, spent := time.Now(), used()
			if err := c.run(ctx); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 {
				c.wall, c.cpu = append(c.wall, time.Since(begin)), append(c.cpu, used()-spent)
			}
		}
	}
	return nil
}

// used is the processor time of this process and of those it has waited for.
func used() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

// table compares contenders with the first of them: the medians of the ratios of
// each round, in which all had about the same machine.
func table(list []*contender) string {
	text := "| | median | fastest | slowest | of the first | processor time | of the first |\n|---|---|---|---|---|---|---|\n"
	for _, c := range list {
		text += fmt.Sprintf("| %s | %.1f ms | %.1f ms | %.1f ms | %.2f × | %.1f ms | %.2f × |\n", c.name,
			ms(figures.Median(c.wall)), ms(slices.Min(c.wall)), ms(slices.Max(c.wall)), ratio(c.wall, list[0].wall),
			ms(figures.Median(c.cpu)), ratio(c.cpu, list[0].cpu))
	}
	return text
}

// ratio is the median of the ratios of a and b, pair by pair.
func ratio(a, b []time.Duration) float64 {
	var ratios []float64
	for i := range a {
		ratios = append(ratios, a[i].Seconds()/b[i].Seconds())
	}
	return figures.Median(ratios)
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// process compares one probe with the bare interpreter: the whole of it, from
// making its scratch folder to its verdict.
func (b *bench) process(ctx context.Context) (string, error) {
	sandboxed, level, err := b.prober(ctx, vocab.SandboxBest)
	if err != nil {
		return "", err
	}
	without, _, err := b.prober(ctx, vocab.SandboxOff)
	if err != nil {
		return "", err
	}
	list := []*contender{
		{name: "`python -v -X faulthandler -c \"import numpy\"`", run: func(ctx context.Context) error { return b.bare(ctx, "numpy") }},
		{name: "one process of the lane import, sandbox " + string(level), run: sandboxed},
		{name: "the same with --sandbox off", run: without},
	}
	if err := turns(ctx, b.runs, list); err != nil {
		return "", err
	}
	return "One process that imports numpy, .pyc files in place, from making its scratch folder to its verdict:\n\n" + table(list), nil
}

// prober returns what probes one package in one process, by the same calls as
// the command, and the level of its sandbox.
func (b *bench) prober(ctx context.Context, mode vocab.SandboxMode) (func(context.Context) error, vocab.SandboxLevel, error) {
	box, err := sandbox.New(ctx, sandbox.Options{Self: b.ftpkg, Mode: mode, Now: time.Now})
	if err != nil {
		return nil, "", err
	}
	p := &probe.Prober{
		Runtime: b.python, Sandbox: box, Store: environment.OpenStore(filepath.Join(b.cache, "wheels")), WorkDir: b.tmp, Tool: "bench-probe", Now: time.Now,
	}
	if err := p.Start(probe.Options{Lanes: []vocab.Lane{vocab.LaneImport}}); err != nil {
		return nil, "", err
	}
	p.Prepare(ctx) // as the command does, beside other things
	return func(ctx context.Context) error {
		results, err := p.ProbeEnvironment(ctx, b.env, b.names[:1])
		if err != nil {
			return err
		}
		r := &results[0]
		if r.Outcome != vocab.OutcomePure && r.Outcome != vocab.OutcomeGILOff || len(r.Evidence.Lanes) != 1 {
			return fmt.Errorf("%s: %s after %d processes", r.Outcome, r.Detail, len(r.Evidence.Lanes))
		}
		return nil
	}, box.Report().Level, nil
}
