package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// A python is what an interpreter says of itself, as far as compiling and naming
// wheels for it needs.
type python struct {
	Path         string   `json:"-"`
	Version      string   `json:"version"` // sys.version: with compiler and date
	Major        int      `json:"major"`
	Minor        int      `json:"minor"`
	FreeThreaded bool     `json:"free_threaded"`
	Include      []string `json:"include"`
	Suffix       string   `json:"suffix"`   // of its own extension modules: ".cpython-313t-x86_64-linux-gnu.so"
	Platform     string   `json:"platform"` // sysconfig.get_platform(): "linux-x86_64", "macosx-14.0-arm64"
	Glibc        string   `json:"glibc"`    // "2.36", or "" where there is none
}

const describe = `
import json, platform, sys, sysconfig
libc, version = platform.libc_ver()
print(json.dumps({
    "version": sys.version, "major": sys.version_info[0], "minor": sys.version_info[1],
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "include": sorted({sysconfig.get_path("include"), sysconfig.get_path("platinclude")}),
    "suffix": sysconfig.get_config_var("EXT_SUFFIX"), "platform": sysconfig.get_platform(),
    "glibc": version if libc == "glibc" else "",
}))`

func ask(ctx context.Context, path string) (*python, error) {
	out, err := exec.CommandContext(ctx, path, "-I", "-S", "-B", "-c", describe).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("%s: %w: %s", path, err, exit.Stderr)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := &python{Path: path}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, fmt.Errorf("%s: what it says of itself: %w", path, err)
	}
	return p, nil
}

// tag is the interpreter's own wheel tag on this machine.
func (p *python) tag() string { return p.cp() + "-" + p.abi() + "-" + p.platform() }

func (p *python) platform() string {
	platform := strings.NewReplacer("-", "_", ".", "_").Replace(p.Platform)
	if arch, ok := strings.CutPrefix(platform, "linux_"); ok && p.Glibc != "" {
		platform = "manylinux_" + strings.ReplaceAll(p.Glibc, ".", "_") + "_" + arch
	}
	return platform
}

// cp is the interpreter's Python tag, "cp313".
func (p *python) cp() string { return fmt.Sprintf("cp%d%d", p.Major, p.Minor) }

// abi is the interpreter's own ABI tag, "cp313t".
func (p *python) abi() string {
	if p.FreeThreaded {
		return p.cp() + "t"
	}
	return p.cp()
}

// is reports whether it is Python 3.minor or newer.
func (p *python) is(minor int) bool { return p.Major > 3 || p.Major == 3 && p.Minor >= minor }
