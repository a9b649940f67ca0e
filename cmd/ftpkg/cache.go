package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/probe/environment"
)

type cacheOptions struct {
	dir    string
	unused time.Duration
	format string
}

func cacheCommand(env Env) *cli.Command {
	command := func(name, usage, description string, flags []cli.Flag, f func(context.Context, Env, cacheOptions) error) *cli.Command {
		return &cli.Command{
			Name: name, Usage: usage, Description: description,
			Flags: append(append(flags, cacheDirFlag(), formatFlag("text", "json")), settingsFlags()...),
			Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
				s, err := readSettings(c, env)
				if err != nil {
					return err
				}
				o := cacheOptions{
					dir: cacheDir(c, env, s), format: enumValue(c, "format"),
					unused: time.Duration(c.Uint("unused")) * 24 * time.Hour,
				}
				if o.dir == "" {
					return hintf(usagef("no home directory is known, so there is no cache"), "name one: ftpkg cache %s --cache-dir DIR", name)
				}
				return f(c.Context, env, o)
			}),
		}
	}
	return &cli.Command{
		Name:  "cache",
		Usage: "find, clean or prune the cache",
		Subcommands: []*cli.Command{
			command("dir", "print where the cache is", "", nil, runCacheDir),
			command("clean", "remove everything the cache keeps",
				"Removes what ftpkg keeps in the cache directory and nothing else that may be there.", nil, runCacheClean),
			command("prune", "remove from the cache what is of no use any more",
				"Removes damaged files, files of other versions of ftpkg, what processes that died left behind, and projects and wheels that were not looked at for a while. Unpacked wheels are read whole for that, and compared with their digests.",
				[]cli.Flag{&cli.UintFlag{
					Name: "unused", Value: 90, Category: groupRules,
					Usage: "remove projects and wheels not looked at for `DAYS`; 0 keeps them whatever their age",
				}}, runCachePrune),
		},
	}
}

// cacheResult is the schema ftpkg.cache/1.
type cacheResult struct {
	Schema  string      `json:"schema"`
	Dir     string      `json:"dir"`
	Kept    cacheStats  `json:"kept"`
	Removed *cacheStats `json:"removed,omitempty"`
}

type cacheStats struct {
	Indexes int   `json:"indexes"`
	Pages   int   `json:"pages"`
	Logs    int   `json:"logs"`
	Wheels  int   `json:"wheels"`
	Other   int   `json:"other"`
	Bytes   int64 `json:"bytes"`
}

// statsOf adds up what is of the indexes and what is of the wheels.
func statsOf(c cache.Stats, w environment.Stats) cacheStats {
	return cacheStats{c.Indexes, c.Pages, c.Logs, w.Wheels, c.Other + w.Other, c.Bytes + w.Bytes}
}

func runCacheDir(_ context.Context, env Env, o cacheOptions) error {
	if o.format == "json" {
		return writeCacheJSON(env, o, nil)
	}
	_, err := fmt.Fprintln(env.Stdout, o.dir)
	return err
}

func runCacheClean(_ context.Context, env Env, o cacheOptions) error {
	wheels, err := environment.OpenStore(o.dir).Clean()
	if err != nil {
		return err
	}
	removed, err := cache.Open(o.dir).Clean()
	if err != nil {
		return err
	}
	return reportRemoved(env, o, statsOf(removed, wheels))
}

func runCachePrune(ctx context.Context, env Env, o cacheOptions) error {
	store := environment.OpenStore(o.dir)
	before, err := store.Stats()
	if err != nil {
		return err
	}
	if _, err := store.Prune(env.Now(), o.unused); err != nil {
		return err
	}
	verified, err := store.Verify(ctx)
	if err != nil {
		return err
	}
	for _, d := range verified.Damaged {
		warnf(env.Stderr, "%s; it is unpacked again when it is next needed", d)
	}
	after, err := store.Stats()
	if err != nil {
		return err
	}
	removed, err := cache.Open(o.dir).Prune(env.Now(), o.unused)
	if err != nil {
		return err
	}
	return reportRemoved(env, o, statsOf(removed, before.Less(after)))
}

func reportRemoved(env Env, o cacheOptions, removed cacheStats) error {
	if o.format == "json" {
		return writeCacheJSON(env, o, &removed)
	}
	if removed == (cacheStats{}) {
		_, err := fmt.Fprintf(env.Stdout, "nothing to remove in %s\n", o.dir)
		return err
	}
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{removed.Pages, "page"}, {removed.Logs, "metadata log"}, {removed.Wheels, "unpacked wheel"}, {removed.Other, "other file"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.noun))
		}
	}
	_, err := fmt.Fprintf(env.Stdout, "removed %s, %s, from %s\n", strings.Join(parts, ", "), byteCount(removed.Bytes), o.dir)
	return err
}

func writeCacheJSON(env Env, o cacheOptions, removed *cacheStats) error {
	kept, err := cache.Open(o.dir).Stats()
	if err != nil {
		return err
	}
	wheels, err := environment.OpenStore(o.dir).Stats()
	if err != nil {
		return err
	}
	return writeJSON(env.Stdout, cacheResult{Schema: "ftpkg.cache/1", Dir: o.dir, Kept: statsOf(kept, wheels), Removed: removed})
}
