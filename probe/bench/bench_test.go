package bench

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

var update = flag.Bool("update", false, "rewrite golden files")

func ask(t *testing.T, python string) *runtime.Info {
	t.Helper()
	info, err := runtime.Ask(t.Context(), python)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// options are those of a quick run of a program with the given text.
func options(t *testing.T, text string) Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mine.py")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Options{
		Programs: []Program{{Name: "mine", Path: path}}, FreeThreaded: ask(t, runtimetest.FreeThreaded(t)), GIL: ask(t, runtimetest.GIL(t)),
		Threads: []int{2}, Repeat: 1, Environ: append(os.Environ(), "PYTHON_GIL=0"), Dir: t.TempDir(), Temp: t.TempDir(), Processors: 64,
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	o := options(t, `import os, sys, threading, time
print("noise on", "standard output")
def work(part, parts):
    assert __name__ == "mine" and sys.path[0] == os.path.dirname(__file__), (__name__, sys.path)
    assert sys.argv[1:] == [os.environ["THREADS"]] == [str(parts)] and threading.current_thread() is not threading.main_thread()
    time.sleep(0.1 / parts)
    return part + 1
if __name__ == "__main__":
    raise SystemExit("not run as a program")
`)
	o.Repeat = 3
	var labels []string
	o.Progress = func(label string, done, total int) {
		if done != len(labels) || total != 24 {
			t.Errorf("%s: %d of %d", label, done, total)
		}
		labels = append(labels, label)
	}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// Warm-up and repetitions, the runs of one number of threads in turn.
	if diff := cmp.Diff([]string{
		"mine, gil-build, 1 thread", "mine, gil-on, 1 thread", "mine, gil-off, 1 thread",
		"mine, gil-build, 2 threads", "mine, gil-on, 2 threads", "mine, gil-off, 2 threads",
		"mine, gil-on, 1 thread", "mine, gil-off, 1 thread", "mine, gil-build, 1 thread",
		"mine, gil-on, 2 threads", "mine, gil-off, 2 threads", "mine, gil-build, 2 threads",
	}, labels[:12]); diff != "" || len(labels) != 24 {
		t.Errorf("%d processes (-want +got):\n%s", len(labels), diff)
	}
	if len(r.Figures) != 6 || len(r.Overheads) != 2 || r.Program != "mine" {
		t.Fatalf("%d figures, %d overheads of %s", len(r.Figures), len(r.Overheads), r.Program)
	}
	for _, f := range r.Figures {
		least := Seconds(100e6 / f.Threads)
		if len(f.Samples) != 3 || f.Min < least || f.Median < f.Min || f.Max < f.Median || f.SpeedUp <= 0 || *f.AgainstGIL <= 0 || f.Lost != nil {
			t.Errorf("%+v", f)
		}
	}
	for _, note := range r.Notes {
		if !strings.Contains(note, "% apart") { // on a busy machine
			t.Errorf("note: %s", note)
		}
	}
}

func TestRunWhole(t *testing.T) {
	t.Parallel()
	o := options(t, `import sys, time
assert __name__ == "__main__"
time.sleep(0.05 / int(sys.argv[1]))
sys.exit()
`)
	o.GIL = nil
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if runs := r.Runs(); !slices.Equal(runs, []vocab.BenchRun{vocab.BenchGILOn, vocab.BenchGILOff}) || len(r.Figures) != 4 || len(r.Overheads) != 0 {
		t.Errorf("runs %v, %d figures, overheads %v", runs, len(r.Figures), r.Overheads)
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "no GIL build to compare with") || !strings.Contains(notes, "no function work") {
		t.Errorf("notes: %s", notes)
	}
	for _, f := range r.Figures {
		if f.AgainstGIL != nil || f.Min < 25e6 {
			t.Errorf("%+v", f)
		}
	}
}

