package matrix

import (
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Cell is one build or one test. A wheel that is built and tested has two cells
// of one identifier.
type Cell struct {
	// Identifier is cibuildwheel's: cp314t-manylinux_x86_64.
	Identifier string
	Python     wheeltags.Python // a series: 3.14t
	// ABI is what the wheel is built for, whatever interpreter builds it.
	ABI      vocab.ABI
	Platform Platform
	// Runner is the label of the GitHub runner, such as "ubuntu-24.04".
	Runner  string
	Purpose vocab.Purpose
	// Wheel is the identifier of the cell that builds the wheel which is built or
	// tested here; "" for a wheel that serves every platform.
	Wheel string
	// Emulated says that the runner's processor is another one than the cell's.
	Emulated bool
	// Reason says in one clause why the cell is there.
	Reason string
}

// Dropped is a cell that could have been in the matrix and is not.
type Dropped struct {
	Identifier string
	Purpose    vocab.Purpose
	Cause      vocab.DropCause
	// Reason says in one clause why the cell is not there.
	Reason string
}

// WheelPython returns the Python that a cell's wheel names in its tags: that of the
// cell which builds it.
func (c *Cell) WheelPython() wheeltags.Python {
	if p, ok := pythonOf(c.Wheel); ok {
		return p
	}
	return c.Python
}

// A Plan is the matrix of a project.
type Plan struct {
	// Cells are in the order of platform, Python and purpose.
	Cells   []Cell
	Dropped []Dropped // in the same order
	// Notes are sentences for people on what was taken for granted.
	Notes []string
}

// A Platform is a platform of wheels as cibuildwheel names it, with its floor. It is
// a comparable value.
type Platform struct {
	// Word is the second half of an identifier: manylinux_x86_64, macosx_universal2,
	// win_amd64.
	Word string
	// Floor is the oldest C library or macOS that the wheel is built for: "2.28",
	// "1.2", "10.15"; "" on Windows.
	Floor string
}

// OS returns the platform as cibuildwheel's --platform has it: linux, macos or
// windows; "" if there is none such.
func (p Platform) OS() string {
	switch kind, _, _ := strings.Cut(p.Word, "_"); kind {
	case "manylinux", "musllinux":
		return "linux"
	case "macosx":
		return "macos"
	case "win", "win32":
		return "windows"
	}
	return ""
}

// Libc returns "glibc" or "musl" on Linux, else "".
func (p Platform) Libc() string {
	switch {
	case strings.HasPrefix(p.Word, "manylinux_"):
		return "glibc"
	case strings.HasPrefix(p.Word, "musllinux_"):
		return "musl"
	}
	return ""
}

// Arch returns the architecture as cibuildwheel's --archs has it: x86_64, aarch64,
// arm64, universal2, AMD64, ARM64, x86.
func (p Platform) Arch() string {
	switch p.Word {
	case "win32":
		return "x86"
	case "win_amd64":
		return "AMD64"
	case "win_arm64":
		return "ARM64"
	}
	_, arch, _ := strings.Cut(p.Word, "_")
	return arch
}

// Tag returns the platform tag of a wheel built for the floor, such as
// manylinux_2_28_x86_64, macosx_11_0_arm64 or win_amd64.
func (p Platform) Tag() string {
	kind, arch, ok := strings.Cut(p.Word, "_")
	if p.Floor == "" || !ok {
		return p.Word
	}
	return kind + "_" + strings.ReplaceAll(p.Floor, ".", "_") + "_" + arch
}

// Platforms returns the machines that the wheel must serve: the platform itself, or
// the two that universal2 stands for.
func (p Platform) Platforms() []wheeltags.Platform {
	tags := []string{p.Tag()}
	if p.Arch() == "universal2" {
		arm := p
		arm.Word = "macosx_arm64"
		if strings.HasPrefix(p.Floor, "10.") {
			arm.Floor = "11.0" // the first that runs there
		}
		intel := p
		intel.Word = "macosx_x86_64"
		tags = []string{arm.Tag(), intel.Tag()}
	}
	var all []wheeltags.Platform
	for _, tag := range tags {
		if one, err := wheeltags.ParsePlatform(tag); err == nil {
			all = append(all, one)
		}
	}
	return all
}

// Targets returns what the wheel of the cell must serve.
func (c *Cell) Targets() []wheeltags.Target {
	var all []wheeltags.Target
	for _, p := range c.Platform.Platforms() {
		all = append(all, wheeltags.Target{Python: c.Python, Platform: p})
	}
	return all
}
