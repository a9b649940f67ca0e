package resolver_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/resolver/validate"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// randomSeed and randomCount say which made-up universes are looked at, others than scripts/twins asks the installers about by default.
const (
	randomSeed  = 2026
	randomCount = 200
)

// faulty are universes that showed a fault once.
var faulty = [][2]uint64{
	{2026, 558}, {77, 325}, {77, 838}, {77, 1402}, {99, 1173}, {99, 1309}, {99, 1946}, {99, 1971}, {99, 2605},
	{105, 62}, {105, 1438}, {107, 179},
}

var randomTargets = []string{"3.13.5t linux-x86_64", "3.13.5 linux-x86_64", "3.14t linux-x86_64", "3.13t windows-x86_64"}

// eachRandom calls f with random cases and their request for all targets.
func eachRandom(t *testing.T, like vocab.Like, f func(t *testing.T, c *universe.Case, req *resolver.Request)) {
	t.Helper()
	var targets []wheeltags.Target
	for _, name := range randomTargets {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, target)
	}
	list := slices.Clone(faulty)
	for n := range uint64(randomCount) {
		list = append(list, [2]uint64{randomSeed, n})
	}
	for _, u := range list {
		text := universe.Random(u[0], u[1])
		c, err := universe.Parse("random", text)
		if err != nil {
			t.Fatal(err)
		}
		req, err := c.Request(like, targets...)
		if err != nil {
			t.Fatal(err)
		}
		req.NoFixes = true
		if !t.Run(fmt.Sprintf("%d-%d", u[0], u[1]), func(t *testing.T) { f(t, c, req) }) {
			t.Logf("universe %d of seed %d:\n%s", u[1], u[0], text)
		}
	}
}

// TestRandomValid holds that every answer is valid in the eyes of the checker,
// and that there is an answer exactly where trying all combinations finds one.
func TestRandomValid(t *testing.T) {
	solved, failed, large := 0, 0, 0
	eachRandom(t, vocab.LikeUV, func(t *testing.T, c *universe.Case, req *resolver.Request) {
		result := resolve(t, c, req)
		for i, target := range req.Targets {
			cell := &result.Targets[i]
			checkCell(t, c, req, target, cell)
			found, err := validate.Search(t.Context(), c.Memory(), req, target)
			switch {
			case errors.Is(err, validate.ErrTooLarge):
				large++
			case err != nil:
				t.Fatal(err)
			case cell.Satisfiable != (found != nil):
				t.Errorf("%s: satisfiable is %t, a search finds %v: %s", cell.Name(), cell.Satisfiable, found, describe(cell))
			case cell.Satisfiable:
				solved++
			default:
				failed++
			}
		}
	})
	t.Logf("%d cells with an answer, %d without, %d too large to search", solved, failed, large)
	if solved < randomCount || failed < randomCount/2 || large > randomCount/10 {
		t.Errorf("the universes are lopsided: %d cells with an answer, %d without, %d too large to search", solved, failed, large)
	}
}

// TestRandomValidLikePip holds that answers under pip's rules are valid too.
func TestRandomValidLikePip(t *testing.T) {
	eachRandom(t, vocab.LikePip, func(t *testing.T, c *universe.Case, req *resolver.Request) {
		result := resolve(t, c, req)
		for i, target := range req.Targets {
			checkCell(t, c, req, target, &result.Targets[i])
		}
	})
}

// TestRandomAlone holds that a cell, its fixes included, does not depend on its
// neighbours.
func TestRandomAlone(t *testing.T) {
	alone := func(t *testing.T, c *universe.Case, req *resolver.Request) {
		req.NoFixes = false
		req.Pythons = []int{14, 15}
		together := resolve(t, c, req)
		for i, target := range req.Targets {
			one := *req
			one.Targets = []wheeltags.Target{target}
			if diff := cmp.Diff(resolve(t, c, &one).Targets[0], together.Targets[i]); diff != "" {
				t.Errorf("%s: alone (-) and together (+) differ:\n%s", target, diff)
			}
		}
	}
	eachRandom(t, vocab.LikeUV, alone)
	eachRandom(t, vocab.LikePip, alone)
}

