package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }

func TestTime(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("", 3600)
	if got := Time(time.Date(2026, 11, 21, 13, 0, 0, 1999, berlin)); got != time.Date(2026, 11, 21, 12, 0, 0, 1000, time.UTC) {
		t.Errorf("time %v", got)
	}
	if got := Time(time.Time{}.In(berlin)); got != (time.Time{}) {
		t.Errorf("no time is %v", got)
	}
}

func TestTracked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    Project
		want bool
	}{
		{Project{}, false}, {Project{Added: day(1)}, true}, {Project{Added: day(1), Removed: day(2)}, false},
	} {
		if got := c.p.Tracked(); got != c.want {
			t.Errorf("%+v: %v", c.p, got)
		}
	}
}

// A project that was first looked at on the 10th, then on the 12th, 14th (in vain),
// 16th and 18th.
func looked() *History {
	look := func(n int, outcome vocab.Observed) Observation {
		return Observation{ID: int64(n), At: day(n), Outcome: outcome}
	}
	file := func(name string, uploaded, seen int) File {
		f := File{Name: name, FirstSeen: day(seen), Observation: int64(seen)}
		if uploaded > 0 {
			f.Uploaded = day(uploaded)
		}
		return f
	}
	event := func(n int, name string, kind vocab.FileChange, reason string) FileEvent {
		return FileEvent{Name: name, At: day(n), Kind: kind, Reason: reason}
	}
	return &History{
		Observations: []Observation{
			look(10, vocab.ObservedChanged), look(12, vocab.ObservedUnchanged), look(14, vocab.ObservedFailed), look(16, vocab.ObservedChanged), look(18, vocab.ObservedChanged),
		},
		Files: []File{
			file("old", 1, 10), file("withdrawn", 2, 10), file("hidden", 3, 16), // which the looks before did not find
			file("undated", 0, 10), file("between", 13, 16), file("late", 17, 18),
		},
		Events: []FileEvent{
			event(10, "old", vocab.FileAppeared, ""), event(10, "withdrawn", vocab.FileAppeared, ""), event(10, "undated", vocab.FileAppeared, ""),
			event(10, "withdrawn", vocab.FileYanked, "broken"),
			event(16, "hidden", vocab.FileAppeared, ""), event(16, "between", vocab.FileAppeared, ""),
			event(16, "withdrawn", vocab.FileUnyanked, ""), event(16, "old", vocab.FileVanished, ""),
			event(18, "old", vocab.FileReturned, ""), event(18, "old", vocab.FileYanked, ""), event(18, "late", vocab.FileAppeared, ""),
		},
	}
}

func TestPresent(t *testing.T) {
	t.Parallel()
	h := looked()
	for n, want := range map[int]string{
		0:  "",
		1:  "old",
		2:  "old withdrawn(broken)",
		9:  "old withdrawn(broken)",
		10: "old withdrawn(broken) undated",
		12: "old withdrawn(broken) undated",
		13: "old withdrawn(broken) hidden undated between", // as far as anybody knows: nobody looked any more
		15: "old withdrawn(broken) hidden undated between",
		16: "withdrawn hidden undated between",
		17: "withdrawn hidden undated between late",
		18: "old() withdrawn hidden undated between late",
		30: "old() withdrawn hidden undated between late",
	} {
		var got []string
		for _, f := range h.Present(day(n)) {
			s := f.File.Name
			if f.Yanked {
				s += "(" + f.Reason + ")"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("on the %d. (-want +got):\n%s", n, diff)
		}
	}
}

func TestLastLook(t *testing.T) {
	t.Parallel()
	h := looked()
	for n, want := range map[int][2]int64{9: {0, 0}, 10: {10, 10}, 13: {12, 12}, 14: {12, 14}, 16: {16, 16}, 30: {18, 18}} {
		var got [2]int64
		answered, last := h.LastLook(day(n))
		if answered != nil {
			got[0] = answered.ID
		}
		if last != nil {
			got[1] = last.ID
		}
		if got != want {
			t.Errorf("on the %d.: %v, want %v", n, got, want)
		}
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		f    File
		want time.Time
	}{
		{File{FirstSeen: day(3)}, day(3)}, {File{FirstSeen: day(3), Uploaded: day(1)}, day(1)}, {File{}, time.Time{}},
	} {
		if got := c.f.Since(); !got.Equal(c.want) {
			t.Errorf("%d: %v", i, got)
		}
	}
}
