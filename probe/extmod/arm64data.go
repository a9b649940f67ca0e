package extmod

func (x *armStep) immediate() {
	rd, rn, n := x.field(0, 5), x.field(5, 5), x.width()
	switch x.op >> 23 & 7 {
	case 0, 1: // adr, adrp
		imm := x.signedField(5, 19, 4) | uint64(x.field(29, 2))
		if x.op>>31 == 0 {
			x.set(rd, lit(x.next-4+imm), 8)
		} else {
			x.set(rd, lit((x.next-4)&^0xfff+imm<<12), 8)
			x.s.paged |= 1 << rd
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
