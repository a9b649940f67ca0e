package pep440_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestContains(t *testing.T) {
	for _, c := range []struct{ set, in, out string }{
		{"", "0.dev0 1 2rc1 1+x", ""},
		{">=1.0", "1 1.0+x 1.0.post1 2rc1", "1.0rc1 0.9"},
		{"<=1.0", "1 1.0+x 1.0rc1", "1.0.post0.dev0 1.0.1"},
		// The pre-releases of V are not < V, its post-releases not > V.
		{"<1.0", "0.9 0.9.post1", "1.0.dev0 1.0rc1 1.0rc1+x 1.0 1!0"},
		{"<1.0rc1", "0.9 1.0b2 1.0rc1.dev0", "1.0rc1 1.0rc1+x"},
		{"<1.0.post1", "1.0 1.0+x 1.0.post0 1.0.post0.dev1 1.0rc1", "1.0.post1.dev0 1.0.post1"},
		{"<1!1.0", "1.0 2 1!0.9", "1!1.0rc1 1!1.0.dev0 1!1"},
		{"<1!1.0.post1", "2 1!1.0 1!1.0.post0 1!1.0rc1", "1!1.0.post1.dev0 1!1.0.post1"},
		{">1.0", "1.1.dev0 1.0.1 1.0.0.0.0.1 1!0", "1.0 1.0+x 1.0.post1 1.0.post1.dev0 1.0.post33554431 0.9"},
		{">1.0rc1", "1.0rc2.dev0 1.0rc2 1.0", "1.0rc1+x 1.0rc1.post1 1.0rc1.dev1"},
		{">1.0.post1", "1.0.post2.dev0 1.0.post2 1.1", "1.0.post1 1.0.post1+x 1.0.post1.dev1"},
		{">1.0.dev1", "1.0.dev2 1.0a1 1.0", "1.0.dev1 1.0.dev1+x 1.0.dev0"},
		{">1!1.0rc1", "1!1.0rc2.dev0 1!1.0", "1!1.0rc1.post1 1!1.0rc1+x 2"},
		{">1.0rc1.post1", "1.0rc1.post2.dev0 1.0rc2", "1.0rc1.post1 1.0rc1.post1+x 1.0rc1"},
		{"==1.0", "1 1.0.0 1.0+x", "1.0.post1 1.0rc1 1.1"},
		{"==1.0+x", "1+x 1.0.0+X", "1.0 1.0+y 1.0+x.1"},
		{"!=1.0", "1.1 1.0rc1 1.0.post1", "1 1.0+x"},
		{"!=1.0+x", "1.0 1.0+y", "1.0+x"},
		{"==1.0.*", "1 1.0.5 1.0rc1 1.0.dev0 1.0.post1+x", "1.1.dev0 1.1 0.9 1!1.0"},
		{"==1!1.0.*", "1!1 1!1.0.5", "1.0 1!1.1"},
		{"!=2.2.0.*", "2.2.1 2.1", "2.2 2.2.0.1 2.2rc1"},
		{"==1.2.3.4.0.*", "1.2.3.4 1.2.3.4.0.7", "1.2.3.4.5 1.2.3.5"},
		{"~=1.4.2", "1.4.2 1.4.9 1.4.5rc1 1.4.2+x", "1.4.2rc1 1.5.dev0 1.5 2"},
		{"~=1.4", "1.4 1.9", "2.dev0 2 1.3"},
		{"~=1.0a1", "1.0a1 1.10a1.post1 1.9", "1.0.dev5 2.dev0"},
		{"~=1!1.4", "1!1.4 1!1.9", "1.4 1!2 1!1.3"},
		{"~=1.2.3.4.5.6", "1.2.3.4.5.6 1.2.3.4.5.7", "1.2.3.4.6 1.2.3.4.5.5"},
		// The largest value of a packed field stands for all beyond it.
		{">1.post33554431", "1.post33554432 2", "1.post33554431 1.post33554431+x 1.post33554430"},
		{">1rc33554431", "1rc33554432.dev0 1", "1rc33554431.post1"},
		{"<1.post33554432", "1.post33554431", "1.post33554432.dev0 1.post33554433"},
		{"==33554431.*", "33554431.5", "33554432 1!33554431 1!0"},
		{"==1.4194303.*", "1.4194303.5", "1.4194304 1.4194302"},
		{"==1.2.33554431.33554431.*", "1.2.33554431.33554431.1", "1.2.33554432 1.2.33554431.33554432"},
		{"===1.0", "1.0", "1 1.0.0 1.0+x"},
		{"===1.0+X", "1.0+x", "1.0"},
		{"===1.0+x", "1.0+x", "1.0 1.0+x.1"},
		{"===nightly", "", "1.0"},
		{"===", "", "1.0"},
		{">=1,<2,!=1.5.*", "1 1.4 1.6", "2 1.5.3 0.9"},
		{">=1,,<2,", "1", "2"},
	} {
		set, err := pep440.ParseSpecifiers(c.set)
		if err != nil {
			t.Error(err)
			continue
		}
		for text := range strings.FieldsSeq(c.in) {
			if v := pep440.MustParse(text); !set.Contains(v) || !set.ContainsDefault(v) {
				t.Errorf("%q doesn't contain %q", c.set, text)
			}
		}
		for text := range strings.FieldsSeq(c.out) {
			if v := pep440.MustParse(text); set.Contains(v) || set.ContainsDefault(v) {
				t.Errorf("%q contains %q", c.set, text)
			}
		}
	}
}

