package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/resolver/validate"
	"github.com/ftpkg/ftpkg/wheeltags"
)

const world = `shows what the checker refuses
root a[x]>=1
root pinned==1.0
root win; sys_platform == "win32"
constraint b<2

package a
  version 1.0
    requires b
    extra x: c; python_version >= "3.9"
    extra y: d
    wheel cp313-cp313t-manylinux_2_28_x86_64 cp313-cp313-manylinux_2_28_x86_64 cp39-abi3-win_amd64
    sdist
package b
  version 2.0
  version 1.5b1
  version 1.0
    requires-python >=3.8,<3.13
  version 0.9
    yanked
  version 0.8
    sdist dynamic
    other b-0.8.exe
package c
  version 1.0
    requires-python >=3.14
  version 0.9
package d
  version 1.0
package pinned
  version 1.0
    yanked
  version 1.0+ft
    yanked
package win
  version 1.0
package other
  version 1.0
    wheel py3-none-any
    wheel py3-none-any-x8664v3
`

// right is a set that keeps every rule under uv's reading.
func right() []validate.Pick {
	return []validate.Pick{
		{Name: "a", Version: "1.0", File: "a-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl"},
		{Name: "b", Version: "1.0", File: "b-1.0-py3-none-any.whl"},
		{Name: "c", Version: "0.9", File: "c-0.9-py3-none-any.whl"},
		{Name: "pinned", Version: "1.0", File: "pinned-1.0-py3-none-any.whl"},
	}
}

func check(t *testing.T, like vocab.Like, change func(*resolver.Request), picks []validate.Pick) []validate.Violation {
	t.Helper()
	c, err := universe.Parse("world", world)
	if err != nil {
		t.Fatal(err)
	}
	target, err := wheeltags.ParseTarget("3.13t linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	req, err := c.Request(like, target)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	found, err := validate.Set(t.Context(), c.Memory(), req, target, picks)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRight(t *testing.T) {
	if found := check(t, vocab.LikeUV, nil, right()); len(found) > 0 {
		t.Errorf("a valid set: %v", found)
	}
}

// TestWrong breaks each rule once and wants exactly that rule named.
func TestWrong(t *testing.T) {
	// set puts a pick in the place of the one of its name.
	set := func(name, version, file string) func([]validate.Pick) []validate.Pick {
		return func(p []validate.Pick) []validate.Pick {
			for i := range p {
				if p[i].Name == name {
					p[i] = validate.Pick{Name: name, Version: version, File: file}
				}
			}
			return p
		}
	}
	drop := func(name string) func([]validate.Pick) []validate.Pick {
		return func(p []validate.Pick) []validate.Pick {
			return slices.DeleteFunc(p, func(p validate.Pick) bool { return p.Name == name })
		}
	}
	add := func(name, version, file string) func([]validate.Pick) []validate.Pick {
		return func(p []validate.Pick) []validate.Pick {
			return append(p, validate.Pick{Name: name, Version: version, File: file})
		}
	}
	keep := func(p []validate.Pick) []validate.Pick { return p }
	for _, tt := range []struct {
		name   string
		like   vocab.Like
		picks  func([]validate.Pick) []validate.Pick
		change func(*resolver.Request)
		rule   validate.Rule
		pkg    string
	}{
		{"twice", vocab.LikeUV, add("A", "1.0", "a-1.0.tar.gz"), nil, validate.Once, "a"},
		{"no such file", vocab.LikeUV, set("b", "1.0", "b-1.0.tar.gz"), nil, validate.Exists, "b"},
		{"another version's file", vocab.LikeUV, set("c", "0.9", "c-1.0-py3-none-any.whl"), nil, validate.Exists, "c"},
		{"GIL wheel", vocab.LikeUV, set("a", "1.0", "a-1.0-cp313-cp313-manylinux_2_28_x86_64.whl"), nil, validate.Fits, "a"},
		{"other platform", vocab.LikeUV, set("a", "1.0", "a-1.0-cp39-abi3-win_amd64.whl"), nil, validate.Fits, "a"},
		{"never installed", vocab.LikeUV, set("b", "0.8", "b-0.8.exe"), nil, validate.Fits, "b"},
		{"source where only wheels", vocab.LikeUV, set("a", "1.0", "a-1.0.tar.gz"), func(r *resolver.Request) { r.OnlyBinary.All = true }, validate.Fits, "a"},
		{"wheel where none", vocab.LikeUV, keep, func(r *resolver.Request) { r.NoBinary.Only = map[string]bool{"a": true} }, validate.Fits, "a"},
		{"Python too old", vocab.LikeUV, set("c", "1.0", "c-1.0-py3-none-any.whl"), nil, validate.Python, "c"},
		{"Python too new for pip", vocab.LikePip, keep, nil, validate.Python, "b"},
		{"yanked", vocab.LikeUV, set("b", "0.9", "b-0.9-py3-none-any.whl"), nil, validate.Yanked, "b"},
		{"yanked local version", vocab.LikeUV, set("pinned", "1.0+ft", "pinned-1.0+ft-py3-none-any.whl"), nil, validate.Yanked, "pinned"},
		{"pre-release", vocab.LikeUV, set("b", "1.5b1", "b-1.5b1-py3-none-any.whl"), func(r *resolver.Request) { r.Prereleases = resolver.Disallow }, validate.Prerelease, "b"},
		{"constraint", vocab.LikeUV, set("b", "2.0", "b-2.0-py3-none-any.whl"), nil, validate.Met, "b"},
		{"root not chosen", vocab.LikeUV, drop("pinned"), nil, validate.Met, "pinned"},
		{"dependency not chosen", vocab.LikeUV, drop("b"), nil, validate.Met, "b"},
		{"extra's dependency not chosen", vocab.LikeUV, drop("c"), nil, validate.Met, "c"},
		{"extra nobody asked for", vocab.LikeUV, add("d", "1.0", "d-1.0-py3-none-any.whl"), nil, validate.Needed, "d"},
		{"marker does not hold", vocab.LikeUV, add("win", "1.0", "win-1.0-py3-none-any.whl"), nil, validate.Needed, "win"},
		{"nobody requires it", vocab.LikeUV, add("other", "1.0", "other-1.0-py3-none-any.whl"), nil, validate.Needed, "other"},
		{"hash", vocab.LikeUV, keep, func(r *resolver.Request) { r.Requirements[0].Hashes = []string{"sha256:00"} }, validate.Hash, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := check(t, tt.like, tt.change, tt.picks(right()))
			if len(found) != 1 || found[0].Rule != tt.rule || found[0].Package != tt.pkg {
				t.Fatalf("found %v, want one of rule %s on %s", found, tt.rule, tt.pkg)
			}
			if !strings.Contains(found[0].String(), tt.pkg) || found[0].Text == "" {
				t.Errorf("said %q", found[0])
			}
		})
	}
}

