package status

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// tested is the axis of what was run, for a release.
func tested(p *project, r *release, at time.Time) Tested {
	var t Tested
	for _, run := range p.probed(r, at) {
		on := run.Python + " " + run.Platform
		worst := map[vocab.Lane]TestedLane{}
		for i := range run.Result.Evidence.Lanes {
			process := &run.Result.Evidence.Lanes[i]
			if process.GIL == "1" {
				continue // made to be compared with
			}
			lane, ok := worst[process.Lane]
			if !ok || lane.Outcome.Keeps() && !process.Outcome.Keeps() {
				worst[process.Lane] = TestedLane{Lane: process.Lane, On: on, Outcome: process.Outcome}
			}
		}
		if threads := run.Result.Threads; threads != nil {
			worst[vocab.LaneThreads] = TestedLane{Lane: vocab.LaneThreads, On: on, Outcome: threads.Outcome, Detail: fmt.Sprintf("%d threads, %d rounds", threads.Threads, threads.Rounds)}
			if s := threads.Stress; s != nil {
				worst[vocab.LaneStress] = TestedLane{Lane: vocab.LaneStress, On: on, Outcome: s.Outcome, Detail: fmt.Sprintf("%d examples, %d runs, %d differ", s.Examples, s.Runs, len(s.Findings))}
			}
			if s := threads.Tests; s != nil {
				worst[vocab.LaneTests] = TestedLane{Lane: vocab.LaneTests, On: on, Outcome: s.Outcome, Detail: fmt.Sprintf("%d passed, %d failed, %d only without the GIL", s.Passed, s.Failed+s.Errors, s.WithoutGIL)}
			}
		}
		for _, lane := range vocab.Lanes().Names() {
			if l, ok := worst[vocab.Lane(lane)]; ok {
				t.Lanes = append(t.Lanes, l)
			}
		}
		t.At = later(t.At, run.At)
	}
	if t.Workflows, t.Upstream = p.workflows(at); len(t.Upstream) > 0 {
		t.At = later(t.At, t.Workflows.At)
	}
	t.Older = older(p, r, at)
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// metadata returns what the files of a release said of it by a time, the newest
// where several were read, nil if none was.
func (p *project) metadata(r *release, at time.Time) *evidence.Metadata {
	var found *evidence.Metadata
	for i := range p.Metadata {
		m := &p.Metadata[i]
		if m.Version == r.text && !m.At.After(at) {
			found = m
		}
	}
	return found
}

// freeThreading begins the classifiers about free threading.
const freeThreading = "Programming Language :: Python :: Free Threading"

// declared is the axis of what classifiers claim.
func declared(m *evidence.Metadata) string {
	if m == nil {
		return ""
	}
	found := ""
	for _, c := range m.Classifiers {
		rest, ok := strings.CutPrefix(c, freeThreading)
		switch {
		case !ok:
		case rest == "" && found == "":
			found = "unspecified"
		case strings.HasPrefix(rest, " :: "):
			if _, level, ok := strings.Cut(rest, " - "); ok {
				found = strings.ToLower(level)
			}
		}
	}
	return found
}

// requirements are the names of what a release requires without extras, in some
// free-threaded cell of the headline, sorted; ok is false if that is not known.
func (d *Deriver) requirements(m *evidence.Metadata, headline string) (names []string, ok bool) {
	if m == nil {
		return []string{}, false
	}
	found := map[string]bool{}
	for _, text := range m.RequiresDist {
		r, err := pep508.Parse(text)
		if err != nil {
			continue // installers refuse the release, or skip the line; it names nothing to wait for
		}
		for i := range d.cells {
			t := &d.cells[i]
			if t.python == headline && t.headline && r.Marker.Eval(t.env, "") {
				found[r.Name] = true
			}
		}
	}
	delete(found, pep508.NormalizeName(m.Project))
	names = slices.Sorted(maps.Keys(found))
	if names == nil {
		names = []string{}
	}
	return names, true
}

// since says for each tracked Python which final release was the first to bring a
// compiled wheel for it, and whether a later one has none any more.
func (d *Deriver) since(p *project, at time.Time) map[string]First {
	all := map[string]First{}
	for i := range d.cells {
		t := &d.cells[i]
		if t.twin {
			continue
		}
		var first, last *release
		var when time.Time
		var newest *release
		for _, r := range slices.Backward(p.releases) { // oldest first
			if r.version.IsPrerelease() || !r.live(at) {
				continue
			}
			newest = r
			if !r.compiled {
				continue
			}
			f, tag := r.best(t, byReach, at)
			if f == nil || !kind(f, tag, t).IsCompiled() || d.early(f, t) {
				continue
			}
			if last = r; first == nil {
				first, when = r, f.since
			}
		}
		if first == nil {
			continue
		}
		here := First{Version: first.text, At: when}
		if last != newest {
			here.Last = last.text
		}
		of, ok := all[t.python]
		if !ok {
			of = First{Version: here.Version, At: here.At, Last: here.Last, Platforms: map[string]First{}}
		} else {
			if here.At.Before(of.At) {
				of.Version, of.At = here.Version, here.At
			}
			if of.Last != "" && (here.Last == "" || p.newer(here.Last, of.Last)) {
				of.Last = here.Last
			}
		}
		of.Platforms[t.platform] = here
		all[t.python] = of
	}
	return all
}

// newer reports whether a version of the project is newer than another.
func (p *project) newer(a, b string) bool {
	at := func(text string) int {
		return slices.IndexFunc(p.releases, func(r *release) bool { return r.text == text })
	}
	return at(a) < at(b) // newest first
}

// contradictions are the accounts of a release that disagree.
func (d *Deriver) contradictions(p *project, r *release, all []chosen, row *Package, at time.Time) []Contradiction {
	var found []Contradiction
	claims := row.Declared != "" && row.Declared != "unstable"
	if claims && turnsOn(row.GIL.Value) {
		found = append(found, Contradiction{vocab.ContradictionClassifier, fmt.Sprintf("the classifier says %s, importing it turns the GIL on", row.Declared)})
	}
	for _, run := range p.probed(r, at) {
		for i := range run.Result.Modules {
			if m := &run.Result.Modules[i]; m.Disagrees {
				found = append(found, Contradiction{vocab.ContradictionProbe, fmt.Sprintf("%s: %s in the file, %s to %s on %s", m.Module, m.Static, m.Declaration, run.Python, run.Platform)})
			}
		}
	}
	found = append(found, d.platforms(p, r, all, at)...)
	if c, ok := d.halves(r, all, at); ok {
		found = append(found, c)
	}
	return found
}

// platforms are the modules that declare otherwise on one platform than on another,
// for the same Python.
func (d *Deriver) platforms(p *project, r *release, all []chosen, at time.Time) []Contradiction {
	type key struct{ python, module string }
	on, off := map[key][]string{}, map[key][]string{}
	for i := range all {
		c := &all[i]
		if c.target.twin || !c.install.IsCompiled() || c.release != r {
			continue
		}
		s := p.known(c.file, at, false)
		if s == nil {
			continue
		}
		for j := range s.Wheel.Modules {
			m := &s.Wheel.Modules[j]
			k := key{c.target.python, m.Module}
			switch {
			case !m.IsModule() || !ofPlatform(m, c.target.platform):
			case m.Declaration.TurnsOn():
				on[k] = append(on[k], c.target.platform)
			case m.Declaration == vocab.DeclarationNotUsed:
				off[k] = append(off[k], c.target.platform)
			}
		}
	}
	keys := slices.Collect(maps.Keys(on))
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.python, b.python), cmp.Compare(a.module, b.module)) })
	var found []Contradiction
	for _, k := range keys {
		if len(off[k]) > 0 {
			found = append(found, Contradiction{vocab.ContradictionPlatform, fmt.Sprintf("%s for %s turns the GIL on (%s), and does not elsewhere (%s)", k.module, k.python, strings.Join(on[k], ", "), strings.Join(off[k], ", "))})
		}
	}
	return found
}

