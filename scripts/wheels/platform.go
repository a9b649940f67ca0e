package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// A platform is one that a wheel is for.
type platform struct {
	name         string
	goos, goarch string
	tags         []string // platform tags, sorted as they stand in a wheel's name
}

// platforms are those of a release.
//
// The programs for Linux are linked with no C library, so the two tags of an
// architecture get the same one. They have a wheel each nevertheless: a name then says
// one thing, as tools that read locks expect. The glibc and musl of the tags are the
// oldest that installers ask for by these names; Go's own floor is a kernel 3.2, which
// is older. On macOS the floor is that of Go 1.26, which stands in the program
// (LC_BUILD_VERSION); a test holds the tag against it.
func platforms() []platform {
	return []platform{
		{"manylinux-x86_64", "linux", "amd64", []string{"manylinux2014_x86_64", "manylinux_2_17_x86_64"}},
		{"manylinux-aarch64", "linux", "arm64", []string{"manylinux2014_aarch64", "manylinux_2_17_aarch64"}},
		{"musllinux-x86_64", "linux", "amd64", []string{"musllinux_1_1_x86_64"}},
		{"musllinux-aarch64", "linux", "arm64", []string{"musllinux_1_1_aarch64"}},
		{"macos-x86_64", "darwin", "amd64", []string{"macosx_12_0_x86_64"}},
		{"macos-arm64", "darwin", "arm64", []string{"macosx_12_0_arm64"}},
		{"windows-x86_64", "windows", "amd64", []string{"win_amd64"}},
		{"windows-arm64", "windows", "arm64", []string{"win_arm64"}},
	}
}

// choose returns the platforms of the flags -platform and -tag.
func choose(names, tag string) ([]platform, error) {
	all := platforms()
	switch {
	case tag != "":
		if strings.ContainsFunc(tag, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			return nil, fmt.Errorf("%q is no platform tag", tag)
		}
		return []platform{{tag, runtime.GOOS, runtime.GOARCH, []string{tag}}}, nil
	case names == "all":
		return all, nil
	case names == "none":
		return nil, nil
	}
	var chosen []platform
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(p platform) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("%q is no platform of a release", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// program is the name of the program.
func (p platform) program() string {
	if p.goos == "windows" {
		return "ftpkg.exe"
	}
	return "ftpkg"
}
