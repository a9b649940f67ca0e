package inputs

import (
	"fmt"
	"path/filepath"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// sources takes a requirement from where [tool.uv.sources] says, of the project
// itself or of the root of its workspace. It is false if neither says anything
// for it.
//
// A source may hold under a marker only; where none holds, the requirement is
// one on the index as ever.
func (l *load) sources(p *project, r Requirement, v via) (bool, error) {
	if l.NoSources {
		return false, nil
	}
	owner := p
	entry, ok := sourceEntry(p, r.Name)
	if !ok && p.uv.root != p {
		owner = p.uv.root
		entry, ok = sourceEntry(owner, r.Name)
	}
	if !ok {
		return false, l.warnMember(p, r)
	}
	items := []tomldoc.Value{entry}
	if entry.IsArray() {
		items = entry.Items()
	}
	var taken []string // the markers of the sources that apply here
	for _, s := range items {
		if !applies(s.Get("extra"), v.extra) || !applies(s.Get("group"), v.group) {
			continue
		}
		marker := s.Get("marker").Str()
		one := r
		if marker != "" {
			m, err := pep508.ParseMarker(markertext.And(r.Marker.String(), marker))
			if err != nil {
				s.Get("marker").FailErr(reason(err, marker))
				return true, owner.doc.Err()
			}
			one.Marker = m
		}
		if err := l.source(p, owner, s, one); err != nil {
			return true, err
		}
		taken = append(taken, marker)
	}
	if err := owner.doc.Err(); err != nil {
		return true, err
	}
	if taken == nil {
		return false, nil
	}
	return true, l.elsewhere(r, taken)
}

// elsewhere takes the requirement from the index where no source holds.
func (l *load) elsewhere(r Requirement, taken []string) error {
	covered := markertext.Or(taken...)
	if covered == "" {
		return nil // one holds everywhere
	}
	not, err := markertext.Not(covered)
	if err != nil {
		return err
	}
	m, err := pep508.ParseMarker(markertext.And(r.Marker.String(), not))
	if err != nil {
		return err
	}
	r.Marker = m
	l.keep(r, false)
	return nil
}

func applies(v tomldoc.Value, want string) bool {
	return !v.Exists() || pep508.NormalizeName(v.Str()) == want && want != ""
}

// sourceEntry finds a package in [tool.uv.sources], whose keys may be written in
// any way.
func sourceEntry(p *project, name string) (tomldoc.Value, bool) {
	table := p.uv.table.Get("sources")
	if !table.IsTable() {
		return tomldoc.Value{}, false
	}
	if v := table.Get(name); v.Exists() {
		return v, true
	}
	for _, key := range table.Keys() {
		if pep508.NormalizeName(key) == name {
			return table.Get(key), true
		}
	}
	return tomldoc.Value{}, false
}

// source takes a requirement from one source. The project requires it; the
// owner, maybe the root of the workspace, states the source.
func (l *load) source(p, owner *project, s tomldoc.Value, r Requirement) error {
	switch {
	case s.Get("index").Exists():
		name := s.Get("index").Str()
		if !l.knowIndex(p, name) && !l.knowIndex(p.uv.root, name) {
			s.Get("index").Fail("there is no index %q in [[tool.uv.index]]", name)
			return owner.doc.Err()
		}
		r.Index = name
		l.keep(r, false)
	case s.Get("git").Exists():
		l.notJudged(r, "a repository: its files and dependencies are only known once it is built")
	case s.Get("url").Exists():
		r.URL, r.Specifiers = s.Get("url").Str(), noSpecifiers()
		if s.Get("subdirectory").Exists() {
			l.notJudged(r, "a project in a folder of an archive: its dependencies are only known once it is built")
			return nil
		}
		return l.direct(r, owner.dir, false)
	case s.Get("path").Exists():
		r.URL, r.Specifiers = s.Get("path").Str(), noSpecifiers()
		r.Editable = s.Get("editable").Bool()
		place := r.URL
		if !filepath.IsAbs(place) {
			place = filepath.Join(owner.dir, place)
		}
		if isDir(place) {
			pkg := s.Get("package")
			return l.localProject(r, place, pkg.Exists() && !pkg.Bool())
		}
		return l.direct(r, owner.dir, false)
	case s.Get("workspace").Exists():
		return l.workspaceSource(p, owner, s, r)
	default:
		s.Fail("a source names one of index, git, url, path and workspace")
	}
	return owner.doc.Err()
}

// workspaceSource takes a member of the project's workspace, or of the one at a
// path.
func (l *load) workspaceSource(p, owner *project, s tomldoc.Value, r Requirement) error {
	root := p.uv.root
	if v := s.Get("workspace"); v.IsStr() {
		other, err := l.projectIn(filepath.Join(owner.dir, filepath.FromSlash(v.Str())))
		if err != nil {
			return fmt.Errorf("there is no workspace in %s", v.Str())
		}
		root = other
	} else if !v.Bool() {
		v.Fail("workspace is true, or the path of a workspace")
		return owner.doc.Err()
	}
	members, err := l.members(root)
	if err != nil {
		return err
	}
	m, ok := members[r.Name]
	if !ok {
		return fmt.Errorf("%s is not a member of the workspace", r.Name)
	}
	r.Specifiers = noSpecifiers()
	return l.localProject(r, m.dir, false)
}

// warnMember notes a requirement that has the name of a workspace's member but
// no source, which uv refuses.
func (l *load) warnMember(p *project, r Requirement) error {
	root := p.uv.root
	if !root.uv.table.Get("workspace").Exists() {
		return nil
	}
	members, err := l.members(root)
	if err != nil {
		return err
	}
	if _, ok := members[r.Name]; ok {
		l.in.ignore(r.Origin, r.Name, "the workspace has a member of this name, but [tool.uv.sources] does not say so: it is taken from the index (uv refuses it)")
	}
	return nil
}

// knowIndex reports whether a project describes an index. That of a local
// project, which does not serve the others, joins those of the input.
func (l *load) knowIndex(p *project, name string) bool {
	if _, ok := l.in.Options.Index(name); ok {
		return true
	}
	for _, v := range p.uv.table.Get("index").Items() {
		if v.Get("name").Str() == name {
			l.in.Options.Indexes = append(l.in.Options.Indexes, Index{
				Name: name, URL: v.Get("url").Need().Str(), Explicit: true, Origin: p.origin(v, v.Get("url").Str()),
			})
			return true
		}
	}
	return false
}
