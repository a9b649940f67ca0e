package resolver_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/resolver/validate"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// universeDir holds the cases; scripts/record-universes writes the installers'
// answers into them.
const universeDir = "testdata/universe"

func loadCases(t *testing.T) []*universe.Case {
	t.Helper()
	cases, err := universe.Load(os.DirFS(universeDir), ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 60 {
		t.Fatalf("%d cases in %s: where are the others?", len(cases), universeDir)
	}
	return cases
}

// TestUniverses asks the resolver what the installers were asked. All targets of
// a case are resolved in one go.
func TestUniverses(t *testing.T) {
	for _, c := range loadCases(t) {
		for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
			targets := c.Targets(like)
			if len(targets) == 0 {
				continue
			}
			t.Run(c.Name+"/"+string(like), func(t *testing.T) {
				req, err := c.Request(like, targets...)
				if err != nil {
					t.Fatal(err)
				}
				result := resolve(t, c, req)
				for i, target := range targets {
					want, _ := c.Answer(like, target)
					cell := &result.Targets[i]
					compareCell(t, want, cell)
					if rule, ok := c.From(universe.FromRule, like, target); ok && rule != want {
						compareCell(t, rule, cell) // what it must call things
					}
					checkCell(t, c, req, target, cell)
				}
			})
		}
	}
}

// TestUniversesAlone holds that a cell does not depend on the targets it is
// resolved together with.
func TestUniversesAlone(t *testing.T) {
	for _, c := range loadCases(t) {
		targets := c.Targets(vocab.LikeUV)
		if len(targets) == 0 {
			t.Errorf("%s: no answer of uv", c.Name)
			continue
		}
		together, err := c.Request(vocab.LikeUV, targets...)
		if err != nil {
			t.Fatal(err)
		}
		all := resolve(t, c, together)
		for i, target := range targets {
			alone, err := c.Request(vocab.LikeUV, target)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(resolve(t, c, alone).Targets[0], all.Targets[i]); diff != "" {
				t.Errorf("%s on %s: alone (-) and together (+) differ:\n%s", c.Name, target, diff)
			}
		}
	}
}

// TestUniversesRecorded holds that the cases are whole: recorded for both
// installers on both flavours, in agreement with what was worked out by rule,
// and valid in the eyes of the checker where the resolver means to do the same.
func TestUniversesRecorded(t *testing.T) {
	for _, c := range loadCases(t) {
		if c.Recorded == nil {
			t.Errorf("%s: not recorded", c.Name)
			continue
		}
		for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
			for _, python := range []string{"3.13t", "3.13"} {
				home, err := c.Recorded.Target(python)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := c.From(universe.FromInstaller, like, home); !ok {
					t.Errorf("%s: no answer of %s on %s", c.Name, like, home)
				}
			}
			for _, target := range c.Targets(like) {
				recorded, ok := c.From(universe.FromInstaller, like, target)
				if !ok {
					continue
				}
				if rule, ok := c.From(universe.FromRule, like, target); ok {
					if !sameChoice(rule, recorded) {
						t.Errorf("%s: the rule in line %d is not what %s said on %s", c.Name, rule.Line, like, target)
					}
				}
				if _, differs := c.From(universe.FromUs, like, target); !differs && !recorded.Fails {
					checkAnswer(t, c, like, target, recorded)
				}
			}
		}
	}
}

// sameChoice reports whether two answers choose the same files.
func sameChoice(a, b *universe.Answer) bool {
	if a.Fails != b.Fails || len(a.Picks) != len(b.Picks) {
		return false
	}
	files := map[string]bool{}
	for _, p := range a.Picks {
		files[p.File] = true
	}
	for _, p := range b.Picks {
		if !files[p.File] {
			return false
		}
	}
	return true
}

func resolve(t *testing.T, c *universe.Case, req *resolver.Request) *resolver.Result {
	t.Helper()
	result, err := resolver.Resolve(context.Background(), c.Memory(), req)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return result
}

