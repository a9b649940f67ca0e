package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/inputs"
	"github.com/ftpkg/ftpkg/resolver/lock"
)

// A question is what resolve is asked once its input is read: requirements to
// solve, or a lock to judge.
type question struct {
	input *inputs.Input
	lock  *lock.Lock
}

// maxInput bounds what is read from standard input.
const maxInput = 64 << 20

// readQuestion reads everything the options name.
func readQuestion(ctx context.Context, env Env, o *resolveOptions) (*question, error) {
	locks := slices.DeleteFunc(slices.Clone(o.files), func(name string) bool { return !isLock(name) })
	switch n := len(o.requirements) + len(o.files); {
	case o.environment != "" && n > 0:
		return nil, usagef("--env judges what is installed; it takes no requirements beside it")
	case o.environment != "":
		e, err := inputs.ReadEnvironment(env.path(o.environment))
		if err != nil {
			return nil, &usageError{err}
		}
		e.Lock.Path = o.environment
		return &question{lock: e.Lock}, nil
	case len(locks) > 0 && n > 1:
		return nil, usagef("%s is a lock, which is judged by itself; it takes no requirements beside it", locks[0])
	case len(locks) > 0:
		l, err := o.readLock(ctx, env, locks[0])
		if err != nil {
			return nil, err
		}
		return &question{lock: l}, nil
	}
	in, err := o.read(ctx, env)
	if err != nil {
		return nil, err
	}
	if err := in.CheckHashes(); err != nil {
		return nil, &usageError{err}
	}
	return &question{input: in}, nil
}

// isLock reports whether a file's name is that of a lock.
func isLock(name string) bool {
	_, ok := lock.KindOf(name)
	return ok || strings.HasSuffix(name, ".lock")
}

// readLock reads a lock and, where it leaves out what the project itself
// requires, the project file beside it.
func (o *resolveOptions) readLock(ctx context.Context, env Env, name string) (*lock.Lock, error) {
	data, err := os.ReadFile(env.path(name))
	if err != nil {
		return nil, fileError(name, err)
	}
	l, err := lock.Read(name, data)
	if err != nil {
		return nil, &usageError{err}
	}
	if !l.NeedsRoots() {
		return l, nil
	}
	project := filepath.Join(filepath.Dir(name), config.PyprojectName)
	if _, err := os.Stat(env.path(project)); errors.Is(err, fs.ErrNotExist) {
		return l, nil // judged as a whole, which the lock's notes say
	}
	if err := o.loader(env).SetRoots(ctx, l, project); err != nil {
		return nil, inputError(ctx, err)
	}
	return l, nil
}

// loader reads the kinds of files that requirements stand in.
func (o *resolveOptions) loader(env Env) *inputs.Loader {
	return &inputs.Loader{
		Dir: env.Dir, Extras: o.extras, Groups: o.groups, AllExtras: o.allExtras,
		ReadFile: func(_ context.Context, name string) ([]byte, error) { return readInput(env, name) },
		LookupEnv: func(name string) (string, bool) {
			v := env.Getenv(name)
			return v, v != ""
		},
	}
}

// read reads requirements and constraints.
func (o *resolveOptions) read(ctx context.Context, env Env) (*inputs.Input, error) {
	l := o.loader(env)
	in := &inputs.Input{}
	add := func(part *inputs.Input, err error) error {
		if err != nil {
			return inputError(ctx, err)
		}
		in.Add(part)
		return nil
	}
	if len(o.requirements) > 0 {
		if err := add(l.Args(ctx, o.requirements)); err != nil {
			return nil, err
		}
	}
	for _, name := range o.files {
		if err := add(l.File(ctx, name)); err != nil {
			return nil, err
		}
	}
	for _, name := range o.constraints {
		if err := add(l.Constraints(ctx, name)); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// readInput reads a file, or standard input for "-".
func readInput(env Env, name string) ([]byte, error) {
	switch {
	case name == "-":
		data, err := io.ReadAll(io.LimitReader(env.Stdin, maxInput+1))
		if err == nil && len(data) > maxInput {
			err = fmt.Errorf("standard input is larger than %d MiB", maxInput>>20)
		}
		return data, err
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		return nil, errors.New("requirements are read from files; download it first")
	}
	return os.ReadFile(env.path(strings.TrimPrefix(name, "file://")))
}

// inputError makes a fault of the input one of usage, with the next step.
func inputError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &usageError{err}
}

func fileError(name string, err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		err = path.Err
	}
	return usagef("%s: %w", name, err)
}

