package extmod

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Mach-O has two ways to tell the loader which pointers to write: programs of
// small opcodes (LC_DYLD_INFO), and chains through the pointers themselves
// (LC_DYLD_CHAINED_FIXUPS, the default of linkers since macOS 12), both by
// mach-o/loader.h and mach-o/fixup-chains.h.

// maxFixups bounds the pointers of a file.
const maxFixups = 4 << 20

func (m *image) addFixup(f fixup) bool {
	if len(m.fixups) >= maxFixups {
		return false
	}
	m.fixups = append(m.fixups, f)
	return true
}

// symbol returns the index of a name that fixups refer to.
func (r *machoReader) symbol(names map[string]int32, name string) int32 {
	name = strings.TrimPrefix(name, "_")
	i, ok := names[name]
	if !ok {
		i = int32(len(r.names))
		names[name] = i
		r.names = append(r.names, name)
	}
	return i
}

// The opcodes of rebase programs and of bind programs.
const (
	rebaseSetSegment  = 0x20
	rebaseAdd         = 0x30
	rebaseAddScaled   = 0x40
	rebaseTimes       = 0x50
	rebaseTimesLong   = 0x60
	rebaseThenAdd     = 0x70
	rebaseTimesAdding = 0x80

	bindSymbol        = 0x40
	bindSetAddend     = 0x60
	bindSetSegment    = 0x70
	bindAdd           = 0x80
	bindDo            = 0x90
	bindThenAdd       = 0xa0
	bindThenAddScaled = 0xb0
	bindTimesAdding   = 0xc0
)

// readOpcodes runs the programs of LC_DYLD_INFO.
func (r *machoReader) readOpcodes() {
	names := map[string]int32{}
	r.runBinds(r.linked(loadDyldInfo, 16), names, false)
	r.runBinds(r.linked(loadDyldInfo, 32), names, true)
	bound := len(r.fixups)
	r.runRebases(r.linked(loadDyldInfo, 8))
	if len(r.fixups) == bound {
		return
	}
	// A pointer that is bound lazily is rebased too: until then it leads to code
	// that binds it.
	at := make(map[uint64]bool, bound)
	for _, f := range r.fixups[:bound] {
		at[f.addr] = true
	}
	kept := r.fixups[:bound]
	for _, f := range r.fixups[bound:] {
		if !at[f.addr] {
			kept = append(kept, f)
		}
	}
	r.fixups = kept
}

// A program is what is left of one, and the address it has come to.
type program struct {
	code []byte
	addr uint64
	bad  bool
}

func (p *program) uleb() uint64 {
	v, n := binary.Uvarint(p.code)
	if n <= 0 {
		p.bad, p.code = true, nil
		return 0
	}
	p.code = p.code[n:]
	return v
}

func (p *program) sleb() int64 {
	var v int64
	for shift := 0; shift < 64; shift += 7 {
		if len(p.code) == 0 {
			break
		}
		b := p.code[0]
		p.code = p.code[1:]
		v |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	p.bad, p.code = true, nil
	return 0
}

func (p *program) text() string {
	i := bytes.IndexByte(p.code, 0)
	if i < 0 {
		p.bad, p.code = true, nil
		return ""
	}
	s := string(p.code[:i])
	p.code = p.code[i+1:]
	return s
}

func (r *machoReader) segmentStart(i byte) uint64 {
	if int(i) < len(r.starts) {
		return r.starts[i]
	}
	return 0
}

func (r *machoReader) runRebases(code []byte) {
	p := &program{code: code}
	times := func(n, skip uint64) {
		for ; n > 0 && !p.bad; n-- {
			p.bad = !r.addFixup(fixup{addr: p.addr, sym: symInPlace})
			p.addr += 8 + skip
		}
	}
	for len(p.code) > 0 && !p.bad {
		op, imm := p.code[0]&0xf0, p.code[0]&0x0f
		p.code = p.code[1:]
		switch op {
		case 0:
			return
		case rebaseSetSegment:
			p.addr = r.segmentStart(imm) + p.uleb()
		case rebaseAdd:
			p.addr += p.uleb()
		case rebaseAddScaled:
			p.addr += uint64(imm) * 8
		case rebaseTimes:
			times(uint64(imm), 0)
		case rebaseTimesLong:
			times(p.uleb(), 0)
		case rebaseThenAdd:
			times(1, p.uleb())
		case rebaseTimesAdding:
			n := p.uleb()
			times(n, p.uleb())
		}
	}
}

// runBinds runs a bind program. A lazy one ends each pointer with the opcode that
// ends others.
func (r *machoReader) runBinds(code []byte, names map[string]int32, lazy bool) {
	p := &program{code: code}
	f := fixup{sym: symUnknown}
	times := func(n, skip uint64) {
		for ; n > 0 && !p.bad; n-- {
			f.addr = p.addr
			p.bad = !r.addFixup(f)
			p.addr += 8 + skip
		}
	}
	for len(p.code) > 0 && !p.bad {
		op, imm := p.code[0]&0xf0, p.code[0]&0x0f
		p.code = p.code[1:]
		switch op {
		case 0:
			if !lazy {
				return
			}
		case 0x20: // number of a library, which plays no part
			p.uleb()
		case bindSymbol:
			f.sym = r.symbol(names, p.text())
		case bindSetAddend:
			f.value = uint64(p.sleb())
		case bindSetSegment:
			p.addr = r.segmentStart(imm) + p.uleb()
		case bindAdd:
			p.addr += p.uleb()
		case bindDo:
			times(1, 0)
		case bindThenAdd:
			times(1, p.uleb())
		case bindThenAddScaled:
			times(1, uint64(imm)*8)
		case bindTimesAdding:
			n := p.uleb()
			times(n, p.uleb())
		case 0xd0: // a chain, of a format that was used for a year and on arm64e only
			return
		}
	}
}

// The formats of pointers in chains.
const (
	pointerARM64E         = 1
	pointer64             = 2
	pointer64Offset       = 6
	pointerARM64EUserland = 9
	pointerARM64E24       = 12
)

// readChained follows the chains of LC_DYLD_CHAINED_FIXUPS.
func (r *machoReader) readChained() {
	b := r.linked(loadChainedFixups, 8)
	if len(b) < 28 {
		return
	}
	le := binary.LittleEndian
	starts, imports, symbols := le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])
	count, format := le.Uint32(b[16:]), le.Uint32(b[20:])
	if uint64(starts)+4 > uint64(len(b)) || uint64(imports) > uint64(len(b)) || uint64(symbols) > uint64(len(b)) || le.Uint32(b[24:]) != 0 {
		return
	}
	table := r.chainedImports(b[imports:], string(b[symbols:]), count, format)
	b = b[starts:]
	for i := range min(le.Uint32(b), 64) {
		if uint64(4+4*i+4) > uint64(len(b)) {
			return
		}
		if at := le.Uint32(b[4+4*i:]); at != 0 && uint64(at)+22 <= uint64(len(b)) {
			r.chainedSegment(b[at:], table)
		}
	}
}

