package wheeltags

import (
	"slices"
	"strings"
	"testing"
)

// TestPEP803 is the compatibility table of PEP 803: wheel tags and the
// interpreters that accept them.
func TestPEP803(t *testing.T) {
	interpreters := []string{"3.14", "3.14t", "3.15", "3.15t", "3.16", "3.16t"}
	table := []struct{ tag, accepted string }{
		{"cp314-cp314", "3.14"},
		{"cp314-cp314t", "3.14t"},
		{"cp314-abi3", "3.14 3.15 3.16"},
		{"cp314-abi3t", "3.14t 3.15t 3.16t"}, // reserved, cannot be built
		{"cp314-abi3.abi3t", "3.14 3.14t 3.15 3.15t 3.16 3.16t"},
		{"cp315-cp315", "3.15"},
		{"cp315-cp315t", "3.15t"},
		{"cp315-abi3", "3.15 3.16"},
		{"cp315-abi3t", "3.15t 3.16t"},
		{"cp315-abi3.abi3t", "3.15 3.15t 3.16 3.16t"},
	}
	for _, row := range table {
		set, err := ParseTagSet(row.tag + "-win_amd64")
		if err != nil {
			t.Fatal(err)
		}
		for _, python := range interpreters {
			for _, order := range []Order{PackagingOrder, UVOrder} {
				_, got := NewMatcher(mustTarget(t, python+" windows-x86_64"), order).Rank(&set)
				if want := slices.Contains(strings.Fields(row.accepted), python); got != want {
					t.Errorf("%s on %s: %t, want %t", row.tag, python, got, want)
				}
			}
		}
	}
}

