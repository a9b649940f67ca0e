package extmod

import (
	"unicode/utf8"
)

// The layout of PyModuleDef, by Include/moduleobject.h and Include/object.h of
// CPython 3.13 to 3.15 on 64 bits. Before its own fields it has those of PyObject,
// which are 16 bytes with the GIL and 32 without.
const (
	gilHeader  = 16
	freeHeader = 32
	// Behind the header.
	defInit  = 0
	defIndex = 8
	defCopy  = 16
	defName  = 24
	defSlots = 56
	defEnd   = 88 // GIL: 104 bytes in all; free-threaded: 120
)

func headerSize(free bool) uint64 {
	if free {
		return freeHeader
	}
	return gilHeader
}

// A memory is what definitions are read from.
type memory interface {
	// read8 reads 8 bytes.
	read8(addr uint64) value
	// name reads a C string.
	name(addr uint64) (string, bool)
	// blank reports that what is at an address may yet be written, and was not.
	blank(addr uint64) bool
	mapped(addr uint64) bool
}

// A definition is a PyModuleDef.
type definition struct {
	addr  uint64
	free  bool // laid out as without the GIL
	name  string
	array uint64 // where its slots are
	slots slots
	ok    bool
}

// readDefinition reads the definition at an address; it is not ok if there is
// none of either layout.
func readDefinition(m memory, addr uint64) definition {
	free := freeThreadedHeader(m, addr)
	if !free && !gilLayoutHeader(m, addr) {
		return definition{}
	}
	d := definition{addr: addr, free: free}
	fields := addr + headerSize(free)
	for _, at := range []uint64{defInit, defIndex, defCopy} {
		if v := m.read8(fields + at); !v.known() || v.v != 0 {
			return definition{}
		}
	}
	name := m.read8(fields + defName)
	if !name.known() {
		return definition{}
	}
	var ok bool
	if d.name, ok = m.name(name.v); !ok || !plausibleName(d.name) {
		return definition{}
	}
	at := m.read8(fields + defSlots)
	switch {
	case !at.known():
		d.slots.fault = "where the slots are is not known"
	case at.v == 0:
		d.slots = slots{none: true}
	case !m.mapped(at.v):
		return definition{}
	default:
		d.array, d.slots = at.v, readSlots(m, at.v, false)
	}
	d.ok = true
	return d
}

// freeThreadedHeader matches PyModuleDef_HEAD_INIT of free-threaded builds:
//
//	ob_tid 0, ob_flags a few bits, ob_mutex 0, ob_gc_bits 0,
//	ob_ref_local UINT32_MAX (immortal), ob_ref_shared 0, ob_type NULL
func freeThreadedHeader(m memory, addr uint64) bool {
	tid, refs, shared, kind := m.read8(addr), m.read8(addr+8), m.read8(addr+16), m.read8(addr+24)
	return tid == lit(0) && refs.known() && refs.v>>32 == 0xffffffff && refs.v&0xffffff00 == 0 && shared == lit(0) && kind == lit(0)
}

// gilLayoutHeader matches that of builds with the GIL: a reference count, which is
// 1 up to 3.11, UINT32_MAX in 3.12 and 3.13 and 3<<30 with flags above since, and
// ob_type NULL.
func gilLayoutHeader(m memory, addr uint64) bool {
	refs, kind := m.read8(addr), m.read8(addr+8)
	return refs.known() && gilRefcount(refs.v) && kind == lit(0)
}

func gilRefcount(v uint64) bool {
	switch v & 0xffffffff {
	case 1, 0xffffffff:
		return v>>32 == 0
	case 3 << 30:
		return v>>32&0xffff == 0 && v>>48 < 0x100
	}
	return false
}

// plausibleName reports whether a text may be the name of a module, be it dotted.
func plausibleName(s string) bool {
	if s == "" || len(s) > 255 || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < '-' || r == 0x7f {
			return false
		}
	}
	return true
}

// declared is what a module made of the definition declares.
func (d *definition) declared() gil {
	if !d.ok {
		return gilUnknown
	}
	return d.slots.declared()
}

// The slots of modules. Those of 3.15 have new numbers, the old stay valid
// (Include/slots_generated.h).
const (
	slotGIL      = 4
	slotGIL315   = 87
	slotSubslots = 92 // Py_slot_subslots: another array of PySlot
	slotModSlots = 94 // Py_mod_slots: an array of PyModuleDef_Slot
	slotABI      = 109
	slotLast     = 127 // 3.15 ends at 110

	slotOptional = 1 // a flag of PySlot

	maxNesting = 5 // as CPython has it
	maxSlots   = 256
)

