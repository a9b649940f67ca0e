package pep508_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, display, want string }{
		{"requests", "requests", "requests"},
		{"Zope.Interface >= 5 , < 6", "Zope.Interface", "zope-interface>=5,<6"},
		{"uvicorn [standard, Extra_2,standard] (~=0.30)", "uvicorn", "uvicorn[extra-2,standard]~=0.30"},
		{"a@ ../b ; os.name=='nt'", "a", `a @ ../b ; os_name == "nt"`},
		{"a @ git+https://example.invalid/a@main#egg=a", "a", "a @ git+https://example.invalid/a@main#egg=a"},
		{"a[x]@file:///a.whl", "a", "a[x] @ file:///a.whl"},
		{`a==1.*;(python_version<"3")and extra=='X'`, "a", `a==1.*; python_version < "3" and extra == "x"`},
		{"a===1.0,<2", "a", "a===1.0,<2"},
		{"a_", "a_", "a_"},
	} {
		r, err := pep508.Parse(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if r.String() != c.want || r.Display != c.display {
			t.Errorf("Parse(%q) = %s named %s, want %s named %s", c.text, r, r.Display, c.want, c.display)
		}
	}
}

func TestParseErrors(t *testing.T) {
	deep := "a;" + strings.Repeat("(", 200) + "os_name=='nt'" + strings.Repeat(")", 200)
	for _, c := range []struct{ text, want string }{
		{"", "expected a package name at 0"},
		{"  ", "expected a package name at 2"},
		{"-e .", "expected a package name at 0"},
		{"é", "expected a package name at 0"},
		{"aé", "expected a package name at 0"},
		{"a->=1", "a package name can't end with '-' at 1"},
		{"foo 1.0", "expected a version operator at 4"},
		{"foo=1.0", "expected a version operator ('==', not '=') at 3"},
		{"./foo", "expected a package name at 0"},
		{"foo/bar", "expected a version operator at 3"},
		{"foo>=", "empty version at 5"},
		{"foo>=1.x", "unexpected '.' at 6"},
		{"foo >= 1.0, <2.*", ".* can only follow == or != at 14"},
		{"foo~=1", "~= needs at least two release numbers at 5"},
		{"foo >=1 <2", "expected ',' or ';' after the version specifier at 8"},
		{"foo (>=1", "expected ')' for the '(' at 4"},
		{"foo (1)", "expected a version operator or ')' at 5"},
		{"foo (>=1) x", "expected ',' or ';' after the version specifier at 10"},
		{"foo[a", "expected ']' for the '[' at 3"},
		{"foo[a,", "expected ']' for the '[' at 3"},
		{"foo[a,]", "expected the name of an extra after ',' at 6"},
		{"foo[a b]", "expected ',' or ']' after the name of an extra at 6"},
		{"foo[!]", "expected the name of an extra at 4"},
		{"foo @", "expected a URL after '@' at 5"},
		{"foo @ x y", "expected ';' after the URL at 8"},
		{"foo;", "expected a marker variable or a quoted string at 4"},
		{"foo; os", `unknown marker variable "os" at 5`},
		{"foo; os_nme == 'nt'", `unknown marker variable "os_nme" at 5`},
		{"foo; os.nme == 'nt'", `unknown marker variable "os.nme" at 5`},
		{"foo; os_name", "expected a comparison (one of <=, <, !=, ==, >=, >, ~=, ===, in, not in) at 12"},
		{"foo; os_name is 'nt'", "expected a comparison (one of <=, <, !=, ==, >=, >, ~=, ===, in, not in) at 13"},
		{"foo; os_name not 'nt'", "expected ' in' after 'not' at 16"},
		{"foo; os_name == 'nt", "expected a closing ' for the string at 16"},
		{"foo; os_name == nt", `unknown marker variable "nt" at 16`},
		{"foo; os_name == 'a\\", "expected a closing ' for the string at 16"},
		{`foo; os_name == 'a\'`, "a quoted string can't end with a backslash at 18"},
		{`foo; os_name == '\x4'`, "incomplete escape in a quoted string at 17"},
		{`foo; os_name == 'a\ud800'`, "invalid escape in a quoted string at 18"},
		{`foo; os_name == '\N{DASH}'`, `\N{...} is not supported at 17`},
		{"foo; os_name == 'a\nb'", "a quoted string can't hold line ends or NUL at 18"},
		{"foo; os_name == 'a\\b\n'", "a quoted string can't hold line ends or NUL at 20"},
		{"foo; (os_name == 'nt'", "expected ')' for the '(' at 5"},
		{"foo; (os_name == 'nt';", "expected 'and', 'or' or ')' at 21"},
		{"foo; os_name == 'nt')", "expected 'and', 'or' or the end of the marker at 20"},
		{deep, "parentheses are nested too deep at 102"},
	} {
		r, err := pep508.Parse(c.text)
		want := fmt.Sprintf("%s in %q", c.want, c.text)
		if len(c.text) > 300 {
			want = fmt.Sprintf("%s in %q…", c.want, c.text[:300])
		}
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %v, %v\nwant %s", c.text, r, err, want)
		}
		if syntax, ok := errors.AsType[*pep508.SyntaxError](err); !ok || syntax.Input != c.text {
			t.Errorf("Parse(%q): %v isn't a SyntaxError about its input", c.text, err)
		}
	}
}