// indexOptions adds what the input says about indexes to the flags, which win.
func (q *question) indexOptions(env Env, o indexOptions) (indexOptions, map[string]string, error) {
	if q.input == nil {
		return o, nil, nil
	}
	in := &q.input.Options
	pinned := map[string]string{}
	for _, x := range in.Indexes {
		switch {
		case x.Explicit:
		case x.Default:
			if o.indexURL == "" {
				o.indexURL = env.location(x.URL)
			}
		default:
			o.extraIndexURL = append(slices.Clone(o.extraIndexURL), env.location(x.URL))
		}
	}
	for _, r := range q.input.Requirements {
		if r.Index == "" {
			continue
		}
		x, ok := in.Index(r.Index)
		if !ok {
			return o, nil, usagef("%s: %s is to come from the index %q, which is not defined", r.Origin, r.Name, r.Index)
		}
		pinned[r.Name] = env.location(x.URL)
	}
	if o.indexURL == "" {
		o.indexURL = env.location(in.IndexURL)
	}
	for _, url := range in.ExtraIndexURLs {
		o.extraIndexURL = append(slices.Clone(o.extraIndexURL), env.location(url))
	}
	for _, link := range in.FindLinks {
		o.findLinks = append(slices.Clone(o.findLinks), env.location(link))
	}
	o.noIndex = o.noIndex || in.NoIndex
	if o.excludeNewer.IsZero() && in.ExcludeNewer != "" {
		t, err := config.ParseCutoff(in.ExcludeNewer)
		if err != nil {
			return o, nil, usagef("exclude-newer: %w", err)
		}
		o.excludeNewer = t
	}
	return o, pinned, nil
}

// fill puts the input into a request.
func (q *question) fill(req *resolver.Request) {
	in := q.input
	if in == nil {
		return
	}
	convert := func(list []inputs.Requirement) []resolver.Requirement {
		out := make([]resolver.Requirement, len(list))
		for i, r := range list {
			out[i] = resolver.Requirement{Requirement: r.Requirement, Origin: r.Origin.String(), Via: r.Parent, Hashes: r.Hashes}
		}
		return out
	}
	req.Requirements = convert(in.Requirements)
	req.Constraints = convert(in.Constraints)
	req.Overrides = convert(in.Overrides)
	req.OnlyBinary = mergeNames(req.OnlyBinary, in.Options.OnlyBinary)
	req.NoBinary = mergeNames(req.NoBinary, in.Options.NoBinary)
	for name := range req.NoBinary.Only {
		exclude(&req.OnlyBinary, name)
	}
	for name := range req.OnlyBinary.Only {
		exclude(&req.NoBinary, name)
	}
	req.AllReleases = mergeNames(resolver.Names{}, in.Options.AllReleases)
	req.OnlyFinal = mergeNames(resolver.Names{}, in.Options.OnlyFinal)
	req.PreferBinary = in.Options.PreferBinary
	req.NotJudged = notes(in.NotJudged)
	req.Ignored = notes(in.Ignored)
}

func exclude(names *resolver.Names, name string) {
	if names.Except == nil {
		names.Except = map[string]bool{}
	}
	names.Except[name] = true
}

// mergeNames joins the names of flags and of files.
func mergeNames(flags resolver.Names, file inputs.Names) resolver.Names {
	out := resolver.Names{All: flags.All || file.All, Only: map[string]bool{}, Except: flags.Except}
	for name := range flags.Only {
		out.Only[name] = true
	}
	for name := range file.Names {
		out.Only[name] = true
	}
	return out
}

func notes(list []inputs.Note) []resolver.Note {
	var out []resolver.Note
	for _, n := range list {
		origin := n.Origin.String()
		if n.Origin.File == "" {
			origin = ""
		}
		out = append(out, resolver.Note{Origin: origin, Text: n.Text, Reason: n.Reason})
	}
	return out
}
