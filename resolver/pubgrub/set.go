package pubgrub

import (
	"fmt"
	"math/bits"
	"strings"
)

// A Set is an immutable set of the versions of one package, given as indexes
// from 0 up to the number of versions the package has. By convention index 0 is
// the version a provider prefers, the newest.
//
// A set of at most 64 versions holds no pointer and no operation on it
// allocates. The zero Set is the empty set of no versions. Operations on two
// sets panic if the sets have not the same length.
type Set struct {
	n     int
	word  uint64   // the members if n <= 64
	words []uint64 // the members if n > 64; never written once the set is made
}

const wordBits = 64

// Empty returns the set over n versions that has no members.
func Empty(n int) Set {
	if n <= wordBits {
		return Set{n: n}
	}
	return Set{n: n, words: make([]uint64, wordsFor(n))}
}

// Full returns the set of all n versions.
func Full(n int) Set {
	return Empty(n).complement(nil)
}

// Single returns the set over n versions whose only member is i.
func Single(n, i int) Set {
	return single(n, i, nil)
}

// FromFunc returns the set of those of n versions for which member is true.
func FromFunc(n int, member func(i int) bool) Set {
	s := Set{n: n}
	if n <= wordBits {
		for i := range n {
			if member(i) {
				s.word |= 1 << i
			}
		}
		return s
	}
	s.words = make([]uint64, wordsFor(n))
	for i := range n {
		if member(i) {
			s.words[i/wordBits] |= 1 << (i % wordBits)
		}
	}
	return s
}

// Of returns the set over n versions that has the given members.
func Of(n int, members ...int) Set {
	s := Empty(n)
	for _, i := range members {
		checkIndex(n, i)
		if n <= wordBits {
			s.word |= 1 << i
		} else {
			s.words[i/wordBits] |= 1 << (i % wordBits)
		}
	}
	return s
}

// Len returns the number of versions the set is over, members or not.
func (s Set) Len() int { return s.n }

// Has reports whether i is a member.
func (s Set) Has(i int) bool {
	if uint(i) >= uint(s.n) {
		return false
	}
	if s.n <= wordBits {
		return s.word>>i&1 != 0
	}
	return s.words[i/wordBits]>>(i%wordBits)&1 != 0
}

// Count returns the number of members.
func (s Set) Count() int {
	if s.n <= wordBits {
		return bits.OnesCount64(s.word)
	}
	c := 0
	for _, w := range s.words {
		c += bits.OnesCount64(w)
	}
	return c
}

// IsEmpty reports whether the set has no members.
func (s Set) IsEmpty() bool {
	if s.n <= wordBits {
		return s.word == 0
	}
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// IsFull reports whether every version is a member.
func (s Set) IsFull() bool {
	if s.n <= wordBits {
		return s.word == lastWord(s.n)
	}
	last := len(s.words) - 1
	for _, w := range s.words[:last] {
		if w != ^uint64(0) {
			return false
		}
	}
	return s.words[last] == lastWord(s.n)
}

// First returns the lowest member, or -1 if there is none.
func (s Set) First() int { return s.Next(-1) }

// Next returns the lowest member above i, or -1 if there is none. With First it
// visits the members in order:
//
//	for i := s.First(); i >= 0; i = s.Next(i) { … }
func (s Set) Next(i int) int {
	i = max(i+1, 0)
	if i >= s.n {
		return -1
	}
	if s.n <= wordBits {
		if w := s.word >> i; w != 0 {
			return i + bits.TrailingZeros64(w)
		}
		return -1
	}
	k := i / wordBits
	w := s.words[k] >> (i % wordBits) << (i % wordBits)
	for w == 0 {
		if k++; k == len(s.words) {
			return -1
		}
		w = s.words[k]
	}
	return k*wordBits + bits.TrailingZeros64(w)
}

// Equal reports whether both sets have the same length and members.
func (s Set) Equal(t Set) bool {
	if s.n != t.n || s.word != t.word {
		return false
	}
	for k, w := range s.words {
		if w != t.words[k] {
			return false
		}
	}
	return true
}

// Subset reports whether every member of s is a member of t.
func (s Set) Subset(t Set) bool {
	s.check(t)
	if s.word&^t.word != 0 {
		return false
	}
	for k, w := range s.words {
		if w&^t.words[k] != 0 {
			return false
		}
	}
	return true
}

// Disjoint reports whether s and t have no member in common.
func (s Set) Disjoint(t Set) bool {
	s.check(t)
	if s.word&t.word != 0 {
		return false
	}
	for k, w := range s.words {
		if w&t.words[k] != 0 {
			return false
		}
	}
	return true
}

// Intersect returns the members that s and t have in common.
func (s Set) Intersect(t Set) Set { return s.intersect(t, nil) }

// Union returns the members of s and those of t.
func (s Set) Union(t Set) Set { return s.union(t, nil) }

// Minus returns the members of s that are not members of t.
func (s Set) Minus(t Set) Set { return s.minus(t, nil) }

// Complement returns the versions that are not members.
func (s Set) Complement() Set { return s.complement(nil) }

// String returns the members in ascending order with the length, as in
// "{0 1 4}/6".
func (s Set) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i := s.First(); i >= 0; i = s.Next(i) {
		if b.Len() > 1 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, i)
	}
	fmt.Fprintf(&b, "}/%d", s.n)
	return b.String()
}

