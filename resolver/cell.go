package resolver

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// A cell is the solution for one target, blocked packages included.
type cell struct {
	view  *view
	roots []Requirement
	// own are dependencies read from chosen files that differ from the shared.
	own map[pick]*dependencies
	// twin is the solved GIL twin of a free-threaded cell, nil if there is none.
	twin *cell

	picks    map[string]*chosen
	blockers []*blocker
	// passed are versions that the solver tried and gave up.
	passed []pick
}

// chosen is what a cell gets of one project.
type chosen struct {
	project *project
	// version is an index in the page's releases, or the phantom.
	version int
	choice  choice
	extras  []string
	deps    *dependencies
	source  vocab.MetadataSource
	// requiredBy are the names of the requirers; "" is the user.
	requiredBy []string
	// via are the local projects through which the user requires it.
	via []string
	// locked says that the project's page is a lock's list of files, which knows
	// no other version.
	locked bool
}

// blocker is a project the cell had to go on without.
type blocker struct {
	*unusable
	explanation []string
	// exact says that no other version than the one allowed is asked for: a
	// lock's.
	exact bool
}

// maxRelaxations bounds how many blockers one cell reports.
const maxRelaxations = 200

// solve solves a cell to the end: as long as the requirements cannot be met, the
// package that stands in the way is noted as a blocker, assumed to be there, and
// the rest is solved again. The derivation of each failure is kept.
func (c *cell) solve(ctx context.Context) error {
	c.blockers, c.passed = nil, nil
	lenient, loose := map[string]bool{}, false
	for {
		pr := newProvider(ctx, c.view, c.roots)
		pr.lenient, pr.loose, pr.own, pr.twin = lenient, loose, c.own, c.twin
		solution, failure, err := pubgrub.Solve(ctx, pr, pubgrub.Options{})
		if err != nil {
			return err
		}
		c.pass(pr.visited)
		if failure == nil {
			return c.collect(pr, solution)
		}
		u, conflict := pr.culprit(failure)
		if conflict && !loose && len(lenient) > 0 {
			// It may be our assumption that conflicts: let go of it.
			loose = true
			continue
		}
		b := &blocker{unusable: u}
		if conflict {
			b.explanation = failure.Explain(pr)
		}
		if u == nil || len(c.blockers) == maxRelaxations {
			// Nothing left to assume: report the conflict as it stands.
			b.unusable = &unusable{kind: vocab.ProblemConflict, text: "the requirements exclude each other"}
			c.blockers = append(c.blockers, b)
			return nil
		}
		lenient[u.name] = true
		c.blockers = append(c.blockers, b)
	}
}

// maxPassed bounds how many versions that were given up are verified in a cell.
const maxPassed = 16

// pass notes versions the solver asked about.
func (c *cell) pass(visited []pick) {
	for _, p := range visited {
		if !slices.Contains(c.passed, p) {
			c.passed = append(c.passed, p)
		}
	}
}

// given returns the versions that were tried and given up on what another file
// says than the one that counts for the cell: that may allow what the other
// ruled out.
func (c *cell) given() []pick {
	var list []pick
	for _, p := range c.passed {
		if ch := c.picks[p.project.name]; ch != nil && ch.version == p.version || c.own[p] != nil {
			continue
		}
		files := c.view.tellers(p.project, p.version)
		if len(files) > 0 && files[0] != p.project.releases[p.version].deps.file && len(list) < maxPassed {
			list = append(list, p)
		}
	}
	return list
}

// strict solves and verifies a cell without assuming anything; ok is false when
// the requirements cannot be met.
func (c *cell) strict(ctx context.Context) (ok bool, err error) {
	for range maxVerifyRounds {
		pr := newProvider(ctx, c.view, c.roots)
		pr.own = c.own
		solution, failure, err := pubgrub.Solve(ctx, pr, pubgrub.Options{})
		if err != nil {
			return false, err
		}
		ok, c.picks, c.passed = failure == nil, nil, nil
		c.pass(pr.visited)
		if ok {
			if err := c.collect(pr, solution); err != nil {
				return false, err
			}
		}
		if c.view.store.req.TrustMetadata {
			return ok, nil
		}
		differs, err := c.view.store.differ(ctx, []*cell{c})
		if err != nil || !differs {
			return ok, err
		}
	}
	return false, nil
}

// culprit picks, from a failed derivation, the package to go on without: the one
// that the solver found unusable first, while it still tried the versions one
// would want; or, if every leaf is a requirement that could be met alone, the
// package on which requirements exclude each other, which is a conflict. It is
// nil if every package in question was already assumed.
func (pr *provider) culprit(failure *pubgrub.Failure) (u *unusable, conflict bool) {
	leaves := failure.Leaves()
	for _, leaf := range leaves {
		reason, _ := leaf.Reason.(*unusable)
		if leaf.Cause == pubgrub.CauseDependency && leaf.Dependency.Allowed.IsEmpty() {
			reason = pr.empty[pr.nodes[leaf.Dependency.Package].name]
		}
		if reason == nil || reason.name == "" || pr.lenient[reason.name] {
			continue
		}
		if u == nil || reason.order < u.order {
			u = reason
		}
	}
	if u != nil {
		return u, false
	}
	for _, id := range disputed(leaves) {
		if n := &pr.nodes[id]; !pr.lenient[n.name] {
			return &unusable{name: n.name, project: n.project}, true
		}
	}
	return nil, true
}

