package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/inputs"
)

// runReady judges, prints the answer, and says by its error whether it is a no.
func runReady(ctx context.Context, env Env, o readyOptions) error {
	x, err := newReadiness(ctx, env, o)
	if err != nil {
		return err
	}
	report, err := x.report(ctx)
	x.close()
	if err != nil {
		return err
	}
	if err := writeTo(env, o.output, func(w io.Writer) error { return x.render(w, report) }); err != nil {
		return err
	}
	switch {
	case report.Refused():
		return errNo
	case !report.Ready():
		return readyUnknown(report)
	}
	return x.differences(report)
}

// readyUnknown names what could not be found out.
func readyUnknown(report *ready.Report) error {
	var list reportedErrors
	for i := range report.Applications {
		for _, f := range report.Applications[i].Findings {
			if f.Readiness == vocab.ReadyUnknown && f.Accepted == "" {
				list = append(list, fmt.Errorf("%s: %s: %s", f.Package, f.Readiness, f.Reason))
			}
		}
	}
	return list
}

// A readiness is a run of ready.
type readiness struct {
	env      Env
	o        readyOptions
	accepted []resolver.Accept
	subjects []readySubject
	asked    []*readyQuestion // by subject
	idx      *openIndex
	judge    *ready.Judge
	bar      *progress
}

// A readyQuestion is a subject once its input is read.
type readyQuestion struct {
	*question

	subject *readySubject
	// project is what the project behind a lock requires, nil if that is not known.
	project *inputs.Input
	request *resolver.Request
	result  *resolver.Result
}

// newReadiness reads the input and opens the index. The caller closes what it
// gets.
func newReadiness(ctx context.Context, env Env, o readyOptions) (*readiness, error) {
	x := &readiness{env: env, o: o, subjects: o.subjects()}
	var err error
	if x.accepted, _, err = o.compared(env); err != nil {
		return nil, err
	}
	index, pinned := o.index, map[string]string(nil)
	for i := range x.subjects {
		s := &x.subjects[i]
		q, err := readQuestion(ctx, env, &s.resolveOptions)
		if err != nil {
			return nil, err
		}
		if len(x.subjects) == 1 {
			if index, pinned, err = q.indexOptions(env, o.index); err != nil {
				return nil, err
			}
		}
		x.asked = append(x.asked, &readyQuestion{question: q, subject: s})
	}
	if x.idx, err = newIndex(env, index, pinned); err != nil {
		return nil, err
	}
	dir := index.cacheDir
	if index.noCache {
		dir = ""
	}
	reader := inspect.NewReader(inspect.Options{Remote: x.idx, CacheDir: dir, Jobs: o.jobs})
	x.bar = startProgress(env)
	x.judge = ready.NewJudge(readerOf{reader}, ready.Options{
		Jobs: o.jobs, OnProgress: func(done, total int) { x.bar.update("reading wheels", done, total) },
	})
	return x, nil
}

// readerOf counts what wheels cost apart.
type readerOf struct{ *inspect.Reader }

func (r readerOf) Wheel(ctx context.Context, s inspect.Source) (*inspect.Wheel, error) {
	return r.Reader.Wheel(fetch.WithPhase(ctx, "wheels"), s)
}

func (x *readiness) close() {
	x.bar.stop()
	x.idx.close()
}

// report judges every application.
func (x *readiness) report(ctx context.Context) (*ready.Report, error) {
	r := &ready.Report{Schema: ready.Schema, Applications: []ready.Application{}}
	for _, q := range x.asked {
		a, err := x.application(ctx, q)
		if err != nil {
			return nil, err
		}
		r.Applications = append(r.Applications, *a)
	}
	if len(r.Applications) > 1 {
		r.Rank()
	}
	return r, nil
}

// application judges one.
func (x *readiness) application(ctx context.Context, q *readyQuestion) (*ready.Application, error) {
	o := &q.subject.resolveOptions
	q.request = o.request(x.env, x.bar)
	q.fill(q.request)
	var err error
	if q.lock != nil {
		q.result, err = resolver.Judge(ctx, x.idx, q.request, q.lock, o.lockExtras(q.question), o.lockGroups())
	} else {
		q.result, err = resolver.Resolve(ctx, x.idx, q.request)
	}
	if err != nil {
		return nil, resolveError(err)
	}
	a, err := x.judge.Judge(ctx, q.subject.name, q.result)
	if err != nil {
		return nil, err
	}
	for _, line := range a.Accept(x.accepted, x.env.Now()) {
		warnf(x.env.Stderr, "%s", line)
	}
	if x.o.entry != "" {
		if err := x.follow(ctx, q, a); err != nil {
			return nil, err
		}
	}
	if x.o.verify {
		if err := x.verify(ctx, q, a); err != nil {
			return nil, err
		}
	}
	return a, x.mend(ctx, q, a)
}

// mend looks for fixes.
func (x *readiness) mend(ctx context.Context, q *readyQuestion, a *ready.Application) error {
	if a.Readiness == vocab.Ready || a.Readiness == vocab.ReadyUnknown {
		return nil
	}
	again := &ready.Question{Index: x.idx, Request: q.request, Result: q.result}
	if q.lock != nil {
		q.project = x.project(ctx, q)
		again.Request = q.subject.request(x.env, x.bar)
		behind := &question{input: q.project}
		behind.fill(again.Request)
	}
	if err := x.judge.Mend(ctx, a, again); err != nil {
		return err
	}
	if !x.o.fix {
		return nil
	}
	if err := x.judge.Together(ctx, a, again); err != nil {
		if ctx.Err() != nil {
			return err
		}
		a.Repair = nil
		warnf(x.env.Stderr, "--fix: %v", indexHint(err))
		return nil
	}
	return x.patch(ctx, q, a)
}

// project reads what the project behind a lock requires. That it cannot be read is
// no fault of the lock's: its versions are then judged alone.
func (x *readiness) project(ctx context.Context, q *readyQuestion) *inputs.Input {
	if len(q.subject.files) != 1 {
		return nil // an environment
	}
	name := filepath.Join(filepath.Dir(q.subject.files[0]), config.PyprojectName)
	if _, err := os.Stat(x.env.path(name)); err != nil {
		return nil
	}
	in, err := q.subject.loader(x.env).File(ctx, name)
	if err != nil {
		if x.env.Verbose > 0 && !errors.Is(err, context.Canceled) {
			warnf(x.env.Stderr, "%v; its requirements play no part in fixes", err)
		}
		return nil
	}
	return in
}

// render writes the answer in the format asked for.
func (x *readiness) render(w io.Writer, r *ready.Report) error {
	v := newReadyView(r, x.env.Verbose > 0)
	switch x.o.format {
	case "json":
		return writeJSON(w, r)
	case "markdown":
		return writeReadyMarkdown(w, v)
	case "sarif":
		return writeReadySARIF(w, x.env, x, r)
	}
	width, color := x.env.Columns, x.env.Color
	if x.o.output != "" && x.o.output != "-" {
		width, color = 0, false
	}
	return writeReadyTable(w, v, color, width)
}

// differences complains of what --verify found otherwise than it was read.
func (x *readiness) differences(r *ready.Report) error {
	var list reportedErrors
	for i := range r.Applications {
		if v := r.Applications[i].Verified; v != nil {
			for _, d := range v.Differences {
				list = append(list, fmt.Errorf("%s: the files say %s, loading says %s", d.Package, d.Predicted, d.Seen))
			}
			for _, f := range v.Failed {
				list = append(list, fmt.Errorf("not verified: %s", f))
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}
