package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// runInspect inspects, prints the answer, and says by its error whether it is a no.
func runInspect(ctx context.Context, env Env, o inspectOptions) error {
	report, failed, err := inspectAll(ctx, env, o)
	if err != nil {
		return err
	}
	var errs reportedErrors
	if o.verify {
		if report.Verified, err = verifyInspection(ctx, env, o, report); err != nil {
			return err
		}
		errs = append(errs, verificationErrors(report.Verified)...)
	}
	v := &inspectView{report: report, all: env.Verbose > 0, hazards: o.hazards}
	if err := writeTo(env, o.output, func(w io.Writer) error { return o.render(w, env, v) }); err != nil {
		return err
	}
	for i := range report.Subjects {
		s := &report.Subjects[i]
		switch why := failed[i]; {
		case s.Error != "":
			errs = append(errs, why)
		case why != nil: // whatever the rest of its wheels say
			errs = append(errs, hintFrom(fmt.Errorf("%s: %s", s.Argument, s.Detail), why))
		case s.Verdict == vocab.VerdictUndecided:
			errs = append(errs, fmt.Errorf("%s: %s: %s", s.Argument, s.Verdict, s.Detail))
		}
		if s.Error == "" && s.Verdict != vocab.VerdictUndecided && !s.Verdict.Passes() {
			errs = append(errs, errNo)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// hintFrom puts the hint of one error behind another.
func hintFrom(err, from error) error {
	if h := (*hintError)(nil); errors.As(indexHint(from), &h) {
		return hintf(err, "%s", h.hint)
	}
	return err
}

// An inspection is a run of inspect.
type inspection struct {
	env    Env
	o      inspectOptions
	idx    *openIndex // nil if nothing is asked of an index
	reader *inspect.Reader
	parts  []inspectPart
}

// An inspectPart is the answers for one argument: several for an archive of images.
type inspectPart struct {
	subjects []inspect.Subject
	wheels   [][]*inspect.Wheel // by subject
	sources  []inspect.Source   // of the one subject of a project: what is still to be read
	siblings int                // how many of them, at the end, are siblings
	unread   error              // the first of theirs that was not had
	err      error
}

// inspectAll also returns, by subject, why something about it could not be found out.
func inspectAll(ctx context.Context, env Env, o inspectOptions) (*inspect.Report, map[int]error, error) {
	x := &inspection{env: env, o: o, parts: make([]inspectPart, len(o.subjects))}
	var remote inspect.Remote
	if slices.ContainsFunc(o.subjects, func(s inspectSubject) bool { return s.kind == inspectProject || s.kind == inspectURL }) {
		idx, err := newIndex(env, o.index, nil)
		if err != nil {
			return nil, nil, err
		}
		defer idx.close()
		x.idx, remote = idx, idx
	}
	dir := o.index.cacheDir
	if o.index.noCache {
		dir = ""
	}
	x.reader = inspect.NewReader(inspect.Options{Remote: remote, CacheDir: dir, Jobs: o.jobs})
	bar := startProgress(env)
	defer bar.stop()
	bar.update("asking", 0, len(o.subjects))
	var g errgroup.Group
	g.SetLimit(explainedAtOnce)
	for i := range o.subjects {
		g.Go(func() error {
			x.parts[i] = x.subject(ctx, &o.subjects[i])
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err := x.read(ctx, bar); err != nil {
		return nil, nil, err
	}
	if err := x.reader.CacheErr(); err != nil {
		bar.stop()
		warnf(env.Stderr, "what was read is not kept in the cache %s: %v", dir, err)
	}
	return x.report()
}

// subject answers for one argument, but for the wheels that are read later.
func (x *inspection) subject(ctx context.Context, s *inspectSubject) (p inspectPart) {
	switch s.kind {
	case inspectProject:
		return x.project(ctx, s)
	case inspectURL:
		return x.url(ctx, s)
	case inspectWheel:
		p.subjects = []inspect.Subject{{Argument: s.arg}}
		for _, path := range s.wheels() {
			p.sources = append(p.sources, inspect.FromFile(path))
		}
	case inspectModule:
		w, err := x.reader.File(ctx, s.path)
		if err != nil {
			return inspectPart{err: err}
		}
		w.File = s.arg
		return inspectPart{subjects: []inspect.Subject{{Argument: s.arg}}, wheels: [][]*inspect.Wheel{{w}}}
	case inspectTree:
		wheels, err := x.reader.Tree(ctx, s.path)
		return inspectPart{subjects: []inspect.Subject{{Argument: s.arg}}, wheels: [][]*inspect.Wheel{wheels}, err: err}
	case inspectImage:
		images, err := x.reader.Image(ctx, s.path)
		p.err = err
		for _, image := range images {
			p.subjects = append(p.subjects, inspect.Subject{Argument: strings.TrimSpace(s.arg + " " + image.Name)})
			p.wheels = append(p.wheels, image.Wheels)
		}
	}
	return p
}

// project chooses the wheels of a project.
func (x *inspection) project(ctx context.Context, s *inspectSubject) inspectPart {
	page, err := x.idx.Project(fetch.WithPhase(ctx, "pages"), s.req.Name)
	if err != nil {
		return inspectPart{err: indexHint(err)}
	}
	choice := inspect.Pick(page, inspect.Question{
		Versions: s.req.Specifiers, Pythons: x.o.pythons, Platforms: x.o.platforms, Siblings: x.o.siblings,
	})
	subject := inspect.Subject{
		Argument: s.arg, Project: page.Name, Newer: choice.Newer, Pure: choice.Pure, Sdist: choice.Sdist,
		Narrowed: len(x.o.platforms) > 0, Sought: true,
	}
	if choice.Release == nil {
		return inspectPart{err: fmt.Errorf("%s: no version of it has a wheel, so there is nothing to read", s.arg)}
	}
	subject.Version = choice.Release.Version.String()
	p := inspectPart{subjects: []inspect.Subject{subject}, siblings: len(choice.Siblings)}
	for _, f := range slices.Concat(choice.Wheels, choice.Fallback, choice.Siblings) {
		p.sources = append(p.sources, inspect.FromPage(page, f))
	}
	return p
}

// url finds the wheel at an address.
func (x *inspection) url(ctx context.Context, s *inspectSubject) inspectPart {
	page, err := x.idx.Direct(ctx, s.arg)
	if err != nil {
		return inspectPart{err: err}
	}
	subject := inspect.Subject{Argument: fetch.Redact(s.arg)}
	source := inspect.FromPage(page, firstFile(page))
	source.Index = subject.Argument // nobody else vouches for the digest in it
	return inspectPart{subjects: []inspect.Subject{subject}, sources: []inspect.Source{source}}
}

// firstFile is the file of a page that has one.
func firstFile(p *simple.Project) *simple.File { return &p.Releases[0].Files[0] }

// read reads the wheels of all subjects.
func (x *inspection) read(ctx context.Context, bar *progress) error {
	var all []inspect.Source
	for i := range x.parts {
		all = append(all, x.parts[i].sources...)
	}
	bar.update("reading wheels", 0, len(all))
	wheels, errs := x.reader.Wheels(fetch.WithPhase(ctx, "wheels"), all, func(done int) { bar.update("reading wheels", done, len(all)) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i := range x.parts {
		p := &x.parts[i]
		n := len(p.sources)
		if n == 0 {
			continue
		}
		list := make([]*inspect.Wheel, n)
		for j := range n {
			list[j] = x.wheel(p, j, wheels[j], errs[j])
		}
		wheels, errs = wheels[n:], errs[n:]
		p.wheels = [][]*inspect.Wheel{list}
	}
	return nil
}

// wheel is what came of a source: its wheel, or one that says why it is not there.
func (x *inspection) wheel(p *inspectPart, j int, w *inspect.Wheel, err error) *inspect.Wheel {
	if err != nil {
		w = inspect.Unread(p.sources[j], err)
		if p.unread == nil {
			p.unread = err
		}
	}
	if j < len(p.sources)-p.siblings {
		return w
	}
	copied := *w
	copied.Sibling = true
	return &copied
}

// report puts the answers together.
func (x *inspection) report() (*inspect.Report, map[int]error, error) {
	r := &inspect.Report{Schema: inspect.Schema, Subjects: []inspect.Subject{}, Wheels: []inspect.Wheel{}}
	failed := map[int]error{}
	for i := range x.parts {
		p := &x.parts[i]
		if p.err != nil {
			if usage := (*usageError)(nil); errors.As(p.err, &usage) {
				return nil, nil, p.err
			}
			failed[len(r.Subjects)] = p.err
			r.Subjects = append(r.Subjects, inspect.Subject{
				Argument: x.o.subjects[i].arg, Error: p.err.Error(), Differences: []inspect.Difference{}, Wheels: []int{},
			})
			continue
		}
		for j := range p.subjects {
			if p.unread != nil {
				failed[len(r.Subjects)] = p.unread
			}
			var wheels []*inspect.Wheel
			if j < len(p.wheels) {
				wheels = p.wheels[j]
			}
			r.Add(p.subjects[j], wheels)
		}
	}
	if !x.o.hazards {
		r.DropHazards()
	}
	return r, failed, nil
}

// render writes the answer in the format asked for.
func (o *inspectOptions) render(w io.Writer, env Env, v *inspectView) error {
	switch o.format {
	case "json":
		return writeJSON(w, v.report)
	case "markdown":
		return writeInspectMarkdown(w, v)
	}
	width, color := env.Columns, env.Color
	if o.output != "" && o.output != "-" {
		width, color = 0, false
	}
	return writeInspectTable(w, v, color, width)
}

// freeTargets are the free-threaded interpreters that wheels are for, newest first.
func freeTargets(wheels []inspect.Wheel) []wheeltags.Python {
	var list []wheeltags.Python
	for i := range wheels {
		for _, name := range wheels[i].Pythons {
			if p, err := wheeltags.ParsePython(name); err == nil && p.FreeThreaded && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	slices.SortFunc(list, func(a, b wheeltags.Python) int { return b.Minor - a.Minor })
	return list
}
