package ready

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A host is the interpreter of a cell, as far as loading modules goes.
type host struct {
	target   wheeltags.Target
	suffixes []string // nil if they are not known
	platform string   // its name, whatever the C library
}

func newHost(t wheeltags.Target) *host {
	return &host{t, inspect.Suffixes(t), strings.TrimPrefix(t.Platform.Name(), "musl")}
}

// A loading is what a wheel's modules do to one host.
type loading struct {
	verdict vocab.Verdict
	modules int              // that the host would load, without those of tests
	tests   int              // of tests, that turn the GIL on
	on      []inspect.Module // turn the GIL on
	wrong   []inspect.Module // are for another ABI
	open    []inspect.Module // are undecided
	left    []inspect.Module // are delegated
	own     []string         // names of those that are not
	failed  string           // why the wheel could not be read
}

// load says what a wheel's modules do to the host.
func (h *host) load(w *inspect.Wheel) *loading {
	l := &loading{failed: w.Error}
	for _, m := range h.modules(w) {
		if m.Test {
			if m.Declaration.TurnsOn() {
				l.tests++
			}
			continue
		}
		l.modules++
		if m.Declaration != vocab.DeclarationDelegated {
			l.own = append(l.own, m.Module)
		}
		switch {
		case m.Fit == vocab.FitWrongABI:
			l.wrong = append(l.wrong, m)
		case m.Declaration.TurnsOn():
			l.on = append(l.on, m)
		case m.Declaration == vocab.DeclarationDelegated:
			l.left = append(l.left, m)
		case m.Declaration != vocab.DeclarationNotUsed:
			l.open = append(l.open, m)
		}
	}
	switch {
	case len(l.wrong) > 0:
		l.verdict = vocab.VerdictWrongABI
	case len(l.on) > 0:
		l.verdict = vocab.VerdictTurnsOn
	case len(l.open) > 0 || l.failed != "":
		l.verdict = vocab.VerdictUndecided
	case len(l.left) > 0:
		l.verdict = vocab.VerdictDelegates
	case l.modules > 0:
		l.verdict = vocab.VerdictDeclares
	default:
		l.verdict = vocab.VerdictPure
	}
	return l
}

// modules are those of a wheel's modules that the host would take for its own,
// each with its fit. Of several files for one module it takes the one whose suffix
// it looks for first.
func (h *host) modules(w *inspect.Wheel) []inspect.Module {
	var list []inspect.Module
	rank := map[string]int{}  // of the suffix of the file taken for a module
	place := map[string]int{} // and its place in the list
	for _, m := range w.Modules {
		if !m.IsModule() || !h.runs(m.Platform) {
			continue
		}
		r := 0
		if h.suffixes != nil {
			x, ok := environment.NewExtension(m.Path)
			if r = slices.Index(h.suffixes, x.Suffix); !ok || r < 0 {
				continue
			}
		}
		m.Fit = h.fit(w, &m)
		if m.Fit == vocab.FitIgnored || m.Fit == vocab.FitForeign {
			continue // an import of it fails before the module is made
		}
		switch at, twice := place[m.Module]; {
		case !twice:
			rank[m.Module], place[m.Module] = r, len(list)
			list = append(list, m)
		case r < rank[m.Module]:
			rank[m.Module], list[at] = r, m
		}
	}
	return list
}

// runs reports whether a module for a platform, "" if that is not known, is for
// the host's system and processor. Which C library it is for its wheel says.
func (h *host) runs(platform string) bool {
	if platform == "" {
		return true
	}
	return strings.TrimPrefix(platform, "musl") == h.platform
}

// fit is whether the host can load a module. The wheel has that for the oldest
// free-threaded interpreter that accepts it, and the ABI tells for the others.
func (h *host) fit(w *inspect.Wheel, m *inspect.Module) vocab.Fit {
	if len(w.Pythons) == 0 || m.Fit == vocab.FitForeign {
		return m.Fit
	}
	judged, err := wheeltags.ParsePython(w.Pythons[0])
	python := h.target.Python
	if err != nil || judged.FreeThreaded == python.FreeThreaded && judged.Minor == python.Minor {
		return m.Fit
	}
	const firstStable = 15 // the first Python with abi3t
	switch m.ABI {
	case vocab.ABIGIL, vocab.ABI3:
		return vocab.FitWrongABI
	case vocab.ABI3T:
		if python.Minor < firstStable {
			return vocab.FitWrongABI
		}
		return vocab.FitLoads
	case vocab.ABIFreeThreaded:
		return vocab.FitLoads // its suffix says that it is for this version
	case vocab.ABIUnknown:
	}
	return vocab.FitUnknown
}

// faults are the modules of a list as a finding names them, sorted.
func faults(list []inspect.Module) []Module {
	out := make([]Module, 0, len(list))
	for i := range list {
		m := &list[i]
		out = append(out, Module{
			Module: m.Module, Path: m.Path, Declaration: m.Declaration, ByDefault: m.ByDefault, ABI: m.ABI,
			Toolchain: m.Toolchain, Fix: m.Fix, Reason: cmp.Or(m.Reason, m.FitReason),
		})
	}
	slices.SortFunc(out, func(a, b Module) int { return strings.Compare(a.Module, b.Module) })
	return out
}
