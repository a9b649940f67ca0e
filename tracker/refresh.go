package tracker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// Refreshed is what a look at a project brought.
type Refreshed struct {
	Skipped  bool     // it was looked at before, and all that follows from that is known
	Changed  bool     // its page says something new
	Files    int      // not known before
	Requires []string // what its newest release requires, as far as that is known

	known *known // nil if nothing could be found out
}

// known is what a store knows of a project, for the questions of one job.
type known struct {
	history *evidence.History
	study   *status.Study
}

func (u *Updater) known(ctx context.Context, name string) (*known, error) {
	h, err := u.Store.History(ctx, name)
	if err != nil {
		return nil, err
	}
	return &known{h, u.Deriver.Study(h)}, nil
}

// knownAfter is what is known of a project after a look, which may be nil.
func (u *Updater) knownAfter(ctx context.Context, name string, after *Refreshed) (*known, error) {
	if after != nil && after.known != nil {
		return after.known, nil
	}
	return u.known(ctx, name)
}

// Look refreshes a project, unless its index has answered since a time.
func (u *Updater) Look(ctx context.Context, name string, since time.Time) (*Refreshed, error) {
	seen, err := u.Store.Seen(ctx, name)
	if err != nil {
		return nil, err
	}
	if seen.Last == nil || seen.Last.At.Before(since) || seen.Last.Outcome == vocab.ObservedFailed {
		return u.Refresh(ctx, name)
	}
	k, err := u.known(ctx, name)
	if err != nil {
		return nil, err
	}
	if seen.Answered != nil && seen.Answered.ID == seen.Last.ID {
		// Somebody may have been cut off between the look and what followed from it.
		if done, err := u.described(ctx, name, k); err != nil {
			return nil, err
		} else if !done {
			return u.Refresh(ctx, name)
		}
	}
	return &Refreshed{Skipped: true, Requires: k.study.Requirements(u.Now()), known: k}, nil
}

// Refresh looks at a project and records what its index says: the files and, once
// for each release that headlines are about, the metadata. A page that is as it was
// is recorded as such, and nothing else is asked. An index that does not answer is
// recorded too; the error is then a *JobError, and a store's error any other.
func (u *Updater) Refresh(ctx context.Context, name string) (*Refreshed, error) {
	seen, err := u.Store.Seen(ctx, name)
	if err != nil {
		return nil, err
	}
	look := evidence.Observation{Project: name, At: evidence.Time(u.Now()), Source: u.Source, Tool: u.Tool}
	if f, ok := u.Index.(Forgetter); ok {
		defer f.Forget(name)
	}
	page, err := u.Index.Project(ctx, name)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, simple.ErrNoProject):
		look.Outcome = vocab.ObservedMissing
		_, err := u.Store.Record(ctx, &evidence.Batch{Observation: look})
		return &Refreshed{Changed: seen.Last == nil || seen.Last.Outcome != vocab.ObservedMissing}, err
	case err != nil:
		look.Outcome, look.Detail = vocab.ObservedFailed, line(err)
		if _, err := u.Store.Record(ctx, &evidence.Batch{Observation: look}); err != nil {
			return nil, err
		}
		return &Refreshed{}, &JobError{name, err}
	}
	look.BodySHA256 = fingerprint(page)
	got := &Refreshed{}
	batch := &evidence.Batch{Observation: look}
	if seen.Answered != nil && seen.Answered.BodySHA256 == look.BodySHA256 {
		batch.Observation.Outcome = vocab.ObservedUnchanged
	} else {
		batch.Observation.Outcome, got.Changed = vocab.ObservedChanged, true
		// That an index tells no times is no failure: files then date from the first look.
		if err := u.Index.UploadTimes(ctx, page); err != nil && !errors.Is(err, index.ErrNoUploadTimes) {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			look.Outcome, look.Detail = vocab.ObservedFailed, line(err)
			look.BodySHA256 = ""
			if _, err := u.Store.Record(ctx, &evidence.Batch{Observation: look}); err != nil {
				return nil, err
			}
			return &Refreshed{}, &JobError{name, err}
		}
		batch.Listing = listing(name, page)
	}
	recorded, err := u.Store.Record(ctx, batch)
	if err != nil {
		return nil, err
	}
	got.Files = len(recorded.Files)
	if got.known, err = u.known(ctx, name); err != nil {
		return got, err
	}
	if err := u.describe(ctx, name, page, got.known); err != nil {
		return got, err
	}
	got.Requires = got.known.study.Requirements(u.Now())
	return got, nil
}

