package inputs

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A project is a project file, parsed and not yet taken.
type project struct {
	file string // as shown
	path string // on disk, or the file's name where it is not
	dir  string
	doc  *tomldoc.Doc
	root tomldoc.Value

	name    string // normalised, "" if the file does not say
	dynamic []string
	// poetry says that Poetry's own table holds the dependencies.
	poetry bool
	uv     *uvSettings
	groups map[string]*group
}

// projectFile reads a project file that the user named.
func (l *load) projectFile(name string) error {
	data, err := l.read(name)
	if err != nil {
		return openError(Origin{}, name, err)
	}
	path := l.abs(name)
	if isURL(name) {
		path = name
	}
	p, err := l.parseProject(name, path, data)
	if err != nil {
		return err
	}
	if err := l.takeProject(p); err != nil {
		return err
	}
	return p.doc.Err()
}

// parseProject parses a project file. Faults in what it states are found when
// it is taken.
func (l *load) parseProject(file, path string, data []byte) (*project, error) {
	doc, err := tomldoc.Parse(file, data)
	if err != nil {
		return nil, err
	}
	p := &project{file: file, path: path, dir: filepath.Dir(path), doc: doc, root: doc.Root()}
	l.projects[path] = p
	meta := p.root.Get("project")
	p.dynamic = meta.Get("dynamic").Strs()
	name := meta.Get("name")
	if !name.Exists() {
		name = p.root.Get("tool", "poetry", "name")
	}
	if name.Exists() {
		p.name = pep508.NormalizeName(name.Str())
		if err := pep508.CheckName(name.Str()); err != nil && doc.Err() == nil {
			name.FailErr(err)
		}
	}
	tables := p.root.Get("tool", "poetry", "dependencies").Exists()
	p.poetry = tables && (!meta.Exists() || p.isDynamic("dependencies") && !meta.Get("dependencies").Exists())
	p.uv = l.uvSettings(p)
	p.readGroups()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *project) isDynamic(field string) bool { return slices.Contains(p.dynamic, field) }

// static reports whether the file states the project's dependencies, or where
// they are read from.
func (p *project) static() bool {
	if p.poetry || len(p.dynamicFiles("dependencies")) > 0 {
		return true
	}
	return p.root.Get("project").Exists() && !p.isDynamic("dependencies")
}

// display names the project in Requirement.Parent.
func (p *project) display() string {
	if p.name != "" {
		return p.name
	}
	return p.file
}

// origin returns where a value stands.
func (p *project) origin(v tomldoc.Value, text string) Origin {
	return Origin{File: p.file, Line: v.Line(), Text: redact(text)}
}

// takeProject takes a project that the user named: its dependencies, the extras
// and groups asked for, and its settings.
func (l *load) takeProject(p *project) error {
	if p.name != "" {
		l.in.Projects = append(l.in.Projects, p.name)
	}
	l.within[p.path+"\x00"] = true
	l.takeBuildRequires(p)
	if err := l.takeUVSettings(p); err != nil {
		return err
	}
	l.takePoetryIndexes(p)
	l.takePDM(p)
	extras, groups := p.extras(), p.groupNames()
	l.in.Extras = union(l.in.Extras, extras)
	l.in.Groups = union(l.in.Groups, groups)
	l.in.DefaultGroups = union(l.in.DefaultGroups, p.defaultGroups())
	wantExtras, wantGroups := l.wanted(l.Extras, l.AllExtras, extras), l.wanted(l.Groups, l.AllGroups, groups)
	if err := p.doc.Err(); err != nil {
		return err
	}
	if err := l.takePythons(p); err != nil {
		return err
	}
	for _, m := range []struct {
		what       string
		want, have []string
	}{{"extra", wantExtras, extras}, {"group", wantGroups, groups}} {
		for _, name := range m.want {
			if !slices.Contains(m.have, name) {
				return &SyntaxError{File: p.file, Msg: missing(m.what, name, m.have)}
			}
		}
	}
	if !l.OnlyGroups {
		if err := l.projectDependencies(p, via{}); err != nil {
			return err
		}
		for _, extra := range wantExtras {
			l.extra = extra
			if err := l.projectExtra(p, extra, via{extra: extra}); err != nil {
				return err
			}
		}
		l.extra = ""
		if err := l.virtualRoot(p); err != nil {
			return err
		}
	}
	for _, group := range wantGroups {
		l.group = group
		if err := l.projectGroup(p, group); err != nil {
			return err
		}
	}
	l.group = ""
	return p.doc.Err()
}

