package pep508_test

import (
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func TestNormalizeName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"requests", "requests"},
		{"Jinja2", "jinja2"},
		{"zope.interface", "zope-interface"},
		{"ruamel_yaml", "ruamel-yaml"},
		{"A.-_B--c", "a-b-c"},
		{"a-b-c", "a-b-c"},
		{"a--b", "a-b"},
		{"-a-", "-a-"},
		{"__a", "-a"},
		{"", ""},
		{"É", "é"},
	} {
		got := pep508.NormalizeName(c.name)
		if got != c.want || pep508.NormalizeName(got) != got || pep508.NormalizeExtra(c.name) != got {
			t.Errorf("NormalizeName(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "A1", "0", "zope.interface", "a_b-c.d", "a..b"} {
		if err := pep508.CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"", `invalid project name "": it is empty`},
		{"_", `invalid project name "_": it has to start and end with a letter or digit`},
		{"-a", `invalid project name "-a": it has to start and end with a letter or digit`},
		{"a.", `invalid project name "a.": it has to start and end with a letter or digit`},
		{"a b", `invalid project name "a b": only ASCII letters, digits, '.', '-' and '_' may be in it`},
		{"é", `invalid project name "é": only ASCII letters, digits, '.', '-' and '_' may be in it`},
		{"a\n", `invalid project name "a\n": only ASCII letters, digits, '.', '-' and '_' may be in it`},
		{strings.Repeat("é", 400), `invalid project name "` + strings.Repeat("é", 150) + `"…: only ASCII letters, digits, '.', '-' and '_' may be in it`},
	} {
		if err := pep508.CheckName(c.name); err == nil || err.Error() != c.want {
			t.Errorf("CheckName(%q) = %v, want %s", c.name, err, c.want)
		}
	}
}
