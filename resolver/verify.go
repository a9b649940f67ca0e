package resolver

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// maxParallel bounds the index calls under way at once; the index has its own,
// per host.
const maxParallel = 64

// maxVerifyRounds bounds how often a cell is solved again because a chosen
// file's own metadata differed.
const maxVerifyRounds = 10

// verify reads the own metadata of every file chosen by the cells and solves
// those cells again whose files differ from what they were solved with, until
// none does.
func (s *store) verify(ctx context.Context, cells []*cell) error {
	for range maxVerifyRounds {
		if err := s.read(ctx, cells); err != nil {
			return err
		}
		var again []*cell
		for _, c := range cells {
			differs, err := c.compare(ctx)
			if err != nil {
				return err
			}
			if differs {
				again = append(again, c)
			}
		}
		if len(again) == 0 {
			return nil
		}
		if err := s.solveAll(ctx, again, PhaseVerify); err != nil {
			return err
		}
	}
	return nil
}

// read loads the metadata of all chosen files, in parallel, so that compare
// finds it there. Files that need no request are left to compare.
func (s *store) read(ctx context.Context, cells []*cell) error {
	var g errgroup.Group
	g.SetLimit(maxParallel)
	asked := map[*simple.File]bool{}
	ask := func(page *simple.Project, f *simple.File) {
		if f == nil || asked[f] || s.index.Cached(page, f) {
			return
		}
		asked[f] = true
		g.Go(func() error {
			_, err := s.index.Metadata(ctx, page, f)
			if errors.Is(err, simple.ErrNoMetadata) {
				return nil
			}
			return err
		})
	}
	for _, c := range cells {
		for _, ch := range c.picks {
			ask(ch.project.page, c.read(ch))
		}
		for _, p := range c.given() {
			ask(p.project.page, c.view.taken(p.project, p.version).file)
		}
	}
	return g.Wait()
}

// read returns the file whose metadata counts for what a cell has of a project:
// the one chosen or, of a version that was only assumed, the one that would be
// if nothing but its tags mattered.
func (c *cell) read(ch *chosen) *simple.File {
	if ch.choice.file != nil || ch.version == ch.project.phantom() {
		return ch.choice.file
	}
	return c.view.best(ch.project, ch.version, rules{anyPython: true, yanked: yankedToo, anyHash: true}).file
}

// compare reports whether some chosen file's own metadata says something else
// than what the cell was solved with, and keeps it for the next solve.
func (c *cell) compare(ctx context.Context) (differs bool, err error) {
	for _, ch := range c.picks {
		f := c.read(ch)
		if f == nil || ch.source == vocab.MetadataOwn || ch.source == vocab.MetadataStatic {
			continue
		}
		meta, err := c.view.store.index.Metadata(ctx, ch.project.page, f)
		if errors.Is(err, simple.ErrNoMetadata) {
			continue // a source distribution without: what stands in is assumed
		}
		if err != nil {
			return false, err
		}
		switch {
		case f.Kind == simple.Sdist && !meta.StaticDependencies():
			continue
		case ch.choice.file == nil: // nobody's own
		case f.Kind == simple.Sdist:
			ch.source = vocab.MetadataStatic
		default:
			ch.source = vocab.MetadataOwn
		}
		differs = c.keep(pick{ch.project, ch.version}, meta) || differs
	}
	for _, p := range c.given() {
		if _, known := c.own[p]; known {
			continue
		}
		f := c.view.taken(p.project, p.version).file
		meta, err := c.view.store.index.Metadata(ctx, p.project.page, f)
		if errors.Is(err, simple.ErrNoMetadata) {
			continue
		}
		if err != nil {
			return false, err
		}
		if f.Kind == simple.Sdist && !meta.StaticDependencies() {
			continue
		}
		differs = c.keep(p, meta) || differs
	}
	return differs, nil
}

// keep compares a file's own metadata with what its version was solved with, and
// keeps it for the cell if it says something else.
func (c *cell) keep(p pick, own *simple.Metadata) (differs bool) {
	solved := c.own[p]
	if solved == nil {
		solved = p.project.releases[p.version].deps
	}
	if solved == nil || solved.meta == own || solved.meta != nil &&
		slices.Equal(own.RequiresDist, solved.meta.RequiresDist) && own.RequiresPython == solved.meta.RequiresPython {
		return false
	}
	c.own[p] = c.view.store.parse(own)
	return true
}
