// Package sitetest makes up what the tracker's site is tested with: a watched world of
// any size, always the same for a size, and one whose every field is hostile.
package sitetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Now is the moment that the made-up worlds are about.
func Now() time.Time { return time.Date(2026, time.November, 21, 6, 0, 0, 0, time.UTC) }

// Input makes up a world of n packages.
func Input(n int) *site.Input {
	w := &world{rand: rand.New(rand.NewPCG(7, uint64(n)))} //nolint:gosec // made up, and always the same
	rules := status.DefaultRules()
	for _, p := range rules.Platforms {
		w.main = append(w.main, p.Name())
	}
	for _, p := range wheeltags.AllPlatforms() {
		w.all = append(w.all, p.Name())
	}
	for _, p := range rules.Pythons {
		w.pythons = append(w.pythons, p.String())
	}
	doc := &status.Document{
		Schema: status.Schema, Generated: Now(), RuleVersion: rules.Version, Platforms: w.main, Python: "3.14t", Pythons: w.pythons, Cohort: "default-2026-11-21",
	}
	for i := range n {
		doc.Packages = append(doc.Packages, w.pack(i, doc.Packages))
	}
	slices.SortFunc(doc.Packages, func(a, b *status.Package) int { return strings.Compare(a.Name, b.Name) })
	w.settle(doc)
	in := &site.Input{
		Document: doc, Events: w.events(doc, n), Title: "Free-threaded Python packages", URL: "https://example.invalid/ft/",
		Issues: "https://example.invalid/issues/new", Tool: "ftpkg 0.0.0",
		Marks: []site.Mark{
			{Day: time.Date(2024, time.October, 7, 0, 0, 0, 0, time.UTC), Text: "CPython 3.13"}, {Day: time.Date(2025, time.October, 7, 0, 0, 0, 0, time.UTC), Text: "CPython 3.14"},
			{Day: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC), Text: "cibuildwheel 4.0 drops 3.13t"}, {Day: time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC), Text: "CPython 3.15"},
		},
	}
	w.curves(in, n)
	return in
}

type world struct {
	rand               *rand.Rand
	main, all, pythons []string
}

func (w *world) chance(of float64) bool { return w.rand.Float64() < of }

// pack makes up a package, which may require those before it.
func (w *world) pack(i int, before []*status.Package) *status.Package {
	syllables := []string{"num", "py", "fast", "lib", "arrow", "geo", "json", "xml", "crypt", "parse", "async", "data", "ml", "zip", "web", "orm", "tz", "img", "sci", "net"}
	name := fmt.Sprintf("%s%s-%d", syllables[w.rand.IntN(len(syllables))], syllables[w.rand.IntN(len(syllables))], i)
	p := &status.Package{
		Name: name, Version: fmt.Sprintf("%d.%d.%d", w.rand.IntN(9), w.rand.IntN(20), w.rand.IntN(9)), Released: Now().AddDate(0, 0, -3-w.rand.IntN(700)),
		Installs: map[string]map[string]vocab.Install{}, Since: map[string]status.First{}, Requires: []string{}, Blockers: []status.Blocker{},
		Checked: Now().Add(-time.Duration(w.rand.IntN(200)) * time.Hour), Downloads: int64(5_000_000_000 / (i + 1)),
	}
	for range w.rand.IntN(4) {
		if len(before) > 0 {
			if r := before[w.rand.IntN(len(before))].Name; !slices.Contains(p.Requires, r) {
				p.Requires = append(p.Requires, r)
			}
		}
	}
	slices.Sort(p.Requires)
	kind := w.rand.Float64()
	for _, python := range w.pythons {
		w.install(p, python, kind)
	}
	w.gil(p, kind)
	if w.chance(0.3) {
		p.Declared = []string{"unstable", "beta", "stable", "resilient", "unspecified"}[w.rand.IntN(5)]
	}
	if w.chance(0.05) {
		p.Contradictions = []status.Contradiction{{Kind: vocab.ContradictionClassifier, Detail: "its classifier says stable, and its binaries turn the GIL on"}}
	}
	if w.chance(0.02) {
		p.Stale = "503 Service Unavailable, for 3 days"
	}
	return p
}

