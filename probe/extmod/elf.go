package extmod

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// What is read of ELF, by the System V ABI, is what the loader reads: program
// headers and the dynamic section they point to. Section headers are for linkers
// and debuggers, and may be gone.
const (
	elfLoad    = 1          // PT_LOAD
	elfDynamic = 2          // PT_DYNAMIC
	elfFrames  = 0x6474e550 // PT_GNU_EH_FRAME
	elfRelro   = 0x6474e552 // PT_GNU_RELRO

	dtNeeded     = 1
	dtHash       = 4
	dtStrtab     = 5
	dtSymtab     = 6
	dtRela       = 7
	dtRelasz     = 8
	dtStrsz      = 10
	dtPltrelsz   = 2
	dtPltrel     = 20
	dtJmprel     = 23
	dtRelrsz     = 35
	dtRelr       = 36
	dtGnuHash    = 0x6ffffef5
	dtVerneed    = 0x6ffffffe
	dtVerneednum = 0x6fffffff
)

// elfMachines are the architectures by e_machine; those of 32 and 64 bits, big and
// little endian, that wheels know.
var elfMachines = map[uint16]string{
	3: "i686", 20: "ppc", 21: "ppc64le", 22: "s390x", 40: "armv7l", 62: ArchX8664, 183: ArchARM64, 243: "riscv64", 258: "loongarch64",
}

// An elfReader reads the words of a class and byte order.
type elfReader struct {
	*image
	dynamic map[uint64]uint64 // by tag, the last
	strings string
	symbols []elfSymbol
}

type elfSymbol struct {
	name          string
	value         uint64
	defined, weak bool
}

// readELF reads an ELF file.
func readELF(m *image) error {
	head := m.file.view(m.base, 64)
	if len(head) < 52 || head[4] != 1 && head[4] != 2 || head[5] != 1 && head[5] != 2 || head[4] == 2 && len(head) < 64 {
		return ErrFormat
	}
	m.format, m.wide, m.order = FormatELF, head[4] == 2, binary.LittleEndian
	if head[5] == 2 {
		m.order = binary.BigEndian
	}
	machine := m.order.Uint16(head[18:])
	var ok bool
	if m.arch, ok = elfMachines[machine]; !ok {
		m.arch = "machine-" + strconv.Itoa(int(machine))
	}
	if (m.arch == ArchX8664 || m.arch == ArchARM64) && (!m.wide || m.order == binary.BigEndian) {
		m.arch += "-variant" // x32 and the like
	}
	var phoff int64
	var entry, count int
	if m.wide {
		phoff, entry, count = int64(m.order.Uint64(head[32:])), int(m.order.Uint16(head[54:])), int(m.order.Uint16(head[56:]))
	} else {
		phoff, entry, count = int64(m.order.Uint32(head[28:])), int(m.order.Uint16(head[42:])), int(m.order.Uint16(head[44:]))
	}
	e := &elfReader{image: m, dynamic: map[uint64]uint64{}}
	if err := e.programHeaders(phoff, entry, count); err != nil {
		return err
	}
	e.readSymbols()
	e.readVersions()
	if m.wide && m.order == binary.LittleEndian {
		e.readFixups()
	}
	return nil
}

// word reads a number as wide as the class.
func (e *elfReader) number(b []byte) uint64 {
	if e.wide {
		return e.order.Uint64(b)
	}
	return uint64(e.order.Uint32(b))
}

func (e *elfReader) width() int {
	if e.wide {
		return 8
	}
	return 4
}

