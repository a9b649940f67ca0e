package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// wheel makes a wheel of modules: "name declaration" each, with "fit" behind it.
func wheel(t *testing.T, tags string, modules ...string) *Wheel {
	t.Helper()
	d, err := describe("a-1-" + tags + ".whl")
	if err != nil {
		t.Fatal(err)
	}
	w := d.Wheel
	for _, text := range modules {
		parts := strings.Fields(text)
		m := Module{Path: parts[0] + ".so", Module: parts[0], Platform: w.Platforms[0], Declaration: vocab.Declaration(parts[1]), Fit: vocab.FitLoads}
		if len(parts) > 2 {
			m.Fit = vocab.Fit(parts[2])
		}
		m.ByDefault = len(parts) > 3
		w.Modules = append(w.Modules, m)
	}
	return &w
}

const (
	linux  = "cp314-cp314t-manylinux_2_28_x86_64"
	mac    = "cp314-cp314t-macosx_11_0_arm64"
	old    = "cp313-cp313t-macosx_11_0_arm64"
	gil    = "cp314-cp314-manylinux_2_28_x86_64"
	riscv  = "cp314-cp314t-manylinux_2_31_riscv64"
	stable = classifierPrefix + " :: 3 - Stable"
	trying = classifierPrefix + " :: 1 - Unstable"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	classified := func(c string, w *Wheel) *Wheel {
		w.Classifier = c
		return w
	}
	unread := wheel(t, linux)
	unread.Error = "the server is gone"
	sibling := wheel(t, gil, "m used")
	sibling.Sibling = true
	for _, tt := range []struct {
		name         string
		wheels       []*Wheel
		pure         bool
		narrowed     bool
		want         vocab.Verdict
		detail       string // a part of it
		contradicted string
	}{
		{name: "all declare", wheels: []*Wheel{wheel(t, linux, "m not-used"), wheel(t, mac, "m not-used")}, want: "declares", detail: "2 modules, all declare"},
		{name: "beside a library", wheels: []*Wheel{wheel(t, linux, "m not-used", "libx not-a-module")}, want: "declares", detail: "1 module, all"},
		{name: "one does not", wheels: []*Wheel{wheel(t, linux, "m not-used", "n silent")}, want: "turns-on", detail: "loading 1 of 2 modules turns the GIL on"},
		{name: "somewhere", wheels: []*Wheel{wheel(t, linux, "m not-used"), wheel(t, mac, "m used")}, want: "turns-on"},
		{name: "another ABI is worse", wheels: []*Wheel{wheel(t, linux, "m silent wrong-abi", "n used")}, want: "wrong-abi", detail: "1 of 2 modules for another ABI"},
		{name: "on is worse than undecided", wheels: []*Wheel{wheel(t, linux, "m undecided", "n used")}, want: "turns-on"},
		{name: "undecided", wheels: []*Wheel{wheel(t, linux, "m undecided", "n delegated")}, want: "undecided", detail: "1 of 2 modules undecided; m: "},
		{name: "undecided, but of another ABI", wheels: []*Wheel{wheel(t, linux, "m undecided wrong-abi")}, want: "wrong-abi"},
		{name: "delegated", wheels: []*Wheel{wheel(t, linux, "m not-used", "n delegated")}, want: "delegates", detail: "1 of 2 modules left to another module"},
		{name: "files for other interpreters", wheels: []*Wheel{wheel(t, linux, "m not-used", "n used ignored", "o used foreign")}, want: "declares", detail: "1 module,"},
		{name: "a processor that is not read", wheels: []*Wheel{wheel(t, linux, "m not-used"), wheel(t, riscv, "m undecided")}, want: "declares", detail: "1 module, all declare that they do not use the GIL; 1 are"},
		{name: "that was asked for", wheels: []*Wheel{wheel(t, linux, "m not-used"), wheel(t, riscv, "m undecided")}, narrowed: true, want: "undecided"},
		{name: "and no other one", wheels: []*Wheel{wheel(t, riscv, "m undecided")}, want: "undecided", detail: "not read"},
		{name: "nothing", want: "pure", detail: "no extension modules"},
		{name: "no modules", wheels: []*Wheel{wheel(t, "py3-none-win_amd64")}, want: "pure"},
		{name: "a wheel not had", wheels: []*Wheel{unread, wheel(t, mac, "m not-used")}, want: "undecided", detail: "1 wheel could not be read: the server is gone"},
		{name: "a sibling does not count", wheels: []*Wheel{wheel(t, linux, "m not-used"), sibling}, want: "declares"},
		{name: "nor does another interpreter's", wheels: []*Wheel{wheel(t, linux, "m not-used"), wheel(t, gil, "m silent")}, want: "declares"},
		{name: "only with the GIL", wheels: []*Wheel{wheel(t, gil, "m silent", "n silent")}, want: "no-wheel", detail: "do not tell"},
		{name: "only with the GIL, an explicit no", wheels: []*Wheel{wheel(t, gil, "m used", "n silent")}, want: "no-wheel", detail: "1 of 2 modules say that they use the GIL: its authors said no"},
		{name: "only with the GIL, the toolchain's no", wheels: []*Wheel{wheel(t, gil, "m used loads default")}, want: "no-wheel", detail: "do not tell"},
		{name: "only with the GIL, a yes", wheels: []*Wheel{wheel(t, gil, "m not-used", "n not-used")}, want: "no-wheel", detail: "declare already"},
		{name: "only with the GIL, half a yes", wheels: []*Wheel{wheel(t, gil, "m not-used", "n silent")}, want: "no-wheel", detail: "1 of 2 modules declare already"},
		{name: "a pure one instead", wheels: []*Wheel{wheel(t, gil, "m silent")}, pure: true, want: "pure", detail: "without machine code"},
		{name: "a claim that holds", wheels: []*Wheel{classified(stable, wheel(t, linux, "m not-used"))}, want: "declares"},
		{name: "a claim that does not", wheels: []*Wheel{classified(stable, wheel(t, linux, "m used"))}, want: "turns-on", contradicted: `it claims "3 - Stable", and loading 1 module turns the GIL on`},
		{name: "a claim about what cannot be loaded", wheels: []*Wheel{classified(stable, wheel(t, linux, "m used wrong-abi"))}, want: "wrong-abi", contradicted: `it claims "3 - Stable", and 1 module is for another ABI`},
		{name: "a claim without wheels", wheels: []*Wheel{classified(stable, wheel(t, gil, "m silent"))}, want: "no-wheel", contradicted: `it claims "3 - Stable", and there is no wheel for a free-threaded build`},
		{name: "hardly a claim", wheels: []*Wheel{classified(trying, wheel(t, linux, "m used"))}, want: "turns-on"},
	} {
		s := Subject{Pure: tt.pure, Narrowed: tt.narrowed}
		s.Judge(tt.wheels)
		if s.Verdict != tt.want || !strings.Contains(s.Detail, tt.detail) || s.Contradicted != tt.contradicted {
			t.Errorf("%s: %s: %s; %s", tt.name, s.Verdict, s.Detail, s.Contradicted)
		}
		if s.Differences == nil {
			t.Errorf("%s: no list of differences", tt.name)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	sibling := func(w *Wheel) *Wheel {
		w.Sibling = true
		return w
	}
	for _, tt := range []struct {
		name   string
		wheels []*Wheel
		want   string
	}{
		{"the same", []*Wheel{wheel(t, linux, "m used"), wheel(t, mac, "m used"), wheel(t, old, "m used")}, ""},
		{"between platforms", []*Wheel{wheel(t, linux, "m used"), wheel(t, mac, "m not-used"), wheel(t, old, "m used")},
			"m platforms: not-used 3.14t macos-arm64; used 3.14t linux-x86_64, 3.13t macos-arm64"},
		{"between Pythons", []*Wheel{wheel(t, linux, "m used"), wheel(t, old, "m not-used")}, "m pythons: not-used 3.13t macos-arm64; used 3.14t linux-x86_64"},
		{"undecided is no difference", []*Wheel{wheel(t, linux, "m used"), wheel(t, mac, "m undecided")}, ""},
		{"nor what is not loaded", []*Wheel{wheel(t, linux, "m used"), wheel(t, mac, "m not-used ignored")}, ""},
		{"a silent sibling is none", []*Wheel{wheel(t, linux, "m not-used"), sibling(wheel(t, gil, "m silent"))}, ""},
		{"a sibling that says otherwise", []*Wheel{wheel(t, linux, "m not-used"), sibling(wheel(t, gil, "m used"))}, "m sibling: not-used 3.14t linux-x86_64; used 3.14 linux-x86_64"},
		{"not of the same platform", []*Wheel{wheel(t, mac, "m not-used"), sibling(wheel(t, gil, "m used"))}, ""},
		{"a stable sibling", []*Wheel{wheel(t, linux, "m silent"), sibling(wheel(t, "cp39-abi3-manylinux_2_28_x86_64", "m not-used"))}, "m sibling: not-used 3.13 linux-x86_64; silent 3.14t linux-x86_64"},
		{"with the GIL only", []*Wheel{wheel(t, gil, "m used"), wheel(t, "cp314-cp314-win_amd64", "m silent")}, "m platforms: silent 3.14 windows-x86_64; used 3.14 linux-x86_64"},
	} {
		var lines []string
		for _, d := range differences(tt.wheels) {
			var says []string
			for _, x := range d.Says {
				says = append(says, fmt.Sprintf("%s %s", x.Declaration, strings.Join(x.In, ", ")))
			}
			lines = append(lines, d.Module+" "+d.Between+": "+strings.Join(says, "; "))
		}
		if diff := cmp.Diff(tt.want, strings.Join(lines, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestJudgeNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		subject Subject
		want    vocab.Verdict
	}{
		{Subject{}, vocab.VerdictPure},
		{Subject{Sought: true}, vocab.VerdictNoWheel},
		{Subject{Sought: true, Pure: true}, vocab.VerdictPure},
	} {
		s := tt.subject
		if s.Judge(nil); s.Verdict != tt.want || s.Detail == "" {
			t.Errorf("%+v: %s: %s", tt.subject, s.Verdict, s.Detail)
		}
	}
}

// The report's wheels are not those that others have.
func TestReport(t *testing.T) {
	t.Parallel()
	w := wheel(t, linux, "m not-used")
	w.Modules[0].Hazards = []string{"PyDict_Next"}
	r := &Report{Schema: Schema}
	r.Add(Subject{Argument: "a"}, []*Wheel{w})
	r.Add(Subject{Argument: "b"}, []*Wheel{w, w})
	r.DropHazards()
	if w.Modules[0].Hazards == nil || r.Wheels[2].Modules[0].Hazards != nil {
		t.Error("hazards were dropped from the wrong wheel")
	}
	if diff := cmp.Diff([][]int{{0}, {1, 2}}, [][]int{r.Subjects[0].Wheels, r.Subjects[1].Wheels}); diff != "" {
		t.Error(diff)
	}
}
