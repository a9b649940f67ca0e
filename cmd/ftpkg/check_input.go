package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/probe/check"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// checkAll gets the wheels and checks them.
func checkAll(ctx context.Context, env Env, o checkOptions) (*check.Report, error) {
	var idx *openIndex
	ask := func() (*openIndex, error) {
		var err error
		if idx == nil {
			idx, err = newIndex(env, o.index, nil)
		}
		return idx, err
	}
	defer func() {
		if idx != nil {
			idx.close()
		}
	}()
	sources, err := o.sources(ctx, env, ask)
	if err != nil {
		return nil, err
	}
	opts := check.Options{Choice: o.choice, Jobs: o.jobs}
	if o.expect != "" {
		if opts.Expect, err = readExpected(env, o.expect); err != nil {
			return nil, err
		}
	}
	if o.against != nil {
		idx, err := ask()
		if err != nil {
			return nil, err
		}
		if opts.Against, err = o.release(ctx, idx, sources); err != nil {
			return nil, err
		}
	}
	bar := startProgress(env)
	defer bar.stop()
	var done atomic.Int32
	for i := range sources {
		open := sources[i].Open
		sources[i].Open = func(ctx context.Context) (check.File, error) {
			bar.update("checking", int(done.Add(1))-1, len(sources))
			return open(ctx)
		}
	}
	report, err := check.Set(ctx, sources, opts)
	return report, checkError(err)
}

// sources are the files that the arguments name, each once.
func (o *checkOptions) sources(ctx context.Context, env Env, ask func() (*openIndex, error)) ([]check.Source, error) {
	var sources []check.Source
	add := func(s check.Source) {
		if !slices.ContainsFunc(sources, func(t check.Source) bool { return t.Name == s.Name }) {
			sources = append(sources, s)
		}
	}
	for _, arg := range o.args {
		info, err := os.Stat(env.path(arg))
		switch {
		case err == nil && info.IsDir():
			found, err := wheelsIn(env, arg, len(o.args) > 1 || o.expect != "")
			if err != nil {
				return nil, err
			}
			for _, s := range found {
				add(s)
			}
		case strings.HasSuffix(strings.ToLower(arg), ".whl"):
			if err != nil {
				return nil, fileError(arg, err)
			}
			add(localWheel(env, arg))
		case err == nil:
			if _, ok := simple.ProjectName(filepath.Base(arg)); !ok {
				return nil, usagef("%s: neither a wheel nor a source distribution", arg)
			}
			add(localWheel(env, arg)) // its version counts
		default:
			found, err := o.released(ctx, arg, ask)
			if err != nil {
				return nil, err
			}
			for _, s := range found {
				add(s)
			}
		}
	}
	return sources, nil
}

// wheelsIn lists the distributions in a directory. It is an error if there is no
// wheel, unless there is a source distribution and the directory is one among several
// things that are checked.
func wheelsIn(env Env, dir string, among bool) ([]check.Source, error) {
	entries, err := os.ReadDir(env.path(dir))
	if err != nil {
		return nil, fileError(dir, err)
	}
	var sources []check.Source
	wheels := 0
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		name := filepath.Join(dir, e.Name())
		switch _, ok := simple.ProjectName(e.Name()); {
		case strings.HasSuffix(e.Name(), ".whl"):
			wheels++
			sources = append(sources, localWheel(env, name))
		case ok:
			sources = append(sources, localWheel(env, name))
		}
	}
	if wheels == 0 && (len(sources) == 0 || !among) {
		err := usagef("%s: there is no wheel in this directory", dir)
		if pep508.CheckName(dir) == nil {
			return nil, hintf(err, "for the project of the index, give a version: ftpkg check %s==1.0", dir)
		}
		return nil, err
	}
	return sources, nil
}

// localWheel is a file of this machine, under the name that the user gave it.
func localWheel(env Env, name string) check.Source {
	return check.Source{Name: filepath.ToSlash(name), Open: func(context.Context) (check.File, error) {
		f, err := os.Open(env.path(name))
		if err != nil {
			return nil, fileError(name, err)
		}
		info, err := f.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = &fs.PathError{Op: "open", Path: name, Err: errors.New("not a file")}
		}
		if err != nil {
			_ = f.Close() // the other error counts
			return nil, fileError(name, err)
		}
		return &sizedFile{f, info.Size()}, nil
	}}
}

