package extmod

import "encoding/binary"

// arm64 executes instructions of ARM64, by the ARM Architecture Reference Manual,
// chapter C4. Of those that it does not know it takes the destination, which is
// always in the same place, to be unknown.
type arm64 struct{}

// armSP is where the stack pointer is kept; as an operand, number 31 is zero where
// it is not the stack pointer.
const armSP = 31

var aapcs64 = convention{
	args: []int{0, 1, 2, 3, 4, 5, 6, 7}, result: 0, sp: armSP,
	scratch: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 30},
	saved:   []int{19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29},
	vecs:    []int{0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
}

func (arm64) convention() *convention { return &aapcs64 }

func (arm64) step(w *walker, s *state) action {
	b := w.image.code(s.pc, 4)
	if len(b) < 4 || s.pc&3 != 0 {
		return action{kind: actLost}
	}
	x := armStep{w, s, binary.LittleEndian.Uint32(b), s.pc + 4}
	switch x.op >> 25 & 0xf {
	case 0x8, 0x9:
		x.immediate()
	case 0xa, 0xb:
		return x.control()
	case 0x4, 0x6, 0xc, 0xe:
		x.memory()
	case 0x5, 0xd:
		x.register()
	case 0x7, 0xf:
		x.vector()
	case 0x0:
		return action{kind: actStop} // undefined
	default:
		return action{kind: actLost}
	}
	return x.on()
}

// An armStep is one instruction at its place.
type armStep struct {
	w    *walker
	s    *state
	op   uint32
	next uint64
}

func (x *armStep) on() action { return action{kind: actNext, next: x.next} }

func (x *armStep) field(at, n uint) int { return int(x.op >> at & (1<<n - 1)) }

// signedField is a field with a sign, times a factor.
func (x *armStep) signedField(at, n uint, factor int64) uint64 {
	return uint64(int64(x.op) << (64 - at - n) >> (64 - n) * factor)
}

// width is 8 or 4 by the highest bit.
func (x *armStep) width() int { return 4 + 4*x.field(31, 1) }

// get reads a register, or zero.
func (x *armStep) get(r, n int) value {
	if r == 31 {
		return lit(0)
	}
	return x.s.regs[r].low(n)
}

// getSP reads a register, or the stack pointer.
func (x *armStep) getSP(r, n int) value { return x.s.regs[r].low(n) }

func (x *armStep) set(r int, v value, n int) {
	if r != 31 {
		x.s.regs[r] = v.low(n)
		x.changed(r)
	}
}

func (x *armStep) setSP(r int, v value, n int) {
	x.s.regs[r] = v.low(n)
	x.changed(r)
}

func (x *armStep) changed(r int) {
	if e := &x.s.equal; e.kind == 1 && int(e.reg) == r {
		*e = equality{}
	}
}

// sub sets the flags of a comparison, whose carry is the opposite of the borrow.
func (x *armStep) sub(a, b value, n, r int) {
	f := ofSub(a, b, n)
	if f.k&flagC != 0 {
		f.v ^= flagC
	}
	x.s.flags, x.s.equal = f, equality{}
	if b = b.low(n); b.known() && r != 31 {
		x.s.equal = equality{kind: 1, reg: uint8(r), size: uint8(n), v: b.v}
	}
}

