package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/cpython"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/bundle"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// runtimeOptions say where runtimes are kept and come from. Every command that
// needs an interpreter shares them.
type runtimeOptions struct {
	dataDir string // "" if there is no place to keep anything
	mirror  string // "" is the publisher
	offline bool
}

// runtimeFlags are the flags of runtimeOptions but --offline, which the flags of
// an index bring along.
func runtimeFlags() []cli.Flag {
	return []cli.Flag{
		dataDirFlag(),
		&cli.StringFlag{
			Name: "python-mirror", Aliases: []string{"mirror"}, Category: groupRuntime,
			Usage: "download CPython from `URL` instead of its publisher: https, http, file, or a directory, with a folder for each release",
		},
	}
}

func dataDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "data-dir", Category: groupRuntime, Usage: "runtimes are in `DIR`, not in the user's data directory"}
}

func offlineFlag() cli.Flag {
	return &cli.BoolFlag{Name: "offline", Category: groupRuntime, Usage: "download nothing"}
}

// readRuntimeOptions settles the runtime options: flags and FTPKG_ variables, the
// settings file, the variable of uv.
func readRuntimeOptions(c *cli.Context, env Env, s *config.Settings) runtimeOptions {
	mirror := cmp.Or(settingText(c, "python-mirror", s.PythonMirror), env.Getenv("UV_PYTHON_INSTALL_MIRROR"))
	return runtimeOptions{
		dataDir: dataDir(c, env, s), mirror: env.location(mirror), offline: settingSwitch(c, "offline", s.Offline),
	}
}

// dataDir is where runtimes are kept: as the flag or the settings say, else the
// user's data directory; "" if there is no place to keep anything.
func dataDir(c *cli.Context, env Env, s *config.Settings) string {
	if dir := settingText(c, "data-dir", s.DataDir); dir != "" {
		return env.path(dir)
	}
	if xdg := env.Getenv("XDG_DATA_HOME"); filepath.IsAbs(xdg) { // the specification ignores relative ones
		return filepath.Join(xdg, "ftpkg")
	}
	switch local := env.Getenv("LOCALAPPDATA"); {
	case runtime.GOOS == "windows" && local != "":
		return filepath.Join(local, "ftpkg", "data")
	case env.Home == "":
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(env.Home, "Library", "Application Support", "ftpkg")
	}
	return filepath.Join(env.Home, ".local", "share", "ftpkg")
}

// defaultPython is the version that is used where none is asked for: the newest
// settled one, free-threaded.
func defaultPython(env Env) wheeltags.Python {
	return wheeltags.Python{Major: 3, Minor: cpython.Default(env.Now()).Minor, Micro: -1, FreeThreaded: true}
}

// An openRuntimes is what a command gets interpreters from.
type openRuntimes struct {
	*ftruntime.Chooser

	progress *progress
	stop     func()
}

// openRuntimes opens the data directory, which need not be there. The caller
// closes what it returns.
func (o runtimeOptions) open(env Env) (*openRuntimes, error) {
	carried, err := carriedRuntime()
	if err != nil {
		return nil, err
	}
	if o.dataDir == "" && carried == nil {
		return nil, hintf(usagef("no home directory is known, so there is no place for runtimes"), "name one: --data-dir DIR")
	}
	catalogue, err := ftruntime.LoadCatalogue(o.dataDir)
	if catalogue == nil {
		return nil, err
	} else if err != nil {
		warnf(env.Stderr, "%v; the catalogue of this program is used; ftpkg runtime update makes a new one", err)
	}
	platform, err := ftruntime.HostPlatform("/", runtime.GOOS, runtime.GOARCH)
	if err != nil {
		platform = "" // nothing can be installed, but what is there can be used
	}
	x := &openRuntimes{progress: startProgress(env), stop: func() {}}
	m := &ftruntime.Manager{
		DataDir: o.dataDir, Catalogue: catalogue, Platform: platform, Mirror: o.mirror, Now: env.Now,
		Waiting: func(name string) {
			fmt.Fprintf(x.progress, "ftpkg: waiting for another ftpkg that installs %s\n", name)
		},
	}
	if !o.offline {
		client, take, stop, err := newFetcher(env)
		if err != nil {
			x.progress.stop()
			return nil, err
		}
		m.Client, m.Mirror, x.stop = client, take(o.mirror), stop
	}
	x.Chooser = &ftruntime.Chooser{
		Manager: m, Bundle: carried, Spare: spareDir, Preferred: defaultPython(env), Progress: x.downloading,
		Finder: &ftruntime.Finder{GOOS: runtime.GOOS, Home: env.Home, Getenv: env.Getenv, Registry: ftruntime.SystemRegistry()},
	}
	return x, nil
}

// carriedRuntime is the runtime that stands in this program, nil if none does.
func carriedRuntime() (*ftruntime.Bundle, error) {
	a, err := bundle.Get()
	if a == nil || err != nil {
		return nil, err
	}
	return &ftruntime.Bundle{
		Name: a.Name, Python: a.Python, SHA256: a.SHA256, Folder: a.Folder,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(a.Open()), nil },
	}, nil
}

func (x *openRuntimes) close() {
	x.progress.stop()
	x.stop()
}

// downloading shows how far a download is, in MiB.
func (x *openRuntimes) downloading(done, total int64) {
	x.progress.update("downloading CPython (MiB)", int(done>>20), int(total>>20))
}

// announce says what is about to be installed.
func (x *openRuntimes) announce(text string) { fmt.Fprintf(x.progress, "ftpkg: %s\n", text) }

// choose returns the interpreter for a command: the one given ("" if none was),
// else the first that serves; want is as in [ftruntime.Chooser.Choose].
func (x *openRuntimes) choose(ctx context.Context, env Env, want *wheeltags.Python, given string) (*ftruntime.Runtime, error) {
	// The name of an environment here is a path, though it has no slash.
	_, here := os.Stat(filepath.Join(env.path(given), "pyvenv.cfg"))
	if strings.ContainsAny(given, `/\`) || given != "" && here == nil {
		given = env.path(given)
	}
	r, err := x.Choose(ctx, want, given, x.announce)
	return r, runtimeHint(err)
}
