package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	dir := filepath.FromSlash("/proj")
	for _, tt := range []struct {
		name, text string
		want       Settings
	}{
		{"empty", "", Settings{}},
		{"byte order mark", "\ufefflike = 'pip'", Settings{Like: "pip"}},
		{"a string for a list", `python = "3.14t"`, Settings{Python: []string{"3.14t"}}},
		{"an empty list", `extra-index-url = []`, Settings{ExtraIndexURL: []string{}}},
		{
			"everything", `
python = ["3.14t", "3.14"]
platform = ["main", "musllinux_1_2_x86_64"]
like = "pip"
prerelease = "allow"
only-binary = [":all:"]
no-binary = ["lxml"]
align = true
trust-metadata = false
abi-features = true
index-url = "https://index.example.invalid/simple/"
extra-index-url = ["vendor/simple"]
find-links = ["dist", "/abs"]
no-index = false
offline = true
exclude-newer = 2026-11-01
cache-dir = ".cache"
accept = [{ package = "lxml", cells = ["3.14t windows-*"], reason = "known", expires = 2027-03-31 }]
run = { allow = ["yaml._yaml", "pandas.*"] }
`,
			Settings{
				Python: []string{"3.14t", "3.14"}, Platform: []string{"main", "musllinux_1_2_x86_64"},
				Like: "pip", Prerelease: "allow", OnlyBinary: []string{":all:"}, NoBinary: []string{"lxml"},
				Align: new(true), TrustMetadata: new(false), ABIFeatures: new(true),
				IndexURL: "https://index.example.invalid/simple/", ExtraIndexURL: []string{filepath.Join(dir, "vendor", "simple")},
				FindLinks: []string{filepath.Join(dir, "dist"), "/abs"}, NoIndex: new(false), Offline: new(true),
				ExcludeNewer: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), CacheDir: filepath.Join(dir, ".cache"),
				Accept: []Accept{{Package: "lxml", Cells: []string{"3.14t windows-*"}, Reason: "known", Expires: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)}},
				Run:    Run{Allow: []string{"yaml._yaml", "pandas.*"}},
			},
		},
		{"rules", "[check]\nselect = 'ALL'\nignore = ['FT4', 'FT602']\n", Settings{Check: Check{Select: []string{"ALL"}, Ignore: []string{"FT4", "FT602"}}}},
		{"a table", "[run]\nallow = 'a._b'\n", Settings{Run: Run{Allow: []string{"a._b"}}}},
		{
			"tables", "[[accept]]\npackage = 'a'\nreason = 'x'\n[[accept]]\npackage = 'b'\nreason = 'y'\nexpires = '2027-01-01'\n",
			Settings{Accept: []Accept{{Package: "a", Reason: "x"}, {Package: "b", Reason: "y", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}}},
		},
		{
			"gaps", "gap.accept = [{ cell = 'cp314t-macosx_x86_64', reason = 'x', expires = 2027-01-01 }, { cell = ['3.15*', 'win_arm64', '3.14t macos-x86_64'], reason = 'y' }]",
			Settings{Gap: Gap{Accept: []Accept{
				{Cells: []string{"cp314t-macosx_x86_64"}, Reason: "x", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
				{Cells: []string{"3.15*", "win_arm64", "3.14t macos-x86_64"}, Reason: "y"},
			}}},
		},
		{"a local time is UTC", "exclude-newer = 2026-11-01T10:00:00", Settings{ExcludeNewer: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)}},
		{"a time with a zone", "exclude-newer = 2026-11-01T10:00:00+02:00", Settings{ExcludeNewer: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}},
	} {
		s, err := Parse(tt.text, "ftpkg.toml", dir, true)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(&tt.want, s); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{
			"unknown key", "like = 'uv'\npyhton = ['3.14t']\n", `
ftpkg.toml:2:1: unknown key "pyhton": did you mean "python"?
    2 | pyhton = ['3.14t']
      | ^^^^^^`,
		},
		{
			"wrong type", "\tpython = 3.14 # t\n", `
ftpkg.toml:1:11: python is a list of strings, not a float
    1 | 	python = 3.14 # t
      | 	         ^^^^`,
		},
		{
			"wrong type of an element", "python = [\n  '3.14t',\n  3,\n]\n", `
ftpkg.toml:3:3: python is a list of strings, not an integer
    3 |   3,
      |   ^`,
		},
		{
			"wrong switch", "align = 'yes'", `
ftpkg.toml:1:9: align is true or false, not a string
    1 | align = 'yes'
      |         ^^^^^`,
		},
		{
			"wrong word", "like = 'pipp'", `
ftpkg.toml:1:8: like is one of uv, pip: did you mean "pip"?
    1 | like = 'pipp'
      |        ^^^^^^`,
		},
		{
			"after wide text", "prerelease = 'ça'; x", `
ftpkg.toml:1:18: expected a top-level item to end with a newline, comment, or EOF, but got ';' instead
    1 | prerelease = 'ça'; x
      |                  ^`,
		},
		{
			"syntax", "python = ['3.14t'\nlike = 'uv'\n", `
ftpkg.toml:2:1: expected a comma (',') or array terminator (']'), but got 'l'
    2 | like = 'uv'
      | ^`,
		},
		{
			"a table where a list should be", "accept = { package = 'x' }", `
ftpkg.toml:1:10: accept is a list of tables, not a table
    1 | accept = { package = 'x' }
      |          ^^^^^^^^^^^^^^^^^`,
		},
		{
			"missing key in an entry", "accept = [{ package = 'x' }]", `
ftpkg.toml:1:11: the key "reason" is missing
    1 | accept = [{ package = 'x' }]
      |           ^^^^^^^^^^^^^^^^^`,
		},
		{
			"unknown key in an entry", "[[accept]]\npackage = 'x'\nreason = 'y'\nexpired = 2026-01-01\n", `
ftpkg.toml:4:1: unknown key "expired": did you mean "expires"?
    4 | expired = 2026-01-01
      | ^^^^^^^`,
		},
		{
			"impossible cell", "accept = [{ package = 'x', reason = 'y', cells = ['3.14t', 'win'] }]", `
ftpkg.toml:1:60: cells: "win" is not a cell: "win" is not the name of a Python or a platform
    1 | accept = [{ package = 'x', reason = 'y', cells = ['3.14t', 'win'] }]
      |                                                            ^^^^^`,
		},
		{
			"impossible cell of a gap", "gap.accept = [{ cell = 'cp314t-linus', reason = 'y' }]", `
ftpkg.toml:1:24: cell: "cp314t-linus" is not a cell: "cp314t-linus" is not the name of a Python or a platform
    1 | gap.accept = [{ cell = 'cp314t-linus', reason = 'y' }]
      |                        ^^^^^^^^^^^^^^`,
		},
		{
			"gap without a reason", "[[gap.accept]]\ncell = '3.15t'\n", `
ftpkg.toml:1:3: the key "reason" is missing
    1 | [[gap.accept]]
      |   ^^^^^^^^^^`,
		},
		{
			"a list where a table should be", "run = ['a.b']", `
ftpkg.toml:1:7: run is a table, not a list
    1 | run = ['a.b']
      |       ^^^^^^^`,
		},
		{
			"unknown key in a table", "[run]\nalow = 'a.b'\n", `
ftpkg.toml:2:1: unknown key "alow": did you mean "allow"?
    2 | alow = 'a.b'
      | ^^^^`,
		},
		{
			"no rule", "[check]\nselect = 'E501'\n", `
ftpkg.toml:2:10: select: "E501" is not the code of a rule, such as FT101 or FT1, nor ALL
    2 | select = 'E501'
      |          ^^^^^^`,
		},
		{
			"no module", "[run]\nallow = ['a-b']\n", `
ftpkg.toml:2:10: allow: "a-b" is neither the dotted name of a module nor package.*
    2 | allow = ['a-b']
      |          ^^^^^`,
		},
		{
			"bad date", "exclude-newer = 'yesterday'", `
ftpkg.toml:1:17: exclude-newer: "yesterday" is not a date (YYYY-MM-DD) or an RFC 3339 time
    1 | exclude-newer = 'yesterday'
      |                 ^^^^^^^^^^^`,
		},
		{
			"a time for a day", "[[accept]]\npackage = 'x'\nreason = 'y'\nexpires = 2026-01-01T10:00:00Z\n", `
ftpkg.toml:4:11: expires: "2026-01-01T10:00:00Z" is not a date (YYYY-MM-DD)
    4 | expires = 2026-01-01T10:00:00Z
      |           ^^^^^^^^^^^^^^^^^^^^`,
		},
		{
			"many lines", "python = '''\nthree\n'''", `
ftpkg.toml:1:10: python "three`,
		},
	} {
		_, err := Parse(tt.text, "ftpkg.toml", ".", true)
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%s: %T, want an *Error", tt.name, err)
		}
		if want := strings.TrimPrefix(tt.want, "\n"); !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, err, want)
		}
	}
}

