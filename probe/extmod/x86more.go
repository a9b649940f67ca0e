package extmod

// two executes an opcode behind 0F.
func (x *x86Step) two() action {
	i, s := x.i, x.s
	n := i.width()
	switch op := i.op; {
	case op == 0x0b || op == 0xff || op == 0xb9:
		return action{kind: actStop}
	case op == 0x05:
		x.setRegister(rAX, value{}, 8)
		x.setRegister(rCX, value{}, 8)
		x.setRegister(11, value{}, 8)
	case op == 0x0d || op >= 0x18 && op <= 0x1f || op == 0x08 || op == 0x09 || op == 0x77 || op == 0xae && (i.isReg() || i.reg&7 >= 5):
	case op >= 0x40 && op < 0x50:
		v := x.operand(n)
		if t := x.condition(op); !t.known {
			v = v.meet(s.regs[i.reg].low(n))
		} else if !t.is {
			v = s.regs[i.reg].low(n)
		}
		x.setRegister(i.reg, v, n)
	case op >= 0x80 && op < 0x90:
		return x.branch(op)
	case op >= 0x90 && op < 0xa0:
		v := value{0, ^uint64(1)}
		if t := x.condition(op); t.known {
			v = lit(0)
			if t.is {
				v = lit(1)
			}
		}
		if i.isReg() {
			r := i.rm
			e := s.equal
			x.setRegister(r, v, 1)
			s.equal = e
			if e.kind == 1 && int(e.reg) == r {
				s.equal = equality{}
			}
		} else {
			x.setOperand(v, 1)
		}
	case op == 0xa3 || op == 0xba && i.reg&7 == 4:
		s.flags, s.equal = flags{}, equality{}
	case op == 0xab || op == 0xb3 || op == 0xbb || op == 0xba || op == 0xa4 || op == 0xa5 || op == 0xac || op == 0xad:
		x.setOperand(value{}, n)
		s.flags, s.equal = flags{}, equality{}
	case op == 0xa2 || op == 0x31 || op == 0x01:
		for _, r := range []int{rAX, rBX, rCX, rDX} {
			x.setRegister(r, value{}, 8)
		}
	case op == 0xaf:
		x.setRegister(i.reg, x.register(i.reg, n).mul(x.operand(n)).low(n), n)
		s.flags, s.equal = flags{}, equality{}
	case op == 0xb0 || op == 0xb1:
		x.exchange()
	case op == 0xb6:
		x.setRegister(i.reg, x.operand(1), n)
	case op == 0xb7:
		x.setRegister(i.reg, x.operand(2), n)
	case op == 0xbe:
		x.setRegister(i.reg, x.operand(1).signed(1).low(n), n)
	case op == 0xbf:
		x.setRegister(i.reg, x.operand(2).signed(2).low(n), n)
	case op == 0xbc || op == 0xbd || op == 0xb8:
		x.setRegister(i.reg, value{}, n)
		s.flags, s.equal = flags{}, equality{}
	case op == 0xc0 || op == 0xc1:
		if op == 0xc0 {
			n = 1
		}
		a, b := x.operand(n), x.register(i.reg, n)
		r, _ := x.arithmetic(0, a, b, n)
		x.setRegister(i.reg, a, n)
		x.setOperand(r, n)
	case op == 0xc3:
		x.setOperand(x.register(i.reg, n), n)
	case op >= 0xc8 && op < 0xd0:
		x.setRegister(i.rm, value{}, n)
	case op == 0xc7:
		x.setRegister(rAX, value{}, 8)
		x.setRegister(rDX, value{}, 8)
		if i.isReg() {
			x.setOperand(value{}, n)
		} else if a := x.address(); a.known() {
			s.forget(a.v, 16)
		}
		s.flags, s.equal = flags{}, equality{}
	default:
		x.sse()
	}
	return x.on()
}