func (x *armStep) immediate() {
	rd, rn, n := x.field(0, 5), x.field(5, 5), x.width()
	switch x.op >> 23 & 7 {
	case 0, 1: // adr, adrp
		imm := x.signedField(5, 19, 4) | uint64(x.field(29, 2))
		if x.op>>31 == 0 {
			x.set(rd, lit(x.next-4+imm), 8)
		} else {
			x.set(rd, lit((x.next-4)&^0xfff+imm<<12), 8)
		}
	case 2: // add, sub
		imm := lit(uint64(x.field(10, 12)) << (12 * x.field(22, 1)))
		a := x.getSP(rn, n)
		r := a.add(imm)
		if x.field(30, 1) == 1 {
			r = a.sub(imm)
		}
		if x.field(29, 1) == 0 {
			x.setSP(rd, r, n)
			return
		}
		if x.field(30, 1) == 1 {
			x.sub(a, imm, n, rn)
		} else {
			x.s.flags, x.s.equal = ofAdd(a, imm, n), equality{}
		}
		x.set(rd, r, n)
	case 4: // and, orr, eor
		imm, ok := x.bitmask()
		var r value
		if a := x.get(rn, n); ok {
			r = x.logic(x.field(29, 2), a, lit(imm))
		}
		if x.field(29, 2) == 3 {
			x.s.flags, x.s.equal = ofLogic(r, n), equality{}
			x.set(rd, r, n)
		} else {
			x.setSP(rd, r, n)
		}
	case 5: // movn, movz, movk
		shift := uint(16 * x.field(21, 2))
		imm := uint64(x.field(5, 16)) << shift
		switch x.field(29, 2) {
		case 0:
			x.set(rd, lit(^imm), n)
		case 2:
			x.set(rd, lit(imm), n)
		case 3:
			m, v := uint64(0xffff)<<shift, x.get(rd, n)
			x.set(rd, value{v.v&^m | imm, v.k | m}, n)
		default:
			x.set(rd, value{}, n)
		}
	case 6:
		x.bitfield()
	default: // extr, tags
		x.set(rd, value{}, n)
	}
}

func (x *armStep) logic(kind int, a, b value) value {
	switch kind {
	case 1:
		return a.or(b)
	case 2:
		return a.xor(b)
	}
	return a.and(b)
}

// bitmask decodes the immediate of logical instructions: a run of ones that is
// turned and repeated.
func (x *armStep) bitmask() (uint64, bool) {
	n, immr, imms := uint(x.field(22, 1)), uint(x.field(16, 6)), uint(x.field(10, 6))
	v := n<<6 | ^imms&0x3f
	size := uint(0)
	for b := uint(64); b >= 2; b >>= 1 {
		if v >= b {
			size = b
			break
		}
	}
	if size == 0 || size == 64 && n == 0 {
		return 0, false
	}
	ones, turn := imms&(size-1)+1, immr&(size-1)
	if ones == size {
		return 0, false
	}
	run := uint64(1)<<ones - 1
	m := all >> (64 - size)
	run = (run>>turn | run<<(size-turn)) & m
	for ; size < 64; size *= 2 {
		run |= run << size
	}
	return run, true
}

// bitfield executes sbfm, bfm and ubfm where they are shifts or extensions.
func (x *armStep) bitfield() {
	rd, rn, n := x.field(0, 5), x.field(5, 5), x.width()
	r, m := uint(x.field(16, 6)), uint(x.field(10, 6))
	a := x.get(rn, n)
	bits := uint(8 * n)
	if r >= bits || m >= bits {
		x.set(rd, value{}, n)
		return
	}
	var v value
	switch kind := x.field(29, 2); {
	case kind == 1:
		v = value{}
	case m >= r: // bits r to m, at the bottom
		v = a.shl(63 - m).shr(63 - m + r)
		if kind == 0 {
			v = a.shl(63 - m).sar(63 - m + r)
		}
	default: // the lowest bits, moved up
		v = a.shl(63 - m)
		if kind == 0 {
			v = v.sar(63 - m)
		} else {
			v = v.shr(63 - m)
		}
		v = v.shl(bits - r)
	}
	x.set(rd, v, n)
}

