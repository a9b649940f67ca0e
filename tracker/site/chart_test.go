package site

import (
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/tracker/status"
)

func TestScaleStep(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]int{0: 1, 1: 1, 5: 1, 6: 2, 10: 2, 11: 5, 25: 5, 26: 10, 360: 100, 1000: 200, 5000: 1000, 5001: 2000} {
		if got := scaleStep(most); got != want {
			t.Errorf("scaleStep(%d) = %d, want %d", most, got, want)
		}
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, time.January, n, 0, 0, 0, 0, time.UTC) }
	in := &Input{
		Fixed: []status.Point{{Day: day(1), Of: 10}, {Day: day(2), Of: 10, Installs: 4, Off: 1}, {Day: day(3), Of: 10, Installs: 4, Off: 3}},
		Marks: []Mark{{day(2), "rules <2>"}, {day(20), "not in the picture"}},
	}
	got := string(chart(in))
	for _, want := range []string{
		`<title id="chart-wide-t">`, `aria-labelledby="chart-wide-t chart-wide-d"`, "0 of 10 with compiled wheels installed", "it was 4 of 10, and 3.",
		"2026-01-02: rules &lt;2&gt;", ">4 install</text>", ">3 GIL off</text>", `class="line off" d="M34 274H`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the chart has no %q", want)
		}
	}
	if strings.Contains(got, "not in the picture") {
		t.Error("a mark is outside of the chart")
	}
	for _, points := range [][]status.Point{nil, in.Fixed[:1]} {
		if got := chart(&Input{Fixed: points}); got != "" {
			t.Errorf("a chart of %d points: %.80s", len(points), got)
		}
	}
	flat := []status.Point{{Day: day(1)}, {Day: day(1)}} // nothing counted, no time passed
	if got := string(chart(&Input{Floating: flat})); strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
		t.Error("a chart of nothing divides by nothing")
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\tb\nc é →": "a\tb\nc é →", "a\x00b": "a\ufffdb", "\u202eabc": "\ufffdabc", "a\xffb": "a\ufffdb", "\x1b[31m": "\ufffd[31m", "\u2028": "\ufffd",
	} {
		if got := string(plain([]byte(in))); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSqueeze(t *testing.T) {
	t.Parallel()
	in := "  <p>\n\n\t a  \n<pre>one\n  two\n\n three</pre>\n  <p>\n"
	if got, want := string(squeeze([]byte(in))), "<p>\na\n<pre>one\n  two\n\n three</pre>\n<p>\n"; got != want {
		t.Errorf("squeeze: %q, want %q", got, want)
	}
}

func TestUpstream(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://example.invalid/issues/1": "https://example.invalid/issues/1", "javascript:alert(1)": "", "//example.invalid": "", "": "", "/x": "", "https:x": "", "data:,x": "",
	} {
		if got := upstream(in); got != want {
			t.Errorf("upstream(%q) = %q, want %q", in, got, want)
		}
	}
}