func TestContainsText(t *testing.T) {
	for _, c := range []struct {
		clause, text string
		want         bool
	}{
		{">=3.9", "3.10", true},
		{">=3.9", " v3.9 ", true},
		{">=3.9", "3.8", false},
		{"!=3.9", "not a version", false},
		{"===3.9.0", "3.9", false},
		{"===3.9", "3.9", true},
		{"===RC", "rc", true},
	} {
		clause, err := pep440.ParseSpecifier(c.clause)
		if err != nil {
			t.Fatal(err)
		}
		if got := clause.ContainsText(c.text); got != c.want {
			t.Errorf("%s contains %q: %t, want %t", clause, c.text, got, c.want)
		}
	}
	if (pep440.Specifier{}).Contains(pep440.MustParse("1")) {
		t.Error("the zero Specifier contains something")
	}
}

func TestSpecifiersString(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"", ""},
		{" , ", ""},
		{" >= 1.0 , < V2.0-RC.1 ", ">=1.0,<2.0rc1"},
		{"==01.0.*", "==1.0.*"},
		{"===  As", "===As"},
		{"==1.0+UBUNTU-01", "==1.0+ubuntu.1"},
		{">=1.0,>=1.0,>=1.0.0,>=v1.0", ">=1.0,>=1.0.0"},
		{"==1.0,==1.0.*", "==1.0,==1.0.*"},
	} {
		if got := pep440.MustParseSpecifiers(c.set).String(); got != c.want {
			t.Errorf("%q prints as %q, want %q", c.set, got, c.want)
		}
	}
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("!=1.%d", i%20))
	}
	if got := pep440.MustParseSpecifiers(strings.Join(many, ",")).String(); got != strings.Join(many[:20], ",") {
		t.Errorf("duplicates among many clauses stay: %s", got)
	}
}

func TestSpecifiersAsked(t *testing.T) {
	for _, c := range []struct {
		set    string
		pre    bool
		pinned string
	}{
		{"", false, ""},
		{">=1.0", false, ""},
		{">=1.0rc1", true, ""},
		{">=1.0.dev0,<2", true, ""},
		{"!=1.0rc1", false, ""},
		{"==1.0", false, "1.0"},
		{"==1.0rc1", true, "1.0rc1"},
		{"===1.0", false, "1.0"},
		{"===nightly", false, ""},
		{"==1.*", false, ""},
		{"==1.0,!=1.1", false, ""},
	} {
		set := pep440.MustParseSpecifiers(c.set)
		if got := set.MentionsPrerelease(); got != c.pre {
			t.Errorf("%q mentions a pre-release: %t, want %t", c.set, got, c.pre)
		}
		v, ok := set.Pinned()
		if v.String() != c.pinned || ok != (c.pinned != "") {
			t.Errorf("%q is pinned to %q, %t; want %q", c.set, v, ok, c.pinned)
		}
		if set.IsEmpty() != (c.set == "") {
			t.Errorf("%q is empty: %t", c.set, set.IsEmpty())
		}
	}
}

