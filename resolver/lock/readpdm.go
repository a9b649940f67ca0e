package lock

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// pdmDefault is the group of a project's own dependencies.
const pdmDefault = "default"

// pdm reads a pdm.lock of version 4.x. With the strategy inherit_metadata every
// package holds its groups and marker; without it only the dependencies tell.
func (r *reader) pdm() {
	root, l := r.doc.Root(), r.lock
	meta := root.Get("metadata")
	l.Version = meta.Get("lock_version").Need().Str()
	version := r.version(meta.Get("lock_version"))
	if version.IsValid() && version.Release()[0] != 4 {
		meta.Get("lock_version").Fail("lock_version %q of PDM's lock is not known; version 4 is read", tomldoc.Clip(l.Version))
	}
	if !version.IsValid() || r.doc.Err() != nil {
		return
	}
	if version.Compare(pep440.MustParse("4.6")) >= 0 {
		l.note(meta.Get("lock_version").Line(), "lock_version "+l.Version, "what is newer than version 4.5 is not acted on")
	}
	l.groupsOnly = slices.Contains(meta.Get("strategy").Strs(), "inherit_metadata")
	for _, t := range meta.Get("targets").Items() {
		l.Environments = append(l.Environments, r.pdmTarget(t))
	}
	for _, g := range meta.Get("groups").Strs() {
		l.Groups = append(l.Groups, pep508.NormalizeName(g))
	}
	if len(l.Groups) == 0 {
		l.Groups = []string{pdmDefault}
	}
	slices.Sort(l.Groups)
	// An extra of the project and a group of dependencies look alike here.
	for _, g := range l.Groups {
		if g != pdmDefault {
			l.Extras = append(l.Extras, g)
		}
	}
	l.DefaultGroups = []string{pdmDefault}
	if slices.Contains(l.Groups, "dev") {
		l.DefaultGroups = append(l.DefaultGroups, "dev")
	}
	r.pdmPackages(root.Get("package").Items())
	if r.doc.Err() == nil && !l.groupsOnly {
		guessRoots(l)
	}
}

// pdmTarget reads one of [[metadata.targets]].
func (r *reader) pdmTarget(v tomldoc.Value) Environment {
	e := Environment{Python: r.pythons(v.Get("requires_python")), Platform: v.Get("platform").Str()}
	if e.Platform != "" {
		text, ok := pdmPlatformMarker(e.Platform)
		if ok {
			e.Marker = r.markerText(v.Get("platform"), text)
		} else {
			r.lock.note(v.Line(), "platform "+tomldoc.Clip(e.Platform), "not a platform that is known; the target is taken for all platforms")
		}
	}
	if v.Get("implementation").Str() == "cpython" {
		e.Flavour = "gil"
		if v.Get("gil_disabled").Bool() {
			e.Flavour = "free-threaded"
		}
	}
	return e
}

// pdmPlatformMarker returns what a target's platform means for markers. The
// libc and its version, and that of macOS, are not known to markers.
func pdmPlatformMarker(platform string) (string, bool) {
	switch platform { // the short names
	case "linux", "alpine":
		platform = "linux_x86_64"
	case "windows":
		platform = "windows_amd64"
	case "macos":
		platform = "macos_arm64"
	}
	system, rest, ok := strings.Cut(platform, "_")
	if !ok {
		return "", false
	}
	// "manylinux_2_17_x86_64": what follows the version is the machine.
	for {
		number, after, ok := strings.Cut(rest, "_")
		if !ok || number == "" || strings.Trim(number, "0123456789") != "" {
			break
		}
		rest = after
	}
	machine := rest
	switch system {
	case "linux", "manylinux", "musllinux":
		system = "linux"
		if machine == "arm64" {
			machine = "aarch64"
		}
	case "macos":
		system = "darwin"
		if machine == "aarch64" {
			machine = "arm64"
		}
	case "windows":
		system = "win32"
		switch machine {
		case "amd64", "x86_64":
			machine = "AMD64"
		case "arm64", "aarch64":
			machine = "ARM64"
		}
	default:
		return "", false
	}
	if machine == "" || strings.ContainsAny(machine, `'"`) {
		return "", false
	}
	return "sys_platform == '" + system + "' and platform_machine == '" + machine + "'", true
}

