package extmod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A verdict is what was found out about one init function.
type verdict struct {
	declaration vocab.Declaration
	evidence    vocab.Evidence
	reason      string
	delegate    string
	phases      bool // multi-phase initialisation

	defs     []definition
	hasABI   bool
	abiFlags uint16
}

func undecided(format string, args ...any) verdict {
	return verdict{declaration: vocab.DeclarationUndecided, evidence: vocab.EvidenceNone, reason: fmt.Sprintf(format, args...)}
}

func declarationOf(g gil) vocab.Declaration {
	switch g {
	case gilUsed:
		return vocab.DeclarationUsed
	case gilNotUsed:
		return vocab.DeclarationNotUsed
	case gilSilent:
		return vocab.DeclarationSilent
	case gilUnknown:
	}
	return vocab.DeclarationUndecided
}

// creators are the functions of the C API that make modules of definitions.
var creators = []string{
	"PyModuleDef_Init", "PyModule_Create2", "PyModule_Create2TraceRefs", "PyModule_FromDefAndSpec2", "PyModule_FromDefAndSpec2TraceRefs",
	"PyModule_FromSlotsAndSpec", "PyModule_New", "PyModule_NewObject",
}

// slotted are those of them, and of multi-phase initialisation, that read slots.
var slotted = []string{
	"PyModuleDef_Init", "PyModule_FromDefAndSpec2", "PyModule_FromDefAndSpec2TraceRefs", "PyModule_FromSlotsAndSpec",
}

// noEnd is the reason where slots go on in memory that was not watched.
const noEnd = "where its slots end is not known"

const setGIL = "PyUnstable_Module_SetGIL"

// creates reports whether the image takes any function that makes modules.
func (m *image) creates() bool { return slices.ContainsFunc(creators, m.imports) }

// follow walks an init function and weighs its outcomes.
func follow(m *image, init export, defs []definition) verdict {
	w := newWalker(m, defs)
	if w == nil {
		return undecided("instructions of %s are not read", m.arch)
	}
	export := strings.HasPrefix(init.name, "PyModExport")
	v := w.verdict(init.addr, export)
	if v.reason == noEnd {
		w.whole = true
		v = w.verdict(init.addr, export)
	}
	return v
}

// verdict walks an init function and weighs its outcomes.
func (w *walker) verdict(entry uint64, export bool) verdict {
	if !w.follow(entry) {
		return undecided("its init function is too long to be followed")
	}
	var found []verdict
	for i := range w.outcomes {
		if v := w.weigh(&w.outcomes[i], export); !slices.ContainsFunc(found, v.like) {
			found = append(found, v)
		}
	}
	return w.agree(found)
}

func (v verdict) like(u verdict) bool {
	return v.declaration == u.declaration && v.evidence == u.evidence && v.reason == u.reason && v.delegate == u.delegate && v.phases == u.phases && v.blank() == u.blank()
}

// blank reports that slots were read from memory that nothing had been written to.
func (v verdict) blank() bool {
	return v.phases && len(v.defs) > 0 && v.defs[0].slots.empty
}

// agree makes one verdict of those of all paths.
func (w *walker) agree(found []verdict) verdict {
	// Slots that only exist once they are written are there when the runtime reads
	// them: a path that leaves them blank is one for a second call.
	if slices.ContainsFunc(found, func(v verdict) bool { return v.phases && !v.blank() }) {
		found = slices.DeleteFunc(found, verdict.blank)
	}
	switch len(found) {
	case 0:
		return undecided("no path of its init function was seen to succeed")
	case 1:
		return found[0]
	}
	v := found[0]
	for _, u := range found[1:] {
		if u.declaration != v.declaration || u.phases != v.phases || u.delegate != v.delegate {
			for _, x := range found {
				if x.declaration == vocab.DeclarationUndecided {
					return undecided("%s", x.reason)
				}
			}
			return undecided("its init function declares one thing on one path and another on the next")
		}
		if u.evidence == vocab.EvidenceRunTimeSlots {
			v.evidence = u.evidence
		}
		v.defs = append(v.defs, u.defs...)
	}
	return v
}

