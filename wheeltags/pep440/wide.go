package pep440

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
)

// wide is a version that doesn't fit in a key.
type wide struct {
	parts
	text string // normalised
	// public says that the key says all about the version but for its local
	// version. So it is for builds that differ in nothing else, as +cu128.
	public bool
}

// parts is a version taken apart.
type parts struct {
	epoch     number
	release   []number // as written, never empty
	pre       uint8    // kindAlpha, kindBeta, kindRC; 0 for none
	post, dev bool
	preN      number
	postN     number
	devN      number
	local     string // normalised, without "+"
}

// number is a non-negative integer of any size.
type number struct {
	n   uint64
	big string // its digits if it is beyond a uint64, else ""
}

func (a number) compare(b number) int {
	if a.big == "" && b.big == "" {
		return cmp.Compare(a.n, b.n)
	}
	return compareDigits(a.big, b.big)
}

// compareDigits compares two numbers written without leading zeros; a number
// that isn't written ("") is less than any other.
func compareDigits(a, b string) int {
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	return cmp.Compare(a, b)
}

func (a number) isZero() bool { return a.n == 0 && a.big == "" }

func (a number) toInt() int {
	if a.big != "" || a.n > math.MaxInt {
		return math.MaxInt
	}
	return int(a.n)
}

func (a number) append(b []byte) []byte {
	if a.big != "" {
		return append(b, a.big...)
	}
	return strconv.AppendUint(b, a.n, 10)
}

// next returns a+1.
func (a number) next() number {
	if a.big == "" && a.n < math.MaxUint64 {
		return number{n: a.n + 1}
	}
	n := new(big.Int).SetUint64(a.n)
	if a.big != "" {
		n.SetString(a.big, 10)
	}
	return number{big: n.Add(n, big.NewInt(1)).String()}
}

// view returns the parts of v; those of a packed version are laid out in buf.
func (v Version) view(buf *[maxPackedLen]number) parts {
	if v.wide != nil {
		return v.wide.parts
	}
	var p parts
	r, n := v.segments()
	for i := range min(n, len(r)) {
		buf[i].n = r[i]
	}
	p.release = buf[:n]
	num := number{n: v.num()}
	switch kind := v.kind(); kind {
	case kindDev:
		p.dev, p.devN = true, num
	case kindPost:
		p.post, p.postN = true, num
	case kindAlpha, kindBeta, kindRC:
		p.pre, p.preN = uint8(kind), num
	}
	return p
}

// compareWide compares two versions with equal keys, with their local versions
// or without them.
func compareWide(v, w Version, local bool) int {
	if v.publicInKey() && w.publicInKey() {
		if !local {
			return 0
		}
		return compareLocal(v.Local(), w.Local())
	}
	return compareParts(v, w, local)
}

// compareParts compares any two versions in full, with their local versions or
// without them.
func compareParts(v, w Version, local bool) int {
	var vbuf, wbuf [maxPackedLen]number
	a, b := v.view(&vbuf), w.view(&wbuf)
	if c := a.compareRelease(&b); c != 0 {
		return c
	}
	if c := a.compareSuffix(&b); c != 0 || !local {
		return c
	}
	return compareLocal(a.local, b.local)
}

// publicInKey reports whether the key says all about v but for its local
// version.
func (v Version) publicInKey() bool { return v.wide == nil || v.wide.public }

// compareRelease compares epoch and release.
func (p *parts) compareRelease(q *parts) int {
	if c := p.epoch.compare(q.epoch); c != 0 {
		return c
	}
	for i := range max(len(p.release), len(q.release)) {
		if c := p.segment(i).compare(q.segment(i)); c != 0 {
			return c
		}
	}
	return 0
}

// segment returns release number i; there are zeros without end after those
// written.
func (p *parts) segment(i int) number {
	if i < len(p.release) {
		return p.release[i]
	}
	return number{}
}

