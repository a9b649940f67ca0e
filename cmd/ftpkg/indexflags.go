package main

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/fetch"
)

// indexOptions say where projects come from and what of it is kept. Every
// command that asks an index shares them.
type indexOptions struct {
	indexURL      string // "" is the default index
	extraIndexURL []string
	findLinks     []string
	noIndex       bool

	offline, refresh, noCache bool
	cacheDir                  string
	excludeNewer              time.Time

	// passing is set by commands that go through very many projects.
	passing bool

	// pacer says how often an origin may be asked, nil if as often as one likes.
	pacer fetch.Pacer
}

func indexFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "index-url", Aliases: []string{"i", "default-index"}, Category: groupIndex,
			Usage: "root of the simple repository API: a `URL` or a directory",
		},
		&cli.StringSliceFlag{
			Name: "extra-index-url", Aliases: []string{"index"}, Category: groupIndex,
			Usage: "ask the index at `URL` first; the first index that has a project serves it",
		},
		&cli.StringSliceFlag{
			Name: "find-links", Aliases: []string{"f"}, Category: groupIndex,
			Usage: "choose also from the files in the directory or on the page at `URL`",
		},
		&cli.BoolFlag{Name: "no-index", Category: groupIndex, Usage: "ask no index, only --find-links"},
		&cli.StringFlag{
			Name: "exclude-newer", Category: groupIndex,
			Usage: "leave out files uploaded after the day `DATE` (2026-11-01, in UTC), or from a moment on (RFC 3339)",
		},
		&cli.BoolFlag{Name: "offline", Category: groupIndex, Usage: "use the cache only"},
		&cli.BoolFlag{Name: "refresh", Category: groupIndex, Usage: "ask again whether cached pages still hold"},
		cacheDirFlag(),
		&cli.BoolFlag{Name: "no-cache", Category: groupIndex, Usage: "keep nothing and use nothing kept"},
	}
}

func cacheDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "cache-dir", Category: groupIndex, Usage: "the cache is in `DIR`, not in the user's cache directory"}
}

// readIndexOptions settles the index options: flags and FTPKG_ variables, the
// settings file, the variables of uv and pip, pip's own files.
func readIndexOptions(c *cli.Context, env Env, s *config.Settings) (indexOptions, error) {
	pip, err := config.LoadPip(config.PipFiles(runtime.GOOS, env.Home, env.Getenv))
	if err != nil {
		return indexOptions{}, hintf(&usageError{err}, "pip's files are not read with PIP_CONFIG_FILE=%s", os.DevNull)
	}
	o := indexOptions{
		indexURL:      settingText(c, "index-url", s.IndexURL),
		extraIndexURL: setting(c, "extra-index-url", s.ExtraIndexURL),
		findLinks:     setting(c, "find-links", s.FindLinks),
		noIndex:       settingSwitch(c, "no-index", s.NoIndex),
		offline:       settingSwitch(c, "offline", s.Offline),
		refresh:       c.Bool("refresh"),
		noCache:       c.Bool("no-cache"),
		excludeNewer:  s.ExcludeNewer,
	}
	if o.indexURL == "" {
		o.indexURL = cmp.Or(unnamed(env.Getenv("UV_DEFAULT_INDEX")), env.Getenv("UV_INDEX_URL"), env.Getenv("PIP_INDEX_URL"), pip.IndexURL)
	}
	if o.extraIndexURL == nil {
		o.extraIndexURL = firstList(
			append(fields(env.Getenv("UV_INDEX")), fields(env.Getenv("UV_EXTRA_INDEX_URL"))...),
			fields(env.Getenv("PIP_EXTRA_INDEX_URL")), pip.ExtraIndexURL)
	}
	if o.findLinks == nil {
		o.findLinks = firstList(splitList(env.Getenv("UV_FIND_LINKS"), false), fields(env.Getenv("PIP_FIND_LINKS")), pip.FindLinks)
	}
	if !c.IsSet("no-index") && s.NoIndex == nil {
		if o.noIndex, err = pipNoIndex(env, pip); err != nil {
			return indexOptions{}, err
		}
	}
	if c.IsSet("exclude-newer") {
		if o.excludeNewer, err = config.ParseCutoff(c.String("exclude-newer")); err != nil {
			return indexOptions{}, usagef("flag --exclude-newer: %w", err)
		}
	}
	o.indexURL = env.location(o.indexURL)
	for _, list := range [][]string{o.extraIndexURL, o.findLinks} {
		for i := range list {
			list[i] = env.location(list[i])
		}
	}
	o.cacheDir = cacheDir(c, env, s)
	return o, nil
}

func pipNoIndex(env Env, pip config.Pip) (bool, error) {
	if text := env.Getenv("PIP_NO_INDEX"); text != "" {
		b, err := config.ParsePipBool(text)
		if err != nil {
			return false, usagef("PIP_NO_INDEX: %w", err)
		}
		return b, nil
	}
	return pip.NoIndex != nil && *pip.NoIndex, nil
}

// cacheDir is where the cache is: as the flag or the settings say, else the
// user's cache directory; "" if there is no place to keep anything.
func cacheDir(c *cli.Context, env Env, s *config.Settings) string {
	dir := settingText(c, "cache-dir", s.CacheDir)
	if dir != "" {
		return env.path(dir)
	}
	if xdg := env.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(xdg) { // the specification ignores relative ones
		return filepath.Join(xdg, "ftpkg")
	}
	switch local := env.Getenv("LOCALAPPDATA"); {
	case runtime.GOOS == "windows" && local != "":
		return filepath.Join(local, "ftpkg", "cache")
	case env.Home == "":
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(env.Home, "Library", "Caches", "ftpkg")
	}
	return filepath.Join(env.Home, ".cache", "ftpkg")
}

// location makes a directory's name absolute and leaves a URL as it is.
func (e Env) location(s string) string {
	if s == "" || strings.Contains(s, "://") || strings.HasPrefix(s, "file:") {
		return s
	}
	return e.path(s)
}

// unnamed takes the name off an index given as name=URL, as uv allows.
func unnamed(s string) string {
	if name, rest, ok := strings.Cut(s, "="); ok && !strings.ContainsAny(name, ":/\\") {
		return rest
	}
	return s
}

func fields(s string) []string {
	var all []string
	for f := range strings.FieldsSeq(s) {
		all = append(all, unnamed(f))
	}
	return all
}

func firstList(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}
