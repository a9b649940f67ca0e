package extmod

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// maxWays bounds the ways that a table of jumps has.
const maxWays = 64

// each returns the numbers that x may be, nil if those are more than so many.
func (x value) each(most int) []uint64 {
	unknown := ^x.k
	n := bits.OnesCount64(unknown)
	if n > 6 || 1<<n > most {
		return nil
	}
	all := make([]uint64, 0, 1<<n)
	for sub := uint64(0); ; sub = (sub - unknown) & unknown { // all subsets, in order
		all = append(all, x.v|sub)
		if sub == unknown {
			return all
		}
	}
}

// A table is the addresses that one of is read, as jumps do that go by a number:
// base, and that number times a scale.
type table struct {
	base, index value
	scale, size int
	signed      bool
}

// entries returns what is read where the number is not known, but only few may be.
// The table has to be constant. The image has more behind it than the program would
// read where the numbers are not those of all bits, which are ways that are never
// gone.
func (w *walker) entries(t table) []uint64 {
	if !t.base.known() || t.index.known() {
		return nil
	}
	var found []uint64
	for _, i := range t.index.each(maxWays) {
		addr := t.base.v + i*uint64(t.scale)
		seg := w.image.segment(addr)
		if seg == nil || seg.write || seg.data {
			return nil
		}
		v, ok := w.image.raw(addr, t.size)
		if !ok {
			return nil
		}
		if e := lit(v).low(t.size); t.signed {
			found = append(found, e.signed(t.size).v)
		} else {
			found = append(found, e.v)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// jumpsSoon reports whether a jump to what a register has comes among the next
// instructions, before any other.
func (x *x86Step) jumpsSoon() bool {
	var i x86Inst
	at := x.next
	for range 5 {
		if !decodeX86(x.w.image.code(at, 15), &i) || i.vector {
			return false
		}
		at += uint64(i.size)
		switch {
		case i.page != 0:
		case i.op == 0xff && i.isReg() && i.reg&7 == 4:
			return true
		case i.op >= 0x70 && i.op < 0x80 || i.op >= 0xe0 && i.op < 0xec || i.op == 0xff || i.op == 0xc3:
			return false
		}
	}
	return false
}

// split executes a load from a table of jumps, once for each way.
func (x *x86Step) split(signed bool) (action, bool) {
	i := x.i
	if i.isReg() || i.index < 0 || i.base < 0 || i.base >= 16 || i.foreign || i.short || x.s.regs[i.index].known() || !x.jumpsSoon() {
		return action{}, false
	}
	base := x.s.regs[i.base].add(lit(uint64(i.disp)))
	ways := x.w.entries(table{base: base, index: x.s.regs[i.index], scale: 1 << i.scale, size: 4, signed: signed})
	return action{kind: actSplit, reg: i.reg, ways: ways, next: x.next}, ways != nil
}

func (x *armStep) jumpsSoon() bool {
	b := x.w.image.code(x.next, 16)
	for ; len(b) >= 4; b = b[4:] {
		switch op := binary.LittleEndian.Uint32(b); {
		case op&0xfffffc1f == 0xd61f0000: // br
			return true
		case op>>25&0xf == 0xa || op>>25&0xf == 0xb:
			return false
		}
	}
	return false
}

// split does so for a load by a base and an index, of bytes, half words, or words
// with a sign.
func (x *armStep) split(base, index value, scale, size int, signed bool) (action, bool) {
	if index.known() || !x.jumpsSoon() {
		return action{}, false
	}
	ways := x.w.entries(table{base: base, index: index, scale: scale, size: size, signed: signed})
	return action{kind: actSplit, reg: x.field(0, 5), ways: ways, next: x.next}, ways != nil
}
