package universe_test

import (
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/universe"
)

// TestRandom holds that universes can be read, depend on their seed alone, and
// have what the comparison is for.
func TestRandom(t *testing.T) {
	var all strings.Builder
	for n := range uint64(300) {
		text := universe.Random(7, n)
		if text != universe.Random(7, n) {
			t.Fatalf("universe %d differs each time", n)
		}
		if _, err := universe.Parse("generated", text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		all.WriteString(text)
	}
	for _, want := range []string{
		"cp313t", "abi3", "abi3t", "sdist", "yanked", "rc1", "+ft", "requires-python", "extra x", "constraint",
		"only-binary :all:", "pre allow", "; python_version", "wheel 1-", "musllinux", "linux_x86_64",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no universe has %q", want)
		}
	}
}
