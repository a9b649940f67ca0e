package lock

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// poetryMain is the group of a project's own dependencies.
const poetryMain = "main"

// poetry reads a poetry.lock of lock-version 1.x, 2.0 or 2.x. Since 2.1 the
// lock holds the groups and markers of every package; 2.0 holds neither, and 1.x
// a category in place of groups.
func (r *reader) poetry() {
	root, l := r.doc.Root(), r.lock
	meta := root.Get("metadata")
	l.Version = "1.0" // before lock-version was written
	if v := meta.Get("lock-version"); v.Exists() {
		l.Version = v.Str()
	}
	version, err := pep440.Parse(l.Version)
	if err != nil || version.Release()[0] < 1 || version.Release()[0] > 2 {
		meta.Get("lock-version").Fail("lock-version %q of Poetry's lock is not known; versions 1 and 2 are read", tomldoc.Clip(l.Version))
		return
	}
	if version.Compare(pep440.MustParse("2.2")) >= 0 {
		l.note(meta.Get("lock-version").Line(), "lock-version "+l.Version, "what is newer than version 2.1 is not acted on")
	}
	l.groupsOnly = version.Compare(pep440.MustParse("2.1")) >= 0
	l.RequiresPython = r.poetryVersions(meta.Get("python-versions"))
	groups := map[string]bool{}
	for _, v := range root.Get("package").Items() {
		p := r.poetryPackage(v, meta)
		addAll(groups, p.Groups)
		l.Packages = append(l.Packages, p)
		if r.doc.Err() != nil {
			return
		}
	}
	r.poetryGroups(groups)
	r.poetryProjectExtras(root.Get("extras"))
	if !l.groupsOnly {
		r.poetryGuessRoots()
	}
}

func (r *reader) poetryGroups(groups map[string]bool) {
	l := r.lock
	l.Groups = sortedKeys(groups)
	l.DefaultGroups = l.Groups
	if len(groups) > 1 {
		l.note(0, strings.Join(l.Groups, ", "), "all groups are taken unless groups are named: a poetry.lock does not say which are optional")
	}
}

// poetryProjectExtras reads the extras of the project itself.
func (r *reader) poetryProjectExtras(v tomldoc.Value) {
	l := r.lock
	l.poetryExtras = map[string][]string{}
	for _, key := range v.Keys() {
		extra := pep508.NormalizeExtra(key)
		for _, item := range v.Get(key).Strs() {
			name, _, _ := strings.Cut(item, " ") // 1.0 wrote "name (>=1)"
			l.poetryExtras[extra] = append(l.poetryExtras[extra], pep508.NormalizeName(name))
		}
		if _, ok := l.poetryExtras[extra]; !ok {
			l.poetryExtras[extra] = nil
		}
	}
	l.Extras = sortedKeys(l.poetryExtras)
}

func (r *reader) poetryPackage(v, meta tomldoc.Value) Package {
	p := Package{
		Name:           r.name(v.Get("name")),
		Version:        r.version(v.Get("version").Need()),
		Optional:       v.Get("optional").Bool(),
		RequiresPython: r.poetryVersions(v.Get("python-versions")),
		Source:         r.poetrySource(v),
		Line:           v.Line(),
	}
	for _, g := range v.Get("groups").Strs() {
		p.Groups = append(p.Groups, pep508.NormalizeName(g))
	}
	if c := v.Get("category"); c.Exists() {
		p.Groups = []string{c.Str()}
	}
	if r.lock.groupsOnly && len(p.Groups) == 0 {
		v.Get("groups").Need()
	}
	switch m := v.First("markers", "marker"); {
	case m.IsTable():
		p.GroupMarkers = map[string]*pep508.Marker{}
		for _, g := range m.Keys() {
			p.GroupMarkers[pep508.NormalizeName(g)] = r.marker(m.Get(g))
		}
	default:
		p.Marker = r.marker(m)
	}
	p.Dependencies = r.poetryDeps(v.Get("dependencies"))
	r.poetryExtraDeps(v.Get("extras"), &p)
	r.poetryFiles(v, meta, &p)
	return p
}

func (r *reader) poetrySource(v tomldoc.Value) Source {
	s := v.Get("source")
	out := Source{Kind: SourceRegistry, Text: s.Get("url").Str()}
	switch kind := s.Get("type").Str(); kind {
	case "", "legacy", "pypi":
	case "git", "hg", "svn", "bzr":
		out.Kind = SourceVCS
		out.Revision = s.First("resolved_reference", "reference").Str()
	case "url":
		out.Kind = SourceURL
	case "file":
		out.Kind = SourcePath
	case "directory":
		out.Kind = SourceDirectory
		if v.Get("develop").Bool() {
			out.Kind = SourceEditable
		}
	default:
		s.Get("type").Fail("a source of type %q is not known", tomldoc.Clip(kind))
	}
	return out
}

