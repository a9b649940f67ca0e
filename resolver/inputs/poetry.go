package inputs

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/internal/poetry"
	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// poetryPythons takes the Python constraint of Poetry's own table.
func (l *load) poetryPythons(p *project, v tomldoc.Value) error {
	c, err := poetry.Parse(v.Str())
	if err != nil {
		v.FailErr(err)
		return p.doc.Err()
	}
	specs, ok := c.Specifiers()
	if !ok {
		l.in.ignore(p.origin(v, v.Str()), "python = "+v.Str(), "a set of Pythons with a gap is not checked")
		return nil
	}
	l.in.RequiresPython = l.in.RequiresPython.And(specs)
	return nil
}

// poetryDependencies takes the dependencies of Poetry's own table: those that
// are not optional, or those of one extra.
func (l *load) poetryDependencies(p *project, extra string, v via) error {
	table := p.root.Get("tool", "poetry", "dependencies")
	var names map[string]bool
	if extra != "" {
		names = map[string]bool{}
		extras := p.root.Get("tool", "poetry", "extras")
		for _, key := range extras.Keys() {
			if pep508.NormalizeExtra(key) != extra {
				continue
			}
			for _, item := range extras.Get(key).Items() {
				name := pep508.NormalizeName(item.Str())
				if !hasKey(table, name) {
					item.Fail("%q is not among the dependencies", item.Str())
				}
				names[name] = true
			}
		}
	}
	return l.poetryTable(p, table, v, func(name string, optional bool) bool {
		if names == nil {
			return !optional
		}
		return names[name] && optional
	})
}

func hasKey(table tomldoc.Value, name string) bool {
	return slices.ContainsFunc(table.Keys(), func(key string) bool { return pep508.NormalizeName(key) == name })
}

// poetryTable takes the entries of a table of dependencies that want admits.
func (l *load) poetryTable(p *project, table tomldoc.Value, v via, want func(name string, optional bool) bool) error {
	for _, key := range table.Keys() {
		if key == "python" {
			continue
		}
		entries := []tomldoc.Value{table.Get(key)}
		if entries[0].IsArray() {
			entries = entries[0].Items()
		}
		for _, e := range entries {
			optional := e.IsTable() && e.Get("optional").Bool()
			if want != nil && !want(pep508.NormalizeName(key), optional) {
				continue
			}
			if err := l.poetryEntry(p, key, e, v); err != nil {
				return err
			}
		}
	}
	return p.doc.Err()
}

// poetryEntry takes one entry: a constraint, or a table of constraint, markers
// and source.
func (l *load) poetryEntry(p *project, key string, e tomldoc.Value, v via) error {
	if err := pep508.CheckName(key); err != nil {
		e.FailErr(err)
		return p.doc.Err()
	}
	text := e.Str
	version := e
	if e.IsTable() {
		version = e.Get("version")
		text = func() string { return poetryText(e) }
	}
	r := Requirement{
		Requirement: pep508.Requirement{Name: pep508.NormalizeName(key), Display: key},
		Origin:      p.origin(e, key+" = "+text()),
		Parent:      v.parent,
	}
	if e.IsTable() {
		for _, x := range e.Get("extras").Strs() {
			r.Extras = append(r.Extras, pep508.NormalizeExtra(x))
		}
		slices.Sort(r.Extras)
	}
	marker, err := poetryMarker(e)
	if err != nil || p.doc.Err() != nil {
		if err != nil {
			e.FailErr(err)
		}
		return p.doc.Err()
	}
	if marker = markertext.And(v.marker, marker); marker != "" {
		m, err := pep508.ParseMarker(marker)
		if err != nil {
			e.FailErr(reason(err, marker))
			return p.doc.Err()
		}
		r.Marker = m
	}
	if e.IsTable() {
		if placed, err := l.poetryPlace(p, e, &r); placed || err != nil {
			return l.placed(p, e, err)
		}
	}
	if version.Exists() {
		c, err := poetry.Parse(version.Str())
		if err != nil {
			version.FailErr(err)
			return p.doc.Err()
		}
		specs, ok := c.Specifiers()
		if !ok {
			l.notJudged(r, "a set of versions with a gap, which no requirement of PEP 508 can state")
			return p.doc.Err()
		}
		r.Specifiers = specs
	}
	if e.IsTable() && e.Get("allow-prereleases").Bool() {
		l.in.Options.AllReleases.set(r.Name, &l.in.Options.OnlyFinal)
	}
	if e.IsTable() {
		r.Index = e.Get("source").Str()
	}
	l.keep(r, false)
	return p.doc.Err()
}

