package extmod

import (
	"encoding/binary"
	"slices"
)

// maxSurveyed bounds the instructions that a survey reads, and maxEntered those of
// a function that is entered in any case: what leads to something imported is one.
const (
	maxSurveyed = 200_000
	maxEntered  = 40
)

// A survey is which functions of an image can come to a call that matters for the
// verdict, by the calls they make and the functions whose address they take. What
// cannot need not be followed.
type survey struct {
	image   *image
	callers map[uint64][]uint64 // by function
	queue   []uint64
	known   map[uint64]int // functions that were read, or will be, with their length in instructions
	reaches map[uint64]bool
	left    int
	over    bool
}

// newSurvey reads the functions that can be reached from one.
func newSurvey(m *image, entry uint64) *survey {
	v := &survey{image: m, callers: map[uint64][]uint64{}, known: map[uint64]int{entry: 0}, reaches: map[uint64]bool{}, queue: []uint64{entry}, left: maxSurveyed}
	for len(v.queue) > 0 && !v.over {
		fn := v.queue[len(v.queue)-1]
		v.queue = v.queue[:len(v.queue)-1]
		v.function(fn)
	}
	for _, fn := range v.queue { // what was not read may do anything
		v.reaches[fn] = true
	}
	var spread []uint64
	for fn := range v.reaches {
		spread = append(spread, fn)
	}
	for len(spread) > 0 {
		fn := spread[len(spread)-1]
		spread = spread[:len(spread)-1]
		for _, caller := range v.callers[fn] {
			if !v.reaches[caller] {
				v.reaches[caller] = true
				spread = append(spread, caller)
			}
		}
	}
	return v
}

// skips reports whether a function cannot come to anything that matters, and is
// too long to be entered all the same.
func (v *survey) skips(fn uint64) bool {
	return v != nil && v.known[fn] > maxEntered && !v.reaches[fn]
}

// function reads a function along its jumps.
func (v *survey) function(fn uint64) {
	seen := map[uint64]bool{fn: true}
	blocks := []uint64{fn}
	goTo := func(to uint64) {
		if !seen[to] {
			seen[to] = true
			blocks = append(blocks, to)
		}
	}
	var read func(at uint64) (next, to uint64, kind actionKind)
	var i x86Inst
	var pages [32]uint64 // what adrp put into registers
	if v.image.arch == ArchX8664 {
		read = func(at uint64) (next, to uint64, kind actionKind) { return v.readX86(fn, at, &i) }
	} else {
		read = func(at uint64) (next, to uint64, kind actionKind) { return v.readARM64(fn, at, &pages) }
	}
	for len(blocks) > 0 {
		at := blocks[len(blocks)-1]
		blocks = blocks[:len(blocks)-1]
		for {
			v.known[fn]++
			if v.left--; v.left < 0 {
				v.over, v.reaches[fn] = true, true
				return
			}
			next, to, kind := read(at)
			if kind == actCall && to != 0 {
				v.edge(fn, to)
			}
			if kind == actBranch {
				goTo(to)
			}
			if kind == actJump && to != 0 {
				goTo(to)
			}
			if kind == actJump || kind == actReturn || kind == actStop || kind == actLost || seen[next] {
				break
			}
			at = next
		}
	}
}

// edge notes that a function may call another.
func (v *survey) edge(from, to uint64) {
	if s := v.image.segment(to); s == nil || !s.exec {
		return
	}
	if _, ok := v.known[to]; !ok {
		v.known[to] = 0
		v.queue = append(v.queue, to)
	}
	if !slices.Contains(v.callers[to], from) {
		v.callers[to] = append(v.callers[to], from)
	}
}

// refers looks at an address that a function uses: where it leads, or what is kept
// there.
func (v *survey) refers(fn, addr uint64) {
	if f := v.image.fixup(addr); f != nil && f.addr == addr && f.sym >= 0 {
		if name := v.image.names[f.sym]; name == setGIL || slices.Contains(creators, name) {
			v.reaches[fn] = true
		}
	}
}

func (v *survey) readX86(fn, at uint64, i *x86Inst) (next, to uint64, kind actionKind) {
	if !decodeX86(v.image.code(at, 15), i) {
		return 0, 0, actLost
	}
	next = at + uint64(i.size)
	if i.hasOps && !i.isReg() && i.base == 16 {
		addr := next + uint64(i.disp)
		v.refers(fn, addr)
		if i.page == 0 && i.op == 0x8d {
			v.edge(fn, addr)
		}
	}
	switch op := i.op; {
	case i.vector || i.page > 1:
	case i.page == 1 && op >= 0x80 && op < 0x90:
		return next, next + uint64(i.imm), actBranch
	case i.page == 1 && (op == 0x0b || op == 0xff || op == 0xb9):
		return next, 0, actStop
	case i.page == 1:
	case op >= 0x70 && op < 0x80 || op >= 0xe0 && op < 0xe4:
		return next, next + uint64(i.imm), actBranch
	case op == 0xe8:
		return next, next + uint64(i.imm), actCall
	case op == 0xe9 || op == 0xeb:
		return next, next + uint64(i.imm), actJump
	case op == 0xc2 || op == 0xc3:
		return next, 0, actReturn
	case op == 0xcc || op == 0xf4:
		return next, 0, actStop
	case op == 0xff && i.reg&7 == 4:
		return next, 0, actJump
	}
	return next, 0, actNext
}

func (v *survey) readARM64(fn, at uint64, pages *[32]uint64) (next, to uint64, kind actionKind) {
	b := v.image.code(at, 4)
	if len(b) < 4 {
		return 0, 0, actLost
	}
	x := armStep{op: binary.LittleEndian.Uint32(b), next: at + 4}
	op, rd, rn := x.op, x.field(0, 5), x.field(5, 5)
	switch {
	case op&0x9f000000 == 0x90000000: // adrp
		pages[rd] = at&^0xfff + (x.signedField(5, 19, 4)|uint64(x.field(29, 2)))<<12
	case op&0x9f000000 == 0x10000000: // adr
		v.edge(fn, at+(x.signedField(5, 19, 4)|uint64(x.field(29, 2))))
	case op&0xffc00000 == 0x91000000: // add
		v.edge(fn, pages[rn]+uint64(x.field(10, 12)))
	case op&0xffc00000 == 0xf9400000: // ldr
		v.refers(fn, pages[rn]+uint64(x.field(10, 12))*8)
	case op>>26&0x1f == 5:
		to = at + x.signedField(0, 26, 4)
		if op>>31 == 1 {
			return x.next, to, actCall
		}
		return x.next, to, actJump
	case op>>25&0x3f == 0x1a || op>>24 == 0x54:
		return x.next, at + x.signedField(5, 19, 4), actBranch
	case op>>25&0x3f == 0x1b:
		return x.next, at + x.signedField(5, 14, 4), actBranch
	case op>>25 == 0x6b && x.field(21, 2) != 1:
		return x.next, 0, actJump
	case op>>24 == 0xd4 && op&0x1f != 1 || op>>25&0xf == 0:
		return x.next, 0, actStop
	}
	return x.next, 0, actNext
}
