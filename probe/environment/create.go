package environment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// installer is what an environment's distributions say installed them.
const installer = "ftpkg"

// attempts is how often an environment is begun again because the store changed
// under it.
const attempts = 3

// Create makes a virtual environment in a folder that is empty or not there yet,
// with a set of wheels in it: each project once, dependencies included; nothing
// is resolved here. On an error the folder is left as it was.
//
// The error is a [*WheelError] if a wheel is at fault, a [*StoreError] if the
// store can't be written, [ErrNotEmpty], or what went wrong with the folder or
// with getting a wheel.
func (s *Store) Create(ctx context.Context, dir string, py *runtime.Info, wheels []Wheel, opt Options) (*Environment, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	made, err := prepare(dir)
	if err != nil {
		return nil, err
	}
	if opt.Jobs <= 0 {
		opt.Jobs = goruntime.GOMAXPROCS(0)
	}
	for attempt := 1; ; attempt++ {
		var env *Environment
		env, err = s.create(ctx, dir, py, wheels, &opt)
		if err == nil {
			err = widen(dir, made, layoutOf(py).scripts)
		}
		if err == nil {
			return env, nil
		}
		wipe(dir, made)
		if attempt == attempts || ctx.Err() != nil || !errors.Is(err, errChanged) {
			break
		}
		if made {
			if made, err = prepare(dir); err != nil {
				return nil, err
			}
		}
	}
	if errors.Is(err, errChanged) {
		err = &StoreError{s.dir, errors.New("it changes as fast as it is made")}
	}
	return nil, err
}

// prepare makes the folder of an environment, and reports whether it was not
// there before.
func prepare(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return false, err
		}
		return true, os.Mkdir(dir, 0o755)
	case err != nil:
		return false, err
	case len(entries) > 0:
		return false, fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	return false, nil
}

// wipe removes what was made of an environment.
func wipe(dir string, made bool) {
	if made {
		_ = os.RemoveAll(dir)
		return
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		_ = os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}

func (s *Store) create(ctx context.Context, dir string, py *runtime.Info, wheels []Wheel, opt *Options) (*Environment, error) {
	entries, err := s.collect(ctx, py, wheels, opt)
	if err != nil {
		return nil, err
	}
	p := &plan{layout: layoutOf(py), root: dir, cacheTag: py.CacheTag, dests: map[string]*planned{}}
	python, err := makeVenv(dir, p.layout, py)
	if err != nil {
		return nil, err
	}
	p.python = python
	site := filepath.Join(dir, filepath.FromSlash(p.site))
	names := map[string]string{}
	for i, e := range entries {
		in, err := newInstall(e, wheels[i].Filename, site)
		if err != nil {
			return nil, s.vanished(e, err)
		}
		if other, twice := names[in.dist.Name]; twice {
			return nil, fmt.Errorf("%s and %s are both of project %s", other, in.dist.Wheel, in.dist.Name)
		}
		names[in.dist.Name] = in.dist.Wheel
		if err := p.add(in); err != nil {
			return nil, s.vanished(e, err)
		}
	}
	for _, in := range p.installs {
		for _, sc := range in.scripts {
			in.generated = append(in.generated, p.program(sc)...)
		}
	}
	shared, err := s.place(ctx, p, opt)
	if err != nil {
		return nil, err
	}
	env := &Environment{Dir: dir, Python: python, Site: []string{site}, Conflicts: p.conflicts, Shared: shared}
	for _, in := range p.installs {
		if err := p.finish(in); err != nil {
			return nil, err
		}
		env.Distributions = append(env.Distributions, in.dist)
	}
	slices.SortFunc(env.Distributions, func(a, b *Distribution) int { return strings.Compare(a.Name, b.Name) })
	return env, nil
}

// vanished rejects a wheel of the store if a file of it is gone.
func (s *Store) vanished(e *entry, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return s.reject(e, err)
	}
	return err
}

