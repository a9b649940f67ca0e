package status

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A span is what holds of a project from a time on, until the next.
type span struct {
	at      time.Time
	release *release
	// wheels says by the number of a cell whether the release serves it with a compiled
	// wheel, with or without a floor; pure ones are no news.
	wheels []bool
	// on says of the modules that were read whether they turn the GIL on somewhere.
	on map[string]bool
}

// cell names a cell of one half of the matrix.
type cell struct {
	twin             bool
	python, platform string
}

func (c cell) half() vocab.ABI {
	if c.twin {
		return vocab.ABIGIL
	}
	return vocab.ABIFreeThreaded
}

// spans are the times between which nothing changes that the headline tells.
// Whatever came or went is looked at when it has settled, so that what lasts less
// than that leaves no trace.
func (d *Deriver) spans(p *project, until time.Time) []span {
	moments := map[time.Time]bool{}
	// The files of a release come within minutes: they are looked at by the hour.
	add := func(t time.Time) {
		t = t.Add(d.rules.Settling + time.Hour - 1).Truncate(time.Hour)
		if !t.After(until) {
			moments[t] = true
		}
	}
	for _, r := range p.releases {
		add(r.since())
		for _, f := range r.files {
			add(f.since)
			for _, c := range f.changes {
				add(c.at)
			}
		}
	}
	var all []span
	for _, at := range slices.SortedFunc(maps.Keys(moments), time.Time.Compare) {
		r := p.newest(at, d.rules.Settling)
		if r == nil {
			continue
		}
		s := d.span(p, r, at)
		if n := len(all); n > 0 && all[n-1].release == r && slices.Equal(all[n-1].wheels, s.wheels) && maps.Equal(all[n-1].on, s.on) {
			continue
		}
		all = append(all, s)
	}
	return all
}

// span looks at a project at a time. What files hold is told with hindsight.
func (d *Deriver) span(p *project, r *release, at time.Time) span {
	s := span{at: at, release: r, wheels: make([]bool, len(d.cells)), on: map[string]bool{}}
	if !r.compiled {
		return s
	}
	for i := range d.cells {
		t := &d.cells[i]
		f, tag := r.best(t, byReach, at)
		if f == nil || !kind(f, tag, t).IsCompiled() || d.early(f, t) {
			continue
		}
		s.wheels[t.number] = true
		if t.twin {
			continue
		}
		if known := p.known(f, at, true); known != nil {
			for j := range known.Wheel.Modules {
				if m := &known.Wheel.Modules[j]; m.IsModule() && !m.Test && m.Declaration != vocab.DeclarationUndecided {
					s.on[m.Module] = s.on[m.Module] || m.Declaration.TurnsOn()
				}
			}
		}
	}
	return s
}

// Events are what changed for the users of a project after from and no later than
// to, in the order of time.
func (d *Deriver) Events(h *evidence.History, from, to time.Time) []Event {
	return d.Study(h).Events(from, to)
}

func (d *Deriver) events(p *project, spans []span, from time.Time) []Event {
	events := []Event{}
	for i := range spans {
		now := &spans[i]
		if !now.at.After(from) {
			continue
		}
		before := &span{}
		if i > 0 {
			before = &spans[i-1]
		}
		events = append(events, d.changes(p.Project.Name, before, now)...)
	}
	return events
}

// changes are the events between two spans: of a half, of a Python, of a platform,
// the widest that says it all.
func (d *Deriver) changes(name string, before, now *span) []Event {
	event := Event{At: now.at, Package: name, Version: now.release.text, After: now.release.text}
	if before.release != nil {
		event.Before = before.release.text
	}
	var events []Event
	here, there := d.served(now), d.served(before)
	for _, half := range []bool{false, true} {
		lost, gained := less(there, here, half), less(here, there, half)
		events = append(events, d.half(event, now, here, lost, half, false)...)
		events = append(events, d.half(event, now, there, gained, half, true)...)
	}
	var on, off []string
	for module, turns := range now.on {
		if was, ok := before.on[module]; ok && was != turns {
			if turns {
				on = append(on, module)
			} else {
				off = append(off, module)
			}
		}
	}
	declared := func(kind vocab.EventKind, modules []string, says string) {
		if len(modules) == 0 {
			return
		}
		slices.Sort(modules)
		e := event
		e.Kind, e.Half, e.Detail = kind, vocab.ABIFreeThreaded, fmt.Sprintf("%s %s: %s %s", name, e.Version, few(modules), says)
		events = append(events, e)
	}
	declared(vocab.EventLostDeclaration, on, "turns the GIL on, and did not in "+event.Before)
	declared(vocab.EventGainedDeclaration, off, "no longer turns the GIL on, as in "+event.Before)
	return events
}

