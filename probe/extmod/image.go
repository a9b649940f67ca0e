package extmod

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
	"strings"
)

// An image is an object file as it lies in memory once it is loaded, at the
// addresses that the file itself has.
type image struct {
	file *pages
	base int64 // where the object starts in the file: a slice of a universal one

	format, arch string
	order        binary.ByteOrder
	wide         bool // 64 bits

	segments []segment
	// fixups are what the loader writes into memory, sorted by address.
	fixups []fixup
	names  []string // of symbols, as a fixup refers to them
	// defined are the addresses of symbols that the image itself has, where a
	// fixup may name one of them. It may be nil.
	defined map[string]uint64

	// rebased goes through the addresses of pointers that have no fixup, since the
	// file has them as they are; nil if all pointers have one.
	rebased func(yield func(at uint64))
	// linked is memory with nothing but pointers that the linker made for calls.
	linked []span
	// unwind reads where functions begin, nil if nothing tells that.
	unwind func() []uint64
	// frames is where that is in memory, 0 if it is not.
	frames uint64

	inits []export
	// imported are the names taken from elsewhere, of the interpreter's alone.
	imported []string
	needed   []string
	python   string // which of needed is the interpreter's: PE only

	glibc, minMacOS string
}

// A segment is a part of memory.
type segment struct {
	addr, size uint64
	off, filed int64 // in the file; what is beyond is zero
	write      bool  // still, once the loader is done
	data       bool  // is written by the loader at least, so that it may hold pointers
	exec       bool
}

// An export is an init function.
type export struct {
	name string
	addr uint64
}

// A fixup is a pointer that the loader writes.
type fixup struct {
	addr  uint64
	value uint64 // for symNone; for a symbol what is added to its address
	sym   int32  // index in names, or one of those below
}

const (
	symNone    = -1 // value is the whole of it
	symInPlace = -2 // the file has the value
	symUnknown = -3 // what is written there is not known
)

// maxTable bounds the tables of symbols and fixups, in bytes of the file.
const maxTable = 128 << 20

// segment returns the segment of an address.
func (m *image) segment(addr uint64) *segment {
	for i := range m.segments {
		if s := &m.segments[i]; addr-s.addr < s.size {
			return s
		}
	}
	return nil
}

// offset returns where in the file an address is, and how many bytes from there on
// the file has. It is false for what is only zeros, or nowhere.
func (m *image) offset(addr uint64) (off, n int64, ok bool) {
	s := m.segment(addr)
	if s == nil || addr-s.addr >= uint64(s.filed) {
		return 0, 0, false
	}
	at := int64(addr - s.addr)
	return m.base + s.off + at, s.filed - at, true
}

// bytes returns n bytes of the file, as they are before the loader comes.
func (m *image) bytes(addr, n uint64) []byte {
	off, have, ok := m.offset(addr)
	if !ok || n > uint64(have) || n > maxTable {
		return nil
	}
	return m.file.bytes(off, int64(n))
}

// text returns the C string at an address.
func (m *image) text(addr uint64) (string, bool) {
	off, have, ok := m.offset(addr)
	if !ok {
		return "", false
	}
	s, ok := m.file.text(off)
	return s, ok && int64(len(s)) < have
}

// code returns up to n bytes of instructions.
func (m *image) code(addr uint64, n int) []byte {
	s := m.segment(addr)
	if s == nil || !s.exec || addr-s.addr >= uint64(s.filed) {
		return nil
	}
	at := int64(addr - s.addr)
	return m.file.view(m.base+s.off+at, int(min(int64(n), s.filed-at)))
}

// fixup returns the fixup that touches any of the 8 bytes from an address on.
func (m *image) fixup(addr uint64) *fixup {
	i := sort.Search(len(m.fixups), func(i int) bool { return m.fixups[i].addr+7 >= addr })
	if i < len(m.fixups) && m.fixups[i].addr < addr+8 {
		return &m.fixups[i]
	}
	return nil
}

// threads reports whether a fixup is of what a thread has of its own, or not known.
func (m *image) threads(f *fixup) bool {
	return f.sym == symUnknown || f.sym >= 0 && int(f.sym) < len(m.names) && m.names[f.sym] == tlsDescriptor
}