func (x *armStep) control() action {
	op := x.op
	switch {
	case op>>26&0x1f == 0x5: // b, bl
		to := lit(x.next - 4 + x.signedField(0, 26, 4))
		if op>>31 == 0 {
			return action{kind: actJump, to: to}
		}
		return x.call(to)
	case op>>25&0x3f == 0x1a: // cbz, cbnz
		r, n := x.field(0, 5), x.width()
		var f flags
		f.ofResult(x.get(r, n), n)
		a := action{kind: actBranch, to: lit(x.next - 4 + x.signedField(5, 19, 4)), next: x.next, cond: f.is(flagZ), onTaken: true}
		if r != 31 {
			a.equal = equality{kind: 1, reg: uint8(r), size: uint8(n)}
		}
		if op>>24&1 == 1 {
			a.cond, a.onTaken = a.cond.not(), false
		}
		return a
	case op>>25&0x3f == 0x1b: // tbz, tbnz
		bit := uint(x.field(31, 1)<<5 | x.field(19, 5))
		v := x.get(x.field(0, 5), 8)
		t := truth{v.v>>bit&1 == 0, v.k>>bit&1 == 1}
		if op>>24&1 == 1 {
			t = t.not()
		}
		return action{kind: actBranch, to: lit(x.next - 4 + x.signedField(5, 14, 4)), next: x.next, cond: t}
	case op>>24 == 0x54: // b.cond
		cond := x.field(0, 4)
		a := action{kind: actBranch, to: lit(x.next - 4 + x.signedField(5, 19, 4)), next: x.next, cond: x.condition(cond)}
		if cond < 2 {
			a.equal, a.onTaken = x.s.equal, cond == 0
		}
		return a
	case op>>25 == 0x6b: // br, blr, ret, with and without signed pointers
		to := x.get(x.field(5, 5), 8)
		switch x.field(21, 2) {
		case 0:
			return action{kind: actJump, to: to}
		case 1:
			return x.call(to)
		case 2:
			return action{kind: actReturn}
		}
		return action{kind: actLost}
	case op>>24 == 0xd4: // exceptions; svc goes on
		if op&0x1f == 1 {
			x.set(0, value{}, 8)
			return x.on()
		}
		return action{kind: actStop}
	case op>>22 == 0x354: // system: hints, barriers, mrs
		if op>>21&1 == 1 && op>>19&3 != 0 {
			x.set(x.field(0, 5), value{}, 8)
		}
		return x.on()
	}
	return action{kind: actLost}
}

func (x *armStep) call(to value) action {
	x.set(30, lit(x.next), 8)
	return action{kind: actCall, to: to, next: x.next}
}

// condition is the truth of a condition by its number. C is no borrow.
func (x *armStep) condition(c int) truth {
	f := x.s.flags
	var t truth
	switch c >> 1 {
	case 0:
		t = f.is(flagZ)
	case 1:
		t = f.is(flagC)
	case 2:
		t = f.is(flagN)
	case 3:
		t = f.is(flagV)
	case 4:
		t = f.is(flagC).and(f.is(flagZ).not())
	case 5:
		t = f.is(flagN).same(f.is(flagV))
	case 6:
		t = f.is(flagN).same(f.is(flagV)).and(f.is(flagZ).not())
	case 7:
		return truth{true, true}
	}
	if c&1 == 1 {
		t = t.not()
	}
	return t
}

