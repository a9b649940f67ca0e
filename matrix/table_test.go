package matrix

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// Every table says where it is from and when, and what it says hangs together.
func TestTables(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	dated := []Dated{tables.Runners.Dated, tables.Images.Dated, tables.SetupPython.Dated, tables.PyO3.Dated}
	for i, l := range tables.Lines {
		dated = append(dated, l.Dated)
		if l.Name() != LineNames()[i] {
			t.Errorf("line %s is called %s", LineNames()[i], l.Name())
		}
	}
	for _, d := range dated {
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil || d.Source == "" {
			t.Errorf("table %+v: %v", d, err)
		}
	}
	for _, l := range tables.Lines {
		for _, os := range platforms() {
			if len(l.Identifiers[os]) < 20 {
				t.Errorf("%s has %d identifiers for %s", l.Version, len(l.Identifiers[os]), os)
			}
			for _, id := range l.Identifiers[os] {
				p := platformOf(id)
				if p.OS() != os || !slices.Contains(archsOf(os), p.Arch()) {
					t.Errorf("%s: %s is for %s %s", l.Version, id, p.OS(), p.Arch())
				}
				if python, ok := pythonOf(id); ok && identifier(python, p.Word) != id {
					t.Errorf("%s is read as %s", id, python)
				}
				if os == "linux" && len(tables.Images.Linux[p.Word]) == 0 {
					t.Errorf("no image is known for %s", p.Word)
				}
			}
		}
	}
	if last := tables.Images.MacOS[len(tables.Images.MacOS)-1]; last.From != 0 {
		t.Errorf("the last floor of macOS is from 3.%d on", last.From)
	}
}

// Each kind of machine has one default runner, which is to be had; the end of a
// runner is followed by what comes after it.
func TestRunners(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	seen := map[string]bool{}
	defaults := map[string]int{}
	for _, r := range tables.Runners.GitHub {
		if seen[r.Label] || !slices.Contains(archsOf(r.OS), r.Arch) {
			t.Errorf("runner %+v: twice, or of no machine", r)
		}
		seen[r.Label] = true
		if r.Default {
			defaults[r.OS+"/"+r.Arch]++
			if r.Preview || r.Paid || r.Deprecated != "" || r.Gone != "" && r.Gone < tables.Runners.Date {
				t.Errorf("the default %+v is not for everyone", r)
			}
		}
		for _, day := range []string{r.Deprecated, r.Gone} {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				t.Errorf("runner %s: %v", r.Label, err)
			}
		}
		for _, other := range []string{r.Alias, r.Successor} {
			next, ok := tables.Runners.Find(other)
			if other != "" && (!ok || next.OS != r.OS || next.Arch != r.Arch || next.Gone != "" && next.Gone <= r.Gone) {
				t.Errorf("runner %s: %s does not come after it", r.Label, other)
			}
		}
		if (r.Gone != "") != (r.Successor != "") {
			t.Errorf("runner %s: an end without a successor, or the reverse", r.Label)
		}
	}
	for _, kind := range []string{"linux/x86_64", "linux/aarch64", "macos/x86_64", "macos/arm64", "windows/AMD64", "windows/ARM64"} {
		if defaults[kind] != 1 {
			t.Errorf("%s has %d default runners", kind, defaults[kind])
		}
	}
}

func TestSetupPython(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	for _, c := range []struct {
		label, python string
		want          string // the beginning of the release; "" if it is not served
	}{
		{"ubuntu-24.04", "3.14t", "3.14."},
		{"ubuntu-24.04-arm", "3.13t", "3.13."},
		{"macos-15-intel", "3.15t", "3.15."},
		{"windows-11-arm", "3.10", ""},
		{"windows-11-arm", "3.11", "3.11."},
		{"windows-2025", "3.14t", "3.14."},
		{"ubuntu-26.04", "3.9", ""},
	} {
		r, ok := tables.Runners.Find(c.label)
		if !ok {
			t.Errorf("no runner %s", c.label)
			continue
		}
		p, err := wheeltags.ParsePython(c.python)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := tables.SetupPython.Has(r, p)
		if ok != (c.want != "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("setup-python on %s has %q of %s", c.label, got, c.python)
		}
	}
}

func TestPlatform(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word, floor, tag, os, libc, arch, machines string
	}{
		{"manylinux_x86_64", "2.28", "manylinux_2_28_x86_64", "linux", "glibc", "x86_64", "linux-x86_64"},
		{"musllinux_armv7l", "1.2", "musllinux_1_2_armv7l", "linux", "musl", "armv7l", "musllinux-armv7l"},
		{"macosx_universal2", "10.15", "macosx_10_15_universal2", "macos", "", "universal2", "macosx_11_0_arm64 macosx_10_15_x86_64"},
		{"macosx_universal2", "12.0", "macosx_12_0_universal2", "macos", "", "universal2", "macosx_12_0_arm64 macosx_12_0_x86_64"},
		{"win32", "", "win32", "windows", "", "x86", "windows-x86"},
		{"win_arm64", "", "win_arm64", "windows", "", "ARM64", "windows-arm64"},
		{"beos_x86", "", "beos_x86", "", "", "x86", ""},
	} {
		p := Platform{c.word, c.floor}
		var machines []string
		for _, m := range p.Platforms() {
			machines = append(machines, m.String())
		}
		if p.Tag() != c.tag || p.OS() != c.os || p.Libc() != c.libc || p.Arch() != c.arch || strings.Join(machines, " ") != c.machines {
			t.Errorf("%+v: tag %s, %s, libc %q, %s, machines %s", p, p.Tag(), p.OS(), p.Libc(), p.Arch(), machines)
		}
	}
}
