package pep440

import "strconv"

// The key of a version is 128 bits, most significant first:
//
//	hi  25 first release number
//	    22 second
//	    17 third, upper part
//	lo   8 third, lower part
//	    25 fourth
//	     3 kind of suffix
//	    25 number of the suffix
//	     3 count of release numbers as written (not part of the order)
//
// The widths let dates stand where real projects put them: 2025.9.1,
// 2.32.4.20250913, 3.0.0.dev20250913.
//
// A packed version fits, with every field below its largest value. A wide
// version has a key too, rounded so that order is kept: from the first release
// number that doesn't fit, all remaining bits are ones (an epoch counts as a
// first number that doesn't fit), and a non-zero fifth number sets everything
// after the fourth. Because packed fields stay below their largest value, a
// rounded field is never mistaken for a packed one. Of several suffixes only
// the first counts; versions that differ in the rest or in the local version
// share a key.
const (
	bits0   = 25
	bits1   = 22
	bits2   = 25
	bits3   = 25
	numBits = 25
	lenBits = 3

	max0   = 1<<bits0 - 1
	max1   = 1<<bits1 - 1
	max2   = 1<<bits2 - 1
	max3   = 1<<bits3 - 1
	maxNum = 1<<numBits - 1

	shift0    = 39 // in hi
	shift1    = 17 // in hi
	split2    = 8  // bits of the third number that are in lo
	shift2    = 56 // in lo
	shift3    = 31 // in lo
	kindShift = 28 // in lo
	numShift  = 3  // in lo

	kindMask = 7 << kindShift
	numMask  = maxNum << numShift
	lenMask  = 1<<lenBits - 1
	// suffixMask covers everything after the fourth release number.
	suffixMask = kindMask | numMask

	// maxPackedLen is the most release numbers a packed version can have; all
	// after the fourth are zero.
	maxPackedLen = lenMask
	// maxPackedText bounds the text of a packed version.
	maxPackedText = 64
)

// Kinds of suffix, in version order. A development release of a final release
// sorts before its alphas, a post-release after everything else of the same
// release number.
const (
	kindDev = iota
	kindAlpha
	kindBeta
	kindRC
	kindFinal
	kindPost
	_
	kindMore // only in the key of a wide version: a fifth number that isn't zero
)

func packKey(r0, r1, r2, r3, kind, num uint64) (hi, lo uint64) {
	hi = r0<<shift0 | r1<<shift1 | r2>>split2
	lo = r2<<shift2 | r3<<shift3 | kind<<kindShift | num<<numShift
	return hi, lo
}

// prefixMask covers the first n release numbers of a key; 1 <= n <= 4.
func prefixMask(n int) (hi, lo uint64) {
	switch n {
	case 1:
		return max0 << shift0, 0
	case 2:
		return max0<<shift0 | max1<<shift1, 0
	case 3:
		return ^uint64(0), 0xff << shift2
	default:
		return ^uint64(0), 0xff<<shift2 | max3<<shift3
	}
}

func compareKeys(v, w Version) int {
	if v.hi != w.hi {
		if v.hi < w.hi {
			return -1
		}
		return 1
	}
	a, b := v.lo>>lenBits, w.lo>>lenBits
	if a != b {
		if a < b {
			return -1
		}
		return 1
	}
	return 0
}

func (v Version) kind() uint64 { return v.lo & kindMask >> kindShift }
func (v Version) num() uint64  { return v.lo & numMask >> numShift }

// segments returns the four release numbers of a packed version and how many
// were written.
func (v Version) segments() (r [4]uint64, n int) {
	r[0] = v.hi >> shift0
	r[1] = v.hi >> shift1 & max1
	r[2] = (v.hi<<split2 | v.lo>>shift2) & max2
	r[3] = v.lo >> shift3 & max3
	return r, int(v.lo & lenMask)
}

func (v Version) appendPacked(b []byte) []byte {
	r, n := v.segments()
	for i := range n {
		if i > 0 {
			b = append(b, '.')
		}
		if i < len(r) {
			b = strconv.AppendUint(b, r[i], 10)
		} else {
			b = append(b, '0')
		}
	}
	if n == 0 || v.kind() == kindFinal {
		return b
	}
	b = append(b, suffixText[v.kind()]...)
	return strconv.AppendUint(b, v.num(), 10)
}

var suffixText = [...]string{
	kindDev: ".dev", kindAlpha: "a", kindBeta: "b", kindRC: "rc", kindPost: ".post",
}
