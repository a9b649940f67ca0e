package ready

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/ready/pyimport"
	"github.com/ftpkg/ftpkg/resolver"
)

// Entry is what a program imports, as source tells.
type Entry struct {
	// Name is the program as it was named.
	Name string `json:"name"`
	// Cell is the one whose wheels were read.
	Cell string `json:"cell"`
	// Modules counts the modules that were followed, Compiled those among them
	// whose imports no source shows, and Computed the places where the name of what
	// is imported is computed.
	Modules  int `json:"modules"`
	Compiled int `json:"compiled"`
	Computed int `json:"computed"`
	// Unread are the wheels and modules whose source could not be read, with the
	// reason.
	Unread []string `json:"unread,omitempty"`
}

// Import says whether a program imports a module of a finding.
type Import struct {
	Reach vocab.Reach `json:"reach"`
	// Module is the one it was decided by.
	Module string `json:"module,omitempty"`
	// Chain are the imports that lead there.
	Chain []Step `json:"chain,omitempty"`
}

// Step is one import.
type Step struct {
	// Module is the module or file in which the import stands, and Line where,
	// counted from 1.
	Module string `json:"module"`
	Line   int    `json:"line"`
	// Imports is what it imports.
	Imports string `json:"imports"`
}

// A Program is where an application begins.
type Program struct {
	// Name is what the user calls it.
	Name string
	// Local are the folders that are searched before the packages.
	Local []pyimport.Layer
	// Script is the program itself if it is a file, and Modules are the modules it
	// begins with if not, the program first.
	Script  *pyimport.Module
	Modules []string
}

// ErrNoCell says that there is no cell without the GIL to follow imports in.
var ErrNoCell = errors.New("no free-threaded cell was asked for")

// ErrNoModule says that a program is not there.
var ErrNoModule = errors.New("neither the program nor a package has a module of this name")

// Follow follows the imports of a program through its source and that of the
// packages of a free-threaded cell, and fills in a.Entry and what it means for the
// findings. The error is ErrNoCell, ErrNoModule, or that of ctx.
func (j *Judge) Follow(ctx context.Context, a *Application, result *resolver.Result, p *Program, r *SourceReader) error {
	c := a.followed()
	if c < 0 {
		return ErrNoCell
	}
	cell, err := newCell(&result.Targets[c], nil)
	if err != nil {
		return err
	}
	e := &Entry{Name: p.Name, Cell: cell.Name()}
	site, startup, err := r.site(ctx, cell, e)
	if err != nil {
		return err
	}
	library := append(slices.Clone(p.Local), site)
	starts := []*pyimport.Module{p.Script}
	if p.Script == nil {
		starts = nil
		for _, name := range p.Modules {
			if m := pyimport.Library(library).Module(name); m != nil {
				starts = append(starts, m)
			}
		}
	}
	switch {
	case len(starts) == 0:
		return fmt.Errorf("%s: %w", p.Name, ErrNoModule)
	case p.Script == nil && starts[0].Package: // which is imported, and not the program
		starts = append([]*pyimport.Module{{Kind: pyimport.Namespace}}, starts...)
	}
	g, err := pyimport.Walk(ctx, library, append(starts, startup...))
	if err != nil {
		return err
	}
	e.Modules, e.Compiled = g.Count()
	e.Computed = g.Computed
	for name, err := range g.Failed {
		e.Unread = append(e.Unread, fmt.Sprintf("%s: %v", name, err))
	}
	slices.Sort(e.Unread)
	a.Entry = e
	for i := range a.Findings {
		if f := &a.Findings[i]; len(f.Modules) > 0 && f.Readiness != vocab.ReadyUnknown {
			f.Import = reached(g, f)
		}
	}
	return nil
}

// followed is the cell that imports are followed in: the first without the GIL in
// which something turns it on, else the first without it, -1 if there is none.
func (a *Application) followed() int {
	first := -1
	for i := range a.Cells {
		switch c := &a.Cells[i]; {
		case !c.FreeThreaded:
		case c.Readiness == vocab.ReadyTurnsOn:
			return i
		case first < 0:
			first = i
		}
	}
	return first
}

// reached says how certainly one of a finding's modules is imported.
func reached(g *pyimport.Graph, f *Finding) *Import {
	var best *pyimport.Visit
	for i := range f.Modules {
		if v := g.Visit(f.Modules[i].Module); v != nil && (best == nil || v.Place < best.Place) {
			best = v
		}
	}
	if best == nil {
		return &Import{Reach: vocab.ReachNotSeen}
	}
	m := &Import{Module: best.Module.Name}
	switch best.Place {
	case pyimport.Always:
		m.Reach = vocab.ReachCertain
	case pyimport.Tried:
		m.Reach = vocab.ReachTried
	default:
		m.Reach = vocab.ReachPossible
	}
	for _, v := range best.Chain() {
		if v.By != nil {
			m.Chain = append(m.Chain, Step{v.By.Module.Name, v.Line, v.Imports})
		}
	}
	return m
}

// site is the folder that the cell's packages are installed in, and what is run of
// them when the interpreter starts.
func (r *SourceReader) site(ctx context.Context, c *cell, e *Entry) (pyimport.Modules, []*pyimport.Module, error) {
	var list []*resolver.Package
	for i := range c.of.Packages {
		if p := &c.of.Packages[i]; installs(p) {
			list = append(list, p)
		}
	}
	read := make([]*sources, len(list))
	errs := make([]error, len(list))
	var g errgroup.Group
	g.SetLimit(defaultJobs)
	for i, p := range list {
		g.Go(func() error {
			read[i], errs[i] = r.read(ctx, p)
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	site := pyimport.Modules{}
	var startup []*pyimport.Module
	for i, p := range list {
		if errs[i] != nil {
			e.Unread = append(e.Unread, fmt.Sprintf("%s: %v", p.File, errs[i]))
			continue
		}
		startup = append(startup, read[i].add(site, p.Name, c.host)...)
	}
	return site, startup, nil
}

// add adds a wheel's modules, and returns what is run of it at the start of the
// interpreter.
func (s *sources) add(site pyimport.Modules, owner string, h *host) []*pyimport.Module {
	var startup []*pyimport.Module
	load := func(f *pyimport.File) func(context.Context) (*pyimport.File, error) {
		return func(context.Context) (*pyimport.File, error) { return f, nil }
	}
	for i := range s.Files {
		f := &s.Files[i]
		if strings.HasSuffix(f.Path, ".pth") {
			startup = append(startup, &pyimport.Module{Name: f.Path, Owner: owner, Load: load(&f.File)})
			continue
		}
		if name, pkg, ok := moduleName(f.Path); ok {
			site.Add(&pyimport.Module{Name: name, Package: pkg, Owner: owner, Load: load(&f.File)})
		}
	}
	for _, path := range s.Compiled {
		x, ok := environment.NewExtension(path)
		if ok && (h.suffixes == nil || x.LoadedBy(h.suffixes)) {
			name, pkg := strings.CutSuffix(x.Module, ".__init__")
			site.Add(&pyimport.Module{Name: name, Kind: pyimport.Compiled, Package: pkg, Owner: owner})
		}
	}
	return startup
}

// moduleName is the dotted name of a source file by its path, and whether it is
// that of a package.
func moduleName(path string) (name string, pkg, ok bool) {
	path, ok = strings.CutSuffix(path, ".py")
	if !ok || strings.ContainsAny(path, ".-") {
		return "", false, false
	}
	name, pkg = strings.CutSuffix(strings.ReplaceAll(path, "/", "."), ".__init__")
	return name, pkg, name != "__init__"
}
