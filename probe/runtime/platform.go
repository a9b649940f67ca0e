package runtime

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A Platform is what an archive of python-build-standalone was built for: one of
// its triples, such as "x86_64-unknown-linux-gnu".
type Platform string

// platforms are the triples that this package knows, with GOOS, GOARCH and, on
// Linux, the C library they stand for. Triples for newer processors of one kind
// (x86_64_v3) are left out: what they need can't be told without asking the
// processor, and a probe gains nothing by them.
var platforms = [...]struct {
	triple           Platform
	goos, arch, libc string
}{
	{"x86_64-unknown-linux-gnu", "linux", "amd64", "gnu"},
	{"aarch64-unknown-linux-gnu", "linux", "arm64", "gnu"},
	{"x86_64-unknown-linux-musl", "linux", "amd64", "musl"},
	{"aarch64-unknown-linux-musl", "linux", "arm64", "musl"},
	{"armv7-unknown-linux-gnueabihf", "linux", "arm", "gnu"},
	{"ppc64le-unknown-linux-gnu", "linux", "ppc64le", "gnu"},
	{"riscv64-unknown-linux-gnu", "linux", "riscv64", "gnu"},
	{"s390x-unknown-linux-gnu", "linux", "s390x", "gnu"},
	{"aarch64-apple-darwin", "darwin", "arm64", ""},
	{"x86_64-apple-darwin", "darwin", "amd64", ""},
	{"x86_64-pc-windows-msvc", "windows", "amd64", ""},
	{"aarch64-pc-windows-msvc", "windows", "arm64", ""},
	{"i686-pc-windows-msvc", "windows", "386", ""},
}

// known reports whether archives for p can be installed on some machine.
func (p Platform) known() bool {
	for _, k := range platforms {
		if k.triple == p {
			return true
		}
	}
	return false
}

// Short returns the triple without the vendor: "x86_64-linux-gnu".
func (p Platform) Short() string {
	parts := strings.Split(string(p), "-")
	if len(parts) < 3 {
		return string(p)
	}
	return strings.Join(append(parts[:1], parts[2:]...), "-")
}

// HostPlatform returns the platform of the machine whose root directory is root
// ("/"), for the GOOS and GOARCH given. On Linux, the loader of the machine's
// own programs tells the C library; where there is none, it is taken for glibc.
func HostPlatform(root, goos, goarch string) (Platform, error) {
	libc := ""
	if goos == "linux" {
		libc = hostLibc(root)
	}
	for _, k := range platforms {
		if k.goos == goos && k.arch == goarch && k.libc == libc {
			return k.triple, nil
		}
	}
	return "", fmt.Errorf("there are no builds of CPython for %s", strings.TrimSuffix(goos+"/"+goarch+" "+libc, " "))
}

func hostLibc(root string) string {
	for _, program := range [...]string{"bin/sh", "usr/bin/env", "bin/ls"} {
		// bin may be a link, and /bin/sh one that is absolute: within a root that is
		// not the machine's own that would lead out, to another machine's answer.
		path, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(program)))
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(root, path); err != nil || !filepath.IsLocal(rel) {
			continue
		}
		switch base := filepath.Base(elfLoader(path)); {
		case strings.HasPrefix(base, "ld-musl-"):
			return "musl"
		case strings.HasPrefix(base, "ld-linux") || strings.HasPrefix(base, "ld64.so") || strings.HasPrefix(base, "ld.so"):
			return "gnu"
		}
	}
	if found, err := filepath.Glob(filepath.Join(root, "lib", "ld-musl-*.so.1")); err == nil && len(found) > 0 {
		for _, dir := range [...]string{"lib", "lib64"} {
			if gnu, err := filepath.Glob(filepath.Join(root, dir, "ld-linux*.so.*")); err == nil && len(gnu) > 0 {
				return "gnu"
			}
		}
		return "musl"
	}
	return "gnu"
}