// poetryFiles reads the files of a package, which older locks keep in
// [metadata.files] and the oldest in [metadata.hashes], without names.
func (r *reader) poetryFiles(v, meta tomldoc.Value, p *Package) {
	files := v.Get("files")
	if !files.Exists() {
		// The table is keyed by the name as the project writes it.
		files = meta.Get("files", v.Get("name").Str())
		if !files.Exists() {
			for _, h := range meta.Get("hashes", v.Get("name").Str()).Strs() {
				p.Files = append(p.Files, simple.RawFile{Hashes: []simple.Hash{{Algorithm: "sha256", Hex: h}}})
			}
			return
		}
		if p.Source.IsLocal() || p.Source.Kind == SourceVCS {
			return
		}
	}
	for _, item := range files.Items() {
		f := simple.RawFile{Filename: item.Get("file").Need().Str(), URL: item.Get("url").Str()}
		r.hash(item.Get("hash"), &f)
		// One table served all versions of a name, so a file of another
		// version is left out.
		if version, ok := versionOf(f.Filename); ok && !version.Equal(p.Version) {
			continue
		}
		if f.URL == "" && p.Source.Kind == SourceURL {
			f.URL = p.Source.Text
		}
		p.Files = append(p.Files, f)
	}
}

// versionOf returns the version in a wheel's or sdist's file name.
func versionOf(filename string) (pep440.Version, bool) {
	if w, err := parseWheel(filename); err == nil {
		return w.Version, true
	}
	_, v, ok := sdistName(filename)
	return v, ok
}

// poetryDeps reads a [package.dependencies] table: a constraint, a table, or
// a list of either, for each name.
func (r *reader) poetryDeps(v tomldoc.Value) []Dep {
	var deps []Dep
	for _, name := range v.Keys() {
		entries := []tomldoc.Value{v.Get(name)}
		if v.Get(name).IsArray() {
			entries = v.Get(name).Items()
		}
		for _, e := range entries {
			d := Dep{Name: pep508.NormalizeName(name)}
			if e.IsTable() {
				d.Specifiers = r.poetryVersions(e.Get("version"))
				d.Marker = r.marker(e.Get("markers"))
				d.Extras = r.names(e.Get("extras"), pep508.NormalizeExtra)
				d.Optional = e.Get("optional").Bool()
			} else {
				d.Specifiers = r.poetryVersions(e)
			}
			deps = append(deps, d)
		}
	}
	return deps
}

// poetryExtraDeps moves the optional dependencies that [package.extras] names
// to their extras. The constraints stand in the dependency table only.
func (r *reader) poetryExtraDeps(v tomldoc.Value, p *Package) {
	for _, key := range v.Keys() {
		extra := pep508.NormalizeExtra(key)
		for _, item := range v.Get(key).Strs() {
			name := item
			if i := strings.IndexAny(name, " ([;<>=!~@"); i >= 0 {
				name = name[:i]
			}
			name = pep508.NormalizeName(name)
			for _, d := range p.Dependencies {
				if d.Name == name && d.Optional {
					if p.ExtraDependencies == nil {
						p.ExtraDependencies = map[string][]Dep{}
					}
					p.ExtraDependencies[extra] = append(p.ExtraDependencies[extra], d)
				}
			}
		}
	}
	p.Dependencies = slices.DeleteFunc(p.Dependencies, func(d Dep) bool { return d.Optional })
	p.Extras = sortedKeys(p.ExtraDependencies)
}

// poetryGuessRoots enters an older lock at the packages that no other requires,
// for callers that do not set the roots from the project file.
func (r *reader) poetryGuessRoots() {
	guessRoots(r.lock)
	for _, extra := range sortedKeys(r.lock.poetryExtras) {
		for _, name := range r.lock.poetryExtras[extra] {
			r.lock.Roots = append(r.lock.Roots, Root{Dep: Dep{Name: name}, Extra: extra})
		}
	}
}

// guessRoots enters a lock at every package that is not optional and that no
// other package requires; of packages that require each other in a circle, at
// the first.
func guessRoots(l *Lock) {
	required := map[string]bool{}
	byName := map[string][]*Package{}
	for i := range l.Packages {
		p := &l.Packages[i]
		byName[p.Name] = append(byName[p.Name], p)
		for _, d := range allDeps(p) {
			if d.Name != p.Name {
				required[d.Name] = true
			}
		}
	}
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		for _, p := range byName[name] {
			for _, d := range allDeps(p) {
				reach(d.Name)
			}
		}
	}
	enter := func(p *Package) {
		root := Root{Dep: Dep{Name: p.Name}}
		// A category other than main has to be asked for like a group.
		if len(p.Groups) > 0 && !slices.Contains(p.Groups, poetryMain) && !slices.Contains(p.Groups, pdmDefault) {
			root.Group = p.Groups[0]
		}
		if !reached[p.Name] {
			l.Roots = append(l.Roots, root)
		}
		reach(p.Name)
	}
	for _, circles := range []bool{false, true} {
		for i := range l.Packages {
			if p := &l.Packages[i]; !p.Optional && !reached[p.Name] && (circles || !required[p.Name]) {
				enter(p)
			}
		}
	}
	l.note(0, string(l.Kind)+".lock "+l.Version, reasonGuessed)
}

const reasonGuessed = "it does not hold the project's own requirements: entered at the packages that no other requires, whose markers are unknown"

func allDeps(p *Package) []Dep {
	deps := slices.Clone(p.Dependencies)
	for _, extra := range sortedKeys(p.ExtraDependencies) {
		deps = append(deps, p.ExtraDependencies[extra]...)
	}
	return deps
}
