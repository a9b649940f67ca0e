package resolver

import (
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// Package implements [pubgrub.Namer].
func (pr *provider) Package(id pubgrub.Package) string {
	return pr.nodes[id].String()
}

// Versions implements [pubgrub.Namer].
func (pr *provider) Versions(id pubgrub.Package, versions pubgrub.Set) string {
	return formatVersions(pr.nodes[id].project, versions)
}

// Package implements [pubgrub.Namer].
func (a *aligner) Package(id pubgrub.Package) string {
	n := a.nodes[id]
	return nodeKey{name: n.name, extra: n.extra}.String()
}

// Versions implements [pubgrub.Namer].
func (a *aligner) Versions(id pubgrub.Package, versions pubgrub.Set) string {
	return formatVersions(a.nodes[id].project, versions)
}

func (k nodeKey) String() string {
	switch {
	case k.name == "":
		return "your project"
	case k.extra != "":
		return k.name + "[" + k.extra + "]"
	}
	return k.name
}

// formatVersions writes a set of a project's versions as a specifier. The
// phantom does not exist, so it is left out.
func formatVersions(p *project, versions pubgrub.Set) string {
	if p == nil {
		return ""
	}
	n := p.phantom()
	known := pubgrub.FromFunc(n, versions.Has)
	return pubgrub.FormatSet(known, func(i int) string { return p.page.Releases[i].Version.String() })
}

// String says why a package could not be used, as a derivation prints it.
func (u *unusable) String() string {
	switch {
	case u.text != "":
		return u.text
	case u.project != nil && u.project.err != nil:
		return "no index has it"
	}
	return "no file of it fits this target"
}
