package extmod

// The numbers of registers.
const (
	rAX = iota
	rCX
	rDX
	rBX
	rSP
	rBP
	rSI
	rDI
)

var (
	systemV = convention{
		args: []int{rDI, rSI, rDX, rCX, 8, 9}, result: rAX, sp: rSP, pushes: true,
		scratch: []int{rAX, rCX, rDX, rSI, rDI, 8, 9, 10, 11},
		saved:   []int{rBX, rBP, 12, 13, 14, 15},
		vecs:    []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	}
	windowsX64 = convention{
		args: []int{rCX, rDX, 8, 9}, result: rAX, sp: rSP, pushes: true,
		scratch: []int{rAX, rCX, rDX, 8, 9, 10, 11},
		saved:   []int{rBX, rBP, rSI, rDI, 12, 13, 14, 15},
		vecs:    []int{0, 1, 2, 3, 4, 5},
	}
)

// x86 executes instructions of x86-64. Of those that it does not know it knows the
// length, and takes what they may write to be unknown.
type x86 struct {
	conv *convention
	i    x86Inst
}

func (c *x86) convention() *convention { return c.conv }

func (c *x86) step(w *walker, s *state) action {
	i := &c.i
	if !decodeX86(w.image.code(s.pc, 15), i) {
		return action{kind: actLost}
	}
	x := x86Step{w, s, i, s.pc + uint64(i.size)}
	switch {
	case i.vector:
		x.vector()
	case i.page == 0:
		return x.one()
	case i.page == 1:
		return x.two()
	default:
		x.three()
	}
	return x.on()
}

// An x86Step is one instruction at its place.
type x86Step struct {
	w    *walker
	s    *state
	i    *x86Inst
	next uint64
}

func (x *x86Step) on() action { return action{kind: actNext, next: x.next} }

// address is that of the operand in memory.
func (x *x86Step) address() value {
	i := x.i
	if i.foreign || i.base == 17 {
		return value{}
	}
	a := lit(uint64(i.disp))
	switch {
	case i.base == 16:
		a = a.add(lit(x.next))
	case i.base >= 0:
		a = a.add(x.s.regs[i.base])
	}
	if i.index >= 0 {
		index := x.s.regs[i.index].shl(i.scale)
		x.s.strays(a, index)
		a = a.add(index)
	}
	if i.short {
		a = a.low(4)
	}
	return a
}

// register reads n bytes of a register; the second byte of the first four has a
// number of its own where there is no REX prefix.
func (x *x86Step) register(r, n int) value {
	if n == 1 && !x.i.rex && !x.i.vector && r >= 4 && r < 8 {
		return x.s.regs[r-4].shr(8).low(1)
	}
	return x.s.regs[r].low(n)
}

func (x *x86Step) setRegister(r int, v value, n int) {
	x.s.dead &^= 1 << r
	switch {
	case n == 4:
		x.s.regs[r] = v.low(4)
	case n == 8:
		x.s.regs[r] = v
	case n == 1 && !x.i.rex && !x.i.vector && r >= 4 && r < 8:
		old := &x.s.regs[r-4]
		v = v.low(1)
		x.s.dead &^= 1 << (r - 4)
		*old = value{old.v&^0xff00 | v.v&0xff<<8, old.k&^0xff00 | v.k&0xff<<8}
	default:
		x.s.regs[r] = x.s.regs[r].with(v, n)
	}
	if e := &x.s.equal; e.kind == 1 && (int(e.reg) == r || n == 1) {
		e.kind = 0
	}
}

// operand reads the operand that is a register or memory.
func (x *x86Step) operand(n int) value {
	if x.i.isReg() {
		return x.register(x.i.rm, n)
	}
	return x.w.load(x.s, x.address(), n)
}

func (x *x86Step) setOperand(v value, n int) {
	if x.i.isReg() {
		x.setRegister(x.i.rm, v, n)
		return
	}
	x.store(x.address(), v, n)
}

func (x *x86Step) store(addr, v value, n int) {
	if addr.known() {
		x.s.store(addr.v, v.low(n), n)
	} else {
		x.s.blur(addr, n)
		if b := x.i.base; b >= 0 && b < 16 && x.i.index >= 0 {
			x.w.around(x.s, x.s.regs[b])
		}
	}
	if x.s.equal.kind == 2 {
		x.s.equal = equality{}
	}
}

func (x *x86Step) push(v value) {
	sp := x.s.regs[rSP].sub(lit(8))
	x.s.regs[rSP] = sp
	x.store(sp, v, 8)
}

func (x *x86Step) pop() value {
	sp := x.s.regs[rSP]
	v := x.w.load(x.s, sp, 8)
	x.s.regs[rSP] = sp.add(lit(8))
	return v
}

