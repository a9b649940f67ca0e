package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// inspectOptions are what inspect is asked.
type inspectOptions struct {
	subjects  []inspectSubject
	pythons   []wheeltags.Python
	platforms []wheeltags.Platform
	siblings  bool
	hazards   bool
	jobs      int
	index     indexOptions

	verify        bool
	verifyPython  string // the interpreter, "" for one that fits
	verifyRuntime runtimeOptions
	sandbox       vocab.SandboxMode

	format string
	output string
}

func inspectCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "read from files, for every platform, which extension modules turn the GIL on",
		ArgsUsage: "PROJECT[==VERSION]|FILE...",
		Description: `Reads what extension modules declare about the GIL, and for which ABI they are compiled, out of their files, for Linux, macOS and Windows alike, without running anything. FILE is a wheel or its URL, an extension module (.so, .pyd), a directory of wheels or installed packages, or an archive of a container image (.tar).

  $ ftpkg inspect numpy lxml==6.1.3
  $ ftpkg inspect dist/ --format json
  $ docker save myapp > myapp.tar && ftpkg inspect myapp.tar

Of a project all free-threaded wheels of the newest release that has wheels are read, or with --python and --platform those that an installer would take there; where there is none, the wheels for the build with the GIL, which sometimes tell what is to come. Of a wheel in an index only the directory and the extension modules are fetched. What was read once is kept for ever.

A declaration is a claim of the module's authors, or of their toolchain, not a proof of thread safety. The table lists modules that do not declare that they run without the GIL; -v lists all.

Exit status: 0 all declare it, or leave it to a module of another package, 1 some don't, are compiled for another ABI, or have no free-threaded wheel, 2 wrong usage, 3 something is undecided or could not be read, 130 interrupted.`,
		Flags: slices.Concat(inspectTargetFlags(), indexFlags(), inspectVerifyFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "hazards", Category: groupAnswer, Usage: "also list functions of the C API that the modules import and that are often unsafe without the GIL: hints, never a verdict"},
			formatFlag("table", "json", "markdown"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, settingsFlags()),
		Action: action(env, 1, -1, func(c *cli.Context, env Env) error {
			o, err := readInspectOptions(c, env)
			if err != nil {
				return err
			}
			return runInspect(c.Context, env, o)
		}),
	}
}

func inspectTargetFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name: "python", Aliases: []string{"p"}, Category: groupTarget,
			Usage: "of a project, read the wheels for Python `VERSION`: 3.14t is the free-threaded build; without it, for every free-threaded one",
		},
		&cli.StringSliceFlag{
			Name: "platform", Category: groupTarget,
			Usage: "of a project, read the wheels for `PLATFORM`: a name (linux-x86_64), a tag with its floor, main or all; without it, for every one",
		},
		&cli.BoolFlag{Name: "gil-siblings", Category: groupTarget, Usage: "also read the wheels for the build with the GIL, and compare"},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Category: groupTarget, Usage: "read `N` wheels at once"},
	}
}

// groupVerify are the flags that say how the reading is checked.
const groupVerify = "verification"

func inspectVerifyFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.BoolFlag{Name: "verify", Category: groupVerify, Usage: "load the modules of the wheels for this machine, one by one in a sandbox, and compare"},
		&cli.StringFlag{Name: "runtime", Category: groupVerify, Usage: "with --verify, load them in `PYTHON`: a path, a program on PATH, or a version such as 3.14t; without it, in one that is at hand"},
		enumFlag("sandbox", string(vocab.SandboxRequire), vocab.SandboxModes().Names(), groupVerify,
			"with --verify, where no sandbox holds: `MODE` require refuses, best uses what there is, off goes without"),
	}, runtimeFlags()...)
}

// readInspectOptions settles what inspect is asked. The Pythons and platforms of
// the settings are those to resolve for: here they narrow nothing.
func readInspectOptions(c *cli.Context, env Env) (inspectOptions, error) {
	s, err := readSettings(c, env)
	if err != nil {
		return inspectOptions{}, err
	}
	o := inspectOptions{
		siblings: c.Bool("gil-siblings"), hazards: c.Bool("hazards"), jobs: c.Int("jobs"),
		verify: c.Bool("verify"), verifyPython: c.String("runtime"), sandbox: vocab.SandboxMode(enumValue(c, "sandbox")),
		format: enumValue(c, "format"), output: c.String("output"),
	}
	if o.jobs < 0 || c.IsSet("jobs") && o.jobs == 0 {
		return o, usagef("flag --jobs: %d is not a positive number", o.jobs)
	}
	for _, text := range list(c, "python") {
		python, err := wheeltags.ParsePython(text)
		if err != nil {
			return o, &usageError{err}
		}
		o.pythons = append(o.pythons, python)
	}
	if names := c.StringSlice("platform"); len(names) > 0 {
		if o.platforms, err = wheeltags.Expand(names...); err != nil {
			return o, hintf(&usageError{err}, "%snames are %s; main and all stand for several", nearestPlatform(names), orList(platformNames()))
		}
	}
	for _, arg := range c.Args().Slice() {
		x, err := readInspectSubject(env, arg)
		if err != nil {
			return o, err
		}
		o.subjects = append(o.subjects, x)
	}
	o.subjects = joinReleases(o.subjects)
	return o, o.readPlaces(c, env, s)
}

