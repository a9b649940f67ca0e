package resolver

import "github.com/ftpkg/ftpkg/internal/vocab"

// Schema names the JSON form of [Result].
const Schema = "ftpkg.resolve/1"

// Result is the answer for all targets. Its JSON form is the schema
// ftpkg.resolve/1.
type Result struct {
	Schema string     `json:"schema"`
	Like   vocab.Like `json:"like"`
	// Verified reports that every chosen file's own metadata was read.
	Verified bool `json:"verified"`
	// Judged names the lock or environment that was judged; "" if solved.
	Judged  string   `json:"judged,omitempty"`
	Targets []Cell   `json:"targets"`
	Aligned *Aligned `json:"aligned,omitempty"`
	// Changes is what changed since an earlier result, if one was given.
	Changes   *Delta `json:"changes,omitempty"`
	NotJudged []Note `json:"not_judged,omitempty"`
	Ignored   []Note `json:"ignored,omitempty"`
}

// Cell is the answer for one target.
type Cell struct {
	Python      string `json:"python"`
	Platform    string `json:"platform"`
	PlatformTag string `json:"platform_tag"`
	// Satisfiable is what the installer would say under the same flags; a cell
	// that needs a source distribution built is satisfiable.
	Satisfiable bool              `json:"satisfiable"`
	Installable vocab.Installable `json:"installable"`
	Packages    []Package         `json:"packages"`
	Problems    []Problem         `json:"problems"`
}

// Package is what one cell gets of one package.
type Package struct {
	Name string `json:"name"`
	// Version is "" when nothing can be chosen.
	Version       string               `json:"version"`
	FileKind      vocab.FileKind       `json:"file_kind"`
	VersionStatus vocab.VersionStatus  `json:"version_status,omitempty"`
	Newest        string               `json:"newest,omitempty"`
	Twin          vocab.Twin           `json:"twin"`
	File          string               `json:"file,omitempty"`
	URL           string               `json:"url,omitempty"`
	SHA256        string               `json:"sha256,omitempty"`
	Size          int64                `json:"size,omitempty"`
	Uploaded      string               `json:"uploaded,omitempty"`
	Tag           string               `json:"tag,omitempty"`
	Metadata      vocab.MetadataSource `json:"metadata"`
	Extras        []string             `json:"extras,omitempty"`
	// RequiredBy names the packages of this cell that require it, sorted; the
	// user's own requirements are "".
	RequiredBy []string `json:"required_by"`
	// Index is the URL of the index the file is from, without credentials.
	Index string `json:"index,omitempty"`
	// Direct says that the user required the file by its URL.
	Direct bool `json:"direct,omitempty"`
	// Note says what is odd about a mislabelled or yanked file.
	Note string `json:"note,omitempty"`
}

// Problem is one blocked package of one cell.
type Problem struct {
	Package string            `json:"package"`
	Kind    vocab.ProblemKind `json:"kind"`
	Message string            `json:"message"`
	// RequiredBy is the chain of requirers from a root to the package.
	RequiredBy []string `json:"required_by"`
	// Roots are the user's requirements that cannot be had because of it.
	Roots []string `json:"roots"`
	// Fix clears the whole cell together with the fixes of the cell's other
	// problems; it was solved again. Null when none was found.
	Fix *Fix `json:"fix"`
	// Explanation is the derivation of a conflict, line by line.
	Explanation []string `json:"explanation,omitempty"`
	// Accepted is the reason given in a baseline, "" if not accepted.
	Accepted string `json:"accepted,omitempty"`
}

// Fix is a change that was solved again and held.
type Fix struct {
	Kind vocab.FixKind `json:"kind"`
	Text string        `json:"text"`
	From string        `json:"from,omitempty"`
	To   string        `json:"to,omitempty"`
}

// Aligned is the answer with one version of each package for all targets.
type Aligned struct {
	// Versions is the version of each package that every cell shares.
	Versions map[string]string `json:"versions"`
	// Cost lists what alignment takes from cells that could have a newer version.
	Cost []AlignCost `json:"cost"`
	// Splits lists the packages that could not be aligned.
	Splits []Split `json:"splits"`
	// Cells are the cells as aligned, in the order of the targets.
	Cells []Cell `json:"-"`
}

// AlignCost is a version that a cell gives up for alignment.
type AlignCost struct {
	Package string   `json:"package"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Cells   []string `json:"cells"`
	// Because names the cells that cannot have From.
	Because []string `json:"because"`
}

// Split is a package with more than one version in the aligned answer.
type Split struct {
	Package  string         `json:"package"`
	Versions []SplitVersion `json:"versions"`
	Reason   string         `json:"reason"`
}

// SplitVersion is one of a split package's versions and the cells it serves.
type SplitVersion struct {
	Version string   `json:"version"`
	Cells   []string `json:"cells"`
}

// Package returns the cell's package of a normalised name.
func (c *Cell) Package(name string) (*Package, bool) {
	for i := range c.Packages {
		if c.Packages[i].Name == name {
			return &c.Packages[i], true
		}
	}
	return nil, false
}

// Name returns the cell's name, "3.14t linux-x86_64".
func (c *Cell) Name() string { return c.Python + " " + c.Platform }

// Installable reports whether every cell installs from wheels, or only has
// problems that were accepted.
func (r *Result) Installable() bool {
	for i := range r.Targets {
		if c := &r.Targets[i]; c.Installable != vocab.InstallableWheels && !c.accepted() {
			return false
		}
	}
	return true
}

func (c *Cell) accepted() bool {
	for i := range c.Problems {
		if c.Problems[i].Accepted == "" {
			return false
		}
	}
	return len(c.Problems) > 0
}