// A chainedImport is a symbol that chains refer to.
type chainedImport struct {
	sym    int32
	addend uint64
}

func (r *machoReader) chainedImports(b []byte, text string, count, format uint32) []chainedImport {
	size := map[uint32]int{1: 4, 2: 8, 3: 16}[format]
	if size == 0 {
		return nil
	}
	names := map[string]int32{}
	var table []chainedImport
	le := binary.LittleEndian
	for ; count > 0 && len(b) >= size; count-- {
		var im chainedImport
		at := uint64(le.Uint32(b) >> 9)
		switch format {
		case 2:
			im.addend = uint64(int64(int32(le.Uint32(b[4:]))))
		case 3:
			at, im.addend = le.Uint64(b)>>32, le.Uint64(b[8:])
		}
		im.sym = symUnknown
		if at < uint64(len(text)) {
			name, _, _ := strings.Cut(text[at:], "\x00")
			im.sym = r.symbol(names, name)
		}
		table = append(table, im)
		b = b[size:]
	}
	return table
}

func (r *machoReader) chainedSegment(b []byte, table []chainedImport) {
	le := binary.LittleEndian
	page, format, start := uint64(le.Uint16(b[4:])), le.Uint16(b[6:]), r.text+le.Uint64(b[8:])
	stride := uint64(8)
	switch format {
	case pointer64, pointer64Offset:
		stride = 4
	case pointerARM64E, pointerARM64EUserland, pointerARM64E24:
	default:
		return
	}
	pages := b[22:]
	for i := range min(uint64(le.Uint16(b[20:])), uint64(len(pages)/2)) {
		first := le.Uint16(pages[2*i:])
		if first == 0xffff {
			continue
		}
		addr := start + i*page + uint64(first)
		for end := start + (i+1)*page; addr < end; {
			raw, ok := r.raw(addr, 8)
			if !ok {
				break
			}
			f, next := r.chained(format, raw, table)
			f.addr = addr
			if !r.addFixup(f) {
				return
			}
			if next == 0 {
				break
			}
			addr += next * stride
		}
	}
}

// chained reads one pointer of a chain, and how many strides away the next is.
func (r *machoReader) chained(format uint16, raw uint64, table []chainedImport) (f fixup, next uint64) {
	bind := func(ordinal, addend uint64) fixup {
		if ordinal >= uint64(len(table)) {
			return fixup{sym: symUnknown}
		}
		return fixup{sym: table[ordinal].sym, value: table[ordinal].addend + addend}
	}
	if format == pointer64 || format == pointer64Offset {
		next = raw >> 51 & 0xfff
		if raw>>63 != 0 {
			return bind(raw&0xffffff, raw>>24&0xff), next
		}
		target := raw&(1<<36-1) | raw>>36&0xff<<56
		if format == pointer64Offset {
			target += r.text
		}
		return fixup{sym: symNone, value: target}, next
	}
	next = raw >> 51 & 0x7ff
	ordinal := raw & 0xffff
	if format == pointerARM64E24 {
		ordinal = raw & 0xffffff
	}
	signed := raw>>63 != 0
	if raw>>62&1 != 0 {
		addend := raw >> 32 & 0x7ffff
		if signed {
			addend = 0
		}
		return bind(ordinal, addend), next
	}
	if signed {
		return fixup{sym: symNone, value: r.text + raw&0xffffffff}, next
	}
	target := raw&(1<<43-1) | raw>>43&0xff<<56
	if format != pointerARM64E {
		target += r.text
	}
	return fixup{sym: symNone, value: target}, next
}
