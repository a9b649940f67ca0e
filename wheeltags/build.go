package wheeltags

import (
	"cmp"
	"math"
	"strconv"
)

// Build is the build tag of a wheel: a number and what follows it. It breaks
// ties between wheels of one version with equally good tags; the higher wins.
// The zero Build is that of a wheel without a build tag.
type Build struct {
	// N is the number, at most math.MaxInt64.
	N int64
	// Rest is the text after the number, "" if there is none.
	Rest string
	// Zero is set for the build tag 0 alone, which N and Rest cannot tell from
	// no build tag.
	Zero bool
}

// Compare returns -1, 0 or 1 as b sorts before, with or after c: no build tag
// first, then by number, then by the text after it.
func (b Build) Compare(c Build) int {
	if order := cmp.Or(cmp.Compare(b.N, c.N), cmp.Compare(b.Rest, c.Rest)); order != 0 {
		return order
	}
	switch {
	case b.Zero == c.Zero:
		return 0
	case c.Zero:
		return -1
	}
	return 1
}

// String returns the build tag as text, "" if there is none.
func (b Build) String() string {
	if b == (Build{}) {
		return ""
	}
	return strconv.FormatInt(b.N, 10) + b.Rest
}

// parseBuild parses a build tag; it must begin with a digit (PEP 427).
func parseBuild(s string) (b Build, ok bool) {
	if s == "" || !isDigit(s[0]) {
		return Build{}, false
	}
	digits, rest := cutFunc(s, isDigit)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		n = math.MaxInt64 // beyond any build number there is
	}
	return Build{N: n, Rest: rest, Zero: n == 0 && rest == ""}, true
}
