package pubgrub

import (
	"strings"
	"testing"
)

func TestX(t *testing.T) {
	for _, text := range []string{`
root -> foo >=1, baz >=1,<2
foo 1 -> bar >=2,<3
bar 2 -> baz >=3,<4
baz 1
baz 3
`, `
root -> foo >=1,<2
foo 1.0 -> a >=1,<2, b >=1,<2
foo 1.1 -> x >=1,<2, y >=1,<2
a 1.0 -> b >=2,<3
b 1.0
b 2.0
x 1.0 -> y >=2,<3
y 1.0
y 2.0
`, `
root -> foo >=1
foo 2.0 -> bar >=1,<2
foo 1.0
bar 1.0 -> foo >=1,<2
`, `
root -> foo >=1,<2, target >=2,<3
foo 1.1.0 -> left >=1, right >=1
foo 1.0.0
left 1.0.0 -> shared >=1
right 1.0.0 -> shared <2
shared 2.0.0
shared 1.0.0 -> target >=1,<2
target 2.0.0
target 1.0.0
`} {
		u := parseUniverse(t, text)
		s, f, err := Solve(t.Context(), u, Options{})
		t.Logf("%v %+v %v", u.solution(s), s.Stats, err)
		if f != nil {
			t.Log("\n" + strings.Join(f.Explain(u), "\n"))
		}
	}
}
