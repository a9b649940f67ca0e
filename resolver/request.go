package resolver

import (
	"context"
	"errors"
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Requirement is one requirement of the user.
type Requirement struct {
	pep508.Requirement

	// Origin says where it stands, for reports: "requirements.txt:3".
	Origin string
	// Via names the local project whose dependency this is, "" for the
	// user's own requirements.
	Via string
	// Hashes, if any, are the only file digests accepted, as "sha256:hex".
	Hashes []string
}

// Prereleases says when a pre-release may be chosen.
type Prereleases int

// The pre-release policies.
const (
	// IfNecessary takes a pre-release only when no final release with a usable
	// file is left.
	IfNecessary Prereleases = iota
	// Allow ranks pre-releases with final releases.
	Allow
	// Disallow never takes one.
	Disallow
)

// Names is a set of normalised package names, or all of them.
type Names struct {
	All  bool
	Only map[string]bool
	// Except are names taken out of All.
	Except map[string]bool
}

// Has reports whether name is in the set.
func (n Names) Has(name string) bool {
	if n.Only[name] {
		return true
	}
	return n.All && !n.Except[name]
}

// Request is what [Resolve] is asked.
type Request struct {
	Requirements []Requirement
	Constraints  []Requirement
	// Overrides replace every requirement on their package, as uv's overrides.
	Overrides []Requirement
	Targets   []wheeltags.Target

	// Like names the installer whose rules are followed.
	Like vocab.Like
	// Order is the position of linux_* tags; Like's own when nil.
	Order       *wheeltags.Order
	Prereleases Prereleases
	// AllReleases are packages whose pre-releases rank with final releases,
	// OnlyFinal those of which none is taken, whatever Prereleases says.
	AllReleases, OnlyFinal Names
	// PreferBinary takes an older version with a wheel before a newer one that
	// has to be built, as pip's option.
	PreferBinary bool
	OnlyBinary   Names
	NoBinary     Names
	// ABIFeatures evaluates the draft variable sys_abi_features (PEP 780)
	// instead of refusing it.
	ABIFeatures bool
	// TrustMetadata skips reading the chosen files' own metadata.
	TrustMetadata bool
	// Align also looks for one version of each package for all targets.
	Align bool
	// NoFixes skips the search for fixes.
	NoFixes bool
	// Pythons are the minor versions of Python 3 that a "newer Python" fix may
	// propose, oldest first.
	Pythons []int

	// NotJudged are requirements that have no file to judge, with the reason.
	NotJudged []Note
	// Ignored are options of the input that change nothing here.
	Ignored []Note

	// OnPhase, if set, is told what begins: "solve", "verify", "fix", "align".
	// The context it returns is handed to the index during that phase.
	OnPhase func(ctx context.Context, phase Phase) context.Context
	// OnProgress, if set, is called as packages become known and cells are done.
	OnProgress func(Progress)
}

// Phase is a part of the work whose index requests are worth counting apart.
type Phase string

// The phases.
const (
	PhaseSolve  Phase = "solve"
	PhaseVerify Phase = "verify"
	PhaseFix    Phase = "fix"
	PhaseAlign  Phase = "align"
)

// Progress is how far a resolution has come.
type Progress struct {
	Phase    Phase
	Packages int // packages known so far
	Cells    int // cells done in this phase
	Of       int // cells in this phase
}

// Note names a part of the input and why it is not acted on.
type Note struct {
	Origin string `json:"origin,omitempty"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

// ErrNoTargets says that a request names no target.
var ErrNoTargets = errors.New("no targets to resolve for")

// InputError is a requirement of the user that cannot be asked.
type InputError struct {
	Origin string
	Text   string
	Err    error
}

func (e *InputError) Error() string {
	if e.Origin == "" {
		return fmt.Sprintf("%s: %v", e.Text, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Origin, e.Text, e.Err)
}

func (e *InputError) Unwrap() error { return e.Err }

func (r *Request) order() wheeltags.Order {
	if r.Order != nil {
		return *r.Order
	}
	if r.Like == vocab.LikePip {
		return wheeltags.PackagingOrder
	}
	return wheeltags.UVOrder
}

func (r *Request) phase(ctx context.Context, p Phase) context.Context {
	if r.OnPhase == nil {
		return ctx
	}
	return r.OnPhase(ctx, p)
}