func (o *inspectOptions) readPlaces(c *cli.Context, env Env, s *config.Settings) (err error) {
	o.verifyRuntime = readRuntimeOptions(c, env, s)
	o.index, err = readIndexOptions(c, env, s)
	return err
}

// An inspectKind is what an argument of inspect is.
type inspectKind int

const (
	inspectProject inspectKind = iota
	inspectWheel
	inspectURL
	inspectModule
	inspectTree
	inspectImage
)

// An inspectSubject is one argument of inspect, or the wheels of one release.
type inspectSubject struct {
	arg  string
	kind inspectKind
	path string
	more []string // of the other wheels of a release
	req  pep508.Requirement
}

// wheels are the paths of a subject that is wheels.
func (x *inspectSubject) wheels() []string { return append([]string{x.path}, x.more...) }

// joinReleases makes one subject of the wheels of a release, at the place of the
// first: dist/*.whl is a question about all of them.
func joinReleases(list []inspectSubject) []inspectSubject {
	type release struct{ project, version string }
	at := map[release]int{}
	var joined []inspectSubject
	for _, x := range list {
		name, err := wheeltags.ParseFilename(filepath.Base(x.path))
		if x.kind != inspectWheel || err != nil {
			joined = append(joined, x)
			continue
		}
		r := release{name.Name, name.Version.String()}
		i, ok := at[r]
		if !ok {
			at[r] = len(joined)
			joined = append(joined, x)
			continue
		}
		first := &joined[i]
		if slices.Contains(first.wheels(), x.path) {
			continue
		}
		first.more = append(first.more, x.path)
		first.arg = releasePattern(first.path, first.arg)
	}
	return joined
}

// releasePattern is the pattern that a wheel's release matches, in the folder that
// the argument names.
func releasePattern(path, arg string) string {
	parts := strings.SplitN(filepath.Base(path), "-", 3)
	dir, _ := filepath.Split(arg)
	return dir + parts[0] + "-" + parts[1] + "-*.whl"
}

// imageEndings are what archives of images end in.
func imageEndings() []string { return []string{".tar", ".tar.gz", ".tgz"} }

// readInspectSubject says what an argument is. A word that could be a project's
// name is one, also where a file of that name is there: ./numpy is the file.
func readInspectSubject(env Env, arg string) (inspectSubject, error) {
	x := inspectSubject{arg: arg, path: env.path(arg)}
	lower := strings.ToLower(arg)
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(lower, e) })
	}
	if strings.Contains(arg, "://") && !strings.Contains(arg, " @ ") {
		if name, ok := distributionName(arg); !ok || !strings.HasSuffix(strings.ToLower(name), ".whl") {
			return x, usagef("%q is not the address of a wheel", arg)
		}
		x.kind = inspectURL
		return x, nil
	}
	switch {
	case arg == "":
		return x, usagef("an empty argument")
	case isDir(x.path) && (strings.ContainsAny(arg, `/\`) || arg == "." || arg == ".." || !isProjectName(arg)):
		x.kind = inspectTree
		return x, nil
	case ends(".whl") && !strings.Contains(arg, " @ "):
		x.kind = inspectWheel
	case ends(".so", ".pyd"):
		x.kind = inspectModule
	case ends(imageEndings()...), ends(".tar.zst", ".tar.xz", ".tar.bz2"): // the latter are not read, which is said
		x.kind = inspectImage
	default:
		err := x.readProject()
		return x, err
	}
	info, err := os.Stat(x.path)
	if err != nil {
		return x, fileError(arg, err)
	}
	if !info.Mode().IsRegular() {
		return x, usagef("%s: not a file", arg)
	}
	return x, nil
}

// isProjectName reports whether a word could be the name of a project.
func isProjectName(word string) bool { return pep508.CheckName(word) == nil }

// readProject reads an argument that names a project of the index.
func (x *inspectSubject) readProject() error {
	req, err := pep508.Parse(x.arg)
	if err != nil {
		return notAnArgument(x.arg, err)
	}
	if req.URL != "" {
		return usagef("%q: give the wheel itself: %s", x.arg, req.URL)
	}
	x.req = req
	return nil
}