// compareSuffix compares what lies between the release and the local version.
func (p *parts) compareSuffix(q *parts) int {
	if c := cmp.Compare(p.preRank(), q.preRank()); c != 0 {
		return c
	}
	if c := p.preN.compare(q.preN); c != 0 {
		return c
	}
	if c := compareBool(p.post, q.post); c != 0 {
		return c
	}
	if c := p.postN.compare(q.postN); c != 0 {
		return c
	}
	if c := compareBool(q.dev, p.dev); c != 0 { // a development release comes first
		return c
	}
	return p.devN.compare(q.devN)
}

func (p *parts) preRank() uint8 {
	switch {
	case p.pre != 0:
		return p.pre
	case p.dev && !p.post:
		return kindDev
	default:
		return kindFinal
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// compareLocal compares normalised local versions segment by segment: numbers
// sort after words, a longer version after its own beginning.
func compareLocal(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a = cutSegment(a)
		y, b = cutSegment(b)
		xnum, ynum := isDigits(x), isDigits(y)
		if c := compareBool(xnum, ynum); c != 0 {
			return c
		}
		if xnum {
			if c := compareDigits(x, y); c != 0 {
				return c
			}
		} else if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func cutSegment(s string) (segment, rest string) {
	for i := range len(s) {
		if s[i] == '.' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// version builds the Version of p, packed if it fits. It keeps p's release.
func (p *parts) version() Version {
	v, exact := p.key()
	if exact && p.local == "" {
		return v
	}
	text := string(p.append(make([]byte, 0, maxPackedText)))
	v.wide = &wide{parts: *p, text: text, public: exact}
	// Let go of the text that was parsed.
	v.wide.local = text[len(text)-len(p.local):]
	return v
}

// key returns the key of p and whether it says all about the public version.
func (p *parts) key() (v Version, exact bool) {
	const ones = ^uint64(0)
	v.lo = min(uint64(len(p.release)), maxPackedLen)
	if !p.epoch.isZero() {
		v.hi, v.lo = ones, v.lo|ones&^lenMask
		return v, false
	}
	var r [4]uint64
	limits := [4]uint64{max0, max1, max2, max3}
	for i := range r {
		s := p.segment(i)
		if s.big != "" || s.n >= limits[i] {
			copy(r[i:], limits[i:])
			hi, lo := packKey(r[0], r[1], r[2], r[3], 7, maxNum)
			return Version{hi: hi, lo: lo | v.lo}, false
		}
		r[i] = s.n
	}
	for i := len(r); i < len(p.release); i++ {
		if !p.release[i].isZero() {
			hi, lo := packKey(r[0], r[1], r[2], r[3], kindMore, maxNum)
			return Version{hi: hi, lo: lo | v.lo}, false
		}
	}
	exact = len(p.release) <= maxPackedLen
	kind, num, more := uint64(kindFinal), number{}, false
	switch {
	case p.pre != 0:
		kind, num, more = uint64(p.pre), p.preN, p.post || p.dev
	case p.post:
		kind, num, more = kindPost, p.postN, p.dev
	case p.dev:
		kind, num = kindDev, p.devN
	}
	exact = exact && !more
	n := num.n
	if num.big != "" || n >= maxNum {
		n, exact = maxNum, false
	}
	hi, lo := packKey(r[0], r[1], r[2], r[3], kind, n)
	return Version{hi: hi, lo: lo | v.lo}, exact
}

// append appends the normalised text of p.
func (p *parts) append(b []byte) []byte {
	if !p.epoch.isZero() {
		b = append(p.epoch.append(b), '!')
	}
	for i, n := range p.release {
		if i > 0 {
			b = append(b, '.')
		}
		b = n.append(b)
	}
	if p.pre != 0 {
		b = p.preN.append(append(b, suffixText[p.pre]...))
	}
	if p.post {
		b = p.postN.append(append(b, suffixText[kindPost]...))
	}
	if p.dev {
		b = p.devN.append(append(b, suffixText[kindDev]...))
	}
	if p.local != "" {
		b = append(append(b, '+'), p.local...)
	}
	return b
}
