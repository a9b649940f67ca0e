package extmod

// memory executes loads and stores.
func (x *armStep) memory() action {
	switch {
	case x.op>>27&7 == 5: // pairs
		x.pair()
	case x.op>>27&7 == 3 && x.op>>24&1 == 0 && x.op>>25&1 == 0: // literal
		x.literal()
	case x.op>>27&7 == 7:
		if a, ok := x.byTable(); ok {
			return a
		}
		x.single()
	default: // exclusive and ordered ones, structures of vectors
		x.ordered()
	}
	return x.on()
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
		if rn == armSP && n == 8 && addr.known() {
			x.s.preserve(&aapcs64, rt, addr.v)
			x.s.preserve(&aapcs64, rt2, second.v)
		}
	}
	switch mode {
	case 1:
		x.setSP(rn, addr.add(off), 8)
	case 3:
		x.setSP(rn, addr, 8)
	}
}

// byTable executes ldrb, ldrh and ldrsw where they read a table of jumps.
func (x *armStep) byTable() (action, bool) {
	size, opc := x.field(30, 2), x.field(22, 2)
	if x.field(26, 1) == 1 || x.field(24, 1) == 1 || x.field(21, 1) == 0 || x.field(10, 2) != 2 || size == 3 || opc == 0 || size == 2 && opc == 3 {
		return action{}, false
	}
	scale := 1
	if x.field(12, 1) == 1 {
		scale = 1 << size
	}
	return x.split(x.getSP(x.field(5, 5), 8), x.index(), scale, 1<<size, opc != 1)
}

// index is the register that is an offset.
func (x *armStep) index() value {
	off := x.get(x.field(16, 5), 8)
	switch x.field(13, 3) {
	case 2:
		return off.low(4)
	case 6:
		return off.signed(4)
	}
	return off
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
		off := x.index()
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
		if rn == armSP && n == 8 && addr.known() {
			x.s.preserve(&aapcs64, rt, addr.v)
		}
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
