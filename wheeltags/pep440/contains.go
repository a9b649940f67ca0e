package pep440

import (
	"strings"
	"unicode"
)

// test is how membership in a clause is decided. It is chosen when the clause
// is built, so that a clause whose version is packed (nearly all) costs one or
// two comparisons of keys.
type test uint8

const (
	testNever test = iota
	testGreaterEqual
	testLessEqual   // of the public version
	testEqual       // of the public version
	testNotEqual    // of the public version
	testEqualAll    // including the local version
	testNotEqualAll // including the local version
	testLess
	testKeyBelow   // key < hi, lo
	testKeyAbove   // key > hi, lo
	testPrefix     // key under the mask hi, lo is version's
	testNotPrefix  // likewise
	testCompatible // >= version, and the key under the mask is version's
	testArbitrary  // text equal but for case
	testWide       // the general rules, on the parts
)

// compiled returns c with its test.
func (c Specifier) compiled() Specifier {
	v := c.version
	packed := v.wide == nil
	switch c.op {
	case OpGreaterEqual:
		c.test = testGreaterEqual
	case OpLessEqual:
		c.test = testLessEqual
	case OpEqual, OpNotEqual:
		switch {
		case c.wildcard:
			c = c.masked(testPrefix, v.releaseLen())
		case v.HasLocal():
			c.test = testEqualAll
		default:
			c.test = testEqual
		}
		if c.op == OpNotEqual && c.test != testWide {
			c.test++
		}
	case OpCompatible:
		c = c.masked(testCompatible, v.releaseLen()-1)
	case OpLess:
		switch {
		case v.IsPrerelease():
			c.test = testLess
		case !packed:
			c.test = testWide
		case v.kind() == kindPost:
			// Of post-release N only its development releases sort
			// before it, under the same key; they are out.
			c.test, c.hi, c.lo = testKeyBelow, v.hi, v.lo&^lenMask
		default:
			// Pre-releases of version are out: end before 1.0.dev0.
			c.test, c.hi, c.lo = testKeyBelow, v.hi, v.lo&^(suffixMask|lenMask)
		}
	case OpGreater:
		switch {
		case !packed:
			c.test = testWide
		case v.kind() == kindFinal:
			// Post-releases of version are out.
			c.test, c.hi, c.lo = testKeyAbove, v.hi, v.lo&^(suffixMask|lenMask)|kindPost<<kindShift|numMask
		default:
			// What shares the key and isn't less is a local version
			// or a post-release of version; both are out.
			c.test, c.hi, c.lo = testKeyAbove, v.hi, v.lo&^lenMask
		}
	case OpArbitrary:
		c.test = testArbitrary
	}
	return c
}

// masked returns c with a test of the first n release numbers: t on the key if
// that holds them all.
func (c Specifier) masked(t test, n int) Specifier {
	if c.version.wide != nil || n > 4 {
		c.test = testWide
		return c
	}
	c.test = t
	c.hi, c.lo = prefixMask(n)
	return c
}

// Contains reports whether v satisfies the clause. Whether v is a pre-release
// makes no difference beyond what PEP 440 says of the operators: <2 doesn't
// contain 2rc1. It does not allocate.
func (c Specifier) Contains(v Version) bool {
	switch c.test {
	case testGreaterEqual:
		return v.Compare(c.version) >= 0
	case testLessEqual:
		return v.comparePublic(c.version) <= 0
	case testEqual:
		return v.comparePublic(c.version) == 0
	case testNotEqual:
		return v.comparePublic(c.version) != 0
	case testEqualAll:
		return v.Compare(c.version) == 0
	case testNotEqualAll:
		return v.Compare(c.version) != 0
	case testLess:
		return v.Compare(c.version) < 0
	case testKeyBelow:
		return v.hi < c.hi || v.hi == c.hi && v.lo&^lenMask < c.lo
	case testKeyAbove:
		return v.hi > c.hi || v.hi == c.hi && v.lo&^lenMask > c.lo
	case testPrefix:
		return c.samePrefix(v)
	case testNotPrefix:
		return !c.samePrefix(v)
	case testCompatible:
		return c.samePrefix(v) && v.Compare(c.version) >= 0
	case testArbitrary:
		return c.equalText(v)
	case testWide:
		return c.containsWide(v)
	default:
		return false
	}
}

// samePrefix reports whether the keys of v and the clause's version are the
// same under the mask.
func (c Specifier) samePrefix(v Version) bool {
	return (v.hi^c.version.hi)&c.hi|(v.lo^c.version.lo)&c.lo == 0
}

// ContainsText reports whether the version written as s satisfies the clause.
// === compares texts, without regard to case; for any other operator a text
// that isn't a version satisfies nothing.
func (c Specifier) ContainsText(s string) bool {
	if c.op == OpArbitrary {
		text := strings.ToLower(c.text) // as Python does; it isn't folding
		return strings.ToLower(s) == text
	}
	v, err := Parse(s)
	return err == nil && c.Contains(v)
}

// equalText compares the normalised text of v with what follows ===.
func (c Specifier) equalText(v Version) bool {
	if v.wide != nil {
		return strings.ToLower(c.text) == v.wide.text
	}
	var buf [maxPackedText]byte
	text := v.appendPacked(buf[:0])
	for _, r := range c.text {
		if len(text) == 0 || unicode.ToLower(r) != rune(text[0]) {
			return false
		}
		text = text[1:]
	}
	return len(text) == 0
}

// containsWide decides for any version what the tests on keys decide for
// packed ones.
func (c Specifier) containsWide(v Version) bool {
	var vbuf, wbuf [maxPackedLen]number
	p, q := v.view(&vbuf), c.version.view(&wbuf)
	switch c.op {
	case OpEqual, OpNotEqual: // with a wildcard
		return p.hasPrefix(&q, len(q.release)) == (c.op == OpEqual)
	case OpCompatible:
		return p.hasPrefix(&q, len(q.release)-1) && v.Compare(c.version) >= 0
	case OpLess: // than a version that is no pre-release
		if v.Compare(c.version) >= 0 {
			return false
		}
		if p.compareRelease(&q) != 0 {
			return true
		}
		return q.post && !(p.dev && p.pre == 0 && p.post && p.postN.compare(q.postN) == 0)
	case OpGreater:
		if q.post || q.dev {
			return v.comparePublic(c.version) > 0
		}
		return v.Compare(c.version) > 0 &&
			(p.compareRelease(&q) != 0 || p.pre != q.pre || p.preN.compare(q.preN) != 0)
	default:
		return false
	}
}

// hasPrefix reports whether p has the epoch and the first n release numbers of
// q.
func (p *parts) hasPrefix(q *parts, n int) bool {
	if p.epoch.compare(q.epoch) != 0 {
		return false
	}
	for i := range n {
		if p.segment(i).compare(q.segment(i)) != 0 {
			return false
		}
	}
	return true
}
