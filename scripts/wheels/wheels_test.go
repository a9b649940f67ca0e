package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		described string
		changed   bool
		want      string // "" is an error
		tagged    bool
	}{
		{"v1.2.3-0-gabcdef012345", false, "1.2.3", true},
		{"v1.2.3-0-gabcdef012345", true, "1.2.4.dev0+gabcdef012345.changed", false},
		{"v1.2.3-5-gabcdef012345", false, "1.2.4.dev5+gabcdef012345", false},
		{"v1.2.3-5-gabcdef012345", true, "1.2.4.dev5+gabcdef012345.changed", false},
		{"v1.2.3-rc.1-0-gabcdef012345", false, "1.2.3rc1", true},
		{"v1.2.3-alpha.2-0-gabcdef012345", false, "1.2.3a2", true},
		{"v1.2.3-beta2-0-gabcdef012345", false, "1.2.3b2", true},
		{"v1.2.3-rc.1-7-gabcdef012345", false, "1.2.3rc2.dev7+gabcdef012345", false},
		{"v0.0.0-478-g012345678901", false, "0.0.1.dev478+g012345678901", false},
		{"v1.2-0-gabcdef012345", false, "", false},
		{"v1.2.3-final-0-gabcdef012345", false, "", false},
		{"v1.2.99999999999999999999-1-gabcdef012345", false, "", false},
	} {
		got, tagged, err := pep440Version(tt.described, tt.changed)
		if got != tt.want || tagged != tt.tagged || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q %v %v, want %q %v", tt.described, got, tagged, err, tt.want, tt.tagged)
		}
	}
}

// What is built between two releases comes between them for installers as well.
func TestVersionOrder(t *testing.T) {
	t.Parallel()
	var last pep440.Version
	for i, described := range []string{"v1.2.3-0-ga", "v1.2.3-1-gf", "v1.2.3-10-ga", "v1.2.4-alpha.1-0-ga", "v1.2.4-alpha.1-3-ga", "v1.2.4-rc.1-0-ga", "v1.2.4-rc.1-2-ga", "v1.2.4-rc.2-0-ga", "v1.2.4-0-ga"} {
		s, _, err := pep440Version(described, false)
		if err != nil {
			t.Fatal(err)
		}
		v := pep440.MustParse(s)
		if i > 0 && v.Compare(last) <= 0 {
			t.Errorf("%s (%s) comes before %s", s, described, last)
		}
		last = v
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for names, want := range map[string]int{"all": 8, "none": 0, "macos-arm64": 1, "macos-arm64,windows-arm64": 2, "": -1, "macos": -1, "all,": -1} {
		got, err := choose(names, "")
		if (err != nil) != (want < 0) || err == nil && len(got) != want {
			t.Errorf("%q: %d %v, want %d", names, len(got), err, want)
		}
	}
	for tag, ok := range map[string]bool{"linux_riscv64": true, "macosx_15_0_arm64": true, "../x": false, "a-b": false, "a.b": false} {
		if _, err := choose("all", tag); (err == nil) != ok {
			t.Errorf("the tag %q: %v", tag, err)
		}
	}
	for _, p := range platforms() {
		if !slices.IsSorted(p.tags) {
			t.Errorf("%s: the tags are not sorted", p.name)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	p := &project{URLs: map[string]string{"Homepage": "https://example.invalid/o/r"}, readme: `[a](docs/a.md) [b](https://example.invalid/b) [c](#c) ![d](docs/d.png) [e](./e.md#f) [f](mailto:x@example.invalid)`}
	const want = `[a](https://example.invalid/o/r/blob/abc/docs/a.md) [b](https://example.invalid/b) [c](#c) ![d](https://example.invalid/o/r/raw/abc/docs/d.png) [e](https://example.invalid/o/r/blob/abc/e.md#f) [f](mailto:x@example.invalid)`
	if got := p.page("abc"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestArchiveBefore1980(t *testing.T) {
	t.Parallel()
	if _, err := archive(nil, time.Unix(0, 0).UTC()); err == nil || !strings.Contains(err.Error(), "1980") {
		t.Errorf("a time that a zip cannot hold: %v", err)
	}
}
