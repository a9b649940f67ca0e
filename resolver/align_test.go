package resolver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver"
)

func align(r *resolver.Request) { r.Align = true }

func TestAlignCost(t *testing.T) {
	r := ask(t, `
root numpy
root app
package numpy
  version 2.5.5
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-macosx_13_0_x86_64
  version 2.3.5
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-macosx_13_0_x86_64 cp314-cp314t-macosx_13_0_x86_64
package app
  version 1.0
    requires only-linux; sys_platform == "linux"
package only-linux
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
`, []string{"3.14 linux-x86_64", "3.14t linux-x86_64", "3.14 macos-x86_64", "3.14t macos-x86_64"}, align)
	want := &resolver.Aligned{
		Versions: map[string]string{"app": "1.0", "numpy": "2.3.5", "only-linux": "1.0"},
		Cost: []resolver.AlignCost{{
			Package: "numpy", From: "2.5.5", To: "2.3.5",
			Cells:   []string{"3.14 linux-x86_64", "3.14t linux-x86_64", "3.14 macos-x86_64"},
			Because: []string{"3.14t macos-x86_64"},
		}},
		Splits: []resolver.Split{},
	}
	got := *r.Aligned
	got.Cells = nil
	if d := cmp.Diff(want, &got); d != "" {
		t.Error(d)
	}
	if v := version(r, 0, "numpy"); v != "2.5.5" {
		t.Errorf("the independent answer has numpy %s, want 2.5.5", v)
	}
	for _, c := range r.Aligned.Cells {
		if p, _ := c.Package("numpy"); p.Version != "2.3.5" || p.File == "" {
			t.Errorf("%s: numpy %s, file %q", c.Name(), p.Version, p.File)
		}
	}
}

func TestAlignSplitsAsLittleAsItMust(t *testing.T) {
	r := ask(t, `
root a
root b
package a
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-win_amd64
  version 1.0
    wheel cp314-cp314t-win_amd64
package b
  version 1.0
`, []string{"3.14 linux-x86_64", "3.14t linux-x86_64", "3.14 windows-x86_64", "3.14t windows-x86_64"}, align)
	if got := r.Aligned.Versions; !cmp.Equal(got, map[string]string{"b": "1.0"}) {
		t.Errorf("aligned versions: %v", got)
	}
	want := []resolver.Split{{
		Package: "a",
		Versions: []resolver.SplitVersion{
			{Version: "2.0", Cells: []string{"3.14 linux-x86_64", "3.14t linux-x86_64", "3.14 windows-x86_64"}},
			{Version: "1.0", Cells: []string{"3.14t windows-x86_64"}},
		},
		Reason: "no version of a serves every cell that needs it; 2.0 serves most",
	}}
	if d := cmp.Diff(want, r.Aligned.Splits); d != "" {
		t.Error(d)
	}
}

// The versions of what a package requires follow from the aligned version, not
// from the independent ones.
func TestAlignFollowsDependencies(t *testing.T) {
	r := ask(t, `
root a
package a
  version 2.0
    requires b>=2
    wheel cp314-cp314-manylinux_2_28_x86_64
  version 1.0
    requires b<2
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
package b
  version 2.0
  version 1.0
`, []string{"3.14 linux-x86_64", "3.14t linux-x86_64"}, align)
	if d := cmp.Diff(map[string]string{"a": "1.0", "b": "1.0"}, r.Aligned.Versions); d != "" {
		t.Error(d)
	}
	if len(r.Aligned.Cost) != 2 {
		t.Errorf("cost: %+v", r.Aligned.Cost)
	}
}

// A cell that is blocked does not hold up the alignment of the others.
func TestAlignAroundABlockedCell(t *testing.T) {
	r := ask(t, `
root a
root b
package a
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
package b
  version 1.0
`, []string{"3.14 linux-x86_64", "3.14t linux-x86_64"}, align)
	if got := strings.Join(r.Targets[1].Problems[0].RequiredBy, ""); got != "a" {
		t.Fatalf("problems: %+v", r.Targets[1].Problems)
	}
	if got := r.Aligned.Versions["b"]; got != "1.0" {
		t.Errorf("aligned: %+v", r.Aligned)
	}
}
