package extmod_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/ftpkg/ftpkg/probe/extmod"
)

// An object is an extension module that is put together byte by byte, for systems
// that there is no compiler for here. Its memory is laid out alike in all formats:
// instructions, then constants, then data, each on pages of their own.
type object struct {
	format, arch string
	opcodes      bool   // Mach-O: with opcodes instead of chains
	pointer      uint16 // Mach-O: the format of chains, 6 if it is 0
	inits        []string
	code         []byte
	constants    []byte
	data         []byte
	pointers     map[uint64]uint64 // in data, by offset: addresses
	imports      []string          // their addresses are in data, from importsAt on
	python       string            // PE: the library
	needed       []string
	minMacOS     uint32
}

// Where things are, counted from the start of the image.
const (
	codeAt      = 0x1000
	constantsAt = 0x2000
	dataAt      = 0x3000
	importsAt   = 0xe00 // in data
	linkAt      = 0x4000
	imageStart  = 0x1_8000_0000 // PE
)

func (o *object) start() uint64 {
	if o.format == extmod.FormatPE {
		return imageStart
	}
	return 0
}

// importAt is the address that the loader writes the address of an import to.
func (o *object) importAt(name string) uint64 {
	i := slices.Index(o.imports, name)
	return o.start() + dataAt + importsAt + 8*uint64(i)
}

func (o *object) bytes(t testing.TB) []byte {
	t.Helper()
	o.data = append(o.data, make([]byte, 0x1000-len(o.data))...)
	switch o.format {
	case extmod.FormatPE:
		return o.pe()
	case extmod.FormatMachO:
		return o.macho()
	}
	return o.elf()
}

