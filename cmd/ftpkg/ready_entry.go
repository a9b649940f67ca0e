package main

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/probe/ready/pyimport"
	"github.com/ftpkg/ftpkg/resolver"
)

// follow follows the imports of the program that was named.
func (x *readiness) follow(ctx context.Context, q *readyQuestion, a *ready.Application) error {
	p, err := x.program(x.o.entry)
	if err != nil {
		return err
	}
	r := &ready.SourceReader{
		Open: x.openWheel, OnWheel: func(name string) { x.bar.update("reading the source of "+name, 0, 0) },
	}
	if !x.o.index.noCache {
		r.CacheDir = x.o.index.cacheDir
	}
	err = x.judge.Follow(ctx, a, q.result, p, r)
	switch {
	case errors.Is(err, ready.ErrNoCell):
		return hintf(usagef("--entry: %w", err), "name one: --python 3.14t")
	case errors.Is(err, ready.ErrNoModule):
		return usagef("--entry: %w", err)
	}
	return err
}

// program says what a program's name means: a file, a folder, or a module.
func (x *readiness) program(name string) (*ready.Program, error) {
	path := x.env.path(name)
	p := &ready.Program{Name: name}
	beside := func(dirs ...string) {
		for _, dir := range append(dirs, x.env.Dir, filepath.Join(x.env.Dir, "src")) {
			p.Local = append(p.Local, ready.Folder(os.DirFS(dir)))
		}
	}
	script := func(file string) *ready.Program {
		dir, base := filepath.Split(file)
		beside(dir)
		p.Script = &pyimport.Module{Name: name, Load: func(context.Context) (*pyimport.File, error) {
			return ready.Source(os.DirFS(dir), base)
		}}
		return p
	}
	is := func(file string) bool {
		info, err := os.Stat(file)
		return err == nil && info.Mode().IsRegular()
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode().IsRegular():
		return script(path), nil
	case err == nil && info.IsDir() && is(filepath.Join(path, "__init__.py")):
		base := filepath.Base(path)
		beside(filepath.Dir(path))
		p.Modules = []string{base + ".__main__", base}
		return p, nil
	case err == nil && is(filepath.Join(path, "__main__.py")):
		return script(filepath.Join(path, "__main__.py")), nil
	case err == nil:
		return nil, usagef("--entry: %s has neither an __init__.py nor a __main__.py", name)
	case strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".py"):
		return nil, fileError(name, err)
	}
	beside()
	p.Modules = []string{name + ".__main__", name}
	return p, nil
}

// wholeBelow is the size of wheels that are rather fetched whole than in parts, in
// bytes.
const wholeBelow = 512 << 10

// openWheel opens a package's wheel to read its source.
func (x *readiness) openWheel(ctx context.Context, p *resolver.Package) (ready.Archive, error) {
	ctx = fetch.WithPhase(ctx, "source")
	var digest *[32]byte
	if sum, err := hex.DecodeString(p.SHA256); err == nil && len(sum) == 32 {
		digest = (*[32]byte)(sum)
	}
	if strings.HasPrefix(p.URL, "http") && (p.Size <= 0 || p.Size > wholeBelow) {
		size := p.Size
		if size <= 0 {
			size = -1
		}
		f, err := x.idx.OpenParts(ctx, p.URL, size)
		if !errors.Is(err, fetch.ErrNoRanges) {
			return parts{f}, err
		}
	}
	return x.idx.Open(ctx, p.URL, digest)
}

// parts are parts of a remote file; nothing is to be closed.
type parts struct{ *fetch.Ranges }

func (parts) Close() error { return nil }
