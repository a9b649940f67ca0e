package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

// A load is the probing of one distribution of an environment: which processes
// are run, and what they showed.
type load struct {
	*host

	env  *environment.Environment
	dist *environment.Distribution

	static  map[string]*extmod.File // by file
	create  map[string]*run         // by file
	public  map[string]*run         // lane B, by public module
	use     map[string]*use         // lane B, by the dotted name of an extension
	shared  []*run                  // lane B, of several extensions at once
	survey  []*run
	threads *Threads
	withGIL vocab.Outcome // of the worst public import
	lanes   []Process
}

// has reports whether a lane is to be run.
func (l *load) has(lane vocab.Lane) bool { return slices.Contains(l.prober.options.Lanes, lane) }

// all runs every lane.
func (l *load) all(ctx context.Context) error {
	if err := l.readAll(ctx); err != nil {
		return err
	}
	if l.has(vocab.LaneCreate) {
		if err := l.createAll(ctx); err != nil {
			return err
		}
	}
	if l.has(vocab.LaneImport) {
		if err := l.importPublic(ctx); err != nil {
			return err
		}
		if err := l.importRest(ctx); err != nil {
			return err
		}
	}
	if l.has(vocab.LaneSurvey) {
		if err := l.surveyAll(ctx); err != nil {
			return err
		}
	}
	if l.has(vocab.LaneThreads) && len(l.dist.Public) > 0 {
		if err := l.threadAll(ctx); err != nil {
			return err
		}
	}
	return l.stressAll(ctx)
}

// do runs a job and keeps it as evidence.
func (l *load) do(ctx context.Context, job *pyprobe.Job) (*run, error) {
	r, err := l.run(ctx, job)
	if err != nil {
		return nil, err
	}
	l.note(r)
	return r, nil
}