func TestExplain(t *testing.T) {
	tests := []struct {
		target, tags string
		want         Mismatch
		text         string
	}{
		// The ABI.
		{"3.14t linux-x86_64", "cp314-cp314-manylinux_2_28_x86_64", GILABI, "cp314 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp39-abi3-manylinux_2_28_x86_64", ABI3OnFreeThreaded, "abi3 wheels never load on a free-threaded build"},
		{"3.15t linux-x86_64", "cp315-abi3-manylinux_2_28_x86_64", ABI3OnFreeThreaded, "abi3 wheels never load on a free-threaded build"},
		{"3.15 linux-x86_64", "cp315-abi3t-manylinux_2_28_x86_64", ABI3TOnGIL, "abi3t alone is for free-threaded builds; a wheel for both is tagged abi3.abi3t"},
		{"3.14 linux-x86_64", "cp314-cp314t-manylinux_2_28_x86_64", FreeThreadedABIOnGIL, "cp314t is the ABI of the free-threaded build"},
		{"3.14t linux-x86_64", "cp314-cp314td-manylinux_2_28_x86_64", OtherABI, "cp314td is the ABI of a debug build"},
		{"3.14t linux-x86_64", "cp314-foo1-manylinux_2_28_x86_64", OtherABI, "foo1 is no ABI of CPython"},
		// The version.
		{"3.14t linux-x86_64", "cp315-abi3.abi3t-manylinux_2_28_x86_64", PythonTooOld, "cp315-abi3t needs Python 3.15 or newer"},
		{"3.14t linux-x86_64", "cp315-abi3-manylinux_2_28_x86_64", PythonTooOld, "cp315-abi3 needs Python 3.15 or newer, and abi3 wheels never load on a free-threaded build"},
		{"3.14t linux-x86_64", "cp315-cp315t-manylinux_2_28_x86_64", PythonTooOld, "cp315-cp315t is for CPython 3.15 alone"},
		{"3.14t linux-x86_64", "cp313-cp313t-manylinux_2_28_x86_64", PythonTooNew, "cp313-cp313t is for CPython 3.13 alone"},
		{"3.14t linux-x86_64", "cp313-cp313-manylinux_2_28_x86_64", PythonTooNew, "cp313-cp313 is for CPython 3.13 alone, and cp313 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp313-none-any", PythonTooNew, "cp313-none is for CPython 3.13 alone"},
		{"3.14t linux-x86_64", "py2-none-any", PythonTooNew, "py2 wheels are for Python 2"},
		{"3.14t linux-x86_64", "cp27-cp27mu-manylinux1_x86_64", PythonTooNew, "cp27 wheels are for Python 2"},
		{"3.14t linux-x86_64", "py4-none-any", PythonTooOld, "py4 wheels are for Python 4"},
		{"3.14t linux-x86_64", "py315-none-any", PythonTooOld, "py315-none needs Python 3.15 or newer"},
		{"3.9 linux-x86_64", "cp310-abi3-manylinux_2_28_x86_64", PythonTooOld, "cp310-abi3 needs Python 3.10 or newer"},
		{"3.14t linux-x86_64", "pp311-pypy311_pp73-manylinux_2_28_x86_64", OtherPython, "pp311 wheels are for PyPy, not CPython"},
		{"3.14t linux-x86_64", "graalpy312-graalpy250_312_native-manylinux_2_28_x86_64", OtherPython, "graalpy312 wheels are for GraalPy, not CPython"},
		// The platform.
		{"3.14t linux-x86_64", "cp314-cp314t-manylinux_2_39_x86_64", Floor, "manylinux_2_39_x86_64 needs glibc 2.39, the target promises 2.28"},
		{"3.14t manylinux_2_17_x86_64", "cp314-cp314t-manylinux_2_34_x86_64.manylinux_2_28_x86_64", Floor, "manylinux_2_28_x86_64 needs glibc 2.28, the target promises 2.17"},
		{"3.14t manylinux_2_12_x86_64", "cp314-cp314t-manylinux2014_x86_64", Floor, "manylinux2014_x86_64 needs glibc 2.17, the target promises 2.12"},
		{"3.14t musllinux_1_1_x86_64", "cp314-cp314t-musllinux_1_2_x86_64", Floor, "musllinux_1_2_x86_64 needs musl 1.2, the target promises 1.1"},
		{"3.14t macos-arm64", "cp314-cp314t-macosx_14_0_arm64", Floor, "macosx_14_0_arm64 needs macOS 14.0, the target promises 13.0"},
		{"3.14 android_21_x86_64", "cp314-cp314-android_24_x86_64", Floor, "android_24_x86_64 needs Android API level 24, the target promises 21"},
		{"3.14 ios-arm64", "cp314-cp314-ios_13_1_arm64_iphoneos", Floor, "ios_13_1_arm64_iphoneos needs iOS 13.1, the target promises 13.0"},
		{"3.14t linux-x86_64", "cp314-cp314t-musllinux_1_2_x86_64", OtherLibc, "musllinux_1_2_x86_64 is for musl, the target has glibc"},
		{"3.14t musllinux-x86_64", "cp314-cp314t-manylinux_2_28_x86_64", OtherLibc, "manylinux_2_28_x86_64 is for glibc, the target has musl"},
		{"3.14t linux-aarch64", "cp314-cp314t-manylinux_2_28_x86_64", OtherArch, "manylinux_2_28_x86_64 does not run on aarch64"},
		{"3.14t linux-aarch64", "cp314-cp314t-linux_armv6l", OtherArch, "linux_armv6l does not run on aarch64"},
		{"3.14t macos-arm64", "cp314-cp314t-macosx_13_0_x86_64", OtherArch, "macosx_13_0_x86_64 does not run on arm64"},
		{"3.14t windows-arm64", "cp314-cp314t-win_amd64", OtherArch, "win_amd64 does not run on arm64"},
		{"3.14t windows-arm64", "cp314-cp314t-win_ia64", OtherArch, "win_ia64 does not run on arm64"},
		{"3.14t linux-x86_64", "cp314-cp314t-win_amd64", OtherOS, "win_amd64 is for Windows"},
		{"3.14t windows-x86_64", "cp314-cp314t-manylinux_2_28_x86_64", OtherOS, "manylinux_2_28_x86_64 is for Linux"},
		{"3.14t linux-x86_64", "cp314-cp314-pyemscripten_2026_0_wasm32", OtherOS, "pyemscripten_2026_0_wasm32 is for WebAssembly; cp314 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp314-cp314t-freebsd_14_1_release_amd64", OtherOS, "freebsd_14_1_release_amd64 is for another system"},
		{"3.14t linux-aarch64", "cp314-cp314t-manylinux_2_12_aarch64", Malformed, "pip never asks for manylinux_2_12_aarch64 on this platform"},
		// Several misses: the farthest word, both sentences.
		{"3.14t linux-x86_64", "cp314-cp314-win_amd64", OtherOS, "win_amd64 is for Windows; cp314 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp314-cp314-manylinux_2_39_x86_64", GILABI, "cp314 is the ABI of the build with the GIL; manylinux_2_39_x86_64 needs glibc 2.39, the target promises 2.28"},
		// Several tags: the closest counts.
		{"3.14t linux-x86_64", "cp312.cp313-cp312.cp313-manylinux_2_28_x86_64", PythonTooNew, "cp313-cp313 is for CPython 3.13 alone, and cp313 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp313.cp314-cp313t.cp314-manylinux_2_28_x86_64", GILABI, "cp314 is the ABI of the build with the GIL"},
		{"3.14t linux-x86_64", "cp314-cp314t-win_amd64.manylinux_2_28_aarch64.manylinux_2_35_x86_64.manylinux_2_31_x86_64", Floor, "manylinux_2_31_x86_64 needs glibc 2.31, the target promises 2.28"},
		{"3.14t linux-x86_64", "py2.cp314-cp314-win_amd64.any", OtherOS, "win_amd64 is for Windows; cp314 is the ABI of the build with the GIL"},
		// Nothing that exists.
		{"3.15t windows-x86_64", "cp315t-abi3t-win_amd64", Malformed, "cp315t: a python tag never carries the t of free threading, which belongs to the ABI tag"},
		{"3.14t windows-x86_64", "cp313-cp314t-win_amd64", Malformed, "cp313-cp314t: the python and the ABI tag are of two versions"},
		{"3.14t windows-x86_64", "py3-abi3-win_amd64", Malformed, "py3-abi3: a py tag goes with the ABI none only"},
		{"3.14t windows-x86_64", "cp314-cp314t-any", Malformed, "cp314-cp314t-any: compiled code is never for any platform"},
		{"3.14t macos-arm64", "cp314-cp314t-macosx_13_2_arm64", Malformed, "macosx_13_2_arm64: from macOS 11 on tags have the minor version 0, so installers never ask for 13.2"},
		{"3.14t windows-x86_64", "cp3-none-win_amd64", Malformed, "cp3: names no minor version"},
		{"3.14 linux-x86_64", "cp312-cp312t-manylinux_2_28_x86_64", Malformed, "cp312t: there is no free-threaded build before 3.13"},
		{"3.14 linux-x86_64", "cp31-abi3-manylinux_2_28_x86_64", Malformed, "cp31-abi3: the stable ABI began with 3.2"},
	}
	for _, tt := range tests {
		set, err := ParseTagSet(tt.tags)
		if err != nil {
			t.Fatal(err)
		}
		m := NewMatcher(mustTarget(t, tt.target), PackagingOrder)
		if word, text := m.Explain(&set); word != tt.want || text != tt.text {
			t.Errorf("%s, %s:\n got %s: %s\nwant %s: %s", tt.target, tt.tags, word, text, tt.want, tt.text)
		}
	}
}

