package status

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// recorded reads evidence that was recorded with `ftpkg track update --inspect` and
// `ftpkg inspect` on 2026-11-21: when the files of a package for 3.13 to 3.15 and the
// headline's platforms were uploaded, and what the modules declare of those that were
// read. Releases from the version until on are left out, none for "".
func recorded(t *testing.T, name, until string) *evidence.History {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "acceptance", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if until != "" && strings.Contains(line, name+"-"+until) {
			continue
		}
		kept.WriteString(line)
	}
	return script(t, name, kept.String())
}

// What is known of real packages is what is said of them.
func TestAcceptanceGIL(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, until, version string
		state                vocab.State
		value                vocab.GILValue
		offenders            int // those that are named
	}{
		{"lxml", "", "6.1.3", vocab.StateGILOn, vocab.GILOn, 7},
		{"jq", "", "1.13.0", vocab.StateGILOn, vocab.GILOn, 1},
		{"pandas", "3.1.1", "2.3.3", vocab.StateGILOn, vocab.GILOn, 44},
		{"pandas", "", "3.1.1", vocab.StateClear, vocab.GILOff, 0},
	} {
		p := New(DefaultRules()).Package(recorded(t, x.name, x.until), day(t, now))
		if p.Version != x.version || p.State != x.state || p.GIL.Value != x.value || p.GIL.Static != x.value || len(p.GIL.Offenders) != x.offenders {
			t.Errorf("%s: %s is %s, GIL %s (files %s), %d modules turn it on; want %s, %s, %s, %d", x.name, p.Version, p.State, p.GIL.Value, p.GIL.Static, len(p.GIL.Offenders),
				x.version, x.state, x.value, x.offenders)
		}
	}
}

// The times of uploads alone tell which release of numpy was the first for whom.
func TestAcceptanceHistory(t *testing.T) {
	t.Parallel()
	p := New(DefaultRules()).Package(recorded(t, "numpy", ""), day(t, now))
	first := func(python string) map[string]string {
		said := map[string]string{}
		for platform, f := range p.Since[python].Platforms {
			said[platform] = strings.TrimSpace(f.Version + " " + f.At.Format("2006-01-02") + " " + f.Last)
		}
		return said
	}
	all := func(text string, but map[string]string) map[string]string {
		said := map[string]string{}
		for _, platform := range []string{"linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-x86_64", "windows-arm64"} {
			said[platform] = text
		}
		maps.Copy(said, but)
		return said
	}
	for python, want := range map[string]map[string]string{
		"3.13t": all("2.1.0 2024-08-18 2.4.6", map[string]string{"windows-x86_64": "2.1.3 2024-11-02 2.4.6", "windows-arm64": "2.3.0 2025-06-07 2.4.6"}),
		"3.14t": all("2.3.2 2025-07-24", nil),
		"3.15t": all("2.5.2 2026-08-09", nil),
	} {
		if diff := cmp.Diff(want, first(python)); diff != "" {
			t.Errorf("numpy on %s (-want +got):\n%s", python, diff)
		}
	}
	// The Python that was dropped in 2.5.0 was retired by then: that is no regression.
	d := New(DefaultRules())
	retired := 0
	for _, e := range d.Events(recorded(t, "numpy", ""), day(t, "2024-01-01"), day(t, now)) {
		switch {
		case e.Kind == vocab.EventRetiredPython && e.Python == "3.13t" && e.Version == "2.5.0":
			retired++
		case e.Kind.IsRegression() && strings.Contains(e.Detail, "3.13t"):
			t.Errorf("a regression: %s", e.Detail)
		}
	}
	if retired != 1 {
		t.Errorf("3.13t was retired in 2.5.0 %d times, want once", retired)
	}
}

// Which of the stable ABIs serves whom.
func TestAcceptanceStableABI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]vocab.Install{
		"demo-1.0-cp315-abi3.abi3t-manylinux_2_28_x86_64.whl": {
			"3.14": vocab.InstallNone, "3.14t": vocab.InstallNone, "3.15": vocab.InstallStableABI, "3.15t": vocab.InstallStableABI,
		},
		"demo-1.0-cp310-abi3-manylinux_2_28_x86_64.whl": {
			"3.13": vocab.InstallStableABI, "3.13t": vocab.InstallNone, "3.14": vocab.InstallStableABI, "3.14t": vocab.InstallNone, "3.15": vocab.InstallStableABI, "3.15t": vocab.InstallNone,
		},
	} {
		p := New(DefaultRules()).Package(script(t, "demo", "2026-11-01 + "+name), day(t, now))
		for python, install := range want {
			if got := p.Installs[python]["linux-x86_64"]; got != install {
				t.Errorf("%s on %s: %s, want %s", name, python, got, install)
			}
		}
	}
}

// What is missing for a day is no loss: neither files that come a day later, nor a
// release that is replaced a day later, as pydantic-core 2.50.3 was.
func TestAcceptanceFlap(t *testing.T) {
	t.Parallel()
	h := script(t, "demo", `
2026-09-01 + demo-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-09-01 + demo-1.0-cp314-cp314t-win_amd64.whl
2026-10-01 + demo-1.1-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-10-02 + demo-1.1-cp314-cp314t-win_amd64.whl
2026-11-04 + demo-1.2-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-11-05 + demo-1.3-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-11-05 + demo-1.3-cp314-cp314t-win_amd64.whl
`)
	d := New(DefaultRules())
	for _, e := range d.Events(h, day(t, "2026-09-15"), day(t, now)) {
		if e.Kind.IsRegression() {
			t.Errorf("a regression: %s", e.Detail)
		}
	}
	for on, want := range map[string]string{"2026-11-04": "1.1", "2026-11-06": "1.1", "2026-11-07": "1.3"} {
		if got := d.Package(h, day(t, on)).Version; got != want {
			t.Errorf("on %s the headline is about %s, want %s", on, got, want)
		}
	}
	// One that stays is judged, whatever comes after its time.
	h = script(t, "demo", `
2026-09-01 + demo-1.0-cp314-cp314t-win_amd64.whl
2026-11-04 + demo-1.1-cp314-cp314t-manylinux_2_28_x86_64.whl
2026-11-07 + demo-1.2-cp314-cp314t-win_amd64.whl
`)
	lost := 0
	for _, e := range d.Events(h, day(t, "2026-09-15"), day(t, now)) {
		if e.Kind.IsRegression() && e.Version == "1.1" {
			lost++
		}
	}
	if lost == 0 {
		t.Error("what was lost for three days is no regression")
	}
}
