package pep440

// Version is one PEP 440 version number, normalised. It is a small immutable
// value; the zero value is not a version (see IsValid).
//
// Two versions that are equal under PEP 440 can be written differently (1.0
// and 1.0.0), so compare with Equal or Compare, never with ==.
type Version struct {
	// hi and lo order versions: if a key is less, so is the version. Equal
	// keys mean equal versions unless one of the two is wide. See pack.go.
	hi, lo uint64
	// wide is nil when the key says everything.
	wide *wide
}

// Compare returns -1, 0 or 1 as v sorts before, equal to or after w in the
// order of PEP 440: epoch, release, pre-release, post-release, development
// release, local version. Trailing zeros of the release don't count. It does
// not allocate.
func (v Version) Compare(w Version) int {
	if v.hi != w.hi {
		if v.hi < w.hi {
			return -1
		}
		return 1
	}
	if a, b := v.lo>>lenBits, w.lo>>lenBits; a != b {
		if a < b {
			return -1
		}
		return 1
	}
	if v.wide == nil && w.wide == nil {
		return 0
	}
	return compareWide(v, w, true)
}

// comparePublic compares v without its local version with w, which has none.
func (v Version) comparePublic(w Version) int {
	if v.wide == nil || v.wide.local == "" {
		return v.Compare(w)
	}
	if c := compareKeys(v, w); c != 0 {
		return c
	}
	return compareWide(v, w, false)
}

// Equal reports whether v and w are the same version under PEP 440: 1.0 equals
// 1.0.0, but not 1.0+local.
func (v Version) Equal(w Version) bool { return v.Compare(w) == 0 }

// IsValid reports whether v came from a successful parse.
func (v Version) IsValid() bool { return v.lo&lenMask != 0 }

// String returns the normalised form of PEP 440: lower case, canonical
// spellings, no leading zeros. The number of release numbers is kept as it was
// written, so 1.0.0 stays 1.0.0. The zero Version gives "".
func (v Version) String() string {
	if v.wide != nil {
		return v.wide.text
	}
	var buf [maxPackedText]byte
	return string(v.appendPacked(buf[:0]))
}

// AppendText appends the normalised form to b. It implements
// encoding.TextAppender; the error is always nil.
func (v Version) AppendText(b []byte) ([]byte, error) {
	if v.wide != nil {
		return append(b, v.wide.text...), nil
	}
	return v.appendPacked(b), nil
}

// IsPrerelease reports whether v is an alpha, beta, release candidate or
// development release; those are the versions an installer passes over unless
// told otherwise.
func (v Version) IsPrerelease() bool {
	if v.wide != nil {
		return v.wide.pre != 0 || v.wide.dev
	}
	return v.IsValid() && v.kind() < kindFinal
}

// IsPostrelease reports whether v has a post-release number.
func (v Version) IsPostrelease() bool {
	if v.wide != nil {
		return v.wide.post
	}
	return v.kind() == kindPost
}

// IsDev reports whether v has a development release number.
func (v Version) IsDev() bool {
	if v.wide != nil {
		return v.wide.dev
	}
	return v.IsValid() && v.kind() == kindDev
}

// HasLocal reports whether v carries a local version, the part after "+".
func (v Version) HasLocal() bool { return v.wide != nil && v.wide.local != "" }

// Local returns the local version, normalised and without its "+", or "".
func (v Version) Local() string {
	if v.wide != nil {
		return v.wide.local
	}
	return ""
}

// Epoch returns the epoch, the number before "!"; 0 when there is none. A
// number beyond an int is given as the largest int.
func (v Version) Epoch() int {
	if v.wide != nil {
		return v.wide.epoch.toInt()
	}
	return 0
}

// Release returns the release numbers as written, trailing zeros included. A
// number beyond an int is given as the largest int.
func (v Version) Release() []int {
	var buf [maxPackedLen]number
	p := v.view(&buf)
	release := make([]int, len(p.release))
	for i, n := range p.release {
		release[i] = n.toInt()
	}
	return release
}

// Public returns v without its local version.
func (v Version) Public() Version {
	if !v.HasLocal() {
		return v
	}
	p := v.wide.parts
	p.local = ""
	return p.version()
}

// Base returns the epoch and release of v alone: no pre-, post- or development
// release, no local version.
func (v Version) Base() Version {
	if v.wide == nil {
		if !v.IsValid() {
			return v
		}
		v.lo = v.lo&^(kindMask|numMask) | kindFinal<<kindShift
		return v
	}
	return (&parts{epoch: v.wide.epoch, release: v.wide.release}).version()
}
