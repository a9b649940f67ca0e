package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// explainProjects explains the projects among the arguments, several at a time, and
// notes at each one's place the answer or why there is none.
func explainProjects(ctx context.Context, env Env, o explainOptions, projects map[int]pep508.Requirement, items []explained, failed []error) error {
	idx, err := newIndex(env, o.index, nil)
	if err != nil {
		return err
	}
	defer idx.close()
	bar := startProgress(env)
	defer bar.stop()
	var group errgroup.Group
	group.SetLimit(explainedAtOnce)
	var done atomic.Int32
	bar.update("asking", 0, len(projects))
	for i, req := range projects {
		group.Go(func() error {
			items[i], failed[i] = explainProject(ctx, idx, o, req)
			bar.update("asking", int(done.Add(1)), len(projects))
			return nil
		})
	}
	return group.Wait()
}

// explainedAtOnce is how many projects are asked for at a time.
const explainedAtOnce = 16

// explainProject judges the files of the newest version of a project that
// satisfies a requirement.
func explainProject(ctx context.Context, idx *openIndex, o explainOptions, req pep508.Requirement) (explained, error) {
	e := explained{Argument: req.String(), Project: req.Name, Targets: []explainedTarget{}}
	page, err := idx.Project(ctx, req.Name)
	switch {
	case errors.Is(err, simple.ErrNoProject):
		e.Error = "no index has a project of this name"
		return e, nil
	case err != nil:
		return e, indexHint(err)
	}
	release := newest(page, req.Specifiers)
	if release == nil {
		e.Error = "no version satisfies the requirement"
		if len(page.Releases) == 0 {
			e.Error = "the project has no files"
		}
		return e, nil
	}
	e.Version, e.Files = release.Version.String(), len(release.Files)
	for _, t := range o.targets {
		e.Targets = append(e.Targets, explainRelease(page, release, wheeltags.NewMatcher(t, o.order)))
	}
	return e, nil
}

// newest returns the newest release that satisfies a requirement and was not
// withdrawn; a pre-release only if there is no final one.
func newest(p *simple.Project, spec pep440.Specifiers) *simple.Release {
	var best *simple.Release
	_, pinned := spec.Pinned()
	for i := range p.Releases {
		r := &p.Releases[i]
		live := slices.ContainsFunc(r.Files, func(f simple.File) bool { return f.Kind != simple.Other && (pinned || !f.Yanked) })
		if !live || !spec.Contains(r.Version) {
			continue
		}
		if !r.Version.IsPrerelease() {
			return r
		}
		if best == nil {
			best = r
		}
	}
	return best
}

// explainRelease says which file of a release a target takes, or why none.
func explainRelease(p *simple.Project, r *simple.Release, m *wheeltags.Matcher) explainedTarget {
	x := newExplainedTarget(m.Target())
	if f, tag := bestWheel(p, r, m); f != nil {
		x.Accepted, x.File, x.Tag, x.FileKind = true, f.Filename, tag.String(), wheelKind(tag.Kind())
		if reason, bad := p.Tags[f.Tags].Mislabelled(); bad {
			x.FileKind, x.Reason = vocab.FileMislabelled, reason
		}
		return x
	}
	x.miss(p, r, m)
	for i := range p.Releases {
		if other := &p.Releases[i]; !other.Version.IsPrerelease() {
			if f, _ := bestWheel(p, other, m); f != nil {
				x.LastVersion = other.Version.String()
				break
			}
		}
	}
	return x
}

// bestWheel returns the wheel of a release a target takes, and the tag by which.
func bestWheel(p *simple.Project, r *simple.Release, m *wheeltags.Matcher) (best *simple.File, tag wheeltags.Tag) {
	var bestRank int32
	for i := range r.Files {
		f := &r.Files[i]
		if f.Kind != simple.Wheel || f.Yanked || !admits(p, f, m.Target()) {
			continue
		}
		t, rank, ok := m.Best(&p.Tags[f.Tags])
		if ok && (best == nil || rank < bestRank || rank == bestRank && f.Build.Compare(best.Build) > 0) {
			best, tag, bestRank = f, t, rank
		}
	}
	return best, tag
}

// miss says why no wheel of a release is accepted: by the wheel that comes
// closest.
func (x *explainedTarget) miss(p *simple.Project, r *simple.Release, m *wheeltags.Matcher) {
	closest, wheels := wheeltags.NoMismatch, 0
	var sdist, refused *simple.File
	for i := range r.Files {
		f := &r.Files[i]
		switch f.Kind {
		case simple.Sdist:
			if sdist == nil && admits(p, f, m.Target()) {
				sdist = f
			}
			continue
		case simple.Other:
			continue
		case simple.Wheel, simple.Variant:
			wheels++
		}
		name, err := wheeltags.ParseFilename(f.Filename)
		if err != nil {
			continue // the page would have left it out
		}
		switch v := m.Judge(&name); {
		case v.Accepted: // by its tags: what refuses it is something else
			refused = f
		case closest == wheeltags.NoMismatch || !closest.Closer(v.Mismatch): // of equal misses the last: the newest Python
			closest, x.File = v.Mismatch, f.Filename
			x.Mismatch, x.Reason = vocab.Mismatch(v.Mismatch.String()), v.Reason
		}
	}
	if refused != nil {
		x.File, x.Mismatch = refused.Filename, ""
		x.Reason = "requires Python " + p.RequiresPython[refused.RequiresPython]
		if refused.Yanked {
			x.Reason = "was withdrawn by its maintainers"
		}
	}
	switch {
	case sdist != nil && wheels == 0:
		x.FileKind, x.File, x.Reason = vocab.FileSdist, sdist.Filename, "only a source distribution: an installer would build it"
	case sdist != nil:
		x.FileKind, x.File = vocab.FileSdist, sdist.Filename
	case wheels == 0:
		x.Reason = fmt.Sprintf("no file of %s can be installed", r.Version)
	}
}

// admits reports whether a file's Requires-Python admits the target, read as uv
// reads it: without upper bounds.
func admits(p *simple.Project, f *simple.File, t wheeltags.Target) bool {
	text := p.RequiresPython[f.RequiresPython]
	if text == "" {
		return true
	}
	spec, err := pep440.ParseSpecifiers(text)
	if err != nil {
		return true // as installers do
	}
	version, err := pep440.Parse(t.Python.FullVersion())
	return err == nil && spec.WithoutUpperBounds().Contains(version)
}