// exchange executes cmpxchg.
func (x *x86Step) exchange() {
	i, s := x.i, x.s
	n := i.width()
	if i.op == 0xb0 {
		n = 1
	}
	old, want := x.operand(n), s.regs[rAX].low(n)
	f := ofSub(want, old, n)
	switch z := f.is(flagZ); {
	case z.known && z.is:
		x.setOperand(x.register(i.reg, n), n)
	case z.known:
		x.setRegister(rAX, old, n)
	default:
		x.setOperand(old.meet(x.register(i.reg, n)), n)
		x.setRegister(rAX, old.meet(want), n)
	}
	s.flags, s.equal = f, equality{}
}

// three executes the rest, of which all write at most what they name.
func (x *x86Step) three() {
	i := x.i
	if i.page == 3 && i.op == 0x22 && i.small { // pinsrq
		if i.wide {
			x.s.vecs[i.reg][i.imm&1] = x.operand(8)
		} else {
			lane := &x.s.vecs[i.reg][i.imm>>1&1]
			v, m := x.operand(4), mask(4)<<(32*(i.imm&1))
			v = v.shl(uint(32 * (i.imm & 1)))
			*lane = value{lane.v&^m | v.v&m, lane.k&^m | v.k&m}
		}
		return
	}
	x.clobber()
}

// clobber forgets what an instruction that is not known may write.
func (x *x86Step) clobber() {
	i, s := x.i, x.s
	s.flags, s.equal, s.dead = flags{}, equality{}, 0
	for _, r := range []int{rAX, rDX, rCX} {
		s.regs[r] = value{}
	}
	if !i.hasOps {
		return
	}
	if i.reg < 16 && i.reg != rSP {
		s.regs[i.reg] = value{}
	}
	s.vecs[i.reg&15] = [2]value{}
	if i.isReg() {
		if i.rm != rSP {
			s.regs[i.rm] = value{}
		}
		s.vecs[i.rm&15] = [2]value{}
	} else if a := x.address(); a.known() {
		s.forget(a.v, 64)
	}
}

func (x *x86Step) unknown() action {
	switch op := x.i.op; {
	case op >= 0xa4 && op <= 0xaf:
		x.strings()
		return x.on()
	case op >= 0xd8 && op <= 0xdf: // floating point
		if !x.i.isReg() {
			if a := x.address(); a.known() {
				x.s.forget(a.v, 16)
			}
		}
		return x.on()
	case op == 0x9c || op == 0x9d: // flags on the stack
		if op == 0x9c {
			x.push(value{})
		} else {
			x.pop()
			x.s.flags = flags{}
		}
		x.s.equal = equality{}
		return x.on()
	}
	return action{kind: actLost}
}

// strings executes instructions that go through memory: movs and stos as they do,
// of the others only that registers change.
func (x *x86Step) strings() {
	i, s := x.i, x.s
	n := i.width()
	if i.op&1 == 0 {
		n = 1
	}
	count := lit(1)
	if i.rep != 0 {
		count = s.regs[rCX]
	}
	s.equal, s.dead = equality{}, 0
	from, to := s.regs[rSI], s.regs[rDI]
	moves := i.op == 0xa4 || i.op == 0xa5
	if !moves && i.op != 0xaa && i.op != 0xab {
		for _, r := range []int{rSI, rDI, rCX, rAX} {
			s.regs[r] = value{}
		}
		s.flags = flags{}
		return
	}
	if !count.known() || count.v*uint64(n) > leakedBytes || !to.known() {
		if to.known() {
			s.forget(to.v, 1<<12)
		}
		s.regs[rDI], s.regs[rCX] = value{}, lit(0)
		if moves {
			s.regs[rSI] = value{}
		}
		return
	}
	for k := range count.v {
		off := lit(k * uint64(n))
		v := s.regs[rAX]
		if moves {
			v = x.w.load(s, from.add(off), n)
		}
		s.store(to.v+off.v, v.low(n), n)
	}
	size := lit(count.v * uint64(n))
	s.regs[rDI] = to.add(size)
	if moves {
		s.regs[rSI] = from.add(size)
	}
	if i.rep != 0 {
		s.regs[rCX] = lit(0)
	}
}
