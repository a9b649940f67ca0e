package main

import (
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, want string }{
		{"", "resolve explain probe inspect ready check matrix track publish serve worker fleet runtime doctor run bench tags cache schema completion man version help"},
		{"re", "resolve ready"},
		{"cache ", "dir clean prune"},
		{"cache c", "clean"},
		{"cache clean --ca", "--cache-dir"},
		{"resolve --py", "--python"},
		{"resolve numpy --py", "--python"},
		{"resolve --python ", "3.13t 3.13 3.14t 3.14 3.15t 3.15"},
		{"resolve --python 3.14", "3.14t 3.14"},
		{"resolve -p 3.15", "3.15t 3.15"},
		{"resolve --python=3.15", "--python=3.15t --python=3.15"},
		{"resolve --python 3.14t,3.13", "3.14t,3.13t 3.14t,3.13"},
		{"resolve --python=3.14t,3.15t", "--python=3.14t,3.15t"},
		{"resolve --platform ma", "macos-x86_64 macos-arm64 main"},
		{"resolve --like ", "uv pip"},
		{"resolve --like =", "uv pip"}, // as bash splits it
		{"resolve --like = p", "pip"},
		{"resolve --only-binary ", ":all:"},
		{"--python 3.14t re", "resolve ready"},
		{"resolve --align --li", "--like"},
		{"help ta", "tags"},
		{"completion f", "fish"},
		{"schema ver", "verify version"},
		{"--he", "--help"},
		{"run --sto", "--stop"},
		{"bench p", "primes pi"},
		// Nothing means: file names.
		{"resolve -r ", ""},
		{"resolve num", ""},
		{"resolve -- --py", ""},
		{"run app.py --sto", ""},
		{"resolve --nonsense=x", ""},
		{"nonsense x", ""},
		{"schema resolve x", ""},
	} {
		words := strings.Split(tt.line, " ")
		var got []string
		for _, c := range complete(newRoot(world(t)), words) {
			got = append(got, c.word)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
	if got := complete(newRoot(world(t)), nil); len(got) == 0 {
		t.Error("no words: nothing offered")
	}
	// PowerShell passes a blank for the empty word.
	if got := complete(newRoot(world(t)), []string{"cache", " "}); len(got) != 3 {
		t.Errorf("a blank: %v", got)
	}
}

func FuzzComplete(f *testing.F) {
	f.Add("resolve --python=3.14t,")
	f.Add("cache -- = --")
	f.Fuzz(func(_ *testing.T, line string) {
		complete(newRoot(Env{}), strings.Split(line, " "))
	})
}