func (e *elfReader) programHeaders(off int64, entry, count int) error {
	least := 32
	if e.wide {
		least = 56
	}
	if count == 0 {
		return nil // an object before linking: it has no memory
	}
	if entry < least || entry > 256 || count > 512 {
		return ErrFormat
	}
	table := e.file.bytes(e.base+off, int64(entry*count))
	if table == nil {
		return ErrFormat
	}
	var dynamic segment
	var relro []segment
	for ; len(table) >= entry; table = table[entry:] {
		kind := e.order.Uint32(table)
		var s segment
		var flags uint32
		if e.wide {
			flags = e.order.Uint32(table[4:])
			s = segment{off: int64(e.order.Uint64(table[8:])), addr: e.order.Uint64(table[16:]), filed: int64(e.order.Uint64(table[32:])), size: e.order.Uint64(table[40:])}
		} else {
			flags = e.order.Uint32(table[24:])
			s = segment{off: int64(e.order.Uint32(table[4:])), addr: uint64(e.order.Uint32(table[8:])), filed: int64(e.order.Uint32(table[16:])), size: uint64(e.order.Uint32(table[20:]))}
		}
		s.exec, s.write, s.data = flags&1 != 0, flags&2 != 0, flags&2 != 0
		s.clamp(e.file.size - e.base)
		switch kind {
		case elfLoad:
			e.segments = append(e.segments, s)
		case elfDynamic:
			dynamic = s
		case elfFrames:
			e.unwind = func() []uint64 { return e.readFrames(s) }
			e.frames = s.addr
		case elfRelro:
			relro = append(relro, s)
		}
	}
	e.protect(relro)
	for _, r := range relro { // .got comes behind .dynamic
		if end := dynamic.addr + dynamic.size; end > r.addr && end-r.addr < r.size {
			e.linked = append(e.linked, span{end, r.addr + r.size})
		}
	}
	return e.readDynamic(dynamic)
}

// clamp keeps a segment within the file and the address space.
func (s *segment) clamp(size int64) {
	if s.off < 0 || s.off > size {
		s.off, s.filed = 0, 0
	}
	s.filed = max(0, min(s.filed, size-s.off))
	s.size = min(s.size, -s.addr-1)
	if uint64(s.filed) > s.size {
		s.filed = int64(s.size)
	}
}

// protect splits segments so that what is read-only once relocated is apart.
func (e *elfReader) protect(relro []segment) {
	for _, r := range relro {
		var split []segment
		for _, s := range e.segments {
			if !s.write || r.addr-s.addr >= s.size || r.size == 0 {
				split = append(split, s)
				continue
			}
			from, to := r.addr-s.addr, min(r.addr-s.addr+r.size, s.size)
			for _, part := range []struct {
				from, to uint64
				write    bool
			}{{0, from, true}, {from, to, false}, {to, s.size, true}} {
				if part.from >= part.to {
					continue
				}
				p := s
				p.addr, p.size, p.write = s.addr+part.from, part.to-part.from, part.write
				p.off = s.off + int64(part.from)
				p.filed = max(0, min(s.filed-int64(part.from), int64(p.size)))
				split = append(split, p)
			}
		}
		e.segments = split
	}
}

func (e *elfReader) readDynamic(s segment) error {
	const maxEntries = 4096
	w := e.width()
	table := e.file.bytes(e.base+s.off, min(s.filed, int64(maxEntries*2*w)))
	var needed []uint64
	for ; len(table) >= 2*w; table = table[2*w:] {
		tag, value := e.number(table), e.number(table[w:])
		if tag == 0 {
			break
		}
		if tag == dtNeeded {
			needed = append(needed, value)
			continue
		}
		e.dynamic[tag] = value
	}
	e.strings = string(e.bytes(e.dynamic[dtStrtab], e.dynamic[dtStrsz]))
	for _, at := range needed {
		if name := e.name(at); name != "" {
			e.needed = append(e.needed, name)
		}
	}
	return nil
}

// name returns the string at an offset of the string table.
func (e *elfReader) name(at uint64) string {
	if at >= uint64(len(e.strings)) {
		return ""
	}
	s, _, _ := strings.Cut(e.strings[at:], "\x00")
	return s
}

func (e *elfReader) symbolSize() uint64 {
	if e.wide {
		return 24
	}
	return 16
}

