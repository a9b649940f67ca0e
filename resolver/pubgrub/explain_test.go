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
	if got := Cause(77).String(); got != "invalid cause" {
		t.Errorf("an unknown cause is %q", got)
	}
}
