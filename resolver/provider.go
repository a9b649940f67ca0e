package resolver

import (
	"context"
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// A provider is one target's universe as the solver sees it. Packages are
// numbered as they are met: the root, a project, or a project's extra, which is
// a package of its own that pins the project to its own version.
type provider struct {
	ctx   context.Context
	store *store
	view  *view
	roots []Requirement

	nodes []node
	ids   map[nodeKey]pubgrub.Package
	// chosen are the versions chosen last, so that an extra follows its project.
	chosen map[pubgrub.Package]int

	// lenient are projects the cell goes on without: when no version is usable,
	// one is assumed to be, see assume.
	lenient map[string]bool
	// loose lets a lenient project have any version, not just the one assumed
	// first.
	loose   bool
	assumed map[*project]int
	// twin is the solved GIL twin of a free-threaded cell, or nil.
	twin *cell
	// empty are the projects of which a requirement admits no version.
	empty map[string]*unusable
	// refusals counts what could not be used, in the order it was met.
	refusals int
	// own are dependencies that a chosen file's own metadata gave in place of
	// the shared ones.
	own map[pick]*dependencies
	// prereleases are projects of which a requirement names a pre-release,
	// which makes pip rank them with final releases.
	prereleases map[string]bool
	// asked are the versions that each version chosen asks for, for pip's reading
	// of pre-releases.
	asked map[decision][]asked
	// visited are the versions whose dependencies the solver asked for.
	visited []pick
	// tried counts the versions tried of a project.
	tried map[*project]int
}

// A nodeKey names a project (extra is "") or an extra of it. An extra is two
// packages, as with uv: one that pins the project and the other to its own
// version, and the other, with brings set, that has the extra's requirements.
type nodeKey struct {
	name, extra string
	brings      bool
}

type node struct {
	nodeKey
	project *project // nil for the root
}

// A decision is one version of one package of the solver.
type decision struct {
	id      pubgrub.Package
	version int
}

// asked is what a decision asks of a project.
type asked struct {
	project *project
	allowed pubgrub.Set
	pinned  bool // to one exact version
}

// A pick is one version of one project.
type pick struct {
	project *project
	version int
}

func newProvider(ctx context.Context, v *view, roots []Requirement) *provider {
	return &provider{
		ctx: ctx, store: v.store, view: v, roots: roots,
		nodes:       []node{{}}, // the root
		ids:         map[nodeKey]pubgrub.Package{{}: pubgrub.Root},
		chosen:      map[pubgrub.Package]int{},
		lenient:     map[string]bool{},
		assumed:     map[*project]int{},
		empty:       map[string]*unusable{},
		asked:       map[decision][]asked{},
		own:         map[pick]*dependencies{},
		prereleases: map[string]bool{},
		tried:       map[*project]int{},
	}
}

// id numbers a project or an extra of it, loading the project's page.
func (pr *provider) id(key nodeKey) (pubgrub.Package, error) {
	if id, ok := pr.ids[key]; ok {
		return id, nil
	}
	p, err := pr.store.project(pr.ctx, key.name)
	if err != nil {
		return 0, err
	}
	id := pubgrub.Package(len(pr.nodes))
	pr.nodes = append(pr.nodes, node{key, p})
	pr.ids[key] = id
	return id, nil
}

// unusable is why the solver could not use a package: the leaf cause of a
// failure.
type unusable struct {
	name    string
	project *project
	allowed pubgrub.Set
	// text is the reason one version cannot be used, "" when no version fits.
	text string
	kind vocab.ProblemKind
	// order is when it was met, counted from 1.
	order int
}

// refuse notes that something cannot be used.
func (pr *provider) refuse(u *unusable) *unusable {
	pr.refusals++
	u.order = pr.refusals
	return u
}

// Choose implements [pubgrub.Provider].
func (pr *provider) Choose(id pubgrub.Package, allowed pubgrub.Set) (int, any, error) {
	n := &pr.nodes[id]
	if n.extra != "" {
		if base, ok := pr.chosen[pr.ids[nodeKey{name: n.name}]]; ok && allowed.Has(base) {
			return base, nil, nil
		}
	}
	version := pr.newest(n.project, allowed)
	if version < 0 && pr.lenient[n.name] {
		version = pr.assume(n.project, allowed)
	}
	if version < 0 {
		return -1, pr.refuse(&unusable{name: n.name, project: n.project, allowed: allowed}), nil
	}
	pr.chosen[id] = version
	pr.ahead(n.project, allowed, version)
	return version, nil, nil
}

// Dependencies implements [pubgrub.Provider].
func (pr *provider) Dependencies(id pubgrub.Package, version int) ([]pubgrub.Dependency, any, error) {
	if id == pubgrub.Root {
		return pr.rootDependencies()
	}
	n := pr.nodes[id] // a copy: numbering new packages moves the slice
	if version == n.project.phantom() {
		return nil, nil, nil
	}
	deps, err := pr.dependencies(n.project, version)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", n.name, n.project.page.Releases[version].Version, err)
	}
	pr.visited = append(pr.visited, pick{n.project, version})
	if why := pr.refuses(n.project, deps); why != nil {
		if !pr.lenient[n.name] {
			return nil, why, nil
		}
		deps = &dependencies{} // assumed to be there
	}
	if n.extra != "" && !n.brings {
		return pr.pinExtra(n, version)
	}
	list, why, err := pr.require(decision{id, version}, n.name, deps.requires, n.extra)
	if why != nil && pr.lenient[n.name] {
		return nil, nil, err
	}
	return list, why, err
}