// wanted returns the names asked for, normalised, or all there are.
func (l *load) wanted(names []string, all bool, have []string) []string {
	if all {
		return have
	}
	var out []string
	for _, n := range names {
		if n = pep508.NormalizeName(n); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func missing(what, name string, have []string) string {
	msg := fmt.Sprintf("the project has no %s %q", what, name)
	if near, ok := suggest.Closest(name, have); ok {
		return msg + fmt.Sprintf("; did you mean %q?", near)
	}
	if len(have) == 0 {
		return msg + "; it has none"
	}
	return msg + "; it has " + strings.Join(have, ", ")
}

// takePythons takes requires-python.
func (l *load) takePythons(p *project) error {
	v := p.root.Get("project", "requires-python")
	if !v.Exists() {
		if v = p.root.Get("tool", "poetry", "dependencies", "python"); v.Exists() && p.poetry {
			return l.poetryPythons(p, v)
		}
		return nil
	}
	specs, err := pep440.ParseSpecifiers(v.Str())
	if err != nil {
		v.FailErr(err)
		return p.doc.Err()
	}
	l.in.RequiresPython = l.in.RequiresPython.And(specs)
	return p.doc.Err()
}

func (l *load) takeBuildRequires(p *project) {
	for _, v := range p.root.Get("build-system", "requires").Items() {
		req, err := pep508.Parse(v.Str())
		if err != nil {
			v.FailErr(reason(err, v.Str()))
			return
		}
		l.in.BuildRequires = append(l.in.BuildRequires, Requirement{Requirement: req, Origin: p.origin(v, v.Str()), Parent: p.display()})
	}
}

// projectDependencies takes the dependencies of a project itself.
func (l *load) projectDependencies(p *project, v via) error {
	deps := p.root.Get("project", "dependencies")
	switch {
	case p.poetry:
		return l.poetryDependencies(p, "", v)
	case deps.Exists():
		for _, d := range deps.Items() {
			if err := l.projectRequirement(p, d, d.Str(), v); err != nil {
				return err
			}
		}
	case p.isDynamic("dependencies"):
		return l.dynamicDependencies(p, "dependencies", v)
	}
	return p.doc.Err()
}

// extras returns the extras that a project file states.
func (p *project) extras() []string {
	var out []string
	for _, key := range p.root.Get("project", "optional-dependencies").Keys() {
		out = append(out, pep508.NormalizeExtra(key))
	}
	if p.poetry {
		for _, key := range p.root.Get("tool", "poetry", "extras").Keys() {
			out = append(out, pep508.NormalizeExtra(key))
		}
	}
	for extra := range p.dynamicExtras() {
		out = append(out, extra)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *project) hasExtra(extra string) bool {
	return slices.Contains(p.extras(), extra) || p.isDynamic("optional-dependencies") && len(p.dynamicExtras()) == 0
}

// projectExtra takes the dependencies of one extra.
func (l *load) projectExtra(p *project, extra string, v via) error {
	v.extra = extra
	table := p.root.Get("project", "optional-dependencies")
	for _, key := range table.Keys() {
		if pep508.NormalizeExtra(key) != extra {
			continue
		}
		for _, d := range table.Get(key).Items() {
			if err := l.projectRequirement(p, d, d.Str(), v); err != nil {
				return err
			}
		}
		return p.doc.Err()
	}
	if p.poetry {
		return l.poetryDependencies(p, extra, v)
	}
	return l.dynamicDependencies(p, "optional-dependencies", v)
}

// projectRequirement takes one requirement of a project file, from where the
// project's tables of sources say.
func (l *load) projectRequirement(p *project, at tomldoc.Value, text string, v via) error {
	if err := p.doc.Err(); err != nil {
		return err
	}
	text = p.expandRoot(text)
	req, err := pep508.Parse(text)
	if err != nil {
		at.FailErr(fmt.Errorf("%w: %s", reason(err, text), tomldoc.Clip(redact(text))))
		return p.doc.Err()
	}
	if req, err = v.under(req); err != nil {
		return err
	}
	r := Requirement{Requirement: req, Origin: p.origin(at, text), Parent: v.parent}
	if r.Name == p.name && p.name != "" {
		return l.selfRequirement(p, r, v)
	}
	if handled, err := l.sources(p, r, v); handled || err != nil {
		return l.placed(p, at, err)
	}
	if r.URL != "" {
		return l.placed(p, at, l.direct(r, p.dir, false))
	}
	if e, ok := p.poetrySource(r.Name); ok { // Poetry's table beside [project]
		if handled, err := l.poetryPlace(p, e, &r); handled || err != nil {
			return l.placed(p, at, err)
		}
		r.Index = e.Get("source").Str()
	}
	l.keep(r, false)
	return p.doc.Err()
}

// expandRoot replaces what PDM and Hatch write for the project's own folder.
func (p *project) expandRoot(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	uri := fileURL(p.dir)
	return strings.NewReplacer(
		"file:///${PROJECT_ROOT}", uri,
		"${PROJECT_ROOT}", filepath.ToSlash(p.dir),
		"{root:uri}", uri,
		"{root:parent:uri}", fileURL(filepath.Dir(p.dir)),
	).Replace(text)
}

// placed gives an error without a place that of a value.
func (l *load) placed(p *project, at tomldoc.Value, err error) error {
	return l.wrap(err, func(err error) error {
		return &SyntaxError{File: p.file, Line: at.Line(), Msg: at.Path() + ": " + err.Error(), Err: err}
	})
}

// selfRequirement takes the extras of the project itself that one of its own
// extras or groups names, "demo[plot]".
func (l *load) selfRequirement(p *project, r Requirement, v via) error {
	for _, extra := range r.Extras {
		key := strings.Join([]string{p.path, "self", extra, v.extra, v.group, r.Marker.String()}, "\x00")
		if !l.once(key) {
			continue
		}
		if !p.hasExtra(extra) {
			return &SyntaxError{File: p.file, Line: r.Origin.Line, Text: r.Origin.Text, Msg: missing("extra", extra, p.extras())}
		}
		inner := via{parent: v.parent, marker: r.Marker.String(), extra: extra}
		if err := l.projectExtra(p, extra, inner); err != nil {
			return err
		}
	}
	return nil
}
