package resolver

import (
	"context"
	"sync"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// A crawler walks ahead of the solver: as soon as a requirement is seen, the
// project's page is asked for, then the metadata of the version each target
// would take, then their requirements. It only loads the store; what it gets
// wrong costs a request, never an answer. Errors are left for the solver, which
// meets them in the store.
type crawler struct {
	ctx   context.Context
	store *store
	wait  sync.WaitGroup

	mu    sync.Mutex
	views []*view
	seen  map[string]bool
	asked map[pick]bool
}

func newCrawler(ctx context.Context, s *store, views []*view) *crawler {
	return &crawler{ctx: ctx, store: s, views: views, seen: map[string]bool{}, asked: map[pick]bool{}}
}

// run follows the user's requirements until nothing is left to load.
func (c *crawler) run() {
	for i := range c.store.req.Requirements {
		c.want(&c.store.req.Requirements[i].Requirement)
	}
	c.wait.Wait()
}

// want follows a requirement, once for each specifier and set of extras.
func (c *crawler) want(r *pep508.Requirement) {
	key := r.Name + " " + r.Specifiers.String()
	for _, e := range r.Extras {
		key += " " + e
	}
	c.mu.Lock()
	seen := c.seen[key]
	c.seen[key] = true
	c.mu.Unlock()
	if seen || c.ctx.Err() != nil {
		return
	}
	c.wait.Go(func() { c.follow(r) })
}

func (c *crawler) follow(r *pep508.Requirement) {
	p, err := c.store.project(c.ctx, r.Name)
	if err != nil || p.err != nil {
		return
	}
	for _, version := range c.versions(p, r) {
		c.wait.Go(func() {
			d, err := c.store.dependencies(c.ctx, p, version)
			if err != nil {
				return
			}
			for i := range d.requires {
				if c.applies(&d.requires[i], r.Extras) {
					c.want(&d.requires[i])
				}
			}
		})
	}
}

// versions returns the distinct versions the targets would take for a
// requirement.
func (c *crawler) versions(p *project, r *pep508.Requirement) []int {
	allowed := p.set(r.Specifiers)
	for i := range c.store.constraints[r.Name] {
		allowed = allowed.Intersect(p.set(c.store.constraints[r.Name][i].Specifiers))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var versions []int
	for _, v := range c.views {
		if r.Marker != nil && !appliesAny(r, v.env) {
			continue
		}
		pr := provider{store: c.store, view: v}
		version := pr.newest(p, allowed)
		if version < 0 {
			version = pr.guess(p, allowed)
		}
		key := pick{p, version}
		if version == p.phantom() || c.asked[key] && len(r.Extras) == 0 {
			continue
		}
		c.asked[key] = true
		seen := false
		for _, old := range versions {
			seen = seen || old == version
		}
		if !seen {
			versions = append(versions, version)
		}
	}
	return versions
}

// applies reports whether a requirement holds for some target.
func (c *crawler) applies(r *pep508.Requirement, extras []string) bool {
	for _, v := range c.views {
		if appliesTo(r, v.env, "") {
			return true
		}
		for _, e := range extras {
			if appliesTo(r, v.env, e) {
				return true
			}
		}
	}
	return false
}

// appliesAny reports whether a requirement may hold in an environment: those
// that name an extra were judged by whoever wanted them.
func appliesAny(r *pep508.Requirement, env *pep508.Environment) bool {
	return r.Marker.UsesExtra() || r.Marker.Eval(env, "")
}

// ahead loads the metadata of the next versions a backtracking solver will try.
func (s *store) ahead(ctx context.Context, p *project, versions []int) {
	var wait sync.WaitGroup
	for _, version := range versions {
		wait.Go(func() {
			// An error is kept in the store for whoever needs the version.
			_, _ = s.dependencies(ctx, p, version)
		})
	}
	wait.Wait()
}
