package poetry

import (
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestParse(t *testing.T) {
	tests := []struct {
		in, want, marker string
	}{
		{"*", "", ""},
		{"x", "", ""},
		{"1.2.3", "==1.2.3", `python_full_version == "1.2.3"`},
		{"v3.12", "==3.12", `python_version == "3.12"`},
		{"=3.12", "==3.12", `python_version == "3.12"`},
		{"^1.2.3", ">=1.2.3,<2", ""},
		{"^1.2", ">=1.2,<2", ""},
		{"^1", ">=1,<2", ""},
		{"^0.2.3", ">=0.2.3,<0.3", ""},
		{"^0.0.3", ">=0.0.3,<0.0.4", ""},
		{"^0.0", ">=0.0,<0.1", ""},
		{"^0", ">=0,<1", ""},
		{"^0.0.0.5", ">=0.0.0.5,<0.0.1", ""},
		{"^1.0a1", ">=1.0a1,<2", ""},
		{"^1!2.0", ">=1!2.0,<1!3", ""},
		{"~1.2.3", ">=1.2.3,<1.3", ""},
		{"~1.2", ">=1.2,<1.3", ""},
		{"~1", ">=1,<2", ""},
		{"~=1.4.5", "~=1.4.5", ""},
		{"~=1", ">=1,<2", ""},
		{"1.*", "==1.*", `python_version == "1.*"`},
		{"3.12.*", "==3.12.*", `python_version == "3.12"`},
		{"!=3.9.1", "!=3.9.1", `python_full_version != "3.9.1"`},
		{"1.2.*.*", "==1.2.*", ""},
		{"<>1.5", "!=1.5", ""},
		{">= 1.0, < 2.0", ">=1.0,<2.0", ""},
		{">=1.0 <2.0", ">=1.0,<2.0", ""},
		{">=1.0,<2.0,", ">=1.0,<2.0", ""},
		{">=2.7, !=3.0.*, !=3.1.*", ">=2.7,!=3.0.*,!=3.1.*", `python_version >= "2.7" and python_version != "3.0" and python_version != "3.1"`},
		{">=2.7,<3.0 || >=3.6", ">=2.7,<3.0 || >=3.6", `(python_version >= "2.7" and python_version < "3.0") or python_version >= "3.6"`},
		{"^1.0|^2.0", ">=1.0,<2 || >=2.0,<3", ""},
		{"^3.12", ">=3.12,<4", `python_version >= "3.12" and python_version < "4"`},
		{">3.9", ">3.9", `python_full_version > "3.9"`},
		{"<=3.13", "<=3.13", `python_full_version <= "3.13"`},
		{">=3.9.2", ">=3.9.2", `python_full_version >= "3.9.2"`},
		{"* || 1.0", "", ""},
	}
	for _, tt := range tests {
		c, err := Parse(tt.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.in, err)
			continue
		}
		if !sameClauses(t, c.String(), tt.want) {
			t.Errorf("Parse(%q) = %q, want %q", tt.in, c, tt.want)
		}
		if tt.marker != "" && c.PythonMarker() != tt.marker {
			t.Errorf("Parse(%q).PythonMarker() = %s, want %s", tt.in, c.PythonMarker(), tt.marker)
		}
	}
}

// sameClauses compares written constraints whatever the order of the clauses.
func sameClauses(t *testing.T, got, want string) bool {
	t.Helper()
	if want == "" || got == "" {
		return got == want
	}
	a, err := Parse(got)
	if err != nil {
		t.Fatalf("String() is not readable: %v", err)
	}
	b, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	return a.String() == b.String()
}

func TestParseErrors(t *testing.T) {
	for _, in := range []string{"", " ", "||", "1.0 ||", "^", "^x", "~>1.0", ">", "abc", "^1.*", ">=1.*", "1.0-2.0", "@1"} {
		if c, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %q, want an error", in, c)
		}
	}
}

func TestSpecifiers(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"*", "", true},
		{"^1.2", ">=1.2,<2", true},
		{"^1.0 || ^2.0", ">=1.0,<3", true},
		{"^2.0 || ^1.0 || ^3.0", ">=1.0,<4", true},
		{"^1.0 || >=2.0", ">=1.0", true},
		{"^1.0 || ^3.0", "", false},
		{">=2.7,<3.0 || >=3.6", "", false},
		{"1.0 || 2.0", "", false},
		{"<1.0 || ^1.0", "", false},
	} {
		c, err := Parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.Specifiers()
		if ok != tt.ok || ok && got.String() != pep440.MustParseSpecifiers(tt.want).String() {
			t.Errorf("Parse(%q).Specifiers() = %q, %v, want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestContains(t *testing.T) {
	for _, tt := range []struct {
		constraint, version string
		want                bool
	}{
		{"*", "1", true},
		{"^1.2", "1.9.9", true},
		{"^1.2", "2.0", false},
		{"^1.2", "2.0a1", false},
		{"^1.2", "1.1", false},
		{">=2.7,<3.0 || >=3.6", "3.5", false},
		{">=2.7,<3.0 || >=3.6", "3.6", true},
		{">=2.7,<3.0 || >=3.6", "2.7.18", true},
	} {
		c, err := Parse(tt.constraint)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Contains(pep440.MustParse(tt.version)); got != tt.want {
			t.Errorf("%q holds %s: %v, want %v", tt.constraint, tt.version, got, tt.want)
		}
	}
}

// Whatever is accepted prints as something that is accepted and holds the same
// versions.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"*", "^1.2.3", "~1", ">=1,<2 || ==3.*", "!=1.0 2.0", "^1!0.0.1rc1"} {
		f.Add(s, "1.2.3")
	}
	f.Fuzz(func(t *testing.T, s, version string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		_ = c.PythonMarker()
		if len(c.alternatives) == 0 {
			return
		}
		again, err := Parse(c.String())
		if err != nil {
			t.Fatalf("Parse(%q) printed %q: %v", s, c, err)
		}
		v, err := pep440.Parse(version)
		if err != nil {
			return
		}
		if c.Contains(v) != again.Contains(v) {
			t.Fatalf("%q and its print %q differ on %s", s, c, v)
		}
		if one, ok := c.Specifiers(); ok && one.Contains(v) != c.Contains(v) {
			t.Fatalf("%q and its one set %q differ on %s", s, one, v)
		}
	})
}