// describe reads the metadata of the releases that a project's row is about, unless
// they are known, and adds it to what is.
func (u *Updater) describe(ctx context.Context, name string, page *simple.Project, k *known) error {
	var failed error
	for _, wanted := range k.study.Described(u.Now()) {
		has, err := u.Store.HasMetadata(ctx, name, wanted.Version, wanted.SHA256)
		if err != nil {
			return err
		}
		if has {
			continue
		}
		f := find(page, wanted)
		if f == nil {
			continue
		}
		m, err := u.Index.Metadata(ctx, page, f)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			failed = &JobError{f.Filename, err}
			continue
		}
		fact := evidence.Metadata{
			Project: name, Version: wanted.Version, SHA256: wanted.SHA256, Classifiers: m.FreeThreading, RequiresDist: m.RequiresDist, RequiresPython: m.RequiresPython,
			URLs: addresses(m.URLs), Full: true, At: evidence.Time(u.Now()), Tool: u.Tool,
		}
		if err := u.Store.PutMetadata(ctx, &fact); err != nil {
			return err
		}
		k.history.Metadata = append(k.history.Metadata, fact)
	}
	return failed
}

// longestAddress is how long an address may be for it to be kept, in bytes.
const longestAddress = 500

// addresses are a project's, by their labels; of two with one label the first counts.
func addresses(lines []string) map[string]string {
	var all map[string]string
	for _, line := range lines {
		label, address, ok := strings.Cut(line, ",")
		label, address = strings.TrimSpace(label), strings.TrimSpace(address)
		if !ok || all[label] != "" || len(line) > longestAddress || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[label] = address
	}
	return all
}

// described reports whether the metadata that describe reads are known.
func (u *Updater) described(ctx context.Context, name string, k *known) (bool, error) {
	for _, wanted := range k.study.Described(u.Now()) {
		if has, err := u.Store.HasMetadata(ctx, name, wanted.Version, wanted.SHA256); err != nil || !has {
			return false, err
		}
	}
	return true, nil
}

// find returns the file of a page that a fact is about, nil if the page has it no
// longer.
func find(page *simple.Project, wanted *evidence.File) *simple.File {
	for i := range page.Releases {
		for j := range page.Releases[i].Files {
			f := &page.Releases[i].Files[j]
			if f.Filename == wanted.Name && (!f.HasSHA256 || hex.EncodeToString(f.SHA256[:]) == wanted.SHA256) {
				return f
			}
		}
	}
	return nil
}

// listing is what a page lists, as facts.
func listing(name string, page *simple.Project) []evidence.Listed {
	listed := []evidence.Listed{}
	for i := range page.Releases {
		r := &page.Releases[i]
		for j := range r.Files {
			f := &r.Files[j]
			if f.Kind == simple.Other {
				continue
			}
			l := evidence.Listed{
				File: evidence.File{
					Project: name, Version: r.Version.String(), Name: f.Filename, Size: max(f.Size, 0),
					RequiresPython: page.RequiresPython[f.RequiresPython], URL: page.FileURL(f),
				},
				Yanked: f.Yanked, Reason: f.YankedReason,
			}
			if f.HasSHA256 {
				l.SHA256 = hex.EncodeToString(f.SHA256[:])
			}
			if f.Uploaded != 0 {
				l.Uploaded = time.Unix(f.Uploaded, 0).UTC()
			}
			listed = append(listed, l)
		}
	}
	return listed
}

// fingerprint is the digest of what a page says of its files, but for their sizes and
// times: of those a page knows what was asked for beside it at the time.
func fingerprint(page *simple.Project) string {
	h := sha256.New()
	for i := range page.Releases {
		for j := range page.Releases[i].Files {
			f := &page.Releases[i].Files[j]
			_, _ = fmt.Fprintf(h, "%q %x %t %q %t %q\n", f.Filename, f.SHA256, f.HasSHA256, page.RequiresPython[f.RequiresPython], f.Yanked, f.YankedReason)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// line is an error in one line.
func line(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
