package runtime

import (
	"strings"
	"testing"
)

func TestTarget(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		info Info
		want string // a target, or a part of an error
	}{
		{Info{Version: "3.13.5", FreeThreaded: true, Platform: "linux-x86_64", PointerBits: 64, Libc: "glibc 2.36"}, "3.13.5t manylinux_2_36_x86_64"},
		{Info{Version: "3.14.7", Platform: "linux-x86_64", PointerBits: 64, Libc: "glibc 2.28"}, "3.14.7 linux-x86_64"},
		{Info{Version: "3.15.0rc1", FreeThreaded: true, Platform: "linux-aarch64", PointerBits: 64, Libc: "glibc 2.39"}, "3.15.0rc1t manylinux_2_39_aarch64"},
		{Info{Version: "3.14.0", FreeThreaded: true, Debug: true, Platform: "linux-x86_64", PointerBits: 64, Libc: "musl 1.2"}, "3.14.0td musllinux-x86_64"},
		{Info{Version: "3.14.0", Platform: "linux-x86_64", PointerBits: 64, Libc: "musl"}, "3.14.0 musllinux_1_1_x86_64"},
		{Info{Version: "3.14.0", Platform: "linux-x86_64", PointerBits: 32, Libc: "glibc 2.36"}, "3.14.0 manylinux_2_36_i686"},
		{Info{Version: "3.14.0", Platform: "linux-aarch64", PointerBits: 32, Libc: "glibc 2.36"}, "3.14.0 manylinux_2_36_armv7l"},
		{Info{Version: "3.14.0", FreeThreaded: true, Platform: "macosx-10.13-universal2", Machine: "arm64", MacOS: "15.1.1"}, "3.14.0t macosx_15_0_arm64"},
		{Info{Version: "3.14.0", FreeThreaded: true, Platform: "macosx-10.13-universal2", Machine: "x86_64", MacOS: "26.0"}, "3.14.0t macosx_26_0_x86_64"},
		{Info{Version: "3.14.0", Platform: "macosx-11.0-arm64", Machine: "arm64", MacOS: "13"}, "3.14.0 macos-arm64"},
		{Info{Version: "3.14.0", FreeThreaded: true, Platform: "win-amd64"}, "3.14.0t windows-x86_64"},
		{Info{Version: "3.14.0", FreeThreaded: true, Platform: "win-arm64"}, "3.14.0t windows-arm64"},
		{Info{Version: "3.14.0", Platform: "win32", PointerBits: 32}, "3.14.0 windows-x86"},
		{Info{Executable: "/p", Version: "3.14.0", Platform: "linux-x86_64"}, "/p: it does not say which C library"},
		{Info{Executable: "/p", Version: "3.14.0", Platform: "macosx-11.0-arm64"}, "/p: it does not say which macOS"},
		{Info{Executable: "/p", Version: "3.14.0", Platform: "freebsd-14.1-release-amd64"}, "unknown"},
		{Info{Executable: "/p", Version: "3.14.0", Platform: "linux-x86_64", Libc: "glibc two"}, "/p: platform"},
	} {
		got, err := tt.info.Target()
		switch {
		case err != nil && (!strings.Contains(err.Error(), tt.want) || strings.HasPrefix(tt.want, "3.")):
			t.Errorf("%+v: %v, want %s", tt.info, err, tt.want)
		case err == nil && got.String() != tt.want:
			t.Errorf("%+v: %s, want %s", tt.info, got, tt.want)
		}
	}
}

func TestMuslVersion(t *testing.T) {
	t.Parallel()
	for banner, want := range map[string]string{
		"musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader\nUsage: /lib/ld [options]": "musl 1.2",
		"musl libc (aarch64)\nVersion 1.1.24_git20200101\n":                                   "musl 1.1",
		"musl libc (x86_64)\nVersion 1.2":                                                     "musl 1.2",
		"musl libc (x86_64)\nVersion next":                                                    "musl",
		"Segmentation fault":                                                                  "musl",
		"":                                                                                    "musl",
	} {
		if got := muslVersion([]byte(banner)); got != want {
			t.Errorf("%q: %q, want %q", banner, got, want)
		}
	}
}