// arithmetic executes one of add, or, adc, sbb, and, sub, xor, cmp and returns
// whether the result is to be kept.
func (x *x86Step) arithmetic(kind int, a, b value, n int) (r value, keep bool) {
	f := &x.s.flags
	x.s.equal = equality{}
	switch kind {
	case 0:
		r = a.add(b)
		*f = ofAdd(a, b, n)
		if n == 8 {
			x.s.strays(a, b)
		}
	case 1:
		r = a.or(b)
		*f = ofLogic(r, n)
	case 2, 3:
		*f = flags{}
	case 4:
		r = a.and(b)
		*f = ofLogic(r, n)
	case 5, 7:
		r = a.sub(b)
		*f = ofSub(a, b, n)
	case 6:
		r = a.xor(b)
		*f = ofLogic(r, n)
	}
	return r.low(n), kind != 7
}

// compared notes that Z says whether the operand has a value.
func (x *x86Step) compared(v uint64, n int) {
	if n < 4 && x.i.isReg() {
		return
	}
	e := equality{size: uint8(n), v: v}
	if x.i.isReg() {
		e.kind, e.reg = 1, uint8(x.i.rm)
	} else if a := x.address(); a.known() {
		e.kind, e.addr = 2, a.v
	}
	x.s.equal = e
}

// one executes an opcode of one byte.
func (x *x86Step) one() action {
	i, s := x.i, x.s
	n := i.width()
	byteOr := func() int { // the lowest bit of many opcodes: bytes or words
		if i.op&1 == 0 {
			return 1
		}
		return n
	}
	imm := lit(uint64(i.imm))
	switch op := i.op; {
	case op < 0x40 && op&7 < 6:
		x.binary(op)
	case op >= 0x50 && op < 0x58:
		x.push(s.regs[i.rm])
		s.preserve(x.w.cpu.convention(), i.rm, s.regs[rSP].v)
	case op >= 0x58 && op < 0x60:
		x.setRegister(i.rm, x.pop(), 8)
	case op == 0x63:
		if a, ok := x.split(true); ok && n == 8 {
			return a
		}
		x.setRegister(i.reg, x.operand(4).signed(4), n)
	case op == 0x68 || op == 0x6a:
		x.push(imm)
	case op == 0x69 || op == 0x6b:
		x.setRegister(i.reg, x.operand(n).mul(imm).low(n), n)
		s.flags, s.equal = flags{}, equality{}
	case op >= 0x70 && op < 0x80:
		return x.branch(op)
	case op >= 0x80 && op < 0x84:
		n = byteOr()
		r, keep := x.arithmetic(i.reg&7, x.operand(n), imm, n)
		if keep {
			x.setOperand(r, n)
		} else {
			x.compared(uint64(i.imm)&mask(n), n)
		}
	case op == 0x84 || op == 0x85:
		n = byteOr()
		a, b := x.operand(n), x.register(i.reg, n)
		x.arithmetic(4, a, b, n)
		if i.isReg() && i.rm == i.reg {
			x.compared(0, n)
		}
	case op == 0x86 || op == 0x87:
		n = byteOr()
		a, b := x.operand(n), x.register(i.reg, n)
		x.setOperand(b, n)
		x.setRegister(i.reg, a, n)
	case op == 0x88 || op == 0x89:
		n = byteOr()
		x.setOperand(x.register(i.reg, n), n)
	case op == 0x8a || op == 0x8b:
		n = byteOr()
		if n == 4 {
			if a, ok := x.split(false); ok {
				return a
			}
		}
		x.setRegister(i.reg, x.operand(n), n)
	case op == 0x8d:
		x.setRegister(i.reg, x.address().low(n), n)
	case op == 0x8f:
		x.setOperand(x.pop(), 8)
	case op == 0x90 && i.rm == rAX:
	case op >= 0x90 && op < 0x98:
		a, b := s.regs[rAX].low(n), s.regs[i.rm].low(n)
		x.setRegister(rAX, b, n)
		x.setRegister(i.rm, a, n)
	case op == 0x98:
		x.setRegister(rAX, s.regs[rAX].signed(n/2), n)
	case op == 0x99:
		x.setRegister(rDX, s.regs[rAX].signed(n).sar(63), n)
	case op == 0xa8 || op == 0xa9:
		n = byteOr()
		x.arithmetic(4, s.regs[rAX].low(n), imm, n)
	case op >= 0xb0 && op < 0xb8:
		x.setRegister(i.rm, imm, 1)
	case op >= 0xb8 && op < 0xc0:
		x.setRegister(i.rm, imm, n)
	case op == 0xc6 || op == 0xc7:
		n = byteOr()
		x.setOperand(imm, n)
	case op == 0xc0 || op == 0xc1 || op >= 0xd0 && op < 0xd4:
		x.shift(byteOr())
	case op == 0xc2 || op == 0xc3:
		return action{kind: actReturn}
	case op == 0xc9:
		s.regs[rSP] = s.regs[rBP]
		x.setRegister(rBP, x.pop(), 8)
	case op == 0xcc || op == 0xf4 || op == 0xcd:
		return action{kind: actStop}
	case op == 0xe8:
		return action{kind: actCall, to: lit(x.next + uint64(i.imm)), next: x.next}
	case op == 0xe9 || op == 0xeb:
		return action{kind: actJump, to: lit(x.next + uint64(i.imm))}
	case op >= 0xe0 && op < 0xe4:
		x.setRegister(rCX, value{}, 8)
		return action{kind: actBranch, to: lit(x.next + uint64(i.imm)), next: x.next}
	case op == 0xf6 || op == 0xf7:
		x.unary(byteOr())
	case op == 0xfe || op == 0xff:
		return x.groupFive(byteOr())
	case op == 0x9b || op == 0xf8 || op == 0xf9 || op == 0xfc || op == 0xfd:
		s.flags.set(flagC, false, false)
	default:
		return x.unknown()
	}
	return x.on()
}

