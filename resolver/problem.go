package resolver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A demand is one requirement on a package in a solved cell.
type demand struct {
	by   string // "" is the user
	spec pep440.Specifiers
}

// demands returns every requirement on a package in the cell, sorted by
// requirer.
func (c *cell) demands(name string) []demand {
	var list []demand
	for _, r := range c.roots {
		if r.Name == name && appliesTo(&r.Requirement, c.view.env, "") {
			list = append(list, demand{"", r.Specifiers})
		}
	}
	for _, r := range c.view.store.constraints[name] {
		if appliesTo(&r.Requirement, c.view.env, "") {
			list = append(list, demand{"", r.Specifiers})
		}
	}
	for by, ch := range c.picks {
		if ch.deps == nil || by == name {
			continue
		}
		for i := range ch.deps.requires {
			r := &ch.deps.requires[i]
			applies := r.Name == name && appliesTo(r, c.view.env, "")
			for _, extra := range ch.extras {
				applies = applies || r.Name == name && appliesTo(r, c.view.env, extra)
			}
			if applies {
				list = append(list, demand{by, r.Specifiers})
			}
		}
	}
	slices.SortFunc(list, func(a, b demand) int {
		return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.spec.String(), b.spec.String()))
	})
	return slices.CompactFunc(list, func(a, b demand) bool { return a.by == b.by && a.spec.String() == b.spec.String() })
}

// problems describes every blocked package of a solved cell, those that block
// most roots first.
func (c *cell) problems() []Problem {
	var list []Problem
	add := func(name string, kind vocab.ProblemKind, message string, explanation []string) {
		list = append(list, Problem{
			Package: name, Kind: kind, Message: message,
			RequiredBy: c.chain(name), Roots: nonNil(c.rootsOf(name)), Explanation: explanation,
		})
	}
	explained := map[string]bool{}
	for _, b := range c.blockers {
		if b.name == "" {
			list = append(list, Problem{Kind: b.kind, Message: b.text, RequiredBy: []string{}, Roots: []string{}, Explanation: b.explanation})
			continue
		}
		explained[b.name] = true
		kind, message := c.blocked(b)
		explanation := b.explanation
		if kind != vocab.ProblemConflict {
			explanation = nil
		}
		add(b.name, kind, message, explanation)
	}
	for name, ch := range c.picks {
		if explained[name] || ch.choice.kind != vocab.FileSdist {
			continue
		}
		only := pubgrub.Single(ch.project.phantom()+1, ch.version)
		kind, message := c.view.reason(ch.project, only)
		add(name, kind, message, nil)
	}
	slices.SortFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(len(b.Roots), len(a.Roots)), strings.Compare(a.Package, b.Package))
	})
	return list
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// blocked says why a package the cell went on without is blocked.
func (c *cell) blocked(b *blocker) (vocab.ProblemKind, string) {
	if b.text != "" {
		return b.kind, b.name + " " + b.text
	}
	p := b.project
	if p.err != nil {
		return vocab.ProblemNoSuchProject, "no index has a project named " + p.name
	}
	if b.exact {
		return c.view.reason(p, b.allowed)
	}
	allowed := pubgrub.Full(p.phantom() + 1)
	demands := c.demands(b.name)
	for _, d := range demands {
		set := p.set(d.spec)
		if set.IsEmpty() && d.spec.IsEmpty() {
			return vocab.ProblemNoMatchingVersion, p.name + " has no version" + newestIs(p)
		}
		if set.IsEmpty() {
			return vocab.ProblemNoMatchingVersion, fmt.Sprintf("no version of %s satisfies %s%s", p.name, d.spec, newestIs(p))
		}
		allowed = allowed.Intersect(set)
	}
	if allowed.IsEmpty() || len(demands) == 0 && len(p.page.Releases) == 0 {
		return vocab.ProblemConflict, fmt.Sprintf("no version of %s satisfies %s", p.name, describe(demands))
	}
	return c.view.reason(p, allowed)
}

func newestIs(p *project) string {
	if len(p.page.Releases) == 0 {
		return "; its page lists no files"
	}
	return "; the newest is " + p.page.Releases[0].Version.String()
}

