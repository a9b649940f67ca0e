package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// Wheels for every platform are read alike, wherever they are read.
func TestPlatforms(t *testing.T) {
	t.Parallel()
	for tags, want := range map[string]string{
		"cp313-cp313t-manylinux_2_17_x86_64":  "linux-x86_64 not-used free-threaded loads",
		"cp314-cp314t-manylinux_2_28_aarch64": "linux-aarch64 not-used free-threaded loads",
		"cp314-cp314t-musllinux_1_2_x86_64":   "musllinux-x86_64 not-used free-threaded loads",
		"cp314-cp314t-musllinux_1_2_aarch64":  "musllinux-aarch64 not-used free-threaded loads",
		"cp314-cp314t-macosx_11_0_arm64":      "macos-arm64 not-used free-threaded loads",
		"cp314-cp314t-macosx_10_13_x86_64":    "macos-x86_64 not-used free-threaded loads",
		"cp314-cp314t-macosx_11_0_universal2": "macos-arm64 not-used free-threaded loads, macos-x86_64 not-used free-threaded loads",
		"cp314-cp314t-win_amd64":              "windows-x86_64 not-used free-threaded loads",
		"cp314-cp314t-win_arm64":              "windows-arm64 not-used free-threaded loads",
		"cp314-cp314-win_amd64":               "windows-x86_64 not-used gil loads",
		"cp314-cp314-macosx_11_0_arm64":       "macos-arm64 not-used gil loads",
		"cp39-abi3-win_amd64":                 "windows-x86_64 not-used abi3 loads",
		"cp315-abi3t-win_amd64":               "windows-x86_64 not-used abi3t loads",
		"cp315-abi3.abi3t-win_amd64":          "windows-x86_64 not-used abi3t loads",
	} {
		name := "a-1-" + tags + ".whl"
		data, err := checktest.GoodWheel(name).Pack()
		if err != nil {
			t.Fatal(err)
		}
		w := read(t, name, data)
		var got []string
		for _, m := range w.Modules {
			got = append(got, fmt.Sprintf("%s %s %s %s", m.Platform, m.Declaration, m.ABI, m.Fit))
			if m.Module != "pkg._ext" || m.Public || m.Reason+m.FitReason != "" {
				t.Errorf("%s: %+v", tags, m)
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tags, diff)
		}
	}
}

// A release whose module declares on some platforms only, and that claims to do on
// all.
func TestDiffersByPlatform(t *testing.T) {
	t.Parallel()
	var wheels []*Wheel
	for _, tags := range []string{"cp314-cp314t-manylinux_2_28_x86_64", "cp314-cp314t-win_amd64", "cp314-cp314t-macosx_11_0_universal2"} {
		made := checktest.GoodWheel("a-1-" + tags + ".whl")
		made.Classifiers = []string{classifierPrefix + " :: 3 - Stable"}
		arm := &checktest.Object{Format: checktest.MachO, Name: "_ext", Free: true, Says: checktest.NotUsed, Arch: "arm64", MacOS: [2]int{11, 0}}
		intel := *arm
		intel.Arch, intel.Says = "x86_64", checktest.Silent
		if strings.Contains(tags, "macosx") {
			made.Modules[made.Paths[0]] = checktest.Universal(intel.Bytes(), arm.Bytes())
		}
		data, err := made.Pack()
		if err != nil {
			t.Fatal(err)
		}
		wheels = append(wheels, read(t, made.File, data))
	}
	s := Subject{Argument: "a"}
	s.Judge(wheels)
	want := Subject{
		Argument: "a", Project: "a", Version: "1", Verdict: vocab.VerdictTurnsOn, Detail: "loading 1 of 4 modules turns the GIL on",
		Classifier: classifierPrefix + " :: 3 - Stable", Contradicted: `it claims "3 - Stable", and loading 1 module turns the GIL on`,
		Counts: map[vocab.Declaration]int{vocab.DeclarationNotUsed: 3, vocab.DeclarationSilent: 1},
		Differences: []Difference{{Module: "pkg._ext", Between: betweenPlatforms, Says: []Saying{
			{vocab.DeclarationNotUsed, []string{"3.14t linux-x86_64", "3.14t windows-x86_64", "3.14t macos-arm64"}},
			{vocab.DeclarationSilent, []string{"3.14t macos-x86_64"}},
		}}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A processor whose code is not read leaves only its own platform open.
func TestUnreadProcessor(t *testing.T) {
	t.Parallel()
	made := &checktest.Wheel{File: "a-1-cp314-cp314t-manylinux_2_31_riscv64.whl"}
	o := &checktest.Object{Format: checktest.ELF, Name: "_ext", Free: true, Says: checktest.NotUsed, Arch: "riscv64", Glibc: 17}
	made.Add("pkg/_ext.cpython-314t-riscv64-linux-gnu.so", o.Bytes())
	data, err := made.Pack()
	if err != nil {
		t.Fatal(err)
	}
	w := read(t, made.File, data)
	if len(w.Modules) != 1 || w.Modules[0].Platform != "linux-riscv64" || w.Modules[0].Declaration != vocab.DeclarationUndecided || w.Modules[0].Readable() {
		t.Errorf("%+v", w.Modules)
	}
	var s Subject
	s.Judge([]*Wheel{w, wheel(t, linux, "m not-used")})
	if diff := cmp.Diff([]string{"linux-riscv64"}, s.NotRead); diff != "" || s.Verdict != vocab.VerdictDeclares {
		t.Errorf("%s: %s", s.Verdict, diff)
	}
}
