package pep440

import "slices"

// WithoutUpperBounds returns what uv heeds of a Requires-Python: only how low a
// Python may be. A project can't know that it breaks on a Python that isn't
// out yet, so uv reads >=3.8,<3.13 as >=3.8. The result is the empty set or a
// single >= or > clause; ask it about a release alone (Version.Base), 3.15.0
// for 3.15.0rc1.
//
// In detail, each clause is a range of release numbers, in which suffixes and
// epochs don't count; the ranges are intersected, and what remains is its least
// point:
//
//   - ==3.9.*, ~=3.9 and ==3.9 become >=3.9; <3.13 and <=3.13 become nothing;
//   - != matters only where it moves the least point: >=3.8,!=3.8.* becomes
//     >=3.9 and >=3.8,!=3.8 becomes >3.8, but >=3.8,!=3.9.* becomes >=3.8;
//   - if no Python at all satisfies the clauses (>=3.9,<3.8) nothing remains and
//     every Python is let through;
//   - an === whose text isn't a version is passed over.
func (s Specifiers) WithoutUpperBounds() Specifiers {
	var b bounds
	for i := range s.clauses {
		b.add(s.clauses[i])
	}
	op, low, ok := b.least()
	if !ok {
		return Specifiers{}
	}
	return Specifiers{[]Specifier{Specifier{op: op, version: low}.compiled()}}
}

// bounds is an interval of releases with holes.
type bounds struct {
	low, high bound
	holes     []hole
}

// bound is one end of an interval; without a valid version there is no end.
type bound struct {
	version   Version
	exclusive bool
}

// hole is the single release start, or all from start up to but without end.
type hole struct {
	start, end Version
}

func (b *bounds) add(c Specifier) {
	if !c.version.IsValid() {
		return
	}
	v := c.version.releaseOnly()
	switch c.op {
	case OpGreaterEqual:
		b.raise(bound{v, false})
	case OpGreater:
		b.raise(bound{v, true})
	case OpLessEqual:
		b.lower(bound{v, false})
	case OpLess:
		b.lower(bound{v, true})
	case OpCompatible:
		b.raise(bound{v, false})
		b.lower(bound{v.afterPrefix(v.releaseLen() - 1), true})
	case OpEqual, OpArbitrary:
		b.raise(bound{v, false})
		if c.wildcard {
			b.lower(bound{v.afterPrefix(v.releaseLen()), true})
		} else {
			b.lower(bound{v, false})
		}
	case OpNotEqual:
		h := hole{start: v}
		if c.wildcard {
			h.end = v.afterPrefix(v.releaseLen())
		}
		b.holes = append(b.holes, h)
	}
}

func (b *bounds) raise(to bound) {
	c := to.version.Compare(b.low.version)
	if !b.low.version.IsValid() || c > 0 || c == 0 && to.exclusive {
		b.low = to
	}
}

func (b *bounds) lower(to bound) {
	c := to.version.Compare(b.high.version)
	if !b.high.version.IsValid() || c < 0 || c == 0 && to.exclusive {
		b.high = to
	}
}

// least returns the least point of b as a clause; ok is false if there is none
// because b has no lower end or is empty.
func (b *bounds) least() (op Op, v Version, ok bool) {
	if !b.low.version.IsValid() {
		return 0, Version{}, false
	}
	slices.SortStableFunc(b.holes, func(x, y hole) int { return x.start.Compare(y.start) })
	for _, h := range b.holes {
		c := b.low.version.Compare(h.start)
		switch {
		case !h.end.IsValid():
			b.low.exclusive = b.low.exclusive || c == 0
		case c >= 0 && b.low.version.Compare(h.end) < 0:
			b.low = bound{h.end, false}
		}
	}
	if b.high.version.IsValid() {
		c := b.low.version.Compare(b.high.version)
		if c > 0 || c == 0 && (b.low.exclusive || b.high.exclusive) {
			return 0, Version{}, false
		}
	}
	if b.low.exclusive {
		return OpGreater, b.low.version, true
	}
	return OpGreaterEqual, b.low.version, true
}

// releaseOnly returns the release of v without its epoch.
func (v Version) releaseOnly() Version {
	if v.wide == nil {
		return v.Base()
	}
	return (&parts{release: v.wide.release}).version()
}

// afterPrefix returns the least release after all that begin with the first n
// numbers of v: 1.3 for two numbers of 1.2.3.
func (v Version) afterPrefix(n int) Version {
	var buf [maxPackedLen]number
	p := v.view(&buf)
	release := slices.Clone(p.release[:n])
	release[n-1] = release[n-1].next()
	return (&parts{release: release}).version()
}
