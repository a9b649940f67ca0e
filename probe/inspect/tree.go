package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// maxTree bounds how many files of a folder are looked at.
const maxTree = 5_000_000

func normalized(name string) string { return pep508.NormalizeName(name) }

// File reads one extension module on this machine. For which interpreter it is, its
// name says, or the folder it is in.
func (r *Reader) File(ctx context.Context, name string) (*Wheel, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	read, ok := treeReading(strings.TrimPrefix(filepath.ToSlash(abs), "/"))
	if !ok {
		return nil, &ReadError{name, errors.New("not the name of an extension module")}
	}
	// Its module's name is known below a folder of packages only.
	if site, _ := cutSite(read.path); site == "" {
		read, _ = treeReading(filepath.Base(name))
	}
	read.path = filepath.Base(name)
	c := newCollector()
	if err := r.addFile(ctx, c, nil, &read, abs); err != nil {
		return nil, err
	}
	w := &Wheel{File: name, Modules: c.modules[read.path]}
	if read.known {
		w.FreeThreaded, w.Pythons = read.python.FreeThreaded, []string{read.python.String()}
	}
	if fault, ok := c.faults[read.path]; ok {
		return nil, &ReadError{name, errors.New(fault)}
	}
	w.settle()
	return w, nil
}

// addFile reads an extension module from disk; mu, if not nil, guards c.
func (r *Reader) addFile(ctx context.Context, c *collector, mu *sync.Mutex, read *reading, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	var modules []Module
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !st.Mode().IsRegular():
		modules = []Module{read.undecided("not a regular file")}
	default:
		if modules, err = read.read(f, st.Size()); err != nil {
			return err
		}
	}
	if mu != nil {
		mu.Lock()
		defer mu.Unlock()
	}
	c.modules[read.path] = modules
	return nil
}

// Tree reads what is in a folder: wheels, and the extension modules of installed
// packages, each package as a wheel of its own. What cannot be read for want of
// permission fails; what is damaged is a finding. Links to folders are not
// followed.
func (r *Reader) Tree(ctx context.Context, dir string) ([]*Wheel, error) {
	names, err := list(ctx, dir)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := newCollector()
	c.base = filepath.ToSlash(abs)
	var sources []Source
	var mu sync.Mutex
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range names {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, ".whl") {
			sources = append(sources, FromFile(full))
			continue
		}
		switch kindOf(name) {
		case moduleFile:
			g.Go(func() error {
				read := c.reading(name)
				return r.addFile(inner, c, &mu, &read, full)
			})
		case recordFile, metadataFile:
			g.Go(func() error { return addInfo(c, &mu, name, full) })
		case otherFile:
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	wheels, errs := r.Wheels(ctx, sources, nil)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for i, err := range errs {
		if err != nil { // one bad wheel is not to hide the others
			wheels[i] = &Wheel{File: sources[i].Name, Modules: []Module{}, Error: err.Error()}
		}
	}
	return append(wheels, c.packages()...), nil
}

func addInfo(c *collector, mu *sync.Mutex, name, full string) error {
	f, err := os.Open(full)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	mu.Lock()
	defer mu.Unlock()
	return c.addInfo(name, f)
}

// addInfo adds a RECORD or METADATA.
func (c *collector) addInfo(name string, r io.Reader) error {
	if kindOf(name) == recordFile {
		c.addRecord(name, r)
		return nil
	}
	return c.addMetadata(name, r)
}

// list returns the files of a folder that matter, sorted.
func list(ctx context.Context, dir string) ([]string, error) {
	var names []string
	seen := 0
	err := filepath.WalkDir(dir, func(full string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case e.IsDir() && (e.Name() == ".git" || e.Name() == ".hg" || e.Name() == "__pycache__"):
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		if seen++; seen > maxTree {
			return fmt.Errorf("%s: more than %d files are not read", dir, maxTree)
		}
		rel, err := filepath.Rel(dir, full)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if !strings.HasSuffix(name, ".whl") && kindOf(name) == otherFile {
			return nil
		}
		if !e.Type().IsRegular() { // a link to a file is as good
			if st, err := os.Stat(full); err != nil || !st.Mode().IsRegular() {
				return nil //nolint:nilerr // a dangling link is no file
			}
		}
		names = append(names, name)
		return nil
	})
	slices.Sort(names)
	return names, err
}
