package probe

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/sandbox"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Prober probes packages in one runtime. Its methods may be called by several
// goroutines; together they run no more processes at once than Options.Jobs.
type Prober struct {
	// Runtime is the interpreter, a free-threaded one, and Source where it is from.
	Runtime *runtime.Info
	Source  vocab.RuntimeSource
	Sandbox *sandbox.Sandbox
	Store   *environment.Store
	// Index resolves, and Open gets the chosen files whole; a digest that is not
	// nil is checked. Both are nil if only environments are probed.
	Index resolver.Index
	Open  func(ctx context.Context, url string, digest *[32]byte) (environment.File, error)
	// WorkDir is a directory of the prober's own, on the store's file system if
	// files are to be linked.
	WorkDir string
	// Tool names ftpkg and its version, for the evidence.
	Tool string
	Now  func() time.Time
	// OnProcess, if set, is given what every process left behind. It may be
	// called by several goroutines.
	OnProcess func(*Record)
	// OnPackage, if set, is told when the probing of a package begins and ends.
	// It may be called by several goroutines.
	OnPackage func(name string, done bool)

	options Options
	slots   chan struct{} // of processes, and of work that takes a processor as they do
	reading chan struct{} // one, of reading extension files
	target  wheeltags.Target

	// What the processes run, compiled once: nil until that is done.
	compile sync.Once
	code    atomic.Pointer[pyprobe.Code]

	suiteMu  sync.Mutex
	suiteEnv *environment.Environment // what runs test suites, once that was needed
}

// ErrGIL says that a runtime has the GIL built in, so that nothing can be learned
// from it.
var ErrGIL = errors.New("not a free-threaded build")

// Start settles how packages are loaded. It is called once, before all else.
func (p *Prober) Start(o Options) error {
	if !p.Runtime.FreeThreaded {
		return fmt.Errorf("%s: CPython %s is %w", p.Runtime.Executable, p.Runtime.Version, ErrGIL)
	}
	target, err := p.Runtime.Target()
	if err != nil {
		return err
	}
	p.options, p.target = o.withDefaults(), target
	p.slots, p.reading = make(chan struct{}, p.options.Jobs), make(chan struct{}, 1)
	return nil
}

// Prepare compiles what the processes run, so that not each of them needs to. Nobody
// has to call it; it may run beside anything that follows Start. If it fails, the
// processes compile it themselves, or show why they cannot.
func (p *Prober) Prepare(ctx context.Context) {
	p.compile.Do(func() {
		if code, err := pyprobe.Compile(ctx, p.Runtime.Executable); err == nil {
			p.code.Store(code)
		}
	})
}