// The operations below take the memory of a large result from a slab. They
// return an operand itself where that is the result, which is common: most
// requirements on a package admit what earlier ones did.

func single(n, i int, mem *slab) Set {
	checkIndex(n, i)
	if n <= wordBits {
		return Set{n: n, word: 1 << i}
	}
	w := mem.words(wordsFor(n))
	clear(w)
	w[i/wordBits] = 1 << (i % wordBits)
	return Set{n: n, words: w}
}

func (s Set) intersect(t Set, mem *slab) Set {
	s.check(t)
	if s.n <= wordBits {
		return Set{n: s.n, word: s.word & t.word}
	}
	if s.Subset(t) {
		return s
	}
	if t.Subset(s) {
		return t
	}
	w := mem.words(len(s.words))
	for k := range w {
		w[k] = s.words[k] & t.words[k]
	}
	return Set{n: s.n, words: w}
}

func (s Set) union(t Set, mem *slab) Set {
	s.check(t)
	if s.n <= wordBits {
		return Set{n: s.n, word: s.word | t.word}
	}
	if s.Subset(t) {
		return t
	}
	if t.Subset(s) {
		return s
	}
	w := mem.words(len(s.words))
	for k := range w {
		w[k] = s.words[k] | t.words[k]
	}
	return Set{n: s.n, words: w}
}

func (s Set) minus(t Set, mem *slab) Set {
	s.check(t)
	if s.n <= wordBits {
		return Set{n: s.n, word: s.word &^ t.word}
	}
	if s.Disjoint(t) {
		return s
	}
	w := mem.words(len(s.words))
	for k := range w {
		w[k] = s.words[k] &^ t.words[k]
	}
	return Set{n: s.n, words: w}
}

func (s Set) complement(mem *slab) Set {
	if s.n <= wordBits {
		return Set{n: s.n, word: ^s.word & lastWord(s.n)}
	}
	w := mem.words(len(s.words))
	for k := range w {
		w[k] = ^s.words[k]
	}
	w[len(w)-1] &= lastWord(s.n)
	return Set{n: s.n, words: w}
}

func (s Set) check(t Set) {
	if s.n != t.n {
		panic(fmt.Sprintf("pubgrub: sets of one package over %d and %d versions", s.n, t.n))
	}
}

func checkIndex(n, i int) {
	if uint(i) >= uint(n) {
		panic(fmt.Sprintf("pubgrub: version %d of a package that has %d", i, n))
	}
}

func wordsFor(n int) int { return (n + wordBits - 1) / wordBits }

// lastWord returns the last word of the full set over n versions.
func lastWord(n int) uint64 {
	if n == 0 {
		return 0
	}
	return ^uint64(0) >> (-n & (wordBits - 1))
}

// A slab hands out memory for sets in large pieces. A nil slab allocates each
// piece by itself.
type slab struct{ free []uint64 }

const slabWords = 1024

// words returns n words that belong to the caller, with any content.
func (m *slab) words(n int) []uint64 {
	if m == nil {
		return make([]uint64, n)
	}
	if n > len(m.free) {
		m.free = make([]uint64, max(slabWords, n))
	}
	w := m.free[:n:n]
	m.free = m.free[n:]
	return w
}
