package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// groupStore lists the flags that say where facts are kept.
const groupStore = "store"

func trackCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "track",
		Usage: "keep the facts about packages, and say what follows from them, now or on any day",
		Subcommands: []*cli.Command{
			trackInitCommand(env),
			trackAddCommand(env),
			trackRemoveCommand(env),
			trackImportCommand(env),
			trackUpdateCommand(env),
			trackUpstreamCommand(env),
			trackStatusCommand(env),
			trackShowCommand(env),
			trackDiffCommand(env),
			trackEventsCommand(env),
			trackBlockersCommand(env),
			trackHistoryCommand(env),
			trackExportCommand(env),
			trackVerifyCommand(env),
			trackBackupCommand(env),
		},
	}
}

// trackOptions say where the store is and of what moment it is asked.
type trackOptions struct {
	store string // a path, or a postgres:// address
	asOf  time.Time
}

// storeFlags are the flags of every command that opens a store.
func storeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "store", Category: groupStore, Usage: "facts are in `STORE`: a file, or a postgres:// address; without it, in track.db in the user's data directory"},
		dataDirFlag(),
	}
}

// asOfFlag is the flag of commands that answer for any moment.
func asOfFlag() cli.Flag {
	return &cli.StringFlag{Name: "as-of", Category: groupStore, Usage: "answer for the end of the day `DATE` (2026-11-01, in UTC) from what was known by then, or for a moment (RFC 3339)"}
}

func readTrackOptions(c *cli.Context, env Env) (trackOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return trackOptions{}, err
	}
	o := trackOptions{store: c.String("store"), asOf: env.Now()}
	switch {
	case strings.HasPrefix(o.store, "postgres://"), strings.HasPrefix(o.store, "postgresql://"):
	case o.store != "":
		o.store = env.path(o.store)
	default:
		dir := dataDir(c, env, s)
		if dir == "" {
			return o, hintf(usagef("no home directory is known, so there is no place for the store"), "name one: --store FILE")
		}
		o.store = filepath.Join(dir, "track.db")
	}
	if text := c.String("as-of"); text != "" {
		if o.asOf, err = parseMoment(text); err != nil {
			return o, usagef("--as-of: %w", err)
		}
		if o.asOf.After(env.Now()) {
			o.asOf = env.Now()
		}
	}
	return o, nil
}

// parseMoment reads a day, of which it takes the end, or a moment.
func parseMoment(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("give a day (2026-11-01) or a moment (2026-11-01T12:00:00Z)")
	}
	return at.UTC(), nil
}

// silence is how long a database may take for an answer when facts are written: that
// takes it milliseconds, or as long as another keeps it from the same project.
const silence = time.Minute

// openStore opens the store to be written to, and makes it where there is none and
// create is set.
func (o trackOptions) openStore(ctx context.Context, env Env, create bool) (*store.Store, error) {
	return o.open(ctx, env, store.Options{MustExist: !create, Silence: silence})
}

// readStore opens the store to be read. One of an older schema is brought up to date
// first.
func (o trackOptions) readStore(ctx context.Context, env Env) (*store.Store, error) {
	reading := store.Options{MustExist: true, ReadOnly: true}
	s, err := o.open(ctx, env, reading)
	if e, ok := errors.AsType[*store.SchemaError](err); !ok || e.Newer() {
		return s, err
	}
	if s, err = o.openStore(ctx, env, false); err == nil {
		err = s.Close()
	}
	if err != nil {
		return nil, err
	}
	return o.open(ctx, env, reading)
}

func (o trackOptions) open(ctx context.Context, env Env, opts store.Options) (*store.Store, error) {
	opts.Now, opts.Tool = env.Now, toolName(env)
	opts.OnUpgrade = func(from, to int64, backup string) {
		if backup != "" {
			warnf(env.Stderr, "the store is brought from schema %d to %d; a copy of it as it was is %s", from, to, backup)
		}
	}
	if !opts.MustExist && !strings.Contains(o.store, "://") {
		if err := os.MkdirAll(filepath.Dir(o.store), 0o755); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(ctx, o.store, opts)
	switch {
	case errors.Is(err, store.ErrMissing):
		return nil, hintf(&usageError{err}, "run: ftpkg track init")
	case errors.Is(err, store.ErrNoStore):
		return nil, &usageError{err}
	}
	return s, err
}

// toolName names this program in the facts that it records.
func toolName(env Env) string { return "ftpkg " + buildVersion(env).Version }

// projectNames reads the arguments that name packages.
func projectNames(args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		if err := pep508.CheckName(arg); err != nil {
			return nil, usagef("%s: %w", arg, err)
		}
		names = append(names, pep508.NormalizeName(arg))
	}
	return unique(names), nil
}

// tracked checks that names are among those of a document.
func tracked(doc *status.Document, names []string) error {
	all := map[string]bool{}
	var list []string
	for _, p := range doc.Packages {
		all[p.Name] = true
		list = append(list, p.Name)
	}
	for _, name := range names {
		if all[name] {
			continue
		}
		err := usagef("%s is not tracked", name)
		if near, ok := suggest.Closest(name, list); ok {
			return hintf(err, "did you mean %s? else run: ftpkg track add %s && ftpkg track update", near, name)
		}
		return hintf(err, "run: ftpkg track add %s && ftpkg track update", name)
	}
	return nil
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