// TestUnknownDependencies holds that nothing is called needless where the
// dependencies of a chosen source are known to nobody.
func TestUnknownDependencies(t *testing.T) {
	picks := right()
	picks[1] = validate.Pick{Name: "b", Version: "0.8", File: "b-0.8.tar.gz"}
	picks = append(picks, validate.Pick{Name: "other", Version: "1.0", File: "other-1.0-py3-none-any.whl"})
	if found := check(t, vocab.LikeUV, nil, picks); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestOverrides(t *testing.T) {
	picks := right()
	picks[1] = validate.Pick{Name: "b", Version: "1.5b1", File: "b-1.5b1-py3-none-any.whl"}
	override := func(spec string) func(*resolver.Request) {
		return func(r *resolver.Request) {
			c, err := universe.Parse("override", "shows x\nroot "+spec)
			if err != nil {
				t.Fatal(err)
			}
			o, err := c.Request(vocab.LikeUV)
			if err != nil {
				t.Fatal(err)
			}
			r.Overrides = o.Requirements
		}
	}
	if found := check(t, vocab.LikeUV, override("b==1.5b1"), picks); len(found) > 0 {
		t.Errorf("overridden: %v", found)
	}
	if found := check(t, vocab.LikeUV, override("b==1.0"), picks); len(found) != 1 || found[0].Rule != validate.Met {
		t.Errorf("against the override: %v", found)
	}
}

func TestCell(t *testing.T) {
	c, err := universe.Parse("world", world)
	if err != nil {
		t.Fatal(err)
	}
	target, err := wheeltags.ParseTarget("3.13t linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	req, err := c.Request(vocab.LikeUV, target)
	if err != nil {
		t.Fatal(err)
	}
	cell := resolver.Cell{Satisfiable: false, Packages: []resolver.Package{{Name: "a", Version: "1.0"}}}
	if found, err := validate.Cell(t.Context(), c.Memory(), req, target, &cell); err != nil || len(found) > 0 {
		t.Errorf("a cell without a solution: %v, %v", found, err)
	}
	cell.Satisfiable = true
	if found, err := validate.Cell(t.Context(), c.Memory(), req, target, &cell); err != nil || len(found) == 0 {
		t.Errorf("a cell without a file: %v, %v", found, err)
	}
}