// weigh says what the end of one path means.
func (w *walker) weigh(o *outcome, export bool) verdict {
	t := &o.state.trace
	switch {
	case export:
		if !o.ret.known() {
			return undecided("which slots its init function returns is not known")
		}
		s := w.slotsAt(o.state, o.ret, true)
		return w.ofSlots(o.state, definition{addr: o.ret.v, slots: s, ok: true}, o.ret.v)
	case t.defs == 1 && t.count == 0 && (!o.ret.known() || o.ret.v == t.def):
		d := w.definitionAt(o.state, lit(t.def))
		if !d.ok {
			return undecided("what its init function returns is no definition of a module")
		}
		at := walkMemory{w, o.state}.read8(d.addr + slotsField(d.free))
		return w.ofSlots(o.state, d, at.v)
	case t.defs > 0:
		return undecided("which definition its init function returns is not known")
	case t.many:
		return undecided("its init function declares several modules")
	case t.count > 0:
		return w.ofModules(o)
	}
	if w.image.creates() {
		return undecided("where its init function has the module from is not known")
	}
	v := verdict{declaration: vocab.DeclarationDelegated, evidence: vocab.EvidenceImports, reason: "its init function leaves the making of the module to something else"}
	if t.from > 0 {
		v.delegate = w.froms[t.from-1]
		v.reason = "its init function leaves the making of the module to " + v.delegate
	}
	return v
}

func slotsField(free bool) uint64 { return headerSize(free) + defSlots }

// ofSlots is the verdict for a definition, or for bare slots, of which the array
// is at an address.
func (w *walker) ofSlots(s *state, d definition, at uint64) verdict {
	v := verdict{phases: true, hasABI: d.slots.hasABI, abiFlags: d.slots.abiFlags}
	if d.name != "" {
		v.defs = []definition{d}
	}
	if d.slots.fault != "" {
		u := undecided("%s", d.slots.fault)
		u.defs, u.phases = v.defs, true
		return u
	}
	if watched, ok := w.watch.at(at); ok && watched.from == at && d.slots.end > watched.to {
		u := undecided(noEnd)
		u.defs, u.phases = v.defs, true
		return u
	}
	v.declaration, v.evidence = declarationOf(d.slots.gil), vocab.EvidenceStaticSlots
	if i := s.find(at &^ 7); d.slots.none && s.written8(d.addr+slotsField(d.free)) || !d.slots.none && i < len(s.cells) && s.cells[i].addr < at+16*2 {
		v.evidence = vocab.EvidenceRunTimeSlots
	}
	if v.declaration == vocab.DeclarationSilent && d.slots.empty && s.lost {
		u := undecided("its slots are filled in a way that could not be followed")
		u.defs, u.phases = v.defs, true
		return u
	}
	return v
}

// written8 reports whether anything was written to the 8 bytes at an address.
func (s *state) written8(addr uint64) bool {
	_, set := s.written(addr)
	return set != 0
}

// ofModules is the verdict for single-phase initialisation.
func (w *walker) ofModules(o *outcome) verdict {
	t := &o.state.trace
	g := t.modules[0].gil
	for _, m := range t.modules[:t.count] {
		if o.ret.known() && o.ret.v == m.token {
			g = m.gil
			break
		}
		if !o.ret.known() && m.gil != g {
			return undecided("which of several modules its init function returns is not known")
		}
	}
	v := verdict{declaration: declarationOf(g), evidence: vocab.EvidenceCallSite}
	switch {
	case g == gilUnknown:
		return undecided("what its init function hands to %s is worked out while it runs", setGIL)
	case g == gilSilent && !w.image.imports(setGIL):
		v.evidence = vocab.EvidenceImports
	case g == gilSilent && o.state.lost:
		return undecided("parts of its init function could not be followed, and the file has a call of %s", setGIL)
	}
	return v
}

// scan decides by the definitions in the file's data, for init functions that
// could not be followed: whatever else is in the file must not be able to overrule
// them.
func scanned(m *image, defs []definition, why verdict) verdict {
	if len(defs) == 0 || why.declaration != vocab.DeclarationUndecided {
		return why
	}
	single := m.imports("PyModule_Create2") || m.imports("PyModule_Create2TraceRefs") || m.imports("PyModule_New") || m.imports("PyModule_NewObject")
	multi := m.imports("PyModuleDef_Init")
	g := defs[0].declared()
	for i := range defs {
		d := &defs[i]
		if d.declared() != g || d.slots.empty || g == gilUnknown {
			return why
		}
	}
	switch {
	case single && !multi && !m.imports(setGIL) && g == gilSilent && !m.imports("PyModule_FromDefAndSpec2"):
		return verdict{declaration: vocab.DeclarationSilent, evidence: vocab.EvidenceImports, defs: defs}
	case multi && !single && !m.imports(setGIL) && !defs[0].slots.none:
		return verdict{declaration: declarationOf(g), evidence: vocab.EvidenceStaticSlots, defs: defs, phases: true}
	}
	return why
}