// pinExtra returns the dependencies of an extra on its project and on what it
// brings, at the same version.
func (pr *provider) pinExtra(n node, version int) ([]pubgrub.Dependency, any, error) {
	base := pr.ids[nodeKey{name: n.name}]
	brings, err := pr.id(nodeKey{n.name, n.extra, true})
	if err != nil {
		return nil, nil, err
	}
	only := pubgrub.Single(n.project.phantom()+1, version)
	return []pubgrub.Dependency{
		{Package: base, Allowed: only, Pin: pubgrub.Pinned},
		{Package: brings, Base: base, Allowed: only, Pin: pubgrub.Pinned},
	}, nil, nil
}

// dependencies returns a version's dependencies: its chosen file's own if they
// are known to differ, else the shared ones.
func (pr *provider) dependencies(p *project, version int) (*dependencies, error) {
	if d, ok := pr.own[pick{p, version}]; ok {
		return d, nil
	}
	return pr.store.dependencies(pr.ctx, p, version)
}

// refuses says why a version's metadata rules it out, or nil.
func (pr *provider) refuses(p *project, d *dependencies) any {
	switch {
	case d.invalid != "":
		return pr.refuse(&unusable{name: p.name, project: p, text: d.invalid, kind: vocab.ProblemMetadataUnavailable})
	case d.python != nil && !d.python.Contains(pr.view.python):
		return pr.refuse(&unusable{name: p.name, project: p, kind: vocab.ProblemRequiresPython,
			text: "requires Python " + d.meta.RequiresPython})
	}
	return nil
}

func (pr *provider) rootDependencies() ([]pubgrub.Dependency, any, error) {
	requires := make([]pep508.Requirement, len(pr.roots))
	for i, r := range pr.roots {
		requires[i] = r.Requirement
	}
	return pr.require(decision{}, "", requires, "")
}

