package bench

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime"
)

// A Result is the document ftpkg.bench/1.
type Result struct {
	Schema     string   `json:"schema"`
	Program    string   `json:"program"`
	Repeat     int      `json:"repeat"`
	Processors int      `json:"processors"` // what the caller knows of the machine
	Platform   string   `json:"platform"`
	Runtimes   []Python `json:"runtimes"`
	// Figures are ordered by variant, threads and run.
	Figures []Figure `json:"figures"`
	// Overheads compare one thread with one thread of the GIL build.
	Overheads []Overhead `json:"overheads"`
	Notes     []string   `json:"notes"`
}

// A Python is one of the interpreters.
type Python struct {
	Executable   string `json:"executable"`
	Version      string `json:"version"`
	FreeThreaded bool   `json:"free_threaded"`
	Build        string `json:"build"`
}

// A Figure is one program in one run with so many threads.
type Figure struct {
	Variant string         `json:"variant"`
	Run     vocab.BenchRun `json:"run"`
	Threads int            `json:"threads"`

	Median Seconds `json:"median"`
	Min    Seconds `json:"min"`
	Max    Seconds `json:"max"`
	// Samples are the times of all processes, in the order in which they ran.
	Samples []Seconds `json:"samples"`

	// SpeedUp is how many times as fast as one thread of the same run it is.
	SpeedUp float64 `json:"speed_up"`
	// AgainstGIL is how many times as fast as one thread of the GIL build, nil
	// without one.
	AgainstGIL *float64 `json:"against_gil_build"`
	// Lost is the median share of updates that were lost, from 0 to 1, nil for
	// programs that do not count any.
	Lost *float64 `json:"lost"`
}

// Seconds is a time in nanoseconds that JSON has in seconds.
type Seconds int64

// MarshalJSON implements [json.Marshaler].
func (s Seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, time.Duration(s).Seconds(), 'f', -1, 64), nil
}

// String writes the time for people, to three digits: "1.23 s", "45.6 ms".
func (s Seconds) String() string {
	v, unit := time.Duration(s).Seconds(), "s"
	switch {
	case v < 1e-3:
		v, unit = v*1e6, "µs"
	case v < 1:
		v, unit = v*1e3, "ms"
	}
	digits := 2
	if v >= 100 {
		digits = 0
	} else if v >= 10 {
		digits = 1
	}
	return fmt.Sprintf("%.*f %s", digits, v, unit)
}

// An Overhead is how much longer one thread takes than in the GIL build, in
// percent; below 0 it is faster.
type Overhead struct {
	Variant string         `json:"variant"`
	Run     vocab.BenchRun `json:"run"`
	Percent float64        `json:"percent"`
}

// SchemaName is what documents call themselves.
const SchemaName = "ftpkg.bench/1"

// Figure returns the figure of a variant, nil if there is none.
func (r *Result) Figure(variant string, run vocab.BenchRun, threads int) *Figure {
	i := slices.IndexFunc(r.Figures, func(f Figure) bool { return f.Variant == variant && f.Run == run && f.Threads == threads })
	if i < 0 {
		return nil
	}
	return &r.Figures[i]
}

// Variants returns the variants of the program in order; one that has no variants
// has "".
func (r *Result) Variants() []string {
	var all []string
	for _, f := range r.Figures {
		if !slices.Contains(all, f.Variant) {
			all = append(all, f.Variant)
		}
	}
	return all
}

// Runs returns the runs there are, in order.
func (r *Result) Runs() []vocab.BenchRun {
	var all []vocab.BenchRun
	for _, f := range r.Figures {
		if !slices.Contains(all, f.Run) {
			all = append(all, f.Run)
		}
	}
	return all
}

// Threads returns the numbers of threads there are, in order.
func (r *Result) Threads() []int {
	var all []int
	for _, f := range r.Figures {
		if !slices.Contains(all, f.Threads) {
			all = append(all, f.Threads)
		}
	}
	return all
}