// compareCell compares a cell with an answer.
func compareCell(t *testing.T, want *universe.Answer, cell *resolver.Cell) {
	t.Helper()
	where := cell.Name()
	if cell.Satisfiable == want.Fails {
		t.Errorf("%s: satisfiable is %t, want %t (%s in line %d): %s", where, cell.Satisfiable, !want.Fails, want.Source, want.Line, describe(cell))
		return
	}
	for _, p := range want.Problems {
		found := false
		for _, q := range cell.Problems {
			found = found || q.Package == p.Package && q.Kind == p.Kind
		}
		if !found {
			t.Errorf("%s: no problem %s of %s: %s", where, p.Kind, p.Package, describe(cell))
		}
	}
	if want.Fails {
		return
	}
	names := map[string]bool{}
	for _, p := range want.Picks {
		names[p.Name] = true
		got, ok := cell.Package(p.Name)
		if !ok {
			t.Errorf("%s: %s is not there, want %s (%s in line %d)", where, p.Name, p.File, want.Source, want.Line)
			continue
		}
		comparePick(t, where, p, got)
	}
	for _, p := range cell.Packages {
		if !names[p.Name] {
			t.Errorf("%s: %s is there, with %s, and should not be (%s in line %d)", where, p.Name, p.File, want.Source, want.Line)
		}
	}
}

func comparePick(t *testing.T, where string, want universe.Pick, got *resolver.Package) {
	t.Helper()
	if got.File != want.File || !sameVersion(got.Version, want.Version) {
		t.Errorf("%s: %s is %s from %q, want %s from %s", where, want.Name, got.Version, got.File, want.Version, want.File)
		return
	}
	if want.Index != "" && !strings.Contains(got.URL, "/"+want.Index+"/files/") {
		t.Errorf("%s: %s is from %s, want the index %s", where, want.Name, got.URL, want.Index)
	}
	for _, w := range want.Words {
		switch w {
		case string(got.FileKind), string(got.VersionStatus), string(got.Twin), string(got.Metadata):
		default:
			t.Errorf("%s: %s is %s, %s, twin %s, metadata %s; want it called %s", where, want.Name,
				got.FileKind, got.VersionStatus, got.Twin, got.Metadata, w)
		}
	}
}

func sameVersion(a, b string) bool {
	v, err := pep440.Parse(a)
	if err != nil {
		return false
	}
	w, err := pep440.Parse(b)
	return err == nil && v.Equal(w)
}

// describe tells what a cell says, for failures.
func describe(c *resolver.Cell) string {
	var parts []string
	for _, p := range c.Packages {
		parts = append(parts, p.Name+"=="+p.Version+" ("+p.File+")")
	}
	for _, p := range c.Problems {
		parts = append(parts, p.Package+": "+string(p.Kind)+": "+p.Message)
	}
	return strings.Join(parts, "; ")
}

// checkCell runs the independent checker on a cell.
func checkCell(t *testing.T, c *universe.Case, req *resolver.Request, target wheeltags.Target, cell *resolver.Cell) {
	t.Helper()
	found, err := validate.Cell(context.Background(), c.Memory(), req, target, cell)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s: not valid: %v", cell.Name(), v)
	}
}

// checkAnswer runs the checker on what an installer said.
func checkAnswer(t *testing.T, c *universe.Case, like vocab.Like, target wheeltags.Target, a *universe.Answer) {
	t.Helper()
	req, err := c.Request(like, target)
	if err != nil {
		t.Fatal(err)
	}
	var picks []validate.Pick
	for _, p := range a.Picks {
		picks = append(picks, validate.Pick{Name: p.Name, Version: p.Version, File: p.File})
	}
	found, err := validate.Set(context.Background(), c.Memory(), req, target, picks)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	for _, v := range found {
		t.Errorf("%s: the answer of %s in line %d is not valid: %v", c.Name, like, a.Line, v)
	}
}
