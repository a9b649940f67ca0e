package resolver

import (
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// newest returns the newest allowed version that has a usable file, final
// releases first, or -1.
func (pr *provider) newest(p *project, allowed pubgrub.Set) int {
	if pr.store.req.PreferBinary {
		if version := pr.newestOf(p, allowed, true); version >= 0 {
			return version
		}
	}
	return pr.newestOf(p, allowed, false)
}

func (pr *provider) newestOf(p *project, allowed pubgrub.Set, wheelsOnly bool) int {
	policy := pr.policy(p)
	fallback := -1
	for i := allowed.First(); i >= 0 && i < p.phantom(); i = allowed.Next(i) {
		pre := p.page.Releases[i].Version.IsPrerelease()
		if pre && (policy == Disallow || policy == IfNecessary && fallback >= 0) {
			continue
		}
		c := pr.view.choose(p, i)
		if c.file == nil {
			c = pr.pinnedYanked(p, i)
		}
		if c.file == nil || wheelsOnly && !c.kind.IsWheel() {
			continue
		}
		if !pre || policy == Allow {
			return i
		}
		fallback = i
	}
	if fallback >= 0 && pr.hasFinal(p) {
		return -1
	}
	return fallback
}

// hasFinal reports whether pip would not look at a project's pre-releases: some
// final release that the requirements in force admit has a file that fits, even
// one that is yanked or in conflict with something else.
func (pr *provider) hasFinal(p *project) bool {
	if pr.store.req.Like != vocab.LikePip {
		return false
	}
	admitted, _ := pr.admitted(p)
	for i := admitted.First(); i >= 0 && i < p.phantom(); i = admitted.Next(i) {
		if !p.page.Releases[i].Version.IsPrerelease() && pr.view.best(p, i, rules{yanked: yankedToo}).file != nil {
			return true
		}
	}
	return false
}

// policy returns the pre-release policy for a project.
func (pr *provider) policy(p *project) Prereleases {
	req := pr.store.req
	switch {
	case req.OnlyFinal.Has(p.name):
		return Disallow
	case req.AllReleases.Has(p.name):
		return Allow
	}
	policy := req.Prereleases
	if policy == IfNecessary && req.Like == vocab.LikePip && pr.prereleases[p.name] {
		return Allow
	}
	return policy
}

// assume returns the version that a cell goes on with although it has no usable
// file: the one the GIL twin got, so that what blocks only the free-threaded
// build is seen beside what the other gets; else the newest final one, else any,
// else the phantom. Once assumed it stays, or an old version without the
// requirement that comes next would hide the next blocker; then it is -1.
func (pr *provider) assume(p *project, allowed pubgrub.Set) int {
	if version, ok := pr.assumed[p]; ok && !pr.loose {
		if allowed.Has(version) {
			return version
		}
		return -1
	}
	version := pr.guess(p, allowed)
	pr.assumed[p] = version
	return version
}

func (pr *provider) guess(p *project, allowed pubgrub.Set) int {
	if pr.twin != nil {
		if ch := pr.twin.picks[p.name]; ch != nil && ch.project == p && allowed.Has(ch.version) {
			return ch.version
		}
	}
	twin := pr.view.twin()
	final, newest := -1, -1
	for i := allowed.First(); i >= 0 && i < p.phantom(); i = allowed.Next(i) {
		if newest < 0 {
			newest = i
		}
		if p.page.Releases[i].Version.IsPrerelease() {
			continue
		}
		if final < 0 {
			final = i
		}
		if pr.view.best(p, i, rules{matcher: twin}).file != nil {
			return i
		}
	}
	switch {
	case final >= 0:
		return final
	case newest >= 0:
		return newest
	}
	return p.phantom()
}

// ahead loads the metadata of versions that will be tried next, many at once,
// when so many versions of a project were tried that more are likely to follow.
func (pr *provider) ahead(p *project, allowed pubgrub.Set, version int) {
	pr.tried[p]++
	count := 0
	switch tried := pr.tried[p]; {
	case tried == 5:
		count = 10
	case tried == 15:
		count = 20
	case tried >= 35 && tried%50 == 35:
		count = 50
	}
	var next []int
	for i := allowed.Next(version); i >= 0 && i < p.phantom() && len(next) < count; i = allowed.Next(i) {
		if pr.view.choose(p, i).file != nil {
			next = append(next, i)
		}
	}
	if len(next) > 0 {
		pr.store.ahead(pr.ctx, p, next)
	}
}

// admitted returns the versions of a project that the decisions made admit, and
// whether they or a constraint pin it.
func (pr *provider) admitted(p *project) (versions pubgrub.Set, pinned bool) {
	versions = pubgrub.Full(p.phantom() + 1)
	for i := range pr.store.constraints[p.name] {
		c := &pr.store.constraints[p.name][i].Requirement
		pinned = pinned || pins(c.Specifiers) && appliesTo(c, pr.view.env, "")
	}
	each := func(list []asked) {
		for _, a := range list {
			if a.project == p {
				versions = versions.Intersect(a.allowed)
				pinned = pinned || a.pinned
			}
		}
	}
	each(pr.asked[decision{}])
	for id, version := range pr.chosen {
		each(pr.asked[decision{id, version}])
	}
	return versions, pinned
}
