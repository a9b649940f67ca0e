package inspect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// page makes the page of project a from file names; "!" before one says that it was
// withdrawn, and "requires" behind it what Python it asks for.
func page(files ...string) *simple.Project {
	var raw []simple.RawFile
	for _, name := range files {
		name, python, _ := strings.Cut(name, " requires ")
		name, yanked := strings.CutPrefix(name, "!")
		raw = append(raw, simple.RawFile{Filename: name, URL: name, Yanked: yanked, RequiresPython: python})
	}
	return simple.FromFiles("a", raw)
}

func short(files []*simple.File) []string {
	names := []string{}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f.Filename, "a-"), ".whl"))
	}
	return names
}

func TestPick(t *testing.T) {
	t.Parallel()
	all := page(
		"a-2-cp314-cp314t-manylinux_2_28_x86_64.whl", "a-2-cp314-cp314-manylinux_2_28_x86_64.whl",
		"a-2-cp314-cp314t-macosx_11_0_arm64.whl", "a-2-cp314-cp314-macosx_11_0_arm64.whl",
		"a-2-cp313-cp313t-win_amd64.whl", "a-2-cp313-cp313-win_amd64.whl", "a-2-cp313-cp313-win32.whl",
		"a-2.tar.gz", "a-1-cp313-cp313t-win_amd64.whl",
	)
	tests := []struct {
		name     string
		page     *simple.Project
		versions string
		pythons  string
		platform string
		siblings bool
		want     Choice // without files
		version  string
		wheels   []string
		sibling  []string
		fallback []string
	}{
		{name: "all", page: all, version: "2", want: Choice{Sdist: true},
			wheels: []string{"2-cp314-cp314t-manylinux_2_28_x86_64", "2-cp314-cp314t-macosx_11_0_arm64", "2-cp313-cp313t-win_amd64"}},
		{name: "siblings", page: all, siblings: true, version: "2", want: Choice{Sdist: true},
			wheels:  []string{"2-cp314-cp314t-manylinux_2_28_x86_64", "2-cp314-cp314t-macosx_11_0_arm64", "2-cp313-cp313t-win_amd64"},
			sibling: []string{"2-cp314-cp314-manylinux_2_28_x86_64", "2-cp314-cp314-macosx_11_0_arm64", "2-cp313-cp313-win_amd64"}},
		{name: "a platform", page: all, platform: "windows-x86_64", version: "2", want: Choice{Sdist: true}, wheels: []string{"2-cp313-cp313t-win_amd64"}},
		{name: "a Python", page: all, pythons: "3.14t", version: "2", want: Choice{Sdist: true},
			wheels: []string{"2-cp314-cp314t-manylinux_2_28_x86_64", "2-cp314-cp314t-macosx_11_0_arm64"}},
		{name: "Pythons of both kinds", page: all, pythons: "3.14t,3.14", platform: "macos-arm64", version: "2", want: Choice{Sdist: true},
			wheels: []string{"2-cp314-cp314t-macosx_11_0_arm64", "2-cp314-cp314-macosx_11_0_arm64"}},
		{name: "the build with the GIL alone", page: all, pythons: "3.13", version: "2", want: Choice{Sdist: true},
			wheels: []string{"2-cp313-cp313-win_amd64", "2-cp313-cp313-win32"}},
		{name: "a version", page: all, versions: "==1", version: "1", wheels: []string{"1-cp313-cp313t-win_amd64"}},
		{name: "what is too new for a floor", page: page("a-2-cp314-cp314t-manylinux_2_39_x86_64.whl"), pythons: "3.14t", platform: "manylinux_2_28_x86_64", version: "2", wheels: nil},
		{name: "no free-threaded wheels", page: page("a-2-cp312-cp312-win_amd64.whl", "a-2-cp314-cp314-win_amd64.whl", "a-2-cp314-cp314-win32.whl"),
			version: "2", fallback: []string{"2-cp314-cp314-win_amd64", "2-cp314-cp314-win32"}},
		{name: "abi3", page: page("a-2-cp39-abi3-win_amd64.whl"), version: "2", fallback: []string{"2-cp39-abi3-win_amd64"}},
		{name: "a pure one beside", page: page("a-2-py3-none-any.whl", "a-2-cp314-cp314-win_amd64.whl"), version: "2", want: Choice{Pure: true}, fallback: []string{"2-cp314-cp314-win_amd64"}},
		{name: "no ABI", page: page("a-2-cp313-none-win_amd64.whl", "a-2-py3-none-win_arm64.whl"), version: "2", wheels: []string{"2-cp313-none-win_amd64", "2-py3-none-win_arm64"}},
		{name: "the newest has no wheel", page: page("a-3.tar.gz", "a-2-cp314-cp314t-win_amd64.whl"), version: "2", want: Choice{Newer: "3"}, wheels: []string{"2-cp314-cp314t-win_amd64"}},
		{name: "withdrawn", page: page("!a-3-cp314-cp314t-win_amd64.whl", "a-2-cp314-cp314t-win_amd64.whl"), version: "2", wheels: []string{"2-cp314-cp314t-win_amd64"}},
		{name: "withdrawn and pinned", page: page("!a-3-cp314-cp314t-win_amd64.whl", "a-2-cp314-cp314t-win_amd64.whl"), versions: "==3", version: "3", wheels: []string{"3-cp314-cp314t-win_amd64"}},
		{name: "a pre-release beside", page: page("a-3rc1-cp314-cp314t-win_amd64.whl", "a-2-cp314-cp314t-win_amd64.whl"), version: "2", wheels: []string{"2-cp314-cp314t-win_amd64"}},
		{name: "a pre-release alone", page: page("a-3rc1-cp314-cp314t-win_amd64.whl", "a-2.tar.gz"), version: "3rc1", want: Choice{Newer: "2"}, wheels: []string{"3rc1-cp314-cp314t-win_amd64"}},
		{name: "Requires-Python", page: page("a-2-py3-none-win_amd64.whl requires >=3.15"), pythons: "3.14t", version: "2"},
		{name: "sdists alone", page: page("a-3.tar.gz"), want: Choice{Newer: "3", Sdist: true}},
		{name: "abi3 and abi3t", page: page("a-2-cp315-abi3.abi3t-win_amd64.whl", "a-2-cp314-cp314-win_amd64.whl"), siblings: true, version: "2", wheels: []string{"2-cp315-abi3.abi3t-win_amd64"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := Question{Siblings: tt.siblings}
			var err error
			if tt.versions != "" {
				if q.Versions, err = pep440.ParseSpecifiers(tt.versions); err != nil {
					t.Fatal(err)
				}
			}
			for text := range strings.SplitSeq(tt.pythons, ",") {
				if text == "" {
					break
				}
				p, err := wheeltags.ParsePython(text)
				if err != nil {
					t.Fatal(err)
				}
				q.Pythons = append(q.Pythons, p)
			}
			if tt.platform != "" {
				if q.Platforms, err = wheeltags.Expand(tt.platform); err != nil {
					t.Fatal(err)
				}
			}
			c := Pick(tt.page, q)
			version := ""
			if c.Release != nil {
				version = c.Release.Version.String()
			}
			if version != tt.version || c.Newer != tt.want.Newer || c.Pure != tt.want.Pure || c.Sdist != tt.want.Sdist {
				t.Errorf("version %s, newer %s, pure %v, sdist %v", version, c.Newer, c.Pure, c.Sdist)
			}
			for what, pair := range map[string][2][]string{
				"wheels": {tt.wheels, short(c.Wheels)}, "siblings": {tt.sibling, short(c.Siblings)}, "fallback": {tt.fallback, short(c.Fallback)},
			} {
				if pair[0] == nil {
					pair[0] = []string{}
				}
				if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a-1-cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.whl": "3.14t on linux-x86_64",
		"a-1-cp313-cp313-macosx_11_0_universal2.whl":                      "3.13 on macos-arm64, macos-x86_64",
		"a-1-cp313-none-win_amd64.whl":                                    "3.13t, 3.13 on windows-x86_64",
		"a-1-cp315-abi3.abi3t-musllinux_1_2_aarch64.whl":                  "3.15t, 3.15 on musllinux-aarch64",
		"a-1-cp39-abi3-win32.whl":                                         "3.13, 3.14, 3.15 on windows-x86",
		"a-1-py3-none-any.whl":                                            "3.13t, 3.14t, 3.15t, 3.13, 3.14, 3.15 on any",
		"a-1-cp314-cp314t-manylinux_2_31_riscv64.whl":                     "3.14t on linux-riscv64",
		"a-1-cp38-cp38-win_amd64.whl":                                     " on windows-x86_64",
		"a-1-pp311-pypy311_pp73-win_amd64.whl":                            " on windows-x86_64",
		"a-1-cp314-cp314t-ios_13_0_arm64_iphoneos.whl":                    "3.14t on ios-arm64",
	} {
		d, err := describe(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(d.Pythons, ", ") + " on " + strings.Join(d.Platforms, ", "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
