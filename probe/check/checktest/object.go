package checktest

import (
	"encoding/binary"
	"slices"
)

// The formats of [Object].
const (
	ELF   = "elf"
	MachO = "mach-o"
	PE    = "pe"
)

// Says is what a module declares about the GIL.
type Says int

// The declarations.
const (
	Silent Says = iota
	Used
	NotUsed
)

// An Object is an extension module that does nothing, as its file is to show it.
type Object struct {
	Format string
	// Arch is "x86_64" or "arm64"; for ELF, also "riscv64", without code.
	Arch string
	Name string // of the module, without its package
	// Free is the layout of free-threaded builds.
	Free bool
	Says Says
	// Export says that it has PyModExport_ for abi3t, not PyInit_.
	Export bool
	// Imports are symbols of CPython, besides the one that it cannot do without.
	Imports []string
	// Glibc is the minor version of glibc 2 that it needs, 0 for none; Musl links it
	// with musl instead.
	Glibc int
	Musl  bool
	// MacOS is the oldest macOS, major and minor.
	MacOS [2]int
	// DLL is the interpreter's.
	DLL string
}

// imports are all symbols that the object takes from CPython.
func (o *Object) imports() []string {
	if o.Export {
		return o.Imports
	}
	return append([]string{"PyModuleDef_Init"}, o.Imports...)
}

// exported is the name of the init function.
func (o *Object) exported() string {
	if o.Export {
		return "PyModExport_" + o.Name
	}
	return "PyInit_" + o.Name
}

// Bytes returns the file.
func (o *Object) Bytes() []byte {
	switch o.Format {
	case MachO:
		return o.machO()
	case PE:
		return o.pe()
	}
	return o.elf()
}

// A buffer is bytes that are written in order, or filled in later.
type buffer struct{ b []byte }

func (b *buffer) len() int { return len(b.b) }

func (b *buffer) bytes(p ...byte) { b.b = append(b.b, p...) }

func (b *buffer) text(s string) { b.b = append(append(b.b, s...), 0) }

func (b *buffer) u16(v int) { b.b = binary.LittleEndian.AppendUint16(b.b, uint16(v)) }

func (b *buffer) u32(v int) { b.b = binary.LittleEndian.AppendUint32(b.b, uint32(v)) }

func (b *buffer) u64(v uint64) { b.b = binary.LittleEndian.AppendUint64(b.b, v) }

// align fills up with zeros to a multiple of n.
func (b *buffer) align(n int) {
	for len(b.b)%n != 0 {
		b.b = append(b.b, 0)
	}
}

// fixed writes a name into a field of n bytes.
func (b *buffer) fixed(s string, n int) {
	b.b = append(b.b, s...)
	b.b = append(b.b, make([]byte, n-len(s))...)
}

func (b *buffer) uleb(v uint64) { b.b = binary.AppendUvarint(b.b, v) }

// content is the memory of an object that is written: pointers to what is imported,
// the module's definition or slots.
type content struct {
	bytes    []byte
	imports  []int // where the pointers to what is imported are
	pointers []int // where the pointers into the memory itself are
	root     int   // the definition, or the slots
}

// memory lays out what is at an address. The layouts are those of
// Include/moduleobject.h and Include/modsupport.h.
func (o *Object) memory(base uint64, imports int) content {
	var b buffer
	var c content
	for range imports {
		c.imports = append(c.imports, b.len())
		b.u64(0)
	}
	b.align(16)
	name := b.len()
	b.text(o.Name)
	b.align(16)
	pointer := func(to int) {
		c.pointers = append(c.pointers, b.len())
		b.u64(base + uint64(to))
	}
	if o.Export {
		o.modern(&b, &c, name, pointer)
		c.bytes = b.b
		return c
	}
	slots := b.len()
	if o.Says != Silent {
		b.u64(4) // Py_mod_gil
		b.u64(map[Says]uint64{Used: 0, NotUsed: 1}[o.Says])
	}
	b.u64(3) // Py_mod_multiple_interpreters: not supported
	b.u64(0)
	b.u64(0)
	b.u64(0)
	c.root = b.len()
	if o.Free {
		b.u64(0)
		b.u64(0xffffffff << 32)
		b.u64(0)
		b.u64(0)
	} else {
		b.u64(0xffffffff)
		b.u64(0)
	}
	for range 3 { // m_init, m_index, m_copy
		b.u64(0)
	}
	pointer(name)
	for range 3 { // m_doc, m_size, m_methods
		b.u64(0)
	}
	pointer(slots)
	for range 3 { // m_traverse, m_clear, m_free
		b.u64(0)
	}
	c.bytes = b.b
	return c
}

