package figures

import "testing"

func TestReplace(t *testing.T) {
	for _, c := range []struct{ name, doc, want string }{
		{"new file", "", "# Benchmarks\n\n## B\n\nnew\n"},
		{"added", "# T\n\nintro\n\n## A\n\na\n", "# T\n\nintro\n\n## A\n\na\n\n## B\n\nnew\n"},
		{"replaced", "# T\n\n## A\n\na\n\n## B\n\nold\n### under\n\n## C\n\nc\n", "# T\n\n## A\n\na\n\n## B\n\nnew\n\n## C\n\nc\n"},
		{"a name that begins alike", "# T\n\n## BB\n\nbb\n", "# T\n\n## BB\n\nbb\n\n## B\n\nnew\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Replace(c.doc, "B", "\nnew\n\n")
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again := Replace(got, "B", "new"); again != got {
				t.Errorf("not the same when written again: %q", again)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []int
		want int
	}{{[]int{3}, 3}, {[]int{9, 1, 5}, 5}, {[]int{4, 1, 3, 2}, 3}} {
		if got := Median(c.in); got != c.want {
			t.Errorf("Median(%v) = %d, want %d", c.in, got, c.want)
		}
	}
}
