package extmod

// What moves through vector registers are slots and definitions, two words at
// once; what is computed in them is not followed.

// loadVector reads 16 bytes, or the second operand's register.
func (x *x86Step) loadVector() [2]value {
	if x.i.isReg() {
		return x.s.vecs[x.i.rm&15]
	}
	a := x.address()
	return [2]value{x.w.load(x.s, a, 8), x.w.load(x.s, a.add(lit(8)), 8)}
}

func (x *x86Step) storeVector(v [2]value) {
	if x.i.isReg() {
		x.s.vecs[x.i.rm&15] = v
		return
	}
	a := x.address()
	x.store(a, v[0], 8)
	x.store(a.add(lit(8)), v[1], 8)
}

// sse executes what is left behind 0F: vector instructions, of 16 bytes.
func (x *x86Step) sse() { x.vectorOp(x.i.reg & 15) }

// vector executes instructions with a VEX or EVEX prefix.
func (x *x86Step) vector() {
	i := x.i
	if i.op == 0x77 && i.page == 1 {
		return // vzeroupper
	}
	if i.evex || i.long != 0 || i.page != 1 {
		if i.page == 3 && i.op == 0x22 && i.long == 0 && !i.evex && i.small {
			x.s.vecs[i.reg] = x.s.vecs[i.second]
			x.three()
			return
		}
		general := x.s.regs
		x.clobber()
		if i.page == 1 || i.page == 2 && i.op < 0xf0 { // they leave general registers alone, but for moves and tests
			for _, r := range []int{rAX, rCX, rDX} {
				x.s.regs[r] = general[r]
			}
			if i.hasOps && (i.op == 0x50 || i.op == 0xd7 || i.op == 0xc5 || i.op == 0x7e || i.op == 0x2c || i.op == 0x2d || i.op == 0x93) {
				x.s.regs[i.reg&15] = value{}
				if i.isReg() {
					x.s.regs[i.rm&15] = value{}
				}
			} else {
				x.s.regs = general
			}
		}
		if i.hasOps && !i.isReg() {
			if a := x.address(); a.known() && isVectorStore(i.op) {
				x.s.forget(a.v, 64)
			}
		}
		return
	}
	x.vectorOp(i.second)
}

func isVectorStore(op byte) bool {
	switch op {
	case 0x11, 0x13, 0x17, 0x29, 0x2b, 0x7e, 0x7f, 0xd6, 0xe7:
		return true
	}
	return false
}

// vectorOp executes a vector instruction whose first source is the register
// second, which is the destination itself where there is no VEX prefix.
func (x *x86Step) vectorOp(second int) {
	i, s := x.i, x.s
	dst := &s.vecs[i.reg&15]
	first := s.vecs[second&15]
	whole := i.rep == 0
	switch op := i.op; {
	case (op == 0x10 || op == 0x28) && whole, op == 0x6f && (i.small || i.rep == 0xf3), op == 0xf0 && i.rep == 0xf2:
		*dst = x.loadVector()
	case (op == 0x11 || op == 0x29 || op == 0x2b) && whole, op == 0x7f && (i.small || i.rep == 0xf3), op == 0xe7 && i.small:
		x.storeVector(*dst)
	case op == 0x10 && i.rep == 0xf2: // movsd
		if i.isReg() {
			*dst = [2]value{s.vecs[i.rm&15][0], first[1]}
		} else {
			*dst = [2]value{x.w.load(s, x.address(), 8), lit(0)}
		}
	case op == 0x10: // movss
		if i.isReg() {
			*dst = [2]value{first[0].with(s.vecs[i.rm&15][0], 4), first[1]}
		} else {
			*dst = [2]value{x.w.load(s, x.address(), 4), lit(0)}
		}
	case op == 0x11:
		n := 4
		if i.rep == 0xf2 {
			n = 8
		}
		if i.isReg() {
			s.vecs[i.rm&15] = [2]value{s.vecs[i.rm&15][0].with(dst[0], n), s.vecs[i.rm&15][1]}
		} else {
			x.store(x.address(), dst[0], n)
		}
	case op == 0x6e && i.small: // movd, movq
		n := 4
		if i.wide {
			n = 8
		}
		*dst = [2]value{x.operand(n), lit(0)}
	case op == 0x7e && i.small:
		n := 4
		if i.wide {
			n = 8
		}
		x.setOperand(dst[0].low(n), n)
	case op == 0x7e && i.rep == 0xf3:
		if i.isReg() {
			*dst = [2]value{s.vecs[i.rm&15][0], lit(0)}
		} else {
			*dst = [2]value{x.w.load(s, x.address(), 8), lit(0)}
		}
	case op == 0xd6 && i.small:
		if i.isReg() {
			s.vecs[i.rm&15] = [2]value{dst[0], lit(0)}
		} else {
			x.store(x.address(), dst[0], 8)
		}
	case op == 0x12 && whole: // movlps, movhlps
		if i.isReg() {
			*dst = [2]value{s.vecs[i.rm&15][1], first[1]}
		} else {
			*dst = [2]value{x.w.load(s, x.address(), 8), first[1]}
		}
	case op == 0x16 && whole: // movhps, movlhps
		if i.isReg() {
			*dst = [2]value{first[0], s.vecs[i.rm&15][0]}
		} else {
			*dst = [2]value{first[0], x.w.load(s, x.address(), 8)}
		}
	case (op == 0x13 || op == 0x17) && whole:
		x.store(x.address(), dst[op>>2&1], 8)
	case op == 0x6c && i.small || op == 0x14 && i.small: // punpcklqdq, unpcklpd
		*dst = [2]value{first[0], x.loadVector()[0]}
	case op == 0x6d && i.small || op == 0x15 && i.small:
		*dst = [2]value{first[1], x.loadVector()[1]}
	case op == 0xef && i.small || op == 0x57 && whole: // pxor, xorps
		b := x.loadVector()
		if i.isReg() && i.rm&15 == second&15 {
			*dst = [2]value{lit(0), lit(0)}
		} else {
			*dst = [2]value{first[0].xor(b[0]), first[1].xor(b[1])}
		}
	case op == 0xc6 && i.small: // shufpd
		b := x.loadVector()
		*dst = [2]value{first[i.imm&1], b[i.imm>>1&1]}
	case op == 0x70 && i.small: // pshufd
		b := x.loadVector()
		word := func(k int64) value { return b[k>>1&1].shr(uint(32 * (k & 1))).low(4) }
		pair := func(k int64) value { return word(k & 3).or(word(k >> 2 & 3).shl(32)) }
		*dst = [2]value{pair(i.imm & 15), pair(i.imm >> 4 & 15)}
	case op == 0x2e || op == 0x2f: // comparisons
		s.flags, s.equal = flags{}, equality{}
	case op == 0x50 || op == 0xd7 || op == 0xc5 || op == 0x2c || op == 0x2d: // to a general register
		if i.reg != rSP {
			s.regs[i.reg&15] = value{}
		}
		s.equal, s.dead = equality{}, 0
	case op >= 0x71 && op <= 0x73:
		if i.vector {
			s.vecs[second&15] = [2]value{}
		}
		s.vecs[i.rm&15] = [2]value{}
	case op == 0x13 || op == 0x17 || op == 0xae && !i.isReg():
		if a := x.address(); a.known() {
			s.forget(a.v, 16)
		}
	default:
		*dst = [2]value{}
		if !i.isReg() && isVectorStore(op) {
			if a := x.address(); a.known() {
				s.forget(a.v, 16)
			}
		}
	}
}
