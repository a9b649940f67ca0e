package status

import (
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Schema names the document of all packages' status.
const Schema = "ftpkg.status/1"

// A Document is what the tracker says at one moment of all packages that it
// watches: data/status.json of the site, and `ftpkg track status --format json`.
type Document struct {
	Schema      string    `json:"schema"`
	Generated   time.Time `json:"generated"` // the moment it is about
	RuleVersion int       `json:"rule_version"`
	// Platforms and Python are those that headlines are about, and Pythons the
	// free-threaded ones that are tracked, newest last.
	Platforms []string `json:"platforms"`
	Python    string   `json:"python"`
	Pythons   []string `json:"pythons"`
	// Cohort names the dated list of packages, "" if there is none.
	Cohort   string     `json:"cohort,omitempty"`
	Packages []*Package `json:"packages"` // sorted by name
}

// A Package is one row: four axes that are told apart, each with its evidence and
// its age, and the headline that follows from them.
type Package struct {
	Name string `json:"name"` // normalised
	// Required reports that it is tracked only because others require it.
	Required bool `json:"required,omitempty"`
	// Version is the release that the headline is about, "" if there is none. Newest
	// is another one if a newer release is too fresh to be judged.
	Version  string    `json:"version"`
	Released time.Time `json:"released,omitzero"`
	Newest   string    `json:"newest,omitempty"`

	State vocab.State `json:"state"`
	// Reason is why, in one line.
	Reason string `json:"reason,omitempty"`
	// Own is the state without what the package requires; it differs from State for
	// one that is blocked or whose requirements are unknown.
	Own vocab.State `json:"own,omitempty"`

	// Installs says what an installer takes for Version: by Python ("3.14t", and
	// "3.14" for the twin), then by platform ("linux-x86_64").
	Installs map[string]map[string]vocab.Install `json:"installs"`
	// Cells says more of those: the file, and the version where it is older.
	Cells []Cell `json:"cells,omitempty"`

	GIL    GIL    `json:"gil"`
	Tested Tested `json:"tested"`
	// Declared is what the classifiers claim: "unstable", "beta", "stable",
	// "resilient", "unspecified" for the bare one, "" for none.
	Declared string `json:"declared"`

	// Since says by Python which release was the first with a wheel of its own there.
	Since map[string]First `json:"since"`

	// Requires are the names of what it requires without extras on the headline's
	// platforms; Blockers are those whose fault it is that the package is blocked.
	Requires []string  `json:"requires"`
	Blockers []Blocker `json:"blockers"`
	// Dependents is how many watched packages require it, directly or not.
	Dependents int `json:"dependents"`

	Contradictions []Contradiction `json:"contradictions,omitempty"`

	// Checked is when its page was last read; Stale is why that was not later, ""
	// if the last look went well.
	Checked time.Time `json:"checked,omitzero"`
	Stale   string    `json:"stale,omitempty"`

	// Note and Issue are what people wrote of it; see package tracker.
	Note  string `json:"note,omitempty"`
	Issue string `json:"issue,omitempty"`
	// Downloads is how often it is downloaded, in the time that the list is about that
	// said so, 0 if none did by then; DownloadsAt is the date of that list.
	Downloads   int64     `json:"downloads,omitempty"`
	DownloadsAt time.Time `json:"downloads_at,omitzero"`

	requiresUnknown bool   // its metadata were not read
	ownReason       string // why Own
}

// A Cell is one target's choice for a package.
type Cell struct {
	Python   string        `json:"python"`
	Platform string        `json:"platform"`
	Install  vocab.Install `json:"install"`
	// Version is that of File, which is Package.Version unless it is older.
	Version string `json:"version,omitempty"`
	File    string `json:"file,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	// Floor is the oldest system that the wheel is for, as its tag has it, where the
	// twin's is another.
	Floor string `json:"floor,omitempty"`
}

// GIL is the axis of whether importing the package turns the GIL on. Static is
// what its files say, Probed what a runtime showed; neither overrides the other:
// where they disagree there is a contradiction, and Value is the runtime's for the
// Python and platform that it ran on.
type GIL struct {
	Value vocab.GILValue `json:"value"` // for the headline's Python, or the newest one it has wheels for
	// Pythons are the values for each Python that it has wheels for.
	Pythons map[string]vocab.GILValue `json:"pythons,omitempty"`
	Static  vocab.GILValue            `json:"static"`
	Probed  vocab.GILValue            `json:"probed"`
	// ProbedOn are the Pythons and platforms, such as "3.13t linux-x86_64".
	ProbedOn []string `json:"probed_on,omitempty"`
	// When is whether importing it is enough, or only using it: "" where it stays off.
	When vocab.When `json:"when,omitempty"`
	// Offenders are the modules that turn it on.
	Offenders []Offender `json:"offenders,omitempty"`
	// Evidence are the wheels that were read or loaded, with their age.
	Evidence []Evidence `json:"evidence"`
}

// An Offender is an extension module that turns the GIL on.
type Offender struct {
	Module      string            `json:"module"`
	Platforms   []string          `json:"platforms"`
	Pythons     []string          `json:"pythons"`
	Declaration vocab.Declaration `json:"declaration"`
	ByDefault   bool              `json:"by_default,omitempty"`
	Toolchain   vocab.Toolchain   `json:"toolchain,omitempty"`
	Public      bool              `json:"public"`
	Test        bool              `json:"test,omitempty"`
	// Distribution is whose it is, where a probe found a dependency's.
	Distribution string `json:"distribution,omitempty"`
	Fix          string `json:"fix,omitempty"`
}

// Evidence is one file that was read or loaded.
type Evidence struct {
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	How    string    `json:"how"` // "static" or "probed"
	On     string    `json:"on,omitempty"`
	At     time.Time `json:"at"`
	Tool   string    `json:"tool,omitempty"`
	// Rules is the version of the rules that it was read by.
	Rules int    `json:"rules,omitempty"`
	Says  string `json:"says"` // a word of vocab.GILValues, or an outcome of vocab.Outcomes
}

// Tested is the axis of what was run. An empty one means that nothing was: a
// package that keeps the GIL off has then only claimed to be safe.
type Tested struct {
	// Lanes are those of the probes, with how they ended.
	Lanes []TestedLane `json:"lanes,omitempty"`
	// Upstream are the jobs of the project's own workflows that test it on a
	// free-threaded Python, with their places; Workflows is what they were found in, nil
	// if no workflows of it were read: then it is not known what is tested.
	Upstream  []string   `json:"upstream,omitempty"`
	Workflows *Workflows `json:"workflows,omitempty"`
	At        time.Time  `json:"at,omitzero"`
	// Older are probes of older releases, on Pythons on which this one was not loaded.
	Older []OlderRun `json:"older,omitempty"`
}

// A TestedLane is one lane of one probe.
type TestedLane struct {
	Lane    vocab.Lane    `json:"lane"`
	On      string        `json:"on"`
	Outcome vocab.Outcome `json:"outcome"`
	Detail  string        `json:"detail,omitempty"`
}

// First is the first release that served a Python.
type First struct {
	Version string    `json:"version"`
	At      time.Time `json:"at,omitzero"`
	// Platforms says so for each platform.
	Platforms map[string]First `json:"platforms,omitempty"`
	// Last is the last release that did, where a later one does not.
	Last string `json:"last,omitempty"`
}

// A Blocker is a required package whose state is not clear.
type Blocker struct {
	Name  string      `json:"name"`
	State vocab.State `json:"state"`
	// Chain is the path of requirements to it, the package itself first.
	Chain []string `json:"chain"`
}

// A Contradiction is two accounts that disagree.
type Contradiction struct {
	Kind   vocab.Contradiction `json:"kind"`
	Detail string              `json:"detail"` // both accounts, in one line
}

// An Event is one change for the users of a package.
type Event struct {
	At      time.Time       `json:"at"`
	Package string          `json:"package,omitempty"`
	Kind    vocab.EventKind `json:"kind"`
	// Half is the half of the matrix: the GIL's or the free-threaded.
	Half     vocab.ABI `json:"half,omitempty"`
	Python   string    `json:"python,omitempty"`
	Platform string    `json:"platform,omitempty"`
	Version  string    `json:"version,omitempty"`
	// Before is what was, After what is: states, versions, modules.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Detail string `json:"detail"` // the whole in one line, for people
}

// A Point is one day of the curves.
type Point struct {
	Day time.Time `json:"day"`
	// Of is how many packages with compiled wheels are counted, Installs how many of
	// them some free-threaded Python installs everywhere its twin does, and Off how
	// many of those keep the GIL off as far as their files were read.
	Of       int `json:"of"`
	Installs int `json:"installs"`
	Off      int `json:"off"`
}

// InstallsEverywhere reports whether a Python installs the package from a wheel on
// every platform where its twin does, and on one at least.
func (p *Package) InstallsEverywhere(python string, platforms []string) bool {
	here, twin := p.Installs[python], p.Installs[strings.TrimSuffix(python, "t")]
	some := false
	for _, platform := range platforms {
		switch {
		case here[platform].IsWheel():
			some = true
		case twin[platform].IsWheel():
			return false
		}
	}
	return some
}