func (w *world) install(p *status.Package, python string, kind float64) {
	twin := strings.TrimSuffix(python, "t")
	here, there := map[string]vocab.Install{}, map[string]vocab.Install{}
	first := status.First{Platforms: map[string]status.First{}}
	served := kind < 0.55 && (python != "3.13t" || w.chance(0.6))
	for _, platform := range w.all {
		gil, free := vocab.InstallNative, vocab.InstallSdist
		switch {
		case kind > 0.9:
			gil, free = vocab.InstallPure, vocab.InstallPure
		case kind > 0.86:
			free = vocab.InstallPure
		case kind > 0.83:
			free = vocab.InstallOlder
		case kind > 0.8:
			gil, free = vocab.InstallStableABI, vocab.InstallNone
		case served && !w.chance(0.04):
			free = vocab.InstallNative
		}
		here[platform], there[platform] = free, gil
		if free.IsCompiled() {
			first.Version, first.At = "1.2.0", Now().AddDate(0, 0, -400)
			first.Platforms[platform] = status.First{Version: first.Version, At: first.At}
		}
		for _, half := range []string{twin, python} {
			c := status.Cell{Python: half, Platform: platform, Install: gil}
			if half == python {
				c.Install = free
			}
			if c.Install.IsWheel() {
				tag := "cp" + strings.ReplaceAll(twin, ".", "")
				c.File = fmt.Sprintf("%s-%s-%s-%s-%s.whl", strings.ReplaceAll(p.Name, "-", "_"), p.Version, tag, "cp"+strings.ReplaceAll(half, ".", ""), strings.ReplaceAll(platform, "-", "_"))
				c.SHA256 = digest(c.File)
			}
			p.Cells = append(p.Cells, c)
		}
	}
	if len(first.Platforms) > 0 {
		p.Since[python] = first
	}
	// The document has the headline's platforms.
	p.Installs[python], p.Installs[twin] = map[string]vocab.Install{}, map[string]vocab.Install{}
	for _, platform := range w.main {
		p.Installs[python][platform], p.Installs[twin][platform] = here[platform], there[platform]
	}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func (w *world) gil(p *status.Package, kind float64) {
	p.GIL = status.GIL{Value: vocab.GILUnknown, Static: vocab.GILUnknown, Probed: vocab.GILUnknown, Evidence: []status.Evidence{}}
	p.Own = vocab.StateSourceOnly
	switch {
	case kind > 0.9:
		p.GIL.Value, p.Own = vocab.GILNone, vocab.StateClear
		return
	case kind > 0.86:
		p.Own, p.Reason = vocab.StateFallback, "only a wheel without compiled code"
		return
	case kind > 0.8:
		p.Own = vocab.StateNone
		return
	case kind >= 0.55:
		return
	}
	p.GIL.Value = vocab.GILOff
	p.Own = vocab.StateClear
	if !p.InstallsEverywhere("3.14t", w.main) {
		p.Own, p.Reason = vocab.StateClearPartial, "no wheel on some platforms"
	}
	if w.chance(0.2) {
		p.GIL.Value, p.Own, p.Reason = vocab.GILOn, vocab.StateGILOn, p.Name+"._core turns the GIL on"
		p.GIL.Offenders = []status.Offender{{
			Module: strings.ReplaceAll(p.Name, "-", "_") + "._core", Platforms: w.main, Pythons: []string{"3.14t"}, Declaration: vocab.DeclarationUsed, ByDefault: true,
			Toolchain: vocab.ToolchainCython, Fix: "# cython: freethreading_compatible=True",
		}}
	}
	p.GIL.Static = p.GIL.Value
	p.GIL.Pythons = map[string]vocab.GILValue{"3.14t": p.GIL.Value}
	for _, c := range p.Cells {
		if c.Python == "3.14t" && c.File != "" {
			p.GIL.Evidence = append(p.GIL.Evidence, status.Evidence{File: c.File, SHA256: c.SHA256, How: "static", At: Now().AddDate(0, 0, -2), Tool: "ftpkg 0.0.0", Rules: 1, Says: string(p.GIL.Value)})
		}
	}
}

// settle finds out who is blocked, as [status.Close] does from evidence.
func (w *world) settle(doc *status.Document) {
	byName := map[string]*status.Package{}
	for _, p := range doc.Packages {
		byName[p.Name] = p
	}
	for _, p := range doc.Packages {
		p.State = p.Own
		for _, r := range p.Requires {
			q := byName[r]
			q.Dependents++
			if q.Own == vocab.StateGILOn || q.Own == vocab.StateSourceOnly {
				p.Blockers = append(p.Blockers, status.Blocker{Name: r, State: q.Own, Chain: []string{p.Name, r}})
				if p.Own == vocab.StateClear || p.Own == vocab.StateClearPartial {
					p.State, p.Reason = vocab.StateBlocked, "it requires "+r
				}
			}
		}
	}
}

func (w *world) events(doc *status.Document, n int) []status.Event {
	var list []status.Event
	kinds := []vocab.EventKind{vocab.EventGainedPackage, vocab.EventGainedPlatform, vocab.EventLostPlatform, vocab.EventGainedDeclaration, vocab.EventLostPython, vocab.EventRetiredPython}
	for i := range 2 * n {
		p := doc.Packages[w.rand.IntN(len(doc.Packages))]
		kind := kinds[w.rand.IntN(len(kinds))]
		list = append(list, status.Event{
			At: Now().Add(-time.Duration(i) * 1000 * time.Hour / time.Duration(n)), Package: p.Name, Kind: kind, Half: vocab.ABIFreeThreaded, Platform: "windows-arm64", Version: p.Version,
			Before: "1.0.0", After: p.Version, Detail: fmt.Sprintf("%s %s: %s on windows-arm64", p.Name, p.Version, kind),
		})
	}
	return list
}

func (w *world) curves(in *site.Input, n int) {
	from := time.Date(2024, time.June, 1, 0, 0, 0, 0, time.UTC)
	for day := from; day.Before(Now()); day = day.AddDate(0, 0, 7) {
		t := day.Sub(from).Hours() / Now().Sub(from).Hours()
		p := status.Point{Day: day, Of: int(float64(n) * (0.8 + 0.05*t)), Installs: int(float64(n) * 0.6 * t * t), Off: int(float64(n) * 0.45 * t * t * t)}
		in.Fixed = append(in.Fixed, p)
		p.Of, p.Installs, p.Off = p.Of*9/10, p.Installs*8/10, p.Off*7/10
		in.Floating = append(in.Floating, p)
	}
}
