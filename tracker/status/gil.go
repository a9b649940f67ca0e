package status

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// known returns what reading a file had shown by a time, nil if nothing. With
// hindsight, later readings count as well: what a file holds does not change.
func (p *project) known(f *file, at time.Time, hindsight bool) *evidence.Static {
	s := p.Static[f.SHA256]
	if s == nil || f.SHA256 == "" || s.Wheel == nil || s.Wheel.Error != "" {
		return nil
	}
	first := s.FirstAt
	if first.IsZero() {
		first = s.At
	}
	if !hindsight && first.After(at) {
		return nil
	}
	return s
}

// says is what a wheel's own modules do, those of its tests apart.
func says(w *inspect.Wheel) vocab.GILValue {
	var on, off, undecided int
	for i := range w.Modules {
		m := &w.Modules[i]
		if m.Test || !m.IsModule() {
			continue
		}
		switch d := m.Declaration; {
		case d.TurnsOn():
			on++
		case d == vocab.DeclarationUndecided:
			undecided++
		default: // declared, or delegated to what declares
			off++
		}
	}
	switch {
	case on > 0 && off+undecided == 0:
		return vocab.GILOn
	case on > 0:
		return vocab.GILMixed
	case undecided > 0:
		return vocab.GILUndecided
	case off > 0:
		return vocab.GILOff
	}
	return vocab.GILNone
}

// both is what two wheels do together.
func both(a, b vocab.GILValue) vocab.GILValue {
	switch {
	case a == "":
		return b
	case a == b || b == vocab.GILNone:
		return a
	case a == vocab.GILNone:
		return b
	case a == vocab.GILUnknown || b == vocab.GILUnknown:
		if turnsOn(a) || turnsOn(b) {
			return vocab.GILMixed
		}
		return vocab.GILUnknown
	case a == vocab.GILUndecided && !turnsOn(b) || b == vocab.GILUndecided && !turnsOn(a):
		return vocab.GILUndecided
	}
	return vocab.GILMixed
}

func turnsOn(v vocab.GILValue) bool { return v == vocab.GILOn || v == vocab.GILMixed }

// showed is what a probe saw the package's own modules do, "" if it came to no such
// answer. What a module of another package does is that one's fault, and makes this
// one blocked.
func showed(r *probe.Result) (vocab.GILValue, vocab.When) {
	var when vocab.When
	for i := range r.Offenders {
		o := &r.Offenders[i]
		if o.Test || o.Relation != vocab.RelationOwn {
			continue
		}
		if o.When == vocab.WhenImport {
			return vocab.GILOn, o.When
		}
		when = o.When
	}
	if r.Outcome == vocab.OutcomeGILReenabled || r.Outcome == vocab.OutcomeGILOff {
		return vocab.GILOff, when // when some submodule turns it on
	}
	if r.Outcome == vocab.OutcomePure {
		return vocab.GILNone, ""
	}
	return "", ""
}

