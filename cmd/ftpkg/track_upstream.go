package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/upstream"
)

func trackUpstreamCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "upstream", ArgsUsage: "NAME DIR|URL", Usage: "read from a repository what a package's own workflows test",
		Description: `Reads the workflows in a checkout, or in a repository that git can clone, and records which free-threaded Pythons their jobs run tests on, with the file and the line. Nothing of the repository is run or checked out.

  $ ftpkg track upstream numpy ../numpy
  $ ftpkg track upstream demo file:///srv/git/demo.git

ftpkg track update --upstream does this for all tracked packages whose metadata name their repository.`,
		Flags: slices.Concat(storeFlags(), settingsFlags()),
		Action: action(env, 2, 2, func(c *cli.Context, env Env) error {
			names, err := projectNames(c.Args().Slice()[:1])
			if err != nil {
				return err
			}
			return withStore(c, env, func(ctx context.Context, s *store.Store) error {
				tracked, err := s.Names(ctx)
				if err != nil {
					return err
				}
				if !slices.Contains(tracked, names[0]) {
					return hintf(usagef("%s is not tracked", names[0]), "run: ftpkg track add %s", names[0])
				}
				found, err := readUpstream(ctx, env, s, names[0], c.Args().Get(1))
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(env.Stdout, "%s: %s read, %s on free-threaded Pythons\n", names[0], plural(found.Files, "workflow"), plural(found.Tests, "job"))
				return err
			})
		}),
	}
}

// readUpstream records what the workflows test in a place that the user named.
func readUpstream(ctx context.Context, env Env, s *store.Store, name, place string) (*upstream.Found, error) {
	h, err := s.History(ctx, name)
	if err != nil {
		return nil, err
	}
	l := &upstream.Looker{Store: s, Tool: toolName(env), Now: env.Now}
	if !strings.Contains(place, "://") {
		fsys, commit, err := upstream.Directory(env.path(place))
		if err != nil {
			return nil, fileError(place, err)
		}
		// What is published does not tell where things lie on this machine.
		return l.Record(ctx, h, fsys, filepath.Base(env.path(place)), strings.TrimSpace("directory "+commit))
	}
	git, err := newUpstreamGit(env)
	if err != nil {
		return nil, err
	}
	fsys, commit, err := git.Given(ctx, place)
	if err != nil {
		return nil, err
	}
	repository := fetch.Redact(place)
	if strings.HasPrefix(place, "file:") {
		repository = filepath.Base(place)
	}
	return l.Record(ctx, h, fsys, repository, "clone "+commit)
}

func newUpstreamGit(env Env) (*upstream.Git, error) {
	program, err := findProgram(env, "git")
	if err != nil {
		return nil, err
	}
	return &upstream.Git{Program: program, Environ: env.Environ()}, nil
}

// upstreamJobs is how many repositories are read at once.
const upstreamJobs = 4

// updateUpstream looks at what packages test themselves, all that are tracked if none
// is named. What fails for one is told among the failures of the summary.
func updateUpstream(ctx context.Context, env Env, s *store.Store, u *tracker.Updater, names []string, offline bool, summary *tracker.Summary) error {
	if len(names) == 0 {
		var err error
		if names, err = s.Names(ctx); err != nil {
			return err
		}
	}
	l := &upstream.Looker{Store: s, Deriver: u.Deriver, Tool: u.Tool, Now: u.Now}
	if files, ok := u.Index.(upstream.Files); ok {
		l.Files = files
	}
	switch git, err := newUpstreamGit(env); {
	case offline: // what is cached of the index is all there is
	case err != nil:
		warnf(env.Stderr, "%v: repositories are not read, only source distributions", err)
	default:
		l.Repositories = git
	}
	bar := startProgress(env)
	defer bar.stop()
	var mu sync.Mutex
	done := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(upstreamJobs)
	for _, name := range names {
		g.Go(func() error {
			_, err := l.Look(ctx, name)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			bar.update("upstream", done, len(names))
			if err != nil {
				summary.Failed = append(summary.Failed, tracker.Failure{Phase: "upstream", Name: name, Error: name + ": " + strings.Join(strings.Fields(err.Error()), " ")})
			}
			return nil
		})
	}
	return g.Wait()
}
