package ready

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Reader says what the extension modules of a wheel declare; an *inspect.Reader is
// one. It must be safe for concurrent use.
type Reader interface {
	Wheel(ctx context.Context, s inspect.Source) (*inspect.Wheel, error)
}

// Options say how a [Judge] works.
type Options struct {
	// Jobs bounds how many wheels are read at once; 0 is some.
	Jobs int
	// OnProgress, if set, is called as wheels are read; calls do not overlap.
	OnProgress func(done, total int)
}

const defaultJobs = 8

// A Judge judges applications. It keeps what it read, so that applications that
// share wheels, and fixes, read each once. It is not safe for concurrent use.
type Judge struct{ wheels *wheels }

// NewJudge returns a judge that reads wheels with r.
func NewJudge(r Reader, o Options) *Judge {
	if o.Jobs <= 0 {
		o.Jobs = defaultJobs
	}
	return &Judge{&wheels{reader: r, jobs: o.Jobs, progress: o.OnProgress, read: map[string]*outcome{}}}
}

// Judge says what the cells of a result mean for an application of a name. A
// package that cannot be read is unknown, which is no error; an error means that
// ctx was done, or that a cell of the result is none.
func (j *Judge) Judge(ctx context.Context, name string, result *resolver.Result) (*Application, error) {
	a := &Application{
		Name: name, Judged: result.Judged != "", Like: result.Like, Packages: []Package{}, Findings: []Finding{},
		NotJudged: result.NotJudged, Ignored: result.Ignored,
	}
	cells, err := j.cells(ctx, result)
	if err != nil {
		return nil, err
	}
	at := map[string]int{} // of packages
	for i, c := range cells {
		a.Cells = append(a.Cells, c.Cell)
		a.add(i, c, at)
	}
	slices.SortFunc(a.Packages, func(a, b Package) int { return strings.Compare(a.Name, b.Name) })
	a.sortFindings()
	a.sum()
	return a, nil
}

// cells judges the cells of a result.
func (j *Judge) cells(ctx context.Context, result *resolver.Result) ([]*cell, error) {
	cells := make([]*cell, len(result.Targets))
	hosts := map[wheeltags.Target]*host{}
	var list []*resolver.Package
	for i := range result.Targets {
		c, err := newCell(&result.Targets[i], hosts)
		if err != nil {
			return nil, err
		}
		cells[i] = c
		for i := range c.of.Packages {
			if p := &c.of.Packages[i]; c.FreeThreaded && installs(p) {
				list = append(list, p)
			}
		}
	}
	if err := j.wheels.readAll(ctx, list); err != nil {
		return nil, err
	}
	for _, c := range cells {
		c.judge(j.wheels)
	}
	return cells, nil
}

// A cell is one target while it is judged.
type cell struct {
	Cell

	of     *resolver.Cell
	host   *host
	states map[string]*State
	loads  map[string]*loading
	// problems are those of the resolver by package.
	problems map[string]*resolver.Problem
	findings []Finding
}

func newCell(of *resolver.Cell, hosts map[wheeltags.Target]*host) (*cell, error) {
	if hosts == nil {
		hosts = map[wheeltags.Target]*host{}
	}
	python, err := wheeltags.ParsePython(of.Python)
	if err != nil {
		return nil, err
	}
	platform, err := wheeltags.ParsePlatform(of.PlatformTag)
	if err != nil {
		return nil, err
	}
	target := wheeltags.Target{Python: python, Platform: platform}
	if hosts[target] == nil {
		hosts[target] = newHost(target)
	}
	c := &cell{
		Cell: Cell{Python: of.Python, Platform: of.Platform, PlatformTag: of.PlatformTag, FreeThreaded: python.FreeThreaded, Readiness: vocab.Ready},
		of:   of, host: newHost(wheeltags.Target{Python: python, Platform: platform}),
		states: map[string]*State{}, loads: map[string]*loading{}, problems: map[string]*resolver.Problem{},
	}
	for i := range of.Problems {
		c.problems[of.Problems[i].Package] = &of.Problems[i]
	}
	return c, nil
}

// installs reports whether a package comes from a wheel that is known.
func installs(p *resolver.Package) bool { return p.FileKind.IsWheel() && p.File != "" }

// wheels are what was read so far, each wheel once.
type wheels struct {
	reader   Reader
	jobs     int
	progress func(done, total int)

	mu   sync.Mutex
	read map[string]*outcome
}

// An outcome is a wheel, or why it could not be read.
type outcome struct {
	wheel *inspect.Wheel
	err   error
}

// key is what a package's file is known by: where it comes from matters only if
// nobody promises what it is.
func key(p *resolver.Package) string { return p.File + "\n" + cmp.Or(p.SHA256, p.URL) }

// source is where a package's wheel is. Where no index named it, as in a lock, the
// server that it comes from stands for one.
func source(p *resolver.Package) inspect.Source {
	s := inspect.Source{Name: p.File, URL: p.URL, Size: p.Size, SHA256: p.SHA256, Index: p.Index}
	if u, err := url.Parse(p.URL); s.Index == "" && err == nil && u.Host != "" {
		s.Index = u.Scheme + "://" + u.Host
	}
	return s
}

// readAll reads those of the packages' wheels that were not read yet.
func (w *wheels) readAll(ctx context.Context, list []*resolver.Package) error {
	seen := map[string]bool{}
	var todo []*resolver.Package
	for _, p := range list {
		if k := key(p); !seen[k] && w.get(p) == nil {
			seen[k] = true
			todo = append(todo, p)
		}
	}
	var g errgroup.Group
	g.SetLimit(w.jobs)
	done := 0
	for _, p := range todo {
		g.Go(func() error {
			wheel, err := w.reader.Wheel(ctx, source(p))
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.read[key(p)] = &outcome{wheel, err}
			done++
			if w.progress != nil {
				w.progress(done, len(todo))
			}
			return nil
		})
	}
	return g.Wait()
}

