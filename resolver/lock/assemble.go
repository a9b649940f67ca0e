package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Cell is the answer for one target, as far as a lock can hold it.
type Cell struct {
	// Name is for messages, as "3.14t linux-x86_64".
	Name     string
	Env      *pep508.Environment
	Packages []CellPackage
}

// CellPackage is a package of a cell.
type CellPackage struct {
	Name, Version string
	Index         string
	// File is the file the cell installs. Direct says that it was required by
	// its URL.
	File   simple.RawFile
	Sdist  bool
	Direct bool
	// Requires names the cell's packages that this one requires.
	Requires []string
}

// Divergence is a package of which cells that no marker tells apart, the GIL and
// the free-threaded build of one platform as a rule, have different versions.
type Divergence struct {
	Package string
	Cells   []DivergentCell
}

// DivergentCell is the version that a cell has, "" if it has none.
type DivergentCell struct{ Cell, Version string }

// String says which cells differ and why one lock cannot hold them.
func (d Divergence) String() string {
	parts := make([]string, len(d.Cells))
	for i, c := range d.Cells {
		version := cmp.Or(c.Version, "not installed")
		parts[i] = fmt.Sprintf("%s on %s", version, c.Cell)
	}
	return fmt.Sprintf("%s: %s; no marker tells these cells apart, so one lock cannot hold both (PEP 751)", d.Package, strings.Join(parts, ", "))
}

// Divergences returns what keeps the cells from one lock, by package name.
func Divergences(cells []Cell) []Divergence {
	var out []Divergence
	for _, group := range sameMarkers(cells) {
		if len(group) < 2 {
			continue
		}
		names := map[string]bool{}
		for _, c := range group {
			for _, p := range c.Packages {
				names[p.Name] = true
			}
		}
		for _, name := range sortedKeys(names) {
			d := Divergence{Package: name}
			differs := false
			for _, c := range group {
				version := c.version(name)
				differs = differs || version != group[0].version(name)
				d.Cells = append(d.Cells, DivergentCell{c.Name, version})
			}
			if differs {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Divergence) int { return cmp.Compare(a.Package, b.Package) })
	return out
}

func (c *Cell) version(name string) string {
	for _, p := range c.Packages {
		if p.Name == name {
			if p.Direct {
				return p.File.URL
			}
			return p.Version
		}
	}
	return ""
}

// Assemble joins the answers for several targets into one lock: every file that
// any cell installs, and a marker on each package that not all environments
// take. Cells that no marker tells apart share an entry, which lists the wheels
// of each; where they take different versions no lock is possible, and the
// document is nil and the divergences say why.
func Assemble(cells []Cell) (*Document, []Divergence) {
	if d := Divergences(cells); len(d) > 0 {
		return nil, d
	}
	groups := sameMarkers(cells)
	envs := make([]*pep508.Environment, len(groups))
	for i, g := range groups {
		envs[i] = g[0].Env
	}
	doc := &Document{RequiresPython: requiresPython(envs), Environments: environmentMarkers(envs)}

	type key struct{ name, version string }
	at := map[key]*DocumentPackage{}
	in := map[key][]*pep508.Environment{}
	versions := map[string]map[string]bool{}
	var order []key
	for gi, g := range groups {
		for _, c := range g {
			for _, p := range c.Packages {
				k := key{p.Name, c.version(p.Name)}
				dp := at[k]
				if dp == nil {
					dp = &DocumentPackage{Name: p.Name, Version: p.Version, Index: p.Index}
					at[k] = dp
					order = append(order, k)
					if versions[p.Name] == nil {
						versions[p.Name] = map[string]bool{}
					}
					versions[p.Name][k.version] = true
				}
				dp.add(p)
				if n := len(in[k]); n == 0 || in[k][n-1] != envs[gi] {
					in[k] = append(in[k], envs[gi])
				}
			}
		}
	}
	// A dependency names its version only where there are several.
	for _, g := range groups {
		for _, c := range g {
			for _, p := range c.Packages {
				dp := at[key{p.Name, c.version(p.Name)}]
				for _, name := range p.Requires {
					dep := DocumentDep{Name: name}
					if len(versions[name]) > 1 {
						dep.Version = c.version(name)
					}
					if len(versions[name]) > 0 && !slices.Contains(dp.Dependencies, dep) {
						dp.Dependencies = append(dp.Dependencies, dep)
					}
				}
			}
		}
	}
	for _, k := range order {
		dp := at[k]
		dp.Marker = markerFor(envs, in[k])
		doc.Packages = append(doc.Packages, *dp)
	}
	doc.Packages = doc.sorted()
	return doc, nil
}

// add joins the file of a cell.
func (p *DocumentPackage) add(c CellPackage) {
	f := c.File
	switch {
	case c.Direct:
		p.Archive = &f
	case c.Sdist:
		p.Sdist = &f
	case !slices.ContainsFunc(p.Wheels, func(w simple.RawFile) bool { return rawName(w) == rawName(f) }):
		p.Wheels = append(p.Wheels, f)
	}
}

// sameMarkers groups the cells whose environments are alike to every marker, in
// the order of the first of each.
func sameMarkers(cells []Cell) [][]*Cell {
	var groups [][]*Cell
	at := map[string]int{}
	for i := range cells {
		c := &cells[i]
		k := strings.Join(markerValues(c.Env), "\x00")
		g, ok := at[k]
		if !ok {
			g = len(groups)
			at[k] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], c)
	}
	return groups
}
