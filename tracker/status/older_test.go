package status

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A probe of an older release is told apart from those of the one that is judged,
// and only of Pythons on which that one was not loaded.
func TestOlderRuns(t *testing.T) {
	t.Parallel()
	h := script(t, "demo", `
2026-01-01 + demo-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl
2026-01-01 + demo-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-02-01 + demo-1.1-cp313-cp313t-manylinux_2_28_x86_64.whl
2026-03-01 + demo-2.0-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-04-01 probe demo-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl 3.13t gil-off
2026-04-01 probe demo-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl 3.14t gil-off
2026-04-02 probe demo-1.1-cp313-cp313t-manylinux_2_28_x86_64.whl 3.13t gil-reenabled
2026-04-03 probe demo-2.0-cp314-cp314t-manylinux_2_28_x86_64.whl 3.14t gil-off
2026-11-20 + demo-3.0-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-11-20 probe demo-3.0-cp314-cp314t-manylinux_2_28_x86_64.whl 3.15t gil-off
`)
	describe := func(as string) []string {
		var said []string
		for _, o := range New(DefaultRules()).Package(h, day(t, as)).Tested.Older {
			said = append(said, o.Version+" "+o.On+" "+string(o.Outcome)+" "+o.File)
		}
		return said
	}
	for as, want := range map[string][]string{
		"2026-04-01": {"1.0 3.13t linux-x86_64 gil-off demo-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl", "1.0 3.14t linux-x86_64 gil-off demo-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"},
		"2026-11-21": {"1.1 3.13t linux-x86_64 gil-reenabled demo-1.1-cp313-cp313t-manylinux_2_28_x86_64.whl"},
	} {
		if diff := cmp.Diff(want, describe(as)); diff != "" {
			t.Errorf("as of %s (-want +got):\n%s", as, diff)
		}
	}
}

// A wheel without an ABI that is older than free-threaded Pythons is no beginning of
// anything: neither of a history nor of a curve.
func TestEarlyWheels(t *testing.T) {
	t.Parallel()
	h := script(t, "demo", `
2014-08-28 + demo-0.9-py3-none-win_amd64.whl
2014-09-18 + demo-0.10.tar.gz
2025-09-18 + demo-2.0-cp314-cp314t-win_amd64.whl
`)
	d := New(DefaultRules())
	if first := d.Package(h, day(t, now)).Since["3.14t"]; first.Version != "2.0" || first.At != day(t, "2025-09-18") {
		t.Errorf("since %s of %s, want 2.0", first.Version, first.At)
	}
	for _, e := range d.Events(h, day(t, "2014-01-01"), day(t, now)) {
		if e.Half == "free-threaded" && e.At.Year() < 2025 {
			t.Errorf("%s: %s", e.At, e.Detail)
		}
	}
}
