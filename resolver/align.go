package resolver

import (
	"context"
	"errors"
	"math/bits"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// maxAlign is how many targets alignment can take: a mask is one word.
const maxAlign = 64

// ErrTooManyTargets says that alignment was asked for more targets than it can
// take.
var ErrTooManyTargets = errors.New("alignment takes at most 64 targets")

// A mask is a set of targets, by index in the request.
type mask uint64

func (m mask) has(t int) bool { return m>>t&1 == 1 }

// An aligner solves all targets as one problem. Its packages are a project in a
// group of targets, which is what gets one version, and facets of it: the
// project, or an extra of it, as some of the group's targets need it. A
// requirement that holds on some targets only is a dependency on the facet of
// those targets, so what no target needs is not asked of it; a facet's versions
// are those with a file for each of its targets.
type aligner struct {
	ctx   context.Context
	store *store
	cells []*cell
	// providers answer for one target each; their numbering is not used.
	providers []*provider
	// groups are the sets of targets that share a version of a project: one
	// group of all, unless the project was split.
	groups map[string][]mask

	nodes  []facet
	ids    map[facetKey]pubgrub.Package
	chosen map[pubgrub.Package]int
	usable map[facetKey]pubgrub.Set
	// asked is what each decision asks, for pip's reading of pre-releases.
	asked map[decision][]askedBy
}

// askedBy is what a decision asks of a project for some targets.
type askedBy struct {
	asked
	targets mask
}

type facetKey struct {
	name  string
	group mask
	// targets is 0 for the package that carries the version.
	targets mask
	extra   string
}

type facet struct {
	facetKey
	project *project
}

// align finds one version of each package for all solved cells. Where that is
// impossible it splits the targets of the package that stands in the way, those
// that most targets can share first.
func (s *store) align(ctx context.Context, cells []*cell) (*Aligned, error) {
	if len(cells) > maxAlign {
		return nil, ErrTooManyTargets
	}
	groups := map[string][]mask{}
	reasons := map[string]string{}
	if len(cells) == 1 { // a cell is aligned with itself
		return newAligner(ctx, s, cells, groups).report(cells, reasons), nil
	}
	for {
		a := newAligner(ctx, s, cells, groups)
		solution, failure, err := pubgrub.Solve(ctx, a, pubgrub.Options{})
		if err != nil {
			return nil, err
		}
		if failure != nil {
			if !a.split(failure, reasons) {
				// Every cell has its own answer; that is then the nearest.
				return a.report(cells, reasons), nil
			}
			continue
		}
		aligned, err := a.cellsOf(solution)
		if err != nil {
			return nil, err
		}
		if !s.req.TrustMetadata {
			differs, err := s.differ(ctx, aligned)
			if err != nil {
				return nil, err
			}
			if differs {
				continue
			}
		}
		return a.report(aligned, reasons), nil
	}
}

func newAligner(ctx context.Context, s *store, cells []*cell, groups map[string][]mask) *aligner {
	a := &aligner{
		ctx: ctx, store: s, cells: cells, groups: groups,
		nodes:  []facet{{}},
		ids:    map[facetKey]pubgrub.Package{{}: pubgrub.Root},
		chosen: map[pubgrub.Package]int{},
		usable: map[facetKey]pubgrub.Set{},
		asked:  map[decision][]askedBy{},
	}
	for _, c := range cells {
		pr := newProvider(ctx, c.view, c.roots)
		pr.own, pr.twin = c.own, c.twin
		for _, b := range c.blockers {
			pr.lenient[b.name] = true
		}
		a.providers = append(a.providers, pr)
	}
	return a
}

func (a *aligner) all() mask { return mask(1)<<len(a.cells) - 1 }

func (a *aligner) groupsOf(name string) []mask {
	if g, ok := a.groups[name]; ok {
		return g
	}
	return []mask{a.all()}
}

func (a *aligner) id(key facetKey) (pubgrub.Package, error) {
	if id, ok := a.ids[key]; ok {
		return id, nil
	}
	p, err := a.store.project(a.ctx, key.name)
	if err != nil {
		return 0, err
	}
	id := pubgrub.Package(len(a.nodes))
	a.nodes = append(a.nodes, facet{key, p})
	a.ids[key] = id
	return id, nil
}

// usableBy returns the versions of a project with a file for every target of a
// mask.
func (a *aligner) usableBy(p *project, m mask) pubgrub.Set {
	key := facetKey{name: p.name, targets: m}
	if set, ok := a.usable[key]; ok {
		return set
	}
	set := pubgrub.FromFunc(p.phantom()+1, func(i int) bool {
		if i == p.phantom() {
			return false
		}
		for t, pr := range a.providers {
			if m.has(t) && pr.view.taken(p, i).file == nil {
				return false
			}
		}
		return true
	})
	a.usable[key] = set
	return set
}

// Choose implements [pubgrub.Provider].
func (a *aligner) Choose(id pubgrub.Package, allowed pubgrub.Set) (int, any, error) {
	n := &a.nodes[id]
	if n.targets != 0 {
		if base, ok := a.chosen[a.ids[facetKey{name: n.name, group: n.group}]]; ok && allowed.Has(base) {
			return base, nil, nil
		}
	}
	first := a.providers[bits.TrailingZeros64(uint64(n.group))]
	version := a.newest(n.project, n.group, allowed, first)
	if version < 0 {
		return -1, &unusable{name: n.name, project: n.project, allowed: allowed}, nil
	}
	a.chosen[id] = version
	return version, nil, nil
}

// newest picks among versions already known to have files: final releases first,
// unless the policy says otherwise.
func (a *aligner) newest(p *project, group mask, allowed pubgrub.Set, pr *provider) int {
	fallback := -1
	for i := allowed.First(); i >= 0 && i < p.phantom(); i = allowed.Next(i) {
		pre := p.page.Releases[i].Version.IsPrerelease()
		switch policy := pr.policy(p); {
		case !pre || policy == Allow:
			return i
		case policy == IfNecessary && fallback < 0:
			fallback = i
		}
	}
	if fallback >= 0 && a.hasFinal(p, group) {
		return -1
	}
	return fallback
}

// hasFinal is [provider.hasFinal] for the targets of a group together.
func (a *aligner) hasFinal(p *project, group mask) bool {
	if a.store.req.Like != vocab.LikePip {
		return false
	}
	admitted := pubgrub.Full(p.phantom() + 1)
	var targets mask
	meet := func(list []askedBy) {
		for _, b := range list {
			if b.project == p && b.targets&group != 0 {
				admitted = admitted.Intersect(b.allowed)
				targets |= b.targets & group
			}
		}
	}
	meet(a.asked[decision{}])
	for id, version := range a.chosen {
		meet(a.asked[decision{id, version}])
	}
	for i := admitted.First(); i >= 0 && i < p.phantom(); i = admitted.Next(i) {
		if p.page.Releases[i].Version.IsPrerelease() {
			continue
		}
		for t, pr := range a.providers {
			if targets.has(t) && pr.view.best(p, i, rules{yanked: yankedToo}).file != nil {
				return true
			}
		}
	}
	return false
}

// Dependencies implements [pubgrub.Provider].
func (a *aligner) Dependencies(id pubgrub.Package, version int) ([]pubgrub.Dependency, any, error) {
	if id == pubgrub.Root {
		var list []pubgrub.Dependency
		for i := range a.store.req.Requirements {
			r := &a.store.req.Requirements[i].Requirement
			var m mask
			for t, pr := range a.providers {
				if pr.applies(r, "") {
					m |= 1 << t
				}
			}
			var err error
			if list, err = a.require(list, decision{id, version}, r, m); err != nil {
				return nil, nil, err
			}
		}
		return list, nil, nil
	}
	n := a.nodes[id]
	if n.targets == 0 {
		return nil, nil, nil // the facets say what each target needs
	}
	list := []pubgrub.Dependency{{
		Package: a.ids[facetKey{name: n.name, group: n.group}],
		Allowed: pubgrub.Single(n.project.phantom()+1, version),
		Pin:     pubgrub.Pinned,
	}}
	for _, part := range a.byDependencies(n, version) {
		if part.err != nil {
			return nil, nil, part.err
		}
		for t, pr := range a.providers {
			if part.targets.has(t) {
				if why := pr.refuses(n.project, part.deps); why != nil {
					return nil, why, nil
				}
			}
		}
		for i := range part.deps.requires {
			r := &part.deps.requires[i]
			var m mask
			for t, pr := range a.providers {
				if part.targets.has(t) && pr.applies(r, n.extra) {
					m |= 1 << t
				}
			}
			var err error
			if list, err = a.require(list, decision{id, version}, r, m); err != nil {
				return nil, nil, err
			}
		}
	}
	return list, nil, nil
}

// A part is the targets of a facet whose files have the same dependencies.
type part struct {
	targets mask
	deps    *dependencies
	err     error
}

func (a *aligner) byDependencies(n facet, version int) []part {
	var parts []part
	for t, pr := range a.providers {
		if !n.targets.has(t) {
			continue
		}
		deps, err := pr.dependencies(n.project, version)
		if err != nil {
			return []part{{err: err}}
		}
		i := slices.IndexFunc(parts, func(p part) bool { return p.deps == deps })
		if i < 0 {
			i = len(parts)
			parts = append(parts, part{deps: deps})
		}
		parts[i].targets |= 1 << t
	}
	return parts
}

// require adds the dependency of some targets on a requirement, one for each
// group of the required project. Targets that had to go on without the project
// do not ask for it.
func (a *aligner) require(list []pubgrub.Dependency, from decision, r *pep508.Requirement, m mask) ([]pubgrub.Dependency, error) {
	for t, pr := range a.providers {
		if pr.lenient[r.Name] {
			m &^= 1 << t
		}
	}
	for _, group := range a.groupsOf(r.Name) {
		targets := m & group
		if targets == 0 {
			continue
		}
		base, err := a.id(facetKey{name: r.Name, group: group})
		if err != nil {
			return nil, err
		}
		p := a.nodes[base].project
		admitted := pubgrub.Full(p.phantom() + 1)
		for t, pr := range a.providers {
			if targets.has(t) {
				set, _, err := pr.allowed(r)
				if err != nil {
					return nil, err
				}
				admitted = admitted.Intersect(set)
			}
		}
		if a.store.req.Like == vocab.LikePip {
			a.asked[from] = append(a.asked[from], askedBy{asked{project: p, allowed: admitted}, targets})
		}
		allowed := a.usableBy(p, targets).Intersect(admitted)
		for _, extra := range append([]string{""}, r.Extras...) {
			id, err := a.id(facetKey{r.Name, group, targets, extra})
			if err != nil {
				return nil, err
			}
			list = append(list, pubgrub.Dependency{
				Package: id, Base: base, Allowed: allowed, Pin: a.providers[0].pinned(r), Requirement: r.Specifiers,
			})
		}
	}
	return list, nil
}