// get returns what was read of a package's wheel, nil if nothing was.
func (w *wheels) get(p *resolver.Package) *outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.read[key(p)]
}

// judge fills in the states and findings of the cell.
func (c *cell) judge(w *wheels) {
	for i := range c.of.Packages {
		p := &c.of.Packages[i]
		c.states[p.Name] = &State{
			Cell: c.Name(), Version: p.Version, Readiness: vocab.Ready, FileKind: p.FileKind, File: p.File, SHA256: p.SHA256,
		}
		if c.FreeThreaded && installs(p) {
			c.loads[p.Name] = c.load(w.get(p))
		}
	}
	c.settleDelegates()
	for i := range c.of.Packages {
		c.settle(&c.of.Packages[i])
	}
	for i := range c.of.Problems {
		if p := &c.of.Problems[i]; c.states[p.Package] == nil { // of no package, or of one that has no place
			c.find(c.problem(p, vocab.ReadyBlocked))
		}
	}
	c.spread()
}

// load is what a wheel does to the cell's interpreter.
func (c *cell) load(o *outcome) *loading {
	switch {
	case o == nil:
		return &loading{verdict: vocab.VerdictUndecided, failed: "it was not read"}
	case o.err != nil:
		return &loading{verdict: vocab.VerdictUndecided, failed: o.err.Error()}
	}
	return c.host.load(o.wheel)
}

// settle judges one package.
func (c *cell) settle(p *resolver.Package) {
	s := c.states[p.Name]
	problem := c.problems[p.Name]
	switch {
	case p.FileKind == vocab.FileSdist:
		s.Readiness = vocab.ReadyWhenBuilt
	case problem != nil, p.FileKind == vocab.FileNone:
		s.Readiness = vocab.ReadyBlocked
	}
	if l := c.loads[p.Name]; l != nil && s.Readiness == vocab.Ready {
		s.GIL, s.Modules, s.TurnOn = l.verdict, l.modules, len(l.on)
		s.Readiness = readiness(l.verdict)
	}
	switch {
	case s.Readiness == vocab.Ready:
	case problem != nil:
		c.find(c.problem(problem, s.Readiness))
	default:
		c.find(c.fault(p, s))
	}
}

// readiness is what the verdict on a wheel means for a cell without the GIL.
func readiness(v vocab.Verdict) vocab.Readiness {
	switch v {
	case vocab.VerdictTurnsOn:
		return vocab.ReadyTurnsOn
	case vocab.VerdictWrongABI:
		return vocab.ReadyBlocked
	case vocab.VerdictUndecided, vocab.VerdictNoWheel:
		return vocab.ReadyUnknown
	case vocab.VerdictPure, vocab.VerdictDeclares, vocab.VerdictDelegates:
	}
	return vocab.Ready
}

func (c *cell) find(f Finding) {
	f.Cells = []string{c.Name()}
	c.findings = append(c.findings, f)
	if f.Readiness.Worse(c.Readiness) {
		c.Readiness = f.Readiness
	}
}

// problem is the finding of a package that cannot be installed from a wheel.
func (c *cell) problem(p *resolver.Problem, r vocab.Readiness) Finding {
	f := Finding{
		Package: p.Package, Readiness: r, Reason: p.Message, Problem: p.Kind, Chain: nonNil(p.RequiredBy), Roots: nonNil(p.Roots),
		Install: p.Fix, Accepted: p.Accepted,
	}
	if s := c.states[p.Package]; s != nil {
		f.Version = s.Version
		if chain := c.chain(p.Package); len(chain) > len(f.Chain) { // of a lock, whose projects the resolver leaves out
			f.Chain = chain
		}
		if len(f.Roots) == 0 {
			f.Roots = c.roots(p.Package)
		}
	}
	return f
}

// fault is the finding of a package whose modules are at fault.
func (c *cell) fault(p *resolver.Package, s *State) Finding {
	f := Finding{Package: p.Name, Version: p.Version, Readiness: s.Readiness, Chain: c.chain(p.Name), Roots: c.roots(p.Name)}
	l := c.loads[p.Name]
	if l == nil {
		f.Reason = "there is no file"
		if s.Readiness == vocab.ReadyWhenBuilt {
			f.Reason = "an installer would build " + p.File
		}
		return f
	}
	switch l.verdict {
	case vocab.VerdictWrongABI:
		f.Modules = faults(l.wrong)
		f.Reason = fmt.Sprintf("%s for another ABI: %s", partly(len(l.wrong), l.modules, "is", "are"), f.Modules[0].Reason)
	case vocab.VerdictTurnsOn:
		f.Modules = faults(l.on)
		f.Reason = "loading " + partly(len(l.on), l.modules, "", "") + " turns the GIL on"
	default:
		f.Modules = faults(l.open)
		switch {
		case l.failed != "":
			f.Reason = l.failed
		case len(f.Modules) > 0:
			f.Reason = fmt.Sprintf("%s undecided: %s", partly(len(l.open), l.modules, "is", "are"), f.Modules[0].Reason)
		}
	}
	return f
}

// partly is "its only module", "3 of its 7 modules" or "all of its 7 modules",
// with the verb that fits.
func partly(n, all int, is, are string) string {
	text, verb := fmt.Sprintf("%d of its %d modules", n, all), are
	switch {
	case all == 1:
		text, verb = "its only module", is
	case n == all:
		text = fmt.Sprintf("all of its %d modules", all)
	case n == 1:
		verb = is
	}
	return strings.TrimSpace(text + " " + verb)
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
