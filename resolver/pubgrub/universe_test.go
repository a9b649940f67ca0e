package pubgrub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// A universe is a provider written as text, one version of a package a line:
//
//	root -> foo >=1, bar
//	foo 1.1 -> bar >=2,<3
//	foo 1.0 unusable: needs a newer Python
//	bar 2.0 hidden
//
// The first line is the root. A version that is hidden is never chosen; one that
// is unusable turns out to be so when its dependencies are asked for.
// Requirements are separated by ", ", clauses by ",".
//
// A name with brackets is a facet of the name before them. As in uv, a version of
// foo[x] depends on the same version of foo and of a second facet, foo[x]!, which
// is the one that has the requirements.
type universe struct {
	names    []string
	ids      map[string]Package
	versions map[string][]*version // by base name, newest first
	root     *version
	asked    []string // the versions whose dependencies were asked for
}

type version struct {
	text     string
	requires []string
	facets   map[string][]string // requirements by facet, brackets and all
	hidden   bool
	unusable string
}

func parseUniverse(t rapid.TB, text string) *universe {
	t.Helper()
	u := &universe{ids: map[string]Package{}, versions: map[string][]*version{}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		head, requires, _ := strings.Cut(line, " -> ")
		head, unusable, _ := strings.Cut(head, " unusable: ")
		head, hidden := strings.CutSuffix(head, " hidden")
		name, number, _ := strings.Cut(head, " ")
		base, _, facet := strings.Cut(name, "[")
		if u.root == nil {
			u.root = &version{}
			u.names, u.ids[name] = []string{name}, Root
			u.versions[name] = []*version{u.root}
		}
		list := u.versions[base]
		k := slices.IndexFunc(list, func(v *version) bool { return v.text == number })
		if k < 0 {
			list, k = append(list, &version{text: number}), len(list)
		}
		v := list[k]
		reqs := strings.FieldsFunc(strings.ReplaceAll(requires, ", ", "\n"), func(r rune) bool { return r == '\n' })
		if facet {
			if v.facets == nil {
				v.facets = map[string][]string{}
			}
			v.facets[name] = reqs
		} else {
			v.requires, v.hidden, v.unusable = reqs, hidden, unusable
		}
		slices.SortStableFunc(list, func(a, b *version) int { return -compareVersions(a.text, b.text) })
		u.versions[base] = list
	}
	return u
}

func compareVersions(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
}

func baseName(name string) string {
	base, _, _ := strings.Cut(name, "[")
	return base
}

func (u *universe) id(name string) Package {
	id, ok := u.ids[name]
	if !ok {
		id = Package(len(u.names))
		u.names, u.ids[name] = append(u.names, name), id
	}
	return id
}

func (u *universe) list(p Package) []*version { return u.versions[baseName(u.names[p])] }

// allowed returns the versions that clauses like ">=1,<2" admit.
func (u *universe) allowed(p Package, clauses string) Set {
	list := u.list(p)
	return FromFunc(len(list), func(i int) bool {
		for clause := range strings.SplitSeq(clauses, ",") {
			if clause == "" {
				continue
			}
			number := strings.TrimLeft(clause, "<>=!")
			c := compareVersions(list[i].text, number)
			if !map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0, "==": c == 0, "!=": c != 0}[clause[:len(clause)-len(number)]] {
				return false
			}
		}
		return true
	})
}

func (u *universe) dependency(req string) Dependency {
	name, clauses, _ := strings.Cut(req, " ")
	d := Dependency{Package: u.id(name)}
	d.Allowed = u.allowed(d.Package, clauses)
	if base := baseName(name); base != name {
		d.Base = u.id(base)
	}
	if clauses != "" {
		d.Requirement = clauses
	}
	if strings.HasPrefix(clauses, "==") && !strings.Contains(clauses, ",") {
		d.Pin = Pinned
	}
	return d
}

// dependencies returns what a version needs, whether it is usable or not.
func (u *universe) dependencies(p Package, i int) []Dependency {
	name := u.names[p]
	v := u.list(p)[i]
	requires := v.requires
	if core, ok := strings.CutSuffix(name, "!"); ok {
		requires = v.facets[core]
	} else if base := baseName(name); base != name {
		requires = []string{base + " ==" + v.text, name + "! ==" + v.text}
	}
	var deps []Dependency
	for _, req := range requires {
		deps = append(deps, u.dependency(req))
	}
	return deps
}

func (u *universe) Choose(p Package, allowed Set) (int, any, error) {
	for i := allowed.First(); i >= 0; i = allowed.Next(i) {
		if !u.list(p)[i].hidden {
			return i, nil, nil
		}
	}
	return -1, "all hidden", nil
}

func (u *universe) Dependencies(p Package, i int) ([]Dependency, any, error) {
	u.asked = append(u.asked, u.name(p, i))
	if v := u.list(p)[i]; v.unusable != "" {
		return nil, v.unusable, nil
	}
	return u.dependencies(p, i), nil, nil
}

func (u *universe) name(p Package, i int) string {
	if p == Root {
		return u.names[Root]
	}
	return u.names[p] + " " + u.list(p)[i].text
}

// Package and Versions make the universe a Namer.
func (u *universe) Package(p Package) string { return u.names[p] }

func (u *universe) Versions(p Package, s Set) string {
	return FormatSet(s, func(i int) string { return u.list(p)[i].text })
}

func (u *universe) String() string {
	var b strings.Builder
	line := func(head string, v *version, requires []string) {
		b.WriteString(head)
		if v.hidden {
			b.WriteString(" hidden")
		}
		if v.unusable != "" {
			b.WriteString(" unusable: " + v.unusable)
		}
		if len(requires) > 0 {
			b.WriteString(" -> " + strings.Join(requires, ", "))
		}
		b.WriteByte('\n')
	}
	line(u.names[Root], u.root, u.root.requires)
	names := make([]string, 0, len(u.versions))
	for name := range u.versions {
		if name != u.names[Root] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range u.versions[name] {
			line(name+" "+v.text, v, v.requires)
			for facet, requires := range v.facets {
				fmt.Fprintf(&b, "%s %s -> %s\n", facet, v.text, strings.Join(requires, ", "))
			}
		}
	}
	return b.String()
}

// solution words a solution as "foo 1.1, bar 2.0", in the order of decisions
// and without the root.
func (u *universe) solution(s Solution) string {
	var list []string
	for _, d := range s.Decisions {
		if d.Package != Root {
			list = append(list, u.name(d.Package, d.Version))
		}
	}
	return strings.Join(list, ", ")
}
