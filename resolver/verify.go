package resolver

import (
	"context"
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
		stale := map[*cell]bool{}
		for _, c := range cells {
			differs, err := c.compare(ctx)
			if err != nil {
				return err
			}
			stale[c] = differs
		}
		var again []*cell
		for _, c := range cells {
			// What a blocked cell assumes is what its twin got.
			if stale[c] || stale[c.twin] && len(c.blockers) > 0 {
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

// differ reads the own metadata of what solved cells have and keeps with each
// what is not what it was solved with. An aligned cell shares what is kept with
// the cell it came from.
func (s *store) differ(ctx context.Context, cells []*cell) (differs bool, err error) {
	if err := s.read(ctx, cells); err != nil {
		return false, err
	}
	for _, c := range cells {
		d, err := c.compare(ctx)
		if err != nil {
			return false, err
		}
		differs = differs || d
	}
	return differs, nil
}

// read loads the metadata that compare will want, in parallel. Files that need
// no request are left to compare.
func (s *store) read(ctx context.Context, cells []*cell) error {
	var g errgroup.Group
	g.SetLimit(maxParallel)
	asked := map[*simple.File]bool{}
	ask := func(v *view, p pick) {
		files := v.tellers(p.project, p.version)
		if len(files) == 0 || asked[files[0]] || s.index.Cached(p.project.page, files[0]) {
			return
		}
		asked[files[0]] = true
		g.Go(func() error {
			_, err := s.first(ctx, p.project, files)
			return err
		})
	}
	for _, c := range cells {
		for _, ch := range c.picks {
			if ch.version < ch.project.phantom() {
				ask(c.view, pick{ch.project, ch.version})
			}
		}
		for _, p := range c.given() {
			ask(c.view, p)
		}
	}
	return g.Wait()
}

// tellers returns the files that may tell what a version requires on the target,
// those that count most first: the file the target takes or would take if
// nothing but its tags mattered; what its GIL twin would take; any other. They
// depend on the page and the target alone, so that a cell's answer does not
// depend on what else was asked.
func (v *view) tellers(p *project, version int) []*simple.File {
	anything := rules{anyPython: true, anyHash: true, yanked: yankedToo}
	own := v.taken(p, version).file
	if own == nil {
		own = v.best(p, version, anything).file
	}
	var list []*simple.File
	if own != nil {
		list = append(list, own)
	}
	anything.matcher, anything.wheelsOnly = v.twin(), true
	if f := v.best(p, version, anything).file; f != nil {
		list = append(list, f)
	}
	return append(list, p.installable(version)...)
}

// compare reports whether the file that counts for some version says something
// else than what the cell was solved with, and keeps it for the next solve.
func (c *cell) compare(ctx context.Context) (differs bool, err error) {
	for _, ch := range c.picks {
		if ch.version == ch.project.phantom() || ch.source == vocab.MetadataOwn || ch.source == vocab.MetadataStatic {
			continue
		}
		own, d, err := c.keep(ctx, pick{ch.project, ch.version})
		if err != nil {
			return false, err
		}
		differs = differs || d
		if own.file != nil && own.file == ch.choice.file {
			ch.source = vocab.MetadataOwn
			if own.file.Kind == simple.Sdist {
				ch.source = vocab.MetadataStatic
			}
		}
	}
	for _, p := range c.given() {
		_, d, err := c.keep(ctx, p)
		if err != nil {
			return false, err
		}
		differs = differs || d
	}
	return differs, nil
}

// keep compares what the file that counts for a version says with what the
// version was solved with, and keeps it for the cell if it is something else.
func (c *cell) keep(ctx context.Context, p pick) (own *dependencies, differs bool, err error) {
	own, err = c.view.store.first(ctx, p.project, c.view.tellers(p.project, p.version))
	if err != nil {
		return nil, false, err
	}
	solved := c.own[p]
	if solved == nil {
		solved = p.project.releases[p.version].deps
	}
	if own.equal(solved) {
		return own, false, nil
	}
	c.own[p] = own
	return own, true, nil
}

// equal reports whether two files say the same.
func (d *dependencies) equal(e *dependencies) bool {
	if d.meta == e.meta {
		return d.invalid == e.invalid
	}
	return d.meta != nil && e.meta != nil &&
		slices.Equal(d.meta.RequiresDist, e.meta.RequiresDist) && d.meta.RequiresPython == e.meta.RequiresPython
}
