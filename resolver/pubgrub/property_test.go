package pubgrub

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawUniverse draws a small universe: few packages, of which every second has a
// facet, with few versions that depend on each other at random.
func drawUniverse(t *rapid.T) *universe {
	names := []string{"a", "b", "c", "d", "e", "f"}[:rapid.IntRange(1, 6).Draw(t, "packages")]
	count := map[string]int{}
	for _, name := range names {
		count[name] = rapid.IntRange(0, 3).Draw(t, "versions of "+name)
	}
	requires := func(label string, most int) string {
		var list []string
		for range rapid.IntRange(0, most).Draw(t, label) {
			name := rapid.SampledFrom(names).Draw(t, "name")
			x := rapid.IntRange(0, count[name]+1).Draw(t, "bound")
			clause := rapid.SampledFrom([]string{"", " >=", " <", " ==", " !="}).Draw(t, "operator")
			if clause != "" {
				clause += fmt.Sprint(x)
			}
			if name < "c" && rapid.IntRange(0, 3).Draw(t, "facet") == 0 {
				name += "[x]"
			}
			list = append(list, name+clause)
		}
		if len(list) == 0 {
			return ""
		}
		return " -> " + strings.Join(list, ", ")
	}
	var text strings.Builder
	text.WriteString("root" + requires("root", 4) + "\n")
	for _, name := range names {
		for v := range count[name] {
			state := rapid.SampledFrom([]string{"", "", "", "", "", "", " hidden", " unusable: x", " unusable: y"}).Draw(t, "state")
			fmt.Fprintf(&text, "%s %d%s%s\n", name, v+1, state, requires(name, 3))
			if name < "c" {
				fmt.Fprintf(&text, "%s[x] %d%s\n", name, v+1, requires("facet", 2))
			}
		}
	}
	return parseUniverse(t, text.String())
}

// checkUniverse solves a universe and holds the answer to the oracle.
func checkUniverse(t *rapid.T) {
	u := drawUniverse(t)
	opts := Options{}
	if rapid.Bool().Draw(t, "any order") {
		// Whatever the order of decisions, the answer must be right.
		opts.Next = func(undecided []Candidate) int {
			return rapid.IntRange(0, len(undecided)-1).Draw(t, "next")
		}
	}
	s, f, err := Solve(t.Context(), u, opts)
	if err != nil {
		t.Fatalf("%v\n%v", err, u)
	}
	if solvable := u.solvable(); solvable != (f == nil) {
		t.Fatalf("solvable is %t, failure %v\n%v", solvable, f, u)
	}
	if f == nil {
		checkSolution(t, u, s)
		checkNewest(t, u, s)
	} else {
		checkProof(t, u, f)
		checkExplanation(t, f.Explain(u))
	}
	if t.Failed() {
		t.Log("\n" + u.String())
	}
	if opts.Next == nil {
		s2, f2, err := Solve(t.Context(), u, opts)
		if err != nil || !reflect.DeepEqual(s, s2) || !reflect.DeepEqual(f, f2) {
			t.Errorf("not the same again: %v %v %v, before %v %v", s2, f2, err, s, f)
		}
	}
}

// checkNewest checks that where the newest version of everything would do, that
// is what was chosen.
func checkNewest(t rapid.TB, u *universe, s Solution) {
	t.Helper()
	newest := []Decision{{Root, 0}}
	for k := 0; k < len(newest); k++ {
		for _, d := range u.dependencies(newest[k].Package, newest[k].Version) {
			if !d.Allowed.Has(0) || !u.usable(d.Package, 0) {
				return
			}
			if one := (Decision{d.Package, 0}); !slices.Contains(newest, one) {
				newest = append(newest, one)
			}
		}
	}
	for _, d := range s.Decisions {
		if d.Version != 0 {
			t.Errorf("%s was chosen, though the newest of all would do", u.name(d.Package, d.Version))
		}
	}
}

var citation = regexp.MustCompile(`\(\d+\)`)

// checkExplanation checks that an explanation ends in the conclusion and refers
// to no number before it was given, and to every one that was given.
func checkExplanation(t rapid.TB, lines []string) {
	t.Helper()
	given := map[string]bool{} // whether it was used
	for _, line := range lines {
		text, number := line, ""
		if k := strings.LastIndex(line, ". ("); k >= 0 {
			text, number = line[:k+1], line[k+2:]
		}
		if text != "" && !strings.HasSuffix(text, ".") {
			t.Errorf("no sentence: %s", line)
		}
		for _, cited := range citation.FindAllString(text, -1) {
			if _, ok := given[cited]; !ok {
				t.Errorf("%s is referred to before it is given:\n%s", cited, strings.Join(lines, "\n"))
			}
			given[cited] = true
		}
		if number != "" {
			if _, ok := given[number]; ok {
				t.Errorf("%s is given twice:\n%s", number, strings.Join(lines, "\n"))
			}
			given[number] = false
		}
	}
	for number, used := range given {
		if !used {
			t.Errorf("%s is given in vain:\n%s", number, strings.Join(lines, "\n"))
		}
	}
	if last := lines[len(lines)-1]; !strings.HasSuffix(last, "there is no solution.") {
		t.Errorf("the last line is %s", last)
	}
}

func TestAgainstOracle(t *testing.T) { rapid.Check(t, checkUniverse) }

func FuzzAgainstOracle(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkUniverse)) }
