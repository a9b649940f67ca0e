package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/lockfile"
	"github.com/ftpkg/ftpkg/probe/environment"
)

// runPrefix begins the names of the directories that environments are made in, one
// for each run of ftpkg. runLock is the file there that the run holds locked.
const (
	runPrefix = "run-"
	runLock   = "lock"
)

// probeDirs returns the store of unpacked wheels and a directory for
// environments, side by side in the cache so that files can be linked; where
// nothing can be kept, both are for this run alone.
func probeDirs(ctx context.Context, env Env, cache string) (*environment.Store, string, func(), error) {
	var kept error
	if cache != "" {
		var work string
		var remove func()
		if work, remove, kept = makeWorkDir(ctx, filepath.Join(cache, "probe")); kept == nil {
			return environment.OpenStore(filepath.Join(cache, "wheels")), work, remove, nil
		}
		if ctx.Err() != nil {
			return nil, "", nil, ctx.Err()
		}
	}
	work, err := os.MkdirTemp("", "ftpkg-probe-")
	if err != nil {
		return nil, "", nil, fmt.Errorf("no room for environments: %w", errors.Join(kept, err))
	}
	if kept != nil && env.Verbose > 0 {
		warnf(env.Stderr, "unpacked wheels are not kept: %v", kept)
	}
	return environment.OpenStore(filepath.Join(work, "wheels")), work, func() { _ = os.RemoveAll(work) }, nil
}

// makeWorkDir makes the directory of this run, and removes those of runs that
// were killed.
func makeWorkDir(ctx context.Context, base string) (_ string, remove func(), err error) {
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", nil, err
	}
	turn, err := lockfile.Acquire(ctx, filepath.Join(base, runLock), nil)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, turn.Close()) }()
	entries, err := os.ReadDir(base)
	if err != nil {
		return "", nil, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), runPrefix) {
			continue
		}
		dir := filepath.Join(base, e.Name())
		if l, free, err := lockfile.Try(filepath.Join(dir, runLock)); err == nil && free {
			_ = l.Close()
			_ = os.RemoveAll(dir)
		}
	}
	work, err := os.MkdirTemp(base, runPrefix)
	if err != nil {
		return "", nil, err
	}
	mine, _, err := lockfile.Try(filepath.Join(work, runLock))
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(work))
	}
	return work, func() {
		_ = mine.Close() // Windows removes no file that is open
		_ = os.RemoveAll(work)
	}, nil
}
