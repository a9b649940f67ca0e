package vocab

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/vocabulary.md")

var (
	word  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$|^n/a$`)
	field = regexp.MustCompile(`^[a-z]+([_.][a-z]+)*$`)
)

func TestSets(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Sets() {
		if names[s.Name] {
			t.Errorf("two sets are called %q", s.Name)
		}
		names[s.Name] = true
		if !field.MatchString(s.Field) || !strings.HasSuffix(s.About, "?") && !strings.HasSuffix(s.About, ".") {
			t.Errorf("set %s: field %q, about %q", s.Name, s.Field, s.About)
		}
		seen := map[string]bool{}
		for _, e := range s.Entries {
			if seen[e.Name] {
				t.Errorf("set %s has %q twice", s.Name, e.Name)
			}
			seen[e.Name] = true
			if !word.MatchString(e.Name) {
				t.Errorf("set %s: %q is not a word of lower-case letters and dashes", s.Name, e.Name)
			}
			if e.Meaning == "" || e.Next == "" {
				t.Errorf("set %s: %q has no meaning or no next step", s.Name, e.Name)
			}
			if got, ok := s.Lookup(e.Name); !ok || got != e {
				t.Errorf("set %s: Lookup(%q) = %v, %v", s.Name, e.Name, got, ok)
			}
		}
		if _, ok := s.Lookup("no such word"); ok {
			t.Errorf("set %s has every word", s.Name)
		}
		if len(s.Names()) != len(s.Entries) {
			t.Errorf("set %s: %d names for %d entries", s.Name, len(s.Names()), len(s.Entries))
		}
	}
}

// Every string type of the package has a set, and a type's constants are its
// set's words: none forgotten, none left behind.
func TestConstantsAreWords(t *testing.T) {
	constants := constantsByType(t)
	for _, s := range Sets() {
		var matched []string
		for typ, values := range constants {
			if slices.Equal(values, sorted(s.Names())) {
				matched = append(matched, typ)
			}
		}
		if len(matched) != 1 {
			t.Errorf("set %s has the words %q: the constants of %d types are these", s.Name, s.Names(), len(matched))
			continue
		}
		delete(constants, matched[0])
	}
	for typ, values := range constants {
		t.Errorf("type %s has no set in Sets() with exactly its constants %q", typ, values)
	}
}

// constantsByType reads the package's source: the values of the constants of
// each type, sorted.
func constantsByType(t *testing.T) map[string][]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	byType := map[string][]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			typ, ok := spec.Type.(*ast.Ident)
			for _, v := range spec.Values {
				lit, isLit := v.(*ast.BasicLit)
				if !ok || !isLit {
					continue
				}
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				byType[typ.Name] = append(byType[typ.Name], value)
			}
			return true
		})
	}
	if len(byType) == 0 {
		t.Fatal("no constants found")
	}
	for typ := range byType {
		slices.Sort(byType[typ])
	}
	return byType
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// docs/vocabulary.md is generated from Sets: go test ./internal/vocab -update.
func TestDocs(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "vocabulary.md")
	want := page()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("%s is stale, run: go test ./internal/vocab -update (-want +got):\n%s", name, diff)
	}
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Vocabulary

<!-- Generated from internal/vocab by go test ./internal/vocab -update. -->

ftpkg speaks in closed sets of words. A word means the same in every command,
document and page; what it means and what to do next stands here and nowhere else.
`)
	for _, s := range Sets() {
		fmt.Fprintf(&b, "\n## %s\n\n%s In JSON: `%s`.\n\n| word | meaning | next step |\n|---|---|---|\n", s.Name, s.About, s.Field)
		for _, e := range s.Entries {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Name, e.Meaning, e.Next)
		}
	}
	return b.String()
}
