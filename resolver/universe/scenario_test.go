package universe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

const scenario = `name = "sample"
description = """
A sample
of the format."""

[root]
requires = ["a[fast]"]
requires_python = ">=3.11"

[environment]
python = "3.13"

[resolver_options]
python_platform = "aarch64-apple-darwin"
universal = true
prereleases = true
no_build = ["a"]
resolution = "lowest"
required_environments = ["sys_platform == 'linux'"]

[expected]
satisfiable = true
explanation = "so it is"

[expected.packages]
A = "2.0.0"

[packages.a.versions."2.0.0"]
wheel_tags = ["cp313-cp313t-macosx_11_0_arm64", "py3-none-any"]
yanked = true
requires = ["b"]

[packages.a.versions."2.0.0".extras]
fast = ["c; python_version >= '3'"]

[packages.a.versions."1.0.0"]
sdist = false
requires_python = ">=3.9"

[packages.b.versions."1.0.0"]
wheel = false

[testgen]
disable = true
`

func TestParseScenario(t *testing.T) {
	s, err := universe.ParseScenario("sample", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	if s.Shows != "A sample of the format." || s.Python != "3.13" || s.RequiresPython != ">=3.11" || !s.Universal || s.Resolution != "lowest" ||
		!s.Satisfiable || s.Packages["a"] != "2.0.0" || s.Explanation != "so it is" || len(s.RequiredEnvironments) != 1 {
		t.Errorf("scenario %+v", s)
	}
	if s.Options.Prereleases != resolver.Allow || !slices.Equal(s.Options.OnlyBinary, []string{"a"}) {
		t.Errorf("options %+v", s.Options)
	}
	var names []string
	for _, p := range s.Universe.Indexes[0].Projects {
		for _, r := range p.Releases {
			for _, f := range r.Files {
				names = append(names, f.Name)
				if want := ">=3.12"; f.Core.RequiresPython != want && r.Version != "1.0.0" {
					t.Errorf("%s requires Python %q, want %s", f.Name, f.Core.RequiresPython, want)
				}
				if f.Yanked != (r.Version == "2.0.0") {
					t.Errorf("%s: yanked is %t", f.Name, f.Yanked)
				}
			}
		}
	}
	want := []string{
		"a-1.0.0-py3-none-any.whl", "a-2.0.0-cp313-cp313t-macosx_11_0_arm64.whl",
		"a-2.0.0-py3-none-any.whl", "a-2.0.0.tar.gz", "b-1.0.0.tar.gz",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	two := s.Universe.Indexes[0].Projects[0].Releases[1].Files[0]
	if got := two.Core.Requires; !slices.Equal(got, []string{"b", `c; (python_version >= "3") and extra == "fast"`}) {
		t.Errorf("requires %q", got)
	}
	target, err := s.Target(wheeltags.Platform{})
	if err != nil || target.String() != "3.13 macos-arm64" {
		t.Errorf("target %s, %v", target, err)
	}
}

func TestParseScenarioErrors(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"not TOML":          {`name = "sample"`, `name = `, "expected value"},
		"unknown key":       {"yanked = true", "gone = true", "gone"},
		"bad version":       {`b.versions."1.0.0"`, `b.versions."one"`, "one"},
		"bad root":          {`"a[fast]"`, `"a b"`, "a b"},
		"bad requirement":   {`requires = ["b"]`, `requires = [">=1"]`, "a 2.0.0"},
		"bad specifier":     {`requires_python = ">=3.9"`, `requires_python = "new"`, "a 1.0.0"},
		"bad tag":           {`"py3-none-any"`, `"1-py3-none-any"`, "wheel tag"},
		"bad extra":         {`fast = [`, `"-" = [`, "a 2.0.0"},
		"bad extra's needs": {`"c; python_version >= '3'"`, `"c;"`, "a 2.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(scenario, tt.old, tt.new, 1)
			if text == scenario {
				t.Fatal("nothing replaced")
			}
			_, err := universe.ParseScenario("sample", []byte(text))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "sample: ") {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func FuzzParseScenario(f *testing.F) {
	f.Add(scenario)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := universe.ParseScenario("fuzz", []byte(text))
		if err != nil {
			return
		}
		for _, p := range s.Universe.Indexes[0].Projects {
			for _, r := range p.Releases {
				for _, file := range r.Files {
					if _, err := file.Bytes(); err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}
