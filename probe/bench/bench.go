// Package bench times CPU-bound Python programs the way the question "what do
// threads gain without the GIL?" has to be asked: by a build with the GIL, by the
// free-threaded build with its GIL on, and with its GIL off; with one thread, and
// with more.
//
// Every figure is a process of its own, whose start is not counted. The processes
// take turns, so that a machine that grows slower does so for all of them, and
// medians are compared. Programs run as the user, with all the user may do.
//
// # Where to look
//
//   - bench.go: what is asked and the order in which processes run
//   - process.go: one process; driver.py is what it runs
//   - result.go: medians, overhead, speed-up
//   - svg.go: the chart
//   - scripts: the programs that come with ftpkg
package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime"
)

//go:embed scripts/*.py
var scripts embed.FS

// A Program is what is timed.
type Program struct {
	Name string // of the programs that belong together: "counter"
	// Variant tells those of one name apart: "no lock". "" for an only one.
	Variant string
	// Path is the program's file, "" for one that comes with ftpkg.
	Path string

	script string // the file in scripts
}

// Builtins returns the names that Builtin knows.
func Builtins() []string { return []string{"primes", "pi", "counter"} }

// Builtin returns the programs of a name that come with ftpkg, none if there are
// none.
func Builtin(name string) []Program {
	switch name {
	case "primes", "pi":
		return []Program{{Name: name, script: name}}
	case "counter":
		return []Program{{Name: name, Variant: "no lock", script: "counter"}, {Name: name, Variant: "lock", script: "counter_locked"}}
	}
	return nil
}

// Threads returns the numbers of threads to take on a machine with n processors:
// the powers of two up to n, and n.
func Threads(n int) []int {
	threads := []int{1}
	for t := 2; t < n; t *= 2 {
		threads = append(threads, t)
	}
	if n > 1 {
		threads = append(threads, n)
	}
	return threads
}

// Options say what is timed and how.
type Options struct {
	Programs     []Program
	FreeThreaded *runtime.Info
	GIL          *runtime.Info // nil for none: there are two runs then
	Threads      []int         // one thread is always among them
	Repeat       int           // processes for each figure, at least 1
	Processors   int           // that the threads can use, 0 if unknown

	Environ []string // of the processes; what would set the GIL is left out
	Dir     string   // where they run
	Temp    string   // an empty folder for files that are of no use afterwards
	// Progress, if not nil, is told before each process what is run and how many
	// of them are done.
	Progress func(label string, done, total int)
}

// A setup is one way to run one program: all but the repetition.
type setup struct {
	program Program
	path    string // of the program's file
	run     vocab.BenchRun
	threads int
}

// Run times the programs. A program that fails is a [*ProgramError].
func Run(ctx context.Context, o Options) (*Result, error) {
	if o.FreeThreaded == nil || !o.FreeThreaded.FreeThreaded || o.GIL != nil && o.GIL.FreeThreaded || o.Repeat < 1 || len(o.Programs) == 0 {
		return nil, errors.New("bench: a free-threaded interpreter, one with the GIL or none, programs and repetitions are needed")
	}
	groups, err := plan(o)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, g := range groups {
		total += len(g)
	}
	total *= o.Repeat + 1
	done := 0
	samples := map[setup][]sample{}
	// The first round is not counted: it fills the caches of the system and
	// compiles what the program imports.
	for round := range o.Repeat + 1 {
		for _, g := range groups {
			for i := range g {
				s := g[(i+round)%len(g)] // nobody is always first
				if o.Progress != nil {
					o.Progress(s.label(), done, total)
				}
				done++
				got, err := o.process(ctx, s)
				if err != nil {
					return nil, err
				}
				if round > 0 {
					samples[s] = append(samples[s], *got)
				}
			}
		}
	}
	return newResult(o, groups, samples), nil
}

// plan returns the setups, those that are compared side by side in groups: their
// processes run one after another.
func plan(o Options) ([][]setup, error) {
	threads := slices.Clone(o.Threads)
	threads = append(threads, 1)
	slices.Sort(threads)
	threads = slices.Compact(threads)
	if threads[0] < 1 {
		return nil, fmt.Errorf("bench: %d threads", threads[0])
	}
	runs := []vocab.BenchRun{vocab.BenchGILBuild, vocab.BenchGILOn, vocab.BenchGILOff}
	if o.GIL == nil {
		runs = runs[1:]
	}
	var groups [][]setup
	for _, p := range o.Programs {
		path := p.Path
		if path == "" {
			text, err := scripts.ReadFile("scripts/" + p.script + ".py")
			if err != nil {
				return nil, fmt.Errorf("bench: %w", err)
			}
			path = filepath.Join(o.Temp, p.script+".py")
			if err := os.WriteFile(path, text, 0o600); err != nil {
				return nil, fmt.Errorf("bench: %w", err)
			}
		}
		for _, n := range threads {
			var g []setup
			for _, run := range runs {
				g = append(g, setup{p, path, run, n})
			}
			groups = append(groups, g)
		}
	}
	return groups, nil
}

func (s setup) label() string {
	name := s.program.Name
	if s.program.Variant != "" {
		name += ", " + s.program.Variant
	}
	return fmt.Sprintf("%s, %s, %s", name, s.run, threadCount(s.threads))
}
