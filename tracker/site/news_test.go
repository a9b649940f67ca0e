package site

import (
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// What a release brings or loses on one day is one line, whatever order its platforms
// come in; what differs in anything else is another.
func TestTell(t *testing.T) {
	t.Parallel()
	b := &builder{byName: map[string]*status.Package{"demo": {Name: "demo"}}}
	monday := time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)
	e := func(at time.Time, name string, kind vocab.EventKind, detail string) status.Event {
		return status.Event{At: at, Package: name, Kind: kind, Detail: detail}
	}
	got := b.tell("../", []status.Event{
		e(monday, "demo", "gained-package", "demo 2.0 now has wheels for free-threaded Pythons"),
		e(monday, "demo", "gained-platform", "demo 2.0 now has wheels for 3.14 on linux-x86_64"),
		e(monday, "demo", "gained-platform", "demo 2.0 now has wheels for 3.14 on macos-arm64"),
		e(monday, "demo", "gained-python", "demo 2.0 now has wheels for 3.15"),
		e(monday, "demo", vocab.EventLostPlatform, "demo 2.0 has no wheels for 3.13t on macos-arm64"),
		e(monday.AddDate(0, 0, -1), "demo", vocab.EventLostPlatform, "demo 2.0 has no wheels for 3.13t on linux-x86_64"),
		e(monday, "gone", vocab.EventLostPlatform, "gone 1 has no wheels for 3.13t on linux-x86_64"),
		e(monday, "demo", "state", "demo: clear in 1.0, blocked in 2.0"),
		e(monday, "demo", "state", "demo: blocked in 2.0, clear in 2.1"),
	})
	want := []told{
		{"../", "demo", " 2.0 now has wheels for free-threaded Pythons; 3.14 on linux-x86_64, macos-arm64; 3.15", monday, "plus", "gained-package, gained-platform, gained-python"},
		{"../", "demo", " 2.0 has no wheels for 3.13t on macos-arm64", monday, "minus", "lost-platform"},
		{"../", "demo", " 2.0 has no wheels for 3.13t on linux-x86_64", monday.AddDate(0, 0, -1), "minus", "lost-platform"},
		{"../", "", "gone 1 has no wheels for 3.13t on linux-x86_64", monday, "minus", "lost-platform"},
		{"../", "demo", ": clear in 1.0, blocked in 2.0", monday, "note", "state"},
		{"../", "demo", ": blocked in 2.0, clear in 2.1", monday, "note", "state"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %+v", len(got), len(want), got)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("line %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// The chart begins a quarter before the first mark, if that leaves a line to draw.
func TestBeginning(t *testing.T) {
	t.Parallel()
	day := func(year, month int) time.Time { return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC) }
	in := &Input{
		Fixed:    []status.Point{{Day: day(2014, 8)}, {Day: day(2024, 7)}, {Day: day(2024, 8)}, {Day: day(2026, 1)}},
		Floating: []status.Point{{Day: day(2014, 8)}, {Day: day(2026, 1)}},
		Marks:    []Mark{{day(2025, 10), "later"}, {day(2024, 10), "first"}},
	}
	short := beginning(in)
	if len(short.Fixed) != 3 || !short.Fixed[0].Day.Equal(day(2024, 7)) || len(short.Floating) != 2 || len(in.Fixed) != 4 {
		t.Errorf("%v and %v are left", short.Fixed, short.Floating)
	}
	in.Marks = nil
	if short := beginning(in); len(short.Fixed) != 4 {
		t.Errorf("without marks, %v are left", short.Fixed)
	}
}

// Modules that turn the GIL on in the same places have these told once.
func TestSamePlaces(t *testing.T) {
	t.Parallel()
	a := status.Offender{Pythons: []string{"3.14t"}, Platforms: []string{"linux-x86_64", "macos-arm64"}}
	b := status.Offender{Pythons: []string{"3.14t"}, Platforms: []string{"linux-x86_64"}}
	for _, x := range []struct {
		list []status.Offender
		want string
	}{{nil, ""}, {[]status.Offender{a}, ""}, {[]status.Offender{a, a}, "3.14t on linux-x86_64, macos-arm64"}, {[]status.Offender{a, b}, ""}} {
		if got := samePlaces(x.list); got != x.want {
			t.Errorf("%v: %q, want %q", x.list, got, x.want)
		}
	}
}

func TestSystems(t *testing.T) {
	t.Parallel()
	got := systems([]string{"linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64"})
	want := []system{{"linux", 2}, {"mac", 1}, {"win", 1}}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%v, want %v", got, want)
	}
}

// What a retired Python lacks is no hole, on the pages of packages and on its own.
func TestRetiredHasNoHoles(t *testing.T) {
	t.Parallel()
	in := &Input{Document: &status.Document{Generated: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC), Platforms: []string{"linux-x86_64"}, Pythons: []string{"3.13t", "3.14t"}}}
	p := &status.Package{Name: "demo", Installs: map[string]map[string]vocab.Install{
		"3.13": {"linux-x86_64": vocab.InstallNative}, "3.13t": {"linux-x86_64": vocab.InstallSdist},
		"3.14": {"linux-x86_64": vocab.InstallNative}, "3.14t": {"linux-x86_64": vocab.InstallSdist},
	}}
	in.Document.Packages = []*status.Package{p}
	b := &builder{in: in, rules: status.DefaultRules()}
	pairs := b.matrix(p)[0].Pairs
	if !pairs[0].Retired || pairs[0].Hole != "" || pairs[1].Retired || pairs[1].Hole != "free" {
		t.Errorf("the page of the package: %+v", pairs)
	}
	if got := b.python("3.13t").Rows[0].Cells[0].Hole; got != "" {
		t.Errorf("the page of 3.13t has a hole %q", got)
	}
	if got := b.python("3.14t").Rows[0].Cells[0].Hole; got != "free" {
		t.Errorf("the page of 3.14t has a hole %q, want free", got)
	}
	in.Document.Generated = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	if pairs := b.matrix(p)[0].Pairs; pairs[0].Retired || pairs[0].Hole != "free" {
		t.Errorf("before it retired: %+v", pairs[0])
	}
}
