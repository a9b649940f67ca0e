package pyimport

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxVisits bounds how many modules are followed.
const maxVisits = 100_000

// A Visit is a module that an import leads to.
type Visit struct {
	Module *Module
	// Place is how certainly it is imported.
	Place Place
	// Line is where the import stands in the module that By is, and Imports what it
	// imports; By is nil for what was begun with.
	By      *Visit
	Line    int
	Imports string
}

// Chain are the visits that lead to this one, itself last.
func (v *Visit) Chain() []*Visit {
	var chain []*Visit
	for ; v != nil; v = v.By {
		chain = append(chain, v)
	}
	slices.Reverse(chain)
	return chain
}

// A Graph is what was met on the way from a program.
type Graph struct {
	// Computed counts the imports of names that are computed.
	Computed int
	// Failed says of modules why they could not be read.
	Failed map[string]error

	library Library
	visits  map[string]*Visit
	queues  [Never][]*Visit
	// loaded are the files that were read, visited or not.
	loaded map[string]*File
}

// Visit returns the visit of a module, nil if no import leads to it.
func (g *Graph) Visit(name string) *Visit { return g.visits[name] }

// Count returns how many modules were met, and how many of them are compiled.
func (g *Graph) Count() (modules, compiled int) {
	for _, v := range g.visits {
		switch v.Module.Kind {
		case Source:
			modules++
		case Compiled:
			modules++
			compiled++
		case Namespace:
		}
	}
	return modules, compiled
}

// Walk follows the imports of the modules that a program begins with, the most
// certain ones first, so that each module is met on its most certain way. The
// first of starts is the program itself; what runs only where a module is the
// program runs there alone. An error is that of ctx.
func Walk(ctx context.Context, l Library, starts []*Module) (*Graph, error) {
	g := &Graph{library: l, visits: map[string]*Visit{}, Failed: map[string]error{}, loaded: map[string]*File{}}
	for _, m := range starts {
		g.meet(&Visit{Module: m})
	}
	for {
		v := g.next()
		if v == nil {
			return g, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file := g.load(ctx, v.Module)
		if file == nil {
			continue
		}
		g.Computed += file.Computed
		for i := range file.Imports {
			if m := &file.Imports[i]; m.Place != Never && (!m.Main || v.Module == starts[0]) {
				g.follow(ctx, v, m)
			}
		}
	}
}

// next takes the most certain visit that is still to be followed, nil at the end.
func (g *Graph) next() *Visit {
	for place := range g.queues {
		q := &g.queues[place]
		for len(*q) > 0 {
			v := (*q)[0]
			*q = (*q)[1:]
			if g.visits[v.Module.Name] == nil && len(g.visits) < maxVisits {
				g.visits[v.Module.Name] = v
				return v
			}
		}
	}
	return nil
}

// meet queues a visit.
func (g *Graph) meet(v *Visit) { g.queues[v.Place] = append(g.queues[v.Place], v) }

// load reads a module's source, nil if it has none that can be read.
func (g *Graph) load(ctx context.Context, m *Module) *File {
	if m.Load == nil {
		return nil
	}
	if f, ok := g.loaded[m.Name]; ok {
		return f
	}
	f, err := m.Load(ctx)
	if err != nil {
		g.Failed[m.Name] = err
		f = nil
	}
	g.loaded[m.Name] = f
	return f
}

// follow meets what an import leads to.
func (g *Graph) follow(ctx context.Context, v *Visit, m *Import) {
	base, ok := absolute(v.Module, m)
	if !ok {
		return
	}
	at := Visit{Place: max(v.Place, m.Place), By: v, Line: m.Line, Imports: text(m)}
	last := g.path(base, at)
	if last == nil || !last.Package {
		return
	}
	for _, name := range m.Names {
		sub := g.library.Module(base + "." + name)
		if sub == nil {
			continue
		}
		to := at
		to.Module = sub
		to.Place = max(to.Place, g.takesSubmodule(ctx, last, name))
		g.meet(&to)
	}
}

// path meets a module and the packages around it, from the outermost on, and
// returns the module, nil if it is not in the library.
func (g *Graph) path(name string, at Visit) *Module {
	var m *Module
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '.' {
			continue
		}
		if m = g.library.Module(name[:i]); m == nil {
			return nil
		}
		to := at
		to.Module = m
		g.meet(&to)
	}
	return m
}

// takesSubmodule says how certain it is that a name that is taken from a package is
// its submodule: the package may give itself the name, or make it at run time.
func (g *Graph) takesSubmodule(ctx context.Context, pkg *Module, name string) Place {
	if pkg.Kind == Namespace {
		return Always
	}
	f := g.load(ctx, pkg)
	if f == nil {
		return Maybe
	}
	if _, bound := slices.BinarySearch(f.Bound, name); bound {
		return Maybe
	}
	for i := range f.Imports {
		m := &f.Imports[i]
		if base, ok := absolute(pkg, m); ok && base != pkg.Name && slices.Contains(m.Names, name) {
			return Maybe // another module's
		}
	}
	if f.Dynamic {
		return Tried
	}
	return Always
}

// absolute is the name of the module that an import begins with.
func absolute(in *Module, m *Import) (string, bool) {
	if m.Level == 0 {
		return m.Module, m.Module != ""
	}
	pkg := in.Name
	up := m.Level
	if in.Package {
		up--
	}
	for ; up > 0; up-- {
		i := strings.LastIndexByte(pkg, '.')
		if i < 0 {
			return "", false
		}
		pkg = pkg[:i]
	}
	if m.Module == "" {
		return pkg, true
	}
	return pkg + "." + m.Module, true
}

// text writes an import as it is written in Python.
func text(m *Import) string {
	name := strings.Repeat(".", m.Level) + m.Module
	if m.Names == nil {
		return "import " + name
	}
	const most = 4
	names := m.Names
	if len(names) > most {
		return fmt.Sprintf("from %s import %s, …", name, strings.Join(names[:most], ", "))
	}
	return fmt.Sprintf("from %s import %s", name, strings.Join(names, ", "))
}
