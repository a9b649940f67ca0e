package ready

import (
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

// Schema names the JSON form of [Report].
const Schema = "ftpkg.ready/1"

// Report is the answer for everything that was asked. Its JSON form is the schema
// ftpkg.ready/1.
type Report struct {
	Schema       string        `json:"schema"`
	Applications []Application `json:"applications"`
	// Upgrades are what would free several applications, the most useful first;
	// nil if there is only one.
	Upgrades []Upgrade `json:"upgrades,omitempty"`
}

// Application is one closure: what a set of requirements or a lock would install.
type Application struct {
	// Name is the lock or requirements file, or the requirements themselves.
	Name string `json:"name"`
	// Judged reports that it is a lock that was taken as it is.
	Judged bool       `json:"judged"`
	Like   vocab.Like `json:"like"`
	// Readiness is that of the worst cell, what was accepted left out.
	Readiness vocab.Readiness `json:"readiness"`
	Cells     []Cell          `json:"cells"`
	// Packages are sorted by name.
	Packages []Package `json:"packages"`
	// Findings are what is not ready, the worst first.
	Findings []Finding `json:"findings"`
	// Repair is what makes all of it ready, or as much as can be; nil if that was
	// not asked for.
	Repair *Repair `json:"repair,omitempty"`
	// Entry is what the program imports; nil if none was named.
	Entry *Entry `json:"entry,omitempty"`
	// Verified is how a probe compares; nil if that was not asked for.
	Verified  *Verified       `json:"verified,omitempty"`
	NotJudged []resolver.Note `json:"not_judged,omitempty"`
	Ignored   []resolver.Note `json:"ignored,omitempty"`
}

// Cell is the answer for one target.
type Cell struct {
	Python       string          `json:"python"`
	Platform     string          `json:"platform"`
	PlatformTag  string          `json:"platform_tag"`
	FreeThreaded bool            `json:"free_threaded"`
	Readiness    vocab.Readiness `json:"readiness"`
}

// Name returns the cell's name, "3.14t linux-x86_64".
func (c *Cell) Name() string { return c.Python + " " + c.Platform }

// Package is one package across the cells that need it.
type Package struct {
	Name  string  `json:"name"`
	Cells []State `json:"cells"`
}

// State is what one cell gets of one package, and what that means.
type State struct {
	Cell      string          `json:"cell"`
	Version   string          `json:"version"` // "" if nothing can be chosen
	Readiness vocab.Readiness `json:"readiness"`
	FileKind  vocab.FileKind  `json:"file_kind"`
	File      string          `json:"file,omitempty"`
	SHA256    string          `json:"sha256,omitempty"`
	// GIL is what the wheel's modules say, taken together; "" in a cell with the
	// GIL, where it is not asked, and where there is no wheel.
	GIL vocab.Verdict `json:"gil,omitempty"`
	// Modules counts the extension modules that the cell's interpreter would load,
	// without those of tests; TurnOn are those of them that turn the GIL on.
	Modules int `json:"modules,omitempty"`
	TurnOn  int `json:"turn_on,omitempty"`
	// Unless are the packages that it requires, directly or not, and that turn the
	// GIL on; sorted.
	Unless []string `json:"unless,omitempty"`

	index int // of the cell
}

// Finding is a package that is not ready, told once for all cells in which the
// same is true of it.
type Finding struct {
	Package   string          `json:"package"` // "" if the requirements exclude each other
	Version   string          `json:"version"`
	Readiness vocab.Readiness `json:"readiness"`
	Cells     []string        `json:"cells"`
	// Reason says why in a sentence without capital or full stop.
	Reason string `json:"reason"`
	// Problem is the kind of what keeps it from being installed from a wheel.
	Problem vocab.ProblemKind `json:"problem,omitempty"`
	// Chain leads from one of the user's requirements to the package, and Roots
	// are all requirements of the user's that bring it.
	Chain []string `json:"chain"`
	Roots []string `json:"roots"`
	// Modules are the modules at fault, each once.
	Modules []Module `json:"modules,omitempty"`
	// Fix is another version that was solved and read; nil if there is none, for
	// the reason in NoFix.
	Fix   *Fix   `json:"fix"`
	NoFix string `json:"no_fix,omitempty"`
	// Install is what would make it installable without another version, such as a
	// newer platform; what the GIL does there was not looked at.
	Install *resolver.Fix `json:"install,omitempty"`
	// Import is whether the program that was named imports what turns the GIL on.
	Import *Import `json:"import,omitempty"`
	// Accepted is the reason given in a baseline, "" if it is not accepted.
	Accepted string `json:"accepted,omitempty"`
}

// Module is an extension module at fault.
type Module struct {
	Module      string            `json:"module"`
	Path        string            `json:"path"` // in the wheel
	Declaration vocab.Declaration `json:"declaration"`
	ByDefault   bool              `json:"by_default"`
	ABI         vocab.ABI         `json:"abi"`
	Toolchain   vocab.Toolchain   `json:"toolchain,omitempty"`
	// Fix is the line that declares such a module free of the GIL.
	Fix string `json:"fix,omitempty"`
	// Reason says why it is not decided, or not loaded.
	Reason string `json:"reason,omitempty"`
}

// Change is one package that gets another version.
type Change struct {
	Package string `json:"package"`
	// From and To are versions, "" if it was not or is no longer needed.
	From string `json:"from"`
	To   string `json:"to"`
}

// Asked reports whether the change is one to be made: a package that is new or no
// longer needed follows from the others.
func (c *Change) Asked() bool { return c.From != "" && c.To != "" }

// Fix is another version of a package that is ready in every cell that needs the
// package. It was solved again in each of them with nothing else changed than what
// Changes has, and the wheels were read.
type Fix struct {
	Kind vocab.FixKind `json:"kind"`
	Text string        `json:"text"`
	From string        `json:"from"`
	To   string        `json:"to"`
	// GIL is what the modules of that version say.
	GIL vocab.Verdict `json:"gil,omitempty"`
	// Relaxed reports that a requirement of the user's own excludes the version
	// and has to be changed.
	Relaxed bool `json:"relaxed,omitempty"`
	// Changes are all versions that change, the package's own first.
	Changes []Change `json:"changes"`
}

// Repair is the fewest changes of versions that were found to make an application
// ready.
type Repair struct {
	Changes []Change `json:"changes"`
	// Fewest reports that no smaller number of changes can do: each of them is of
	// a package that is not ready as it is.
	Fewest bool `json:"fewest"`
	// Relaxed are the packages of which the user's own requirement has to change.
	Relaxed []string `json:"relaxed,omitempty"`
	// Readiness is that of the application with all changes made.
	Readiness vocab.Readiness `json:"readiness"`
	// Left are the packages that no version was found for.
	Left []string `json:"left,omitempty"`
	// Patch is the change of the requirements as a unified diff, "" if there is no
	// file to change; Commands is what else to run.
	Patch    string   `json:"patch,omitempty"`
	Commands []string `json:"commands,omitempty"`
}

// Upgrade is a change that several applications wait for.
type Upgrade struct {
	Package string `json:"package"`
	// To is the version, "" if none is known that would do.
	To string `json:"to"`
	// Frees are the applications in which nothing else is wrong, and Helps all in
	// which it is.
	Frees []string `json:"frees"`
	Helps []string `json:"helps"`
	// Together counts the applications that are free once this upgrade and all
	// before it are made.
	Together int `json:"together"`
}

// Ready reports whether every cell of every application is ready, or what is not
// was accepted.
func (r *Report) Ready() bool {
	for i := range r.Applications {
		if r.Applications[i].Readiness != vocab.Ready {
			return false
		}
	}
	return true
}

// Refused reports whether the answer is no for some application: it was found out,
// and it is not ready.
func (r *Report) Refused() bool {
	for i := range r.Applications {
		if r.Applications[i].Readiness.Worse(vocab.ReadyUnknown) {
			return true
		}
	}
	return false
}

// Package returns the package of a normalised name.
func (a *Application) Package(name string) (*Package, bool) {
	for i := range a.Packages {
		if a.Packages[i].Name == name {
			return &a.Packages[i], true
		}
	}
	return nil, false
}

// State returns what a cell gets of the package, by the cell's name.
func (p *Package) State(cell string) (*State, bool) {
	for i := range p.Cells {
		if p.Cells[i].Cell == cell {
			return &p.Cells[i], true
		}
	}
	return nil, false
}