// disputed returns the packages on which the dependencies among the leaves of a
// proof leave no version, in the order of the proof, then the other packages
// that something depends on.
func disputed(leaves []*pubgrub.Node) []pubgrub.Package {
	admitted := map[pubgrub.Package]pubgrub.Set{}
	var order []pubgrub.Package
	for _, leaf := range leaves {
		if leaf.Cause != pubgrub.CauseDependency {
			continue
		}
		p, allowed := leaf.Dependency.Package, leaf.Dependency.Allowed
		if all, ok := admitted[p]; ok {
			admitted[p] = all.Intersect(allowed)
		} else {
			admitted[p] = allowed
			order = append(order, p)
		}
	}
	slices.SortStableFunc(order, func(p, q pubgrub.Package) int {
		switch a, b := admitted[p].IsEmpty(), admitted[q].IsEmpty(); {
		case a && !b:
			return -1
		case b && !a:
			return 1
		}
		return 0
	})
	return order
}

// collect reads the solver's solution.
func (c *cell) collect(pr *provider, solution pubgrub.Solution) error {
	versions := make(map[nodeKey]int, len(solution.Decisions))
	for _, d := range solution.Decisions {
		if d.Package != pubgrub.Root {
			versions[pr.nodes[d.Package].nodeKey] = d.Version
		}
	}
	return c.collectVersions(pr, versions)
}

// collectVersions works out what was chosen and who requires it, from the
// versions of projects and extras.
func (c *cell) collectVersions(pr *provider, versions map[nodeKey]int) error {
	c.picks = make(map[string]*chosen, len(versions))
	for n, version := range versions {
		if base, ok := versions[nodeKey{name: n.name}]; ok {
			version = base
		}
		ch := c.picks[n.name]
		if ch == nil {
			p, err := c.view.store.project(pr.ctx, n.name)
			if err != nil {
				return err
			}
			ch = &chosen{project: p, version: version, source: vocab.MetadataUnread}
			c.picks[n.name] = ch
			if version < p.phantom() {
				ch.choice = c.view.taken(p, version)
				if ch.deps, err = pr.dependencies(p, version); err != nil {
					return err
				}
				ch.source = c.source(ch)
			} else {
				ch.choice.kind = vocab.FileNone
			}
		}
		if n.extra != "" && n.brings {
			ch.extras = append(ch.extras, n.extra)
		}
	}
	for _, r := range pr.roots {
		if appliesTo(&r.Requirement, c.view.env, "") {
			c.edge("", r.Name)
			if ch := c.picks[r.Name]; ch != nil && r.Via != "" && !slices.Contains(ch.via, r.Via) {
				ch.via = append(ch.via, r.Via)
			}
		}
	}
	for name, ch := range c.picks {
		slices.Sort(ch.extras)
		if ch.deps == nil {
			continue
		}
		for i := range ch.deps.requires {
			r := &ch.deps.requires[i]
			applies := appliesTo(r, c.view.env, "")
			for _, extra := range ch.extras {
				applies = applies || appliesTo(r, c.view.env, extra)
			}
			if applies && r.Name != name {
				c.edge(name, r.Name)
			}
		}
	}
	for _, ch := range c.picks {
		slices.Sort(ch.requiredBy)
	}
	return nil
}

// edge notes that one package requires another.
func (c *cell) edge(from, to string) {
	if ch := c.picks[to]; ch != nil && !slices.Contains(ch.requiredBy, from) {
		ch.requiredBy = append(ch.requiredBy, from)
	}
}

// source says whose metadata a package was solved with, before verification.
func (c *cell) source(ch *chosen) vocab.MetadataSource {
	if ch.deps == nil || ch.deps.meta == nil {
		return vocab.MetadataUnread
	}
	if ch.choice.file == nil {
		return vocab.MetadataShared
	}
	own, sdist := ch.deps.file == ch.choice.file, ch.choice.file.Kind == simple.Sdist
	switch {
	case own && sdist:
		return vocab.MetadataStatic
	case own:
		return vocab.MetadataOwn
	case sdist:
		return vocab.MetadataAssumed
	default:
		return vocab.MetadataShared
	}
}

// chain returns the shortest chain of requirers from a root to a package, the
// package itself last. Local projects are named before the root they require.
func (c *cell) chain(name string) []string {
	type step struct {
		name string
		next *step
	}
	seen := map[string]bool{name: true}
	queue := []*step{{name: name}}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		ch := c.picks[s.name]
		if ch == nil {
			continue
		}
		if slices.Contains(ch.requiredBy, "") {
			var chain []string
			if len(ch.via) > 0 {
				chain = append(chain, ch.via[0])
			}
			for ; s != nil; s = s.next {
				chain = append(chain, s.name)
			}
			return chain
		}
		for _, by := range ch.requiredBy {
			if !seen[by] {
				seen[by] = true
				queue = append(queue, &step{by, s})
			}
		}
	}
	return []string{name}
}

// rootsOf returns the user's requirements that need a package, sorted.
func (c *cell) rootsOf(name string) []string {
	seen := map[string]bool{}
	var roots []string
	var visit func(string)
	visit = func(n string) {
		if seen[n] {
			return
		}
		seen[n] = true
		ch := c.picks[n]
		if ch == nil {
			return
		}
		for _, by := range ch.requiredBy {
			if by == "" {
				roots = append(roots, n)
			} else {
				visit(by)
			}
		}
	}
	visit(name)
	slices.SortFunc(roots, strings.Compare)
	return roots
}