// pdmPackages reads the packages. An entry with extras holds what the extras add
// and is joined to the entry of the package itself.
func (r *reader) pdmPackages(items []tomldoc.Value) {
	l := r.lock
	type key struct{ name, version, source string }
	at := map[key]int{}
	for _, v := range items {
		p := r.pdmPackage(v)
		if r.doc.Err() != nil {
			return
		}
		k := key{p.Name, p.Version.String(), p.Source.key()}
		i, seen := at[k]
		if !seen {
			at[k] = len(l.Packages)
			l.Packages = append(l.Packages, p)
			continue
		}
		l.Packages[i].join(&p)
	}
}

// join adds the entry of another set of extras to a package.
func (p *Package) join(q *Package) {
	for _, g := range q.Groups {
		if !slices.Contains(p.Groups, g) {
			p.Groups = append(p.Groups, g)
		}
	}
	if len(q.Extras) == 0 {
		// The package's own entry covers those of its extras, which require it.
		p.Marker, p.Dependencies = q.Marker, q.Dependencies
	}
	for extra, deps := range q.ExtraDependencies {
		if p.ExtraDependencies == nil {
			p.ExtraDependencies = map[string][]Dep{}
		}
		p.ExtraDependencies[extra] = append(p.ExtraDependencies[extra], deps...)
	}
	for _, e := range q.Extras {
		if !slices.Contains(p.Extras, e) {
			p.Extras = append(p.Extras, e)
		}
	}
	slices.Sort(p.Extras)
	if len(p.Files) == 0 {
		p.Files = q.Files
	}
}

func (r *reader) pdmPackage(v tomldoc.Value) Package {
	p := Package{
		Name:           r.name(v.Get("name")),
		Version:        r.version(v.Get("version")),
		RequiresPython: r.pythons(v.Get("requires_python")),
		Marker:         r.marker(v.Get("marker")),
		Source:         r.pdmSource(v),
		Line:           v.Line(),
	}
	for _, g := range v.Get("groups").Strs() {
		p.Groups = append(p.Groups, pep508.NormalizeName(g))
	}
	var deps []Dep
	for _, d := range v.Get("dependencies").Items() {
		if dep, ok := r.pdmDep(d); ok && dep.Name != p.Name {
			deps = append(deps, dep)
		}
	}
	if extras := r.names(v.Get("extras"), pep508.NormalizeExtra); len(extras) > 0 {
		// What a set of extras adds is known for the set only.
		slices.Sort(extras)
		p.ExtraDependencies = map[string][]Dep{strings.Join(extras, ","): deps}
		p.Extras = extras
	} else {
		p.Dependencies = deps
	}
	for _, item := range v.Get("files").Items() {
		f := simple.RawFile{Filename: item.Get("file").Str(), URL: item.Get("url").Str()}
		if f.Filename == "" {
			f.Filename = fileName(f.URL)
		}
		r.hash(item.Get("hash"), &f)
		p.Files = append(p.Files, f)
	}
	return p
}

func (r *reader) pdmSource(v tomldoc.Value) Source {
	for _, vcs := range []string{"git", "hg", "svn", "bzr"} {
		if repo := v.Get(vcs); repo.Exists() {
			return Source{Kind: SourceVCS, Text: repo.Str(), Revision: v.First("revision", "ref").Str()}
		}
	}
	location := v.First("url", "path").Str()
	switch {
	case location == "":
		return Source{Kind: SourceRegistry}
	case v.Get("editable").Bool():
		return Source{Kind: SourceEditable, Text: location}
	case v.Get("url").Exists():
		return Source{Kind: SourceURL, Text: location}
	case isArchive(location):
		return Source{Kind: SourcePath, Text: location}
	}
	return Source{Kind: SourceDirectory, Text: location}
}

func isArchive(path string) bool {
	for _, suffix := range []string{".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz"} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

// pdmDep reads a dependency line; one that points to a folder or URL without a
// name is left out.
func (r *reader) pdmDep(v tomldoc.Value) (Dep, bool) {
	text := v.Str()
	if strings.HasPrefix(text, "-e ") {
		return Dep{}, false
	}
	req, err := pep508.Parse(text)
	if err != nil {
		v.FailErr(err)
		return Dep{}, false
	}
	return Dep{Name: req.Name, Extras: req.Extras, Marker: req.Marker, Specifiers: SpecifierPythons(req.Specifiers)}, true
}