// served are the cells that have wheels in a span.
func (d *Deriver) served(s *span) map[cell]bool {
	cells := map[cell]bool{}
	for i, has := range s.wheels {
		if has {
			t := &d.cells[i]
			cells[cell{t.twin, t.python, t.platform}] = true
		}
	}
	return cells
}

// less are the cells of a half that are in a and not in b.
func less(a, b map[cell]bool, twin bool) []cell {
	var cells []cell
	for c := range a {
		if c.twin == twin && !b[c] {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, func(x, y cell) int {
		return cmp.Or(cmp.Compare(x.python, y.python), cmp.Compare(x.platform, y.platform))
	})
	return cells
}

// half are the events of one half of the matrix: cells are those that were lost or
// gained, other those of the side that lacks them.
func (d *Deriver) half(base Event, now *span, other map[cell]bool, cells []cell, twin, gained bool) []Event {
	if len(cells) == 0 {
		return nil
	}
	base.Half = cells[0].half()
	whose := "free-threaded Pythons"
	if twin {
		whose = "Pythons with the GIL"
	}
	word := func(gain, loss vocab.EventKind) vocab.EventKind {
		if gained {
			return gain
		}
		return loss
	}
	verb := "has no wheels"
	if gained {
		verb = "now has wheels"
	}
	name := base.Package + " " + base.Version
	if !slices.ContainsFunc(slices.Collect(maps.Keys(other)), func(c cell) bool { return c.twin == twin }) {
		base.Kind = word(vocab.EventGainedPackage, vocab.EventLostPackage)
		base.Detail = fmt.Sprintf("%s %s for %s", name, verb, whose)
		return []Event{base}
	}
	var events []Event
	left := map[cell]bool{}
	for _, c := range cells {
		left[c] = true
	}
	// Whole Pythons, then whole platforms, then what remains.
	take := func(match func(a, b cell) bool, fill func(e *Event, c cell)) {
		for _, c := range cells {
			if !left[c] {
				continue
			}
			if slices.ContainsFunc(slices.Collect(maps.Keys(other)), func(o cell) bool { return o.twin == twin && match(c, o) }) {
				continue
			}
			e := base
			fill(&e, c)
			events = append(events, e)
			for _, o := range cells {
				if match(c, o) {
					delete(left, o)
				}
			}
		}
	}
	take(func(a, b cell) bool { return a.python == b.python }, func(e *Event, c cell) {
		e.Kind, e.Python = word(vocab.EventGainedPython, vocab.EventLostPython), c.python
		if !gained && d.retired(now, c.python) {
			e.Kind = vocab.EventRetiredPython
		}
		e.Detail = fmt.Sprintf("%s %s for %s", name, verb, c.python)
	})
	take(func(a, b cell) bool { return a.platform == b.platform }, func(e *Event, c cell) {
		e.Kind, e.Platform = word(vocab.EventGainedPlatform, vocab.EventLostPlatform), c.platform
		e.Detail = fmt.Sprintf("%s %s for %s on %s", name, verb, whose, c.platform)
	})
	for _, c := range cells {
		if !left[c] {
			continue
		}
		e := base
		e.Kind, e.Python, e.Platform = word(vocab.EventGainedPlatform, vocab.EventLostPlatform), c.python, c.platform
		e.Detail = fmt.Sprintf("%s %s for %s on %s", name, verb, c.python, c.platform)
		events = append(events, e)
	}
	return events
}

// retired reports whether nobody could expect wheels for a Python any more: the
// tools have given it up, or the release says that it does not run there.
func (d *Deriver) retired(now *span, python string) bool {
	if since, ok := d.rules.Retired[python]; ok && !since.After(now.at) {
		return true
	}
	for i := range d.cells {
		if t := &d.cells[i]; t.python == python {
			return !slices.ContainsFunc(now.release.files, func(f *file) bool { return f.live(now.at) && f.admits(t) })
		}
	}
	return false
}

// few names the first of many.
func few(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return list(names)
}
