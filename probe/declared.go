package probe

import (
	"context"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
)

// Declared is an extension module of an environment as its file declares it.
type Declared struct {
	Distribution, Version string
	Module                string
	Test                  bool // it belongs to the package's tests
	Declaration           vocab.Declaration
	Toolchain             vocab.Toolchain
}

// ReadDeclared reads what the extension modules of an environment declare, without
// running anything. suffixes are those of its interpreter: files with others are
// never loaded, so they are left out, as is what cannot be read.
func ReadDeclared(ctx context.Context, env *environment.Environment, suffixes []string) ([]Declared, error) {
	type work struct {
		path string
		to   *Declared
	}
	var todo []work
	var list []*Declared
	for _, d := range env.Distributions {
		for i := range d.Extensions {
			e := &d.Extensions[i]
			if e.Module == "" || !e.LoadedBy(suffixes) {
				continue
			}
			one := &Declared{Distribution: d.Name, Version: d.Version, Module: e.Module, Test: e.Test}
			list = append(list, one)
			todo = append(todo, work{extensionPath(env, e), one})
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, w := range todo {
		g.Go(func() error {
			if f := readFile(w.path); f != nil {
				w.to.Declaration, w.to.Toolchain = f.Declaration, f.Toolchain
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var read []Declared
	for _, d := range list {
		if d.Declaration != "" {
			read = append(read, *d)
		}
	}
	return read, nil
}

// extensionPath is the absolute path of an extension's file: that of an editable
// project is one, others are relative to the folder of the environment.
func extensionPath(env *environment.Environment, e *environment.Extension) string {
	path := filepath.FromSlash(e.Path)
	if filepath.IsAbs(path) || len(env.Site) == 0 {
		return path
	}
	return filepath.Join(env.Site[0], path)
}
