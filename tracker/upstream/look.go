package upstream

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/matrix/lint"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// Workflows is the directory that stands for a repository without any.
const Workflows = ".github/workflows"

// Store is where facts are kept.
type Store interface {
	History(ctx context.Context, name string) (*evidence.History, error)
	PutUpstream(ctx context.Context, u *evidence.Upstream) error
}

// Repositories reads repositories: see [Git].
type Repositories interface {
	Published(ctx context.Context, address string) (fs.FS, string, error)
}

// Files gets files of an index.
type Files interface {
	Open(ctx context.Context, url string, digest *[32]byte) (index.File, error)
}

// A Looker looks at what projects test.
type Looker struct {
	Store   Store
	Deriver *status.Deriver
	// Repositories is nil if none are read, Files if no source distributions are.
	Repositories Repositories
	Files        Files
	Tool         string
	Now          func() time.Time
}

// Found is what a look at one project brought.
type Found struct {
	// Source is what was read: "clone 0123abc…", "sdist demo-1.0.tar.gz"; "" if there
	// was nothing to read, or it was read before.
	Source string
	Files  int // workflows
	Tests  int // jobs that test on a free-threaded Python
}

// Look looks at a project: at its repository, if its metadata name one that can be
// read; else, once for each, at the source distribution of the release that its
// headline is about. That there is neither is no error: then what it tests is unknown.
func (l *Looker) Look(ctx context.Context, name string) (*Found, error) {
	h, err := l.Store.History(ctx, name)
	if err != nil {
		return nil, err
	}
	var failed error
	if address := Address(addresses(h)); address != "" && l.Repositories != nil {
		fsys, commit, err := l.Repositories.Published(ctx, address)
		if err == nil {
			return l.Record(ctx, h, fsys, address, "clone "+commit)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed = err
	}
	if l.Files == nil {
		return &Found{}, failed
	}
	found, err := l.sdist(ctx, h)
	return found, errors.Join(failed, err)
}

// addresses are those that the newest metadata have.
func addresses(h *evidence.History) map[string]string {
	for i := range h.Metadata {
		if m := &h.Metadata[len(h.Metadata)-1-i]; len(m.URLs) > 0 {
			return m.URLs
		}
	}
	return nil
}

// maxSdist is how large a source distribution may be that is fetched, in bytes.
const maxSdist = 256 << 20

// sdist looks into the source distribution of the headline's release.
func (l *Looker) sdist(ctx context.Context, h *evidence.History) (*Found, error) {
	now := l.Now()
	row := l.Deriver.Package(h, now)
	var source *evidence.File
	present := h.Present(now)
	for i := range present {
		f := present[i].File
		if !present[i].Yanked && f.Version == row.Version && (strings.HasSuffix(f.Name, ".tar.gz") || strings.HasSuffix(f.Name, ".zip")) && f.URL != "" {
			source = f
		}
	}
	if source == nil || slices.ContainsFunc(h.Upstream, func(u evidence.Upstream) bool { return u.Repository == source.Name }) {
		return &Found{}, nil
	}
	if source.Size > maxSdist {
		return &Found{}, fmt.Errorf("%s: %d MB are more than are fetched to look at workflows", source.Name, source.Size>>20)
	}
	var digest *[32]byte
	if b, err := hex.DecodeString(source.SHA256); err == nil && len(b) == 32 {
		digest = (*[32]byte)(b)
	}
	f, err := l.Files.Open(ctx, source.URL, digest)
	if err != nil {
		return &Found{}, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	fsys, err := Sdist(source.Name, f, f.Size())
	if err != nil {
		return &Found{}, err
	}
	return l.Record(ctx, h, fsys, source.Name, "sdist "+source.SHA256)
}

// Record reads a project's workflows and records what they test. Repository is where
// they are from; what was recorded of it before, and is no longer there, is recorded
// to test nothing. Source says how it was read: "clone", "directory" or "sdist", and
// of what state.
func (l *Looker) Record(ctx context.Context, h *evidence.History, fsys fs.FS, repository, source string) (*Found, error) {
	w, err := lint.TestedFree(fsys)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", repository, err)
	}
	found := &Found{Source: source, Files: len(w.Files), Tests: len(w.Tests)}
	for _, fact := range facts(w, strings.HasPrefix(source, "sdist"), h, repository) {
		fact.Project, fact.Repository, fact.Source, fact.Tool, fact.At = h.Project.Name, repository, source, l.Tool, evidence.Time(l.Now())
		if err := l.Store.PutUpstream(ctx, fact); err != nil {
			return nil, err
		}
	}
	return found, nil
}

const (
	maxTests   = 200 // of one file
	maxCommand = 200 // in bytes
)

// facts are what workflows say, a fact for each file.
func facts(w *lint.Workflows, sdist bool, h *evidence.History, repository string) []*evidence.Upstream {
	byFile := map[string]*evidence.Upstream{}
	var order []string
	of := func(file string) *evidence.Upstream {
		if byFile[file] == nil {
			byFile[file] = &evidence.Upstream{File: file, Tests: []string{}}
			order = append(order, file)
		}
		return byFile[file]
	}
	for _, file := range w.Files {
		of(file)
	}
	for _, file := range w.Broken {
		of(file).Problem = "it cannot be read as a workflow"
	}
	for i := range w.Tests {
		t := &w.Tests[i]
		u := of(t.File)
		if len(u.Runs) == maxTests {
			continue
		}
		u.Runs = append(u.Runs, evidence.UpstreamRun{Python: t.Python, Platforms: t.Platforms, Job: short(t.Job), Line: t.Line, Command: short(t.Command)})
		if len(t.Platforms) == 0 {
			u.Tests = append(u.Tests, t.Python)
		}
		for _, p := range t.Platforms {
			u.Tests = append(u.Tests, t.Python+" "+p)
		}
	}
	switch {
	case len(w.Files) > 0:
		for i := range h.Upstream {
			if u := &h.Upstream[i]; u.Repository == repository && byFile[u.File] == nil {
				of(u.File).Problem = evidence.UpstreamGone
			}
		}
	case sdist: // most leave them out
		of(Workflows).Problem = "the source distribution has no workflows"
	default:
		for i := range h.Upstream {
			if u := &h.Upstream[i]; u.Repository == repository && u.File != Workflows && byFile[u.File] == nil {
				of(u.File).Problem = evidence.UpstreamGone
			}
		}
		of(Workflows)
	}
	var all []*evidence.Upstream
	for _, file := range order {
		u := byFile[file]
		slices.Sort(u.Tests)
		u.Tests = slices.Compact(u.Tests)
		all = append(all, u)
	}
	return all
}

// short is a text in one line that is not too long.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxCommand {
		text = strings.ToValidUTF8(text[:maxCommand], "") + "…"
	}
	return text
}
