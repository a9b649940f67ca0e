package pep508_test

import (
	"errors"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"requests", "a[b,c]>=1,<2; os_name == 'nt'", "a @ https://example.invalid/a ; extra == \"x\"", "a (~=1.0)", "a===x,>=1",
		"a_[b_]", "a>=1.*", "a;", "a[", "é", "a===\x1c", `a; os_name == '\x41\'`, "a ( )", "a>=1,",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := pep508.Parse(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		text := r.String()
		again, err := pep508.Parse(text)
		if err != nil || again.String() != text {
			t.Fatalf("%q prints as %q, which reads as %v, %v", s, text, again, err)
		}
		if again.Name != r.Name || r.Name != pep508.NormalizeName(r.Display) || again.URL != r.URL || len(again.Extras) != len(r.Extras) {
			t.Fatalf("%q reads as %+v, %q as %+v", s, r, text, again)
		}
		if r.URL != "" && !r.Specifiers.IsEmpty() {
			t.Fatalf("%q has both a URL and a specifier", s)
		}
	})
}

func FuzzParseMarker(f *testing.F) {
	for _, s := range []string{
		`python_version < "3.11"`, `"3.9" <= python_version and (os.name == 'nt' or extra == "x")`, `'a' not  in sys_platform`,
		`"x" in extras or "y" in dependency_groups`, `"free-threading" in sys_abi_features`, `python_version === "a b"`,
		`os_name == "\x41\u00e9\n\\"`, `((((`, `"a" == "b"`, `python_version < "=3"`, `extra in extras`, `"Extra" == "extra"`,
	} {
		f.Add(s, "3.14.0", "x")
	}
	f.Fuzz(func(t *testing.T, s, version, extra string) {
		m, err := pep508.ParseMarker(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		text := m.String()
		again, err := pep508.ParseMarker(text)
		if err != nil || again.String() != text {
			t.Fatalf("%q prints as %q, which reads as %v, %v", s, text, again, err)
		}
		env := *linux
		env.PythonFullVersion, env.PlatformRelease, env.Extras = version, version, []string{extra}
		for _, env.AllowABIFeatures = range []bool{false, true} {
			if m.Eval(&env, extra) != again.Eval(&env, extra) || (m.Check(&env) == nil) != (again.Check(&env) == nil) {
				t.Fatalf("%q and %q don't mean the same", s, text)
			}
		}
		if m.UsesExtra() != again.UsesExtra() || !m.UsesExtra() && m.Eval(&env, extra) != m.Eval(&env, "") {
			t.Fatalf("%q: the extra counts where it isn't used", s)
		}
	})
}

func checkSyntaxError(t *testing.T, s string, err error) {
	t.Helper()
	e, ok := errors.AsType[*pep508.SyntaxError](err)
	if !ok || e.Input != s || e.Offset < 0 || e.Offset > len(s) || e.Msg == "" {
		t.Fatalf("%q: %#v isn't a SyntaxError about it", s, err)
	}
}