// TestExplainUV checks a tag that packaging accepts and uv does not.
func TestExplainUV(t *testing.T) {
	set, err := ParseTagSet("cp314-cp314t-manylinux_2_28_riscv64")
	if err != nil {
		t.Fatal(err)
	}
	target := mustTarget(t, "3.14t linux-riscv64")
	if word, text := NewMatcher(target, PackagingOrder).Explain(&set); word != NoMismatch {
		t.Errorf("packaging: %s: %s", word, text)
	}
	word, text := NewMatcher(target, UVOrder).Explain(&set)
	if word != Malformed || text != "uv never asks for manylinux_2_28_riscv64 on this platform" {
		t.Errorf("uv: %s: %s", word, text)
	}
}

func TestMismatchWords(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Mismatches() {
		if s := m.String(); s == "" || s == "unknown" || seen[s] {
			t.Errorf("mismatch %d has the word %q", m, s)
		}
		seen[m.String()] = true
		if !NoMismatch.Closer(m) || m.Closer(NoMismatch) || m.Closer(m) {
			t.Errorf("%s is not farther than a match", m)
		}
	}
	if len(seen) != 14 || seen[NoMismatch.String()] {
		t.Errorf("%d words: %v", len(seen), seen)
	}
	if !Floor.Closer(GILABI) || !GILABI.Closer(OtherOS) || OtherOS.Closer(OtherArch) {
		t.Error("the order of misses")
	}
}

