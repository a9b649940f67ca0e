package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/cache"
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
				"Removes damaged files, files of other versions of ftpkg, what processes that died left behind, and projects that were not looked at for a while.",
				[]cli.Flag{&cli.UintFlag{
					Name: "unused", Value: 90, Category: groupRules,
					Usage: "remove projects not looked at for `DAYS`; 0 keeps them whatever their age",
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
	Other   int   `json:"other"`
	Bytes   int64 `json:"bytes"`
}

func runCacheDir(_ context.Context, env Env, o cacheOptions) error {
	if o.format == "json" {
		return writeCacheJSON(env, cache.Open(o.dir), nil)
	}
	_, err := fmt.Fprintln(env.Stdout, o.dir)
	return err
}

func runCacheClean(_ context.Context, env Env, o cacheOptions) error {
	c := cache.Open(o.dir)
	removed, err := c.Clean()
	return reportRemoved(env, o, c, removed, err)
}

func runCachePrune(_ context.Context, env Env, o cacheOptions) error {
	c := cache.Open(o.dir)
	removed, err := c.Prune(env.Now(), o.unused)
	return reportRemoved(env, o, c, removed, err)
}

func reportRemoved(env Env, o cacheOptions, c *cache.Cache, removed cache.Stats, err error) error {
	if err != nil {
		return err
	}
	if o.format == "json" {
		return writeCacheJSON(env, c, &removed)
	}
	if removed.IsZero() {
		_, err = fmt.Fprintf(env.Stdout, "nothing to remove in %s\n", o.dir)
		return err
	}
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{removed.Pages, "page"}, {removed.Logs, "metadata log"}, {removed.Other, "other file"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.noun))
		}
	}
	_, err = fmt.Fprintf(env.Stdout, "removed %s, %s, from %s\n", strings.Join(parts, ", "), byteCount(removed.Bytes), o.dir)
	return err
}

func writeCacheJSON(env Env, c *cache.Cache, removed *cache.Stats) error {
	kept, err := c.Stats()
	if err != nil {
		return err
	}
	r := cacheResult{Schema: "ftpkg.cache/1", Dir: c.Dir(), Kept: cacheStats(kept)}
	if removed != nil {
		r.Removed = (*cacheStats)(removed)
	}
	return writeJSON(env.Stdout, r)
}