func TestClauses(t *testing.T) {
	var got []string
	for _, c := range pep440.MustParseSpecifiers("~=1.4.2, ==2.0.*, ===nightly, <3, >0, <=4, >=0, !=5").Clauses() {
		got = append(got, fmt.Sprintf("%v %v %t", c.Op(), c.Version(), c.Wildcard()))
	}
	want := "~= 1.4.2 false|== 2.0 true|===  false|< 3 false|> 0 false|<= 4 false|>= 0 false|!= 5 false"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if s := pep440.Op(200).String() + pep440.Op(0).String(); s != "" {
		t.Errorf("unknown operators print as %q", s)
	}
}

func TestNewSpecifier(t *testing.T) {
	v, local := pep440.MustParse("1.2"), pep440.MustParse("1.2+x")
	clause, err := pep440.NewSpecifier(pep440.OpCompatible, v)
	if err != nil || clause.String() != "~=1.2" || !clause.Contains(pep440.MustParse("1.9")) {
		t.Errorf("got %v, %v", clause, err)
	}
	if c, err := pep440.NewSpecifier(pep440.OpEqual, local); err != nil || c.String() != "==1.2+x" {
		t.Errorf("got %v, %v", c, err)
	}
	for _, c := range []struct {
		op pep440.Op
		v  pep440.Version
	}{
		{pep440.OpArbitrary, v}, {0, v}, {pep440.OpEqual, pep440.Version{}},
		{pep440.OpLess, local}, {pep440.OpCompatible, pep440.MustParse("1")},
	} {
		got, err := pep440.NewSpecifier(c.op, c.v)
		if _, ok := errors.AsType[*pep440.SyntaxError](err); !ok {
			t.Errorf("NewSpecifier(%v, %v) = %v, %v", c.op, c.v, got, err)
		}
	}
	set := pep440.NewSpecifiers(clause, clause).And(pep440.MustParseSpecifiers("<1.5,~=1.2"))
	if set.String() != "~=1.2,<1.5" {
		t.Errorf("And gives %q", set)
	}
	if got := set.And(pep440.Specifiers{}).String() + (pep440.Specifiers{}).And(set).String(); got != strings.Repeat(set.String(), 2) {
		t.Errorf("And with the empty set gives %q", got)
	}
}

func TestParseSpecifiersErrors(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"1.0", "expected a version operator (one of ~=, ==, !=, <=, >=, <, >, ===) at 0"},
		{">=1.0, =2", "expected a version operator ('==', not '=') at 7"},
		{"!1", "expected a version operator (one of ~=, ==, !=, <=, >=, <, >, ===) at 0"},
		{"~1", "expected a version operator (one of ~=, ==, !=, <=, >=, <, >, ===) at 0"},
		{">=1.0,<", "empty version at 7"},
		{">=1.0,< 1.x", "unexpected '.' at 9"},
		{">=1.0.*", ".* can only follow == or != at 5"},
		{"==1.0rc1.*", ".* can only follow a release number at 8"},
		{"==1.0 .*", ".* can only follow a release number at 6"},
		{"==1.0+x.*", ".* can only follow a release number at 7"},
		{"~=1", "~= needs at least two release numbers at 2"},
		{">=1.0+x", "a local version can only follow == or != at 2"},
		{"===a b", "white space, ';' and ')' can't be part of a version at 4"},
		{"===a;b", "white space, ';' and ')' can't be part of a version at 4"},
	} {
		set, err := pep440.ParseSpecifiers(c.set)
		want := fmt.Sprintf("invalid version specifier %q: %s", c.set, c.want)
		if err == nil || err.Error() != want {
			t.Errorf("ParseSpecifiers(%q) = %v, %v; want %s", c.set, set, err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParseSpecifiers lets a bad set through")
		}
	}()
	pep440.MustParseSpecifiers("bad")
}
