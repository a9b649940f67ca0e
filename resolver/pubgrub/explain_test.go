package pubgrub

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestExplain compares the explanations of universes without a solution with
// golden files. A file holds a universe, a line of dashes and the explanation.
func TestExplain(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d golden files, error %v", len(files), err)
	}
	const line = "\n---\n\n"
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(data), line)
			u := parseUniverse(t, text)
			_, f := solve(t, u, Options{})
			if f == nil {
				t.Fatal("there is a solution")
			}
			if u.solvable() {
				t.Fatal("the oracle finds a solution")
			}
			checkProof(t, u, f)
			lines := f.Explain(u)
			checkExplanation(t, lines)
			got := strings.Join(lines, "\n") + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(strings.TrimSuffix(text, "\n")+"\n"+line+got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Taking any one fact out of the documented proofs must leave a universe that can
// be solved: the explanations name nothing that has no part in the failure.
func TestExplanationIsMinimal(t *testing.T) {
	for _, name := range []string{"linear", "branching", "no_version_matches", "same_package_twice"} {
		data, err := os.ReadFile("testdata/explain/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(string(data), "\n---\n")
		u := parseUniverse(t, text)
		_, f := solve(t, u, Options{})
		leaves := f.Leaves()
		if solvableUnder(u, leaves) {
			t.Errorf("%s: the facts named leave a solution", name)
		}
		for k, leaf := range leaves {
			rest := slices.Delete(slices.Clone(leaves), k, k+1)
			if !solvableUnder(u, rest) {
				t.Errorf("%s: there is no solution even without %s", name, words{u}.fact(leaf))
			}
		}
	}
}

// solvableUnder reports whether the root can be chosen where the given facts are
// all there is.
func solvableUnder(u *universe, facts []*Node) bool {
	var terms [][]Term
	for _, n := range facts {
		terms = append(terms, n.Terms)
	}
	found := false
	eachState(u, append(terms, []Term{{Package: Root}}), func(state map[Package]int) {
		if state[Root] != 0 {
			return
		}
		for _, ts := range terms {
			if allTrue(ts, state) {
				return
			}
		}
		found = true
	})
	return found
}

func TestFacts(t *testing.T) {
	tests := []struct {
		node Node
		want string
	}{
		{Node{Cause: CauseNoVersion, Package: 1, Versions: Full(3)}, "no version of a can be used"},
		{Node{Cause: CauseNoVersion, Package: 1, Versions: Of(3, 0, 1), Reason: ""}, "none of a >=8 can be used"},
		{Node{Cause: CauseNoVersion, Package: 1, Versions: Of(3, 1), Reason: "why"}, "a 8 cannot be used (why)"},
		{Node{Cause: CauseUnusable, Package: 1, Versions: Of(3, 1, 2), Reason: 404}, "none of a <9 can be used (404)"},
		{Node{Cause: CauseUnusable, Package: Root, Versions: Full(1)}, "root cannot be used"},
		{Node{Cause: CauseDependency, Package: 1, Versions: Full(3), Dependency: Dependency{Package: 2, Allowed: Full(2)}},
			"every version of a depends on b"},
		{Node{Cause: CauseDependency, Package: 1, Versions: Of(3, 0), Dependency: Dependency{Package: 2, Allowed: Of(2, 1)}},
			"a 9 depends on b 8"},
		{Node{Cause: CauseDependency, Package: 1, Versions: Full(1), Dependency: Dependency{Package: 2, Requirement: "~=1.0"}},
			"a depends on b ~=1.0 (it has no versions)"},
		{Node{Cause: CauseDependency, Package: 1, Versions: Full(1), Dependency: Dependency{Package: 2, Allowed: Empty(4)}},
			"a depends on b (no version matches)"},
	}
	for _, tt := range tests {
		if got := (words{letters{}}).fact(&tt.node); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestCauseString(t *testing.T) {
	for c, want := range map[Cause]string{
		CauseDerived: "derived", CauseDependency: "dependency", CauseNoVersion: "no version",
		CauseUnusable: "unusable", 77: "invalid cause",
	} {
		if got := c.String(); got != want {
			t.Errorf("cause %d is %q, want %q", c, got, want)
		}
	}
}

func TestLeaves(t *testing.T) {
	u := parseUniverse(t, `
		root -> foo, bar
		foo 2 unusable: broken
		foo 1 -> bar >=2
		bar 2 hidden
		bar 1`)
	_, f := solve(t, u, Options{})
	if f == nil {
		t.Fatal("there is a solution")
	}
	var got []string
	for _, n := range f.Leaves() {
		got = append(got, n.Cause.String()+": "+words{u}.fact(n))
	}
	slices.Sort(got)
	want := []string{
		"dependency: foo 1 depends on bar >=2",
		"dependency: root depends on foo",
		"no version: bar 2 cannot be used (all hidden)",
		"unusable: foo 2 cannot be used (broken)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("leaves are %q, want %q", got, want)
	}
}

// letters names packages a, b, c and so on; versions are worded as their number.
type letters struct{}

func (letters) Package(p Package) string {
	if p == Root {
		return "root"
	}
	return string(rune('a' + p - 1))
}

func (letters) Versions(_ Package, s Set) string {
	return FormatSet(s, func(i int) string { return string(rune('9' - i)) })
}

// TestExplainShapes covers shapes of proofs that take large universes to come by.
func TestExplainShapes(t *testing.T) {
	leaf := func(p, q Package) *Node {
		return &Node{
			Cause: CauseDependency, Package: p, Versions: Full(1),
			Dependency: Dependency{Package: q, Allowed: Full(1)},
			Terms:      []Term{{p, Full(1), true}, {q, Full(1), false}},
		}
	}
	derived := func(x, y *Node, packages ...Package) *Node {
		n := &Node{From: [2]*Node{x, y}}
		for _, p := range packages {
			n.Terms = append(n.Terms, Term{p, Full(1), true})
		}
		return n
	}
	const a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
	brief := func(p Package) *Node { return derived(leaf(p, g), leaf(p, h), p) }
	long := func(p Package) *Node { return derived(brief(p), leaf(p+1, h), p, p+1) }
	tests := []struct {
		name string
		node func() *Node
		want []string
	}{
		{
			name: "both causes have a number",
			node: func() *Node {
				x, y := brief(a), brief(b)
				return derived(derived(x, y, c), derived(x, y, d), Root)
			},
			want: []string{
				"Because a depends on g and h, a is forbidden. (1)",
				"Because b depends on g and h, b is forbidden. (2)",
				"Thus, c is forbidden. (3)",
				"",
				"Because a is forbidden (1) and b is forbidden (2), d is forbidden.",
				"So, because c is forbidden (3), there is no solution.",
			},
		},
		{
			name: "the first cause has a number",
			node: func() *Node {
				x := brief(a)
				return derived(derived(x, leaf(b, c), b), derived(x, long(d), e), Root)
			},
			want: []string{
				"Because a depends on g and h, a is forbidden. (1)",
				"And because b depends on c, b is forbidden. (2)",
				"",
				"Because d depends on g and h, d is forbidden.",
				"And because e depends on h, d is incompatible with e.",
				"And because a is forbidden (1), e is forbidden.",
				"So, because b is forbidden (2), there is no solution.",
			},
		},
		{
			name: "a leaf and a cause that has a number",
			node: func() *Node {
				x := brief(a)
				return derived(derived(x, leaf(b, c), b), derived(leaf(d, e), x, d), Root)
			},
			want: []string{
				"Because a depends on g and h, a is forbidden. (1)",
				"And because b depends on c, b is forbidden. (2)",
				"",
				"Because d depends on e and a is forbidden (1), d is forbidden.",
				"So, because b is forbidden (2), there is no solution.",
			},
		},
		{
			name: "the second cause comes up under the first",
			node: func() *Node {
				x := long(a)
				return derived(derived(x, leaf(d, e), d), x, Root)
			},
			want: []string{
				"Because a depends on g and h, a is forbidden.",
				"And because b depends on h, a is incompatible with b. (1)",
				"And because d depends on e, d is forbidden.",
				"So, because a is incompatible with b (1), there is no solution.",
			},
		},
		{
			name: "a chain whose middle is used twice is told in full",
			node: func() *Node {
				x := long(a)
				return derived(derived(x, leaf(d, e), d), derived(x, leaf(e, f), e), Root)
			},
			want: []string{
				"Because a depends on g and h, a is forbidden.",
				"And because b depends on h, a is incompatible with b. (1)",
				"And because d depends on e, d is forbidden. (2)",
				"",
				"Because e depends on f and a is incompatible with b (1), e is forbidden.",
				"So, because d is forbidden (2), there is no solution.",
			},
		},
		{
			name: "statements of all kinds",
			node: func() *Node {
				x := derived(leaf(a, b), leaf(c, d))
				x.Terms = []Term{{a, Full(1), false}, {b, Of(3, 0), false}}
				y := derived(x, leaf(e, f), a, b, c)
				y.Terms = append(y.Terms, Term{d, Full(1), false})
				z := derived(y, leaf(g, h), a, b, c)
				z.Terms = append(z.Terms, Term{Root, Full(1), true})
				return derived(derived(z, derived(leaf(a, c), leaf(b, d), a), c), derived(brief(d), brief(e), d), Root)
			},
			want: []string{
				"Because a depends on b and c depends on d, a or b 9 is required.",
				"And because e depends on f and g depends on h, a, b and c are incompatible.",
				"Because a depends on c and b depends on d, a is forbidden.",
				"Thus, c is forbidden. (1)",
				"",
				"Because d depends on g and h, d is forbidden.",
				"Because e depends on g and h, e is forbidden.",
				"Thus, d is forbidden.",
				"So, because c is forbidden (1), there is no solution.",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := (&Failure{Conclusion: tt.node()}).Explain(letters{})
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}