// A word is what 8 bytes of memory hold once the image is loaded.
type word struct {
	value  uint64
	symbol string // if it is the address of something elsewhere, plus value
	ok     bool   // it is known
	fixed  bool   // the loader wrote it
}

// word reads 8 bytes.
func (m *image) word(addr uint64) word {
	if f := m.fixup(addr); f != nil {
		if f.addr != addr {
			return word{fixed: true}
		}
		switch {
		case f.sym == symNone:
			return word{value: f.value, ok: true, fixed: true}
		case f.sym == symInPlace:
			v, ok := m.raw(addr, 8)
			return word{value: v, ok: ok, fixed: true}
		case f.sym >= 0 && int(f.sym) < len(m.names):
			name := m.names[f.sym]
			if at, ok := m.defined[name]; ok {
				return word{value: at + f.value, ok: true, fixed: true}
			}
			return word{value: f.value, symbol: name, ok: true, fixed: true}
		}
		return word{fixed: true}
	}
	v, ok := m.raw(addr, 8)
	return word{value: v, ok: ok}
}

// pointers calls a function with each place in memory that holds an address of the
// image itself, and that address.
func (m *image) pointers(yield func(at, to uint64)) {
	if m.rebased != nil {
		m.rebased(func(at uint64) {
			if to, ok := m.raw(at, 8); ok {
				yield(at, to)
			}
		})
		return
	}
	for i := range m.fixups {
		f := &m.fixups[i]
		if f.sym >= 0 && m.defined == nil || f.sym == symUnknown {
			continue
		}
		if w := m.word(f.addr); w.ok && w.symbol == "" {
			yield(f.addr, w.value)
		}
	}
}

// raw reads n bytes, at most 8, that no fixup touches: those of the file, and
// zeros behind.
func (m *image) raw(addr uint64, n int) (uint64, bool) {
	s := m.segment(addr)
	if s == nil || s.size-(addr-s.addr) < uint64(n) {
		return 0, false
	}
	at := int64(addr - s.addr)
	var b [8]byte
	if at < s.filed {
		have := int(min(int64(n), s.filed-at))
		got := m.file.view(m.base+s.off+at, have)
		if len(got) < have {
			return 0, false
		}
		copy(b[:], got)
	}
	return binary.LittleEndian.Uint64(b[:]), true // both architectures that are read whole
}

// filed reports whether any of n bytes is in the file.
func (m *image) filed(addr uint64) bool {
	_, _, ok := m.offset(addr)
	return ok
}

// addImport notes the name of something that is taken from elsewhere.
func (m *image) addImport(name string) {
	if strings.HasPrefix(name, "Py") || strings.HasPrefix(name, "_Py") {
		m.imported = append(m.imported, name)
	}
}

// imports reports whether a name is taken from the interpreter.
func (m *image) imports(name string) bool {
	_, ok := slices.BinarySearch(m.imported, name)
	return ok
}

// addInit notes a symbol if it is an init function.
func (m *image) addInit(name string, addr uint64) {
	for _, prefix := range initPrefixes {
		if strings.HasPrefix(name, prefix) && len(name) > len(prefix) {
			m.inits = append(m.inits, export{name, addr})
			return
		}
	}
}

// initPrefixes begin the names of init functions, the ones for names that are not
// ASCII with a U.
var initPrefixes = []string{"PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_"}

// settle sorts what was gathered.
func (m *image) settle() {
	sorted := slices.IsSortedFunc(m.fixups, compareFixups)
	if !sorted {
		slices.SortStableFunc(m.fixups, compareFixups)
	}
	slices.Sort(m.imported)
	m.imported = slices.Compact(m.imported)
	slices.SortFunc(m.inits, func(a, b export) int { return strings.Compare(a.name, b.name) })
	m.inits = slices.CompactFunc(m.inits, func(a, b export) bool { return a.name == b.name })
}

func compareFixups(a, b fixup) int {
	switch {
	case a.addr < b.addr:
		return -1
	case a.addr > b.addr:
		return 1
	}
	return 0
}

// cut returns the text before the first zero.
func cut(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}