// binary executes the first forty opcodes.
func (x *x86Step) binary(op byte) {
	i := x.i
	n := i.width()
	if op&1 == 0 {
		n = 1
	}
	kind := int(op >> 3)
	switch op & 7 {
	case 0, 1:
		a, b := x.operand(n), x.register(i.reg, n)
		if i.isReg() && i.rm == i.reg && (kind == 6 || kind == 5) {
			a, b = lit(0), lit(0) // the idiom for zero
		}
		if r, keep := x.arithmetic(kind, a, b, n); keep {
			x.setOperand(r, n)
		} else if b.known() {
			x.compared(b.v, n)
		}
	case 2, 3:
		a, b := x.register(i.reg, n), x.operand(n)
		if i.isReg() && i.rm == i.reg && (kind == 6 || kind == 5) {
			a, b = lit(0), lit(0)
		}
		if r, keep := x.arithmetic(kind, a, b, n); keep {
			x.setRegister(i.reg, r, n)
		} else if a.known() {
			x.compared(a.v, n)
		}
	default:
		r, keep := x.arithmetic(kind, x.s.regs[rAX].low(n), lit(uint64(i.imm)), n)
		if keep {
			x.setRegister(rAX, r, n)
		} else {
			x.s.equal = equality{kind: 1, reg: rAX, size: uint8(n), v: uint64(i.imm) & mask(n)}
			if n < 4 {
				x.s.equal = equality{}
			}
		}
	}
}

func (x *x86Step) shift(n int) {
	i := x.i
	by := lit(1)
	switch {
	case i.op < 0xc2:
		by = lit(uint64(i.imm))
	case i.op >= 0xd2:
		by = x.s.regs[rCX].low(1)
	}
	limit := uint64(31)
	if n == 8 {
		limit = 63
	}
	var r value
	if a := x.operand(n); by.known() {
		k := uint(by.v & limit)
		switch i.reg & 7 {
		case 4, 6:
			r = a.shl(k)
		case 5:
			r = a.shr(k)
		case 7:
			r = a.signed(n).sar(k)
		}
	}
	x.setOperand(r.low(n), n)
	x.s.flags, x.s.equal = flags{}, equality{}
	if by.known() && by.v&limit != 0 && i.reg&7 >= 4 {
		x.s.flags.ofResult(r.low(n), n)
	}
}

func (x *x86Step) unary(n int) {
	i, s := x.i, x.s
	a := x.operand(n)
	switch i.reg & 7 {
	case 0, 1:
		x.arithmetic(4, a, lit(uint64(i.imm)), n)
		return
	case 2:
		x.setOperand(a.not(), n)
		return
	case 3:
		s.flags, s.equal = ofSub(lit(0), a, n), equality{}
		x.setOperand(lit(0).sub(a), n)
		return
	}
	x.setRegister(rAX, value{}, 8)
	x.setRegister(rDX, value{}, 8)
	s.flags, s.equal = flags{}, equality{}
}

// groupFive executes inc, dec, call, jmp and push.
func (x *x86Step) groupFive(n int) action {
	i, s := x.i, x.s
	switch i.reg & 7 {
	case 0, 1:
		kind := 0
		if i.reg&7 == 1 {
			kind = 5
		}
		r, _ := x.arithmetic(kind, x.operand(n), lit(1), n)
		s.flags.set(flagC, false, false)
		x.setOperand(r, n)
	case 2:
		return action{kind: actCall, to: x.operand(8), next: x.next}
	case 4:
		return action{kind: actJump, to: x.operand(8)}
	case 6:
		x.push(x.operand(8))
	default:
		return action{kind: actLost}
	}
	return x.on()
}

// condition is the truth of a condition by its number.
func (x *x86Step) condition(op byte) truth {
	f := x.s.flags
	var t truth
	switch op >> 1 & 7 {
	case 0:
		t = f.is(flagV)
	case 1:
		t = f.is(flagC)
	case 2:
		t = f.is(flagZ)
	case 3:
		t = f.is(flagC).or(f.is(flagZ))
	case 4:
		t = f.is(flagN)
	case 5: // parity
	case 6:
		t = f.is(flagN).same(f.is(flagV)).not()
	case 7:
		t = f.is(flagZ).or(f.is(flagN).same(f.is(flagV)).not())
	}
	if op&1 != 0 {
		t = t.not()
	}
	return t
}

func (x *x86Step) branch(op byte) action {
	a := action{kind: actBranch, to: lit(x.next + uint64(x.i.imm)), next: x.next, cond: x.condition(op)}
	if op>>1&7 == 2 {
		a.equal, a.onTaken = x.s.equal, op&1 == 0
	}
	return a
}
