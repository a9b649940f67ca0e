package tracker

import (
	"context"
	"errors"
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// probeAll loads the packages that have a wheel for the runtime and were not loaded
// in it yet.
func (r *run) probeAll(ctx context.Context, names []string) error {
	type job struct {
		name string
		file *evidence.File
	}
	var jobs []job
	for _, name := range names {
		f, err := r.Unloaded(ctx, name, r.Python, r.Platform, nil)
		if err != nil {
			return err
		}
		if f != nil {
			jobs = append(jobs, job{name, f})
		}
	}
	r.phase(len(jobs))
	for _, j := range jobs { // the processes of one probe fill the machine
		err := r.Probe(ctx, j.name, j.file)
		if end := fatal(ctx, err); end != nil {
			return end
		}
		if err == nil {
			r.summary.Probed++
		}
		r.tell("probe", j.name, err)
	}
	return nil
}

// Unloaded is the wheel that a Python takes of a project on a platform and that was
// not loaded there yet, nil if there is none. What a look at it has just brought saves
// asking the store; it may be nil.
func (u *Updater) Unloaded(ctx context.Context, name, python, platform string, after *Refreshed) (*evidence.File, error) {
	k, err := u.knownAfter(ctx, name, after)
	if err != nil {
		return nil, err
	}
	f := u.Deriver.Loadable(k.history, python, platform, u.Now())
	if f == nil || f.SHA256 == "" {
		return nil, nil
	}
	last, err := u.Store.LastProbe(ctx, f.SHA256, python, platform)
	if err != nil || !last.IsZero() {
		return nil, err
	}
	return f, nil
}

// Probe loads a package from one of its wheels, in an environment of its own, and
// records what was seen. The error is a *JobError if nothing could be found out.
func (u *Updater) Probe(ctx context.Context, name string, f *evidence.File) error {
	requirement, err := pep508.Parse(fmt.Sprintf("%s==%s", name, f.Version))
	if err != nil {
		return &JobError{name, err}
	}
	results, err := u.Prober.Probe(ctx, &probe.Subject{
		Request:  &resolver.Request{Requirements: []resolver.Requirement{{Requirement: requirement}}, Like: vocab.LikeUV},
		Packages: []string{name},
	})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &JobError{name, err}
	}
	for i := range results {
		result := &results[i]
		if result.Package != name {
			continue
		}
		if result.Outcome.IsUnknown() {
			return &JobError{name, fmt.Errorf("%s: %s", result.Outcome, result.Detail)}
		}
		return u.Store.PutProbe(ctx, &evidence.Probe{
			SHA256: f.SHA256, Python: u.Python, Platform: u.Platform, At: evidence.Time(u.Now()), Tool: u.Tool, Result: result,
		})
	}
	return &JobError{name, errors.New("it was not among what was probed")}
}
