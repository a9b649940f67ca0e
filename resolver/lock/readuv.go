package lock

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// uv reads a uv.lock of version 1. Its revisions only add to it.
func (r *reader) uv() {
	root, l := r.doc.Root(), r.lock
	version, revision := root.Get("version").Need().Int(), root.Get("revision").Int()
	l.Version = fmt.Sprintf("%d.%d", version, revision)
	if root.Get("version").Exists() && version != 1 && r.doc.Err() == nil {
		root.Get("version").Fail("version %d of uv's lock is not known; version 1 is read", version)
		return
	}
	l.RequiresPython = r.pythons(root.Get("requires-python").Need())
	l.Environments = r.uvEnvironments(root)
	for _, items := range root.Get("conflicts").Items() {
		var c []Conflict
		for _, item := range items.Items() {
			c = append(c, Conflict{
				Package: r.name(item.Get("package")),
				Extra:   pep508.NormalizeExtra(item.Get("extra").Str()),
				Group:   pep508.NormalizeName(item.Get("group").Str()),
			})
		}
		l.Conflicts = append(l.Conflicts, c)
	}
	packages := root.First("package", "distribution").Items()
	for _, p := range packages {
		l.Packages = append(l.Packages, r.uvPackage(p))
		if r.doc.Err() != nil {
			return
		}
	}
	r.uvCheckDependencies(packages)
	r.uvRoots(root.Get("manifest"))
}

// uvEnvironments returns the environments a lock is limited to: the supported
// ones, else the union of its forks, whose extras are of no account here.
func (r *reader) uvEnvironments(root tomldoc.Value) []Environment {
	var out []Environment
	for _, e := range root.Get("supported-markers").Items() {
		out = append(out, Environment{Marker: r.marker(e)})
	}
	if out != nil {
		return out
	}
	for _, e := range root.First("resolution-markers", "environment-markers").Items() {
		text, err := markertext.WithoutExtras(e.Str())
		if err != nil {
			e.FailErr(err)
			return nil
		}
		if text == "" {
			return nil // a fork for everything
		}
		out = append(out, Environment{Marker: r.markerText(e, text)})
	}
	return out
}

func (r *reader) uvPackage(v tomldoc.Value) Package {
	p := Package{
		Name:         r.name(v.Get("name")),
		Version:      r.version(v.Get("version")),
		Source:       r.uvSource(v.Get("source")),
		Dependencies: r.uvDeps(v.Get("dependencies")),
		Line:         v.Line(),
	}
	if p.Source.Kind == SourceRegistry && !p.Version.IsValid() {
		v.Get("version").Need()
	}
	for _, m := range v.First("resolution-markers", "environment-markers").Items() {
		p.Forks = append(p.Forks, r.marker(m))
	}
	p.ExtraDependencies = r.uvDepTable(v.Get("optional-dependencies"), pep508.NormalizeExtra)
	p.Extras = sortedKeys(p.ExtraDependencies)
	p.GroupDependencies = r.uvDepTable(v.First("dev-dependencies", "dependency-groups"), pep508.NormalizeName)
	for _, w := range v.Get("wheels").Items() {
		f := r.uvFile(w, p.Source)
		r.uvCheckWheel(w, &p, f)
		p.Files = append(p.Files, f)
	}
	if s := v.Get("sdist"); s.Exists() {
		p.Files = append(p.Files, r.uvFile(s, p.Source))
	}
	return p
}

func (r *reader) uvSource(v tomldoc.Value) Source {
	if v.IsStr() { // before uv 0.4: "registry+URL", "git+URL", "editable+PATH"…
		kind, text, _ := strings.Cut(v.Str(), "+")
		return r.uvSourceOf(v, kind, text)
	}
	for _, key := range v.Keys() {
		if key != "subdirectory" {
			return r.uvSourceOf(v, key, v.Get(key).Str())
		}
	}
	v.Need()
	return Source{}
}

func (r *reader) uvSourceOf(v tomldoc.Value, kind, text string) Source {
	kinds := map[string]SourceKind{
		"registry": SourceRegistry, "git": SourceVCS, "url": SourceURL, "direct": SourceURL, "path": SourcePath,
		"directory": SourceDirectory, "editable": SourceEditable, "virtual": SourceVirtual,
	}
	s := Source{Kind: kinds[kind], Text: text}
	if s.Kind == "" {
		v.Fail("a source of kind %q is not known", tomldoc.Clip(kind))
	}
	if s.Kind == SourceVCS {
		s.Text, s.Revision, _ = strings.Cut(text, "#")
	}
	return s
}

// uvFile reads a wheel or sdist table, whose place is a URL, a path below the
// index, or a bare file name.
func (r *reader) uvFile(v tomldoc.Value, source Source) simple.RawFile {
	f := simple.RawFile{
		URL:      v.First("url", "path").Str(),
		Filename: v.Get("filename").Str(),
		Size:     r.size(v.Get("size")),
		Uploaded: r.uploaded(v.First("upload-time", "upload_time")),
	}
	if f.URL == "" && f.Filename == "" && !source.IsLocal() {
		// An archive's own sdist table holds its hash only.
		f.URL = source.Text
	}
	if f.Filename == "" {
		f.Filename = fileName(stripFragment(f.URL))
	}
	r.hash(v.Get("hash"), &f)
	return f
}

