package resolver

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Resolve answers a request for all its targets. A target that cannot be
// satisfied is a result, not an error; an error means that the question could
// not be answered, because the index failed or ctx was done.
func Resolve(ctx context.Context, index Index, req *Request) (*Result, error) {
	if len(req.Targets) == 0 {
		return nil, ErrNoTargets
	}
	s, err := newStore(index, req)
	if err != nil {
		return nil, err
	}
	cells := s.cells()
	if err := s.solveAhead(ctx, cells); err != nil {
		return nil, err
	}
	if !req.TrustMetadata {
		if err := s.verify(req.phase(ctx, PhaseVerify), cells); err != nil {
			return nil, err
		}
	}
	result := s.result(cells)
	if !req.NoFixes {
		if err := s.fixAll(req.phase(ctx, PhaseFix), cells, result); err != nil {
			return nil, err
		}
	}
	if req.Align {
		if result.Aligned, err = s.align(req.phase(ctx, PhaseAlign), cells[:len(req.Targets)]); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// cells returns a cell for each target, then one for each GIL twin that is not
// a target itself.
func (s *store) cells() []*cell {
	targets := slices.Clone(s.req.Targets)
	for _, t := range s.req.Targets {
		if t.FreeThreaded() && !slices.Contains(targets, t.Twin()) {
			targets = append(targets, t.Twin())
		}
	}
	cells := make([]*cell, len(targets))
	for i, t := range targets {
		cells[i] = &cell{view: newView(s, t), roots: s.req.Requirements, own: map[pick]*dependencies{}}
	}
	for _, c := range cells {
		if i := slices.Index(targets, c.view.target.Twin()); i >= 0 && c.view.target.FreeThreaded() {
			c.twin = cells[i]
		}
	}
	return cells
}

// solveAhead solves all cells while a crawler loads what they will need.
func (s *store) solveAhead(ctx context.Context, cells []*cell) error {
	ctx = s.req.phase(ctx, PhaseSolve)
	views := make([]*view, len(cells))
	for i, c := range cells {
		views[i] = c.view // what the crawler works out, the solver reuses
	}
	newCrawler(ctx, s, views).run()
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.solveAll(ctx, cells, PhaseSolve)
}

// solveAll solves cells, several at a time: those of the GIL build first, which
// the free-threaded ones look at.
func (s *store) solveAll(ctx context.Context, cells []*cell, phase Phase) error {
	var mu sync.Mutex
	done := 0
	for _, freeThreaded := range []bool{false, true} {
		var g errgroup.Group
		g.SetLimit(maxParallel)
		for _, c := range cells {
			if c.view.target.FreeThreaded() != freeThreaded {
				continue
			}
			g.Go(func() error {
				if err := c.solve(ctx); err != nil {
					return err
				}
				if s.req.OnProgress != nil {
					mu.Lock()
					defer mu.Unlock()
					done++
					s.req.OnProgress(Progress{Phase: phase, Packages: s.known(), Cells: done, Of: len(cells)})
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// result describes the solved cells of the request's targets.
func (s *store) result(cells []*cell) *Result {
	r := &Result{
		Schema: Schema, Like: s.like(), Verified: !s.req.TrustMetadata,
		Targets:   make([]Cell, len(s.req.Targets)),
		NotJudged: s.req.NotJudged, Ignored: s.req.Ignored,
	}
	for i := range s.req.Targets {
		r.Targets[i] = cells[i].describe(cells[i].twin)
	}
	return r
}

func (s *store) like() vocab.Like {
	if s.req.Like == "" {
		return vocab.LikeUV
	}
	return s.req.Like
}
