package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/inputs"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/store"
)

func trackInitCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "begin to track the packages that matter to most",
		Description: `Makes the store, if there is none, and has it track the default cohort: the packages with compiled code that most others stand on. What they require is tracked with them once it is known.

  $ ftpkg track init
  $ ftpkg track init --empty --store mine.db

--empty makes the store only.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "empty", Category: groupInput, Usage: "track nothing yet"},
		}, storeFlags(), settingsFlags()),
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			cohort := tracker.DefaultCohort()
			if c.Bool("empty") {
				cohort.Packages = nil
			}
			return addCohort(c, env, &cohort, "")
		}),
	}
}

func trackAddCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "add", ArgsUsage: "NAME...", Usage: "track packages",
		Description: `Tracks packages from now on. What is known of a package that was tracked before is still there.

  $ ftpkg track add numpy pandas`,
		Flags: slices.Concat(storeFlags(), settingsFlags()),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			names, err := projectNames(c.Args().Slice())
			if err != nil {
				return err
			}
			return addCohort(c, env, &tracker.Cohort{Packages: names}, "")
		}),
	}
}

func trackRemoveCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "remove", ArgsUsage: "NAME...", Usage: "track packages no longer; what is known of them stays",
		Flags: slices.Concat(storeFlags(), settingsFlags()),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			names, err := projectNames(c.Args().Slice())
			if err != nil {
				return err
			}
			return withStore(c, env, func(ctx context.Context, s *store.Store) error {
				removed, err := s.RemoveProjects(ctx, names...)
				if err != nil {
					return err
				}
				for _, name := range names {
					if !slices.Contains(removed, name) {
						warnf(env.Stderr, "%s was not tracked", name)
					}
				}
				_, err = fmt.Fprintf(env.Stdout, "%s no longer tracked\n", plural(len(removed), "package"))
				return err
			})
		}),
	}
}

func trackImportCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "import", ArgsUsage: "FILE|URL...", Usage: "track what files name: requirements, locks, lists of top packages",
		Description: `Tracks every package that the files name: requirements.txt, pyproject.toml and locks, as for ftpkg resolve; a list of names, one a line; or a list of the most downloaded packages as JSON, an object with rows of "project" and "download_count", as a file or at a URL.

  $ ftpkg track import uv.lock
  $ ftpkg track import top-packages.json --top 1000 --cohort top-1000
  $ ftpkg track import top-packages.json --downloads

A list of the most downloaded packages also tells how often each is downloaded, which is recorded of all that are tracked, as of the list's date; with --downloads, that alone is taken from it.

--cohort names the list, so that curves can follow it. A list that is dated has its date in the name.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.IntFlag{Name: "top", Category: groupInput, Usage: "of a list of top packages, only the first `N`"},
			&cli.BoolFlag{Name: "downloads", Category: groupInput, Usage: "only record how often what is tracked is downloaded"},
			&cli.StringFlag{Name: "cohort", Category: groupInput, Usage: "name the list `NAME`; without it, as the file"},
		}, storeFlags(), settingsFlags()),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			for _, arg := range c.Args().Slice() {
				cohort, err := readCohort(c.Context, env, arg, c.String("cohort"), c.Int("top"))
				switch {
				case err != nil:
					return err
				case c.Bool("downloads") && len(cohort.Downloads) == 0:
					return usagef("%s does not tell how often packages are downloaded", arg)
				case c.Bool("downloads"):
					err = countDownloads(c, env, cohort, arg)
				default:
					err = addCohort(c, env, cohort, arg)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// readCohort reads a list in whatever form it comes.
func readCohort(ctx context.Context, env Env, arg, name string, top int) (*tracker.Cohort, error) {
	base := strings.TrimSuffix(filepath.Base(arg), filepath.Ext(arg))
	if name == "" {
		name = base
	}
	if strings.HasPrefix(arg, "https://") || strings.HasPrefix(arg, "http://") {
		body, err := fetchList(ctx, env, arg)
		if err != nil {
			return nil, err
		}
		cohort, err := tracker.ParseTop(name, bytes.NewReader(body), top)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		return cohort, nil
	}
	path := env.path(arg)
	switch filepath.Ext(arg) {
	case ".json":
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(arg, err)
		}
		defer func() { _ = f.Close() }()
		cohort, err := tracker.ParseTop(name, f, top)
		if err != nil {
			return nil, usagef("%s: %w", arg, err)
		}
		return cohort, nil
	case ".list":
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(arg, err)
		}
		defer func() { _ = f.Close() }()
		cohort, err := tracker.ParseCohort(name, f)
		if err != nil {
			return nil, usagef("%s: %w", arg, err)
		}
		return cohort, nil
	}
	q, err := readQuestion(ctx, env, &resolveOptions{files: []string{arg}})
	if err != nil {
		return nil, err
	}
	cohort := &tracker.Cohort{Name: name}
	if q.lock != nil {
		for i := range q.lock.Packages {
			if p := &q.lock.Packages[i]; !p.Source.IsLocal() {
				cohort.Packages = append(cohort.Packages, p.Name)
			}
		}
	} else {
		cohort.Packages = requirementNames(q.input)
	}
	cohort.Packages = unique(cohort.Packages)
	if len(cohort.Packages) == 0 {
		return nil, usagef("%s names no package", arg)
	}
	return cohort, nil
}