// Threads without a lock lose updates once the GIL is off; with one they lose
// none, and neither does one thread.
func TestCounter(t *testing.T) {
	t.Parallel()
	o := options(t, "")
	o.Programs, o.Threads = Builtin("counter"), []int{4}
	groups, err := plan(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		for _, s := range g {
			races := s.program.Variant == "no lock" && s.threads > 1
			if races && s.run != vocab.BenchGILOff {
				continue // whether any are lost is luck there
			}
			// On a busy machine one thread may be done before the next begins.
			const most = 50
			for i := 0; ; i++ {
				got, err := o.process(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				if !races {
					if *got.Lost != 0 {
						t.Errorf("%s: %g of the updates are lost", s.label(), *got.Lost)
					}
					break
				}
				if *got.Lost > 0 {
					break
				}
				if i == most {
					t.Fatalf("%s: nothing is lost in %d processes", s.label(), most)
				}
			}
		}
	}
}

// The programs that come along give the same answers however they are shared out.
func TestBuiltins(t *testing.T) {
	t.Parallel()
	for _, name := range Builtins() {
		if len(Builtin(name)) == 0 {
			t.Errorf("%s is none", name)
		}
	}
	if Builtin("no such program") != nil {
		t.Error("every name is a program")
	}
	o := options(t, "")
	o.Programs, o.Threads, o.GIL = Builtin("primes"), []int{3}, nil
	for _, threads := range []int{1, 3} {
		s := setup{o.Programs[0], filepath.Join("scripts", "primes.py"), vocab.BenchGILOff, threads}
		path, err := filepath.Abs(s.path)
		if err != nil {
			t.Fatal(err)
		}
		s.path = path
		got, err := o.process(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if *got.Answer != "17984" { // the primes below 200,000
			t.Errorf("%d threads find %s primes", threads, *got.Answer)
		}
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"an exception", "def work(part, parts):\n    raise ValueError('mine')\n", "ValueError: mine"},
		{"an exception in one thread", "def work(part, parts):\n    assert part == 0\n", "AssertionError"},
		{"a syntax error", "def work(:\n", "SyntaxError"},
		{"an exit", "import sys\nsys.exit(3)\n", "exit status 3"},
		{"an early end", "import os\nos._exit(0)\n", "it ended the process before its time was taken"},
		{"other parameters", "def work():\n    pass\n", "TypeError"},
		{"much noise", "print('x\\n' * 100000)\nraise KeyError('at the end')\n", "KeyError: 'at the end'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, tt.text)
			_, err := Run(t.Context(), o)
			failed, ok := errors.AsType[*ProgramError](err)
			if !ok || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if failed.Program != o.Programs[0].Path || len(failed.Output) > 2*maxOutput {
				t.Errorf("program %s, %d bytes of output", failed.Program, len(failed.Output))
			}
		})
	}
}

