package matrix

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// The expansions are those of bracex 3.2.2, which cibuildwheel uses.
func TestExpandBraces(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"cp{36,37}-*":        "cp36-* cp37-*",
		"{a,b}{c,d}":         "ac ad bc bd",
		"cp3{1..3}-*":        "cp31-* cp32-* cp33-*",
		"{01..03}":           "01 02 03",
		"{3..1}":             "3 2 1",
		"{-1..1}":            "-1 0 1",
		"{a..e..2}":          "a c e",
		"{1..3..0}":          "1 2 3",
		"{a}":                "{a}",
		"{}":                 "{}",
		"a{,b}":              "a ab",
		"{a,{b,c}}":          "a b c",
		"{a,b":               "{a,b",
		"a}b":                "a}b",
		`\{a,b\}`:            "{a,b}",
		"${a,b}":             "${a,b}",
		"{a,b}}":             "a} b}",
		"{{a,b}":             "{a {b",
		"{1..a}":             "{1..a}",
		`a{b,c}\,d`:          "ab,d ac,d",
		`{a\,b,c}`:           "a,b c",
		"[{a,b}]":            "[a] [b]",
		"{,}":                "",
		"{{a},b}":            "{a} b",
		"x{1..2}{":           "x1{ x2{",
		"cp{39,31{3,4}{,t}}": "cp39 cp313 cp313t cp314 cp314t",
	} {
		got, err := expandBraces(word)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("expandBraces(%q) = %q, %v, want %q", word, got, err, want)
		}
	}
	for _, word := range []string{"{1..1001}", "{a,b}{1..600}", strings.Repeat("{a,b}", 40)} {
		if got, err := expandBraces(word); err == nil {
			t.Errorf("expandBraces(%q) has %d words", word, len(got))
		}
	}
}

// The answers are those of Python's fnmatch on a system that minds case.
func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		selectors, name string
		want            bool
	}{
		{"cp314*", "cp314t-win32", true}, // the trap of all selectors
		{"cp314-*", "cp314t-win32", false},
		{"cp3??t-*", "cp314t-win32", true},
		{"cp3??t-*", "cp314-win32", false},
		{"*", "", true},
		{"", "cp314-win32", false},
		{"  \n", "cp314-win32", false},
		{"a b cp*", "cp314-win32", true},
		{"cp31[24]-*", "cp314-win32", true},
		{"cp31[!24]-*", "cp314-win32", false},
		{"cp31[3-5]-*", "cp314-win32", true},
		{"cp31[]4]-*", "cp314-win32", true},
		{"cp31[!]]-*", "cp314-win32", true},
		{"cp31[4-*", "cp31[4-win32", true},
		{"CP314-*", "cp314-win32", false},
		{"*-{win32,win_amd64}", "cp314-win_amd64", true},
		{"cp31{1..2}-*", "cp312-win32", true},
		{"**-*32*", "cp314-win32", true},
		{"{1..2000} cp*", "cp314-win32", true},
	} {
		if got := Match(c.selectors, c.name); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.selectors, c.name, got)
		}
	}
}

// Whatever a project writes, matching ends, and what expands holds no group that
// would expand again.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{"cp3{9,10,11}-*", "{a..e..2}{01..10}", `\{${a,b}[!x-z`, "*?*?*[]a]", "{a,b}{c"} {
		f.Add(s, "cp314t-manylinux_x86_64")
	}
	f.Fuzz(func(t *testing.T, selectors, name string) {
		if len(selectors) > 200 || strings.Count(selectors, "*") > 12 {
			return
		}
		Match(selectors, name)
		words, err := expandBraces(selectors)
		if err == nil && len(words) > maxWords {
			t.Errorf("%d words", len(words))
		}
		if !strings.ContainsAny(selectors, `{}\$`) && selectors != "" && (len(words) != 1 || words[0] != selectors) {
			t.Errorf("expandBraces(%q) = %q", selectors, words)
		}
	})
}

func TestParsePlatforms(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	for words, want := range map[string]string{
		"manylinux_x86_64":        "manylinux_x86_64",
		"linux-x86_64":            "manylinux_x86_64",
		"macos-arm64 win32":       "macosx_arm64 win32",
		"macos*":                  "macosx_x86_64 macosx_universal2 macosx_arm64",
		"windows-*":               "win32 win_amd64 win_arm64",
		"*_riscv64":               "manylinux_riscv64 musllinux_riscv64",
		"main":                    "manylinux_x86_64 manylinux_aarch64 macosx_x86_64 macosx_arm64 win_amd64 win_arm64",
		"windows-x86 windows-x86": "win32",
		"linux/arm64":             "manylinux_aarch64",
	} {
		got, err := tables.ParsePlatforms(strings.Fields(words)...)
		wantList := strings.Fields(want)
		if diff := gocmp.Diff(sorted(wantList), sorted(got)); err != nil || diff != "" {
			t.Errorf("ParsePlatforms(%s): %v\n%s", words, err, diff)
		}
	}
	for word, want := range map[string]string{
		"manylinx_x86_64": "did you mean manylinux_x86_64?",
		"linxu-x86_64":    "did you mean",
		"solaris*":        "no platform matches",
		"android-arm64":   "android",
		"":                "platform",
	} {
		if got, err := tables.ParsePlatforms(word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParsePlatforms(%q) = %q, %v, want an error with %q", word, got, err, want)
		}
	}
	for pair, want := range map[string]string{"macosx_arm64": "PLATFORM=LABEL", "macosx_amr64=x": "did you mean", "win32=": "PLATFORM=LABEL"} {
		if _, err := tables.ParseRunners(pair); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseRunners(%q): %v", pair, err)
		}
	}
}
