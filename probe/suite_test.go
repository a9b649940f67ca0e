package probe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

func suiteRun(o vocab.Outcome, tests *pyprobe.Tests) *run {
	return &run{verdict: verdict{outcome: o}, report: &pyprobe.Report{Tests: tests}}
}

func TestCompareSuite(t *testing.T) {
	t.Parallel()
	failures := func(names ...string) *pyprobe.Tests {
		s := &pyprobe.Tests{}
		for _, name := range names {
			s.Failures = append(s.Failures, pyprobe.TestFailure{Test: name, Text: ">  x\nE   AssertionError: \x1b[1mno\nfile.py:1: AssertionError"})
		}
		return s
	}
	failure := func(name string, with bool) TestFailure {
		return TestFailure{Test: name, Detail: "AssertionError: ?[1mno", WithGIL: with}
	}
	for _, tt := range []struct {
		name          string
		without, with *run
		want          Tests
		failed        bool
	}{
		{
			"one of two with the GIL too", suiteRun(vocab.OutcomeGILOff, failures("a", "b")), suiteRun(vocab.OutcomeGILOff, failures("a")),
			Tests{Outcome: vocab.OutcomeGILOff, WithoutGIL: 1, Failures: []TestFailure{failure("b", false), failure("a", true)}}, false,
		},
		{
			"it did not come to its end", suiteRun(vocab.OutcomeCrash, nil), suiteRun(vocab.OutcomeGILOff, failures()),
			Tests{Outcome: vocab.OutcomeCrash, WithGIL: vocab.OutcomeGILOff}, true,
		},
		{
			"nor with the GIL", suiteRun(vocab.OutcomeTimeout, nil), suiteRun(vocab.OutcomeTimeout, nil),
			Tests{Outcome: vocab.OutcomeTimeout, WithGIL: vocab.OutcomeTimeout}, false,
		},
	} {
		got := Tests{Outcome: tt.without.verdict.outcome}
		got.compare(tt.without, tt.with)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if got.failed() != tt.failed {
			t.Errorf("%s: failed %t", tt.name, got.failed())
		}
	}
	if got := failureText("\nonly this\n"); got != "only this" {
		t.Errorf("%q", got)
	}
}

// A package of which nothing compiled can be loaded does not keep the GIL off,
// however well its empty package is imported.
func TestUnloadable(t *testing.T) {
	t.Parallel()
	module := func(o vocab.Outcome) Module {
		return Module{Module: string(o), Outcome: o, Declaration: vocab.LoadedUnknown}
	}
	created := module(vocab.OutcomeCrash)
	created.Declaration = vocab.LoadedNotUsed
	for _, tt := range []struct {
		name    string
		modules []Module
		worst   vocab.Outcome // "" is none
		n       int
	}{
		{"none", nil, "", 0},
		{"all crash", []Module{module(vocab.OutcomeCrash), module(vocab.OutcomeABICrash), module(vocab.OutcomeSkipped)}, vocab.OutcomeABICrash, 2},
		{"one can be imported", []Module{module(vocab.OutcomeCrash), module(vocab.OutcomeGILOff)}, "", 0},
		{"one can be created", []Module{module(vocab.OutcomeCrash), created}, "", 0},
		{"they raise", []Module{module(vocab.OutcomeImportError)}, "", 1},
		{"one raises, one hangs", []Module{module(vocab.OutcomeImportError), module(vocab.OutcomeTimeout)}, vocab.OutcomeTimeout, 2},
		{"others' platforms", []Module{module(vocab.OutcomeSkipped)}, "", 0},
	} {
		worst, n := unloadable(tt.modules)
		if worst == nil != (tt.worst == "") || worst != nil && worst.Outcome != tt.worst || n != tt.n {
			t.Errorf("%s: %v, %d", tt.name, worst, n)
		}
	}
}