func TestRunIsCancelled(t *testing.T) {
	t.Parallel()
	o := options(t, "import time\ntime.sleep(600)\n")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	o.Progress = func(string, int, int) { cancel(why) }
	if _, err := Run(ctx, o); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	whole := Options{FreeThreaded: &runtime.Info{FreeThreaded: true}, Programs: Builtin("pi"), Repeat: 1, Temp: t.TempDir()}
	for name, change := range map[string]func(*Options){
		"no interpreter":   func(o *Options) { o.FreeThreaded = nil },
		"one with the GIL": func(o *Options) { o.FreeThreaded = &runtime.Info{} },
		"two without":      func(o *Options) { o.GIL = o.FreeThreaded },
		"no program":       func(o *Options) { o.Programs = nil },
		"no repetition":    func(o *Options) { o.Repeat = 0 },
		"no thread":        func(o *Options) { o.Threads = []int{0} },
	} {
		o := whole
		change(&o)
		if _, err := Run(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "bench: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: {1}, 1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 4}, 12: {1, 2, 4, 8, 12}} {
		if got := Threads(n); !slices.Equal(got, want) {
			t.Errorf("%d processors: %v, want %v", n, got, want)
		}
	}
}

func FuzzReadSample(f *testing.F) {
	f.Add(`{"nanoseconds": 12, "gil": false, "shared": true, "answer": "3", "lost": 0.5}`)
	f.Add(`{"nanoseconds": 0}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readSample([]byte(text), vocab.BenchGILOff)
		if err == nil && (s.Nanoseconds <= 0 || s.GIL || s.Lost != nil && !(*s.Lost >= 0 && *s.Lost <= 1)) {
			t.Errorf("%q is taken for %+v", text, s)
		}
	})
}

// made is a result of made-up samples.
func made() *Result {
	o := Options{
		Programs: Builtin("counter"), Repeat: 3, Processors: 4, Threads: []int{1, 4},
		GIL:          &runtime.Info{Executable: "/gil/python3", Version: "3.14.7", Build: "3.14.7 (main) [Clang 21.1.4]", Platform: "linux-x86_64"},
		FreeThreaded: &runtime.Info{Executable: "/ft/python3", Version: "3.14.7", Build: "3.14.7 free-threading build (main) [Clang 21.1.4]", Platform: "linux-x86_64", FreeThreaded: true},
	}
	var groups [][]setup
	samples := map[setup][]sample{}
	for v, p := range o.Programs {
		for _, n := range o.Threads {
			var g []setup
			for i, run := range []vocab.BenchRun{vocab.BenchGILBuild, vocab.BenchGILOn, vocab.BenchGILOff} {
				s := setup{p, "", run, n}
				g = append(g, s)
				base := int64(1_000_000_000 + 50_000_000*i + 400_000_000*v)
				if run == vocab.BenchGILOff {
					base /= int64(n)
				}
				lost := 0.0
				if v == 0 && n > 1 && run == vocab.BenchGILOff {
					lost = 0.4375
				}
				for _, d := range []int64{10, 0, -20} {
					samples[s] = append(samples[s], sample{Nanoseconds: base + base*d/1000, Lost: &lost, Shared: true})
				}
			}
			groups = append(groups, g)
		}
	}
	return newResult(o, groups, samples)
}

func TestResult(t *testing.T) {
	t.Parallel()
	r := made()
	if diff := cmp.Diff([]Overhead{
		{"no lock", vocab.BenchGILOn, 5}, {"no lock", vocab.BenchGILOff, 10}, {"lock", vocab.BenchGILOn, 3.6}, {"lock", vocab.BenchGILOff, 7.1},
	}, r.Overheads); diff != "" {
		t.Errorf("overheads (-want +got):\n%s", diff)
	}
	want := Figure{
		Variant: "no lock", Run: vocab.BenchGILOff, Threads: 4, Median: 275_000_000, Min: 269_500_000, Max: 277_750_000,
		Samples: []Seconds{277_750_000, 275_000_000, 269_500_000}, SpeedUp: 4, AgainstGIL: new(3.64), Lost: new(0.4375),
	}
	if diff := cmp.Diff(&want, r.Figure("no lock", vocab.BenchGILOff, 4)); diff != "" {
		t.Errorf("figure (-want +got):\n%s", diff)
	}
	if len(r.Notes) != 0 {
		t.Errorf("notes: %q", r.Notes)
	}
	if r.Figure("no lock", vocab.BenchGILOff, 3) != nil {
		t.Error("there is a figure of three threads")
	}
	if got, want := median([]Seconds{4, 1, 3, 2}), 2.5; got != want {
		t.Errorf("median %g, want %g", got, want)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	s := setup{Builtin("pi")[0], "", vocab.BenchGILOff, 1}
	one, two := "1", "2"
	o := Options{
		Programs: Builtin("pi"), Repeat: 2, Processors: 1, Threads: []int{1, 2},
		GIL:          &runtime.Info{Version: "3.14.6", Build: "3.14.6 (main) [GCC 14]"},
		FreeThreaded: &runtime.Info{Version: "3.14.7", Build: "3.14.7 (main) [Clang 21]", FreeThreaded: true},
	}
	more := s
	more.threads = 2
	r := newResult(o, [][]setup{{s}, {more}}, map[setup][]sample{
		s:    {{Nanoseconds: 10, Answer: &one, Shared: true}, {Nanoseconds: 15, Answer: &two, Shared: true}},
		more: {{Nanoseconds: 10, Shared: true}, {Nanoseconds: 10, Shared: true}},
	})
	for _, want := range []string{"3.14.6 by GCC 14, free-threaded 3.14.7 by Clang 21", "do not add up to the same", "up to 42 % apart", "2 threads share 1 processors"} {
		if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("no note says %q: %q", want, r.Notes)
		}
	}
}

func TestSVG(t *testing.T) {
	t.Parallel()
	r := made()
	r.Program = `a<b>&"c"`
	r.Notes = []string{strings.Repeat("a long note ", 20)}
	var b, again bytes.Buffer
	if err := r.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteSVG(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("drawn twice, it differs: %v", err)
	}
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
	for _, want := range []string{
		`role="img"`, "<title ", "<desc ", "prefers-color-scheme:dark", "no lock, free-threaded, GIL off, 4 threads: 275 ms, 4.00 times as fast as one, 43.8 % lost.",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %s", want)
		}
	}
	name := filepath.Join("testdata", "counter.svg")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), b.String()); diff != "" {
		t.Errorf("%s (-want +got), go test ./probe/bench -update rewrites it:\n%s", name, diff)
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for s, want := range map[Seconds][2]string{
		999: {"1.00 µs", "0.000000999"}, 45_600: {"45.6 µs", "0.0000456"}, 1_000_000: {"1.00 ms", "0.001"},
		456_000_000: {"456 ms", "0.456"}, 1_234_000_000: {"1.23 s", "1.234"}, 12_340_000_000: {"12.3 s", "12.34"},
	} {
		b, err := s.MarshalJSON()
		if s.String() != want[0] || string(b) != want[1] || err != nil {
			t.Errorf("%d ns: %s, %s, %v; want %s", int64(s), s, b, err, want)
		}
	}
}