func TestMislabelled(t *testing.T) {
	tests := []struct{ tags, want string }{
		{"cp314-abi3t-win_amd64", "cp314-abi3t: abi3t can be built for CPython 3.15 and newer only (PEP 803)"},
		{"cp310-abi3.abi3t-win_amd64", "cp310-abi3t: abi3t can be built"},
		{"cp314.cp315-abi3.abi3t-win_amd64", "cp314-abi3t: abi3t can be built"},
		{"cp315t-abi3t-linux_x86_64", "cp315t: a python tag never carries the t"},
		{"cp314t-cp314t-any", "cp314t: a python tag never carries the t"},
		{"py3t-none-any", "py3t: a python tag never carries the t"},
		{"cp313-cp314t-win_amd64", "two versions"},
		{"py3-cp314t-win_amd64", "py3-cp314t: a py tag goes with"},
		{"cp314-abi3-any", "compiled code is never for any platform"},
		{"cp312-cp312t-win_amd64", "no free-threaded build before 3.13"},
		{"cp314-cp314t-macosx_14_2_arm64", "minor version 0"},
		{"cp315-abi3.abi3t-win_amd64", ""},
		{"cp315-abi3t-win_amd64", ""},
		{"cp316-abi3t-win_amd64", ""},
		{"cp39-abi3-win_amd64", ""},
		{"cp314-cp314t-win_amd64", ""},
		{"cp313.cp314-cp313t.cp314t-win_amd64", ""}, // impossible members, but possible ones too
		{"cp314t.cp314-cp314t-win_amd64", ""},
		{"cp314-cp314t-macosx_14_2_arm64.macosx_14_0_arm64", ""},
		{"cp314-none.cp314t-any", ""},
		{"py2.py3-none-any", ""},
		{"pp311-pypy311_pp73-win_amd64", ""},
		{"cp27-cp27mu-manylinux1_x86_64", ""},
		{"cp37-cp37m-win_amd64", ""},
	}
	for _, tt := range tests {
		set, err := ParseTagSet(tt.tags)
		if err != nil {
			t.Fatal(err)
		}
		reason, bad := set.Mislabelled()
		if bad != (tt.want != "") || !strings.Contains(reason, tt.want) || !bad && reason != "" {
			t.Errorf("%s: %t, %q; want %q", tt.tags, bad, reason, tt.want)
		}
	}
}

func TestKind(t *testing.T) {
	for text, want := range map[string]string{
		"cp314-cp314t-win_amd64":       "native",
		"pp311-pypy311_pp73-win_amd64": "native",
		"cp39-abi3-win_amd64":          "stable-abi",
		"cp315-abi3t-win_amd64":        "stable-abi",
		"py3-none-win_amd64":           "abi-none",
		"cp314-none-win_amd64":         "abi-none",
		"cp314-none-any":               "pure",
		"py3-none-any":                 "pure",
	} {
		set, err := ParseTagSet(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Tags()[0].Kind().String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	tests := []struct{ target, file, want string }{
		{"3.14t linux-x86_64", "numpy-2.5.5-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", "yes, as cp314-cp314t-manylinux_2_28_x86_64"},
		{"3.14t linux-x86_64", "foo-1.0-cp312-abi3.abi3t-manylinux_2_17_x86_64.whl", "yes, as cp312-abi3t-manylinux_2_17_x86_64, but mislabelled: cp312-abi3t: abi3t can be built for CPython 3.15 and newer only (PEP 803)"},
		{"3.14t linux-x86_64", "polars-1.0-cp39-abi3-manylinux_2_17_x86_64.whl", "no (abi3-on-freethreaded): abi3 wheels never load on a free-threaded build"},
		{"3.13t musllinux-x86_64", "numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64-x86_64_v3.whl", "no (variant): variant wheels (PEP 825, a draft; label x86_64_v3) are refused by installers"},
	}
	for _, tt := range tests {
		f, err := ParseFilename(tt.file)
		if err != nil {
			t.Fatal(err)
		}
		v := NewMatcher(mustTarget(t, tt.target), PackagingOrder).Judge(&f)
		if v.String() != tt.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", tt.target, tt.file, v, tt.want)
		}
		if v.Accepted != (v.Rank >= 0) || v.Accepted != (v.Mismatch == NoMismatch) || v.Accepted != (v.Tag != Tag{}) {
			t.Errorf("%s, %s: %+v disagrees with itself", tt.target, tt.file, v)
		}
	}
}
