package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Difference is a module that declares one thing here and another there.
type Difference struct {
	Module string `json:"module"`
	// Between is what differs: "platforms", "pythons", or "sibling" for the wheel of
	// the build with the GIL.
	Between string   `json:"between"`
	Says    []Saying `json:"says"`
}

// What two files that differ are of.
const (
	betweenPlatforms = "platforms"
	betweenPythons   = "pythons"
	betweenSiblings  = "sibling"
)

// Saying is one declaration, and where it is found.
type Saying struct {
	Declaration vocab.Declaration `json:"declaration"`
	// In are the interpreters and platforms: "3.14t macos-arm64".
	In []string `json:"in"`
}

// A place is one module of one wheel.
type place struct {
	wheel  *Wheel
	module *Module
}

func (p place) name() string {
	python := "?"
	if len(p.wheel.Pythons) > 0 {
		python = p.wheel.Pythons[0]
	}
	return python + " " + p.module.Platform
}

// python is the interpreter that the place is for, without its flavour.
func (p place) python() string {
	python, _, _ := strings.Cut(p.name(), " ")
	return strings.TrimSuffix(python, "t")
}

// differences finds the modules that do not declare the same everywhere, sorted by
// name. What is not read, or is no module somewhere, is no difference.
func differences(wheels []*Wheel) []Difference {
	found := []Difference{}
	byName := map[string][]place{}
	for _, w := range wheels {
		for i := range w.Modules {
			m := &w.Modules[i]
			if m.Loadable() && m.Declaration != vocab.DeclarationUndecided {
				byName[m.Module] = append(byName[m.Module], place{w, m})
			}
		}
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var free, siblings []place
		for _, p := range byName[name] {
			if p.wheel.FreeThreaded {
				free = append(free, p)
			} else {
				siblings = append(siblings, p)
			}
		}
		if d, ok := differs(name, free); ok {
			found = append(found, d)
		}
		if len(free) == 0 {
			if d, ok := differs(name, siblings); ok {
				found = append(found, d)
			}
			continue
		}
		found = append(found, againstSiblings(name, free, siblings)...)
	}
	return found
}

// differs compares places of one kind.
func differs(name string, places []place) (Difference, bool) {
	d := Difference{Module: name, Between: betweenPythons, Says: sayings(places)}
	if len(d.Says) < 2 {
		return d, false
	}
	for _, p := range places { // within one Python it is the platform
		for _, q := range places {
			if p.python() == q.python() && p.module.Declaration != q.module.Declaration {
				d.Between = betweenPlatforms
			}
		}
	}
	return d, true
}

// sayings groups places by declaration.
func sayings(places []place) []Saying {
	var list []Saying
	for _, p := range places {
		i := slices.IndexFunc(list, func(s Saying) bool { return s.Declaration == p.module.Declaration })
		if i < 0 {
			i = len(list)
			list = append(list, Saying{Declaration: p.module.Declaration})
		}
		if !slices.Contains(list[i].In, p.name()) {
			list[i].In = append(list[i].In, p.name())
		}
	}
	slices.SortFunc(list, func(a, b Saying) int { return cmp.Compare(a.Declaration, b.Declaration) })
	return list
}

// againstSiblings finds the twins that declare otherwise. A wheel for the build
// with the GIL that is silent is none: most toolchains write the declaration for
// free-threaded builds alone.
func againstSiblings(name string, free, siblings []place) []Difference {
	var pairs []place
	for _, p := range free {
		for _, q := range siblings {
			says := q.module.Declaration
			if (says == vocab.DeclarationUsed || says == vocab.DeclarationNotUsed) && says != p.module.Declaration &&
				p.module.Platform == q.module.Platform && slices.Contains(q.wheel.Pythons, p.python()) {
				pairs = append(pairs, p, q)
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return []Difference{{Module: name, Between: betweenSiblings, Says: sayings(pairs)}}
}