// ofPlatform reports whether a module is for a platform: a universal file for macOS
// is one for each.
func ofPlatform(m *inspect.Module, platform string) bool {
	return m.Platform == "" || m.Platform == platform || !strings.HasPrefix(m.Platform, "macos-")
}

// halves reports whether the halves of the matrix are served by different releases,
// Pythons apart that are retired.
func (d *Deriver) halves(r *release, all []chosen, at time.Time) (Contradiction, bool) {
	type key struct{ series, platform string }
	gil := map[key]*chosen{}
	for i := range all {
		if c := &all[i]; c.target.twin {
			gil[key{c.target.target.Python.Series(), c.target.platform}] = c
		}
	}
	var behind []string
	for i := range all {
		c := &all[i]
		twin := gil[key{c.target.target.Python.Series(), c.target.platform}]
		if since, ok := d.rules.Retired[c.target.python]; ok && !since.After(at) {
			continue
		}
		if !c.target.twin && c.install == vocab.InstallOlder && twin != nil && twin.release == r && twin.install.IsWheel() {
			behind = append(behind, fmt.Sprintf("%s on %s gets %s", c.target.python, c.target.platform, c.release.text))
		}
	}
	if len(behind) == 0 {
		return Contradiction{}, false
	}
	return Contradiction{vocab.ContradictionRelease, fmt.Sprintf("the builds with the GIL get %s; %s", r.text, strings.Join(behind, ", "))}, true
}
