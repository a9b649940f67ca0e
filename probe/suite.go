package probe

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// suiteTimeout is how many times as long as an import a suite may take.
const suiteTimeout = 10

// suiteTools are what runs a suite on threads.
var suiteTools = []string{"pytest", "pytest-run-parallel"}

// suite runs the package's own tests on threads without the GIL, and what fails
// then with it.
func (l *load) suite(ctx context.Context) error {
	o := l.prober.options
	t := &Tests{Threads: o.Threads, Failures: []TestFailure{}}
	l.threads.Tests = t
	h := *l.host
	job := &pyprobe.Job{Lane: vocab.LaneTests, GIL: pyprobe.GILOff, Modules: l.dist.Public, Threads: o.Threads, Deadline: suiteTimeout * o.Timeout}
	if !l.hasTools() {
		tools, err := l.prober.tools(ctx)
		if err != nil {
			return err
		}
		if tools == nil {
			t.Outcome, t.Detail = vocab.OutcomeSkipped, strings.Join(suiteTools, " and ")+" are not installed, and cannot be got"
			return nil
		}
		job.Site = tools.Site // beside the package, which has none of it in the other lanes
		h.read = append(slices.Clone(h.read), tools.Dir)
	}
	without, err := h.run(ctx, job)
	if err != nil {
		return err
	}
	l.note(without)
	t.Outcome, t.Detail = without.verdict.outcome, without.verdict.detail
	got := without.report.Tests
	switch {
	case got == nil && !without.verdict.failed():
		t.Outcome, t.Detail = vocab.OutcomeInfrastructure, "the suite reported nothing"
		return nil
	case got != nil && got.Missing != "":
		t.Outcome, t.Detail = vocab.OutcomeSkipped, got.Missing+" is not in the environment"
		return nil
	case got != nil:
		n := got.Outcomes
		t.Passed, t.Failed, t.Errors, t.Skipped = n["passed"]+n["xpassed"], n["failed"], n["error"], n["skipped"]+n["xfailed"]
		if got.Collected+t.Errors == 0 && !without.verdict.failed() {
			t.Outcome, t.Detail = vocab.OutcomeSkipped, "it ships no tests"
			return nil
		}
	}
	if t.Failed+t.Errors == 0 && !without.verdict.failed() {
		return nil
	}
	with, err := h.run(ctx, repeat(job, pyprobe.GILOn))
	if err != nil {
		return err
	}
	l.note(with)
	t.compare(without, with)
	return nil
}

// compare says which of the failures are seen with the GIL as well.
func (t *Tests) compare(without, with *run) {
	if without.verdict.failed() {
		t.WithGIL = with.verdict.outcome
	}
	if without.report.Tests == nil {
		return
	}
	also := map[string]bool{}
	if with.report.Tests != nil {
		for _, f := range with.report.Tests.Failures {
			also[f.Test] = true
		}
	}
	for _, f := range without.report.Tests.Failures {
		if !also[f.Test] {
			t.WithoutGIL++
		}
		if len(t.Failures) < maxFindings {
			t.Failures = append(t.Failures, TestFailure{Test: f.Test, Detail: failureText(f.Text), WithGIL: also[f.Test]})
		}
	}
	// Those that only free threading brings are what is looked for.
	slices.SortStableFunc(t.Failures, func(a, b TestFailure) int {
		switch {
		case a.WithGIL == b.WithGIL:
			return 0
		case b.WithGIL:
			return -1
		}
		return 1
	})
}

// failureText is the line of pytest's account that says what was wrong: it begins
// with an E.
func failureText(text string) string {
	for line := range strings.Lines(text) {
		if said, ok := strings.CutPrefix(line, "E "); ok {
			return shorten(said, maxDetail)
		}
	}
	return lastLine([]byte(text))
}

// failed reports whether the suite came to a bad end that it does not come to with
// the GIL on. Tests that fail are for people to read.
func (t *Tests) failed() bool {
	return !t.Outcome.Keeps() && !t.Outcome.IsUnknown() && t.Outcome != vocab.OutcomeGILReenabled && t.Outcome != t.WithGIL
}

// hasTools reports whether the environment can run suites itself.
func (l *load) hasTools() bool {
	return !slices.ContainsFunc(suiteTools, func(name string) bool {
		return !slices.ContainsFunc(l.env.Distributions, func(d *environment.Distribution) bool { return d.Name == name })
	})
}

// tools returns an environment of what runs suites, made when it is first needed;
// nil if there is nothing to make it from.
func (p *Prober) tools(ctx context.Context) (*environment.Environment, error) {
	p.suiteMu.Lock()
	defer p.suiteMu.Unlock()
	if p.suiteEnv != nil || p.Index == nil {
		return p.suiteEnv, nil
	}
	req := &resolver.Request{Like: vocab.LikeUV}
	for _, name := range suiteTools {
		r, err := pep508.Parse(name)
		if err != nil {
			return nil, err
		}
		req.Requirements = append(req.Requirements, resolver.Requirement{Requirement: r, Origin: "--tests"})
	}
	cell, err := p.choose(ctx, &Subject{Request: req}, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(suiteTools, ", "), err)
	}
	if cell.Installable != vocab.InstallableWheels {
		return nil, nil
	}
	dir, err := os.MkdirTemp(p.WorkDir, "tools-")
	if err != nil {
		return nil, fmt.Errorf("no room for an environment: %w", err)
	}
	p.suiteEnv, err = p.create(ctx, dir, p.wheels(cell))
	return p.suiteEnv, err
}
