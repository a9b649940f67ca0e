package gap

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// known is a small table of what can be built.
func known(t *testing.T) []wheeltags.Target {
	t.Helper()
	var all []wheeltags.Target
	for _, platform := range []string{"manylinux_x86_64", "musllinux_x86_64", "macosx_x86_64", "macosx_arm64", "win_amd64"} {
		for _, python := range []string{"cp312", "cp313", "cp314", "cp315", "cp314t", "cp315t"} {
			k, ok := parseIdentifier(python + "-" + platform)
			if !ok {
				t.Fatalf("%s-%s is no identifier", python, platform)
			}
			all = append(all, k)
		}
	}
	return all
}

// project returns the page of the package "a" of a universe.
func project(t *testing.T, text string) *simple.Project {
	t.Helper()
	c, err := universe.Parse(t.Name(), "shows a case\n\nroot a\n\npackage a\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Memory().Project(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// release returns the release of a page with a version; the newest if it is "".
func release(t *testing.T, p *simple.Project, version string) *simple.Release {
	t.Helper()
	for i := range p.Releases {
		if version == "" || p.Releases[i].Version.String() == version {
			return &p.Releases[i]
		}
	}
	t.Fatalf("no release %s", version)
	return nil
}

func targets(t *testing.T, texts ...string) []wheeltags.Target {
	t.Helper()
	var all []wheeltags.Target
	for _, text := range texts {
		target, err := wheeltags.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, target)
	}
	return all
}

// lines writes a report as the tests below expect it.
func lines(r *Report) string {
	var b strings.Builder
	for _, c := range r.Cells {
		fmt.Fprintf(&b, "%s %s %s", c.Python, c.Platform, c.Status)
		if c.Version != r.Version && c.Version != "" {
			b.WriteString(" " + c.Version)
		}
		if c.Kind != vocab.FileNative && c.Status != vocab.GapSource && c.Status != vocab.GapNone {
			b.WriteString(" " + string(c.Kind))
		}
		if c.Lost {
			b.WriteString(" lost")
		}
		if c.Accepted != "" {
			b.WriteString(" accepted: " + c.Accepted)
		}
		if c.Reason != "" {
			b.WriteString(": " + c.Reason)
		}
		b.WriteByte('\n')
	}
	for _, d := range r.Differences {
		fmt.Fprintf(&b, "%s %s %s", d.Kind, d.Python, d.Platform)
		if d.Floor != "" {
			fmt.Fprintf(&b, " %s over %s, below: %s %s", d.Floor, d.TwinFloor, d.Below.Status, d.Below.Version)
		}
		b.WriteByte('\n')
	}
	for _, l := range r.Losses {
		fmt.Fprintf(&b, "lost %s %s on %s", l.Kind, strings.Join(l.Pythons, " "), strings.Join(l.Platforms, " "))
		if l.Before != "" {
			fmt.Fprintf(&b, " from %s to %s", l.Before, l.After)
		}
		b.WriteByte('\n')
	}
	for _, s := range slices.Concat(r.Notes, r.Stale) {
		b.WriteString("- " + s + "\n")
	}
	return b.String()
}

func now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, universe string
		version        string
		targets        []string // nil for those of the release
		pythons        []string // nil for those of the release
		accept         []Accept
		want           string
	}{
		{
			name: "a floor above the twin's falls back in silence, as numpy's on Intel Macs",
			universe: `
  version 2.5.5
    requires-python >=3.14
    wheel cp314-cp314-macosx_10_15_x86_64 cp314-cp314-macosx_14_0_x86_64 cp314-cp314t-macosx_14_0_x86_64
    wheel cp315-cp315-macosx_10_15_x86_64 cp315-cp315t-macosx_10_15_x86_64
    sdist
  version 2.3.5
    wheel cp314-cp314-macosx_10_15_x86_64 cp314-cp314t-macosx_10_15_x86_64
`,
			want: `
3.14 macosx_10_15_x86_64 same
3.14t macosx_10_15_x86_64 older 2.3.5: macosx_14_0_x86_64 needs macOS 14.0, the target promises 10.15
3.15 macosx_10_15_x86_64 same
3.15t macosx_10_15_x86_64 same
floor 3.14t macos-x86_64 14.0 over 10.15, below: older 2.3.5
lost floor 3.14t on macos-x86_64 from 10.15 to 14.0
`,
		},
		{
			name: "asked for at a floor that the wheel has, there is no gap, but still a difference",
			universe: `
  version 2.5.5
    wheel cp314-cp314-macosx_10_15_x86_64 cp314-cp314t-macosx_14_0_x86_64
`,
			targets: []string{"3.14t macosx_14_0_x86_64", "3.14t macos-x86_64"},
			want: `
3.14t macosx_14_0_x86_64 same
3.14t macos-x86_64 none: macosx_14_0_x86_64 needs macOS 14.0, the target promises 13.0
floor 3.14t macos-x86_64 14.0 over 10.15, below: none 
`,
		},
		{
			name: "one half alone is asked about at the floor of both",
			universe: `
  version 2.5.5
    wheel cp314-cp314-macosx_10_15_x86_64 cp314-cp314t-macosx_14_0_x86_64 cp314-cp314-win_amd64
`,
			pythons: []string{"3.14t"},
			want: `
3.14t macosx_10_15_x86_64 none: macosx_14_0_x86_64 needs macOS 14.0, the target promises 10.15
3.14t windows-x86_64 none: cp314 is the ABI of the build with the GIL
floor 3.14t macos-x86_64 14.0 over 10.15, below: none 
missing 3.14t windows-x86_64
`,
		},
		{
			name: "each half alone: without a sibling, or in its place",
			universe: `
  version 1.0
    requires-python >=3.14,<3.15
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-macosx_11_0_arm64
    sdist
`,
			want: `
3.14 linux-x86_64 same
3.14t linux-x86_64 source: cp314 is the ABI of the build with the GIL
3.14 macosx_11_0_arm64 source: cp314t is the ABI of the free-threaded build
3.14t macosx_11_0_arm64 same
missing 3.14t linux-x86_64
missing 3.14 macos-arm64
`,
		},
		{
			name: "abi3 serves no free-threaded build, abi3t those from 3.15 on",
			universe: `
  version 1.0
    requires-python >=3.12
    wheel cp312-abi3-win_amd64 cp315-abi3.abi3t-win_amd64 cp314-cp314t-win_amd64
  version 0.9
    wheel cp312-abi3-win_amd64
`,
			want: `
3.12 windows-x86_64 same stable-abi
3.13 windows-x86_64 same stable-abi
3.14 windows-x86_64 same stable-abi
3.14t windows-x86_64 same
3.15 windows-x86_64 same stable-abi
3.15t windows-x86_64 same stable-abi
`,
		},
		{
			name: "abi3 alone",
			universe: `
  version 1.0
    requires-python >=3.15
    wheel cp312-abi3-win_amd64
`,
			want: `
3.15 windows-x86_64 same stable-abi
3.15t windows-x86_64 none: abi3 wheels never load on a free-threaded build
missing 3.15t windows-x86_64
`,
		},
		{
			name: "pure alone: the main platforms, as far as they are known",
			universe: `
  version 1.0
    requires-python >=3.15
`,
			want: `
3.15 linux-x86_64 same pure
3.15t linux-x86_64 same pure
3.15 macos-x86_64 same pure
3.15t macos-x86_64 same pure
3.15 macos-arm64 same pure
3.15t macos-arm64 same pure
3.15 windows-x86_64 same pure
3.15t windows-x86_64 same pure
`,
		},
		{
			name: "pure beside compiled",
			universe: `
  version 1.0
    requires-python >=3.15
    wheel py3-none-any cp315-cp315-win_amd64
`,
			want: `
3.15 windows-x86_64 same
3.15t windows-x86_64 same pure
pure 3.15t windows-x86_64
`,
		},
		{
			name: "pure below the floor of the compiled one",
			universe: `
  version 1.0
    requires-python >=3.15
    wheel py3-none-any cp38-abi3-manylinux_2_5_x86_64 cp315-cp315-manylinux_2_17_x86_64 cp315-cp315t-manylinux_2_17_x86_64
`,
			want: `
3.15 manylinux_2_5_x86_64 same stable-abi
3.15t manylinux_2_5_x86_64 same pure
floor 3.15t linux-x86_64 2.17 over 2.5, below: same 1.0
`,
		},
		{
			name: "a Python without any wheel is asked about at the floor of its neighbours",
			universe: `
  version 6.0
    requires-python >=3.13
    wheel cp313-cp313-manylinux_2_17_x86_64 cp314-cp314-manylinux_2_34_x86_64 cp314-cp314t-manylinux_2_34_x86_64
    sdist
`,
			want: `
3.13 manylinux_2_17_x86_64 same
3.14 manylinux_2_34_x86_64 same
3.14t manylinux_2_34_x86_64 same
3.15 manylinux_2_34_x86_64 source: 6.0 has no wheel for this Python there, for either build
3.15t manylinux_2_34_x86_64 source: 6.0 has no wheel for this Python there, for either build
`,
		},
		{
			name: "losses: a platform, a Python, wheels, a floor",
			universe: `
  version 2.0
    requires-python >=3.14
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64 cp315-cp315-manylinux_2_28_x86_64
    wheel cp314-cp314-win_amd64 cp315-cp315-win_amd64
  version 1.9rc1
    wheel cp314-cp314t-musllinux_1_2_x86_64
  version 1.0
    wheel cp312-cp312-manylinux_2_17_x86_64
    wheel cp314-cp314-manylinux_2_17_x86_64 cp314-cp314t-manylinux_2_17_x86_64 cp315-cp315-manylinux_2_28_x86_64 cp315-cp315t-manylinux_2_28_x86_64
    wheel cp314-cp314-win_amd64 cp314-cp314t-win_amd64
    wheel cp314-cp314-macosx_11_0_arm64 cp314-cp314t-macosx_11_0_arm64
`,
			want: `
3.14 linux-x86_64 same
3.14t linux-x86_64 same
3.15 linux-x86_64 same
3.15t linux-x86_64 older 1.0 lost: cp315 is the ABI of the build with the GIL
3.14 macosx_11_0_arm64 older 1.0 lost: 2.0 has no wheel for macos-arm64
3.14t macosx_11_0_arm64 older 1.0 lost: 2.0 has no wheel for macos-arm64
3.14 windows-x86_64 same
3.14t windows-x86_64 older 1.0 lost: cp314 is the ABI of the build with the GIL
3.15 windows-x86_64 same
3.15t windows-x86_64 none: cp315 is the ABI of the build with the GIL
missing 3.15t linux-x86_64
missing 3.14t windows-x86_64
missing 3.15t windows-x86_64
lost platform 3.14 3.14t on macos-arm64
lost abi 3.15t on linux-x86_64
lost wheel 3.14t on windows-x86_64
lost floor 3.14 3.14t on linux-x86_64 from 2.17 to 2.28
`,
		},
		{
			name: "3.13t is asked about only where it is served",
			universe: `
  version 1.0
    requires-python ==3.13.*
    wheel cp313-cp313-win_amd64 cp313-cp313t-win_amd64 cp313-cp313-macosx_11_0_arm64
`,
			want: `
3.13 macosx_11_0_arm64 same
3.13 windows-x86_64 same
3.13t windows-x86_64 same
`,
		},
		{
			name: "what uses no Python ABI serves 3.13t, but does not ask for it",
			universe: `
  version 1.0
    requires-python ==3.13.*
    wheel py3-none-win_amd64
`,
			want: `
3.13 windows-x86_64 same abi-none
`,
		},
		{
			name: "withdrawn and pre-released versions are no fallback while there is another",
			universe: `
  version 3.0
    wheel cp314-cp314-win_amd64
  version 2.9
    yanked broken
    wheel cp314-cp314t-win_amd64
  version 2.8rc1
    wheel cp314-cp314t-win_amd64
  version 2.7
    requires-python <3.14
    wheel cp314-cp314t-win_amd64
  version 2.0
    wheel cp314-cp314t-win_amd64
`,
			targets: []string{"3.14t win_amd64"},
			want: `
3.14t windows-x86_64 older 2.0: cp314 is the ABI of the build with the GIL
missing 3.14t windows-x86_64
`,
		},
		{
			name: "a pre-release is the fallback where there is nothing else",
			universe: `
  version 3.0
    wheel cp314-cp314-win_amd64
    sdist
  version 2.8rc1
    wheel cp314-cp314t-win_amd64
`,
			targets: []string{"3.14t win_amd64"},
			want: `
3.14t windows-x86_64 older 2.8rc1: cp314 is the ABI of the build with the GIL
missing 3.14t windows-x86_64
`,
		},
		{
			name: "an older release has newer ones behind it",
			universe: `
  version 3.0
    wheel cp314-cp314t-win_amd64
  version 2.0
    yanked
    wheel cp314-cp314-win_amd64
  version 1.0
    sdist
`,
			version: "2.0", targets: []string{"3.14t win_amd64", "3.14 win_amd64"},
			want: `
3.14t windows-x86_64 source 1.0: cp314 is the ABI of the build with the GIL
3.14 windows-x86_64 same
missing 3.14t windows-x86_64
- 2.0 was withdrawn by its maintainers: installers take it only when it is asked for by its version
`,
		},
		{
			name: "a tag that cannot be true",
			universe: `
  version 1.0
    wheel cp312-abi3.abi3t-win_amd64
`,
			targets: []string{"3.14t win_amd64"},
			want: `
3.14t windows-x86_64 same mislabelled
`,
		},
		{
			name: "Requires-Python excludes a file, and is read for the newest patch release",
			universe: `
  version 1.0
    wheel cp314-cp314-win_amd64
      requires-python >=3.14.3
    wheel cp314-cp314t-win_amd64
      requires-python <3.14
`,
			targets: []string{"3.14 win_amd64", "3.14.2 win_amd64", "3.14t win_amd64"},
			want: `
3.14 windows-x86_64 same
3.14.2 windows-x86_64 none: a-1.0-cp314-cp314-win_amd64.whl requires Python >=3.14.3
3.14t windows-x86_64 none: a-1.0-cp314-cp314t-win_amd64.whl requires Python <3.14
missing 3.14t windows-x86_64
`,
		},
		{
			name: "a Python that the release excludes",
			universe: `
  version 1.0
    requires-python <3.14
    wheel cp314-cp314-win_amd64
`,
			targets: []string{"3.14 win_amd64"},
			want:    "\n3.14 windows-x86_64 none: 1.0 requires Python <3.14\n",
		},
		{
			name: "no wheels at all",
			universe: `
  version 1.0
    sdist
`,
			targets: []string{"3.14 win_amd64"},
			want:    "\n3.14 windows-x86_64 source: 1.0 has no wheels\n",
		},
		{
			name: "a release that came an hour ago",
			universe: `
  version 1.0
    uploaded 2026-11-21T11:00:00Z
    wheel cp314-cp314-win_amd64
`,
			targets: []string{"3.14 win_amd64"},
			want: `
3.14 windows-x86_64 same
missing 3.14t windows-x86_64
- the newest file of 1.0 is 60 minutes old: others may still be on their way
`,
		},
		{
			name: "a release of the day before yesterday",
			universe: `
  version 1.0
    uploaded 2026-11-19
    wheel cp314-cp314-win_amd64
`,
			targets: []string{"3.14 win_amd64"},
			want:    "\n3.14 windows-x86_64 same\nmissing 3.14t windows-x86_64\n",
		},
		{
			name: "accepted gaps",
			universe: `
  version 1.0
    requires-python >=3.14
    wheel cp314-cp314-win_amd64 cp314-cp314-macosx_11_0_arm64 cp315-cp315-win_amd64 cp315-cp315-macosx_11_0_arm64
`,
			accept: []Accept{
				{Cells: []string{"cp314t-macosx_universal2"}, Reason: "one", Expires: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)},
				{Cells: []string{"3.15t windows-*"}, Reason: "two"},
				{Cells: []string{"cp314t win_amd64"}, Reason: "three", Expires: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
				{Cells: []string{"3.14", "cp3??-win*"}, Reason: "four"},
				{Cells: []string{"musllinux-*"}, Reason: "five"},
			},
			want: `
3.14 macosx_11_0_arm64 same
3.14t macosx_11_0_arm64 none accepted: one: cp314 is the ABI of the build with the GIL
3.15 macosx_11_0_arm64 same
3.15t macosx_11_0_arm64 none: cp315 is the ABI of the build with the GIL
3.14 windows-x86_64 same
3.14t windows-x86_64 none: cp314 is the ABI of the build with the GIL
3.15 windows-x86_64 same
3.15t windows-x86_64 none accepted: two: cp315 is the ABI of the build with the GIL
missing 3.14t macos-arm64
missing 3.15t macos-arm64
missing 3.14t windows-x86_64
missing 3.15t windows-x86_64
- accepting cp314t win_amd64 ended on 2026-11-20
- accepting 3.14, cp3??-win* matches no gap any more
- accepting musllinux-* matches no cell
`,
		},
		{
			name: "an acceptance of a cell that was not asked about",
			universe: `
  version 1.0
    wheel cp314-cp314-win_amd64
`,
			targets: []string{"3.14 win_amd64"},
			accept:  []Accept{{Cells: []string{"musllinux-*"}, Reason: "five"}},
			want:    "\n3.14 windows-x86_64 same\nmissing 3.14t windows-x86_64\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := project(t, strings.TrimPrefix(tt.universe, "\n"))
			o := Options{Known: known(t), Accept: tt.accept, Now: now()}
			for _, text := range tt.pythons {
				o.Pythons = append(o.Pythons, targets(t, text+" linux-x86_64")[0].Python)
			}
			if tt.targets != nil {
				o.Targets = targets(t, tt.targets...)
			}
			r := Compare(p, release(t, p, tt.version), o)
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), lines(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
