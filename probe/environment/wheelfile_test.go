package environment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckWheelFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Wheel-Version: 1.0\nRoot-Is-Purelib: true\n":        "",
		"Generator: x\r\nwheel-version:1.9\r\n":              "",
		"Wheel-Version: 0.1\n":                               "", // pip and uv take it
		"Wheel-Version: 1.0\nWheel-Version: 2.0\n":           "", // the first counts, as for mkl_fft
		"Wheel-Version: 2.0\n":                               "only 1.x",
		"Wheel-Version: one\n":                               "no version",
		"Wheel-Version: -1.0\n":                              "no version",
		"Generator: x\n\nWheel-Version: 1.0\n":               "has no Wheel-Version",
		"":                                                   "has no Wheel-Version",
		"Wheel-Version: 1." + strings.Repeat("9", 40) + "\n": "no version",
	} {
		err := checkWheelFile([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestParseEntryPoints(t *testing.T) {
	t.Parallel()
	got, err := parseEntryPoints([]byte(lines(
		"# a comment", "; another", "x = before:any_section",
		"[console_scripts]", "run = a.b:main", "run2=a:B.main [extra1,extra2]", "my tool = a : main ", "run = a.b:later",
		"[ gui_scripts ]", "win = a:gui", "[others]", "anything = what so ever",
	)))
	if err != nil {
		t.Fatal(err)
	}
	want := []script{{"my tool", "a", "main", false}, {"run", "a.b", "later", false}, {"run2", "a", "B.main", false}, {"win", "a", "gui", true}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(script{})); diff != "" {
		t.Error(diff)
	}
	for _, line := range []string{
		"run", "run = ", "run = a", "run = a:", "run = :main", "run = a:main()", "run = a;b:main", "run = a:b:c", "run = 1a:main",
		"= a:main", "../run = a:main", "dir/run = a:main", `dir\run = a:main`, ". = a:main", "c:run = a:main", "run\x00 = a:main",
		"run = a\nimport os:main",
	} {
		if got, err := parseEntryPoints([]byte("[console_scripts]\n" + line + "\n")); err == nil {
			t.Errorf("%q is taken: %+v", line, got)
		}
	}
}

func FuzzParseEntryPoints(f *testing.F) {
	f.Add([]byte("[console_scripts]\nrun = a.b:main [x]\n"))
	f.Add([]byte("Wheel-Version: 1.0\n[gui_scripts]\n#\n=\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_ = checkWheelFile(text)
		scripts, err := parseEntryPoints(text)
		if err != nil {
			return
		}
		for i, s := range scripts {
			if strings.ContainsAny(s.name, "/\\\x00\n") || s.name == "" || s.name == ".." {
				t.Errorf("the name %q leaves its folder", s.name)
			}
			// These go into a program as they are.
			if strings.ContainsAny(s.module+s.object, " \n\t;:()[]'\"\\#") || s.module == "" || s.object == "" {
				t.Errorf("%q, %q are no names", s.module, s.object)
			}
			if i > 0 && scripts[i-1].name >= s.name {
				t.Errorf("%q before %q", scripts[i-1].name, s.name)
			}
		}
	})
}
