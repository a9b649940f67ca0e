package probe

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func TestClosure(t *testing.T) {
	t.Parallel()
	target, err := wheeltags.ParseTarget("3.14t linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	installed := map[string]requirer{}
	for name, requires := range map[string][]string{
		"app":   {"Lib_A[fast]>=1", "win; sys_platform == 'win32'", "test; extra == 'test'", "not a requirement !"},
		"lib-a": {"base", `speed; extra == "fast"`},
		"base":  {"app"}, // a circle
		"speed": {"gone"},
		"test":  {"helper"},
		"loner": {"base"},
	} {
		installed[name] = requirer{name, requires}
	}
	for _, tt := range []struct {
		root   string
		extras []string
		want   []string
	}{
		{"app", nil, []string{"app", "base", "gone", "lib-a", "speed"}},
		{"app", []string{"Test"}, []string{"app", "base", "gone", "helper", "lib-a", "speed", "test"}},
		{"base", nil, []string{"app", "base", "gone", "lib-a", "speed"}},
		{"helper", nil, []string{"helper"}},
	} {
		got := closure(installed, tt.root, tt.extras, pep508.EnvironmentFor(target))
		if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("closure of %s%v (-want +got):\n%s", tt.root, tt.extras, diff)
		}
	}
}

func TestRelation(t *testing.T) {
	t.Parallel()
	required := map[string]bool{"app": true, "lib": true}
	for owner, want := range map[string]vocab.Relation{
		"app": vocab.RelationOwn, "lib": vocab.RelationDependency, "other": vocab.RelationOptional,
	} {
		if got := relation("app", owner, required); got != want {
			t.Errorf("relation to %s = %s, want %s", owner, got, want)
		}
	}
}
