package suggest

import (
	"testing"

	"pgregory.net/rapid"
)

func TestClosest(t *testing.T) {
	flags := []string{"python", "platform", "prerelease", "pre", "offline", "only-binary", "no-binary", "index-url"}
	for _, tt := range []struct{ word, want string }{
		{"pyhton", "python"},
		{"Python", "python"},
		{"pythn", "python"},
		{"platfrom", "platform"},
		{"plat", "platform"},
		{"only_binary", "only-binary"},
		{"ofline", "offline"},
		{"index", "index-url"},
		{"prerelese", "prerelease"},
		{"per", "pre"},
		{"x", ""},
		{"", ""},
		{"wheel", ""},
		{"completely-different", ""},
	} {
		got, ok := Closest(tt.word, flags)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Closest(%q) = %q, %v; want %q", tt.word, got, ok, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"abcd", "abdc", 1},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// Distance is symmetric, zero only for equal words, and never more than the
// longer word.
func TestDistanceLaws(t *testing.T) {
	word := rapid.StringMatching(`[a-d]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) {
			t.Fatalf("distance(%q, %q) is not symmetric", a, b)
		}
		if (d == 0) != (a == b) {
			t.Fatalf("distance(%q, %q) = %d", a, b, d)
		}
		if d > max(len(a), len(b)) {
			t.Fatalf("distance(%q, %q) = %d, more than the longer word", a, b, d)
		}
	})
}
