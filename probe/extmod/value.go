package extmod

import "math/bits"

// A value is what is known of 64 bits: k has a one for each bit that is known, v
// the known bits, and zeros elsewhere.
type value struct{ v, k uint64 }

const all = ^uint64(0)

func lit(v uint64) value { return value{v, all} }

// known reports whether all bits are.
func (x value) known() bool { return x.k == all }

// mask is the ones of the low n bytes.
func mask(n int) uint64 {
	if n >= 8 {
		return all
	}
	return 1<<(8*n) - 1
}

// low is the low n bytes of x, with zeros above.
func (x value) low(n int) value {
	m := mask(n)
	return value{x.v & m, x.k | ^m}
}

// signed is the low n bytes of x with their sign above.
func (x value) signed(n int) value {
	if n >= 8 {
		return x
	}
	m := mask(n)
	top := uint64(1) << (8*n - 1)
	r := value{x.v & m, x.k & m}
	if x.k&top != 0 {
		r.k |= ^m
		if x.v&top != 0 {
			r.v |= ^m
		}
	}
	return r
}

// with puts the low n bytes of y in place of those of x.
func (x value) with(y value, n int) value {
	m := mask(n)
	return value{x.v&^m | y.v&m, x.k&^m | y.k&m}
}

// meet is what is known of both.
func (x value) meet(y value) value {
	k := x.k & y.k &^ (x.v ^ y.v)
	return value{x.v & k, k}
}

func (x value) and(y value) value {
	k := x.k&y.k | x.k&^x.v | y.k&^y.v
	return value{x.v & y.v & k, k}
}

func (x value) or(y value) value {
	k := x.k&y.k | x.v | y.v
	return value{(x.v | y.v) & k, k}
}

func (x value) xor(y value) value {
	k := x.k & y.k
	return value{(x.v ^ y.v) & k, k}
}

func (x value) not() value { return value{^x.v & x.k, x.k} }

// most is the greatest number that x may be, least the smallest.
func (x value) most() uint64  { return x.v | ^x.k }
func (x value) least() uint64 { return x.v }

// add is known up to the lowest bit that is not, and where the sums of the least
// and of the most agree from the top.
func (x value) add(y value) value {
	k := below(x.k & y.k)
	sum := x.v + y.v
	least, under := bits.Add64(x.least(), y.least(), 0)
	most, over := bits.Add64(x.most(), y.most(), 0)
	if under == over {
		top := agree(least, most)
		sum = sum&k | least&top
		k |= top
	}
	return value{sum & k, k}
}

func (x value) sub(y value) value {
	k := below(x.k & y.k)
	difference := x.v - y.v
	least, under := bits.Sub64(x.least(), y.most(), 0)
	most, over := bits.Sub64(x.most(), y.least(), 0)
	if under == over {
		top := agree(least, most)
		difference = difference&k | least&top
		k |= top
	}
	return value{difference & k, k}
}

// agree is the ones at the top where two numbers are the same.
func agree(a, b uint64) uint64 {
	return ^(1<<bits.Len64(a^b) - 1)
}

// below is the ones below the lowest zero of k.
func below(k uint64) uint64 { return 1<<bits.TrailingZeros64(^k) - 1 }

func (x value) mul(y value) value {
	if x.known() && y.known() {
		return lit(x.v * y.v)
	}
	return value{}
}

func (x value) shl(n uint) value { return value{x.v << n, x.k<<n | (1<<n - 1)} }

func (x value) shr(n uint) value { return value{x.v >> n, x.k>>n | ^(all >> n)} }

func (x value) sar(n uint) value {
	return value{uint64(int64(x.v) >> n), uint64(int64(x.k) >> n)}
}

// Flags of a processor, as far as they are known.
type flags struct{ v, k uint8 }

const (
	flagN = 1 << iota
	flagZ
	flagC
	flagV
)

func (f *flags) set(flag uint8, on, known bool) {
	f.v &^= flag
	f.k &^= flag
	if known {
		f.k |= flag
		if on {
			f.v |= flag
		}
	}
}

// ofResult sets N and Z by the low n bytes of a result.
func (f *flags) ofResult(x value, n int) {
	m := mask(n)
	f.set(flagZ, x.v&m == 0, x.k&m == m || x.v&m != 0)
	top := uint64(1) << (8*n - 1)
	f.set(flagN, x.v&top != 0, x.k&top != 0)
}

// ofLogic are the flags after an and, or, xor.
func ofLogic(x value, n int) flags {
	var f flags
	f.ofResult(x, n)
	f.set(flagC, false, true)
	f.set(flagV, false, true)
	return f
}

// ofSub are the flags after x - y, C being the borrow of x86.
func ofSub(x, y value, n int) flags {
	var f flags
	x, y = x.low(n), y.low(n)
	if isKept(x) && y.v != 0 || isKept(y) && x.v != 0 { // it stands for something that is not 0
		return f
	}
	r := x.sub(y)
	f.ofResult(r, n)
	if x.known() && y.known() {
		f.set(flagC, x.v < y.v, true)
		top := uint64(1) << (8*n - 1)
		f.set(flagV, (x.v^y.v)&(x.v^r.v)&top != 0, true)
	} else if differ := (x.v ^ y.v) & x.k & y.k; differ != 0 {
		f.set(flagZ, false, true)
	}
	return f
}

// ofAdd are the flags after x + y.
func ofAdd(x, y value, n int) flags {
	var f flags
	x, y = x.low(n), y.low(n)
	r := x.add(y)
	f.ofResult(r, n)
	if x.known() && y.known() {
		m, top := mask(n), uint64(1)<<(8*n-1)
		sum, carry := bits.Add64(x.v, y.v, 0)
		f.set(flagC, carry != 0 || sum > m, true)
		f.set(flagV, ^(x.v^y.v)&(x.v^sum)&top != 0, true)
	}
	return f
}

// A truth is one that may not be known.
type truth struct{ is, known bool }

func (f *flags) is(flag uint8) truth { return truth{f.v&flag != 0, f.k&flag != 0} }

func (t truth) not() truth { return truth{!t.is, t.known} }

func (t truth) and(u truth) truth {
	if t.known && !t.is || u.known && !u.is {
		return truth{false, true}
	}
	return truth{t.is && u.is, t.known && u.known}
}

func (t truth) or(u truth) truth { return t.not().and(u.not()).not() }

func (t truth) same(u truth) truth { return truth{t.is == u.is, t.known && u.known} }
