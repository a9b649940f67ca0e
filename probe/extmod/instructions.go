package extmod

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// called returns the addresses that are called without being among the entries,
// as code without an entry is. On x86-64 not all of them need be.
func (v *survey) called(entries []uint64) []uint64 {
	var found []uint64
	note := func(to uint64) {
		if s := v.image.segment(to); s != nil && s.exec {
			if _, ok := slices.BinarySearch(entries, to); !ok {
				found = append(found, to)
			}
		}
	}
	buffer := v.image.file.buffer(surveyedChunk + 4)
	for i := range v.image.segments {
		s := &v.image.segments[i]
		if !s.exec {
			continue
		}
		filed := v.image.codeIn(s, entries)
		for at := int64(0); at < filed && len(found) <= maxEdges; at += surveyedChunk {
			b := buffer[:min(int64(len(buffer)), filed-at)]
			if !v.image.file.fill(b, v.image.base+s.off+at) {
				break
			}
			base := s.addr + uint64(at)
			if v.image.arch == ArchARM64 {
				for p := 0; p+4 <= len(b) && p < surveyedChunk; p += 4 {
					if x := (armStep{op: binary.LittleEndian.Uint32(b[p:])}); x.op>>26 == 0x25 {
						note(base + uint64(p) + x.signedField(0, 26, 4))
					}
				}
				continue
			}
			for p := 0; ; p++ {
				n := bytes.IndexByte(b[p:], 0xe8)
				if n < 0 || p+n+5 > len(b) {
					break
				}
				p += n
				note(base + uint64(p+5) + uint64(int64(int32(binary.LittleEndian.Uint32(b[p+1:])))))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// scan reads the instructions of a segment in their order. Instructions begin where
// there is an entry; other starts may be none.
func (v *survey) scan(s *segment, entries []uint64) bool {
	buffer := make([]byte, surveyedChunk+16)
	at, end := s.addr, s.addr+uint64(v.image.codeIn(s, entries))
	x := scanner{survey: v, entries: entries, fn: v.at(at)}
	entry, _ := slices.BinarySearch(entries, at+1)
	for at < end {
		b := buffer[:min(uint64(len(buffer)), end-at)]
		if !v.image.file.fill(b, v.image.base+s.off+int64(at-s.addr)) {
			return false
		}
		last := at+uint64(len(b)) >= end
		p := 0
		for p < len(b) && (last || p < surveyedChunk) {
			for entry < len(entries) && entries[entry] <= at+uint64(p) {
				p = max(0, int(int64(entries[entry]-at)))
				entry++
			}
			x.begin(at + uint64(p))
			if v.image.arch == ArchARM64 {
				p += x.arm64(at+uint64(p), b[p:])
			} else {
				p += x.x86(at+uint64(p), b[p:])
			}
		}
		at += uint64(p)
	}
	return true
}

// codeIn returns how much of a segment may be instructions. Old linkers put all that
// is not written into one: there is no code any more from the table of functions on,
// if that has none behind itself.
func (m *image) codeIn(s *segment, entries []uint64) int64 {
	if m.frames == 0 || m.frames-s.addr >= uint64(s.filed) {
		return s.filed
	}
	if slices.ContainsFunc(entries, func(fn uint64) bool { return fn > m.frames && fn-s.addr < s.size }) {
		return s.filed
	}
	return int64(m.frames - s.addr)
}

// A scanner goes through the instructions of functions.
type scanner struct {
	*survey
	entries []uint64
	fn      int32
	inst    x86Inst
	// open says that control may go on behind the last instruction, and called that
	// this was a call. MSVC has several entries for the parts of a function; where
	// there is one behind a call else, that never returns.
	open, called bool
	// pages are addresses that were put into registers since the function began, be
	// it in part: on ARM64 it takes two instructions to name one, and variables are
	// found by their distance from others.
	// The first is the page, which other branches may add something else to.
	bases [32][2]uint64
	named [32]bool // a register has what is kept at an address
}

// begin begins the function that an instruction is in, if it is another one.
func (x *scanner) begin(at uint64) {
	fn := x.fn
	for int(fn)+1 < len(x.starts) && x.starts[fn+1] <= at {
		if fn++; x.starts[fn] != at { // within an instruction
			x.edges = append(x.edges, edge{x.fn, fn}, edge{fn, x.fn})
		}
	}
	if fn == x.fn {
		return
	}
	// What looks like the target of a call need not begin a function: then the one
	// before goes on into it, even behind a call.
	_, entry := slices.BinarySearch(x.entries, x.starts[fn])
	if (x.open || !entry) && x.starts[fn] == at {
		x.enter(x.fn, at)
		x.tail(x.fn, at)
	}
	if x.starts[fn] != at { // a start that is none, so that both are one
		x.edges = append(x.edges, edge{x.fn, fn}, edge{fn, x.fn})
		x.tails = append(x.tails, edge{x.fn, fn}, edge{fn, x.fn})
	} else {
		x.open, x.bases, x.named = false, [32][2]uint64{}, [32]bool{}
		x.returns[fn] = false
	}
	x.fn = fn
}

// x86 reads an instruction of x86-64 and returns its length.
func (x *scanner) x86(at uint64, b []byte) int {
	fn := x.fn
	i := &x.inst
	if !decodeX86(b, i) {
		x.open, x.returns[fn] = false, true
		return 1
	}
	next := at + uint64(i.size)
	op := i.op
	one := i.page == 0 && !i.vector
	direct := i.hasOps && !i.isReg() && i.base == 16
	if direct {
		how := refWord
		if one && op == 0xff && i.reg&7 == 4 && isLazy(b) {
			x.open, x.returns[fn] = false, true
			return 16
		}
		switch {
		case one && op == 0x8d:
			how = refAddr
		case one && op == 0xff && (i.reg&7 == 2 || i.reg&7 == 4):
			how = refCall
		case i.reads():
			how = refRead
		}
		x.use(fn, next+uint64(i.disp), how)
	}
	// Linkers for macOS fill with zeros, which read as an instruction.
	if padding := one && (op == 0x90 || op == 0xcc || op == 0 && i.size > 1 && b[1] == 0) || i.page == 1 && op == 0x1f; padding {
		x.open = x.open && !x.called
	} else {
		x.open, x.called = true, false
	}
	switch {
	case one && (op == 0xe8 || op == 0xe9 || op == 0xeb || op >= 0x70 && op < 0x80), i.page == 1 && !i.vector && op >= 0x80 && op < 0x90:
		x.branch(fn, at, next+uint64(i.imm), one && op == 0xe8)
		x.called = one && op == 0xe8
		x.open = op != 0xe9 && op != 0xeb && (op != 0xe8 || x.image.format == FormatPE)
	case one && op == 0xff && (i.reg&7 == 2 || i.reg&7 == 4):
		x.unknown[fn] = x.unknown[fn] || !direct
		x.called = i.reg&7 == 2
		x.returns[fn] = x.returns[fn] || !x.called
		x.open = x.called && x.image.format == FormatPE
	case one && (op == 0xc2 || op == 0xc3):
		x.open, x.returns[fn] = false, true
	case one && (op == 0xcc || op == 0xf4), i.page == 1 && op == 0x0b:
		x.open = false
	}
	return i.size
}

// isLazy reports whether instructions are an entry of a linkage table, which what
// is imported is found by when it is first called: jmp, push, jmp. Where such an
// entry leads is known of those that call it.
func isLazy(b []byte) bool { return len(b) >= 16 && b[6] == 0x68 && b[11] == 0xe9 }

// branch notes a call or a jump, within a function or to another.
func (x *scanner) branch(fn int32, at, to uint64, call bool) {
	if to >= x.starts[fn] && (int(fn)+1 >= len(x.starts) || to < x.starts[fn+1]) {
		x.loops[fn] = x.loops[fn] || to <= at
		return
	}
	if s := x.image.segment(to); s != nil && s.exec {
		x.enter(fn, to)
		if !call {
			x.tail(fn, to)
		}
	} else if !call {
		x.returns[fn] = true // to where is not known
	}
}

// use notes an address that an instruction names. What is kept there may be a
// function of the image itself.
func (x *scanner) use(fn int32, addr uint64, how referenceKind) {
	x.refer(fn, addr, how)
	if how == refAddr {
		return
	}
	w := x.image.word(addr)
	switch s := x.image.segment(w.value); {
	case w.ok && w.symbol == "" && s != nil && s.exec && (w.fixed || x.image.rebased != nil):
		x.enter(fn, w.value)
		x.unknown[fn] = x.unknown[fn] || how == refCall && !w.fixed
	case how == refCall && (!w.ok || w.symbol == ""):
		x.unknown[fn] = true
	}
}

// arm64 reads an instruction of ARM64 and returns its length.
func (x *scanner) arm64(at uint64, b []byte) int {
	if len(b) < 4 {
		return len(b)
	}
	i := armStep{op: binary.LittleEndian.Uint32(b), next: at + 4}
	fn, op, rd, rn := x.fn, i.op, i.field(0, 5), i.field(5, 5)
	if op == 0xd503201f || op == 0 { // padding
		x.open = x.open && !x.called
	} else {
		x.open, x.called = true, false
	}
	switch op >> 25 & 0xf {
	case 0x8, 0x9:
		x.address(&i, rd, rn)
	case 0x5, 0xd:
		bases, named := [2]uint64{}, false
		if m := i.field(16, 5); op&0xffe0ffe0 == 0xaa0003e0 { // mov
			bases, named = x.bases[m], x.named[m]
		}
		x.bases[rd], x.named[rd] = bases, named
	case 0x4, 0x6, 0xc, 0xe:
		x.access(&i, rd, rn)
	case 0xa, 0xb:
		switch {
		case op>>26&0x1f == 5: // b, bl
			x.branch(fn, at, at+i.signedField(0, 26, 4), op>>31 == 1)
			x.called = op>>31 == 1
			x.open = x.called && x.image.format == FormatPE
		case op>>25&0x3f == 0x1a, op>>24 == 0x54: // cbz, cbnz, b.cond
			x.branch(fn, at, at+i.signedField(5, 19, 4), false)
		case op>>25&0x3f == 0x1b: // tbz, tbnz
			x.branch(fn, at, at+i.signedField(5, 14, 4), false)
		case op>>25 == 0x6b: // br, blr, ret
			if i.field(21, 2) != 2 {
				x.unknown[fn] = x.unknown[fn] || !x.named[rn]
			}
			x.called = i.field(21, 2) == 1
			x.returns[fn] = x.returns[fn] || !x.called
			x.open = x.called && x.image.format == FormatPE
		case op>>24 == 0xd4 && op&0x1f != 1: // traps
			x.open = false
		}
		if op>>26 == 0x25 || op>>25 == 0x6b && i.field(21, 2) == 1 { // a call
			for r := range 19 {
				x.bases[r], x.named[r] = [2]uint64{}, false
			}
		}
	}
	return 4
}

// address reads an instruction of ARM64 with an immediate operand.
func (x *scanner) address(i *armStep, rd, rn int) {
	var bases [2]uint64
	switch op := i.op; {
	case op&0x9f000000 == 0x90000000: // adrp
		bases[0] = (i.next-4)&^0xfff + (i.signedField(5, 19, 4)|uint64(i.field(29, 2)))<<12
	case op&0x9f000000 == 0x10000000: // adr
		bases[1] = i.next - 4 + (i.signedField(5, 19, 4) | uint64(i.field(29, 2)))
		x.use(x.fn, bases[1], refAddr)
	case op&0xff800000 == 0x91000000: // add
		bases[1] = x.based(rn, uint64(i.field(10, 12))<<(12*i.field(22, 1)), refAddr)
		if rd == rn {
			bases[0] = x.bases[rn][0]
		}
	}
	x.bases[rd], x.named[rd] = bases, false
}

// access reads an instruction of ARM64 that loads or stores.
func (x *scanner) access(i *armStep, rt, rn int) {
	op := i.op
	vector := i.field(26, 1) == 1
	switch {
	case op>>27&7 == 7 && (op>>24&1 == 1 || op>>21&1 == 0): // with an offset
		scale := uint(i.field(30, 2))
		if vector && i.field(23, 1) == 1 {
			scale = 4
		}
		off := uint64(i.field(10, 12)) << scale
		if op>>24&1 == 0 {
			off = i.signedField(12, 9, 1)
		}
		how := refRead
		if i.field(22, 2) == 0 || vector && i.field(22, 2) == 2 {
			how = refWord
		}
		known := x.based(rn, off, how) != 0
		if !vector && how == refRead {
			x.bases[rt], x.named[rt] = [2]uint64{}, known && op>>30 == 3
		}
	case op>>27&7 == 5: // pairs
		scale := 2 + uint(i.field(31, 1))
		if vector {
			scale = 2 + uint(i.field(30, 2))
		}
		off := i.signedField(15, 7, 1<<scale)
		how := refWord
		if i.field(22, 1) == 1 {
			how = refRead
		}
		x.based(rn, off, how)
		x.based(rn, off+1<<scale, how)
		if !vector && i.field(22, 1) == 1 {
			for _, r := range []int{rt, i.field(10, 5)} {
				x.bases[r], x.named[r] = [2]uint64{}, false
			}
		}
	case op>>27&7 == 3 && op>>24&1 == 0: // from near the instruction
		if !vector {
			x.bases[rt], x.named[rt] = [2]uint64{}, false
		}
	case !vector:
		how := refWord
		if i.field(22, 1) == 1 && op>>27&7 == 1 { // ordered, exclusive
			how = refRead
			x.locks[x.fn] = x.locks[x.fn] || op>>24&0x3f == 0x08 && i.field(23, 1) == 0
		}
		x.based(rn, 0, how)
		x.bases[rt], x.named[rt] = [2]uint64{}, false
	}
}

// based notes the addresses at a distance from those in a register, and returns
// the last of them, 0 if there is none.
func (x *scanner) based(r int, off uint64, how referenceKind) (addr uint64) {
	const object = gilHeader + defEnd // the size of a definition
	for k, base := range x.bases[r] {
		if base != 0 && (k == 1 || how == refAddr || x.bases[r][1] == 0) {
			addr = base + off
			x.use(x.fn, addr, how)
			if k == 1 && off >= object {
				x.refer(x.fn, base, refAnchor)
			}
		}
	}
	return addr
}

// stub returns what a stub takes the address from that it jumps to: linkers make
// them for calls of what is imported. It returns 0 for all else.
func (m *image) stub(addr uint64) uint64 {
	if m.arch == ArchARM64 {
		return m.stubARM64(addr)
	}
	b := m.code(addr, 16)
	if len(b) >= 4 && string(b[:4]) == "\xf3\x0f\x1e\xfa" { // endbr64
		b, addr = b[4:], addr+4
	}
	if len(b) > 0 && b[0] == 0xf2 { // bnd
		b, addr = b[1:], addr+1
	}
	if len(b) > 0 && b[0] == 0x48 {
		b, addr = b[1:], addr+1
	}
	if len(b) < 6 || b[0] != 0xff || b[1] != 0x25 {
		return 0
	}
	return addr + 6 + uint64(int64(int32(binary.LittleEndian.Uint32(b[2:]))))
}

func (m *image) stubARM64(addr uint64) uint64 {
	b := m.code(addr, 20)
	word := func(i int) uint32 {
		if len(b) < 4*i+4 {
			return 0
		}
		return binary.LittleEndian.Uint32(b[4*i:])
	}
	k := 0
	if word(0) == 0xd503245f { // bti c
		k, addr = 1, addr+4
	}
	page, load := armStep{op: word(k)}, armStep{op: word(k + 1)}
	if page.op&0x9f000000 != 0x90000000 || load.op&0xffc00000 != 0xf9400000 || page.field(0, 5) != load.field(5, 5) {
		return 0
	}
	jump := word(k + 2)
	if jump&0xffc00000 == 0x91000000 { // add
		jump = word(k + 3)
	}
	if jump != 0xd61f0000|uint32(load.field(0, 5))<<5 {
		return 0
	}
	return addr&^0xfff + (page.signedField(5, 19, 4)|uint64(page.field(29, 2)))<<12 + uint64(load.field(10, 12))*8
}
