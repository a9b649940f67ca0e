package resolver_test

import (
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

func TestFixes(t *testing.T) {
	const linux = "3.14t linux-x86_64"
	tests := []struct {
		name, text string
		kind       vocab.FixKind
		fix        string
	}{
		{"older version instead of a build", `
root a
package a
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
  version 1.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
`, vocab.FixOlderVersion, "pin a==1.0"},
		{"the user's own pin is in the way", `
root a==1.0
package a
  version 2.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
`, vocab.FixNewerVersion, "change your requirement on a to ==2.0"},
		{"older requirer", `
root a
package a
  version 2.0
    requires b
  version 1.0
package b
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
`, vocab.FixOlderVersion, "pin a==1.0"},
		{"floor", `
root a
package a
  version 1.0
    wheel cp314-cp314t-manylinux_2_34_x86_64
`, vocab.FixPlatformFloor, "ship to manylinux_2_34_x86_64 instead of manylinux_2_28_x86_64"},
		{"extra", `
root a[fast]
package a
  version 1.0
    extra fast: b
package b
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
`, vocab.FixDropExtra, "drop a[fast]"},
		{"newer Python", `
root a
package a
  version 1.0
    wheel cp315-cp315t-manylinux_2_28_x86_64
`, vocab.FixNewerPython, "move to Python 3.15t"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := ask(t, strings.TrimSpace(test.text), []string{linux}, nil)
			problems := r.Targets[0].Problems
			if len(problems) != 1 || problems[0].Fix == nil {
				t.Fatalf("want one problem with a fix: %+v", problems)
			}
			if f := problems[0].Fix; f.Kind != test.kind || f.Text != test.fix {
				t.Errorf("got %s: %q, want %s: %q", f.Kind, f.Text, test.kind, test.fix)
			}
		})
	}
}

// A fix is printed only if the whole cell was solved with it: here one of two
// blockers could be pinned, but nothing helps the other.
func TestNoFixUnlessTheWholeCellIsSolved(t *testing.T) {
	r := ask(t, `
root a
root b
package a
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
  version 1.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
package b
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
`, []string{"3.14t linux-x86_64"}, nil)
	for _, p := range r.Targets[0].Problems {
		if p.Fix != nil {
			t.Errorf("%s: fix %q does not solve the cell", p.Package, p.Fix.Text)
		}
		if p.Package == "a" && !strings.Contains(p.Message, "1.0 has a wheel here") {
			t.Errorf("a: %q does not name the version with a wheel", p.Message)
		}
	}
}
