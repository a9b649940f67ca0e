package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// groupRuntime lists the flags that say where runtimes are and come from.
const groupRuntime = "runtime"

// runtimeRun is what a subcommand of runtime does, with its arguments.
type runtimeRun func(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error

type runtimeCommandOptions struct {
	args      []string
	format    string
	managed   bool   // list: the managed ones only
	available bool   // list: what can be installed too
	from      string // update
}

func runtimeCommand(env Env) *cli.Command {
	command := func(name, arguments, usage, description string, least, most int, flags []cli.Flag, f runtimeRun) *cli.Command {
		flags = append(append(flags, runtimeFlags()...), offlineFlag(), formatFlag("text", "json"))
		return &cli.Command{
			Name: name, ArgsUsage: arguments, Usage: usage, Description: description,
			Flags: append(flags, settingsFlags()...),
			Action: action(env, least, most, func(c *cli.Context, env Env) error {
				s, err := readSettings(c, env)
				if err != nil {
					return err
				}
				o := runtimeCommandOptions{
					args: c.Args().Slice(), format: enumValue(c, "format"),
					managed: c.Bool("managed"), available: c.Bool("available"), from: env.location(c.String("from")),
				}
				x, err := readRuntimeOptions(c, env, s).open(env)
				if err != nil {
					return err
				}
				defer x.close()
				return runtimeHint(f(c.Context, env, x, o))
			}),
		}
	}
	return &cli.Command{
		Name:  "runtime",
		Usage: "install, list and remove the interpreters that ftpkg runs packages in",
		Subcommands: []*cli.Command{
			command("install", "[VERSION...]", "install CPython",
				`VERSION is a series or a release, free-threaded with a t: 3.14t, 3.13.15t, 3.14 for the build with the GIL. A series stands for its newest release, or for its newest pre-release as long as it has no release. Without VERSION, the newest settled free-threaded one is installed.

  $ ftpkg runtime install 3.14t 3.14

The archives are those of python-build-standalone. Which there are, and their digests, stands in a catalogue that ftpkg carries: no byte of an archive is unpacked before its digest is found right. ftpkg runtime update fetches a newer catalogue.

--python-mirror, or uv's variable UV_PYTHON_INSTALL_MIRROR, names another place to download from. It stands for the beginning of the archives' URLs, up to the folder of the release. Of a directory, the archives may also lie in it side by side.`,
				0, -1, nil, runRuntimeInstall),
			runtimeBuildCommand(env),
			command("list", "", "list the interpreters that ftpkg can use",
				"Lists what ftpkg installed or built, what it carries, and what it finds on this machine: on PATH, in the folders of uv, pyenv and Homebrew, in the frameworks of python.org's installers, in the registry of Windows. Each was asked what it is; names mean nothing.",
				0, 0, []cli.Flag{
					&cli.BoolFlag{Name: "managed", Category: groupRules, Usage: "list only what ftpkg installed or built"},
					&cli.BoolFlag{Name: "available", Category: groupRules, Usage: "list also what can be installed"},
				}, runRuntimeList),
			command("path", "[VERSION]", "print the path of an interpreter",
				"Prints the interpreter that ftpkg would use for VERSION, or by default. Nothing is installed.",
				0, 1, nil, runRuntimePath),
			command("remove", "NAME...", "remove interpreters that ftpkg installed or built",
				"NAME is one of ftpkg runtime list --managed, or a version such as 3.14t, which stands for all of that series and flavour.",
				1, -1, nil, runRuntimeRemove),
			command("update", "", "fetch the catalogue of what can be installed",
				"Makes a catalogue from the index that python-build-standalone publishes, and keeps it in the data directory. A broken index, or one older than what is here, changes nothing.",
				0, 0, []cli.Flag{&cli.StringFlag{
					Name: "from", Category: groupRuntime, Usage: "read the index at `URL`, or the file of that name, instead of the publisher's",
				}}, runRuntimeUpdate),
		},
	}
}

// runtimeDocument is the schema ftpkg.runtime/1.
type runtimeDocument struct {
	Schema    string             `json:"schema"`
	Command   string             `json:"command"`
	DataDir   string             `json:"data_dir"`
	Catalogue runtimeCatalogue   `json:"catalogue"`
	Runtimes  []runtimeView      `json:"runtimes"`
	Bundled   *runtimeBundled    `json:"bundled,omitempty"`
	Broken    []runtimeBroken    `json:"broken,omitempty"`
	Removed   []string           `json:"removed,omitempty"`
	Available []runtimeAvailable `json:"available,omitempty"`
}

type runtimeCatalogue struct {
	AsOf   string `json:"as_of"`
	Builds int    `json:"builds"`
}

// runtimeView is an interpreter as documents and tables have it.
type runtimeView struct {
	Python string `json:"python"` // 3.14.7t
	ftruntime.Info
	Source vocab.RuntimeSource `json:"source"`
	Name   string              `json:"name,omitempty"`
	Dir    string              `json:"dir,omitempty"`
	Origin string              `json:"origin,omitempty"`
	Target string              `json:"target,omitempty"`
}

// runtimeBundled is the interpreter that stands in the program.
type runtimeBundled struct {
	Name     string `json:"name"`
	Python   string `json:"python"`
	Unpacked bool   `json:"unpacked"`
}

type runtimeBroken struct {
	Name   string `json:"name,omitempty"`
	Reason string `json:"reason"`
}

type runtimeAvailable struct {
	Name      string `json:"name"`
	Python    string `json:"python"`
	Platform  string `json:"platform"`
	Installed bool   `json:"installed"`
}

func newRuntimeDocument(command string, x *openRuntimes) *runtimeDocument {
	c := x.Manager.Catalogue
	return &runtimeDocument{
		Schema: "ftpkg.runtime/1", Command: command, DataDir: x.Manager.DataDir, Runtimes: []runtimeView{},
		Catalogue: runtimeCatalogue{c.AsOf.Format("2006-01-02"), len(c.Builds)},
	}
}

func viewRuntime(r *ftruntime.Runtime) runtimeView {
	v := runtimeView{Python: r.Python().String(), Info: r.Info, Source: r.Source, Name: r.Name, Dir: r.Dir, Origin: r.Origin}
	if t, err := r.Target(); err == nil {
		v.Target = t.Platform.Tag()
	}
	return v
}

// runtimeHint gives the failures of getting an interpreter their status and what
// can be done about them.
func runtimeHint(err error) error {
	var (
		build   *ftruntime.NoBuildError
		digest  *ftruntime.DigestError
		archive *ftruntime.ArchiveError
		managed *ftruntime.NotManagedError
		flavour *ftruntime.FlavourError
		given   *ftruntime.GivenError
		hint    *hintError
	)
	switch {
	case err == nil, errors.As(err, &hint):
		return err
	case errors.As(err, &build):
		return hintf(&refusalError{err}, "ftpkg runtime update asks for newer builds; ftpkg runtime build makes one from source")
	case errors.As(err, &digest), errors.As(err, &archive):
		return hintf(&refusalError{err}, "nothing was installed; is the mirror right? ftpkg runtime update renews the digests")
	case errors.As(err, &managed):
		return hintf(&refusalError{err}, "run: ftpkg runtime list --managed")
	case errors.As(err, &flavour):
		return hintf(&usageError{err}, "leave --python out, and ftpkg gets one itself")
	case errors.As(err, &given):
		return hintf(&usageError{err}, "run: ftpkg runtime list")
	case errors.Is(err, ftruntime.ErrNoRuntime):
		return hintf(&refusalError{err}, "run: ftpkg runtime install")
	case errors.Is(err, ftruntime.ErrOffline):
		return hintf(err, "run it once without --offline, name a directory with --python-mirror, or build one: ftpkg runtime build")
	case errors.Is(err, fs.ErrPermission):
		return hintf(err, "name another place with --data-dir DIR")
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return hintf(err, "check the network; --python-mirror names another place, ftpkg runtime build makes one from source")
	}
	return err
}

// parsePythons reads the versions on a command line.
func parsePythons(words []string) ([]wheeltags.Python, error) {
	var all []wheeltags.Python
	for _, word := range words {
		p, err := wheeltags.ParsePython(strings.TrimSpace(word))
		if err != nil {
			return nil, &usageError{err}
		}
		all = append(all, p)
	}
	return all, nil
}
