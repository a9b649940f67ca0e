package matrix

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

//go:embed tables/*.json
var tableFiles embed.FS

// Tables are the facts about others that a matrix rests on: what cibuildwheel can
// build, where a job can run, which interpreters an action serves. They grow old, so
// each has its date and its source. scripts/matrix-tables makes new ones.
type Tables struct {
	// Lines are release lines of cibuildwheel, the newest first.
	Lines       []*Line
	Runners     *Runners
	Images      *Images
	SetupPython *SetupPython
	PyO3        *PyO3
}

// Dated says where a table is from and how old it is.
type Dated struct {
	Source string `json:"source"`
	Date   string `json:"date"` // 2026-08-21
}

// A Line is a release line of cibuildwheel.
type Line struct {
	Dated

	Version string `json:"version"` // the release that was asked: "4.3.5"
	// Identifiers are all there are, by platform (linux, macos, windows), in the
	// order cibuildwheel has them.
	Identifiers map[string][]string `json:"identifiers"`
	// Groups are the words that enable takes, each with the Pythons ("pp311") that
	// are left out without it.
	Groups map[string][]string `json:"groups"`
	// Removed are words that enable took once, with the reason they are gone.
	Removed map[string]string `json:"removed,omitempty"`
	// Options are the keys of [tool.cibuildwheel] and of its tables for platforms.
	Options []string `json:"options"`
	// AutoI686 says that the archs "auto" has i686 beside x86_64 on Linux.
	AutoI686 bool `json:"auto_i686,omitempty"`
}

// Name returns the line's name, "4.3".
func (l *Line) Name() string {
	major, rest, _ := strings.Cut(l.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	return major + "." + minor
}

// Runners are the labels of the runners that vendors offer.
type Runners struct {
	Dated

	GitHub []Runner `json:"github"`
	GitLab []Runner `json:"gitlab"`
}

// A Runner is one label.
type Runner struct {
	Label string `json:"label"`
	// OS and Arch are as cibuildwheel's --platform and --archs have them.
	OS   string `json:"os"`
	Arch string `json:"arch"`
	// Version is that of the system: "24.04", "15"; "" where it does not matter.
	Version string `json:"version,omitempty"`
	// Default says that it is the one to take for its OS and Arch.
	Default bool `json:"default,omitempty"`
	// Alias is the label that it stands for now, such as ubuntu-24.04 for
	// ubuntu-latest.
	Alias   string `json:"alias,omitempty"`
	Preview bool   `json:"preview,omitempty"`
	// Paid says that it costs also where a repository is public.
	Paid bool `json:"paid,omitempty"`
	// Deprecated is the day its end began, Gone the day it no longer runs; "" if none
	// is set. Successor is what to write instead.
	Deprecated string `json:"deprecated,omitempty"`
	Gone       string `json:"gone,omitempty"`
	Successor  string `json:"successor,omitempty"`
}

// Find returns GitHub's runner of a label.
func (r *Runners) Find(label string) (*Runner, bool) {
	i := slices.IndexFunc(r.GitHub, func(r Runner) bool { return r.Label == label })
	if i < 0 {
		return nil, false
	}
	return &r.GitHub[i], true
}

// Default returns the runner to take of a list for a system and an architecture.
func Default(list []Runner, os, arch string) (*Runner, bool) {
	i := slices.IndexFunc(list, func(r Runner) bool { return r.Default && r.OS == os && r.Arch == arch })
	if i < 0 {
		return nil, false
	}
	return &list[i], true
}

// Images are the images that wheels for Linux are built in, and the macOS they are
// built for at least.
type Images struct {
	Dated

	// Linux has, by the second half of an identifier (manylinux_x86_64), the images
	// that cibuildwheel knows by name; the first is the default.
	Linux map[string][]Image `json:"linux"`
	// Repository is where the images are, "HOST/pypa/": an image's name and _ARCH follow.
	Repository string `json:"repository"`
	// Refused are names of images that cibuildwheel no longer takes.
	Refused []string `json:"refused"`
	// MacOS are the oldest systems by Python, the newest Python first.
	MacOS []MacFloor `json:"macos"`
}

// An Image is a container image for building wheels.
type Image struct {
	Name  string `json:"name"`  // manylinux_2_28
	Floor string `json:"floor"` // 2.28: the C library of the wheels
}

// A MacFloor is the oldest macOS that a Python runs on.
type MacFloor struct {
	// From is the minor version of Python 3 from which on it holds.
	From  int    `json:"from"`
	Intel string `json:"intel"`
	ARM   string `json:"arm"`
}

// SetupPython says which releases of CPython the action setup-python serves.
type SetupPython struct {
	Dated

	// Serves has, by system and architecture ("linux-24.04/x64-freethreaded"), the
	// newest release of each series.
	Serves map[string]map[string]string `json:"serves"`
}

// Has returns the newest release of a Python's series that the action serves on a
// runner.
func (s *SetupPython) Has(r *Runner, p wheeltags.Python) (release string, ok bool) {
	system := map[string]string{"linux": "linux-" + r.Version, "macos": "darwin", "windows": "win32"}[r.OS]
	arch := map[string]string{"x86_64": "x64", "AMD64": "x64", "x86": "x86", "aarch64": "arm64", "arm64": "arm64", "ARM64": "arm64"}[r.Arch]
	if p.FreeThreaded {
		arch += "-freethreaded"
	}
	release, ok = s.Serves[system+"/"+arch][fmt.Sprintf("%d.%d", p.Major, p.Minor)]
	return release, ok
}

// PyO3 says which Pythons the releases of PyO3 build for.
type PyO3 struct {
	Dated

	Releases []PyO3Release `json:"releases"` // the newest first
}

// A PyO3Release is what holds from a release on.
type PyO3Release struct {
	Version string `json:"version"` // "0.29"
	// Newest is the newest minor version of Python 3; FreeOldest and FreeNewest are
	// those of free-threaded ones, 0 if there are none.
	Newest     int `json:"newest"`
	FreeOldest int `json:"free_oldest,omitempty"`
	FreeNewest int `json:"free_newest,omitempty"`
}

// Line returns the release line of a name such as "4.3"; "" is the newest.
func (t *Tables) Line(name string) (*Line, bool) {
	for _, l := range t.Lines {
		if name == "" || l.Name() == name || l.Version == name {
			return l, true
		}
	}
	return nil, false
}

// LineNames returns the names of the release lines that [DefaultTables] has, the
// newest first.
func LineNames() []string { return []string{"4.3", "3.4", "2.23"} }

// DefaultTables returns the tables that stand in the program.
func DefaultTables() *Tables {
	t := &Tables{Runners: new(Runners), Images: new(Images), SetupPython: new(SetupPython), PyO3: new(PyO3)}
	for _, line := range LineNames() {
		l := new(Line)
		load("cibuildwheel-"+line, l)
		t.Lines = append(t.Lines, l)
	}
	load("runners", t.Runners)
	load("images", t.Images)
	load("setup-python", t.SetupPython)
	load("pyo3", t.PyO3)
	return t
}

// load reads a table that stands in the program. A test reads them all.
func load(name string, into any) {
	data, err := tableFiles.ReadFile("tables/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		panic(fmt.Sprintf("table %s: %v", name, err))
	}
}