// slots is what an array of slots says.
type slots struct {
	gil   gil
	none  bool // there is no array
	empty bool // it ends before it begins, in memory that could be written and was not
	fault string

	hasABI   bool
	abiFlags uint16 // of PyABIInfo

	end uint64 // of the array itself, behind the slot that ends it
}

func (s *slots) declared() gil {
	if s.fault != "" {
		return gilUnknown
	}
	return s.gil
}

// readSlots reads an array of PyModuleDef_Slot, or of PySlot of 3.15. Both have a
// number first and a value 8 bytes behind:
//
//	struct { int slot; void *value; }
//	struct { uint16_t sl_id; uint16_t sl_flags; uint32_t reserved; void *value; }
func readSlots(m memory, addr uint64, modern bool) slots {
	var s slots
	n := 0
	s.array(m, addr, modern, 1, &n)
	s.empty = n == 0 && m.blank(addr)
	return s
}

func (s *slots) array(m memory, addr uint64, modern bool, depth int, count *int) {
	if depth > maxNesting {
		s.fault = "its slots are nested too deep"
		return
	}
	for ; s.fault == ""; addr += 16 {
		head, v := m.read8(addr), m.read8(addr+8)
		id, flags := head.v&0xffffffff, uint64(0)
		idMask := uint64(0xffffffff)
		if modern {
			id, flags, idMask = head.v&0xffff, head.v>>16&0xffff, 0xffff
		}
		if head.k&idMask != idMask {
			s.fault = "not all of its slots are known"
			return
		}
		if id == 0 {
			if depth == 1 {
				s.end = addr + 8
			}
			return
		}
		if *count++; *count > maxSlots {
			s.fault = "its slots do not end"
			return
		}
		switch {
		case id == slotGIL || id == slotGIL315:
			s.setGIL(v)
		case id == slotSubslots || id == slotModSlots:
			if !v.known() {
				s.fault = "not all of its slots are known"
			} else if v.v != 0 {
				s.array(m, v.v, id == slotSubslots, depth+1, count)
			}
		case id == slotABI:
			if v.known() {
				if info := m.read8(v.v); info.known() {
					s.hasABI, s.abiFlags = true, uint16(info.v>>16)
				}
			}
		case id > slotLast && flags&slotOptional == 0:
			s.fault = "its slots are not slots of a module"
		}
	}
}

func (s *slots) setGIL(v value) {
	switch {
	case s.gil != gilSilent:
		s.fault = "it has two slots for the GIL"
	case v == lit(0):
		s.gil = gilUsed
	case v == lit(1):
		s.gil = gilNotUsed
	case !v.known():
		s.fault = "the value of its slot for the GIL is not known"
	default:
		s.fault = "its slot for the GIL has a value that means nothing"
	}
}

// fileMemory is memory as it is before anything runs.
type fileMemory struct{ *image }

func (m fileMemory) read8(addr uint64) value {
	w := m.word(addr)
	switch {
	case !w.ok:
		return value{}
	case w.symbol != "":
		return value{} // somewhere, and not 0
	}
	return lit(w.value)
}

func (m fileMemory) name(addr uint64) (string, bool) { return m.text(addr) }
func (m fileMemory) blank(addr uint64) bool {
	s := m.segment(addr)
	return s == nil || s.write
}
func (m fileMemory) mapped(addr uint64) bool { return m.segment(addr) != nil }

// walkMemory is memory as a walk has left it.
type walkMemory struct {
	w *walker
	s *state
}

func (m walkMemory) read8(addr uint64) value { return m.w.read(m.s, addr, 8, true) }

func (m walkMemory) name(addr uint64) (string, bool) {
	if m.w.image.segment(addr) != nil {
		return m.w.image.text(addr)
	}
	var b []byte
	for len(b) < maxString {
		v := m.w.read(m.s, addr+uint64(len(b)), 1, true)
		if !v.known() {
			return "", false
		}
		if v.v == 0 {
			return string(b), true
		}
		b = append(b, byte(v.v))
	}
	return "", false
}

func (m walkMemory) blank(addr uint64) bool {
	return !m.s.written8(addr&^7) && fileMemory{m.w.image}.blank(addr)
}

func (m walkMemory) mapped(addr uint64) bool {
	return onHeap(addr) || onStack(addr) || m.w.image.segment(addr) != nil
}

// definitionAt reads a definition as it is in a state.
func (w *walker) definitionAt(s *state, addr value) definition {
	if !addr.known() {
		return definition{}
	}
	return readDefinition(walkMemory{w, s}, addr.v)
}

func (w *walker) slotsAt(s *state, addr value, modern bool) slots {
	if !addr.known() || addr.v == 0 {
		return slots{fault: "where the slots are is not known"}
	}
	return readSlots(walkMemory{w, s}, addr.v, modern)
}
