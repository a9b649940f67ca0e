package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/scripts/internal/ask"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// What comes of a lock.
const (
	lockHolds    outcome = "lock installs with both"
	lockRefused  outcome = "no lock, as the targets cannot share one"
	lockMissing  outcome = "no lock, though there is an answer"
	lockRejected outcome = "lock does not install"
	lockOther    outcome = "lock installs something else"
)

// lockLike is whose rules locks are made by: pip also refuses what a lock names
// where Requires-Python has an upper bound, which uv's rules ignore.
const lockLike = vocab.LikePip

// locks lets ftpkg write a lock for each flavour and one for both, and both
// installers install from it.
func locks(ctx context.Context, o options, asker *ask.Asker, c *universe.Case, sum *tally) (differs bool, err error) {
	ft, gil := asker.Target(true), asker.Target(false)
	for _, targets := range [][]wheeltags.Target{{ft}, {gil}, {ft, gil}} {
		v, err := oneLock(ctx, o, asker, c, targets)
		if err != nil {
			return differs, err
		}
		sum.add("lock", v.outcome)
		if v.outcome != lockHolds && v.outcome != lockRefused && v.outcome != bothFail {
			differs = true
			fmt.Printf("%s lock for %v: %s\n%s", c.Name, targets, v.outcome, v.detail)
		}
	}
	return differs, nil
}

func oneLock(ctx context.Context, o options, asker *ask.Asker, c *universe.Case, targets []wheeltags.Target) (verdict, error) {
	wants := make([][]universe.Pick, len(targets))
	for i, t := range targets {
		req, err := c.Request(lockLike, t)
		if err != nil {
			return verdict{}, err
		}
		req.NoFixes = true
		cell, picks, err := ours(ctx, c.Memory(), req)
		if err != nil {
			return verdict{}, err
		}
		if !cell.Satisfiable {
			return verdict{bothFail, ""}, nil
		}
		wants[i] = picks
	}
	l, err := asker.Lock(ctx, o.ftpkg, c, lockLike, targets...)
	if err != nil {
		return verdict{}, err
	}
	defer l.Close()
	if !l.Made {
		if len(targets) > 1 {
			return verdict{lockRefused, ""}, nil
		}
		return verdict{lockMissing, "  " + l.Said + "\n"}, nil
	}
	for i, t := range targets {
		for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
			got, err := l.Install(ctx, like, t)
			if err != nil {
				return verdict{}, err
			}
			if got.Fails {
				return verdict{lockRejected, fmt.Sprintf("  %s on %s: %s\n", like, t, got.Said)}, nil
			}
			// A lock for both flavours may hold other versions than each alone
			// would get: it must be valid. One for a flavour must be its answer.
			bad := strings.ReplaceAll(difference(wants[i], got.Picks), "installer", "answer")
			if len(targets) > 1 {
				req, err := c.Request(lockLike, t)
				if err != nil {
					return verdict{}, err
				}
				if bad, err = check(ctx, c.Memory(), req, t, got.Picks); err != nil {
					return verdict{}, err
				}
			}
			if bad != "" {
				return verdict{lockOther, fmt.Sprintf("  %s on %s\n%s", like, t, bad)}, nil
			}
		}
	}
	return verdict{lockHolds, ""}, nil
}
