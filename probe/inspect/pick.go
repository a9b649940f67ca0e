package inspect

import (
	"slices"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A Question says which wheels of a project are asked for.
type Question struct {
	// Versions are the versions that are taken; of those the newest counts.
	Versions pep440.Specifiers
	// Pythons and Platforms narrow the choice to what an installer for these would
	// take: one wheel for each pair. Without either, all wheels that a free-threaded
	// build accepts are asked for; without one, all there are of it.
	Pythons   []wheeltags.Python
	Platforms []wheeltags.Platform
	// Siblings asks for the wheels of the builds with the GIL, too.
	Siblings bool
}

// A Choice is the wheels of one release.
type Choice struct {
	// Release is nil if no version has a wheel.
	Release *simple.Release
	// Newer is the newest version that satisfies the question, where that is another
	// one because it has no wheel; "" elsewhere.
	Newer string
	// Wheels are those asked for, and Siblings those to compare them with.
	Wheels, Siblings []*simple.File
	// Fallback are wheels for builds with the GIL, where there is no other one: what
	// they declare says something of what is to come.
	Fallback []*simple.File
	// Pure reports that a free-threaded installer takes a pure wheel.
	Pure bool
	// Sdist reports that the release has a source distribution.
	Sdist bool
}

// Pick chooses the wheels of the newest release that has any.
func Pick(p *simple.Project, q Question) *Choice {
	c := new(Choice)
	_, pinned := q.Versions.Pinned()
	for _, preview := range []bool{false, true} { // pre-releases only if there is nothing else
		for i := range p.Releases {
			r := &p.Releases[i]
			if !q.Versions.Contains(r.Version) || r.Version.IsPrerelease() && !preview && !pinned {
				continue
			}
			live := func(kind simple.Kind) bool {
				return slices.ContainsFunc(r.Files, func(f simple.File) bool { return f.Kind == kind && (pinned || !f.Yanked) })
			}
			if live(simple.Wheel) {
				c.Release, c.Sdist = r, live(simple.Sdist)
				if c.Newer == r.Version.String() {
					c.Newer = ""
				}
				c.pick(p, q, pinned)
				return c
			}
			if c.Newer == "" && live(simple.Sdist) {
				c.Newer, c.Sdist = r.Version.String(), true
			}
		}
	}
	return c
}

// pick sorts the wheels of the release.
func (c *Choice) pick(p *simple.Project, q Question, pinned bool) {
	l := lister{project: p, pinned: pinned}
	for i := range c.Release.Files {
		if f := &c.Release.Files[i]; f.Kind == simple.Wheel && (pinned || !f.Yanked) {
			l.wheels = append(l.wheels, f)
		}
	}
	var pure []*simple.File
	if len(q.Pythons)+len(q.Platforms) == 0 {
		for _, f := range l.wheels {
			a := audienceOf(&p.Tags[f.Tags])
			switch {
			case len(a.free) == 0:
			case a.pure:
				pure = append(pure, f)
			default:
				c.Wheels = append(c.Wheels, f)
			}
		}
	} else {
		for _, f := range l.best(q.pythons(), q.platforms()) {
			if audienceOf(&p.Tags[f.Tags]).pure {
				pure = append(pure, f)
			} else {
				c.Wheels = append(c.Wheels, f)
			}
		}
	}
	c.Pure = len(pure) > 0
	free := freePythons(q.Pythons)
	if q.Siblings {
		for _, f := range c.Wheels {
			c.addSiblings(&l, f, free)
		}
	}
	if len(c.Wheels) == 0 && len(free) > 0 {
		c.Fallback = l.fallback(free, q.platforms())
	}
}

// pythons are the interpreters of the question: without any, the free-threaded
// ones.
func (q *Question) pythons() []wheeltags.Python {
	if len(q.Pythons) > 0 {
		return q.Pythons
	}
	return freeThreaded()
}

func (q *Question) platforms() []wheeltags.Platform {
	if len(q.Platforms) > 0 {
		return q.Platforms
	}
	var list []wheeltags.Platform
	for _, p := range wheeltags.AllPlatforms() {
		if newest, ok := p.WithNewestFloor(); ok {
			p = newest
		}
		list = append(list, p)
	}
	return list
}

// freePythons are the free-threaded interpreters among those asked for, all if none
// was.
func freePythons(asked []wheeltags.Python) []wheeltags.Python {
	if len(asked) == 0 {
		return freeThreaded()
	}
	return slices.DeleteFunc(slices.Clone(asked), func(p wheeltags.Python) bool { return !p.FreeThreaded })
}

// A lister chooses among the wheels of one release.
type lister struct {
	project *simple.Project
	wheels  []*simple.File
	pinned  bool
}

// best returns what an installer takes for each pair, each wheel once.
func (l *lister) best(pythons []wheeltags.Python, platforms []wheeltags.Platform) []*simple.File {
	var list []*simple.File
	for _, python := range pythons {
		for _, platform := range platforms {
			f := l.one(wheeltags.Target{Python: python, Platform: platform})
			if f != nil && !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
	}
	return list
}

// one returns what an installer for a target takes, nil if that is nothing.
func (l *lister) one(t wheeltags.Target) *simple.File {
	m := wheeltags.NewMatcher(t, wheeltags.UVOrder)
	var best *simple.File
	var bestRank int32
	for _, f := range l.wheels {
		if !l.admits(f, t) {
			continue
		}
		rank, ok := m.Rank(&l.project.Tags[f.Tags])
		if ok && (best == nil || rank < bestRank || rank == bestRank && f.Build.Compare(best.Build) > 0) {
			best, bestRank = f, rank
		}
	}
	return best
}

// admits reports whether a file's Requires-Python admits a target, read as uv reads
// it: without upper bounds.
func (l *lister) admits(f *simple.File, t wheeltags.Target) bool {
	text := l.project.RequiresPython[f.RequiresPython]
	if text == "" {
		return true
	}
	spec, err := pep440.ParseSpecifiers(text)
	if err != nil {
		return true // as installers do
	}
	version, err := pep440.Parse(t.Python.FullVersion())
	return err == nil && spec.WithoutUpperBounds().Contains(version)
}

// addSiblings adds the wheels that the twins of a wheel's interpreters take on its
// platforms.
func (c *Choice) addSiblings(l *lister, f *simple.File, free []wheeltags.Python) {
	tags := &l.project.Tags[f.Tags]
	a := audienceOf(tags)
	for _, python := range a.free {
		if !slices.Contains(free, python) {
			continue
		}
		for _, name := range a.platforms {
			platform, err := wheeltags.ParsePlatform(name)
			if err != nil {
				continue
			}
			if newest, ok := platform.WithNewestFloor(); ok {
				platform = newest
			}
			twin := l.one(wheeltags.Target{Python: python.Twin(), Platform: platform})
			if twin == nil || twin == f || slices.Contains(c.Siblings, twin) || slices.Contains(c.Wheels, twin) || audienceOf(&l.project.Tags[twin.Tags]).pure {
				continue
			}
			c.Siblings = append(c.Siblings, twin)
		}
	}
}

// fallback are the wheels for the newest build with the GIL that has any, but pure
// ones. Of the interpreters that are asked for the twins come first.
func (l *lister) fallback(free []wheeltags.Python, platforms []wheeltags.Platform) []*simple.File {
	var gil []wheeltags.Python
	for _, p := range slices.Backward(free) {
		gil = append(gil, p.Twin())
	}
	for _, p := range append(gil, withGIL()...) {
		list := slices.DeleteFunc(l.best([]wheeltags.Python{p}, platforms), func(f *simple.File) bool {
			a := audienceOf(&l.project.Tags[f.Tags])
			return a.pure || len(a.free) > 0
		})
		if len(list) > 0 {
			return list
		}
	}
	return nil
}
