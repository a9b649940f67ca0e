package inputs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// A group is a dependency group by its normalised name: the tables that state
// it, in the dialects of PEP 735, uv, PDM and Poetry.
type group struct {
	// written are its names as written, of which PEP 735 allows one.
	written []string
	// lists hold requirements and includes; poetry are Poetry's tables.
	lists  []tomldoc.Value
	poetry []tomldoc.Value
	// includes are the groups that Poetry's table includes.
	includes []tomldoc.Value
	// optional groups are not taken unasked.
	optional bool
}

func (p *project) readGroups() {
	p.groups = map[string]*group{}
	add := func(name string) *group {
		key := pep508.NormalizeName(name)
		g := p.groups[key]
		if g == nil {
			g = &group{}
			p.groups[key] = g
		}
		return g
	}
	table := p.root.Get("dependency-groups")
	for _, name := range table.Keys() {
		g := add(name)
		if g.written = append(g.written, name); len(g.written) > 1 {
			table.Get(name).Fail("the groups %s have the same normalised name", strings.Join(g.written, " and "))
		}
		g.lists = append(g.lists, table.Get(name))
	}
	if dev := p.root.Get("tool", "uv", "dev-dependencies"); dev.Exists() {
		g := add("dev")
		g.lists = append(g.lists, dev)
	}
	pdm := p.root.Get("tool", "pdm", "dev-dependencies")
	for _, name := range pdm.Keys() {
		g := add(name)
		g.lists = append(g.lists, pdm.Get(name))
	}
	poetry := p.root.Get("tool", "poetry")
	if dev := poetry.Get("dev-dependencies"); dev.Exists() {
		g := add("dev")
		g.poetry = append(g.poetry, dev)
	}
	for _, name := range poetry.Get("group").Keys() {
		g, v := add(name), poetry.Get("group", name)
		g.optional = v.Get("optional").Bool()
		g.includes = append(g.includes, v.Get("include-groups").Items()...)
		if deps := v.Get("dependencies"); deps.Exists() {
			g.poetry = append(g.poetry, deps)
		}
	}
}

func (p *project) groupNames() []string {
	var out []string
	for name := range p.groups {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// defaultGroups returns the groups that the project's tool takes unasked.
func (p *project) defaultGroups() []string {
	var out []string
	uv := p.root.Get("tool", "uv", "default-groups")
	switch {
	case uv.IsStr():
		if uv.Str() == "all" {
			return p.groupNames()
		}
		uv.Fail(`default-groups is a list, or "all"`)
	case uv.Exists():
		for _, name := range uv.Strs() {
			out = append(out, pep508.NormalizeName(name))
		}
	case p.root.Get("tool", "poetry", "group").Exists():
		for name, g := range p.groups {
			if !g.optional {
				out = append(out, name)
			}
		}
	case p.groups["dev"] != nil:
		out = []string{"dev"}
	}
	slices.Sort(out)
	return out
}

// projectGroup takes the requirements of one group and of those it includes.
func (l *load) projectGroup(p *project, name string) error {
	return l.takeGroup(p, name, nil)
}

func (l *load) takeGroup(p *project, name string, within []string) error {
	g := p.groups[name]
	if !l.once(p.path + "\x00group\x00" + name) {
		return nil
	}
	within = append(slices.Clip(within), name)
	for _, list := range g.lists {
		for _, item := range list.Items() {
			if err := l.groupItem(p, name, item, within); err != nil {
				return err
			}
		}
	}
	for _, table := range g.poetry {
		if err := l.poetryTable(p, table, via{group: name}, nil); err != nil {
			return err
		}
	}
	for _, include := range g.includes {
		if err := l.includeGroup(p, include, include.Str(), within); err != nil {
			return err
		}
	}
	return p.doc.Err()
}

// groupItem takes one item of a group: a requirement, or {include-group = "x"}.
func (l *load) groupItem(p *project, name string, item tomldoc.Value, within []string) error {
	switch {
	case item.IsStr():
		text := item.Str()
		if path, ok := strings.CutPrefix(p.expandRoot(text), "-e "); ok { // PDM's older groups
			r := Requirement{Requirement: pep508.Requirement{URL: strings.TrimSpace(path)}, Origin: p.origin(item, text), Editable: true}
			return l.placed(p, item, l.direct(r, p.dir, false))
		}
		return l.projectRequirement(p, item, text, via{group: name})
	case item.IsTable():
		keys := item.Keys()
		if len(keys) != 1 || keys[0] != "include-group" {
			item.Fail("an item of a group is a requirement or {include-group = \"NAME\"}, not a table of %s", fmt.Sprint(keys))
			return p.doc.Err()
		}
		return l.includeGroup(p, item, item.Get("include-group").Str(), within)
	}
	item.Fail("an item of a group is a requirement or {include-group = \"NAME\"}")
	return p.doc.Err()
}

func (l *load) includeGroup(p *project, at tomldoc.Value, name string, within []string) error {
	if p.doc.Err() != nil {
		return p.doc.Err()
	}
	key := pep508.NormalizeName(name)
	if p.groups[key] == nil {
		at.Fail("%s", missing("group", name, p.groupNames()))
		return p.doc.Err()
	}
	if slices.Contains(within, key) {
		at.Fail("the group %s includes itself: %s", key, strings.Join(append(within, key), " → "))
		return p.doc.Err()
	}
	return l.takeGroup(p, key, within)
}
