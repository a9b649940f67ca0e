package wheeltags

import (
	"strings"
	"testing"
)

func TestParsePlatform(t *testing.T) {
	tests := []struct{ in, string, tag string }{
		// The nine names.
		{"linux-x86_64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux-aarch64", "linux-aarch64", "manylinux_2_28_aarch64"},
		{"musllinux-x86_64", "musllinux-x86_64", "musllinux_1_2_x86_64"},
		{"musllinux-aarch64", "musllinux-aarch64", "musllinux_1_2_aarch64"},
		{"macos-x86_64", "macos-x86_64", "macosx_13_0_x86_64"},
		{"macos-arm64", "macos-arm64", "macosx_13_0_arm64"},
		{"windows-x86_64", "windows-x86_64", "win_amd64"},
		{"windows-arm64", "windows-arm64", "win_arm64"},
		{"windows-x86", "windows-x86", "win32"},
		// Other architectures, and the mobile systems.
		{"linux-i686", "linux-i686", "manylinux_2_28_i686"},
		{"linux-ppc64le", "linux-ppc64le", "manylinux_2_28_ppc64le"},
		{"linux-s390x", "linux-s390x", "manylinux_2_28_s390x"},
		{"linux-armv7l", "linux-armv7l", "manylinux_2_31_armv7l"},
		{"linux-riscv64", "linux-riscv64", "manylinux_2_39_riscv64"},
		{"linux-loongarch64", "linux-loongarch64", "manylinux_2_36_loongarch64"},
		{"musllinux-riscv64", "musllinux-riscv64", "musllinux_1_2_riscv64"},
		{"android-arm64_v8a", "android-arm64_v8a", "android_24_arm64_v8a"},
		{"ios-arm64", "ios-arm64", "ios_13_0_arm64_iphoneos"},
		{"ios-x86_64-simulator", "ios-x86_64-simulator", "ios_13_0_x86_64_iphonesimulator"},
		// Tags, each its own floor.
		{"manylinux_2_28_x86_64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"manylinux_2_34_x86_64", "manylinux_2_34_x86_64", "manylinux_2_34_x86_64"},
		{"manylinux_2_28_riscv64", "manylinux_2_28_riscv64", "manylinux_2_28_riscv64"},
		{"manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_17_x86_64"},
		{"manylinux2010_i686", "manylinux_2_12_i686", "manylinux_2_12_i686"},
		{"manylinux1_x86_64", "manylinux_2_5_x86_64", "manylinux_2_5_x86_64"},
		{"musllinux_1_2_aarch64", "musllinux-aarch64", "musllinux_1_2_aarch64"},
		{"musllinux_1_1_aarch64", "musllinux_1_1_aarch64", "musllinux_1_1_aarch64"},
		{"macosx_14_0_arm64", "macosx_14_0_arm64", "macosx_14_0_arm64"},
		{"macosx_14_2_arm64", "macosx_14_0_arm64", "macosx_14_0_arm64"},
		{"macosx_10_9_x86_64", "macosx_10_9_x86_64", "macosx_10_9_x86_64"},
		{"win_amd64", "windows-x86_64", "win_amd64"},
		{"win_arm64", "windows-arm64", "win_arm64"},
		{"win32", "windows-x86", "win32"},
		{"android_21_x86_64", "android_21_x86_64", "android_21_x86_64"},
		{"ios_17_2_arm64_iphonesimulator", "ios_17_2_arm64_iphonesimulator", "ios_17_2_arm64_iphonesimulator"},
		// As people type them.
		{"Linux-x86_64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux_x86_64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux-x86-64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux-amd64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux/amd64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"linux/arm64/v8", "linux-aarch64", "manylinux_2_28_aarch64"},
		{"linux/arm/v7", "linux-armv7l", "manylinux_2_31_armv7l"},
		{"linux/386", "linux-i686", "manylinux_2_28_i686"},
		{"linux-arm64", "linux-aarch64", "manylinux_2_28_aarch64"},
		{"linux-x64-musl", "musllinux-x86_64", "musllinux_1_2_x86_64"},
		{"manylinux-x86_64", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"manylinux_2.34_x86_64", "manylinux_2_34_x86_64", "manylinux_2_34_x86_64"},
		{"musl-aarch64", "musllinux-aarch64", "musllinux_1_2_aarch64"},
		{"alpine-x86_64", "musllinux-x86_64", "musllinux_1_2_x86_64"},
		{"macos-aarch64", "macos-arm64", "macosx_13_0_arm64"},
		{"macos-intel", "macos-x86_64", "macosx_13_0_x86_64"},
		{"macos-14-arm64", "macosx_14_0_arm64", "macosx_14_0_arm64"},
		{"darwin/arm64", "macos-arm64", "macosx_13_0_arm64"},
		{"osx-x86_64", "macos-x86_64", "macosx_13_0_x86_64"},
		{"windows-amd64", "windows-x86_64", "win_amd64"},
		{"windows-x64", "windows-x86_64", "win_amd64"},
		{"win-arm64", "windows-arm64", "win_arm64"},
		{"windows-aarch64", "windows-arm64", "win_arm64"},
		{"windows-i686", "windows-x86", "win32"},
		{"win64", "windows-x86_64", "win_amd64"},
		{" windows-x86 ", "windows-x86", "win32"},
		// As uv and Rust have them.
		{"x86_64-unknown-linux-gnu", "linux-x86_64", "manylinux_2_28_x86_64"},
		{"aarch64-unknown-linux-musl", "musllinux-aarch64", "musllinux_1_2_aarch64"},
		{"riscv64-unknown-linux", "linux-riscv64", "manylinux_2_39_riscv64"},
		{"riscv64gc-unknown-linux-gnu", "linux-riscv64", "manylinux_2_39_riscv64"},
		{"x86_64-manylinux_2_34", "manylinux_2_34_x86_64", "manylinux_2_34_x86_64"},
		{"aarch64-manylinux2014", "manylinux_2_17_aarch64", "manylinux_2_17_aarch64"},
		{"aarch64-apple-darwin", "macos-arm64", "macosx_13_0_arm64"},
		{"x86_64-pc-windows-msvc", "windows-x86_64", "win_amd64"},
		{"i686-pc-windows-msvc", "windows-x86", "win32"},
		{"aarch64-linux-android", "android-arm64_v8a", "android_24_arm64_v8a"},
		{"arm64-apple-ios", "ios-arm64", "ios_13_0_arm64_iphoneos"},
		{"arm64-apple-ios-simulator", "ios-arm64-simulator", "ios_13_0_arm64_iphonesimulator"},
	}
	for _, tt := range tests {
		p, err := ParsePlatform(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if p.String() != tt.string || p.Tag() != tt.tag {
			t.Errorf("%q: got %s, %s; want %s, %s", tt.in, p, p.Tag(), tt.string, tt.tag)
		}
		for _, s := range []string{p.String(), p.Tag()} {
			if again, err := ParsePlatform(s); err != nil || again != p {
				t.Errorf("%q: %s is read back as %s, %v", tt.in, s, again, err)
			}
		}
	}
}

func TestParsePlatformErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "want one of linux-x86_64, linux-aarch64, musllinux-x86_64"},
		{"linux", "which architecture? want linux-x86_64, linux-aarch64"},
		{"windows", "which architecture? want windows-x86_64, windows-arm64, windows-x86"},
		{"manylinux_2_28", "which architecture?"},
		{"macos-14", "which architecture? want macos-x86_64, macos-arm64"},
		{"linux-mips", `no architecture "mips" there`},
		{"windows-riscv64", `no architecture "riscv64" there`},
		{"macosx_14_0_universal2", "universal2 is a format of wheels, not a machine"},
		{"macosx_10_15_arm64", "macOS 10.15 does not run on arm64"},
		{"macosx_10_3_x86_64", "no wheels are tagged for macOS 10.3"},
		{"macosx_10_17_x86_64", "no wheels are tagged for macOS 10.17"},
		{"macosx_9_0_x86_64", "no wheels are tagged for macOS 9.0"},
		{"macosx_100_0_x86_64", "there is no version 100.0"},
		{"manylinux_2_16_aarch64", "no wheels are tagged for glibc 2.16 on aarch64; the first is 2.17"},
		{"manylinux_2_4_x86_64", "the first is 2.5"},
		{"manylinux_3_1_x86_64", "no wheels are tagged for glibc 3.1"},
		{"manylinux_2_x86_64", "want the minor version of the C library too"},
		{"musllinux_2_0_x86_64", "there is no musl 2.0"},
		{"android_15_x86_64", "no wheels are tagged for Android API level 15; the first is 16"},
		{"android_24_1_x86_64", "want one API level"},
		{"ios_11_4_arm64", "no wheels are tagged for iOS 11.4; the first is 12.0"},
		{"linxu-x86_64", "did you mean linux-x86_64?"},
		{"wndows-arm64", "did you mean windows-arm64?"},
		{"linuxx86_64", "did you mean linux-x86_64?"},
		{"plan9-amd64", "unknown; known are linux-x86_64"},
		{"x86_64", "unknown; known are"},
		{"any", "unknown; known are"},
		{"pyemscripten_2026_0_wasm32", "unknown; known are"},
	}
	for _, tt := range tests {
		p, err := ParsePlatform(tt.in)
		if err == nil {
			t.Errorf("%q: got %s, want an error", tt.in, p)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || p != (Platform{}) {
			t.Errorf("%q: %s, %v; want %q in it", tt.in, p, err, tt.want)
		}
	}
}

func TestPlatformParts(t *testing.T) {
	tests := []struct{ in, name, os, arch, libc, floor string }{
		{"linux-aarch64", "linux-aarch64", "linux", "aarch64", "glibc", "2.28"},
		{"manylinux_2_39_aarch64", "linux-aarch64", "linux", "aarch64", "glibc", "2.39"},
		{"musllinux-x86_64", "musllinux-x86_64", "linux", "x86_64", "musl", "1.2"},
		{"macosx_14_0_arm64", "macos-arm64", "macos", "arm64", "", "14.0"},
		{"windows-x86", "windows-x86", "windows", "x86", "", ""},
		{"android_21_x86", "android-x86", "android", "x86", "", "21"},
		{"ios-arm64-simulator", "ios-arm64-simulator", "ios", "arm64-simulator", "", "13.0"},
	}
	for _, tt := range tests {
		p, err := ParsePlatform(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := [...]string{p.Name(), p.OS(), p.Arch(), p.Libc(), p.Floor()}; got != [...]string{tt.name, tt.os, tt.arch, tt.libc, tt.floor} {
			t.Errorf("%s: got %v", tt.in, got)
		}
	}
	var none Platform
	if s := none.Name() + none.Tag() + none.String() + none.OS() + none.Arch() + none.Libc() + none.Floor(); s != "" {
		t.Errorf("the zero Platform says %q", s)
	}
}

func TestExpand(t *testing.T) {
	tests := []struct {
		words []string
		want  string
	}{
		{[]string{"main"}, "linux-x86_64 linux-aarch64 macos-x86_64 macos-arm64 windows-x86_64 windows-arm64"},
		{[]string{"all"}, "linux-x86_64 linux-aarch64 musllinux-x86_64 musllinux-aarch64 macos-x86_64 macos-arm64 windows-x86_64 windows-arm64 windows-x86"},
		{[]string{"windows-x86,Main", "linux-amd64"}, "windows-x86 linux-x86_64 linux-aarch64 macos-x86_64 macos-arm64 windows-x86_64 windows-arm64"},
		{[]string{"linux-x86_64, manylinux_2_34_x86_64"}, "linux-x86_64 manylinux_2_34_x86_64"},
	}
	for _, tt := range tests {
		platforms, err := Expand(tt.words...)
		if err != nil {
			t.Errorf("%q: %v", tt.words, err)
			continue
		}
		var got []string
		for _, p := range platforms {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %s", tt.words, got)
		}
	}
	for _, words := range [][]string{nil, {""}, {"main,"}, {"mian"}} {
		if platforms, err := Expand(words...); err == nil {
			t.Errorf("%q: got %v, want an error", words, platforms)
		}
	}
}

func TestRaisedFor(t *testing.T) {
	tests := []struct{ platform, tags, want string }{
		{"linux-x86_64", "cp314-cp314t-manylinux_2_34_x86_64", "manylinux_2_34_x86_64"},
		{"linux-x86_64", "cp314-cp314t-manylinux_2_39_x86_64.manylinux_2_31_x86_64", "manylinux_2_31_x86_64"},
		{"linux-x86_64", "cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64", "linux-x86_64"},
		{"linux-x86_64", "cp314-cp314t-linux_x86_64", "linux-x86_64"},
		{"linux-x86_64", "py3-none-any", "linux-x86_64"},
		{"linux-x86_64", "cp314-cp314t-manylinux_2_34_aarch64.musllinux_1_2_x86_64", ""},
		{"linux-x86_64", "cp314-cp314t-manylinux_2_100_x86_64", ""},
		{"linux-x86_64", "cp314-cp314t-manylinux_3_1_x86_64", ""},
		{"linux-aarch64", "cp314-cp314t-manylinux_2_12_aarch64", ""},
		{"musllinux-x86_64", "cp314-cp314t-musllinux_1_3_x86_64", "musllinux_1_3_x86_64"},
		{"macos-arm64", "cp314-cp314t-macosx_14_0_arm64", "macosx_14_0_arm64"},
		{"macos-arm64", "cp314-cp314t-macosx_15_0_universal2.macosx_14_0_x86_64", "macosx_15_0_arm64"},
		{"macos-arm64", "cp314-cp314t-macosx_10_9_universal2", "macos-arm64"},
		{"macos-arm64", "cp314-cp314t-macosx_14_2_arm64", ""},
		{"macosx_10_9_x86_64", "cp314-cp314t-macosx_10_13_x86_64", "macosx_10_13_x86_64"},
		{"macos-x86_64", "cp314-cp314t-macosx_14_0_arm64", ""},
		{"windows-x86_64", "cp314-cp314t-win_amd64", "windows-x86_64"},
		{"windows-x86_64", "cp314-cp314t-win32", ""},
		{"android-arm64_v8a", "cp314-cp314-android_28_arm64_v8a", "android_28_arm64_v8a"},
		{"ios-arm64", "cp314-cp314-ios_16_4_arm64_iphoneos", "ios_16_4_arm64_iphoneos"},
	}
	for _, tt := range tests {
		p, err := ParsePlatform(tt.platform)
		if err != nil {
			t.Fatal(err)
		}
		set, err := ParseTagSet(tt.tags)
		if err != nil {
			t.Fatal(err)
		}
		raised, ok := p.RaisedFor(&set)
		if ok != (tt.want != "") || ok && raised.String() != tt.want {
			t.Errorf("%s, %s: got %s, %t; want %s", tt.platform, tt.tags, raised, ok, tt.want)
		}
		if !ok && raised != p {
			t.Errorf("%s, %s: not raised, but changed to %s", tt.platform, tt.tags, raised)
		}
	}
}

func TestWithNewestFloor(t *testing.T) {
	for _, p := range AllPlatforms() {
		newest, ok := p.WithNewestFloor()
		if ok != (p.OS() != "windows") {
			t.Errorf("%s: %t", p, ok)
		}
		if ok && (newest.Name() != p.Name() || !p.older(newest)) || !ok && newest != p {
			t.Errorf("%s: newest floor is %s", p, newest.Tag())
		}
	}
}

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]string{
		"3.14t linux-x86_64":                     "3.14t linux-x86_64",
		" 3.14+freethreaded   linux/amd64 ":      "3.14t linux-x86_64",
		"3.14t,macos-arm64":                      "3.14t macos-arm64",
		"cp315t manylinux_2_34_x86_64":           "3.15t manylinux_2_34_x86_64",
		"cpython@3.14.2+gil x86_64-apple-darwin": "3.14.2 macos-x86_64",
	} {
		target, err := ParseTarget(in)
		if err != nil || target.String() != want {
			t.Errorf("%q: got %s, %v; want %s", in, target, err, want)
		}
	}
	for _, in := range []string{"", "3.14t", "linux-x86_64", "3.14t plan9", "3.12t linux-x86_64"} {
		if target, err := ParseTarget(in); err == nil {
			t.Errorf("%q: got %s, want an error", in, target)
		}
	}
}

func TestParseOrder(t *testing.T) {
	for _, o := range []Order{PackagingOrder, UVOrder} {
		if got, err := ParseOrder(o.String()); err != nil || got != o {
			t.Errorf("%s is read back as %s, %v", o, got, err)
		}
	}
	if _, err := ParseOrder("pip"); err == nil {
		t.Error("order pip is known")
	}
}