func (o *object) read(t *testing.T, name string) *extmod.File {
	t.Helper()
	b := o.bytes(t)
	f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A writer writes numbers, little endian.
type writer struct{ b []byte }

func (w *writer) u16(vs ...uint16) {
	for _, v := range vs {
		w.b = binary.LittleEndian.AppendUint16(w.b, v)
	}
}

func (w *writer) u32(vs ...uint32) {
	for _, v := range vs {
		w.b = binary.LittleEndian.AppendUint32(w.b, v)
	}
}

func (w *writer) u64(vs ...uint64) {
	for _, v := range vs {
		w.b = binary.LittleEndian.AppendUint64(w.b, v)
	}
}

func (w *writer) text(s string) { w.b = append(append(w.b, s...), 0) }

func (w *writer) fixed(s string, n int) {
	w.b = append(w.b, append([]byte(s), make([]byte, n-len(s))...)...)
}

func (w *writer) pad(n int) { w.b = append(w.b, make([]byte, n-len(w.b))...) }

// memory returns the pages of the image behind its headers.
func (o *object) memory(head []byte) []byte {
	w := writer{b: head}
	w.pad(codeAt)
	w.b = append(w.b, o.code...)
	w.pad(constantsAt)
	w.b = append(w.b, o.constants...)
	w.pad(dataAt)
	w.b = append(w.b, o.data...)
	w.pad(linkAt)
	return w.b
}

// macho writes a bundle, by mach-o/loader.h.
func (o *object) macho() []byte {
	cpu := uint32(0x01000007)
	if o.arch == extmod.ArchARM64 {
		cpu = 0x0100000c
	}
	var commands writer
	count := uint32(0)
	segment := func(name string, addr, size, off, filed uint64, protection uint32, sections ...[]byte) {
		count++
		commands.u32(0x19, uint32(72+80*len(sections)))
		commands.fixed(name, 16)
		commands.u64(addr, size, off, filed)
		commands.u32(protection, protection, uint32(len(sections)), 0)
		for _, s := range sections {
			commands.b = append(commands.b, s...)
		}
	}
	var text writer
	text.fixed("__text", 16)
	text.fixed("__TEXT", 16)
	text.u64(codeAt, uint64(len(o.code)))
	text.u32(codeAt, 4, 0, 0, 0x80000400, 0, 0, 0)
	var link writer
	link.pad(linkAt)
	if o.opcodes {
		o.machoOpcodes(&link, &commands, &count)
	} else {
		o.machoChains(&link, &commands, &count)
	}
	o.machoSymbols(&link, &commands, &count)
	count++
	commands.u32(0x32, 24, 1, o.minMacOS, 0, 0)
	for _, name := range o.needed {
		count++
		size := (24 + len(name) + 8) &^ 7
		at := len(commands.b)
		commands.u32(0x0c, uint32(size), 24, 0, 0, 0)
		commands.text(name)
		commands.pad(at + size)
	}
	rest := commands.b
	commands = writer{}
	segment("__TEXT", 0, dataAt, 0, dataAt, 5, text.b)
	segment("__DATA", dataAt, 0x1000, dataAt, 0x1000, 3)
	segment("__LINKEDIT", linkAt, uint64(len(link.b)-linkAt), linkAt, uint64(len(link.b)-linkAt), 1)
	commands.b = append(commands.b, rest...)
	var head writer
	head.u32(0xfeedfacf, cpu, 0, 8, count, uint32(len(commands.b)), 0x85, 0)
	head.b = append(head.b, commands.b...)
	return append(o.memory(head.b), link.b[linkAt:]...)
}

func (o *object) machoSymbols(link, commands *writer, count *uint32) {
	var symbols, texts writer
	texts.b = []byte{0}
	add := func(name string, kind, section byte, value uint64) {
		symbols.u32(uint32(len(texts.b)))
		symbols.b = append(symbols.b, kind, section, 0, 0)
		symbols.u64(value)
		texts.text("_" + name)
	}
	for _, name := range o.inits {
		add(name, 0x0f, 1, codeAt)
	}
	for _, name := range o.imports {
		add(name, 0x01, 0, 0)
	}
	at := len(link.b)
	link.b = append(append(link.b, symbols.b...), texts.b...)
	*count++
	commands.u32(2, 24, uint32(at), uint32(len(o.inits)+len(o.imports)), uint32(at+len(symbols.b)), uint32(len(texts.b)))
}

// fixups are the offsets in data that the loader writes to, sorted.
func (o *object) fixups() []uint64 {
	var all []uint64
	for at := range o.pointers {
		all = append(all, at)
	}
	for i := range o.imports {
		all = append(all, importsAt+8*uint64(i))
	}
	slices.Sort(all)
	return all
}

// machoChains writes LC_DYLD_CHAINED_FIXUPS and links the pointers in data.
func (o *object) machoChains(link, commands *writer, count *uint32) {
	format := o.pointer
	if format == 0 {
		format = 6
	}
	stride := uint64(4)
	if format != 2 && format != 6 {
		stride = 8
	}
	all := o.fixups()
	for i, at := range all {
		next := uint64(0)
		if i+1 < len(all) {
			next = (all[i+1] - at) / stride
		}
		var v uint64
		if to, ok := o.pointers[at]; ok {
			v = to | next<<51
		} else {
			v = (at-importsAt)/8 | next<<51
			if stride == 4 {
				v |= 1 << 63
			} else {
				v |= 1 << 62
			}
		}
		binary.LittleEndian.PutUint64(o.data[at:], v)
	}
	var imports, texts writer
	texts.b = []byte{0}
	for _, name := range o.imports {
		imports.u32(1 | uint32(len(texts.b))<<9)
		texts.text("_" + name)
	}
	var chains writer
	starts := uint32(28)
	body := uint32(4 + 3*4)
	importsAtOff := starts + body + 24
	chains.u32(0, starts, importsAtOff, importsAtOff+uint32(len(imports.b)), uint32(len(o.imports)), 1, 0)
	chains.u32(3, 0, body, 0) // three segments; the second has pointers
	chains.u32(24)
	chains.u16(0x1000, format)
	chains.u64(dataAt)
	chains.u32(0)
	first := uint16(0xffff)
	if len(all) > 0 {
		first = uint16(all[0])
	}
	chains.u16(1, first)
	chains.b = append(append(chains.b, imports.b...), texts.b...)
	*count++
	commands.u32(0x80000034, 16, uint32(len(link.b)), uint32(len(chains.b)))
	link.b = append(link.b, chains.b...)
	for len(link.b)%8 != 0 {
		link.b = append(link.b, 0)
	}
}

// machoOpcodes writes LC_DYLD_INFO_ONLY, with the imports bound lazily by turns.
func (o *object) machoOpcodes(link, commands *writer, count *uint32) {
	uleb := func(w *writer, v uint64) { w.b = binary.AppendUvarint(w.b, v) }
	var rebase, bind, lazy writer
	rebase.b = append(rebase.b, 0x11)
	for _, at := range o.fixups() {
		rebase.b = append(rebase.b, 0x21)
		uleb(&rebase, at)
		rebase.b = append(rebase.b, 0x51)
		to := uint64(codeAt) // until it is bound
		if p, ok := o.pointers[at]; ok {
			to = p
		}
		binary.LittleEndian.PutUint64(o.data[at:], to)
	}
	rebase.b = append(rebase.b, 0)
	for i, name := range o.imports {
		w := &bind
		if i%2 == 1 {
			w = &lazy
		}
		w.b = append(w.b, 0x71)
		uleb(w, importsAt+8*uint64(i))
		w.b = append(w.b, 0x11, 0x40)
		w.text("_" + name)
		w.b = append(w.b, 0x51, 0x90)
		if w == &lazy {
			w.b = append(w.b, 0)
		}
	}
	bind.b = append(bind.b, 0)
	*count++
	commands.u32(0x80000022, 48)
	for _, part := range [][]byte{rebase.b, bind.b, nil, lazy.b, nil} {
		commands.u32(uint32(len(link.b)), uint32(len(part)))
		link.b = append(link.b, part...)
	}
	for len(link.b)%8 != 0 {
		link.b = append(link.b, 0)
	}
}

// pe writes a DLL, by Microsoft's specification.
func (o *object) pe() []byte {
	machine := uint16(0x8664)
	if o.arch == extmod.ArchARM64 {
		machine = 0xaa64
	}
	for at, to := range o.pointers {
		binary.LittleEndian.PutUint64(o.data[at:], to)
	}
	// The directories are among the constants.
	c := writer{b: slices.Clone(o.constants)}
	c.pad(0x400)
	at := func() uint32 { return constantsAt + uint32(len(c.b)) }
	var names []uint32
	for _, name := range o.imports {
		names = append(names, at())
		c.u16(0)
		c.text(name)
	}
	library := at()
	c.text(o.python)
	table := at()
	for _, n := range names {
		c.u64(uint64(n))
	}
	c.u64(0)
	imports := at()
	c.u32(table, 0, 0, library, dataAt+importsAt, 0, 0, 0, 0, 0)
	var exported []uint32
	for _, name := range o.inits {
		exported = append(exported, at())
		c.text(name)
	}
	functions := at()
	for range o.inits {
		c.u32(codeAt)
	}
	exportNames := at()
	c.u32(exported...)
	ordinals := at()
	for i := range o.inits {
		c.u16(uint16(i))
	}
	exports := at()
	c.u32(0, 0, 0, 0, 1, uint32(len(o.inits)), uint32(len(o.inits)), functions, exportNames, ordinals)
	o.constants = c.b

	var h writer
	h.fixed("MZ", 60)
	h.u32(64)
	h.fixed("PE", 4)
	h.u16(machine, 3)
	h.u32(0, 0, 0)
	h.u16(112+16*8, 0x2022)
	h.u16(0x20b, 0)
	h.u32(0, 0, 0, codeAt, codeAt)
	h.u64(imageStart)
	h.u32(0x1000, 0x1000, 0, 0, 0, 0, linkAt, 0x1000, 0)
	h.u16(2, 0)
	h.u64(0, 0, 0, 0)
	h.u32(0, 16)
	for i := range 16 {
		switch i {
		case 0:
			h.u32(exports, 40)
		case 1:
			h.u32(imports, 40)
		default:
			h.u32(0, 0)
		}
	}
	section := func(name string, at, flags uint32) {
		h.fixed(name, 8)
		h.u32(0x1000, at, 0x1000, at, 0, 0, 0, flags)
	}
	section(".text", codeAt, 0x60000020)
	section(".rdata", constantsAt, 0x40000040)
	section(".data", dataAt, 0xc0000040)
	return o.memory(h.b)
}

// elf writes a shared object, by the System V ABI.
func (o *object) elf() []byte {
	machine, relative, symbolic := uint16(62), uint64(8), uint64(6)
	if o.arch == extmod.ArchARM64 {
		machine, relative, symbolic = 183, 1027, 1025
	}
	c := writer{b: slices.Clone(o.constants)}
	c.pad(0x400)
	at := func() uint64 { return constantsAt + uint64(len(c.b)) }
	var texts writer
	texts.b = []byte{0}
	symbols := at()
	c.u64(0, 0, 0)
	for i, name := range slices.Concat(o.inits, o.imports) {
		c.u32(uint32(len(texts.b)))
		section, value := uint16(1), uint64(codeAt)
		if i >= len(o.inits) {
			section, value = 0, 0
		}
		c.b = append(c.b, 0x12, 0)
		c.u16(section)
		c.u64(value, 0)
		texts.text(name)
	}
	hash := at()
	n := uint32(1 + len(o.inits) + len(o.imports))
	c.u32(1, n, 0)
	c.u32(make([]uint32, n)...)
	for len(c.b)%8 != 0 {
		c.b = append(c.b, 0)
	}
	relocations := at()
	for _, off := range o.fixups() {
		if to, ok := o.pointers[off]; ok {
			c.u64(dataAt+off, relative, to)
		} else {
			c.u64(dataAt+off, symbolic|(1+uint64(len(o.inits))+(off-importsAt)/8)<<32, 0)
		}
	}
	size := at() - relocations
	var needed []uint64
	for _, name := range o.needed {
		needed = append(needed, uint64(len(texts.b)))
		texts.text(name)
	}
	strings := at()
	c.b = append(c.b, texts.b...)
	for len(c.b)%8 != 0 {
		c.b = append(c.b, 0)
	}
	dynamic := at()
	for _, name := range needed {
		c.u64(1, name)
	}
	c.u64(4, hash, 5, strings, 6, symbols, 10, uint64(len(texts.b)), 7, relocations, 8, size, 0, 0)
	end := at()
	o.constants = c.b

	var h writer
	h.b = append(h.b, "\x7fELF\x02\x01\x01"...)
	h.pad(16)
	h.u16(3, machine)
	h.u32(1)
	h.u64(0, 64, 0)
	h.u32(0)
	h.u16(64, 56, 4, 0, 0, 0)
	header := func(kind, flags uint32, from, size uint64) {
		h.u32(kind, flags)
		h.u64(from, from, from, size, size, 0x1000)
	}
	header(1, 5, codeAt, 0x1000)
	header(1, 4, constantsAt, 0x1000)
	header(1, 6, dataAt, 0x1000)
	header(2, 4, dynamic, end-dynamic)
	return o.memory(h.b)
}

// universalFile packs Mach-O files into one.
func universalFile(objects ...[]byte) []byte {
	w := writer{}
	w.b = binary.BigEndian.AppendUint32(w.b, 0xcafebabe)
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(len(objects)))
	at := 0x1000
	for _, o := range objects {
		w.b = append(w.b, o[7], o[6], o[5], o[4], 0, 0, 0, 0)
		for _, v := range []int{at, len(o), 12} {
			w.b = binary.BigEndian.AppendUint32(w.b, uint32(v))
		}
		at += (len(o) + 0xfff) &^ 0xfff
	}
	for _, o := range objects {
		w.pad((len(w.b) + 0xfff) &^ 0xfff)
		w.b = append(w.b, o...)
	}
	return w.b
}
