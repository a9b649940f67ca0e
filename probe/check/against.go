package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Release is an earlier release of a project, which a set is compared with.
type Release struct {
	// Project is the normalised name; wheels of other projects are not compared.
	Project string
	// Name is what messages call it: "numpy 2.5.0".
	Name string
	// Wheels are its wheels.
	Wheels []Past
}

// Past is a wheel of an earlier release.
type Past struct {
	File string
	// Modules reads what its modules declare. It is called only for wheels whose
	// counterpart has a module that turns the GIL on, and may be called several
	// times at once. Nil means that nothing is known.
	Modules func(context.Context) ([]PastModule, error)
}

// PastModule is an extension module of an earlier release.
type PastModule struct {
	Module      string // dotted
	Declaration vocab.Declaration
}

// A past is a wheel of an earlier release with its name read.
type past struct {
	*wheel

	modules func(context.Context) ([]PastModule, error)
}

// checkAgainst compares the wheels of a project with an earlier release. The error is
// one of reading that release's modules.
func (s *set) checkAgainst(ctx context.Context, r *Release) error {
	var old []*past
	for _, p := range r.Wheels {
		name, err := wheeltags.ParseFilename(p.File)
		if err != nil || name.Name != r.Project {
			continue
		}
		w := &wheel{label: p.File, name: name, named: true, tags: splitTags(&name.Tags)}
		old = append(old, &past{w, p.Modules})
	}
	var wheels []*wheel
	for _, w := range s.wheels {
		if w.name.Name == r.Project {
			wheels = append(wheels, w)
		}
	}
	if len(wheels) == 0 {
		return nil
	}
	c := &comparison{set: s, release: r, old: old, wheels: wheels}
	c.platforms()
	c.abis()
	c.floors()
	return c.declarations(ctx)
}

// A comparison is of the wheels of one project with those of an earlier release.
type comparison struct {
	*set

	release *Release
	old     []*past
	wheels  []*wheel
	gone    []place // platforms that were lost
}

// platforms finds platforms that have no wheel any more.
func (c *comparison) platforms() {
	if slices.ContainsFunc(c.wheels, func(w *wheel) bool {
		return slices.ContainsFunc(w.tags.platforms, func(p platformTag) bool { return p.os == "any" })
	}) {
		return // a pure wheel serves all
	}
	have := map[place]bool{}
	for _, w := range c.wheels {
		for i := range w.tags.platforms {
			for _, at := range w.tags.platforms[i].places() {
				have[at] = true
			}
		}
	}
	for _, o := range c.old {
		for i := range o.tags.platforms {
			for _, at := range o.tags.platforms[i].places() {
				if !have[at] && !slices.Contains(c.gone, at) {
					c.gone = append(c.gone, at)
					c.missing(o.label, ruleLostPlatform, fmt.Sprintf("%s had this wheel for %s; the set has none", c.release.Name, at))
				}
			}
		}
	}
}

// abis finds cells that have no wheel any more. That a Python is given up for good is
// no mistake; that it is on one platform only, or for one of its two builds, is.
func (c *comparison) abis() {
	serves := func(minor int, free bool) bool {
		return slices.ContainsFunc(c.wheels, func(w *wheel) bool { return w.serves(minor, free) })
	}
	anyFree := slices.ContainsFunc(c.wheels, func(w *wheel) bool {
		return slices.ContainsFunc(w.cells(), func(x cell) bool { return x.free }) || w.serves(newestKnown, true)
	})
	reported := map[cell]bool{}
	for _, o := range c.old {
		for _, x := range o.cells() {
			if reported[x] || slices.Contains(c.gone, x.at) {
				continue
			}
			if now, _ := best(c.wheels, x); now != nil {
				continue
			}
			given := !serves(x.minor, x.free) && !serves(x.minor, !x.free)
			retired := x.free && x.minor < firstTwin && anyFree && !serves(x.minor, true)
			if given && (!x.free || anyFree) || retired {
				continue
			}
			reported[x] = true
			c.missing(o.label, ruleLostABI, fmt.Sprintf("%s had this wheel for %s on %s; no wheel of the set serves it", c.release.Name, x.python(), x.at))
		}
	}
}

// floors finds cells that need a newer system than before.
func (c *comparison) floors() {
	var before []*wheel
	for _, o := range c.old {
		before = append(before, o.wheel)
	}
	reported := map[string]bool{}
	for _, w := range c.wheels {
		for _, x := range w.cells() {
			was, wasFloor := best(before, x)
			now, floor := best(c.wheels, x)
			if was == nil || now != w || !wasFloor.before(floor.major, floor.minor) || wasFloor.os == "any" {
				continue
			}
			key := fmt.Sprint(w.label, x.at)
			if !reported[key] {
				reported[key] = true
				c.missing(w.label, ruleRaisedFloor, fmt.Sprintf("for %s on %s it needs %s; %s needed %s", x.python(), x.at, floorText(&floor), c.release.Name, floorText(&wasFloor)))
			}
		}
	}
}

// declarations finds modules that left the GIL off before and turn it on now.
func (c *comparison) declarations(ctx context.Context) error {
	for _, w := range c.wheels {
		var now []*module
		for _, m := range w.modules {
			if m.Declaration.TurnsOn() && !m.faulty {
				now = append(now, m)
			}
		}
		o := c.counterpart(w)
		if len(now) == 0 || o == nil || o.modules == nil {
			continue
		}
		was, err := o.modules(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", o.label, err)
		}
		for _, m := range now {
			i := slices.IndexFunc(was, func(p PastModule) bool { return p.Module == m.name })
			if i >= 0 && was[i].Declaration == vocab.DeclarationNotUsed {
				w.found(m.path, ruleLostDeclared, fmt.Sprintf("in %s, %s declared that it does not need the GIL; now it turns it on", c.release.Name, m.name))
			}
		}
	}
	return nil
}

// counterpart is the earlier wheel for one of the free-threaded cells of a wheel: for
// the same Python, else for the newest other one; nil if there is none.
func (c *comparison) counterpart(w *wheel) *past {
	var found *past
	newest := -1
	for _, x := range w.cells() {
		if !x.free {
			continue
		}
		for _, o := range c.old {
			if _, ok := o.covers(x.minor, true, x.at); ok && o.tags.hasABI((*abiTag).forFree) {
				return o
			}
			for _, y := range o.cells() {
				if y.free && y.at == x.at && y.minor > newest {
					found, newest = o, y.minor
				}
			}
		}
	}
	return found
}
