package probe_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// The sandbox starts this binary again.
func TestMain(m *testing.M) {
	if code, ours := sandbox.ChildMain(os.Args); ours {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// newProber returns a prober on the free-threaded interpreter of the tests.
func newProber(t *testing.T, o probe.Options) *probe.Prober {
	t.Helper()
	info, err := runtime.Ask(t.Context(), runtimetest.FreeThreaded(t))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(t.Context(), sandbox.Options{Self: self, Mode: vocab.SandboxRequire, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	p := &probe.Prober{
		Runtime: info, Source: vocab.RuntimeGiven, Sandbox: box, WorkDir: t.TempDir(),
		Store: environment.OpenStore(filepath.Join(t.TempDir(), "store")), Tool: "ftpkg test", Now: time.Now,
	}
	if err := p.Start(o); err != nil {
		t.Fatal(err)
	}
	return p
}

// local is a wheel on this machine as an environment takes it.
func local(path string) environment.Wheel {
	return environment.Wheel{Filename: filepath.Base(path), Open: func(context.Context) (environment.File, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		st, err := f.Stat()
		return &localFile{f, st.Size()}, err
	}}
}

type localFile struct {
	*os.File

	size int64
}

func (f *localFile) Size() int64 { return f.size }

// TestCorpus probes one package for each way in which a package can keep, lose or
// hide the GIL, fail, crash, hang or lie, and compares with what is known of it.
func TestCorpus(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	for _, tt := range c.Cases {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			o := probe.Options{Jobs: 2, Timeout: 10 * time.Second, Rounds: 2, Threads: 4, Memory: tt.Memory}
			if len(tt.Lanes[vocab.LaneStress]) > 0 {
				o.Stress = 2 * time.Second
			}
			p := newProber(t, o)
			var wheels []environment.Wheel
			for _, w := range tt.Wheels {
				wheels = append(wheels, local(w))
			}
			env, err := p.Store.Create(t.Context(), filepath.Join(t.TempDir(), "env"), p.Runtime, wheels, environment.Options{})
			if err != nil {
				t.Fatal(err)
			}
			results, err := p.ProbeEnvironment(t.Context(), env, []string{tt.Package})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, tt, &results[0])
			if t.Failed() {
				for _, lane := range results[0].Evidence.Lanes {
					t.Logf("%s of %v, gil %s: %s, %s\n%s", lane.Lane, lane.Modules, lane.GIL, lane.Exit, lane.Outcome, lane.Stderr)
				}
			}
		})
	}
}

// compareStress holds what threads did to examples against what is known of them.
func compareStress(t *testing.T, want corpus.Found, got *probe.Threads) {
	t.Helper()
	switch {
	case got == nil || got.Stress == nil:
		t.Error("no stress was reported")
	case want.Outcome.Keeps() && !got.Stress.Outcome.Keeps() || !want.Outcome.Keeps() && got.Stress.Outcome != want.Outcome:
		t.Errorf("stress: %s (%s), want %s", got.Stress.Outcome, got.Stress.Detail, want.Outcome)
	case want.Outcome.Keeps() && got.Stress.Runs == 0:
		t.Error("stress: no example was run")
	case want.Finding == "" && len(got.Stress.Findings) > 0:
		t.Errorf("stress: %v, want nothing", got.Stress.Findings)
	case want.Finding != "" && !slices.ContainsFunc(got.Stress.Findings, func(f probe.Finding) bool { return f.Kind == want.Finding && !f.WithGIL }):
		t.Errorf("stress: %v, want a finding of kind %s that is not seen with the GIL", got.Stress.Findings, want.Finding)
	}
}

// sameWithGIL reports whether what failed fails alike with the GIL on.
func sameWithGIL(r *probe.Result) bool {
	if r.WithGIL != "" && !r.Outcome.Keeps() {
		return r.WithGIL == r.Outcome
	}
	if t := r.Threads; t != nil && t.WithGIL != "" {
		return t.WithGIL == t.Outcome
	}
	return slices.ContainsFunc(r.Modules, func(m probe.Module) bool { return m.WithGIL != "" && m.WithGIL == m.Outcome })
}

// compare holds a result against what is known of a case.
func compare(t *testing.T, c *corpus.Case, r *probe.Result) {
	t.Helper()
	if r.Outcome != c.Outcome {
		t.Errorf("outcome %s (%s), want %s", r.Outcome, r.Detail, c.Outcome)
	}
	// A library that only looks like a module is not imported at all.
	if got := sameWithGIL(r); got != c.GILToo && len(r.Modules) == len(c.Modules) {
		t.Errorf("the same with the GIL on is %t (%q), want %t", got, r.WithGIL, c.GILToo)
	}
	if r.Runtime.Version != "3.13.5t" && !strings.HasSuffix(r.Runtime.Version, "t") || r.Evidence.Sandbox.Level == "" || len(r.Evidence.Wheels) != len(c.Wheels) {
		t.Errorf("runtime %q, sandbox %q, %d wheels", r.Runtime.Version, r.Evidence.Sandbox.Level, len(r.Evidence.Wheels))
	}
	var got []corpus.Offender
	for _, o := range r.Offenders {
		got = append(got, corpus.Offender{Module: o.Module, Distribution: o.Distribution, Relation: o.Relation, When: o.When, Chain: o.Chain, Test: o.Test})
	}
	want := slices.Clone(c.Offenders)
	for _, list := range [][]corpus.Offender{want, got} {
		slices.SortStableFunc(list, func(a, b corpus.Offender) int { return strings.Compare(a.Module, b.Module) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("offenders (-want +got):\n%s", diff)
	}
	for _, want := range c.Lanes[vocab.LaneStress] {
		compareStress(t, want, r.Threads)
	}
	for _, m := range r.Modules {
		want, ok := c.Lanes[vocab.LaneCreate][m.Module]
		if !ok {
			t.Errorf("module %s was not expected", m.Module)
			continue
		}
		created := m.Create
		if created == "" {
			created = m.Outcome
		}
		if want.Declaration != "" && m.Declaration != want.Declaration {
			t.Errorf("%s declares %s, want %s", m.Module, m.Declaration, want.Declaration)
		}
		if want.Outcome != "" && !slices.Contains([]vocab.Outcome{created, m.Outcome}, want.Outcome) {
			t.Errorf("%s: created %s, imported %s (%s), want %s", m.Module, created, m.Outcome, m.Detail, want.Outcome)
		}
	}
}