// poetryText prints a table of a dependency for messages.
func poetryText(e tomldoc.Value) string {
	var parts []string
	for _, k := range e.Keys() {
		if v := e.Get(k); v.IsStr() {
			parts = append(parts, fmt.Sprintf("%s = %q", k, v.Str()))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// poetryMarker joins the keys python, platform and markers of an entry.
func poetryMarker(e tomldoc.Value) (string, error) {
	if !e.IsTable() {
		return "", nil
	}
	var parts []string
	if v := e.Get("python"); v.Exists() {
		c, err := poetry.Parse(v.Str())
		if err != nil {
			return "", err
		}
		parts = append(parts, c.PythonMarker())
	}
	if v := e.Get("platform"); v.Exists() {
		var ors []string
		for s := range strings.SplitSeq(v.Str(), "|") {
			if s = strings.TrimSpace(s); s != "" && !strings.ContainsAny(s, `'"\`) {
				op := "=="
				if not, ok := strings.CutPrefix(s, "!="); ok {
					op, s = "!=", strings.TrimSpace(not)
				}
				ors = append(ors, fmt.Sprintf("sys_platform %s '%s'", op, s))
			}
		}
		parts = append(parts, markertext.Or(ors...))
	}
	parts = append(parts, e.Get("markers").Str())
	return markertext.And(parts...), nil
}

// poetryPlace takes an entry that points to a place instead of a version.
func (l *load) poetryPlace(p *project, e tomldoc.Value, r *Requirement) (bool, error) {
	r.Editable = e.Get("develop").Bool()
	for _, vcs := range []string{"git", "hg", "svn"} {
		if e.Get(vcs).Exists() {
			l.notJudged(*r, "a repository: its files and dependencies are only known once it is built")
			return true, nil
		}
	}
	place := e.First("path", "file")
	switch {
	case place.Exists():
		r.URL = place.Str()
		if dir := filepath.Join(p.dir, r.URL); !filepath.IsAbs(r.URL) && isDir(dir) {
			return true, l.localProject(*r, dir, false)
		}
		r.Editable = false
	case e.Get("url").Exists():
		r.URL = e.Get("url").Str()
		if e.Get("subdirectory").Exists() {
			l.notJudged(*r, "a project in a folder of an archive: its dependencies are only known once it is built")
			return true, nil
		}
	default:
		return false, nil
	}
	return true, l.direct(*r, p.dir, false)
}

// poetrySource finds the table that says where Poetry takes a package from.
func (p *project) poetrySource(name string) (tomldoc.Value, bool) {
	table := p.root.Get("tool", "poetry", "dependencies")
	if !table.IsTable() {
		return tomldoc.Value{}, false
	}
	for _, key := range table.Keys() {
		if e := table.Get(key); pep508.NormalizeName(key) == name && e.IsTable() {
			return e, true
		}
	}
	return tomldoc.Value{}, false
}

// takePoetryIndexes takes [[tool.poetry.source]].
func (l *load) takePoetryIndexes(p *project) {
	for _, v := range p.root.Get("tool", "poetry", "source").Items() {
		x := Index{Name: v.Get("name").Need().Str(), URL: v.Get("url").Str(), Origin: p.origin(v, v.Get("url").Str())}
		if x.URL == "" {
			continue // PyPI itself, given a priority
		}
		switch priority := v.Get("priority").Str(); strings.ToLower(priority) {
		case "explicit":
			x.Explicit = true
		case "default":
			x.Default = true
		}
		x.Default = x.Default || v.Get("default").Bool()
		if _, taken := l.in.Options.Index(x.Name); !taken {
			l.in.Options.Indexes = append(l.in.Options.Indexes, x)
		}
	}
}