func (e *elfReader) readSymbols() {
	at := e.dynamic[dtSymtab]
	if at == 0 {
		return
	}
	size := e.symbolSize()
	count := max(e.hashCount(), e.gnuHashCount())
	if count == 0 && e.dynamic[dtStrtab] > at { // linkers put the strings right behind
		count = (e.dynamic[dtStrtab] - at) / size
	}
	if _, have, ok := e.offset(at); ok {
		count = min(count, uint64(have)/size, maxTable/size)
	}
	table := e.bytes(at, count*size)
	e.symbols = make([]elfSymbol, 0, len(table)/int(size))
	for ; len(table) >= int(size); table = table[size:] {
		var s elfSymbol
		var info byte
		var section uint16
		s.name = e.name(uint64(e.order.Uint32(table)))
		if e.wide {
			info, section, s.value = table[4], e.order.Uint16(table[6:]), e.order.Uint64(table[8:])
		} else {
			info, section, s.value = table[12], e.order.Uint16(table[14:]), uint64(e.order.Uint32(table[4:]))
		}
		s.weak, s.defined = info>>4 == 2, section != 0
		e.symbols = append(e.symbols, s)
		if s.name == "" {
			continue
		}
		if !s.defined {
			e.addImport(s.name)
		} else {
			e.addInit(s.name, s.value)
		}
	}
}

// hashCount is the number of symbols by DT_HASH: that of its chains.
func (e *elfReader) hashCount() uint64 {
	b := e.head(e.dynamic[dtHash], 8)
	if b == nil {
		return 0
	}
	return uint64(e.order.Uint32(b[4:]))
}

func (e *elfReader) head(addr, n uint64) []byte {
	if addr == 0 {
		return nil
	}
	return e.bytes(addr, n)
}

// gnuHashCount is the number of symbols by DT_GNU_HASH: its table ends with the
// chain of the bucket that begins last.
func (e *elfReader) gnuHashCount() uint64 {
	at := e.dynamic[dtGnuHash]
	b := e.head(at, 16)
	if b == nil {
		return 0
	}
	buckets, first, bloom := uint64(e.order.Uint32(b)), uint64(e.order.Uint32(b[4:])), uint64(e.order.Uint32(b[8:]))
	at += 16 + bloom*uint64(e.width())
	table := e.bytes(at, buckets*4)
	last := uint64(0)
	for ; len(table) >= 4; table = table[4:] {
		last = max(last, uint64(e.order.Uint32(table)))
	}
	if last < first {
		return first
	}
	at += buckets * 4
	off, have, ok := e.offset(at + (last-first)*4)
	for ok && have >= 4 && last < maxTable/24 {
		link := e.file.view(off, 4)
		last++
		if len(link) < 4 || e.order.Uint32(link)&1 != 0 {
			break
		}
		off, have = off+4, have-4
	}
	return last
}

// readVersions finds the newest glibc that the versions of symbols ask for.
func (e *elfReader) readVersions() {
	at := e.dynamic[dtVerneed]
	newest := -1
	for n := e.dynamic[dtVerneednum]; n > 0 && n < 1<<12 && at != 0; n-- {
		need := e.head(at, 16)
		if need == nil {
			break
		}
		aux := at + uint64(e.order.Uint32(need[8:]))
		for k := e.order.Uint16(need[2:]); k > 0; k-- {
			v := e.head(aux, 16)
			if v == nil {
				break
			}
			if minor, ok := strings.CutPrefix(e.name(uint64(e.order.Uint32(v[8:]))), "GLIBC_2."); ok {
				minor, _, _ = strings.Cut(minor, ".")
				if number, err := strconv.Atoi(minor); err == nil && number > newest {
					newest = number
				}
			}
			next := uint64(e.order.Uint32(v[12:]))
			if next == 0 {
				break
			}
			aux += next
		}
		next := uint64(e.order.Uint32(need[12:]))
		if next == 0 {
			break
		}
		at += next
	}
	if newest >= 0 {
		e.glibc = "2." + strconv.Itoa(newest)
	}
}

