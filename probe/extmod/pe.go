package extmod

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// What is read of PE, by Microsoft's specification of the format.
const (
	peMaxSections  = 96
	peMaxLibraries = 1024
	peMaxNames     = 1 << 16

	peExport     = 0
	peImport     = 1
	peException  = 3
	peRelocation = 5
	peDelay      = 13
)

var peMachines = map[uint16]string{0x8664: ArchX8664, 0xaa64: ArchARM64, 0x14c: "i386", 0x1c4: "armv7l"}

// A peReader reads a PE file.
type peReader struct {
	*image
	start              uint64 // where it is loaded
	directories, sizes [16]uint32
}

// readPE reads a PE file.
func readPE(m *image) error {
	dos := m.file.view(m.base, 64)
	if len(dos) < 64 {
		return ErrFormat
	}
	le := binary.LittleEndian
	at := m.base + int64(le.Uint32(dos[60:]))
	head := m.file.view(at, 24)
	if len(head) < 24 || string(head[:4]) != "PE\x00\x00" {
		return ErrFormat
	}
	m.format, m.order = FormatPE, le
	machine := le.Uint16(head[4:])
	var ok bool
	if m.arch, ok = peMachines[machine]; !ok {
		m.arch = "machine-" + strconv.Itoa(int(machine))
	}
	sections, length := int(le.Uint16(head[6:])), int(le.Uint16(head[20:]))
	optional := m.file.bytes(at+24, int64(length))
	if sections > peMaxSections || length < 2 || optional == nil {
		return ErrFormat
	}
	r := &peReader{image: m}
	var table int
	switch le.Uint16(optional) {
	case 0x20b:
		m.wide = true
		if length < 112 {
			return ErrFormat
		}
		r.start, table = le.Uint64(optional[24:]), 112
	case 0x10b:
		if length < 96 {
			return ErrFormat
		}
		r.start, table = uint64(le.Uint32(optional[28:])), 96
	default:
		return ErrFormat
	}
	for i := range r.directories {
		if end := table + 8*i + 8; end <= length && uint32(i) < le.Uint32(optional[table-4:]) {
			r.directories[i], r.sizes[i] = le.Uint32(optional[table+8*i:]), le.Uint32(optional[table+8*i+4:])
		}
	}
	m.unwind, m.rebased = r.readExceptions, r.readRelocations
	r.readSections(m.file.bytes(at+24+int64(length), int64(sections*40)))
	r.readExports()
	r.readImports()
	r.readDelayed()
	return nil
}

func (r *peReader) readSections(table []byte) {
	le := binary.LittleEndian
	for ; len(table) >= 40; table = table[40:] {
		size, filed := uint64(le.Uint32(table[8:])), uint64(le.Uint32(table[16:]))
		if size == 0 {
			size = filed
		}
		flags := le.Uint32(table[36:])
		s := segment{
			addr: r.start + uint64(le.Uint32(table[12:])), size: (size + 0xfff) &^ 0xfff,
			off: int64(le.Uint32(table[20:])), filed: int64(min(filed, size)),
			exec: flags&0x20000000 != 0, write: flags&0x80000000 != 0, data: flags&0x80000000 != 0,
		}
		s.clamp(r.file.size - r.base)
		r.segments = append(r.segments, s)
	}
}

// rva returns the address of what is so many bytes behind the start.
func (r *peReader) rva(v uint32) uint64 { return r.start + uint64(v) }

func (r *peReader) dword(addr uint64) uint32 {
	v, _ := r.raw(addr, 4)
	return uint32(v)
}

func (r *peReader) readExports() {
	if r.directories[peExport] == 0 {
		return
	}
	at := r.rva(r.directories[peExport])
	count := min(r.dword(at+24), peMaxNames)
	functions, names, ordinals := r.rva(r.dword(at+28)), r.rva(r.dword(at+32)), r.rva(r.dword(at+36))
	for i := range uint64(count) {
		if !r.filed(names + 4*i) {
			return
		}
		name, ok := r.text(r.rva(r.dword(names + 4*i)))
		if !ok {
			continue
		}
		ordinal, _ := r.raw(ordinals+2*i, 2)
		r.addInit(name, r.rva(r.dword(functions+4*ordinal)))
	}
}

