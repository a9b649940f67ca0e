package cpython

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDefault(t *testing.T) {
	for _, tt := range []struct {
		on   string
		want int
	}{
		{"2020-01-01", 13}, // before there was a free-threaded build: the first
		{"2025-10-07", 13}, // 3.14 is out, not settled
		{"2026-04-06", 13},
		{"2026-04-07", 14},
		{AsOf, 14},
		{"2027-03-31", 14},
		{"2027-04-01", 15},
	} {
		if got := Default(date(t, tt.on)).Minor; got != tt.want {
			t.Errorf("Default(%s) = 3.%d, want 3.%d", tt.on, got, tt.want)
		}
	}
}

func TestReleased(t *testing.T) {
	for on, want := range map[string][]int{
		"2024-10-06": nil,
		"2024-10-07": {13},
		"2026-09-30": {13, 14},
		AsOf:         {13, 14, 15},
	} {
		if diff := cmp.Diff(want, Released(date(t, on))); diff != "" {
			t.Errorf("Released(%s) (-want +got):\n%s", on, diff)
		}
	}
}

func TestReleasesAscend(t *testing.T) {
	rs := Releases()
	for i := 1; i < len(rs); i++ {
		if rs[i].Minor != rs[i-1].Minor+1 || !rs[i].Final.After(rs[i-1].Final) {
			t.Errorf("3.%d does not follow 3.%d", rs[i].Minor, rs[i-1].Minor)
		}
	}
}

func date(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
