package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// Package says what is known of a project at a time, all but what it requires of
// others: see [Close].
func (d *Deriver) Package(h *evidence.History, at time.Time) *Package { return d.Study(h).Package(at) }

func (d *Deriver) derive(p *project, at time.Time, hindsight bool) *Package {
	h := p.History
	headline := d.rules.Headline(at)
	row := &Package{
		Name: h.Project.Name, State: vocab.StateUnknown,
		Installs: map[string]map[string]vocab.Install{}, Since: map[string]First{}, Requires: []string{}, Blockers: []Blocker{},
		GIL: GIL{Value: vocab.GILUnknown, Static: vocab.GILUnknown, Probed: vocab.GILUnknown, Evidence: []Evidence{}},
	}
	for i := range h.Downloads {
		if n := &h.Downloads[i]; !n.At.After(at) {
			row.Downloads, row.DownloadsAt = n.Count, n.At // in the order of their dates
		}
	}
	answered, last := h.LastLook(at)
	if answered != nil {
		row.Checked = answered.At
	}
	if last != nil && last != answered {
		row.Stale = last.Detail
	}
	r := p.newest(at, d.rules.Settling)
	if r == nil {
		row.Reason = d.noRelease(h, answered, last)
		row.Own, row.ownReason = row.State, row.Reason
		return row
	}
	row.Version, row.Released = r.text, r.since()
	if newest := p.newest(at, 0); newest != r {
		row.Newest = newest.text
	}
	all := d.choices(p, r, at)
	row.Installs, row.Cells = d.installs(all)
	row.GIL = d.gil(p, r, all, headline.String(), at, hindsight)
	row.Tested = tested(p, r, at)
	m := p.metadata(r, at)
	row.Declared = declared(m)
	var known bool
	row.Requires, known = d.requirements(m, headline.String())
	row.requiresUnknown = !known
	row.Since = d.since(p, at)
	row.Contradictions = d.contradictions(p, r, all, row, at)
	row.State, row.Reason = d.state(row, all, headline.String())
	row.Own, row.ownReason = row.State, row.Reason
	return row
}

// noRelease says why there is no release to speak of.
func (d *Deriver) noRelease(h *evidence.History, answered, last *evidence.Observation) string {
	switch {
	case last == nil && len(h.Files) == 0:
		return "it was not looked at by then"
	case last == nil:
		return "it had no release by then"
	case answered == nil:
		return "its index gave no answer: " + last.Detail
	case answered.Outcome == vocab.ObservedMissing:
		return "the index has no such project"
	}
	return "it had no file that an installer can use"
}

// state is the headline of a row, but for what it requires.
func (d *Deriver) state(row *Package, all []chosen, headline string) (vocab.State, string) {
	c := d.coverage(all, headline)
	switch {
	case len(c.served) == 0 && len(c.fallback) > 0:
		return vocab.StateFallback, fmt.Sprintf("a wheel without compiled code on %s, where the GIL build gets a compiled one", list(c.fallback))
	case len(c.served) == 0:
		return c.missing(row.Version, headline)
	}
	switch row.GIL.Value {
	case vocab.GILOn, vocab.GILMixed:
		return vocab.StateGILOn, offence(row)
	case vocab.GILUndecided:
		return vocab.StateUnknown, "it installs; its files do not tell whether they turn the GIL on"
	case vocab.GILUnknown:
		return vocab.StateUnknown, "it installs; its wheels have not all been read"
	case vocab.GILOff, vocab.GILNone:
	}
	if lacking := append(slices.Clone(c.lacking), c.fallback...); len(lacking) > 0 {
		return vocab.StateClearPartial, "no compiled wheel on " + list(lacking)
	}
	return vocab.StateClear, ""
}

// coverage is how the headline's Python fares on the headline's platforms where its
// twin has a wheel, or on all of them if the twin has none anywhere.
type coverage struct {
	served   []string // from a wheel as good as the twin's
	fallback []string // from a pure one, the twin from a compiled one
	lacking  []string // from no wheel of the release
	older    string   // some version whose wheel they get instead
	sdist    bool     // there is a source distribution
}

func (d *Deriver) coverage(all []chosen, headline string) coverage {
	var c coverage
	twins := map[string]vocab.Install{}
	wheels := false
	series := strings.TrimSuffix(headline, "t")
	for i := range all {
		if t := all[i].target; t.headline && t.python == series {
			twins[t.platform] = all[i].install
			wheels = wheels || all[i].install.IsWheel()
		}
	}
	for i := range all {
		x := &all[i]
		t := x.target
		if !t.headline || t.python != headline || wheels && !twins[t.platform].IsWheel() {
			continue
		}
		switch {
		case x.install == vocab.InstallPure && twins[t.platform].IsCompiled():
			c.fallback = append(c.fallback, t.platform)
		case x.install.IsWheel():
			c.served = append(c.served, t.platform)
		default:
			c.lacking = append(c.lacking, t.platform)
			if x.install == vocab.InstallOlder {
				c.older = x.release.text
			}
			c.sdist = c.sdist || x.install == vocab.InstallSdist || x.source
		}
	}
	return c
}

// missing is the state of what no platform of the headline is served by.
func (c *coverage) missing(version, headline string) (vocab.State, string) {
	switch {
	case c.older != "" && c.sdist:
		return vocab.StateSourceOnly, fmt.Sprintf("%s has no wheel for %s, only its source; %s is the newest that has", version, headline, c.older)
	case c.older != "":
		return vocab.StateNone, fmt.Sprintf("%s has nothing that %s installs; %s is the newest that has a wheel", version, headline, c.older)
	case c.sdist:
		return vocab.StateSourceOnly, fmt.Sprintf("%s has no wheel for %s, only its source", version, headline)
	}
	return vocab.StateNone, fmt.Sprintf("%s has nothing that %s installs", version, headline)
}

// offence names the modules that turn the GIL on.
func offence(row *Package) string {
	var names []string
	for i := range row.GIL.Offenders {
		if o := &row.GIL.Offenders[i]; !o.Test {
			names = append(names, o.Module)
		}
	}
	switch n := len(names); {
	case n == 0:
		return "importing it turns the GIL on"
	case n > 3:
		return fmt.Sprintf("%s and %d more modules turn the GIL on", strings.Join(names[:3], ", "), n-3)
	case n == 1:
		return names[0] + " turns the GIL on"
	}
	return list(names) + " turn the GIL on"
}

// list writes names as people do.
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return "none"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