// A sizedFile is a file that knows how long it is.
type sizedFile struct {
	*os.File

	size int64
}

// Size implements [check.File].
func (f *sizedFile) Size() int64 { return f.size }

// released are the wheels of a release on the index.
func (o *checkOptions) released(ctx context.Context, arg string, ask func() (*openIndex, error)) ([]check.Source, error) {
	req, err := releaseRequirement(arg)
	if err != nil {
		return nil, hintf(usagef("%s: there is no such file, and it is no release: %w", arg, err), "run: ftpkg check dist/*.whl")
	}
	idx, err := ask()
	if err != nil {
		return nil, err
	}
	page, release, err := findRelease(ctx, idx, req, func(pep440.Version) bool { return true })
	if err != nil {
		return nil, err
	}
	var sources []check.Source
	for i := range release.Files {
		f := &release.Files[i]
		if f.Kind != simple.Wheel {
			continue
		}
		sources = append(sources, check.Source{Name: f.Filename, Open: func(ctx context.Context) (check.File, error) {
			var digest *[32]byte
			if f.HasSHA256 {
				digest = &f.SHA256
			}
			return idx.Open(fetch.WithPhase(ctx, "files"), page.FileURL(f), digest)
		}})
	}
	if len(sources) == 0 {
		return nil, &refusalError{fmt.Errorf("%s %s has no wheels", page.Name, release.Version)}
	}
	return sources, nil
}

// findRelease asks the index for the newest release that a requirement and want admit.
func findRelease(ctx context.Context, idx *openIndex, req pep508.Requirement, want func(pep440.Version) bool) (*simple.Project, *simple.Release, error) {
	page, err := idx.Project(ctx, req.Name)
	switch {
	case errors.Is(err, simple.ErrNoProject):
		return nil, nil, &refusalError{fmt.Errorf("no index has the project %s", req.Name)}
	case err != nil:
		return nil, nil, indexHint(err)
	}
	some := *page
	some.Releases = slices.DeleteFunc(slices.Clone(page.Releases), func(r simple.Release) bool { return !want(r.Version) })
	release := newest(&some, req.Specifiers)
	if release == nil {
		return nil, nil, &refusalError{fmt.Errorf("no release of %s is %s", req.Name, req.String())}
	}
	return page, release, nil
}

// release is the one to compare with: the newest one whose version is not in the set,
// unless one was named.
func (o *checkOptions) release(ctx context.Context, idx *openIndex, sources []check.Source) (*check.Release, error) {
	present := func(v pep440.Version) bool {
		return slices.ContainsFunc(sources, func(s check.Source) bool {
			name, err := wheeltags.ParseFilename(filepath.Base(s.Name))
			return err == nil && name.Name == o.against.Name && name.Version.Compare(v) == 0
		})
	}
	_, pinned := o.against.Specifiers.Pinned()
	page, release, err := findRelease(ctx, idx, *o.against, func(v pep440.Version) bool { return pinned || !present(v) })
	if err != nil {
		return nil, err
	}
	dir := o.index.cacheDir
	if o.index.noCache {
		dir = ""
	}
	reader := inspect.NewReader(inspect.Options{Remote: idx, CacheDir: dir, Jobs: o.jobs})
	r := &check.Release{Project: page.Name, Name: page.Name + " " + release.Version.String()}
	for i := range release.Files {
		f := &release.Files[i]
		if f.Kind != simple.Wheel {
			continue
		}
		r.Wheels = append(r.Wheels, check.Past{File: f.Filename, Modules: func(ctx context.Context) ([]check.PastModule, error) {
			w, err := reader.Wheel(ctx, inspect.FromPage(page, f))
			if err != nil {
				return nil, err
			}
			modules := make([]check.PastModule, 0, len(w.Modules))
			for j := range w.Modules {
				modules = append(modules, check.PastModule{Module: w.Modules[j].Module, Declaration: w.Modules[j].Declaration})
			}
			return modules, nil
		}})
	}
	return r, nil
}