func TestDiscover(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	top := write("pyproject.toml", "[tool.ftpkg]\nlike = 'pip'\n")
	write("member/pyproject.toml", "[project]\nname = 'no settings here'\n")
	write("broken/pyproject.toml", "this is not our fault\n")
	both := write("both/ftpkg.toml", "like = 'uv'\n")
	shadowed := write("both/pyproject.toml", "[tool.ftpkg]\nlike = 'pip'\n")
	write("bad/pyproject.toml", "[tool.ftpkg]\nlike = 1\n")
	write("other/ftpkg.toml/keep", "a directory of that name")

	for _, tt := range []struct{ dir, path, like, shadowed string }{
		{".", top, "pip", ""},
		{"member/src/deep", top, "pip", ""},
		{"broken", top, "pip", ""},
		{"both/src", both, "uv", shadowed},
		{"other", top, "pip", ""},
	} {
		f, err := Discover(filepath.Join(root, filepath.FromSlash(tt.dir)))
		if err != nil || f == nil {
			t.Errorf("Discover(%s) = %v, %v", tt.dir, f, err)
			continue
		}
		if f.Path != tt.path || f.Settings.Like != tt.like || f.Shadowed != tt.shadowed {
			t.Errorf("Discover(%s) = %s, like %q, shadowed %q; want %s, %q, %q", tt.dir, f.Path, f.Settings.Like, f.Shadowed, tt.path, tt.like, tt.shadowed)
		}
	}
	if _, err := Discover(filepath.Join(root, "bad")); err == nil || !strings.Contains(err.Error(), "pyproject.toml:2:8: like is a string, not an integer") {
		t.Errorf("Discover(bad): %v", err)
	}
	if f, err := Load(filepath.Join(root, "member", "pyproject.toml")); err == nil {
		t.Errorf("Load of a file without settings = %v", f)
	}
}

func TestLoadTooLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), FileName)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(maxSize+1), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil || !strings.Contains(err.Error(), "too much for a settings file") {
		t.Errorf("Load: %v", err)
	}
}

// A key's example must be a value the key takes.
func TestExamples(t *testing.T) {
	for _, k := range Keys() {
		if _, err := Parse(k.Name+" = "+k.Example, "example", ".", true); err != nil {
			t.Error(err)
		}
	}
	for _, k := range acceptKeys() {
		text := k.Name + " = " + k.Example + "\n"
		for _, other := range acceptKeys() {
			if other.Required && other.Name != k.Name {
				text += other.Name + " = " + other.Example + "\n"
			}
		}
		if _, err := Parse("[[accept]]\n"+text, "example", ".", true); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("python = ['3.14t']\naccept = [{package='a', reason='b'}]\n")
	f.Add("[[accept]]\npackage = 'a'\n[tool.ftpkg]\nlike = 3\n")
	f.Add("exclude-newer = 2026-11-01\nx\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse(text, "f.toml", ".", true)
		if err != nil && !strings.HasPrefix(err.Error(), "f.toml:") {
			t.Errorf("error %q does not name the file", err)
		}
	})
}

func TestCheckModule(t *testing.T) {
	for _, s := range []string{"numpy", "numpy._core._multiarray_umath", "numpy.*", "a.b.*", "größe.λ", "_x1"} {
		if err := CheckModule(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"", "*", ".*", "a.", ".a", "a..b", "a*", "a.*.b", "a.*.*", "*.a", "a-b", "1a", "a b", "a,b", "a.b*"} {
		if CheckModule(s) == nil {
			t.Errorf("%q passes", s)
		}
	}
}