func (x *armStep) register() {
	rd, rn, rm, n := x.field(0, 5), x.field(5, 5), x.field(16, 5), x.width()
	shifted := func(v value) value {
		k := uint(x.field(10, 6)) & uint(8*n-1)
		switch x.field(22, 2) {
		case 0:
			return v.shl(k).low(n)
		case 1:
			return v.low(n).shr(k)
		case 2:
			return v.signed(n).sar(k).low(n)
		}
		if k == 0 {
			return v
		}
		return value{}
	}
	switch {
	case x.op>>24&0x1f == 0x0a: // and, orr, eor
		b := shifted(x.get(rm, n))
		if x.field(21, 1) == 1 {
			b = b.not().low(n)
		}
		r := x.logic(x.field(29, 2), x.get(rn, n), b)
		if x.field(29, 2) == 3 {
			x.s.flags, x.s.equal = ofLogic(r, n), equality{}
			if rd == 31 && rn == rm && x.field(21, 1) == 0 {
				x.s.equal = equality{kind: 1, reg: uint8(rn), size: uint8(n)}
			}
		}
		x.set(rd, r, n)
	case x.op>>24&0x1f == 0x0b: // add, sub
		var a, b value
		extended := x.field(21, 1) == 1
		if extended {
			a, b = x.getSP(rn, n), x.extended(x.get(rm, 8))
		} else {
			a, b = x.get(rn, n), shifted(x.get(rm, n))
		}
		r := a.add(b)
		x.s.strays(a, b)
		if x.field(30, 1) == 1 {
			r = a.sub(b)
		}
		switch {
		case x.field(29, 1) == 0 && extended:
			x.setSP(rd, r, n)
			return
		case x.field(29, 1) == 0:
		case x.field(30, 1) == 1:
			x.sub(a, b, n, rn)
		default:
			x.s.flags, x.s.equal = ofAdd(a, b, n), equality{}
		}
		x.set(rd, r, n)
	case x.op>>21&0xff == 0xd4: // csel, csinc, csinv, csneg
		a, b := x.get(rn, n), x.get(rm, n)
		switch x.field(30, 1)<<1 | x.field(10, 1) {
		case 1:
			b = b.add(lit(1))
		case 2:
			b = b.not()
		case 3:
			b = lit(0).sub(b)
		}
		b = b.low(n)
		switch t := x.condition(x.field(12, 4)); {
		case !t.known:
			a = a.meet(b)
		case !t.is:
			a = b
		}
		x.set(rd, a, n)
	case x.op>>21&0xff == 0xd2: // ccmp, ccmn
		x.s.flags, x.s.equal = flags{}, equality{}
	case x.op>>24&0x1f == 0x1b && x.field(21, 3) == 0: // madd, msub
		a, b := x.get(x.field(10, 5), n), x.get(rn, n).mul(x.get(rm, n))
		r := a.add(b)
		if x.field(15, 1) == 1 {
			r = a.sub(b)
		}
		x.set(rd, r, n)
	default:
		if x.op>>21&0xff == 0xd0 { // adc, sbc
			x.s.flags, x.s.equal = flags{}, equality{}
		}
		x.set(rd, value{}, 8)
	}
}

// extended is an operand that is widened and shifted.
func (x *armStep) extended(v value) value {
	kind := x.field(13, 3)
	n := 1 << (kind & 3)
	if kind&4 != 0 {
		v = v.signed(n)
	} else {
		v = v.low(n)
	}
	return v.shl(uint(x.field(10, 3)))
}

// memory executes loads and stores.
func (x *armStep) memory() {
	switch {
	case x.op>>27&7 == 5: // pairs
		x.pair()
	case x.op>>27&7 == 3 && x.op>>24&1 == 0 && x.op>>25&1 == 0: // literal
		x.literal()
	case x.op>>27&7 == 7:
		x.single()
	default: // exclusive and ordered ones, structures of vectors
		x.ordered()
	}
}

func (x *armStep) literal() {
	addr := x.next - 4 + x.signedField(5, 19, 4)
	rt, size := x.field(0, 5), x.field(30, 2)
	if x.field(26, 1) == 1 {
		x.s.vecs[rt] = [2]value{}
		return
	}
	switch size {
	case 0:
		x.set(rt, x.w.load(x.s, lit(addr), 4), 4)
	case 1:
		x.set(rt, x.w.load(x.s, lit(addr), 8), 8)
	case 2:
		x.set(rt, x.w.load(x.s, lit(addr), 4).signed(4), 8)
	}
}

// store writes memory, if it is known where.
func (x *armStep) store(addr, v value, n int) {
	if addr.known() {
		x.s.store(addr.v, v.low(n), n)
		return
	}
	x.s.blur(addr, n)
	if x.op>>27&7 == 7 && x.field(24, 1) == 0 && x.field(21, 1) == 1 { // an index in a register
		x.w.around(x.s, x.getSP(x.field(5, 5), 8))
	}
}

func (x *armStep) storeVector(addr value, v [2]value, n int) {
	x.store(addr, v[0], min(n, 8))
	if n == 16 {
		x.store(addr.add(lit(8)), v[1], 8)
	}
}

func (x *armStep) loadVector(addr value, n int) [2]value {
	v := [2]value{x.w.load(x.s, addr, min(n, 8)), lit(0)}
	if n == 16 {
		v[1] = x.w.load(x.s, addr.add(lit(8)), 8)
	}
	return v
}

