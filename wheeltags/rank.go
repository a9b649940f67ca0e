package wheeltags

// A Matcher judges wheels against one target. It is immutable and can be used
// by several goroutines at once.
//
// It knows no list of tags. The list of [Target.Tags] is regular: blocks, one
// for each pair of python and ABI tag, and in each block the same platform tags
// in the same order. So the index of a tag is the block's number times the
// number of platforms plus the platform's position, and each of the three is
// arithmetic on the small numbers a [TagSet] holds. A compressed set is a cross
// product, so its best tag has the best block and the best platform.
type Matcher struct {
	target Target
	order  Order

	major, minor int     // of the Python; minor -1 accepts nothing
	native       [2]code // ABI codes of the interpreter itself, best first
	nNative      int32   // how many
	stable       code    // the code of abi3 or abi3t
	generic      int32   // number of the first py block
	any          int32   // index of the first tag for any platform
	platforms    int32   // number of platform tags
	list         platformList
}

// NewMatcher returns the matcher of a target. For a target that cannot exist
// (see [Target.Check]) it accepts nothing.
func NewMatcher(t Target, o Order) *Matcher {
	m := &Matcher{target: t, order: o, minor: -1, stable: codeABI3}
	if t.Check() != nil {
		return m
	}
	m.list, m.platforms = newPlatformList(t.Platform, o)
	m.major, m.minor = t.Python.Major, t.Python.Minor
	for _, abi := range t.Python.abis() {
		m.native[m.nNative] = parseABITag(abi)
		m.nNative++
	}
	if t.Python.FreeThreaded {
		m.stable = codeABI3T
	}
	minor := int32(m.minor)
	m.generic = m.nNative + 2 + minor - firstStableABI
	m.any = (m.generic + minor + 2) * m.platforms
	return m
}

// Target returns the target that m judges for.
func (m *Matcher) Target() Target { return m.target }

// Order returns the order of m's ranks.
func (m *Matcher) Order() Order { return m.order }

// Rank returns the index in the target's tag list of the best tag of s, and
// false if the target accepts none of them. Lower is better. It does not
// allocate.
func (m *Matcher) Rank(s *TagSet) (rank int32, ok bool) {
	f := m.find(s)
	return f.rank, f.rank >= 0
}

// Best returns the tag by which the target accepts the set, with its rank, and
// false if it accepts none. It does not allocate.
func (m *Matcher) Best(s *TagSet) (tag Tag, rank int32, ok bool) {
	f := m.find(s)
	if f.rank < 0 {
		return Tag{}, -1, false
	}
	return s.tag(f.python, f.abi, f.platform), f.rank, true
}

// found is a position in a tag set, or rank -1.
type found struct {
	rank                  int32
	python, abi, platform int
}

// find returns the best tag. If any platform tag matches, no tag for any
// platform can be better, and none matches where that one doesn't.
func (m *Matcher) find(s *TagSet) found {
	none := found{rank: -1}
	pythons, abis, platforms := s.codes()
	platform, position, anyAt := -1, int32(0), -1
	for i, c := range platforms {
		if c == codeAny {
			anyAt = i
		} else if p := m.list.position(c); p >= 0 && (platform < 0 || p < position) {
			platform, position = i, p
		}
	}
	if platform < 0 && anyAt < 0 {
		return none
	}
	best := none
	for i, py := range pythons {
		for j, abi := range abis {
			var rank int32
			var at int
			if platform >= 0 {
				block := m.block(py, abi)
				if block < 0 {
					continue
				}
				rank, at = block*m.platforms+position, platform
			} else {
				rank, at = m.pure(py, abi), anyAt
			}
			if rank >= 0 && (best.rank < 0 || rank < best.rank) {
				best = found{rank, i, j, at}
			}
		}
	}
	return best
}

// block returns the number of the block of a python and an ABI tag, -1 if there
// is none.
func (m *Matcher) block(py, abi code) int32 {
	minor := py.pyMinor()
	switch py.kind() {
	case pyCPython:
		if py.pyMajor() != m.major || minor > m.minor || minor < firstStableABI {
			return -1
		}
		if abi == m.stable {
			if minor == m.minor {
				return m.nNative
			}
			return m.nNative + 1 + int32(m.minor-minor)
		}
		if minor != m.minor {
			return -1
		}
		switch {
		case abi == m.native[0]:
			return 0
		case abi == m.native[1] && m.nNative == 2:
			return 1
		case abi == codeNone:
			return m.nNative + 1
		}
	case pyGeneric:
		if i := m.version(py); i >= 0 && abi == codeNone {
			return m.generic + i
		}
	}
	return -1
}

// version returns the position of a py tag among those accepted: the target's
// own version, the major version, then older ones.
func (m *Matcher) version(py code) int32 {
	minor := py.pyMinor()
	switch {
	case py.pyMajor() != m.major || m.minor < 0:
		return -1
	case minor == m.minor:
		return 0
	case minor == noMinor:
		return 1
	case minor < m.minor:
		return 1 + int32(m.minor-minor)
	}
	return -1
}

// pure returns the index of a tag for any platform, -1 if it is not accepted.
func (m *Matcher) pure(py, abi code) int32 {
	if abi != codeNone {
		return -1
	}
	if py.kind() == pyCPython && py.pyMajor() == m.major && py.pyMinor() == m.minor {
		return m.any
	}
	if py.kind() == pyGeneric {
		if i := m.version(py); i >= 0 {
			return m.any + 1 + i
		}
	}
	return -1
}
