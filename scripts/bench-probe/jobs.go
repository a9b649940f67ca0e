//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// rounds is how often the comparison of --jobs is made: each takes as long as some
// hundred imports.
const rounds = 5

// jobs compares what a second process at a time gains for ftpkg with what it gains
// for bare imports.
func (b *bench) jobs(ctx context.Context) (string, error) {
	loops := func(n int) func(context.Context) error {
		return func(ctx context.Context) error {
			g, ctx := errgroup.WithContext(ctx)
			for part := range n {
				g.Go(func() error {
					for i := part; i < len(b.names); i += n {
						if err := b.bare(ctx, b.names[i]); err != nil {
							return err
						}
					}
					return nil
				})
			}
			return g.Wait()
		}
	}
	probes := func(n int) func(context.Context) error {
		args := append([]string{"--env", b.env.Dir, "--lane", "import", "--jobs", strconv.Itoa(n)}, b.names...)
		return func(ctx context.Context) error {
			report, err := b.probe(ctx, args...)
			if err == nil && len(report.Results) != len(b.names) {
				err = fmt.Errorf("%d results", len(report.Results))
			}
			return err
		}
	}
	n := len(b.names)
	list := []*contender{
		{name: fmt.Sprintf("%d bare imports, one loop", n), run: loops(1)},
		{name: fmt.Sprintf("%d bare imports, two loops", n), run: loops(2)},
		{name: fmt.Sprintf("`ftpkg probe --jobs 1`, %d packages", n), run: probes(1)},
		{name: fmt.Sprintf("`ftpkg probe --jobs 2`, %d packages", n), run: probes(2)},
	}
	if err := turns(ctx, rounds, list); err != nil {
		return "", err
	}
	bare, ours := ratio(list[0].wall, list[1].wall), ratio(list[2].wall, list[3].wall)
	return fmt.Sprintf("%d processes that import numpy, one after the other and two at a time; the whole of the command, its start and that of its sandbox included:\n\n", n) + table(list) +
		fmt.Sprintf("\nTwo at a time gain %.2f × for bare imports and %.2f × for ftpkg: %.2f of it.\n", bare, ours, ours/bare), nil
}