func stripFragment(u string) string {
	before, _, _ := strings.Cut(u, "#")
	return before
}

// uvCheckWheel refuses a wheel of another version, as uv does; a local version
// may be missing from the file name.
func (r *reader) uvCheckWheel(v tomldoc.Value, p *Package, f simple.RawFile) {
	w, err := parseWheel(f.Filename)
	switch {
	case err != nil:
		v.FailErr(err)
	case p.Version.IsValid() && !w.Version.Equal(p.Version) && !w.Version.Public().Equal(p.Version):
		v.Fail("the wheel %s is not of version %s", tomldoc.Clip(f.Filename), p.Version)
	}
}

func (r *reader) uvDepTable(v tomldoc.Value, normalize func(string) string) map[string][]Dep {
	if !v.Exists() {
		return nil
	}
	out := map[string][]Dep{}
	for _, key := range v.Keys() {
		out[normalize(key)] = r.uvDeps(v.Get(key))
	}
	return out
}

func (r *reader) uvDeps(v tomldoc.Value) []Dep {
	var deps []Dep
	for _, d := range v.Items() {
		dep := Dep{
			Name:    r.name(d.Get("name")),
			Version: r.version(d.Get("version")),
			Marker:  r.marker(d.Get("marker")),
			Extras:  r.names(d.First("extra", "extras"), pep508.NormalizeExtra),
		}
		if s := d.Get("source"); s.Exists() {
			dep.Source = r.uvSource(s).key()
		}
		deps = append(deps, dep)
	}
	return deps
}

// key names a source, for the dependencies that pick a package by it.
func (s Source) key() string {
	key := string(s.Kind) + "+" + s.Text
	if s.Revision != "" {
		key += "#" + s.Revision
	}
	return key
}

// uvRoots finds where a lock is entered: at the project in the lock's own
// folder, else at all members of the workspace, and at what the workspace or
// script itself requires.
func (r *reader) uvRoots(manifest tomldoc.Value) {
	l := r.lock
	var members []string
	for i := range l.Packages {
		if p := &l.Packages[i]; p.Source.IsLocal() && p.Source.Text == "." {
			members = []string{p.Name}
		}
	}
	if members == nil {
		members = r.names(manifest.Get("members"), pep508.NormalizeName)
	}
	groups := map[string]bool{}
	extras := map[string]bool{}
	for _, m := range members {
		l.Roots = append(l.Roots, Root{Dep: Dep{Name: m}})
		for i := range l.Packages {
			if p := &l.Packages[i]; p.Name == m {
				addAll(extras, p.Extras)
				addAll(groups, sortedKeys(p.GroupDependencies))
			}
		}
	}
	for _, req := range r.uvRequirements(manifest.Get("requirements")) {
		l.Roots = append(l.Roots, Root{Dep: req})
	}
	for _, group := range manifest.Get("dependency-groups").Keys() {
		name := pep508.NormalizeName(group)
		groups[name] = true
		for _, req := range r.uvRequirements(manifest.Get("dependency-groups", group)) {
			l.Roots = append(l.Roots, Root{Dep: req, Group: name})
		}
	}
	l.Extras, l.Groups = sortedKeys(extras), sortedKeys(groups)
	if groups["dev"] {
		l.DefaultGroups = []string{"dev"}
	}
}

func (r *reader) uvRequirements(v tomldoc.Value) []Dep {
	deps := r.uvDeps(v)
	for i := range deps {
		deps[i].Source = "" // a requirement's source is not that of a package
	}
	return deps
}

// uvCheckDependencies refuses a lock with a dependency on no package of it.
func (r *reader) uvCheckDependencies(packages []tomldoc.Value) {
	w := newWalk(r.lock)
	check := func(at tomldoc.Value, deps []Dep) {
		for _, d := range deps {
			if n := len(w.matching(d)); n != 1 && r.doc.Err() == nil {
				at.Fail("the dependency on %s names %d packages of the lock, not one", describeDep(d), n)
			}
		}
	}
	for i := range r.lock.Packages {
		p := &r.lock.Packages[i]
		check(packages[i], p.Dependencies)
		for _, key := range sortedKeys(p.ExtraDependencies) {
			check(packages[i], p.ExtraDependencies[key])
		}
		for _, key := range sortedKeys(p.GroupDependencies) {
			check(packages[i], p.GroupDependencies[key])
		}
	}
}

func describeDep(d Dep) string {
	if d.Version.IsValid() {
		return d.Name + " " + d.Version.String()
	}
	return d.Name
}

// Redacted returns the source's text without user and password.
func (s Source) Redacted() string {
	u, err := url.Parse(s.Text)
	if err != nil || u.User == nil {
		return s.Text
	}
	u.User = nil
	return u.String()
}
