package pep440_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestVersionParts(t *testing.T) {
	for _, c := range []struct {
		text           string
		epoch          int
		release        []int
		pre, post, dev bool
		local          string
		public, base   string
	}{
		{"1.2.3", 0, []int{1, 2, 3}, false, false, false, "", "1.2.3", "1.2.3"},
		{"1.0.0.0.0", 0, []int{1, 0, 0, 0, 0}, false, false, false, "", "1.0.0.0.0", "1.0.0.0.0"},
		{"1.2.3.4.5", 0, []int{1, 2, 3, 4, 5}, false, false, false, "", "1.2.3.4.5", "1.2.3.4.5"},
		{"2.0rc1", 0, []int{2, 0}, true, false, false, "", "2.0rc1", "2.0"},
		{"2.0.post1", 0, []int{2, 0}, false, true, false, "", "2.0.post1", "2.0"},
		{"2.0.dev20250913", 0, []int{2, 0}, true, false, true, "", "2.0.dev20250913", "2.0"},
		{"2.0.dev20250913120000", 0, []int{2, 0}, true, false, true, "", "2.0.dev20250913120000", "2.0"},
		{"2.0b1.post2.dev3", 0, []int{2, 0}, true, true, true, "", "2.0b1.post2.dev3", "2.0"},
		{"2.9.0+cu128", 0, []int{2, 9, 0}, false, false, false, "cu128", "2.9.0", "2.9.0"},
		{"2.9.0a1.dev1+cu128.x", 0, []int{2, 9, 0}, true, false, true, "cu128.x", "2.9.0a1.dev1", "2.9.0"},
		{"1!2.0+x", 1, []int{2, 0}, false, false, false, "x", "1!2.0", "1!2.0"},
		{"99999999999999999999!1.99999999999999999999", math.MaxInt, []int{1, math.MaxInt}, false, false, false, "",
			"99999999999999999999!1.99999999999999999999", "99999999999999999999!1.99999999999999999999"},
	} {
		v := pep440.MustParse(c.text)
		got := fmt.Sprintln(v.IsValid(), v, v.Epoch(), v.Release(), v.IsPrerelease(), v.IsPostrelease(), v.IsDev(),
			v.HasLocal(), v.Local(), v.Public(), v.Base())
		want := fmt.Sprintln(true, c.text, c.epoch, c.release, c.pre, c.post, c.dev, c.local != "", c.local, c.public, c.base)
		if got != want {
			t.Errorf("%s: got %s, want %s", c.text, got, want)
		}
		text, err := v.AppendText([]byte("="))
		if err != nil || string(text) != "="+c.text {
			t.Errorf("%s: AppendText gave %q, %v", c.text, text, err)
		}
		if v.Public().HasLocal() || !v.Base().Equal(pep440.MustParse(c.base)) {
			t.Errorf("%s: Public or Base keeps too much", c.text)
		}
	}
}

func TestZeroVersion(t *testing.T) {
	var v pep440.Version
	for what, got := range map[string]bool{
		"valid": v.IsValid(), "a pre-release": v.IsPrerelease(), "a post-release": v.IsPostrelease(),
		"a development release": v.IsDev(), "local": v.HasLocal(), "valid as Base": v.Base().IsValid(),
		"valid as Public": v.Public().IsValid(), "text": v.String() != "", "numbers": len(v.Release()) != 0,
	} {
		if got {
			t.Errorf("the zero Version is or has %s", what)
		}
	}
	if v.Compare(pep440.MustParse("0.dev0")) > 0 {
		t.Error("the zero Version sorts after a version")
	}
}