// describe writes demands as "<2 (yours) and >=2 (required by b)".
func describe(demands []demand) string {
	var parts []string
	for _, d := range demands {
		if d.spec.IsEmpty() {
			continue
		}
		by := "yours"
		if d.by != "" {
			by = "required by " + d.by
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", d.spec, by))
	}
	return strings.Join(parts, " and ")
}

// reason says why none of the allowed versions of a project has a wheel for the
// target. The closest miss wins: what comes first here is nearest to working.
func (v *view) reason(p *project, allowed pubgrub.Set) (vocab.ProblemKind, string) {
	at := func(without rules) int {
		without.wheelsOnly = true
		for i := allowed.First(); i >= 0 && i < p.phantom(); i = allowed.Next(i) {
			if v.best(p, i, without).file != nil {
				return i
			}
		}
		return -1
	}
	version := func(i int) string { return p.page.Releases[i].Version.String() }
	newest := allowed.First()
	tail := v.sdistTail(p, allowed) + v.lastWheel(p, allowed)
	switch {
	case at(rules{}) >= 0:
		i := at(rules{})
		if p.page.Releases[i].Version.IsPrerelease() {
			return vocab.ProblemPrereleaseOnly, fmt.Sprintf("only pre-releases of %s have a wheel here: %s%s", p.name, version(i), tail)
		}
		return vocab.ProblemConflict, fmt.Sprintf("%s %s has a wheel here, but what it requires cannot be had together with the other requirements", p.name, version(i))
	case at(rules{anyHash: true}) >= 0:
		i := at(rules{anyHash: true})
		return vocab.ProblemNoMatchingVersion, fmt.Sprintf("%s %s has a wheel here, but its hash is not among those you give%s", p.name, version(i), tail)
	case at(rules{yanked: yankedToo}) >= 0:
		i := at(rules{yanked: yankedToo})
		return vocab.ProblemYankedOnly, fmt.Sprintf("%s %s was withdrawn by its maintainers%s%s", p.name, version(i), yankReason(p, i), tail)
	}
	if v.target.FreeThreaded() {
		if i := at(rules{matcher: v.twin()}); i >= 0 {
			f := v.best(p, i, rules{matcher: v.twin(), wheelsOnly: true}).file
			tag, _, _ := v.twin().Best(&p.page.Tags[f.Tags])
			return vocab.ProblemGILOnlyWheels, fmt.Sprintf("%s %s has wheels here only for the GIL build (%s-%s)%s", p.name, version(i), tag.Python, tag.ABI, tail)
		}
	}
	if m, ok := v.anyFloor(); ok {
		if i := at(rules{matcher: m}); i >= 0 {
			f := v.best(p, i, rules{matcher: m, wheelsOnly: true}).file
			_, text := v.matcher.Explain(&p.page.Tags[f.Tags])
			return vocab.ProblemFloorTooNew, fmt.Sprintf("%s %s: %s%s", p.name, version(i), text, tail)
		}
	}
	if i := at(rules{anyPython: true}); i >= 0 {
		f := v.best(p, i, rules{anyPython: true, wheelsOnly: true}).file
		return vocab.ProblemRequiresPython, fmt.Sprintf("%s %s requires Python %s%s", p.name, version(i), p.page.RequiresPython[f.RequiresPython], tail)
	}
	wheels, sdist, variant, refused := v.census(p, allowed)
	switch {
	case v.store.req.NoBinary.Has(p.name) && sdist && refused == "":
		return vocab.ProblemSdistOnly, fmt.Sprintf("%s %s is to be built: its wheels are refused by --no-binary%s", p.name, version(newest), tail)
	case refused != "":
		return vocab.ProblemRequiresPython, fmt.Sprintf("%s %s requires Python %s%s", p.name, version(newest), refused, tail)
	case variant && !wheels:
		return vocab.ProblemVariantOnly, fmt.Sprintf("%s %s has only variant wheels (PEP 825 draft)%s", p.name, version(newest), tail)
	case sdist && !wheels:
		return vocab.ProblemSdistOnly, fmt.Sprintf("%s %s publishes no wheels, only a source distribution%s", p.name, version(newest), v.lastWheel(p, allowed))
	}
	return vocab.ProblemPlatformMissing, fmt.Sprintf("%s %s has no wheel here, for either build of Python %d.%d%s",
		p.name, version(newest), v.target.Python.Major, v.target.Python.Minor, tail)
}

// census looks at the newest allowed version: whether it has wheels, source
// distributions or variant wheels at all, and the Requires-Python by which every
// file of it refuses the target.
func (v *view) census(p *project, allowed pubgrub.Set) (wheels, sdist, variant bool, refused string) {
	first := allowed.First()
	all := true
	for i := range p.page.Releases[first].Files {
		f := &p.page.Releases[first].Files[i]
		switch f.Kind {
		case simple.Wheel:
			wheels = true
		case simple.Sdist:
			sdist = true
		case simple.Variant:
			variant = true
		case simple.Other:
			continue
		}
		if v.admitsPython(p, f) {
			all = false
		} else {
			refused = p.page.RequiresPython[f.RequiresPython]
		}
	}
	if !all {
		refused = ""
	}
	return wheels, sdist, variant, refused
}

// anyFloor returns a matcher for the target with the newest platform floor, if
// the platform has one.
func (v *view) anyFloor() (*wheeltags.Matcher, bool) {
	p, ok := v.target.Platform.WithNewestFloor()
	if !ok {
		return nil, false
	}
	return wheeltags.NewMatcher(wheeltags.Target{Python: v.target.Python, Platform: p}, v.store.req.order()), true
}

// sdistTail says which source distribution an installer would build instead.
func (v *view) sdistTail(p *project, allowed pubgrub.Set) string {
	i := allowed.First()
	if i < 0 || i >= p.phantom() {
		return ""
	}
	if f := v.choose(p, i).file; f != nil && f.Kind == simple.Sdist {
		return "; an installer would build " + f.Filename
	}
	return ""
}

// lastWheel names the newest version outside the allowed ones that has a wheel
// for the target: a fact, not a fix.
func (v *view) lastWheel(p *project, allowed pubgrub.Set) string {
	for i := range p.page.Releases {
		if allowed.Has(i) || p.page.Releases[i].Version.IsPrerelease() {
			continue
		}
		if v.best(p, i, rules{wheelsOnly: true}).file != nil {
			return "; " + p.page.Releases[i].Version.String() + " has a wheel here"
		}
	}
	return ""
}

func yankReason(p *project, version int) string {
	for _, f := range p.page.Releases[version].Files {
		if f.YankedReason != "" {
			return ": " + f.YankedReason
		}
	}
	return ""
}
