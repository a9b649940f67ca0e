package index

import (
	"context"
	"errors"
	"fmt"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Project returns the page of the first index that has the project, with the
// files of FindLinks added. It is fetched once; the same pointer is returned
// each time. The error is simple.ErrNoProject if nobody has it, [ErrOffline] if
// that cannot be known, or what went wrong with an index. Errors that may pass
// are not remembered.
func (c *Client) Project(ctx context.Context, name string) (*simple.Project, error) {
	name = pep508.NormalizeName(name)
	p, err := c.projects.do(ctx, name, isFinal, func(ctx context.Context) (*page, error) {
		p, err := c.load(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("project %s: %w", name, err)
		}
		return c.give(p), nil
	})
	if err != nil {
		return nil, err
	}
	return p.project, nil
}

// Forget gives up what is kept in memory of a project, for those who ask about very many
// and are done with it; who asks again begins anew. What [Client.Project] returned for
// it must not be asked about any more.
func (c *Client) Forget(name string) {
	p, ok := c.projects.drop(pep508.NormalizeName(name))
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pages, p.project)
}

// isFinal reports whether an error would be the same the next time.
func isFinal(err error) bool {
	return errors.Is(err, simple.ErrNoProject) || errors.Is(err, simple.ErrNoMetadata) || errors.Is(err, ErrOffline)
}

func (c *Client) load(ctx context.Context, name string) (*page, error) {
	if err := pep508.CheckName(name); err != nil {
		return nil, fmt.Errorf("%w: %w", simple.ErrNoProject, err)
	}
	// Both at the same time: the first project would wait for two round trips.
	type found struct {
		links []linked
		err   error
	}
	links := make(chan found, 1)
	go func() {
		l, err := c.linked(ctx, name)
		links <- found{l, err}
	}()
	a, err := c.ask(ctx, name)
	l := <-links
	if err != nil {
		return nil, err
	}
	if l.err != nil {
		return nil, l.err
	}
	if a != nil {
		a, err = c.exclude(ctx, a)
		if err != nil {
			return nil, err
		}
	}
	if p := c.merge(name, a, l.links); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w in %s", simple.ErrNoProject, c.list())
}

// ask asks the indexes in order. It returns nil if none has the project.
func (c *Client) ask(ctx context.Context, name string) (*answer, error) {
	var unknown error
	indexes := c.indexes
	if x, ok := c.pinned[name]; ok {
		indexes = []source{x}
	}
	for _, x := range indexes {
		a, err := x.project(ctx, name)
		switch {
		case errors.Is(err, ErrOffline):
			// Another index may have been the one that answered before.
			if unknown == nil {
				unknown = err
			}
		case err != nil:
			return nil, fmt.Errorf("index %s: %w", x, err)
		case a != nil:
			return a, nil
		}
	}
	return nil, unknown
}