// require turns requirements that hold for the target into dependencies of one
// version of a project (name "" is the root) or of one of its extras.
func (pr *provider) require(from decision, name string, requires []pep508.Requirement, extra string) ([]pubgrub.Dependency, any, error) {
	var list []pubgrub.Dependency
	for i := range requires {
		r := &requires[i]
		if why := pr.beyond(name, r); why != nil {
			return nil, why, nil
		}
		if !pr.applies(r, extra) {
			continue
		}
		if r.URL != "" && name != "" && pr.store.direct[r.Name] != r.URL {
			return nil, pr.refuse(&unusable{name: name, kind: vocab.ProblemMetadataUnavailable,
				text: fmt.Sprintf("depends on %s by URL, which installers take only from your own requirements", r.Name)}), nil
		}
		allowed, id, err := pr.allowed(r)
		if err != nil {
			return nil, nil, err
		}
		if pr.store.req.Like == vocab.LikePip {
			pr.asked[from] = append(pr.asked[from], asked{pr.nodes[id].project, allowed, pins(r.Specifiers)})
		}
		if allowed.IsEmpty() && pr.empty[r.Name] == nil {
			pr.empty[r.Name] = pr.refuse(&unusable{name: r.Name, project: pr.nodes[id].project, allowed: allowed})
		}
		dep := pubgrub.Dependency{Package: id, Allowed: allowed, Pin: pr.pinned(r), Requirement: r.Specifiers}
		if len(r.Extras) == 0 {
			list = append(list, dep)
		}
		dep.Base = id // the solver adds what the project itself must be
		for _, e := range r.Extras {
			if dep.Package, err = pr.id(nodeKey{name: r.Name, extra: e}); err != nil {
				return nil, nil, err
			}
			list = append(list, dep)
		}
	}
	return list, nil, nil
}

// beyond says why a requirement's marker cannot be judged, or nil.
func (pr *provider) beyond(name string, r *pep508.Requirement) any {
	if !r.Marker.UsesABIFeatures() {
		return nil
	}
	err := r.Marker.Check(pr.view.env)
	if err == nil {
		return nil
	}
	return pr.refuse(&unusable{name: name, text: err.Error(), kind: vocab.ProblemMetadataUnavailable})
}

// applies reports whether a requirement of a package, or of one of its extras
// and not of the package itself, holds for the target.
func (pr *provider) applies(r *pep508.Requirement, extra string) bool {
	return appliesTo(r, pr.view.env, extra)
}

func appliesTo(r *pep508.Requirement, env *pep508.Environment, extra string) bool {
	if r.Marker == nil {
		return extra == ""
	}
	if extra == "" {
		return r.Marker.Eval(env, "")
	}
	return r.Marker.UsesExtra() && r.Marker.Eval(env, extra) && !r.Marker.Eval(env, "")
}

// pinned says how narrowly a requirement is written, which decides when its
// package is chosen.
func (pr *provider) pinned(r *pep508.Requirement) pubgrub.Pin {
	if _, ok := pr.store.direct[r.Name]; ok {
		return pubgrub.Direct
	}
	if _, ok := r.Specifiers.Pinned(); ok {
		return pubgrub.Pinned
	}
	return pubgrub.Ranged
}

// allowed returns the versions a requirement admits under the user's
// constraints and overrides.
func (pr *provider) allowed(r *pep508.Requirement) (pubgrub.Set, pubgrub.Package, error) {
	id, err := pr.id(nodeKey{name: r.Name})
	if err != nil {
		return pubgrub.Set{}, 0, err
	}
	p := pr.nodes[id].project
	var allowed pubgrub.Set
	if over, ok := pr.store.overrides[r.Name]; ok {
		allowed = pubgrub.Full(p.phantom() + 1)
		for i := range over {
			if appliesTo(&over[i].Requirement, pr.view.env, "") {
				allowed = allowed.Intersect(p.set(over[i].Specifiers))
			}
		}
	} else {
		allowed = p.set(r.Specifiers)
		if r.Specifiers.MentionsPrerelease() {
			pr.prereleases[r.Name] = true
		}
	}
	for i := range pr.store.constraints[r.Name] {
		c := &pr.store.constraints[r.Name][i]
		if appliesTo(&c.Requirement, pr.view.env, "") {
			allowed = allowed.Intersect(p.set(c.Specifiers))
		}
	}
	if pr.lenient[r.Name] {
		allowed = allowed.Union(pubgrub.Single(p.phantom()+1, p.phantom()))
	}
	return allowed, id, nil
}
