package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// verify loads the application's packages in a runtime of this machine and compares
// that with what their files say there.
func (x *readiness) verify(ctx context.Context, q *readyQuestion, a *ready.Application) error {
	python, err := x.verifyingPython(ctx, a)
	if err != nil {
		return err
	}
	po := probeOptions{
		python: python, runtime: x.o.verifyRuntime, sandbox: x.o.sandbox, index: x.o.index,
		load: probe.Options{Lanes: []vocab.Lane{vocab.LaneCreate, vocab.LaneImport}, Jobs: x.o.jobs},
	}
	if po.load.Jobs == 0 {
		po.load.Jobs = defaultVerifyJobs
	}
	p, closeProber, err := newProber(ctx, x.env, po, q.question)
	if err != nil {
		return err
	}
	defer closeProber()
	watchProbe(p, x.bar, nil)

	// The wheels that the runtime itself takes: its system may be newer than the
	// floor of the cell.
	o := &q.subject.resolveOptions
	s := &probe.Subject{Request: o.request(x.env, x.bar), Lock: q.lock}
	q.fill(s.Request)
	s.Request.OnPhase, s.Request.OnProgress = q.request.OnPhase, nil
	there := *s.Request
	there.Targets, there.NoFixes = []wheeltags.Target{p.Target()}, true
	there.OnlyBinary, there.NoBinary, there.PreferBinary = resolver.Names{All: true}, resolver.Names{}, false
	var result *resolver.Result
	if q.lock != nil {
		s.Extras, s.Groups = o.lockExtras(q.question), o.lockGroups()
		result, err = resolver.Judge(ctx, x.idx, &there, q.lock, s.Extras, s.Groups)
	} else {
		result, err = resolver.Resolve(ctx, x.idx, &there)
	}
	if err != nil {
		return resolveError(err)
	}
	predicted, err := x.judge.Judge(ctx, a.Name, result)
	if err != nil {
		return err
	}
	results, err := p.Probe(ctx, s)
	if err != nil {
		return probeError(err)
	}
	a.Verified = ready.Verify(predicted, results)
	return nil
}

// verifyingPython is the interpreter to load with: the one given, else the first at
// hand that one of the cells is for.
func (x *readiness) verifyingPython(ctx context.Context, a *ready.Application) (string, error) {
	if x.o.verifyPython != "" {
		return x.o.verifyPython, nil
	}
	at := x.o.verifyRuntime
	at.offline = true // one that is at hand
	runtimes, err := at.open(x.env)
	if err != nil {
		return "", err
	}
	defer runtimes.close()
	var pythons []string
	for i := range a.Cells {
		if c := &a.Cells[i]; c.FreeThreaded && !slices.Contains(pythons, c.Python) {
			pythons = append(pythons, c.Python)
		}
	}
	if pythons == nil {
		return "", hintf(usagef("--verify: %w", ready.ErrNoCell), "name one: --python 3.14t")
	}
	for _, python := range pythons {
		if r, err := runtimes.choose(ctx, x.env, nil, python); err == nil {
			return r.Executable, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
	}
	return "", hintf(fmt.Errorf("--verify: no CPython %s is at hand", orList(pythons)), "run: ftpkg runtime install %s", pythons[0])
}
