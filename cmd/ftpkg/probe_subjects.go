package main

import (
	"archive/zip"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/inputs"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// subjects reads what is asked into environments to make: one for each package
// and each wheel, one for all files together. The question that comes with them
// has the options the files bring for indexes.
func (o *probeOptions) subjects(ctx context.Context, env Env) ([]*probe.Subject, *question, error) {
	var subjects []*probe.Subject
	all := &question{input: &inputs.Input{}}
	add := func(args, files []string) error {
		ro := &resolveOptions{requirements: append(slices.Clone(args), o.with...), files: files, extras: o.extras, groups: o.groups}
		q, err := readQuestion(ctx, env, ro)
		if err != nil {
			return err
		}
		s := &probe.Subject{Request: &resolver.Request{Like: vocab.LikeUV}, Groups: ro.lockGroups(), Asked: map[string][]string{}}
		if q.lock != nil {
			if len(o.with) > 0 {
				return usagef("a lock is installed as it is; it takes no --with")
			}
			s.Lock, s.Extras = q.lock, ro.lockExtras(q)
		} else {
			q.fill(s.Request)
			all.input.Add(q.input)
			s.Packages, s.Asked = probedNames(q.input, len(args) > 0)
		}
		if s.Lock == nil && len(s.Packages) == 0 {
			return usagef("%s: there is nothing to probe", strings.Join(append(args, files...), ", "))
		}
		subjects = append(subjects, s)
		return nil
	}
	for _, arg := range o.packages {
		if err := add([]string{arg}, nil); err != nil {
			return nil, nil, err
		}
	}
	for _, file := range o.wheels {
		arg, err := wheelRequirement(env, file)
		if err != nil {
			return nil, nil, err
		}
		if err := add([]string{arg}, nil); err != nil {
			return nil, nil, err
		}
	}
	if len(o.files) > 0 {
		if err := add(nil, o.files); err != nil {
			return nil, nil, err
		}
	}
	return subjects, all, nil
}

// probedNames are the packages of an input that are probed, each once, with the extras
// asked of them. Of a package on the command line that is the first alone: the
// rest is what it is installed with.
func probedNames(in *inputs.Input, first bool) ([]string, map[string][]string) {
	var names []string
	extras := map[string][]string{}
	for _, r := range in.Requirements {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
		extras[r.Name] = append(extras[r.Name], r.Extras...)
		if first {
			break
		}
	}
	return names, extras
}

// wheelRequirement writes a wheel as a requirement on that very file.
func wheelRequirement(env Env, file string) (string, error) {
	path := env.path(file)
	name, err := wheeltags.ParseFilename(filepath.Base(path))
	if err != nil {
		return "", &usageError{err}
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fileError(file, err)
	case !info.Mode().IsRegular():
		return "", usagef("%s: not a file", file)
	}
	if z, err := zip.OpenReader(path); err != nil {
		return "", usagef("%s: not a wheel: %w", file, err)
	} else if err := z.Close(); err != nil {
		return "", err
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return fmt.Sprintf("%s @ %s", name.Name, (&url.URL{Scheme: "file", Path: slashed}).String()), nil
}

// scripts lists the Python files that the user gives, or that are in the
// directories that he gives.
func scripts(env Env, names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		path := env.path(name)
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, fileError(name, err)
		case !info.IsDir():
			files = append(files, path)
			continue
		}
		found, err := filepath.Glob(filepath.Join(path, "*.py"))
		if err != nil {
			return nil, usagef("%s: %w", name, err)
		}
		if len(found) == 0 {
			return nil, usagef("%s: there is no Python file in this directory", name)
		}
		files = append(files, found...)
	}
	slices.Sort(files) // a file and its directory may both have been named
	return slices.Compact(files), nil
}
