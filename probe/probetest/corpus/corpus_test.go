package corpus_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// What the corpus says is proved here with the interpreter alone: each case is
// unpacked and loaded in a process of its own by a few lines of Python, and what
// happened is compared with what the case promises the lanes.
func TestLanes(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	for name, test := range map[string]func(*testing.T, *corpus.Corpus){
		"create": testCreate, "import": testImport, "import with the GIL": testImportWithGIL,
		"threads": testThreads, "examples": testExamples, "wheels": testWheels,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, c)
		})
	}
}

func testCreate(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	for _, k := range c.Cases {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, k)
			if len(k.Lanes[vocab.LaneCreate]) != len(k.Modules) {
				t.Errorf("%d findings for %d modules", len(k.Lanes[vocab.LaneCreate]), len(k.Modules))
			}
			for _, m := range k.Modules {
				found := k.Lanes[vocab.LaneCreate][m.Name]
				e := run(t, c.Python, nil, createProgram, limit(found), memory(k), site, m.Name, filepath.Join(site, filepath.FromSlash(m.File)))
				e.check(t, found, false)
				want := map[vocab.Loaded]string{vocab.LoadedNotUsed: "not used", vocab.LoadedUsed: "used", vocab.LoadedUnknown: ""}[found.Declaration]
				got := ""
				if len(e.said) > 0 && e.said[0].NotUsed != nil {
					got = map[bool]string{true: "not used", false: "used"}[*e.said[0].NotUsed]
				} else if k.Name == "object" { // no module, and so nothing to read: the GIL tells
					got = want
				}
				if got != want {
					t.Errorf("%s: the runtime takes it as %q, want %q", m.Name, got, want)
				}
			}
		})
	}
}

func testImport(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	for _, k := range c.Cases {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, k)
			for _, name := range k.Public {
				if _, ok := k.Lanes[vocab.LaneImport][name]; !ok {
					t.Errorf("no finding for the public name %s", name)
				}
			}
			for _, m := range k.Modules {
				if _, ok := k.Lanes[vocab.LaneImport][m.Name]; !ok {
					t.Errorf("no finding for the module %s", m.Name)
				}
			}
			for name, found := range k.Lanes[vocab.LaneImport] {
				e := run(t, c.Python, []string{"-v"}, importProgram, limit(found), memory(k), site, name)
				e.check(t, found, true)
				want := found.Offenders
				if found.Hushed {
					want = nil
				}
				if got := e.offenders(); !slices.Equal(got, want) {
					t.Errorf("import %s: offenders %q, want %q", name, got, want)
				}
			}
		})
	}
}

// With the GIL on, what fails still fails if the case says so, and else does not.
func testImportWithGIL(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	for _, k := range c.Cases {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, k)
			for name, found := range k.Lanes[vocab.LaneImport] {
				switch found.Outcome {
				case vocab.OutcomeGILOff, vocab.OutcomePure, vocab.OutcomeGILReenabled:
					continue
				case vocab.OutcomeABICrash: // not the fault of what is switched on or off
				default:
					if !k.GILToo { // no failure, and the GIL is on as asked
						found = corpus.Found{Outcome: vocab.OutcomeGILReenabled}
					}
				}
				e := run(t, c.Python, []string{"-X", "gil=1"}, importProgram, limit(found), memory(k), site, name)
				if found.AtExit && len(e.said) == 1 {
					*e.said[0].GIL = false
				}
				e.check(t, found, true)
			}
		})
	}
}

func testThreads(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	for _, k := range c.Cases {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, k)
			for names, found := range k.Lanes[vocab.LaneThreads] {
				if !slices.Contains([]vocab.Outcome{vocab.OutcomeGILOff, vocab.OutcomePure, vocab.OutcomeDeadlock}, found.Outcome) {
					continue // an exception there ends one thread only, as it does in every lane
				}
				args := append([]string{memory(k), site}, strings.Fields(names)...)
				e := run(t, c.Python, []string{"-X", "gil=0"}, threadsProgram, limit(found), args...)
				e.check(t, found, true)
			}
		})
	}
}

func testExamples(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	examples := 0
	for _, k := range c.Cases {
		for name, found := range k.Lanes[vocab.LaneStress] {
			examples++
			t.Run(k.Name, func(t *testing.T) {
				t.Parallel()
				site := unpack(t, k)
				for _, same := range [][]string{{"gil=0", "1"}, {"gil=1", "8"}} {
					e := run(t, c.Python, []string{"-X", same[0]}, examplesProgram, 2*time.Minute, memory(k), site, name, same[1])
					if len(e.said) != 1 || len(e.said[0].Faults) > 0 || e.said[0].Count == 0 {
						t.Errorf("%s, %s threads: %+v\n%s", same[0], same[1], e.said, tail(e.stderr))
					}
				}
				e := run(t, c.Python, []string{"-X", "gil=0"}, examplesProgram, limit(found), memory(k), site, name, "8")
				e.check(t, found, true)
				var want []string
				if found.Finding != "" {
					want = []string{string(found.Finding)}
				}
				if len(e.said) == 1 && !slices.Equal(e.said[0].Faults, want) {
					t.Errorf("threads without the GIL: %q, want %q", e.said[0].Faults, want)
				}
			})
		}
	}
	if examples == 0 {
		t.Error("no case has examples")
	}
}

// An installer that knows nothing of this repository takes the wheels.
func testWheels(t *testing.T, c *corpus.Corpus) {
	t.Helper()
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"directory", []string{"--no-index", "--find-links", c.Dir}},
		{"index", []string{"--index-url", c.Index(t)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			target := t.TempDir()
			args := slices.Concat([]string{"-I", "-m", "pip", "install", "-q", "--isolated", "--no-compile", "--no-cache-dir", "--target", target}, tt.args,
				[]string{"ftc-app", "ftc-ns-one", "ftc-abi-none", "ftc-race"})
			out, err := exec.CommandContext(t.Context(), c.Python, args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, name := range []string{"ftc_dep", "ftc_ns/two", "ftc_abi_none.so", "ftc_race-1.0.dist-info/RECORD"} {
				if _, err := os.Stat(filepath.Join(target, filepath.FromSlash(name))); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Equal inputs make equal wheels, and names are not used twice.
func TestBuildAgain(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	a, b := corpus.Build(t, python), corpus.Build(t, python)
	owner := map[string]string{}
	for i, k := range a.Cases {
		for j, path := range k.Wheels {
			if !bytes.Equal(content(t, path), content(t, b.Cases[i].Wheels[j])) {
				t.Errorf("%s is not the same twice", filepath.Base(path))
			}
		}
		if k.About == "" || k.Outcome == "" || len(k.Public) == 0 {
			t.Errorf("%s is not complete: %+v", k.Name, k)
		}
		if owner[k.Package] != "" {
			t.Errorf("%s and %s are one package", k.Name, owner[k.Package])
		}
		owner[k.Package] = k.Name
		for _, o := range k.Offenders {
			created, alone := k.Lanes[vocab.LaneCreate][o.Module] // two modules of one file cannot be created by it
			if alone && created.Declaration != vocab.LoadedUsed || o.Chain[len(o.Chain)-1] != o.Module {
				t.Errorf("%s: offender %+v", k.Name, o)
			}
		}
	}
}

// The corpus can be compiled for the GIL build too, for comparisons.
func TestBuildForGIL(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.GIL(t))
	k := c.Case(t, "single-declares")
	cmd := exec.CommandContext(t.Context(), c.Python, "-I", "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import ftc_single_declares", unpack(t, k))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
