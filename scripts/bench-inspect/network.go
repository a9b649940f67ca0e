package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// phase labels the requests for parts of wheels.
const phase = "wheels"

// network measures what travels for the wheels of projects, but for their pages.
func (b *bench) network(ctx context.Context) (string, error) {
	var text strings.Builder
	text.WriteString("All free-threaded wheels of a project's newest release, from the index, with an empty cache and then again. The bytes are those of the members that are extension modules, as they are packed, and all that was transferred for wheels, archive directories and METADATA included:\n\n" +
		"| | wheels | modules | their bytes | transferred | of these | requests | time | again: requests | time |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, name := range b.projects {
		cache := filepath.Join(b.tmp, "network-"+name)
		first, err := b.once(ctx, name, cache)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		again, err := b.once(ctx, name, cache)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		ratio := float64(first.traffic.Bytes) / float64(first.bytes)
		fmt.Fprintf(&text, "| %s %s | %d | %d | %d | %d | %.4f × | %d | %.2f s | %d | %.3f s |\n", name, first.version, first.wheels, first.modules,
			first.bytes, first.traffic.Bytes, ratio, first.traffic.Requests, first.took.Seconds(), again.traffic.Requests, again.took.Seconds())
		switch {
		case again.traffic.Requests > 0:
			return "", fmt.Errorf("%s: the second time %d requests were made for wheels", name, again.traffic.Requests)
		case ratio > b.limit:
			return "", fmt.Errorf("%s: %.4f times the bytes of the modules travelled; at most %.2f are wanted", name, ratio, b.limit)
		}
	}
	return text.String(), nil
}

// An inspection is what inspecting a project once took, but for its page.
type inspection struct {
	version         string
	wheels, modules int
	bytes           int64 // compressed, of the members that were read
	traffic         fetch.Counts
	took            time.Duration
}

func (b *bench) once(ctx context.Context, name, cache string) (*inspection, error) {
	counter := new(fetch.Counter)
	c, closeAll, err := b.index(cache, counter)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	version, sources, err := choose(ctx, c, name, inspect.Question{})
	if err != nil {
		return nil, err
	}
	r := inspect.NewReader(inspect.Options{Remote: c, CacheDir: cache})
	begin := time.Now()
	wheels, errs := r.Wheels(fetch.WithPhase(ctx, phase), sources, nil)
	x := &inspection{version: version, wheels: len(wheels), took: time.Since(begin), traffic: counter.ByPhase()[phase]}
	for i, w := range wheels {
		if errs[i] != nil {
			return nil, errs[i]
		}
		x.modules += len(w.Modules)
		x.bytes += w.MemberBytes
	}
	return x, nil
}

// choose are the wheels of a project that a question asks for.
func choose(ctx context.Context, c *index.Client, name string, q inspect.Question) (version string, sources []inspect.Source, err error) {
	page, err := c.Project(ctx, name)
	if err != nil {
		return "", nil, err
	}
	choice := inspect.Pick(page, q)
	if len(choice.Wheels) == 0 {
		return "", nil, errors.New("there is no free-threaded wheel")
	}
	for _, f := range choice.Wheels {
		sources = append(sources, inspect.FromPage(page, f))
	}
	return choice.Release.Version.String(), sources, nil
}