// modern lays out the slots of 3.15.
func (o *Object) modern(b *buffer, c *content, name int, pointer func(int)) {
	const (
		slotName, slotGIL, slotABI = 100, 87, 109
		stable, agnostic           = 1, 6
	)
	info := b.len()
	b.bytes(1, 0)
	b.u16(stable | agnostic)
	b.u32(0x030f00f0)
	b.u32(0x030f00f0)
	b.align(16)
	c.root = b.len()
	b.u64(slotABI)
	pointer(info)
	b.u64(slotName)
	pointer(name)
	if o.Says != Silent {
		b.u64(slotGIL)
		b.u64(map[Says]uint64{Used: 0, NotUsed: 1}[o.Says])
	}
	b.u64(0)
	b.u64(0)
}

// code is the init function: it passes the definition to PyModuleDef_Init, or returns
// the slots. at is its address, root that of what it passes, first that of the first
// imported pointer.
func (o *Object) code(at, root, first uint64) []byte {
	var b buffer
	switch o.Arch {
	case "riscv64":
		b.u32(0x00008067) // ret
	case "arm64":
		word := func(w, imm uint64, scale int) { b.u32(int(w | imm<<scale)) }
		to := root - at
		word(0x10000000|(to&3)<<29, to>>2&0x7ffff, 5) // adr x0, root
		if o.Export {
			b.u32(0xd65f03c0) // ret
			break
		}
		word(0x58000010, (first-at-4)>>2&0x7ffff, 5) // ldr x16, first
		b.u32(0xd61f0200)                            // br x16
	default:
		into := byte(0x3d) // rdi
		switch {
		case o.Export:
			into = 0x05 // rax
		case o.Format == PE:
			into = 0x0d // rcx
		}
		b.bytes(0x48, 0x8d, into) // lea into, [rip+…]
		b.u32(int(root - at - 7))
		if o.Export {
			b.bytes(0xc3) // ret
			break
		}
		b.bytes(0xff, 0x25) // jmp [rip+…]
		b.u32(int(first - at - 13))
	}
	return b.b
}

// at writes a part at a place of the file, which grows as needed.
func at(file []byte, offset int, part []byte) []byte {
	if need := offset + len(part); need > len(file) {
		file = append(file, make([]byte, need-len(file))...)
	}
	copy(file[offset:], part)
	return file
}

// Universal puts files for macOS together into one.
func Universal(files ...[]byte) []byte {
	const align = 14
	b := binary.BigEndian.AppendUint32(nil, 0xcafebabe)
	b = binary.BigEndian.AppendUint32(b, uint32(len(files)))
	offset := 1 << align
	var offsets []int
	for _, f := range files {
		b = append(b, f[7], f[6], f[5], f[4], f[11], f[10], f[9], f[8]) // cputype and cpusubtype, turned around
		b = binary.BigEndian.AppendUint32(b, uint32(offset))
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = binary.BigEndian.AppendUint32(b, align)
		offsets = append(offsets, offset)
		offset = (offset + len(f) + 1<<align - 1) &^ (1<<align - 1)
	}
	file := slices.Clone(b)
	for i, f := range files {
		file = at(file, offsets[i], f)
	}
	return file
}