// fetchList gets a list at a URL.
func fetchList(ctx context.Context, env Env, rawURL string) ([]byte, error) {
	client, take, stop, err := newFetcher(env)
	if err != nil {
		return nil, err
	}
	defer stop()
	r, err := client.Get(ctx, fetch.Request{URL: take(rawURL), Limit: maxList})
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}

// maxList is the size of the largest list that is fetched, in bytes.
const maxList = 128 << 20

func requirementNames(in *inputs.Input) []string {
	var names []string
	for i := range in.Requirements {
		names = append(names, in.Requirements[i].Name)
	}
	return names
}

// addCohort tracks a cohort's packages, and records how often they and others are
// downloaded if the list that it is from says so.
func addCohort(c *cli.Context, env Env, cohort *tracker.Cohort, list string) error {
	o, err := readTrackOptions(c, env)
	if err != nil {
		return err
	}
	s, err := o.openStore(c.Context, env, true)
	if err != nil {
		return err
	}
	added, counted, err := storeCohort(c.Context, s, cohort, list)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	return writeAdded(env.Stdout, s.Name(), cohort, added, counted)
}

// storeCohort returns how many packages were not tracked before, and of how many it
// became known how often they are downloaded.
func storeCohort(ctx context.Context, s *store.Store, cohort *tracker.Cohort, list string) (added, counted int, err error) {
	before, err := s.Names(ctx)
	if err != nil || len(cohort.Packages) == 0 {
		return 0, 0, err
	}
	if _, err := s.AddProjects(ctx, cohort.Name, cohort.Packages...); err != nil {
		return 0, 0, err
	}
	after, err := s.Names(ctx)
	if err != nil {
		return 0, 0, err
	}
	counts := cohort.Counts(listName(list), after)
	return len(after) - len(before), len(counts), s.PutDownloads(ctx, counts...)
}

// countDownloads records how often what is tracked is downloaded.
func countDownloads(c *cli.Context, env Env, cohort *tracker.Cohort, list string) error {
	return withStore(c, env, func(ctx context.Context, s *store.Store) error {
		names, err := s.Names(ctx)
		if err != nil {
			return err
		}
		counts := cohort.Counts(listName(list), names)
		if err := s.PutDownloads(ctx, counts...); err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "downloads of %d of %s recorded\n", len(counts), plural(len(names), "tracked package"))
		return err
	})
}

// listName is what a list is called in facts: its address without credentials, or the
// name of its file.
func listName(arg string) string {
	if u, err := url.Parse(arg); err == nil && u.Host != "" {
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		return u.String()
	}
	return filepath.Base(arg)
}

func writeAdded(w io.Writer, name string, cohort *tracker.Cohort, added, counted int) error {
	text := fmt.Sprintf("%s tracked anew in %s", plural(added, "package"), name)
	if known := len(cohort.Packages) - added; known > 0 {
		text += fmt.Sprintf(", %d were already", known)
	}
	if counted > 0 {
		text += fmt.Sprintf("; downloads of %d recorded", counted)
	}
	_, err := fmt.Fprintln(w, text)
	return err
}

// withStore lets f write to the store that a command names.
func withStore(c *cli.Context, env Env, f func(ctx context.Context, s *store.Store) error) error {
	o, err := readTrackOptions(c, env)
	if err != nil {
		return err
	}
	s, err := o.openStore(c.Context, env, false)
	if err != nil {
		return err
	}
	return errors.Join(f(c.Context, s), s.Close())
}