func newResult(o Options, groups [][]setup, samples map[setup][]sample) *Result {
	r := &Result{
		Schema: SchemaName, Program: o.Programs[0].Name, Repeat: o.Repeat, Processors: o.Processors, Platform: o.FreeThreaded.Platform,
		Figures: []Figure{}, Overheads: []Overhead{}, Notes: []string{},
	}
	for _, info := range []*runtime.Info{o.GIL, o.FreeThreaded} {
		if info != nil {
			r.Runtimes = append(r.Runtimes, Python{info.Executable, info.Version, info.FreeThreaded, info.Build})
		}
	}
	whole, differ := false, false
	for _, g := range groups {
		answers := map[string]bool{}
		for _, s := range g {
			r.Figures = append(r.Figures, newFigure(s, samples[s]))
			for _, one := range samples[s] {
				whole = whole || !one.Shared
				if one.Answer != nil {
					answers[*one.Answer] = true
				}
			}
		}
		differ = differ || len(answers) > 1
	}
	for i := range r.Figures {
		f := &r.Figures[i]
		f.SpeedUp = ratio(r.Figure(f.Variant, f.Run, 1), f)
		if base := r.Figure(f.Variant, vocab.BenchGILBuild, 1); base != nil {
			f.AgainstGIL = new(ratio(base, f))
			if f.Threads == 1 && f.Run != vocab.BenchGILBuild {
				percent := math.Round((float64(f.Median)/float64(base.Median)-1)*1000) / 10
				r.Overheads = append(r.Overheads, Overhead{f.Variant, f.Run, percent})
			}
		}
	}
	r.note(o, whole, differ)
	return r
}

// newFigure is a figure without what compares it with others.
func newFigure(s setup, samples []sample) Figure {
	f := Figure{Variant: s.program.Variant, Run: s.run, Threads: s.threads}
	var lost []float64
	for _, one := range samples {
		f.Samples = append(f.Samples, Seconds(one.Nanoseconds))
		if one.Lost != nil {
			lost = append(lost, *one.Lost)
		}
	}
	f.Min, f.Max = slices.Min(f.Samples), slices.Max(f.Samples)
	f.Median = Seconds(median(f.Samples))
	if len(lost) > 0 {
		f.Lost = new(median(lost))
	}
	return f
}

// ratio is how many times as fast as base a figure is, to a hundredth.
func ratio(base, f *Figure) float64 {
	return math.Round(float64(base.Median)/float64(f.Median)*100) / 100
}

func median[T Seconds | float64](all []T) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	if n%2 == 1 {
		return float64(sorted[n/2])
	}
	return (float64(sorted[n/2-1]) + float64(sorted[n/2])) / 2
}

// noisy is how far apart the fastest and the slowest process of a figure may lie,
// as a part of the median, before the result says so.
const noisy = 0.2

// note says what limits the comparison.
func (r *Result) note(o Options, whole, differ bool) {
	if o.GIL == nil {
		r.Notes = append(r.Notes, "there is no GIL build to compare with: what the free-threaded build costs is not known")
	} else if o.GIL.Version != o.FreeThreaded.Version || compiler(o.GIL.Build) != compiler(o.FreeThreaded.Build) {
		r.Notes = append(r.Notes, fmt.Sprintf("the two builds differ in more than the GIL: %s by %s, free-threaded %s by %s",
			o.GIL.Version, compiler(o.GIL.Build), o.FreeThreaded.Version, compiler(o.FreeThreaded.Build)))
	}
	if whole {
		r.Notes = append(r.Notes, "the program has no function work(part, parts): it was timed as a whole, and is taken to start as many threads as its first argument says")
	}
	if differ {
		r.Notes = append(r.Notes, "the threads' answers do not add up to the same in all processes: the program is random, or has a race")
	}
	worst := 0.0
	for _, f := range r.Figures {
		worst = max(worst, float64(f.Max-f.Min)/float64(f.Median))
	}
	if worst > noisy {
		r.Notes = append(r.Notes, fmt.Sprintf("times of one figure lie up to %.0f %% apart: something else was running; repeat it on a quiet machine or with a higher --repeat", worst*100))
	}
	if over := slices.Max(r.Threads()); o.Processors > 0 && over > o.Processors {
		r.Notes = append(r.Notes, fmt.Sprintf("%d threads share %d processors: more than that cannot run at once", over, o.Processors))
	}
}

// compiler is what sys.version says in brackets: "GCC 12.2.0".
func compiler(build string) string {
	_, rest, _ := strings.Cut(build, "[")
	name, _, _ := strings.Cut(rest, "]")
	return strings.TrimSpace(name)
}