func (r *peReader) readImports() {
	if r.directories[peImport] == 0 {
		return
	}
	at := r.rva(r.directories[peImport])
	for range peMaxLibraries {
		names, name, table := r.dword(at), r.dword(at+12), r.dword(at+16)
		if name == 0 || table == 0 {
			return
		}
		if names == 0 {
			names = table
		}
		r.addLibrary(name, r.rva(names), r.rva(table))
		at += 20
	}
}

// readDelayed reads what is imported when it is first called.
func (r *peReader) readDelayed() {
	if r.directories[peDelay] == 0 {
		return
	}
	at := r.rva(r.directories[peDelay])
	for range peMaxLibraries {
		name, table, names := r.dword(at+4), r.dword(at+12), r.dword(at+16)
		if name == 0 || table == 0 {
			return
		}
		r.addLibrary(name, r.rva(names), r.rva(table))
		at += 32
	}
}

// readRelocations goes through the pointers that are changed where the file is not
// loaded at the address that it was made for.
func (r *peReader) readRelocations(yield func(at uint64)) {
	const pointer = 10 // IMAGE_REL_BASED_DIR64
	at := r.rva(r.directories[peRelocation])
	for left := int64(min(r.sizes[peRelocation], maxTable)); left >= 8; {
		page, size := r.rva(r.dword(at)), r.dword(at+4)
		if size < 8 || int64(size) > left {
			return
		}
		for b := r.bytes(at+8, uint64(size)-8); len(b) >= 2; b = b[2:] {
			if e := binary.LittleEndian.Uint16(b); e>>12 == pointer {
				yield(page + uint64(e&0xfff))
			}
		}
		at, left = at+uint64(size), left-int64(size)
	}
}

// addLibrary reads which names are taken from a library, and where the loader
// writes their addresses.
func (r *peReader) addLibrary(name uint32, names, table uint64) {
	library, ok := r.text(r.rva(name))
	if !ok || library == "" {
		return
	}
	r.needed = append(r.needed, library)
	python := isPythonDLL(library)
	if python && r.python == "" {
		r.python = library
	}
	width, ordinal := uint64(4), uint64(1<<31)
	if r.wide {
		width, ordinal = 8, 1<<63
	}
	for i := range uint64(peMaxNames) {
		v, ok := r.raw(names+width*i, int(width))
		if !ok || v == 0 || len(r.names) >= peMaxNames*4 {
			r.linked = append(r.linked, span{table, table + width*i})
			return
		}
		symbol := library + "#" + strconv.FormatUint(v&0xffff, 10)
		if v&ordinal == 0 {
			if symbol, ok = r.text(r.rva(uint32(v)) + 2); !ok {
				return
			}
			if python {
				r.addImport(symbol)
			}
		}
		if r.wide {
			r.addFixup(fixup{addr: table + 8*i, sym: int32(len(r.names))})
			r.names = append(r.names, symbol)
		}
	}
}

// isPythonDLL reports whether a library is the interpreter: python3.dll,
// python3t.dll, python313.dll, python313t.dll, each with _d for debug builds. Files
// made with MinGW need libpython3.13.dll.
func isPythonDLL(name string) bool {
	version, ok := pythonDLLVersion(name)
	return ok && strings.HasPrefix(version, "3")
}

// pythonDLLVersion returns what is between the name and its ending: "313t".
func pythonDLLVersion(name string) (version string, ok bool) {
	stem, ok := strings.CutSuffix(strings.ToLower(name), ".dll")
	if !ok {
		return "", false
	}
	stem = strings.TrimSuffix(strings.TrimPrefix(stem, "lib"), "_d")
	version, ok = strings.CutPrefix(stem, "python")
	version = strings.ReplaceAll(version, ".", "")
	if !ok || strings.Trim(version, "0123456789t") != "" {
		return "", false
	}
	return version, true
}
