package status

import (
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
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