// enter waits until one process more may run, or work of our own that takes a
// processor, and holds its place until leave is called.
func (p *Prober) enter(ctx context.Context) (leave func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Target is the cell that packages are chosen for.
func (p *Prober) Target() wheeltags.Target { return p.target }

// runtime describes the interpreter in results.
func (p *Prober) runtime() Runtime {
	version := p.Runtime.Version
	if p.Runtime.FreeThreaded {
		version += "t"
	}
	return Runtime{
		Version: version, FreeThreaded: p.Runtime.FreeThreaded, Build: p.Runtime.Build, Platform: p.target.Platform.String(),
		Source: p.Source, Executable: p.Runtime.Executable,
	}
}

// A Subject is what goes into one environment.
type Subject struct {
	// Request are the requirements; its targets and what it says of source
	// distributions are the prober's to set.
	Request *resolver.Request
	// Lock, if not nil, is installed as it is instead of solving the requirements.
	Lock           *lock.Lock
	Extras, Groups []string
	// Packages are the names of the packages to probe; nil is every one that is
	// installed.
	Packages []string
	// Asked are the extras asked of each.
	Asked map[string][]string
}

// Probe makes an environment of what a subject requires, and nothing else, and
// probes its packages there. An error means that nothing could be found out;
// what could not be found out about one package is in its result.
func (p *Prober) Probe(ctx context.Context, s *Subject) ([]Result, error) {
	started := p.Now()
	cell, err := p.resolve(ctx, s)
	if failed, ok := errors.AsType[*BuildError](err); ok {
		return p.unbuilt(s.Packages, &resolver.Cell{}, failed, started), nil
	}
	if err != nil {
		return nil, err
	}
	names := here(s.Packages, cell)
	if cell.Installable == vocab.InstallableNo || cell.Installable == vocab.InstallableOnlyIfBuilt && !p.options.Build {
		return p.refused(names, cell, started), nil
	}
	wheels, err := p.built(ctx, cell)
	if failed, ok := errors.AsType[*BuildError](err); ok {
		return p.unbuilt(names, cell, failed, started), nil
	}
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(p.WorkDir, "env-")
	if err != nil {
		return nil, fmt.Errorf("no room for an environment: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	env, err := p.create(ctx, dir, wheels)
	if err != nil {
		return nil, fmt.Errorf("the environment of %s: %w", strings.Join(names, ", "), err)
	}
	return p.packages(ctx, env, names, s.Asked)
}

// here are the packages that belong into this environment: those that no marker
// leaves out.
func here(names []string, cell *resolver.Cell) []string {
	known := func(name string) bool {
		_, ok := cell.Package(name)
		return ok || slices.ContainsFunc(cell.Problems, func(p resolver.Problem) bool {
			return p.Package == name || slices.Contains(p.Roots, name)
		})
	}
	var kept []string
	for _, name := range names {
		if known(name) {
			kept = append(kept, name)
		}
	}
	if names == nil {
		for i := range cell.Packages {
			kept = append(kept, cell.Packages[i].Name)
		}
	}
	return kept
}

// ProbeEnvironment probes packages in an environment as it is. The runtime is its
// own interpreter.
func (p *Prober) ProbeEnvironment(ctx context.Context, env *environment.Environment, names []string) ([]Result, error) {
	return p.packages(ctx, env, names, nil)
}

// create makes an environment. Where no sandbox keeps package code from writing to
// it, it shares no file with the store.
func (p *Prober) create(ctx context.Context, dir string, wheels []environment.Wheel) (*environment.Environment, error) {
	return p.Store.Create(ctx, dir, p.Runtime, wheels, environment.Options{
		Copy: !p.Sandbox.Report().Level.Holds(), Jobs: p.options.Jobs,
	})
}

// resolve chooses the files: wheels alone, unless that fails and source
// distributions may be built.
func (p *Prober) resolve(ctx context.Context, s *Subject) (*resolver.Cell, error) {
	cell, err := p.choose(ctx, s, true)
	if err != nil || cell.Installable == vocab.InstallableWheels || !p.options.Build {
		return cell, err
	}
	with := *s
	for n := 0; ; n++ {
		if cell, err = p.choose(ctx, &with, false); err != nil || n == maxUnread {
			return cell, err
		}
		// What some source distributions require, only building them tells.
		pkg := unread(cell)
		if pkg == nil {
			return cell, nil
		}
		wheel, err := p.buildPackage(ctx, pkg)
		if err != nil {
			return nil, err
		}
		req := *with.Request
		req.Overrides = append(slices.Clone(req.Overrides), *wheel)
		with.Request = &req
	}
}

// maxUnread bounds how many packages are built to learn what they require.
const maxUnread = 20

// unread returns a package of which nothing but building it tells what it
// requires, nil if there is none.
func unread(cell *resolver.Cell) *resolver.Package {
	for i := range cell.Problems {
		problem := &cell.Problems[i]
		if problem.Kind != vocab.ProblemMetadataUnavailable {
			continue
		}
		if pkg, ok := cell.Package(problem.Package); ok && pkg.URL != "" && pkg.FileKind == vocab.FileSdist {
			return pkg
		}
	}
	return nil
}

func (p *Prober) choose(ctx context.Context, s *Subject, onlyBinary bool) (*resolver.Cell, error) {
	req := *s.Request
	req.Targets = []wheeltags.Target{p.target}
	req.OnlyBinary, req.NoBinary, req.PreferBinary = resolver.Names{All: onlyBinary}, resolver.Names{}, !onlyBinary
	req.NoFixes = true
	var result *resolver.Result
	var err error
	if s.Lock != nil {
		result, err = resolver.Judge(ctx, p.Index, &req, s.Lock, s.Extras, s.Groups)
	} else {
		result, err = resolver.Resolve(ctx, p.Index, &req)
	}
	if err != nil {
		return nil, err
	}
	return &result.Targets[0], nil
}

// missingFile are the problems of having no file, rather than no version.
var missingFile = []vocab.ProblemKind{
	vocab.ProblemGILOnlyWheels, vocab.ProblemPlatformMissing, vocab.ProblemFloorTooNew, vocab.ProblemSdistOnly, vocab.ProblemVariantOnly,
}

// refused are the results of packages that cannot be installed.
func (p *Prober) refused(names []string, cell *resolver.Cell, started time.Time) []Result {
	var results []Result
	because := "what it would be installed with cannot be installed"
	if len(cell.Problems) > 0 {
		because += ": " + cell.Problems[0].Message
	}
	for _, name := range names {
		r := Result{
			Package: name, Runtime: p.runtime(), Outcome: vocab.OutcomeSkipped, Detail: because,
			Public: []Import{}, Modules: []Module{}, Offenders: []Offender{}, Evidence: p.evidence(started),
		}
		r.Evidence.Wheels, r.Evidence.Lanes = []Wheel{}, []Process{}
		if pkg, ok := cell.Package(name); ok {
			r.Version = pkg.Version
		}
		for i := range cell.Problems {
			problem := &cell.Problems[i]
			if problem.Package != name && !slices.Contains(problem.Roots, name) && !slices.Contains(problem.RequiredBy, name) {
				continue
			}
			outcome := vocab.OutcomeUnresolvable
			if slices.Contains(missingFile, problem.Kind) {
				outcome = vocab.OutcomeNoWheel
			}
			if worse(r.Outcome, outcome) != r.Outcome {
				r.Outcome, r.Detail = outcome, problem.Message
			}
		}
		results = append(results, r)
	}
	return results
}

// unbuilt are the results of packages for which something could not be built.
func (p *Prober) unbuilt(names []string, cell *resolver.Cell, failed *BuildError, started time.Time) []Result {
	results := p.refused(names, cell, started)
	for i := range results {
		results[i].Outcome, results[i].Detail = vocab.OutcomeNoWheel, failed.Error()
	}
	return results
}

// Failed are the results of a subject about which [Prober.Probe] found nothing out:
// where much is probed, one broken file or page costs one answer.
func (p *Prober) Failed(s *Subject, err error) []Result {
	outcome := vocab.OutcomeInfrastructure
	if _, ok := errors.AsType[*environment.WheelError](err); ok {
		outcome = vocab.OutcomeNoWheel // there is one, but it is none
	}
	var results []Result
	for _, name := range s.Packages {
		r := p.absent(name)
		r.Outcome, r.Detail = outcome, shorten(err.Error(), maxDetail)
		results = append(results, r)
	}
	return results
}

// evidence is what all results of this prober rest on.
func (p *Prober) evidence(started time.Time) Evidence {
	report := p.Sandbox.Report()
	return Evidence{
		Sandbox: Sandbox{Level: report.Level, Layers: report.Layers, Missing: report.Missing}, Tool: p.Tool, Started: started.UTC().Truncate(time.Second),
	}
}

// wheels are the chosen files.
func (p *Prober) wheels(cell *resolver.Cell) []environment.Wheel {
	var wheels []environment.Wheel
	for i := range cell.Packages {
		pkg := &cell.Packages[i]
		w := environment.Wheel{Filename: pkg.File}
		if w.Filename == "" {
			w.Filename = path.Base(pkg.URL)
		}
		digest := digestOf(pkg)
		if digest != nil {
			w.SHA256, w.HasSHA256 = *digest, true
		}
		url := pkg.URL
		w.Open = func(ctx context.Context) (environment.File, error) { return p.Open(ctx, url, digest) }
		wheels = append(wheels, w)
	}
	return wheels
}

// digestOf is the digest that a chosen file must have, nil if nobody said.
func digestOf(pkg *resolver.Package) *[32]byte {
	sum, err := hex.DecodeString(pkg.SHA256)
	if err != nil || len(sum) != 32 {
		return nil
	}
	digest := [32]byte(sum)
	return &digest
}

// packages probes packages of an environment side by side.
func (p *Prober) packages(ctx context.Context, env *environment.Environment, names []string, asked map[string][]string) ([]Result, error) {
	installed := map[string]requirer{}
	for _, d := range env.Distributions {
		installed[d.Name] = requirer{d.Name, d.Requires}
	}
	markers := pep508.EnvironmentFor(p.target)
	results := make([]Result, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(p.options.Jobs)
	for i, name := range names {
		g.Go(func() error {
			at := slices.IndexFunc(env.Distributions, func(d *environment.Distribution) bool { return d.Name == name })
			if at < 0 {
				results[i] = p.absent(name)
				return nil
			}
			if p.OnPackage != nil {
				p.OnPackage(name, false)
				defer p.OnPackage(name, true)
			}
			r, err := p.one(ctx, env, env.Distributions[at], closure(installed, name, asked[name], markers))
			if err == nil {
				results[i] = *r
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}

// absent is the result of a package that is required, but not here: its marker
// leaves it out, or the environment never had it.
func (p *Prober) absent(name string) Result {
	r := Result{
		Package: name, Runtime: p.runtime(), Outcome: vocab.OutcomeSkipped, Detail: "it is not installed in this environment",
		Public: []Import{}, Modules: []Module{}, Offenders: []Offender{}, Evidence: p.evidence(p.Now()),
	}
	r.Evidence.Wheels, r.Evidence.Lanes = []Wheel{}, []Process{}
	return r
}

// one probes one package.
func (p *Prober) one(ctx context.Context, env *environment.Environment, dist *environment.Distribution, required map[string]bool) (*Result, error) {
	started := p.Now()
	l := &load{
		host: &host{prober: p, python: env.Python, read: p.readable(env), pkg: dist.Name},
		env:  env, dist: dist, static: map[string]*extmod.File{}, create: map[string]*run{}, public: map[string]*run{}, use: map[string]*use{},
	}
	if err := l.all(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", dist.Name, err)
	}
	r := l.result(required)
	r.Seconds = round(p.Now().Sub(started))
	r.Evidence = p.evidence(started)
	r.Evidence.Lanes = l.lanes
	r.Evidence.Wheels = []Wheel{}
	for _, d := range env.Distributions {
		if d.Wheel != "" {
			r.Evidence.Wheels = append(r.Evidence.Wheels, Wheel{d.Wheel, d.SHA256})
		}
	}
	return r, nil
}

// readable are the trees a process needs: its environment, and the interpreter.
func (p *Prober) readable(env *environment.Environment) []string {
	trees := []string{env.Dir, p.Runtime.BasePrefix, p.Runtime.Stdlib, p.Runtime.Platstdlib}
	trees = append(trees, p.Runtime.LibDirs...)
	for _, d := range env.Distributions {
		if d.Editable != "" {
			trees = append(trees, d.Editable)
		}
	}
	slices.Sort(trees)
	return slices.DeleteFunc(slices.Compact(trees), func(dir string) bool { return dir == "" })
}