// pair executes ldp and stp.
func (x *armStep) pair() {
	rt, rn, rt2 := x.field(0, 5), x.field(5, 5), x.field(10, 5)
	vector := x.field(26, 1) == 1
	n := 4 << x.field(31, 1)
	if vector {
		n = 4 << x.field(30, 2)
		if n > 16 {
			return
		}
	}
	off := lit(x.signedField(15, 7, int64(n)))
	addr := x.getSP(rn, 8)
	mode := x.field(23, 2) // 1 post-index, 2 offset, 3 pre-index
	if mode != 1 {
		addr = addr.add(off)
	}
	load := x.field(22, 1) == 1
	second := addr.add(lit(uint64(n)))
	switch {
	case vector && load:
		x.s.vecs[rt], x.s.vecs[rt2] = x.loadVector(addr, n), x.loadVector(second, n)
	case vector:
		x.storeVector(addr, x.s.vecs[rt], n)
		x.storeVector(second, x.s.vecs[rt2], n)
	case load:
		a, b := x.w.load(x.s, addr, n), x.w.load(x.s, second, n)
		if x.field(30, 2) == 1 { // ldpsw
			a, b = a.signed(4), b.signed(4)
			x.set(rt, a, 8)
			x.set(rt2, b, 8)
		} else {
			x.set(rt, a, n)
			x.set(rt2, b, n)
		}
	default:
		x.store(addr, x.get(rt, n), n)
		x.store(second, x.get(rt2, n), n)
	}
	switch mode {
	case 1:
		x.setSP(rn, addr.add(off), 8)
	case 3:
		x.setSP(rn, addr, 8)
	}
}

// single executes ldr and str in all sizes.
func (x *armStep) single() {
	rt, rn := x.field(0, 5), x.field(5, 5)
	vector := x.field(26, 1) == 1
	size, opc := x.field(30, 2), x.field(22, 2)
	scale := uint(size)
	if vector && opc&2 != 0 {
		scale = 4
	}
	if scale > 4 {
		return
	}
	n := 1 << scale
	base := x.getSP(rn, 8)
	addr, back := base, base
	write := false
	switch {
	case x.field(24, 1) == 1: // an offset without a sign
		addr = base.add(lit(uint64(x.field(10, 12)) << scale))
	case x.field(21, 1) == 1:
		if x.op&0x3ffffc00 == 0x38bfc000 { // ldapr
			x.set(rt, x.w.load(x.s, base, n), 8)
			return
		}
		if x.field(10, 2) != 2 { // atomic: a load and a store
			if addr.known() {
				x.s.forget(addr.v, uint64(n))
			}
			x.set(rt, value{}, 8)
			return
		}
		off := x.get(x.field(16, 5), 8)
		kind := x.field(13, 3)
		switch kind {
		case 2:
			off = off.low(4)
		case 6:
			off = off.signed(4)
		}
		if x.field(12, 1) == 1 {
			off = off.shl(scale)
		}
		addr = base.add(off)
	default:
		off := lit(x.signedField(12, 9, 1))
		back = base.add(off)
		switch x.field(10, 2) {
		case 1: // post-index
			write = true
		case 3:
			addr, write = back, true
		default:
			addr = back
		}
	}
	switch load := opc & 1; {
	case vector && load == 1:
		x.s.vecs[rt] = x.loadVector(addr, n)
	case vector:
		x.storeVector(addr, x.s.vecs[rt], n)
	case opc == 0:
		x.store(addr, x.get(rt, min(n, 8)), n)
	case opc == 1:
		x.set(rt, x.w.load(x.s, addr, n), 8)
	case size == 3: // prefetch
	default: // with a sign
		to := 8
		if opc == 3 {
			to = 4
		}
		x.set(rt, x.w.load(x.s, addr, n).signed(n), to)
	}
	if write {
		x.setSP(rn, back, 8)
	}
}

