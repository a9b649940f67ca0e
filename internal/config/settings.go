package config

import "time"

// Settings are what a file says. A field that is nil or empty was not set, except
// that a list set to [] is empty and not nil.
type Settings struct {
	Python        []string
	Platform      []string
	Like          string
	Prerelease    string
	OnlyBinary    []string
	NoBinary      []string
	Align         *bool
	TrustMetadata *bool
	ABIFeatures   *bool

	IndexURL      string
	ExtraIndexURL []string
	FindLinks     []string
	NoIndex       *bool
	Offline       *bool
	ExcludeNewer  time.Time
	CacheDir      string

	DataDir      string
	PythonMirror string

	Accept []Accept
	Probe  Probe
	Run    Run
	Check  Check
	Matrix Matrix
	Lint   Lint
	Gap    Gap
}

// Probe is the table probe: settings of ftpkg probe.
type Probe struct {
	Scripts []string // absolute
}

// Run is the table run: settings of ftpkg run.
type Run struct {
	// Allow are names of modules, or "package.*".
	Allow []string
}

// Check is the table check: settings of ftpkg check.
type Check struct {
	Select, Ignore []string // codes of rules, or beginnings of some
}

// Matrix is the table matrix: settings of ftpkg matrix.
type Matrix struct {
	Python, Platform []string
	// Runners are "PLATFORM=LABEL".
	Runners      []string
	Emulate      *bool
	Cibuildwheel string
}

// Lint is the table lint: settings of ftpkg matrix lint.
type Lint struct {
	Select, Ignore []string // codes of rules, or beginnings of some
}

// Gap is the table gap: settings of ftpkg matrix gap.
type Gap struct {
	// Accept are the gaps that are accepted; they have no Package, and Cells may be
	// identifiers of cibuildwheel too.
	Accept []Accept
}

// Accept is one accepted blocker or gap: it is still reported, but no longer makes the
// answer a no.
type Accept struct {
	Package string
	// Cells are patterns of cells, of Pythons or of platforms: "3.14t windows-*",
	// "3.14t", "linux-x86_64"; none means every cell.
	Cells  []string
	Reason string
	// Expires is the last day it holds; zero means for ever.
	Expires time.Time
}
