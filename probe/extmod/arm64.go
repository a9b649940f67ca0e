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
		return x.memory()
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
	x.s.dead &^= 1 << r
	x.s.paged &^= 1 << r
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
