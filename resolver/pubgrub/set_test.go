package pubgrub

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// sizes are lengths on both sides of the word boundaries.
var sizes = []int{0, 1, 2, 63, 64, 65, 127, 128, 129, 200}

// drawSet draws a set with the members that make it, for comparison.
func drawSet(t *rapid.T, label string, n int) (Set, []bool) {
	model := make([]bool, n)
	switch rapid.IntRange(0, 3).Draw(t, label) {
	case 0: // empty
	case 1: // full
		for i := range model {
			model[i] = true
		}
	case 2: // a run, as requirements make them
		lo := rapid.IntRange(0, n).Draw(t, "from")
		for i := lo; i < rapid.IntRange(lo, n).Draw(t, "to"); i++ {
			model[i] = true
		}
	default:
		for i := range model {
			model[i] = rapid.Bool().Draw(t, "member")
		}
	}
	return FromFunc(n, func(i int) bool { return model[i] }), model
}

// checkSet compares a set with the members it should have.
func checkSet(t *rapid.T, what string, s Set, n int, want func(i int) bool) {
	count, first := 0, -1
	for i := range n {
		if want(i) {
			if count++; first < 0 {
				first = i
			}
		}
		if s.Has(i) != want(i) {
			t.Errorf("%s: Has(%d) is %t in %v", what, i, s.Has(i), s)
		}
	}
	next := s.First()
	for i := range n {
		if want(i) {
			if next != i {
				t.Errorf("%s: %d comes where %d should in %v", what, next, i, s)
			}
			next = s.Next(i)
		}
	}
	if next != -1 {
		t.Errorf("%s: %d comes after the last in %v", what, next, s)
	}
	if s.Len() != n || s.Count() != count || s.First() != first ||
		s.IsEmpty() != (count == 0) || s.IsFull() != (count == n) || s.Has(-1) || s.Has(n) {
		t.Errorf("%s: Len %d, Count %d, First %d, IsEmpty %t, IsFull %t; of %d are %d members from %d on",
			what, s.Len(), s.Count(), s.First(), s.IsEmpty(), s.IsFull(), n, count, first)
	}
	if same := FromFunc(n, want); !s.Equal(same) || !same.Equal(s) {
		t.Errorf("%s: %v is not equal to %v", what, s, same)
	}
}

func TestSetOperations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(sizes).Draw(t, "n")
		a, inA := drawSet(t, "a", n)
		b, inB := drawSet(t, "b", n)
		for _, mem := range []*slab{nil, {}} {
			checkSet(t, "intersect", a.intersect(b, mem), n, func(i int) bool { return inA[i] && inB[i] })
			checkSet(t, "union", a.union(b, mem), n, func(i int) bool { return inA[i] || inB[i] })
			checkSet(t, "minus", a.minus(b, mem), n, func(i int) bool { return inA[i] && !inB[i] })
			checkSet(t, "complement", a.complement(mem), n, func(i int) bool { return !inA[i] })
		}
		if !a.Intersect(b).Equal(a.intersect(b, nil)) || !a.Union(b).Equal(a.union(b, nil)) ||
			!a.Minus(b).Equal(a.minus(b, nil)) || !a.Complement().Equal(a.complement(nil)) {
			t.Error("an exported operation is not the one it stands for")
		}
		subset, disjoint, equal := true, true, true
		for i := range n {
			subset = subset && (!inA[i] || inB[i])
			disjoint = disjoint && !(inA[i] && inB[i])
			equal = equal && inA[i] == inB[i]
		}
		if a.Subset(b) != subset || a.Disjoint(b) != disjoint || a.Equal(b) != equal {
			t.Errorf("Subset %t, Disjoint %t, Equal %t of %v and %v", a.Subset(b), a.Disjoint(b), a.Equal(b), a, b)
		}
		// Whatever was done with them, the sets are what they were.
		checkSet(t, "a", a, n, func(i int) bool { return inA[i] })
		checkSet(t, "b", b, n, func(i int) bool { return inB[i] })
	})
}

func TestSetConstructors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(sizes).Draw(t, "n")
		checkSet(t, "Empty", Empty(n), n, func(int) bool { return false })
		checkSet(t, "Full", Full(n), n, func(int) bool { return true })
		if n == 0 {
			checkSet(t, "Set{}", Set{}, 0, nil)
			return
		}
		x := rapid.IntRange(0, n-1).Draw(t, "x")
		y := rapid.IntRange(0, n-1).Draw(t, "y")
		checkSet(t, "Single", Single(n, x), n, func(i int) bool { return i == x })
		checkSet(t, "Of", Of(n, x, y, x), n, func(i int) bool { return i == x || i == y })
	})
}

func TestSetOfDifferentLengths(t *testing.T) {
	if Full(64).Equal(Full(65)) || Empty(3).Equal(Empty(4)) || Empty(70).Equal(Empty(130)) {
		t.Error("sets of different lengths are equal")
	}
	for name, f := range map[string]func(){
		"Intersect":  func() { Full(3).Intersect(Full(4)) },
		"Union":      func() { Full(70).Union(Full(71)) },
		"Minus":      func() { Full(64).Minus(Full(65)) },
		"Subset":     func() { Full(3).Subset(Full(4)) },
		"Disjoint":   func() { Full(3).Disjoint(Full(400)) },
		"Single":     func() { Single(3, 3) },
		"Of":         func() { Of(3, -1) },
		"Single(70)": func() { Single(70, 70) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestSetString(t *testing.T) {
	if got, want := Of(6, 4, 0, 1).String(), "{0 1 4}/6"; got != want {
		t.Errorf("String is %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(Empty(100)), "{}/100"; got != want {
		t.Errorf("String is %s, want %s", got, want)
	}
}

// Operations on sets of up to 64 versions must not allocate, and operations on
// larger ones only if the result is none of the operands.
func TestSetAllocations(t *testing.T) {
	for _, n := range []int{1, 10, 64} {
		a := FromFunc(n, func(i int) bool { return i%2 == 0 })
		b := FromFunc(n, func(i int) bool { return i < n/2 })
		allocs := testing.AllocsPerRun(100, func() {
			c := a.Intersect(b).Union(Single(n, n-1)).Minus(a).Complement()
			if c.Len() != n || Full(n).Equal(Empty(n)) || Of(n, 0).IsEmpty() {
				t.Fatal("wrong result")
			}
		})
		if allocs != 0 {
			t.Errorf("%v allocations with %d versions", allocs, n)
		}
	}
	const n = 300
	all, some, other := Full(n), Of(n, 1, 2, 3), Of(n, 200)
	allocs := testing.AllocsPerRun(100, func() {
		if !all.Intersect(some).Union(all).Minus(Set{n: n, words: make([]uint64, 5)}).Equal(all) || !some.Minus(other).Equal(some) {
			t.Fatal("wrong result")
		}
	})
	if allocs > 1 { // the make
		t.Errorf("%v allocations where the result is an operand", allocs)
	}
}
