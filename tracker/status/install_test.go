package status

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A pre-release is taken where there is nothing else, an older one where the newest has
// no wheel; beside finals, none is.
func TestPrereleases(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	for _, tt := range []struct {
		name, history string
		install       vocab.Install
		version       string
	}{
		{"an older one", "2026-01-01 + it-1.0rc1-cp314-cp314t-win_amd64.whl\n2026-02-01 + it-1.0rc2.tar.gz", vocab.InstallOlder, "1.0rc1"},
		{"only the source of an older one", "2026-01-01 + it-1.0rc1.tar.gz\n2026-02-01 + it-1.0rc2-cp314-cp314-win_amd64.whl", vocab.InstallSdist, "1.0rc1"},
		{"beside a final", "2026-01-01 + it-1.0rc1-cp314-cp314t-win_amd64.whl\n2026-02-01 + it-1.0.tar.gz", vocab.InstallSdist, "1.0"},
		{"newer than a final", "2026-01-01 + it-1.0.tar.gz\n2026-02-01 + it-1.1rc1-cp314-cp314t-win_amd64.whl", vocab.InstallSdist, "1.0"},
	} {
		row := d.Package(script(t, "it", tt.history), day(t, now))
		for _, c := range row.Cells {
			if c.Python == "3.14t" && c.Platform == "windows-x86_64" && (c.Install != tt.install || c.Version != tt.version) {
				t.Errorf("%s: %s of %s, want %s of %s", tt.name, c.Install, c.Version, tt.install, tt.version)
			}
		}
	}
}

// As of a day, what counts is what was read of a release by then: metadata of a file that
// came later change nothing before.
func TestMetadataAsOf(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	h := script(t, "it", "2026-01-01 + it-1.0-py3-none-any.whl\n2026-03-01 + it-1.0-cp314-cp314t-win_amd64.whl it=not-used")
	h.Metadata = []evidence.Metadata{
		{Project: "it", Version: "1.0", SHA256: digest("it-1.0-py3-none-any.whl"), RequiresDist: []string{"first"}, At: day(t, "2026-02-01")},
		{Project: "it", Version: "0.9", RequiresDist: []string{"other"}, At: day(t, "2026-02-15")},
		{
			Project: "it", Version: "1.0", SHA256: digest("it-1.0-cp314-cp314t-win_amd64.whl"), RequiresDist: []string{"second"},
			Classifiers: []string{freeThreading + " :: 2 - Beta"}, Full: true, At: day(t, "2026-03-01"),
		},
	}
	for _, tt := range []struct{ at, requires, declared string }{
		{"2026-01-15", "[]", ""}, {"2026-02-20", "[first]", ""}, {"2026-03-02", "[second]", "beta"},
	} {
		row := d.Package(h, day(t, tt.at))
		if got := fmt.Sprint(row.Requires); got != tt.requires || row.Declared != tt.declared {
			t.Errorf("on %s: requires %s, declared %q; want %s, %q", tt.at, got, row.Declared, tt.requires, tt.declared)
		}
		Close([]*Package{row})
		if known := tt.requires != "[]"; known == strings.Contains(row.Reason, "what it requires is not known") {
			t.Errorf("on %s: %s, %s", tt.at, row.State, row.Reason)
		}
	}
}
