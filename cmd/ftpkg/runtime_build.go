package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/build"
	"github.com/ftpkg/ftpkg/wheeltags"
)

type runtimeBuildOptions struct {
	runtimeOptions

	python         wheeltags.Python
	source, sha256 string
	jobs           int
	format         string
}

func runtimeBuildCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "build", ArgsUsage: "VERSION", Usage: "build CPython from its source",
		Description: `For machines on which nothing can be downloaded. VERSION is that of the source, free-threaded with a t; a series such as 3.14t is enough.

  $ ftpkg runtime build 3.14t --source Python-3.14.7.tar.xz

This takes some minutes, a C compiler, make, and the headers of the libraries the standard library needs: those of zlib and libffi at least. A build that was stopped goes on where it was. If it fails, a file that the message names holds all of its output.

The digest of the source is printed, and noted down: another source of the same version is refused from then on, unless --sha256 says that it is meant.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "source", Category: groupRuntime, Usage: "build from `PATH`: an archive (.tar.gz, .tar.xz, .tar.bz2) or a directory"},
			&cli.StringFlag{Name: "sha256", Category: groupRuntime, Usage: "the source must have this digest, in `HEX`"},
			&cli.UintFlag{Name: "jobs", Category: groupRuntime, Usage: "run `N` compilers at once; 0 is one a processor"},
			dataDirFlag(), formatFlag("text", "json"),
		}, settingsFlags()...),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			s, err := readSettings(c, env)
			if err != nil {
				return err
			}
			pythons, err := parsePythons(c.Args().Slice())
			if err != nil {
				return err
			}
			if c.String("source") == "" {
				return hintf(usagef("--source is needed"), "get the source of CPython %s, then run: ftpkg runtime build %[1]s --source ARCHIVE", pythons[0])
			}
			if raw, err := hex.DecodeString(c.String("sha256")); err != nil || len(raw) != 0 && len(raw) != sha256.Size {
				return usagef("--sha256: %q is not a SHA-256 digest: 64 hexadecimal digits", c.String("sha256"))
			}
			o := runtimeBuildOptions{
				runtimeOptions: runtimeOptions{dataDir: dataDir(c, env, s), offline: true},
				python:         pythons[0], source: env.path(c.String("source")), sha256: c.String("sha256"),
				jobs: int(c.Uint("jobs")), format: enumValue(c, "format"),
			}
			return runRuntimeBuild(c.Context, env, o)
		}),
	}
}

// runtimeBuilt is the schema ftpkg.runtime/1 as this command fills it.
type runtimeBuilt struct {
	*runtimeDocument

	Source runtimeSource `json:"built_from"`
}

// runtimeSource is what a runtime was built from.
type runtimeSource struct {
	Path    string   `json:"path"`
	SHA256  string   `json:"sha256"`
	Log     string   `json:"log"`
	Missing []string `json:"missing"` // modules
}

func runRuntimeBuild(ctx context.Context, env Env, o runtimeBuildOptions) error {
	x, err := o.open(env)
	if err != nil {
		return err
	}
	defer x.close()
	last := build.Step("")
	r, err := build.Build(ctx, build.Options{
		Python: o.python, Source: o.source, SHA256: o.sha256, Jobs: o.jobs, Getenv: env.Getenv,
		Work: filepath.Join(o.dataDir, "build"),
		Prefix: func(v wheeltags.Python, digest string) string {
			const short = 8
			return x.Manager.Dir(fmt.Sprintf("cpython-%s+source.%s-%s", v, digest[:short], x.Manager.Platform.Short()))
		},
		Check: func(ctx context.Context, python string) error { return checkBuilt(ctx, o.python, python) },
		OnStep: func(s build.Step, done, total int) {
			if s != last {
				last = s
				fmt.Fprintf(x.progress, "ftpkg: %s\n", stepText(s))
			}
			x.progress.update(string(s), done, total)
		},
	})
	x.progress.stop()
	if err != nil {
		return buildHint(err)
	}
	info, err := ftruntime.Ask(ctx, r.Python)
	if err != nil {
		return err
	}
	done := "is there already:"
	one := &ftruntime.Runtime{Info: *info, Source: vocab.RuntimeManaged, Name: filepath.Base(r.Prefix), Dir: r.Prefix}
	if !r.Existed {
		done, one.Source = "built in", vocab.RuntimeInstalled
	}
	if missing := missed(r.Missing); len(missing) > 0 {
		warnf(env.Stderr, "without %s: the libraries or headers they need are missing here", strings.Join(missing, ", "))
	}
	if o.format == "json" {
		doc := newRuntimeDocument("build", x)
		doc.Runtimes = append(doc.Runtimes, viewRuntime(one))
		return writeJSON(env.Stdout, runtimeBuilt{doc, runtimeSource{o.source, r.SHA256, r.Log, append([]string{}, r.Missing...)}})
	}
	_, err = fmt.Fprintf(env.Stdout, "CPython %s %s %s\nsource sha256 %s\n", r.Version, done, r.Prefix, r.SHA256)
	return err
}

// stepText says what a step does, in a line of its own: there may be no terminal
// to draw a bar on.
func stepText(s build.Step) string {
	switch s {
	case build.StepWait:
		return "waiting for another build"
	case build.StepUnpack:
		return "unpacking the source"
	case build.StepConfigure:
		return "configuring"
	case build.StepMake:
		return "compiling"
	case build.StepInstall:
		return "installing"
	}
	return string(s)
}

// checkBuilt asks a new interpreter whether it is what was to be built.
func checkBuilt(ctx context.Context, want wheeltags.Python, python string) error {
	info, err := ftruntime.Ask(ctx, python)
	if err != nil {
		return err
	}
	if got := info.Python(); got.FreeThreaded != want.FreeThreaded || got.Debug != want.Debug || got.Minor != want.Minor {
		return fmt.Errorf("it says it is %s, not %s", got, want)
	}
	return nil
}

// missed are the modules whose absence somebody may notice.
func missed(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.Contains([]string{"_dbm", "_gdbm", "_tkinter", "nis"}, name)
	})
}

// buildHint gives the failures of a build their status and what can be done.
func buildHint(err error) error {
	var (
		version *build.VersionError
		digest  *build.DigestError
		archive *build.ArchiveError
		tool    *build.ToolError
		path    *build.PathError
		step    *build.StepError
	)
	switch {
	case errors.As(err, &version):
		return hintf(&usageError{err}, "run: ftpkg runtime build %s --source %s", inFlavour(version), version.Source)
	case errors.As(err, &digest) && digest.Version != "":
		return hintf(&refusalError{err}, "if this source is meant, say so: --sha256 %s", digest.Got)
	case errors.As(err, &digest):
		return &refusalError{err}
	case errors.As(err, &tool):
		return hintf(err, "%s", toolHint(tool, runtime.GOOS))
	case errors.As(err, &archive):
		return &refusalError{err}
	case errors.As(err, &path):
		return hintf(&usageError{err}, "name another place with --data-dir DIR")
	case errors.As(err, &step):
		return hintf(err, "mend it and run the command again: what is done is not done again")
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrInvalid):
		return &usageError{err}
	case errors.Is(err, errors.ErrUnsupported):
		return hintf(err, "run: ftpkg runtime install")
	}
	return runtimeHint(err)
}

// inFlavour is the version that a source is of, in the flavour that was asked for.
func inFlavour(e *build.VersionError) wheeltags.Python {
	p := e.Got
	p.FreeThreaded, p.Debug = e.Want.FreeThreaded, e.Want.Debug
	return p
}

// toolHint says how a system's user gets the tools a build needs.
func toolHint(e *build.ToolError, goos string) string {
	for _, packer := range []string{"xz", "zstd"} {
		if slices.Contains(e.Tools, packer) {
			return fmt.Sprintf("install %s, or name the same source as .tar.gz", packer)
		}
	}
	switch goos {
	case "darwin":
		return "run: xcode-select --install"
	case "linux":
		return "on Debian and Ubuntu, run: apt-get install build-essential zlib1g-dev libffi-dev libssl-dev; on Fedora: dnf install gcc make zlib-devel libffi-devel openssl-devel"
	}
	return "install a C compiler and make"
}