// TestOrder lists versions as PEP 440 orders them; those on one line are equal.
func TestOrder(t *testing.T) {
	const order = `
0.dev0
0 0.0 0.0.0.0.0.0.0.0.0
0.0.0.0.1
0.33554430
0.33554431
1.dev0 1.0.dev0
1.dev1
1.dev33554431
1a0.dev0
1a0
1a0.post0.dev0
1a0.post0
1a1.dev0
1a1.dev0+x
1a1
1a1+x
1a1.post1
1b0
1rc0
1rc33554431
1 1.0 1.0.0
1+a
1+a.1
1+b
1+2
1+2.a
1+2.0
1+10
1+99999999999999999999
1.post0.dev1
1.post0
1.post0+x
1.post1
1.post33554430
1.post33554431
1.post99999999999999999999
1.0.0.0.0.0.0.0.1
1.0.0.1
1.2.3.33554431
1.2.3.33554432
1.2.33554431
1.2.99999999999999999999
1.2.99999999999999999999.1
1.2.100000000000000000000
1.4194303.9
1.4194304
1.18446744073709551615
1.18446744073709551616
2
33554430.5
33554431
33554431.1
1!0.dev0
1!1
2!0
18446744073709551616!0`
	var versions [][]pep440.Version
	for line := range strings.Lines(strings.TrimSpace(order)) {
		var equal []pep440.Version
		for text := range strings.FieldsSeq(line) {
			equal = append(equal, pep440.MustParse(text))
		}
		versions = append(versions, equal)
	}
	for i, vs := range versions {
		for j, ws := range versions {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			for _, v := range vs {
				for _, w := range ws {
					if got := v.Compare(w); got != want || v.Equal(w) != (want == 0) {
						t.Errorf("%v.Compare(%v) = %d, want %d", v, w, got, want)
					}
				}
			}
		}
	}
	flat := slices.Concat(versions...)
	slices.Reverse(flat)
	slices.SortFunc(flat, pep440.Version.Compare)
	if !slices.IsSortedFunc(flat, pep440.Version.Compare) {
		t.Error("sorting by Compare doesn't sort")
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("1.", 500) + "x"
	digits := strings.Repeat("0", 4301)
	for _, text := range []string{digits[1:], "1+" + digits[1:] + ".x" + digits} {
		if _, err := pep440.Parse(text); err != nil {
			t.Errorf("a number of 4300 digits or a word of 4302 letters and digits: %v", err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"", `invalid version "": empty version at 0`},
		{" ", `invalid version " ": empty version at 1`},
		{"v", `invalid version "v": expected a release number at 1`},
		{"one", `invalid version "one": expected a release number at 0`},
		{"1!", `invalid version "1!": expected a release number after the epoch at 2`},
		{"1..0", `invalid version "1..0": unexpected '.' at 1`},
		{" 1.0 x", `invalid version " 1.0 x": unexpected ' ' at 4`},
		{"1.0é", `invalid version "1.0é": unexpected 'é' at 3`},
		{"1.0\xff", `invalid version "1.0\xff": unexpected byte 0xff at 3`},
		{"1.0+", `invalid version "1.0+": expected a letter or digit of the local version at 4`},
		{"1.0+a..b", `invalid version "1.0+a..b": expected a letter or digit of the local version at 6`},
		{"1.0a1b2", `invalid version "1.0a1b2": unexpected 'b' at 5`},
		{"1." + digits[1:] + "9", `invalid version "1.` + digits[1:199] + `"…: number of more than 4300 digits at 2`},
		{"1a" + digits + ".dev" + digits, `invalid version "1a` + digits[:198] + `"…: number of more than 4300 digits at 2`},
		{"1+a." + digits, `invalid version "1+a.` + digits[:196] + `"…: number of more than 4300 digits at 4`},
		{long, `invalid version "` + long[:200] + `"…: unexpected '.' at 999`},
	} {
		v, err := pep440.Parse(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("Parse(%q) = %v, %v; want %s", c.text, v, err, c.want)
		}
		if syntax, ok := errors.AsType[*pep440.SyntaxError](err); !ok || syntax.Input != c.text {
			t.Errorf("Parse(%q): %v isn't a SyntaxError about its input", c.text, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParse lets a bad version through")
		}
	}()
	pep440.MustParse("bad")
}

func TestNoAllocation(t *testing.T) {
	versions := []pep440.Version{
		pep440.MustParse("2.31.0"), pep440.MustParse("2.9.0+cu128"), pep440.MustParse("1!1.0rc1.post2.dev3"),
		pep440.MustParse("1.2.3.4.5.6.7.8.99999999999999999999"),
	}
	sets := []pep440.Specifiers{
		pep440.MustParseSpecifiers("~=2.9,!=2.9.1,==2.*,<3,>1,<=4,>=1"),
		pep440.MustParseSpecifiers("===2.31.0"),
		pep440.MustParseSpecifiers("<1!2,>1!0.5"),
		pep440.MustParseSpecifiers("==1.2.3.4.5.*"),
	}
	n := testing.AllocsPerRun(100, func() {
		for _, text := range []string{"1.2.3", "2.32.4.20250913", "2.0rc1", "v1.0.0-RC.1"} {
			if _, err := pep440.Parse(text); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range versions {
			for _, w := range versions {
				v.Compare(w)
			}
			for _, s := range sets {
				s.Contains(v)
			}
		}
	})
	if n != 0 {
		t.Errorf("parsing, comparing and containment allocate %v times", n)
	}
}
