package tracker

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// inspectAll reads the wheels that rows are about, those that were not read yet by
// today's rules.
func (r *run) inspectAll(ctx context.Context, names []string) error {
	var wanted []*evidence.File
	for _, name := range names {
		unread, ok := r.unread[name]
		if !ok { // looking at it failed; what was known before counts
			var err error
			if unread, err = r.Unread(ctx, name, nil); err != nil {
				return err
			}
		}
		wanted = append(wanted, unread...)
	}
	r.phase(len(wanted))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.options.Jobs)
	for _, f := range wanted {
		g.Go(func() error {
			err := r.Inspect(ctx, f)
			if end := fatal(ctx, err); end != nil {
				return end
			}
			r.mu.Lock()
			if err == nil {
				r.summary.Inspected++
			}
			r.mu.Unlock()
			r.tell("inspect", f.Name, err)
			return nil
		})
	}
	return g.Wait()
}

// Unread are the wheels that a project's row is about and that were not read yet by
// today's rules. What a look at it has just brought saves asking the store; it may be
// nil.
func (u *Updater) Unread(ctx context.Context, name string, after *Refreshed) ([]*evidence.File, error) {
	k, err := u.knownAfter(ctx, name, after)
	if err != nil {
		return nil, err
	}
	return u.unread(k), nil
}

func (u *Updater) unread(k *known) []*evidence.File {
	var wanted []*evidence.File
	for _, f := range k.study.Read(u.Now()) {
		if s := k.history.Static[f.SHA256]; s == nil || s.Rules < inspect.RulesVersion {
			one := *f // apart from the others, which need not be kept
			wanted = append(wanted, &one)
		}
	}
	return wanted
}

// Inspect reads a wheel and records what its modules declare, unless that is known
// by today's rules. The error is a *JobError if it could not be read.
func (u *Updater) Inspect(ctx context.Context, f *evidence.File) error {
	has, err := u.Store.HasStatic(ctx, f.SHA256, inspect.RulesVersion)
	if err != nil || has {
		return err
	}
	w, err := u.Reader.Wheel(ctx, inspect.Source{Name: f.Name, URL: f.URL, Size: f.Size, SHA256: f.SHA256, Index: u.Source})
	if err != nil {
		return &JobError{f.Name, err}
	}
	return u.Store.PutStatic(ctx, &evidence.Static{SHA256: f.SHA256, Rules: inspect.RulesVersion, At: evidence.Time(u.Now()), Tool: u.Tool, Wheel: w})
}
