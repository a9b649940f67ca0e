package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// CohortRequired is the cohort of packages that nobody asked for and that others
// require: they are tracked because a package is only as good as what it requires.
const CohortRequired = "required"

// Index is what is asked about projects.
type Index interface {
	// Project returns a project's page, simple.ErrNoProject if there is none.
	Project(ctx context.Context, name string) (*simple.Project, error)
	// UploadTimes fills in when its files were uploaded, where the page lacks that.
	UploadTimes(ctx context.Context, p *simple.Project) error
	Metadata(ctx context.Context, p *simple.Project, f *simple.File) (*simple.Metadata, error)
}

// A Forgetter is an [Index] that keeps what it has answered until it hears that it will
// not be asked about a project again.
type Forgetter interface {
	Forget(project string)
}

// Reader reads wheels.
type Reader interface {
	Wheel(ctx context.Context, s inspect.Source) (*inspect.Wheel, error)
}

// Prober loads packages.
type Prober interface {
	Probe(ctx context.Context, s *probe.Subject) ([]probe.Result, error)
}

// Store is where facts are kept.
type Store interface {
	Names(ctx context.Context) ([]string, error)
	AddProjects(ctx context.Context, cohort string, names ...string) ([]string, error)
	History(ctx context.Context, name string) (*evidence.History, error)
	Seen(ctx context.Context, project string) (*evidence.Seen, error)
	Record(ctx context.Context, b *evidence.Batch) (*evidence.Recorded, error)
	HasMetadata(ctx context.Context, project, version, sha256 string) (bool, error)
	PutMetadata(ctx context.Context, m *evidence.Metadata) error
	HasStatic(ctx context.Context, sha256 string, rules int) (bool, error)
	PutStatic(ctx context.Context, f *evidence.Static) error
	LastProbe(ctx context.Context, sha256, python, platform string) (time.Time, error)
	PutProbe(ctx context.Context, p *evidence.Probe) error
	Runs(ctx context.Context, n int) ([]evidence.Run, error)
	BeginRun(ctx context.Context, what string) (*evidence.Run, error)
	EndRun(ctx context.Context, id int64, result string) error
}

// An Updater brings facts into a store.
type Updater struct {
	Store   Store
	Index   Index
	Reader  Reader // nil if nothing is inspected
	Prober  Prober // nil if nothing is probed
	Deriver *status.Deriver
	// Source names the index, without credentials, and Tool this program and its
	// version.
	Source, Tool string
	// Python and Platform are what Prober loads packages in: "3.13t", "linux-x86_64".
	Python, Platform string
	Now              func() time.Time
}

// Options say what an update does.
type Options struct {
	Inspect bool // read the wheels that headlines are about
	Probe   bool // load the packages
	// Jobs is how many projects are refreshed, or wheels read, at once.
	Jobs int
	// Fresh is how old the last look at a project may be for it to be left out; 0
	// looks at all but those that a run which was cut off has looked at.
	Fresh time.Duration
	// OnProgress, if set, is told what is done. The calls do not overlap.
	OnProgress func(Progress)
}

// Progress is how far an update is.
type Progress struct {
	Phase       string // "refresh", "inspect" or "probe"
	Done, Total int
	Name        string // of what was done last
	Err         error  // if that failed
}

// Summary is what an update came to.
type Summary struct {
	Refreshed int `json:"refreshed"` // projects looked at
	Changed   int `json:"changed"`   // those whose page said something new
	Skipped   int `json:"skipped"`   // those looked at recently
	Required  int `json:"required"`  // those added because others require them
	Files     int `json:"files"`     // new ones
	Inspected int `json:"inspected"`
	Probed    int `json:"probed"`
	// Failed are the projects and files about which something could not be found
	// out, and why.
	Failed []Failure `json:"failed"`
}

// A Failure is one job that failed.
type Failure struct {
	Phase string `json:"phase"`
	Name  string `json:"name"`
	Error string `json:"error"`
}

// resumable is how long a run that was cut off is gone on with.
const resumable = 24 * time.Hour

// Update looks at projects, all that are tracked if no names are given, and at what
// they require. What fails for one project is recorded and stops no other. The error
// is the store's, or the context's; what was found out by then is kept.
func (u *Updater) Update(ctx context.Context, names []string, o Options) (*Summary, error) {
	if o.Jobs < 1 {
		o.Jobs = 1
	}
	r := &run{Updater: u, options: o, unread: map[string][]*evidence.File{}, summary: &Summary{Failed: []Failure{}}}
	what := describe(names, o)
	begun, err := r.begin(ctx, what)
	if err != nil {
		return r.summary, err
	}
	if len(names) == 0 {
		if names, err = u.Store.Names(ctx); err != nil {
			return r.summary, err
		}
	}
	names, err = r.refreshAll(ctx, names)
	if err == nil && o.Inspect {
		err = r.inspectAll(ctx, names)
	}
	if err == nil && o.Probe {
		err = r.probeAll(ctx, names)
	}
	slices.SortFunc(r.summary.Failed, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Name, b.Name))
	})
	if err != nil {
		return r.summary, err // the run stays open, so that the next one goes on with it
	}
	return r.summary, u.Store.EndRun(ctx, begun.ID, r.summary.String())
}

