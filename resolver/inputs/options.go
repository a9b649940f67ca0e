package inputs

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// Options are what the files of an input say about indexes and files.
type Options struct {
	// IndexURL replaces the default index; "" leaves it.
	IndexURL       string
	ExtraIndexURLs []string
	// FindLinks are pages and folders of files; a folder beside the file that
	// names it has that file's folder joined to it.
	FindLinks []string
	NoIndex   bool
	// Indexes are those with names or roles of their own (uv, Poetry, PDM), in
	// order of priority.
	Indexes []Index

	// OnlyBinary are packages of which only wheels may be used, NoBinary those
	// of which none may. A name in one overrules "all" in the other.
	OnlyBinary, NoBinary Names
	// AllReleases are packages whose pre-releases count like final releases,
	// OnlyFinal those of which none does.
	AllReleases, OnlyFinal Names
	PreferBinary           bool
	// RequireHashes is set by --require-hashes and by any --hash.
	RequireHashes bool
	// ExcludeNewer is the date uv is told to stop at, as written.
	ExcludeNewer string
}

// Index is a package index that a project file describes.
type Index struct {
	Name, URL string
	// Explicit indexes serve only requirements that name them.
	Explicit bool
	// Default takes the place of the default index and comes last.
	Default bool
	Origin  Origin
}

// Index returns the index of a name.
func (o *Options) Index(name string) (Index, bool) {
	for _, x := range o.Indexes {
		if x.Name == name {
			return x, true
		}
	}
	return Index{}, false
}

// Formats reports whether wheels and source distributions of a package may be
// used.
func (o *Options) Formats(name string) (wheels, sdists bool) {
	switch {
	case o.OnlyBinary.Names[name]:
		return true, false
	case o.NoBinary.Names[name]:
		return false, true
	case o.OnlyBinary.All:
		return true, false
	case o.NoBinary.All:
		return false, true
	}
	return true, true
}

func (o *Options) add(p *Options) {
	if o.IndexURL == "" {
		o.IndexURL = p.IndexURL
	}
	if o.ExcludeNewer == "" {
		o.ExcludeNewer = p.ExcludeNewer
	}
	o.ExtraIndexURLs = append(o.ExtraIndexURLs, p.ExtraIndexURLs...)
	o.FindLinks = append(o.FindLinks, p.FindLinks...)
	for _, x := range p.Indexes {
		if _, taken := o.Index(x.Name); !taken || x.Name == "" {
			o.Indexes = append(o.Indexes, x)
		}
	}
	o.OnlyBinary.add(p.OnlyBinary)
	o.NoBinary.add(p.NoBinary)
	o.AllReleases.add(p.AllReleases)
	o.OnlyFinal.add(p.OnlyFinal)
	o.NoIndex = o.NoIndex || p.NoIndex
	o.PreferBinary = o.PreferBinary || p.PreferBinary
	o.RequireHashes = o.RequireHashes || p.RequireHashes
}

// Names is a set of normalised package names, or all packages.
type Names struct {
	All   bool
	Names map[string]bool
}

// Has reports whether the set holds a package by its name or as one of all.
func (n *Names) Has(name string) bool { return n.All || n.Names[name] }

// List returns the names in order, ":all:" first.
func (n *Names) List() []string {
	var out []string
	for name := range n.Names {
		out = append(out, name)
	}
	slices.Sort(out)
	if n.All {
		out = append([]string{":all:"}, out...)
	}
	return out
}

func (n *Names) insert(name string) {
	if n.Names == nil {
		n.Names = map[string]bool{}
	}
	n.Names[name] = true
}

func (n *Names) add(m Names) {
	n.All = n.All || m.All
	for name := range m.Names {
		n.insert(name)
	}
}

// set applies an option's value, "a,b", ":all:" or ":none:", as pip does: what
// is put in one set of a pair leaves the other.
func (n *Names) set(value string, other *Names) {
	names := strings.Split(value, ",")
	for i := slices.Index(names, ":all:"); i >= 0; i = slices.Index(names, ":all:") {
		*other, *n = Names{}, Names{All: true}
		names = names[i+1:]
		if !slices.Contains(names, ":none:") {
			return
		}
	}
	for _, name := range names {
		if name == ":none:" {
			*n = Names{}
			continue
		}
		if name = pep508.NormalizeName(strings.TrimSpace(name)); name != "" {
			delete(other.Names, name)
			n.insert(name)
		}
	}
}
