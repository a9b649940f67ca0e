package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/sandbox"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// runProbe probes, prints the answer, and says by its error whether it is a no.
func runProbe(ctx context.Context, env Env, o probeOptions) error {
	if env.Getenv("GOGC") == "" {
		debug.SetGCPercent(25) // the memory is for the packages, and the time is theirs
	}
	report, err := probeAll(ctx, env, o)
	if err != nil {
		return err
	}
	v := &probeView{report: report, all: env.Verbose > 0}
	if err := writeTo(env, o.output, func(w io.Writer) error { return o.render(w, env, v) }); err != nil {
		return err
	}
	switch {
	case report.Refused():
		return errNo
	case !report.GILOff():
		return unknownError(report)
	}
	return nil
}

// unknownError names the packages about which nothing was found out.
func unknownError(report *probe.Report) error {
	var list reportedErrors
	for i := range report.Results {
		if r := &report.Results[i]; r.Outcome.IsUnknown() {
			list = append(list, fmt.Errorf("%s: %s: %s", r.Package, r.Outcome, r.Detail))
		}
	}
	return list
}

func probeAll(ctx context.Context, env Env, o probeOptions) (*probe.Report, error) {
	var subjects []*probe.Subject
	var q *question
	if o.environment == "" {
		var err error
		if subjects, q, err = o.subjects(ctx, env); err != nil {
			return nil, err
		}
	}
	log, err := o.openLog(env)
	if err != nil {
		return nil, err
	}
	p, closeProber, err := newProber(ctx, env, o, q)
	if err != nil {
		return nil, err
	}
	defer closeProber()
	bar := startProgress(env)
	defer bar.stop()
	watchProbe(p, bar, log)

	var results []probe.Result
	if o.environment != "" {
		results, err = probeEnvironment(ctx, env, p, o)
	} else {
		results, err = probeSubjects(ctx, p, subjects, o.load.Jobs)
	}
	bar.stop()
	if err != nil {
		return nil, probeError(err)
	}
	if len(results) == 0 {
		return nil, usagef("there is nothing to probe: the markers leave out all that was asked for")
	}
	if err := log.close(); err != nil {
		return nil, fmt.Errorf("--log: %w", err)
	}
	return &probe.Report{Schema: probe.Schema, Results: results}, nil
}

func (o *probeOptions) openLog(env Env) (*probeLog, error) {
	if o.log == "" {
		return nil, nil
	}
	log, err := newProbeLog(env.path(o.log))
	if err != nil {
		return nil, usagef("--log: %w", err)
	}
	return log, nil
}