// TestRandomWheelAdded holds that another wheel takes an answer from no target:
// where every version of a project gets a pure wheel that requires what its other
// files require, what could be installed still can.
func TestRandomWheelAdded(t *testing.T) {
	eachRandom(t, vocab.LikeUV, func(t *testing.T, c *universe.Case, req *resolver.Request) {
		before := resolve(t, c, req)
		for _, p := range c.Universe.Indexes[0].Projects {
			for _, r := range p.Releases {
				addPureWheel(r)
			}
		}
		after := resolve(t, c, req)
		for i := range req.Targets {
			if before.Targets[i].Satisfiable && !after.Targets[i].Satisfiable {
				t.Errorf("%s: no answer once there are more wheels: %s", before.Targets[i].Name(), describe(&after.Targets[i]))
			}
		}
	})
}

// addPureWheel gives a release a pure wheel where all its files say the same.
func addPureWheel(r *universe.Release) {
	first := r.Files[0]
	for _, f := range r.Files {
		if f.Yanked != first.Yanked || cmp.Diff(f.Core, first.Core) != "" {
			return
		}
	}
	pure := *first
	pure.Kind = universe.Wheel
	pure.Name = "p" + first.Name[1:2] + "-" + r.Version + "-py2.py3-none-any.whl"
	r.Files = append(r.Files, &pure)
}

// TestRandomAligned holds that an aligned answer is valid on every target that
// has an answer, and has one version of each package that it does not call split.
func TestRandomAligned(t *testing.T) {
	aligned := 0
	align := func(t *testing.T, c *universe.Case, req *resolver.Request) {
		req.Targets = req.Targets[:2] // the twins
		req.Align = true
		result := resolve(t, c, req)
		if !result.Targets[0].Satisfiable || !result.Targets[1].Satisfiable {
			return
		}
		if result.Aligned == nil || len(result.Aligned.Cells) != 2 {
			t.Error("no aligned answer where each target has one")
			return
		}
		versions := map[string]string{}
		for i, target := range req.Targets {
			cell := &result.Aligned.Cells[i]
			if !cell.Satisfiable {
				t.Errorf("%s: aligned, it has no answer: %s", target, describe(cell))
			}
			checkCell(t, c, req, target, cell)
			for _, p := range cell.Packages {
				v, ok := versions[p.Name]
				split := slices.ContainsFunc(result.Aligned.Splits, func(s resolver.Split) bool { return s.Package == p.Name })
				if ok && !split && v != p.Version {
					t.Errorf("%s is %s and %s, and not called split", p.Name, v, p.Version)
				}
				versions[p.Name] = p.Version
			}
		}
		if len(result.Aligned.Splits) == 0 {
			aligned++
		}
	}
	eachRandom(t, vocab.LikePip, align)
	eachRandom(t, vocab.LikeUV, align)
	t.Logf("%d of %d universes aligned", aligned, 2*randomCount)
	if aligned < randomCount/2 {
		t.Errorf("only %d of %d universes aligned", aligned, 2*randomCount)
	}
}

// TestRandomAlignedAlone holds that aligning one target changes nothing.
func TestRandomAlignedAlone(t *testing.T) {
	for _, like := range []vocab.Like{vocab.LikeUV, vocab.LikePip} {
		eachRandom(t, like, func(t *testing.T, c *universe.Case, req *resolver.Request) {
			for _, target := range req.Targets[:2] {
				one := *req
				one.Targets = []wheeltags.Target{target}
				one.Align = true
				result := resolve(t, c, &one)
				if cell := &result.Targets[0]; cell.Satisfiable {
					if want, got := files(cell), files(&result.Aligned.Cells[0]); !slices.Equal(want, got) {
						t.Errorf("like %s on %s: aligned with itself it takes %q, not %q", like, target, got, want)
					}
				}
			}
		})
	}
}

// files lists the files of a cell, by package.
func files(c *resolver.Cell) []string {
	var out []string
	for _, p := range c.Packages {
		out = append(out, p.File)
	}
	return out
}