// each runs jobs side by side; the results are in the order of the jobs.
func (l *load) each(ctx context.Context, jobs []*pyprobe.Job) ([]*run, error) {
	runs := make([]*run, len(jobs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.prober.options.Jobs)
	for i, job := range jobs {
		g.Go(func() error {
			r, err := l.run(ctx, job)
			runs[i] = r
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, r := range runs {
		l.note(r)
	}
	return runs, nil
}

func (l *load) note(r *run) { l.lanes = append(l.lanes, r.process()) }

// createAll is lane A: every extension file in a process of its own.
func (l *load) createAll(ctx context.Context) error {
	jobs := make([]*pyprobe.Job, len(l.dist.Extensions))
	for i, e := range l.dist.Extensions {
		jobs[i] = &pyprobe.Job{Lane: vocab.LaneCreate, File: l.path(&e), Module: e.Module, Site: l.env.Site, Verbose: true}
	}
	runs, err := l.each(ctx, jobs)
	if err != nil {
		return err
	}
	for i, r := range runs {
		l.create[l.dist.Extensions[i].Path] = r
	}
	return nil
}

// path is the absolute path of an extension's file.
func (l *load) path(e *environment.Extension) string { return extensionPath(l.env, e) }

// importPublic is the first half of lane B: every public module as its users
// import it, in a process of its own. What fails is run again, and then with the
// GIL on.
func (l *load) importPublic(ctx context.Context) error {
	jobs := make([]*pyprobe.Job, len(l.dist.Public))
	for i, name := range l.dist.Public {
		jobs[i] = importJob(name)
		jobs[i].Teardown = true // users' programs end as well
	}
	runs, err := l.each(ctx, jobs)
	if err != nil {
		return err
	}
	for i, r := range runs {
		if r.verdict.failed() {
			with, err := l.confirm(ctx, r)
			if err != nil {
				return err
			}
			if l.withGIL == "" || severity(r.verdict.outcome) > severity(l.withGIL) {
				l.withGIL = with
			}
		}
		l.public[l.dist.Public[i]] = r
	}
	return nil
}

func importJob(names ...string) *pyprobe.Job {
	return &pyprobe.Job{Lane: vocab.LaneImport, Modules: names, Verbose: true}
}

// confirm runs what failed again, to tell a failure that comes and goes from one
// that stays, and then with the GIL on in the same interpreter, to tell whose
// fault it is. The run's verdict says how often it was seen.
func (l *load) confirm(ctx context.Context, r *run) (withGIL vocab.Outcome, err error) {
	more := attempts - 1
	if o := r.verdict.outcome; o == vocab.OutcomeTimeout || o == vocab.OutcomeDeadlock || o == vocab.OutcomeImportError {
		more = 1 // they are slow, or do not depend on luck
	}
	seen, of := 1, 1
	for range more {
		again, err := l.do(ctx, repeat(r.job, r.job.GIL))
		if err != nil {
			return "", err
		}
		of++
		if again.verdict.outcome == r.verdict.outcome {
			seen++
		}
	}
	if seen < of {
		r.verdict.detail += fmt.Sprintf(" (%d of %d times)", seen, of)
	}
	with, err := l.do(ctx, repeat(r.job, pyprobe.GILOn))
	if err != nil {
		return "", err
	}
	return with.verdict.outcome, nil
}

// repeat is the same job once more, in a mode of the GIL.
func repeat(job *pyprobe.Job, gil pyprobe.GIL) *pyprobe.Job {
	again := *job
	again.GIL = gil
	return &again
}

// A use is what importing an extension by its name did.
type use struct {
	verdict verdict
	on      bool          // the GIL, afterwards
	run     *run          // of its own, nil if the name shared a process
	withGIL vocab.Outcome // of a failure, "" if that was not tried
}

// importRest is the second half of lane B: the extensions that no public import
// loaded, by their dotted names. As most of them leave the GIL off, they are
// imported several to a process, see [load.shareOut].
func (l *load) importRest(ctx context.Context) error {
	var off, on []string // by what the public import of their package does
	for _, name := range l.unloaded() {
		if l.packageOn(name) {
			on = append(on, name)
		} else {
			off = append(off, name)
		}
	}
	var alone []string
	for n := 0; len(off)+len(on) > 0 && n < maxShared; n++ {
		var jobs []*pyprobe.Job
		for _, names := range [][]string{off, on} {
			parts := min(l.prober.options.Jobs, (len(names)+minShared-1)/minShared)
			for part := range split(names, parts) {
				jobs = append(jobs, importJob(part...))
			}
		}
		runs, err := l.each(ctx, jobs)
		if err != nil {
			return err
		}
		l.shared = append(l.shared, runs...)
		off, on = nil, nil
		for _, r := range runs {
			failed, rest := l.shareOut(r)
			alone = append(alone, failed...)
			for _, name := range rest {
				if l.packageOn(name) {
					on = append(on, name)
				} else {
					off = append(off, name)
				}
			}
		}
	}
	return l.importAlone(ctx, slices.Concat(alone, off, on))
}

// The bounds of sharing: how many extensions a process is worth, and how many
// times over they are shared out.
const (
	minShared = 8
	maxShared = 64
)

// packageOn reports whether the public import of the package that a module is in
// turns the GIL on, so that importing the module by its name does so as well.
func (l *load) packageOn(name string) bool {
	for public, r := range l.public {
		if strings.HasPrefix(name, public+".") && r.verdict.outcome == vocab.OutcomeGILReenabled {
			return true
		}
	}
	return false
}

// shareOut says what a process that imported several names proves of each. An
// import that began and ended without the GIL leaves it off alone as well; the one
// during which it came on turned it on. Of those after that, nothing is known:
// they are the rest. What failed is to be tried alone.
func (l *load) shareOut(r *run) (failed, rest []string) {
	for i, name := range r.job.Modules {
		if i >= len(r.report.Imports) { // it died on the way
			if name == r.report.InProgress || r.report.InProgress == "" {
				failed = append(failed, name)
			} else {
				rest = append(rest, name)
			}
			continue
		}
		switch im := &r.report.Imports[i]; {
		case !im.OK:
			failed = append(failed, name)
		case l.packageOn(name), !im.GILBefore && im.GILAfter:
			l.use[name] = &use{verdict: verdict{outcome: vocab.OutcomeGILReenabled}, on: true}
		case !im.GILBefore && !im.GILAfter:
			l.use[name] = &use{verdict: verdict{outcome: vocab.OutcomeGILOff}}
		default:
			rest = append(rest, name)
		}
	}
	return failed, rest
}

// importAlone imports names in processes of their own, and what fails there again.
func (l *load) importAlone(ctx context.Context, names []string) error {
	jobs := make([]*pyprobe.Job, len(names))
	for i, name := range names {
		jobs[i] = importJob(name)
	}
	runs, err := l.each(ctx, jobs)
	if err != nil {
		return err
	}
	confirmed := 0
	for i, r := range runs {
		u := &use{verdict: r.verdict, on: r.verdict.outcome == vocab.OutcomeGILReenabled, run: r}
		l.use[names[i]] = u
		if r.verdict.failed() && confirmed < maxConfirmed {
			confirmed++
			if u.withGIL, err = l.confirm(ctx, r); err != nil {
				return err
			}
			u.verdict = r.verdict // which now says how often
		}
	}
	return nil
}

// maxConfirmed bounds how many extensions that fail by themselves are run again:
// where there are more, they have a common cause.
const maxConfirmed = 16

// unloaded are the dotted names of the extensions that are still to be imported:
// not those which a public import loaded, nor those whose package's own import
// failed, nor those that nothing can load.
func (l *load) unloaded() []string {
	var names []string
	for _, e := range l.dist.Extensions {
		if l.importedBy(&e) == nil && !l.foreign(&e) && e.Module != "" {
			names = append(names, e.Module)
		}
	}
	return names
}

// importedBy returns the public import that settles what importing an extension
// by its name does: that of the package it is in, if it loaded it or failed.
func (l *load) importedBy(e *environment.Extension) *run {
	for name, r := range l.public {
		if e.Module != name && !strings.HasPrefix(e.Module, name+".") {
			continue
		}
		if r.verdict.failed() || r.loaded(e.Module) != nil {
			return r
		}
	}
	return nil
}

// loaded returns what a run says of an extension module that it loaded.
func (r *run) loaded(name string) *pyprobe.Loaded {
	for i := range r.report.Modules {
		if m := &r.report.Modules[i]; m.Module == name && (m.Stage == pyprobe.StageDone || m.Declaration == vocab.LoadedUsed) {
			return m
		}
	}
	return nil
}

// split divides names into n parts of about the same length.
func split(names []string, n int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for i := range n {
			if part := names[i*len(names)/n : (i+1)*len(names)/n]; len(part) > 0 && !yield(part) {
				return
			}
		}
	}
}

// maxSurvey bounds the processes of a survey: each one that dies costs one.
const maxSurvey = 20

// surveyAll is lane C: with the GIL held off, the public modules in one process,
// then the extensions that these did not load in another. A process that dies
// over a name is followed by one with the names after it.
func (l *load) surveyAll(ctx context.Context) error {
	survey := func(names []string) error {
		for n := 0; len(names) > 0 && n < maxSurvey; n++ {
			r, err := l.do(ctx, &pyprobe.Job{Lane: vocab.LaneSurvey, GIL: pyprobe.GILOff, Modules: names})
			if err != nil {
				return err
			}
			l.survey = append(l.survey, r)
			if r.report.Complete {
				return nil
			}
			at := slices.Index(names, r.report.InProgress)
			names = names[at+1:]
			if at < 0 {
				return nil // it never came to a name
			}
		}
		return nil
	}
	if err := survey(l.dist.Public); err != nil {
		return err
	}
	var rest []string
	for _, e := range l.dist.Extensions {
		if e.Module != "" && !l.foreign(&e) && !slices.ContainsFunc(l.survey, func(r *run) bool { return r.loaded(e.Module) != nil }) && !l.packageFailed(&e) {
			rest = append(rest, e.Module)
		}
	}
	return survey(rest)
}

// packageFailed reports whether the import of the public package that an
// extension is in failed: its own could not but fail as well.
func (l *load) packageFailed(e *environment.Extension) bool {
	r := l.importedBy(e)
	return r != nil && r.verdict.failed()
}

// threadAll is the part of lane D that is always run: the public modules,
// imported by all threads at once, in several processes.
func (l *load) threadAll(ctx context.Context) error {
	o := l.prober.options
	t := &Threads{Threads: o.Threads, Rounds: o.Rounds, Outcome: vocab.OutcomeGILOff}
	l.threads = t
	var names []string
	for _, name := range l.dist.Public {
		if r := l.public[name]; r == nil || !r.verdict.failed() {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Outcome, t.Rounds, t.Detail = vocab.OutcomeSkipped, 0, "one thread cannot import it either"
		return nil
	}
	if len(names) > 1 {
		t.Rounds++ // in the last one, threads start with different names
	}
	bad := 0
	var worst *run
	for round := range t.Rounds { // one after the other: each wants every processor
		r, err := l.do(ctx, &pyprobe.Job{
			Lane: vocab.LaneThreads, GIL: pyprobe.GILOff, Modules: names, Threads: o.Threads, Apart: round == o.Rounds,
		})
		if err != nil {
			return err
		}
		if r.verdict.failed() {
			bad++
			if worst == nil || severity(r.verdict.outcome) > severity(worst.verdict.outcome) {
				worst = r
			}
			if r.verdict.outcome == vocab.OutcomeDeadlock || r.verdict.outcome == vocab.OutcomeTimeout {
				t.Rounds = round + 1 // each further one would take as long
				break
			}
		}
	}
	if worst == nil {
		return nil
	}
	t.Outcome, t.Detail = worst.verdict.outcome, worst.verdict.detail
	if bad < t.Rounds {
		t.Detail += fmt.Sprintf(" (%d of %d rounds)", bad, t.Rounds)
	}
	for range t.Rounds {
		r, err := l.do(ctx, repeat(worst.job, pyprobe.GILOn))
		if err != nil {
			return err
		}
		t.WithGIL = worse(t.WithGIL, r.verdict.outcome)
		if r.verdict.failed() {
			break
		}
	}
	return nil
}