// gil is the axis of the GIL for a release.
func (d *Deriver) gil(p *project, r *release, all []chosen, headline string, at time.Time, hindsight bool) GIL {
	g := GIL{Static: vocab.GILUnknown, Probed: vocab.GILUnknown, Evidence: []Evidence{}}
	probes := p.probed(r, at)
	byPython := map[string]vocab.GILValue{}
	static := vocab.GILValue("")
	offenders := map[string]*Offender{}
	seen := map[string]bool{}
	for i := range all {
		c := &all[i]
		if c.target.twin || !c.install.IsWheel() || c.release != r {
			continue
		}
		value := vocab.GILUnknown
		s := p.known(c.file, at, hindsight)
		switch {
		case s != nil:
			value = says(s.Wheel)
			collect(offenders, s.Wheel, c)
			if !seen[c.file.SHA256] {
				seen[c.file.SHA256] = true
				g.Evidence = append(g.Evidence, Evidence{
					File: c.file.Name, SHA256: c.file.SHA256, How: "static", At: s.At, Tool: s.Tool, Rules: s.Rules, Says: string(value),
				})
			}
		case c.install == vocab.InstallPure:
			value = vocab.GILNone // its name says that it has no compiled code
		}
		if !c.target.headline {
			continue // shown beside the others, and no part of the answer
		}
		static = both(static, value)
		for _, run := range probes {
			if run.Python != c.target.python || run.Platform != c.target.platform || run.SHA256 != c.file.SHA256 {
				continue
			}
			if v, when := showed(run.Result); v != "" && v != vocab.GILNone {
				value = v
				if c.target.python == headline && when != "" {
					g.When = when
				}
			}
		}
		byPython[c.target.python] = both(byPython[c.target.python], value)
	}
	if static != "" {
		g.Static = static
	}
	probed := vocab.GILValue("")
	for _, run := range probes {
		v, _ := showed(run.Result)
		if v == "" {
			continue
		}
		probed = both(probed, v)
		on := run.Python + " " + run.Platform
		g.ProbedOn = append(g.ProbedOn, on)
		g.Evidence = append(g.Evidence, Evidence{
			File: p.fileName(run.SHA256), SHA256: run.SHA256, How: "probed", On: on, At: run.At, Tool: run.Tool, Says: string(run.Result.Outcome),
		})
	}
	if probed != "" {
		g.Probed = probed
	}
	g.Pythons = byPython
	g.Value = vocab.GILUnknown
	if v, ok := byPython[headline]; ok {
		g.Value = v
	} else { // the newest Python that it has wheels for
		for _, python := range slices.Backward(d.rules.Pythons) {
			if v, ok := byPython[python.String()]; ok {
				g.Value = v
				break
			}
		}
	}
	if turnsOn(g.Value) && g.When == "" {
		g.When = vocab.WhenImport
		if g.Value == vocab.GILMixed {
			g.When = "" // which of the modules an import loads is not read from files
		}
	}
	g.Offenders = sorted(offenders)
	return g
}

// probed returns the newest probes of a release's wheels, one for each Python,
// platform and wheel.
func (p *project) probed(r *release, at time.Time) []*evidence.Probe {
	type key struct{ sha, python, platform string }
	newest := map[key]*evidence.Probe{}
	for i := range p.Probes {
		run := &p.Probes[i]
		if run.At.After(at) || run.Result == nil || !slices.ContainsFunc(r.files, func(f *file) bool { return f.SHA256 == run.SHA256 }) {
			continue
		}
		newest[key{run.SHA256, run.Python, run.Platform}] = run // in the order of time
	}
	found := slices.Collect(maps.Values(newest))
	slices.SortFunc(found, func(a, b *evidence.Probe) int {
		return cmp.Or(cmp.Compare(a.Python, b.Python), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.SHA256, b.SHA256))
	})
	return found
}

func (p *project) fileName(sha string) string {
	for i := range p.Files {
		if p.Files[i].SHA256 == sha {
			return p.Files[i].Name
		}
	}
	return ""
}

// collect adds a wheel's modules that turn the GIL on.
func collect(offenders map[string]*Offender, w *inspect.Wheel, c *chosen) {
	for i := range w.Modules {
		m := &w.Modules[i]
		if !m.Declaration.TurnsOn() {
			continue
		}
		o := offenders[m.Module]
		if o == nil {
			o = &Offender{
				Module: m.Module, Declaration: m.Declaration, ByDefault: m.ByDefault, Toolchain: m.Toolchain, Public: m.Public, Test: m.Test, Fix: m.Fix,
			}
			offenders[m.Module] = o
		}
		if !slices.Contains(o.Platforms, c.target.platform) {
			o.Platforms = append(o.Platforms, c.target.platform)
		}
		if !slices.Contains(o.Pythons, c.target.python) {
			o.Pythons = append(o.Pythons, c.target.python)
		}
	}
}

// sorted lists offenders: those that users import by name first, those of tests
// last.
func sorted(offenders map[string]*Offender) []Offender {
	var list []Offender
	for _, o := range offenders {
		list = append(list, *o)
	}
	order := func(o *Offender) int {
		switch {
		case o.Test:
			return 2
		case o.Public:
			return 0
		}
		return 1
	}
	slices.SortFunc(list, func(a, b Offender) int {
		return cmp.Or(cmp.Compare(order(&a), order(&b)), cmp.Compare(a.Module, b.Module))
	})
	return list
}