// The relocations that are read: of a pointer to somewhere in the image, and of
// one to a symbol.
func (e *elfReader) relocation(kind uint32) (relative, symbol bool) {
	if e.arch == ArchX8664 {
		return kind == 8, kind == 1 || kind == 6 || kind == 7 // RELATIVE; 64, GLOB_DAT, JUMP_SLOT
	}
	return kind == 1027, kind == 257 || kind == 1025 || kind == 1026 // RELATIVE; ABS64, GLOB_DAT, JUMP_SLOT
}

// describesThread reports whether a relocation is for two words of which the first is
// a function that returns where a thread has something of its own: R_*_TLSDESC.
func (e *elfReader) describesThread(kind uint32) bool {
	return e.arch == ArchX8664 && kind == 36 || e.arch == ArchARM64 && kind == 1031
}

// tlsDescriptor stands for that function, which the loader chooses.
const tlsDescriptor = "(thread)"

func (e *elfReader) readFixups() {
	e.names = make([]string, len(e.symbols), len(e.symbols)+1)
	for i := range e.symbols {
		e.names[i] = e.symbols[i].name
	}
	e.names = append(e.names, tlsDescriptor)
	withAddends := e.bytes(e.dynamic[dtRela], e.dynamic[dtRelasz])
	var plt []byte
	if e.dynamic[dtPltrel] == dtRela {
		plt = e.bytes(e.dynamic[dtJmprel], e.dynamic[dtPltrelsz])
	}
	relr := e.bytes(e.dynamic[dtRelr], e.dynamic[dtRelrsz])
	e.fixups = make([]fixup, 0, min((len(withAddends)+len(plt))/24+len(relr)/8, maxFixups))
	e.readRela(withAddends)
	e.readRela(plt)
	for ; len(plt) >= 24; plt = plt[24:] {
		at := binary.LittleEndian.Uint64(plt)
		if last := len(e.linked) - 1; last >= 0 && e.linked[last].to == at {
			e.linked[last].to += 8
		} else if last < 64 {
			e.linked = append(e.linked, span{at, at + 8})
		}
	}
	e.readRelr(relr)
}

func (e *elfReader) readRela(table []byte) {
	for ; len(table) >= 24; table = table[24:] {
		info := binary.LittleEndian.Uint64(table[8:])
		f := fixup{addr: binary.LittleEndian.Uint64(table), value: binary.LittleEndian.Uint64(table[16:]), sym: symUnknown}
		if relative, symbol := e.relocation(uint32(info)); relative {
			f.sym = symNone
		} else if e.describesThread(uint32(info)) {
			f.sym, f.value = int32(len(e.symbols)), 0
		} else if i := info >> 32; symbol && i < uint64(len(e.symbols)) {
			s := &e.symbols[i]
			switch {
			case s.defined:
				f.sym, f.value = symNone, f.value+s.value
			case s.weak && !strings.HasPrefix(s.name, "Py"): // it may be absent
			default:
				f.sym = int32(i)
			}
		} else if info == 0 {
			continue
		}
		if !e.addFixup(f) {
			return
		}
	}
}

// readRelr reads relative relocations in their compact form: an address, then
// words of which each bit is one of the next 63 pointers.
func (e *elfReader) readRelr(table []byte) {
	var where uint64
	for ; len(table) >= 8; table = table[8:] {
		entry := binary.LittleEndian.Uint64(table)
		if entry&1 == 0 {
			e.addFixup(fixup{addr: entry, sym: symInPlace})
			where = entry + 8
			continue
		}
		for bit := range uint64(63) {
			if entry>>(bit+1)&1 != 0 && !e.addFixup(fixup{addr: where + bit*8, sym: symInPlace}) {
				return
			}
		}
		where += 63 * 8
	}
}
