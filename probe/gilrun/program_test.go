package gilrun

import (
	"slices"
	"strings"
	"testing"
)

func TestParseProgram(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words  string
		script int
	}{
		{"app.py", 0},
		{"app.py -m x", 0},
		{"app.py -I -X gil=1", 0}, // the program's own
		{"-u app.py", 1},
		{"-uB app.py", 1},
		{"-W error app.py", 2},
		{"-Werror app.py", 1},
		{"-X gil=0 app.py", 2},
		{"-Xdev -X importtime app.py -E", 3},
		{"-uX dev app.py", 2},
		{"--check-hash-based-pycs never app.py", 2},
		{"-- app.py", 1},
		{"-- -app.py", 1},
		{"-", -1},
		{"-- -", -1},
		{"-m http.server --bind x", -1},
		{"-mhttp.server -I", -1},
		{"-um http.server -S", -1},
		{"-c pass app.py", -1},
		{"-q", -1},
		{"--version", -1},
		{"", -1},
	} {
		words := strings.Fields(tt.words)
		p, err := ParseProgram(words)
		if err != nil {
			t.Errorf("%q: %v", tt.words, err)
			continue
		}
		if p.Script != tt.script || !slices.Equal(p.Words, words) {
			t.Errorf("%q: script at %d, words %q; want %d", tt.words, p.Script, p.Words, tt.script)
		}
	}
	for words, want := range map[string]string{
		"-I app.py":           "with -I Python does not load the guard",
		"-uE app.py":          "with -E Python does not load the guard",
		"-B -S app.py":        "with -S Python does not load the guard",
		"-X gil=1 app.py":     "-X gil=1: the program runs with the GIL off",
		"-Xgil=1 app.py":      "-X gil=1: the program runs with the GIL off",
		"-m":                  "the option -m needs a value",
		"-uc":                 "the option -c needs a value",
		"-X dev -W x -Pd -IB": "with -I Python does not load the guard",
	} {
		if _, err := ParseProgram(strings.Fields(words)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", words, err, want)
		}
	}
}