// collect brings all wheels into the store, several at a time.
func (s *Store) collect(ctx context.Context, py *runtime.Info, wheels []Wheel, opt *Options) ([]*entry, error) {
	entries := make([]*entry, len(wheels))
	group, ctx := errgroup.WithContext(ctx)
	// Fetching waits for the network more than for the processor.
	group.SetLimit(max(opt.Jobs, 4))
	compilers := make(chan struct{}, opt.Jobs)
	var told sync.Mutex
	for i := range wheels {
		group.Go(func() error {
			w := &wheels[i]
			e, unpacked, err := s.get(ctx, w)
			if err != nil {
				return err
			}
			if !opt.NoCompile {
				compilers <- struct{}{}
				err := s.withPyc(ctx, e, py, opt.Jobs)
				<-compilers
				if err != nil {
					return fmt.Errorf("%s: %w", w.Filename, err)
				}
			}
			entries[i] = e
			if opt.OnWheel != nil {
				told.Lock()
				defer told.Unlock()
				opt.OnWheel(w, unpacked)
			}
			return nil
		})
	}
	return entries, group.Wait()
}

// newInstall reads what a wheel of the store says of itself.
func newInstall(e *entry, filename, site string) (*install, error) {
	name, err := wheeltags.ParseFilename(filename)
	if err != nil {
		return nil, &WheelError{filename, err}
	}
	info := filepath.Join(e.dir, filesName, e.info)
	b, err := os.ReadFile(filepath.Join(info, "METADATA"))
	if err != nil {
		return nil, err
	}
	meta, err := simple.ParseMetadata(b)
	if err == nil { // the same file may have come under another name before
		err = meta.Describes(name.Name, name.Version)
	}
	if err != nil {
		return nil, &WheelError{filename, err}
	}
	in := &install{entry: e, dist: &Distribution{
		Name: name.Name, Version: meta.Version, Wheel: filename, SHA256: e.hex(),
		Requires: meta.RequiresDist, Notes: e.notes, site: site,
	}}
	b, err = os.ReadFile(filepath.Join(info, "entry_points.txt"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return in, nil
	case err != nil:
		return nil, err
	}
	if in.scripts, err = parseEntryPoints(b); err != nil {
		return nil, &WheelError{filename, err}
	}
	return in, nil
}

// finish writes what is generated for a distribution, RECORD last, and describes
// what is installed.
func (p *plan) finish(in *install) error {
	info := p.site + "/" + in.info
	in.generated = append(in.generated, &generated{dest: info + "/INSTALLER", data: []byte(installer + "\n")})
	d := in.dist
	d.Files = make([]InstalledFile, 0, len(in.files)+len(in.generated)+1)
	modules := make([]bool, 0, len(in.files))
	for i := range in.files {
		if f := &in.files[i]; !f.dropped {
			d.Files = append(d.Files, InstalledFile{p.record(f.dest), f.digest, f.size})
			modules = append(modules, f.module)
		}
	}
	for _, g := range in.generated {
		if p.reserved(g.dest) {
			return &WheelError{d.Wheel, fmt.Errorf("its script would replace the environment's own %s", g.dest)}
		}
		if err := p.write(g); err != nil {
			return err
		}
		d.Files = append(d.Files, InstalledFile{p.record(g.dest), recordDigest(sha256.Sum256(g.data)), int64(len(g.data))})
		modules = append(modules, false)
	}
	d.Files = append(d.Files, InstalledFile{Path: in.info + "/RECORD", Size: -1})
	modules = append(modules, false)
	record := make([]byte, 0, 128*len(d.Files))
	for i := range d.Files {
		record = appendRow(record, d.Files[i].Path, d.Files[i].Digest, d.Files[i].Size)
	}
	d.describe(func(i int) bool { return modules[i] })
	return p.write(&generated{dest: info + "/RECORD", data: record})
}

// write writes a generated file. Where another distribution has one of the same
// name, the later stays.
func (p *plan) write(g *generated) error {
	name := filepath.Join(p.root, filepath.FromSlash(g.dest))
	perm := os.FileMode(0o644)
	if g.exec {
		perm = 0o755
	}
	// What is there may be the store's own file: it is replaced, not written to.
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.WriteFile(name, g.data, perm)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		err = os.WriteFile(name, g.data, perm)
	}
	return err
}
