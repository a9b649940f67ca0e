package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"nothing known", nil, "ftpkg (devel) go"},
		{"installed by go install", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "ftpkg v1.2.3 go"},
		{
			"built in a checkout", &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.time", Value: "2026-11-21T10:00:00Z"}, {Key: "vcs.modified", Value: "true"},
			}},
			"ftpkg (devel) (0123456789ab 2026-11-21T10:00:00Z, modified) go",
		},
	} {
		env := world(t, "version")
		env.BuildInfo = func() (*debug.BuildInfo, bool) { return tt.info, tt.info != nil }
		if got, _, code := runIn(t, env); code != 0 || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, exit status %d; want %q…", tt.name, got, code, tt.want)
		}
	}
}