// String is the summary in one line.
func (s *Summary) String() string {
	return fmt.Sprintf("%d looked at, %d changed, %d inspected, %d probed, %d failed", s.Refreshed, s.Changed, s.Inspected, s.Probed, len(s.Failed))
}

// describe says what an update is asked to do: one that is asked the same goes on
// with one that was cut off.
func describe(names []string, o Options) string {
	what := "update"
	if o.Inspect {
		what += " --inspect"
	}
	if o.Probe {
		what += " --probe"
	}
	for _, name := range names {
		if len(what) > 1000 {
			return fmt.Sprintf("%s … (%d projects)", what, len(names))
		}
		what += " " + name
	}
	return what
}

// A run is one update under way.
type run struct {
	*Updater
	options Options
	// looked is the time from which on a look at a project counts as this run's.
	looked time.Time

	mu      sync.Mutex
	unread  map[string][]*evidence.File // by project, of those that were looked at
	summary *Summary
	done    int
	total   int
}

// begin notes the run in the store and finds out whether it goes on with another.
func (r *run) begin(ctx context.Context, what string) (*evidence.Run, error) {
	before, err := r.Store.Runs(ctx, 1)
	if err != nil {
		return nil, err
	}
	now := r.Now()
	if r.options.Fresh > 0 {
		r.looked = now.Add(-r.options.Fresh)
	}
	begun, err := r.Store.BeginRun(ctx, what)
	if err != nil {
		return nil, err
	}
	if r.looked.IsZero() {
		r.looked = begun.Began
	}
	if len(before) == 1 && before[0].Ended.IsZero() && before[0].What == what && now.Sub(before[0].Began) < resumable {
		if before[0].Began.Before(r.looked) {
			r.looked = before[0].Began
		}
		if err := r.Store.EndRun(ctx, before[0].ID, "cut off; the next run goes on with it"); err != nil {
			return nil, err
		}
	}
	return begun, nil
}

// phase begins to count anew.
func (r *run) phase(total int) { r.done, r.total = 0, total }

// more raises the count of what is to be done.
func (r *run) more(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total += n
}

// tell counts what is done and keeps why it failed.
func (r *run) tell(phase, name string, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	if failed != nil {
		r.summary.Failed = append(r.summary.Failed, Failure{phase, name, failed.Error()})
	}
	if r.options.OnProgress != nil {
		r.options.OnProgress(Progress{phase, r.done, r.total, name, failed})
	}
}

// refreshAll looks at projects and, as they become known, at what they require. It
// returns the names of all of them, sorted.
func (r *run) refreshAll(ctx context.Context, names []string) ([]string, error) {
	r.phase(len(names))
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	// Projects are done in waves: those that are asked for, then those that the wave
	// before requires.
	for wave := names; len(wave) > 0; {
		var mu sync.Mutex
		required := map[string]bool{}
		wg, waveCtx := errgroup.WithContext(ctx)
		wg.SetLimit(r.options.Jobs)
		for _, name := range wave {
			wg.Go(func() error {
				next, err := r.refresh(waveCtx, name)
				mu.Lock()
				defer mu.Unlock()
				for _, n := range next {
					required[n] = true
				}
				return err
			})
		}
		if err := wg.Wait(); err != nil {
			return nil, err
		}
		wave = nil
		for n := range required {
			if !known[n] {
				known[n] = true
				wave = append(wave, n)
			}
		}
		slices.Sort(wave)
		if len(wave) > 0 {
			added, err := r.Store.AddProjects(ctx, CohortRequired, wave...)
			if err != nil {
				return nil, err
			}
			r.summary.Required += len(added)
			r.more(len(wave))
		}
	}
	return slices.Sorted(maps.Keys(known)), nil
}

// refresh looks at one project, unless that was done, and returns what it requires.
func (r *run) refresh(ctx context.Context, name string) ([]string, error) {
	got, err := r.Look(ctx, name, r.looked)
	if got != nil {
		var unread []*evidence.File
		if o := r.options; o.Inspect && got.known != nil {
			unread = r.Updater.unread(got.known)
		}
		r.mu.Lock()
		if got.known != nil {
			r.unread[name] = unread
		}
		switch {
		case got.Skipped:
			r.summary.Skipped++
		default:
			r.summary.Refreshed++
		}
		if got.Changed {
			r.summary.Changed++
		}
		r.summary.Files += got.Files
		r.mu.Unlock()
	}
	if end := fatal(ctx, err); end != nil {
		return nil, end
	}
	r.tell("refresh", name, err)
	if got == nil {
		return nil, nil
	}
	return got.Requires, nil
}

// fatal tells errors that end an update, the store's and the context's, from those of
// one job, which are a *JobError: it returns the error that ends it, or nil.
func fatal(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := errors.AsType[*JobError](err); ok {
		return nil
	}
	return err
}

// A JobError is why something could not be found out about one project or file. It
// has been recorded where that matters.
type JobError struct {
	Name string
	Err  error
}

func (e *JobError) Error() string { return e.Name + ": " + e.Err.Error() }
func (e *JobError) Unwrap() error { return e.Err }