// probeSubjects probes in the order asked for, several at once. Of several, one
// that fails leaves the others their answers.
func probeSubjects(ctx context.Context, p *probe.Prober, subjects []*probe.Subject, jobs int) ([]probe.Result, error) {
	parts, failures := make([][]probe.Result, len(subjects)), make([]error, len(subjects))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(jobs)
	for i, s := range subjects {
		g.Go(func() error {
			part, err := p.Probe(ctx, s)
			if err != nil && (ctx.Err() != nil || s.Packages == nil || isInputError(err)) {
				return err
			}
			parts[i], failures[i] = part, err
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if !slices.Contains(failures, nil) {
		return nil, failures[0]
	}
	for i, err := range failures {
		if err != nil {
			parts[i] = p.Failed(subjects[i], err)
		}
	}
	return slices.Concat(parts...), nil
}

// isInputError reports whether an error is about what the user wrote.
func isInputError(err error) bool {
	_, ok := errors.AsType[*resolver.InputError](err)
	return ok
}

// probeEnvironment probes an existing environment: the packages named, or all.
func probeEnvironment(ctx context.Context, env Env, p *probe.Prober, o probeOptions) ([]probe.Result, error) {
	e, err := environment.Open(ctx, env.path(o.environment))
	if err != nil {
		return nil, &usageError{err}
	}
	var names []string
	for _, text := range o.packages {
		if err := pep508.CheckName(text); err != nil {
			return nil, usagef("--env probes what is installed; give names: %w", err)
		}
		name := pep508.NormalizeName(text)
		if !slices.ContainsFunc(e.Distributions, func(d *environment.Distribution) bool { return d.Name == name }) {
			return nil, usagef("%s: %s is not installed", o.environment, name)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		for _, d := range e.Distributions {
			names = append(names, d.Name)
		}
	}
	if len(names) == 0 {
		return nil, usagef("%s: nothing is installed there", o.environment)
	}
	return p.ProbeEnvironment(ctx, e, names)
}

// newProber opens the runtime, the sandbox, the store and the index. The caller
// closes what it gets.
func newProber(ctx context.Context, env Env, o probeOptions, q *question) (_ *probe.Prober, _ func(), err error) {
	var closers []func()
	closeAll := func() {
		for _, f := range slices.Backward(closers) {
			f()
		}
	}
	defer func() {
		if err != nil {
			closeAll()
		}
	}()
	// Each waits for processes of its own. If both fail, the interpreter is told of.
	var box *sandbox.Sandbox
	var noBox error
	var both sync.WaitGroup
	both.Go(func() { box, noBox = newSandbox(ctx, env, o.sandbox) })
	rt, err := probeRuntime(ctx, env, o)
	both.Wait()
	if err == nil {
		err = noBox
	}
	if err != nil {
		return nil, nil, err
	}
	p := &probe.Prober{
		Runtime: &rt.Info, Source: rt.Source, Sandbox: box, Tool: "ftpkg " + buildVersion(env).Version, Now: env.Now,
	}
	cache := o.index.cacheDir
	if o.index.noCache {
		cache = ""
	}
	var remove func()
	if p.Store, p.WorkDir, remove, err = probeDirs(ctx, env, cache); err != nil {
		return nil, nil, err
	}
	closers = append(closers, remove)
	if q != nil {
		opts, pinned, err := q.indexOptions(env, o.index)
		if err != nil {
			return nil, nil, err
		}
		idx, err := newIndex(env, opts, pinned)
		if err != nil {
			return nil, nil, err
		}
		closers = append(closers, idx.close)
		p.Index = idx
		p.Open = func(ctx context.Context, url string, digest *[32]byte) (environment.File, error) {
			return idx.Open(fetch.WithPhase(ctx, "files"), url, digest)
		}
	}
	if err := p.Start(o.load); err != nil {
		if errors.Is(err, probe.ErrGIL) {
			err = hintf(&usageError{err}, "name a free-threaded one: --python 3.14t")
		}
		return nil, nil, err
	}
	var ahead sync.WaitGroup
	ahead.Go(func() { p.Prepare(ctx) })
	closers = append(closers, ahead.Wait)
	return p, closeAll, nil
}

// probeRuntime is the interpreter of the environment, or the one chosen.
func probeRuntime(ctx context.Context, env Env, o probeOptions) (*ftruntime.Runtime, error) {
	if o.environment == "" {
		runtimes, err := o.runtime.open(env)
		if err != nil {
			return nil, err
		}
		defer runtimes.close()
		return runtimes.choose(ctx, env, nil, o.python)
	}
	e, err := environment.Open(ctx, env.path(o.environment))
	if err != nil {
		return nil, &usageError{err}
	}
	info, err := ftruntime.Ask(ctx, e.Python)
	if err != nil {
		return nil, err
	}
	return &ftruntime.Runtime{Info: *info, Source: vocab.RuntimeGiven}, nil
}

// newSandbox makes the sandbox, and says what to do where none holds.
func newSandbox(ctx context.Context, env Env, mode vocab.SandboxMode) (*sandbox.Sandbox, error) {
	box, err := sandbox.New(ctx, sandbox.Options{Self: env.Self, Mode: mode, Now: env.Now})
	if _, ok := errors.AsType[*sandbox.UnavailableError](err); ok {
		return nil, hintf(err, "on a machine you can lose: --sandbox best (what there is) or --sandbox off (none)")
	}
	return box, err
}

// watchProbe shows how far the probing has come, and keeps the log.
func watchProbe(p *probe.Prober, bar *progress, log *probeLog) {
	var mu sync.Mutex
	done, total, processes := 0, 0, 0
	var current []string
	show := func() {
		if len(current) > 0 {
			bar.update(fmt.Sprintf("probing %s, process %d", current[0], processes+1), done, total)
		}
	}
	p.OnPackage = func(name string, over bool) {
		mu.Lock()
		defer mu.Unlock()
		if over {
			done++
			current = slices.DeleteFunc(current, func(s string) bool { return s == name })
		} else {
			total++
			current = append(current, name)
		}
		show()
	}
	p.OnProcess = func(r *probe.Record) {
		mu.Lock()
		processes++
		show()
		mu.Unlock()
		if log != nil {
			log.add(r)
		}
	}
}

// probeError says what to do about a probe that could not be tried.
func probeError(err error) error {
	if isInputError(err) {
		return &usageError{err}
	}
	if _, ok := errors.AsType[*environment.WheelError](err); ok {
		return hintf(&refusalError{err}, "the file is no wheel that can be installed: report it where it comes from")
	}
	return indexHint(err)
}

// render writes the answer in the format asked for.
func (o *probeOptions) render(w io.Writer, env Env, v *probeView) error {
	switch o.format {
	case "json":
		return writeJSON(w, v.report)
	case "markdown":
		return writeProbeMarkdown(w, v)
	}
	width, color := env.Columns, env.Color
	if o.output != "" && o.output != "-" {
		width, color = 0, false
	}
	return writeProbeTable(w, v, color, width)
}
