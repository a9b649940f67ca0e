package pubgrub

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// solve solves a universe that must have a definite answer.
func solve(t rapid.TB, u *universe, opts Options) (Solution, *Failure) {
	t.Helper()
	s, f, err := Solve(context.Background(), u, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

func TestSolve(t *testing.T) {
	tests := []struct {
		name     string
		universe string
		want     string // the solution in the order of decisions
		asked    string // the versions whose dependencies were asked for, if it matters
	}{
		{
			name: "no conflicts", // an example of PubGrub's description
			universe: `
				root -> foo >=1,<2
				foo 1.0 -> bar >=1,<2
				bar 1.0
				bar 2.0`,
			want: "foo 1.0, bar 1.0",
		},
		{
			name: "avoiding a conflict while deciding", // likewise
			universe: `
				root -> foo >=1,<2, bar >=1,<2
				foo 1.1 -> bar >=2,<3
				foo 1.0
				bar 1.0
				bar 1.1
				bar 2.0`,
			want: "foo 1.0, bar 1.1",
		},
		{
			name: "conflict resolution", // likewise
			universe: `
				root -> foo >=1
				foo 2.0 -> bar >=1,<2
				foo 1.0
				bar 1.0 -> foo >=1,<2`,
			want:  "foo 1.0",
			asked: "root, foo 2.0, bar 1.0, foo 1.0",
		},
		{
			name: "conflict resolution with a partial satisfier", // likewise
			universe: `
				root -> foo >=1,<2, target >=2,<3
				foo 1.1 -> left >=1,<2, right >=1,<2
				foo 1.0
				left 1.0 -> shared >=1
				right 1.0 -> shared <2
				shared 2.0
				shared 1.0 -> target >=1,<2
				target 2.0
				target 1.0`,
			want: "foo 1.0, target 2.0",
		},
		{
			name: "backjumping skips packages that have no part in the conflict",
			universe: `
				root -> a, b, c
				a 2 -> x ==1
				a 1
				b 3
				b 2
				b 1
				c 1 -> x ==2
				x 2
				x 1`,
			want:  "a 1, b 3, c 1, x 2",
			asked: "root, a 2, x 1, b 3, c 1, a 1, x 2",
		},
		{
			name: "a package that is no longer needed is dropped",
			universe: `
				root -> a, b
				a 2 -> c
				a 1
				b 1 -> a <2
				c 1`,
			want: "a 1, b 1",
		},
		{
			name: "a cycle",
			universe: `
				root -> a
				a 1 -> b
				b 1 -> c
				c 1 -> a`,
			want: "a 1, b 1, c 1",
		},
		{
			name: "a cycle through the root",
			universe: `
				root -> a
				a 1 -> root`,
			want: "a 1",
		},
		{
			name: "a dependency on itself that it meets",
			universe: `
				root -> a
				a 2 -> a >=2
				a 1`,
			want: "a 2",
		},
		{
			name: "a dependency on itself that it does not meet",
			universe: `
				root -> a
				a 2 -> a <2
				a 1`,
			want: "a 1",
		},
		{
			name: "a dependency that no version meets",
			universe: `
				root -> a
				a 2 -> b >=9
				a 1 -> b
				b 1`,
			want: "a 1, b 1",
		},
		{
			name: "a dependency on a package that has no versions",
			universe: `
				root -> a
				a 2 -> none
				a 1`,
			want: "a 1",
		},
		{
			name: "versions that cannot be chosen",
			universe: `
				root -> a
				a 3 hidden
				a 2 unusable: broken
				a 1`,
			want:  "a 1",
			asked: "root, a 2, a 1",
		},
		{
			name: "two requirements on one package",
			universe: `
				root -> a >=2, a <4
				a 5
				a 3
				a 1`,
			want: "a 3",
		},
		{
			name:     "no dependencies",
			universe: `root`,
			want:     "",
		},
		{
			name: "a facet takes the version of its base",
			universe: `
				root -> a[x], a <3
				a 3
				a 2
				a[x] 2 -> b
				a 1
				b 1`,
			want: "a[x] 2, a 2, a[x]! 2, b 1",
		},
		{
			name: "a facet restricts its base wherever the facet is restricted",
			universe: `
				root -> a, b
				a 3
				a 2
				b 1 -> a[x] <3
				a[x] 2 -> c
				c 1`,
			want: "a 2, b 1, a[x] 2, a[x]! 2, c 1",
		},
		{
			name: "facets that depend on each other",
			universe: `
				root -> a[x]
				a 1
				a[x] 1 -> a[y]
				a[y] 1 -> a[x], b
				b 1`,
			want: "a[x] 1, a 1, a[x]! 1, a[y] 1, a[y]! 1, b 1",
		},
		{
			name: "the package that was met first is decided first",
			universe: `
				root -> a, b
				a 2 -> c ==1
				a 1 -> c
				b 2 -> c ==2
				b 1 -> c
				c 2
				c 1`,
			want: "a 2, c 1, b 1",
		},
		{
			name: "a pinned package is decided before one that was met earlier",
			universe: `
				root -> a, b ==1
				a 2
				a 1
				b 1 -> a <2`,
			want:  "b 1, a 1",
			asked: "root, b 1, a 1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := parseUniverse(t, tt.universe)
			s, f := solve(t, u, Options{})
			if f != nil {
				t.Fatalf("no solution:\n%s", strings.Join(f.Explain(u), "\n"))
			}
			if got := u.solution(s); got != tt.want {
				t.Errorf("solution is %s, want %s", got, tt.want)
			}
			if got := strings.Join(u.asked, ", "); tt.asked != "" && got != tt.asked {
				t.Errorf("asked for %s, want %s", got, tt.asked)
			}
			checkSolution(t, u, s)
		})
	}
}

func TestSolutionVersion(t *testing.T) {
	u := parseUniverse(t, `
		root -> a
		a 2 -> b >=9
		a 1
		b 1`)
	s, _ := solve(t, u, Options{})
	if v, ok := s.Version(u.id("a")); v != 1 || !ok {
		t.Errorf("version of a is %d, %t, want 1, true", v, ok)
	}
	if _, ok := s.Version(u.id("b")); ok {
		t.Error("b has a version, though nothing needs it")
	}
}

func TestStats(t *testing.T) {
	u := parseUniverse(t, `
		root -> foo >=1
		foo 2 -> bar
		foo 1
		bar 1 -> foo <2`)
	s, _ := solve(t, u, Options{})
	// Decided: root, foo 2, bar 1, then after the conflict foo 1. Derived: root,
	// foo, bar, then not foo 2. Known: the root, its dependency, those of foo 2
	// and bar 1, and what follows from the last two.
	want := Stats{Steps: 6, Decisions: 4, Conflicts: 1, Propagations: 4, Incompatibilities: 5}
	if s.Stats != want {
		t.Errorf("stats are %+v, want %+v", s.Stats, want)
	}
}

// Solving again must give the same result to the last detail.
func TestDeterminism(t *testing.T) {
	text := `
		root -> a, b, c
		a 3 -> d ==3, e <3
		a 2 -> d ==2, f
		a 1
		b 3 -> d <2
		b 2 -> e ==3, f >=2
		b 1 -> a >=2
		c 2 -> a ==3
		c 1 -> f ==1
		d 3
		d 2
		d 1
		e 3
		e 2
		f 2
		f 1 -> d >=2`
	var first Solution
	for k := range 20 {
		u := parseUniverse(t, text)
		s, f := solve(t, u, Options{})
		if f != nil {
			t.Fatal("no solution")
		}
		if k == 0 {
			first = s
		} else if !reflect.DeepEqual(s, first) {
			t.Fatalf("solution is %+v, before it was %+v", s, first)
		}
	}
}

func TestMergedDependencies(t *testing.T) {
	var text strings.Builder
	text.WriteString("root -> a, b ==1\n")
	for v := range 40 {
		fmt.Fprintf(&text, "a %d -> b >=2\n", v)
	}
	text.WriteString("b 1\nb 2\n")
	u := parseUniverse(t, text.String())
	_, f := solve(t, u, Options{})
	if f == nil {
		t.Fatal("solved")
	}
	var about []string
	for _, n := range f.Leaves() {
		about = append(about, u.name(n.Package, n.Versions.First())+" and "+fmt.Sprint(n.Versions.Count()-1)+" more")
	}
	want := []string{"a 39 and 39 more", "root and 0 more", "root and 0 more"}
	slices.Sort(about)
	if !slices.Equal(about, want) {
		t.Errorf("the proof is about %q, want %q", about, want)
	}
}

// Requirements on files go before exact versions, and these before others,
// whichever of them was seen first or last.
func TestPins(t *testing.T) {
	all := func(p Package, pin Pin) Dependency { return Dependency{Package: p, Allowed: Full(1), Pin: pin} }
	tb := &table{deps: [][][]Dependency{
		{{all(1, Ranged), all(2, Pinned), all(3, Direct), all(4, Ranged), all(2, Ranged), all(4, Direct)}},
		{{}}, {{}}, {{}}, {{}},
	}}
	s, f, err := Solve(t.Context(), tb, Options{})
	if err != nil || f != nil {
		t.Fatalf("failure is %v, error %v", f, err)
	}
	want := []Decision{{0, 0}, {3, 0}, {4, 0}, {2, 0}, {1, 0}}
	if !slices.Equal(s.Decisions, want) {
		t.Errorf("decisions are %v, want %v", s.Decisions, want)
	}
}

// A package that is named as its own base is no facet.
func TestOwnBase(t *testing.T) {
	tb := &table{deps: [][][]Dependency{{{{Package: 1, Allowed: Full(1), Base: 1}}}, {{}}}}
	s, f, err := Solve(t.Context(), tb, Options{})
	if err != nil || f != nil || len(s.Decisions) != 2 {
		t.Errorf("decisions are %v, failure %v, error %v", s.Decisions, f, err)
	}
}

// order is a provider that tells in which order packages were asked about.
type order struct {
	*universe
	chosen     []string
	prefetched []string
}

func (o *order) Choose(p Package, allowed Set) (int, any, error) {
	o.chosen = append(o.chosen, o.names[p])
	return o.universe.Choose(p, allowed)
}

func (o *order) Prefetch(p Package, allowed Set) {
	o.prefetched = append(o.prefetched, o.names[p]+" "+o.Versions(p, allowed))
}

func TestPrefetch(t *testing.T) {
	o := &order{universe: parseUniverse(t, `
		root -> a, b, c
		a 2 -> b <3, c
		a 1
		b 3
		b 2 -> c ==1
		c 2
		c 1`)}
	if _, _, err := Solve(t.Context(), o, Options{}); err != nil {
		t.Fatal(err)
	}
	// All that is known at once is told at once, and nothing twice.
	want := []string{"c ", "b ", "a ", "b 2", "c 1"}
	if !slices.Equal(o.prefetched, want) {
		t.Errorf("prefetched %q, want %q", o.prefetched, want)
	}
}

func TestNext(t *testing.T) {
	text := `
		root -> a, b, c ==1
		a 1
		b 1
		c 1`
	o := &order{universe: parseUniverse(t, text)}
	var offered [][]string
	_, _, err := Solve(t.Context(), o, Options{Next: func(undecided []Candidate) int {
		var names []string
		for _, c := range undecided {
			names = append(names, o.name(c.Package, c.Allowed.First()))
		}
		offered = append(offered, names)
		return min(1, len(undecided)-1)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"b", "c", "a"}; !slices.Equal(o.chosen, want) {
		t.Errorf("decided %q, want %q", o.chosen, want)
	}
	want := [][]string{{"a 1", "b 1", "c 1"}, {"a 1", "c 1"}, {"a 1"}}
	if !reflect.DeepEqual(offered, want) {
		t.Errorf("offered %q, want %q", offered, want)
	}
}

// broken wraps a provider and changes its answers.
type broken struct {
	Provider
	choose       func(p Package, allowed Set) (int, any, error)
	dependencies func(p Package, v int) ([]Dependency, any, error)
}

func (b *broken) Choose(p Package, allowed Set) (int, any, error) {
	if b.choose != nil {
		return b.choose(p, allowed)
	}
	return b.Provider.Choose(p, allowed)
}

func (b *broken) Dependencies(p Package, v int) ([]Dependency, any, error) {
	if b.dependencies != nil && p != Root {
		return b.dependencies(p, v)
	}
	return b.Provider.Dependencies(p, v)
}

func TestErrors(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name string
		broken
		next func([]Candidate) int
		want string
	}{
		{
			name:   "Choose fails",
			broken: broken{choose: func(Package, Set) (int, any, error) { return 0, nil, boom }},
			want:   "boom",
		},
		{
			name:   "Dependencies fails",
			broken: broken{dependencies: func(Package, int) ([]Dependency, any, error) { return nil, nil, boom }},
			want:   "boom",
		},
		{
			name:   "a version that is not allowed",
			broken: broken{choose: func(Package, Set) (int, any, error) { return 0, nil, nil }},
			want:   "pubgrub: provider: version 0 was chosen of package 1, which is not allowed",
		},
		{
			name:   "a version that does not exist",
			broken: broken{choose: func(Package, Set) (int, any, error) { return 99, nil, nil }},
			want:   "pubgrub: provider: version 99 was chosen of package 1, which is not allowed",
		},
		{
			name: "sets of different lengths",
			broken: broken{dependencies: func(Package, int) ([]Dependency, any, error) {
				return []Dependency{{Package: 1, Allowed: Full(7)}}, nil, nil
			}},
			want: "pubgrub: provider: package 1 has 2 versions and a set over 7",
		},
		{
			name: "a base of another length",
			broken: broken{dependencies: func(Package, int) ([]Dependency, any, error) {
				return []Dependency{{Package: 2, Allowed: Full(7), Base: 1}}, nil, nil
			}},
			want: "pubgrub: provider: package 1 has 2 versions and a set over 7",
		},
		{
			name: "a negative package",
			broken: broken{dependencies: func(Package, int) ([]Dependency, any, error) {
				return []Dependency{{Package: -3}}, nil, nil
			}},
			want: "pubgrub: provider: package number -3 is negative",
		},
		{
			name: "a candidate that was not offered",
			next: func([]Candidate) int { return 1 },
			want: "pubgrub: provider: candidate 1 of 1 is next",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.Provider = parseUniverse(t, `
				root -> a <2
				a 2
				a 1`)
			_, f, err := Solve(t.Context(), &tt.broken, Options{Next: tt.next})
			if err == nil || err.Error() != tt.want || f != nil {
				t.Errorf("error is %v, failure %v, want error %q", err, f, tt.want)
			}
		})
	}
}

func TestMaxSteps(t *testing.T) {
	text := `
		root -> a
		a 1 -> b
		b 1`
	// One round for each package, and one to find that all are decided.
	if _, _, err := Solve(t.Context(), parseUniverse(t, text), Options{MaxSteps: 4}); err != nil {
		t.Errorf("with enough steps: %v", err)
	}
	_, f, err := Solve(t.Context(), parseUniverse(t, text), Options{MaxSteps: 3})
	if !errors.Is(err, ErrTooManySteps) || f != nil {
		t.Errorf("with too few steps: error is %v, failure %v", err, f)
	}
}

// Conflicts count as steps too, so that a search which propagation keeps busy
// comes to an end.
func TestMaxStepsInConflicts(t *testing.T) {
	text := `
		root -> a
		a 3 -> b ==1
		a 2 -> b ==1
		a 1 -> b ==1
		b 1 -> a >3`
	_, f := solve(t, parseUniverse(t, text), Options{})
	if f == nil || f.Stats.Conflicts == 0 {
		t.Fatalf("failure is %+v, want one with conflicts", f)
	}
	for most := 1; most < f.Stats.Steps; most++ {
		if _, f, err := Solve(t.Context(), parseUniverse(t, text), Options{MaxSteps: most}); !errors.Is(err, ErrTooManySteps) || f != nil {
			t.Errorf("with %d steps: error is %v, failure %v", most, err, f)
		}
	}
	if _, f, err := Solve(t.Context(), parseUniverse(t, text), Options{MaxSteps: f.Stats.Steps}); err != nil || f == nil {
		t.Errorf("with enough steps: error is %v, failure %v", err, f)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := parseUniverse(t, `
		root -> a
		a 1 -> b
		b 1`)
	p := &broken{Provider: u, dependencies: func(p Package, v int) ([]Dependency, any, error) {
		cancel()
		return u.Dependencies(p, v)
	}}
	if _, _, err := Solve(ctx, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
	if want := []string{"root", "a 1"}; !slices.Equal(u.asked, want) {
		t.Errorf("asked for %q, want %q", u.asked, want)
	}
}

// Unusable versions share a leaf if their reasons print alike, and then it has the
// first of the reasons.
func TestReasons(t *testing.T) {
	type reason struct{ text []string } // not comparable
	broken2, broken1, gone := &reason{[]string{"broken"}}, &reason{[]string{"broken"}}, "gone"
	tests := []struct {
		name    string
		reasons []any // of versions 2 and 1
		want    []any
	}{
		{"alike", []any{*broken2, *broken1}, []any{*broken2}},
		{"pointers that print as addresses", []any{&broken2.text[0], &broken1.text[0]}, []any{&broken2.text[0], &broken1.text[0]}},
		{"different", []any{*broken2, gone}, []any{*broken2, gone}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &broken{
				Provider:     parseUniverse(t, "root -> a\na 2\na 1"),
				dependencies: func(_ Package, v int) ([]Dependency, any, error) { return nil, tt.reasons[v], nil },
			}
			_, f, err := Solve(t.Context(), p, Options{})
			if err != nil || f == nil {
				t.Fatalf("failure is %v, error %v", f, err)
			}
			var got []any
			for _, n := range f.Leaves() {
				if n.Cause == CauseUnusable {
					got = append(got, n.Reason)
				}
			}
			slices.Reverse(got) // the newest leaf comes first
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("reasons are %v, want %v", got, tt.want)
			}
		})
	}
}

// A requirement is told as it was written if all versions word it alike.
func TestRequirements(t *testing.T) {
	type clauses struct{ list []string } // not comparable
	tests := []struct {
		name    string
		written []any // by versions 2 and 1
		want    any
	}{
		{"alike", []any{clauses{[]string{">=2"}}, clauses{[]string{">=2"}}}, clauses{[]string{">=2"}}},
		{"different", []any{clauses{[]string{">=2"}}, clauses{[]string{">1"}}}, nil},
		{"only one", []any{nil, clauses{[]string{">1"}}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := parseUniverse(t, "root -> a, b <2\na 2\na 1\nb 2\nb 1")
			p := &broken{Provider: u, dependencies: func(p Package, v int) ([]Dependency, any, error) {
				if u.names[p] == "b" {
					return nil, nil, nil
				}
				return []Dependency{{Package: u.id("b"), Allowed: Of(2, 0), Requirement: tt.written[v]}}, nil, nil
			}}
			_, f, err := Solve(t.Context(), p, Options{})
			if err != nil || f == nil {
				t.Fatalf("failure is %v, error %v", f, err)
			}
			for _, n := range f.Leaves() {
				if n.Package == u.id("a") && (n.Versions.Count() != 2 || !reflect.DeepEqual(n.Dependency.Requirement, tt.want)) {
					t.Errorf("requirement of %v is %v, want %v", n.Versions, n.Dependency.Requirement, tt.want)
				}
			}
		})
	}
}