// ordered executes loads and stores that order others, and forgets what further
// kinds may write.
func (x *armStep) ordered() {
	rt, rn, rs := x.field(0, 5), x.field(5, 5), x.field(16, 5)
	addr := x.getSP(rn, 8)
	if x.op>>24&0x3f == 0x19 { // unscaled ones
		if x.field(22, 2) == 0 {
			if addr.known() {
				x.s.forget(addr.v-256, 520)
			}
		} else {
			x.set(rt, value{}, 8)
		}
		return
	}
	if x.op>>24&0x3f != 0x08 { // structures of vectors
		if x.field(22, 1) == 1 {
			for k := range 4 {
				x.s.vecs[(rt+k)&31] = [2]value{}
			}
		} else if addr.known() {
			x.s.forget(addr.v, 64)
		}
		if x.field(23, 1) == 1 {
			x.setSP(rn, value{}, 8)
		}
		return
	}
	n := 1 << x.field(30, 2)
	load := x.field(22, 1) == 1
	switch {
	case x.field(23, 1) == 1 && x.field(21, 1) == 0 && load: // ldar
		x.set(rt, x.w.load(x.s, addr, n), 8)
	case x.field(23, 1) == 1 && x.field(21, 1) == 0: // stlr
		x.store(addr, x.get(rt, n), n)
	case x.field(23, 1) == 1 || x.field(21, 1) == 1 && x.field(31, 1) == 0: // cas
		if addr.known() {
			x.s.forget(addr.v, 16)
		}
		x.set(rs, value{}, 8)
		x.set((rs+1)&31, value{}, 8)
	case load: // ldxr
		x.set(rt, x.w.load(x.s, addr, n), 8)
		if x.field(21, 1) == 1 {
			x.set(x.field(10, 5), value{}, 8)
		}
	default: // stxr: it may fail
		if addr.known() {
			x.s.forget(addr.v, 16)
		}
		x.set(rs, value{}, 8)
	}
}

// vector executes the few vector instructions that move words, and forgets the
// destination of all others, be it a general register.
func (x *armStep) vector() {
	rd, rn := x.field(0, 5), x.field(5, 5)
	v := &x.s.vecs[rd]
	op := x.op
	switch {
	case op&0xfffffc00 == 0x9e670000: // fmov d, x
		*v = [2]value{x.get(rn, 8), lit(0)}
	case op&0xfffffc00 == 0x9e660000: // fmov x, d
		x.set(rd, x.s.vecs[rn][0], 8)
	case op&0xfffffc00 == 0x4e080c00: // dup v.2d, x
		*v = [2]value{x.get(rn, 8), x.get(rn, 8)}
	case op&0xffeffc00 == 0x4e081c00: // ins v.d[i], x
		v[x.field(20, 1)] = x.get(rn, 8)
	case op&0xffefbc00 == 0x6e080400: // ins v.d[i], v.d[j]
		v[x.field(20, 1)] = x.s.vecs[rn][x.field(14, 1)]
	case op&0xffeffc00 == 0x4e083c00: // umov x, v.d[i]
		x.set(rd, x.s.vecs[rn][x.field(20, 1)], 8)
	case op&0xffe0fc00 == 0x4ec03800: // zip1 v.2d
		*v = [2]value{x.s.vecs[rn][0], x.s.vecs[x.field(16, 5)][0]}
	case op&0xffe0fc00 == 0x4ea01c00 && rn == x.field(16, 5): // mov v, v
		*v = x.s.vecs[rn]
	case op&0xffffffe0 == 0x6f00e400, op&0xffffffe0 == 0x2f00e400, op&0xffffffe0 == 0x4f000400, op&0xffffffe0 == 0x4f00e400: // movi #0
		*v = [2]value{lit(0), lit(0)}
	case op&0xff20fc07 == 0x1e202000, op&0xff200c00 == 0x1e200400: // comparisons
		x.s.flags, x.s.equal = flags{}, equality{}
	default:
		*v = [2]value{}
		if op&0x7f20fc00 == 0x1e200000 || op&0xbfe0fc00 == 0x0e003c00 || op&0xbfe0fc00 == 0x0e002c00 { // conversions, umov, smov
			x.set(rd, value{}, 8)
		}
	}
}
