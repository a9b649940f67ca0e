package universe

import (
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Request returns the case's question as the resolver takes it.
func (c *Case) Request(like vocab.Like, targets ...wheeltags.Target) (*resolver.Request, error) {
	req := &resolver.Request{
		Targets:     targets,
		Like:        like,
		Prereleases: c.Options.Prereleases,
		OnlyBinary:  nameSet(c.Options.OnlyBinary),
		NoBinary:    nameSet(c.Options.NoBinary),
	}
	for i, root := range c.Requirements {
		r, err := pep508.Parse(root.Text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		one := resolver.Requirement{Requirement: r, Origin: fmt.Sprintf("%s:root %d", c.Name, i+1)}
		for _, h := range root.Hashes {
			sum, err := c.Digest(h)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Name, err)
			}
			one.Hashes = append(one.Hashes, "sha256:"+sum)
		}
		req.Requirements = append(req.Requirements, one)
	}
	for i, text := range c.Constraints {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		req.Constraints = append(req.Constraints, resolver.Requirement{Requirement: r, Origin: fmt.Sprintf("%s:constraint %d", c.Name, i+1)})
	}
	return req, nil
}

// Memory returns the case's universe as its options show it.
func (c *Case) Memory() *Memory { return NewMemory(c.Universe, c.Options.ExcludeNewer) }

func nameSet(names []string) resolver.Names {
	set := resolver.Names{Only: map[string]bool{}}
	for _, n := range names {
		if n == ":all:" {
			set.All = true
			continue
		}
		set.Only[pep508.NormalizeName(n)] = true
	}
	return set
}
