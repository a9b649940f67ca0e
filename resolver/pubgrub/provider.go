package pubgrub

// A Package is a provider's number for a package. Numbers are dense: they start
// at 0, which is [Root], and leave no large gaps, because the solver keeps a
// table by number. A provider may number packages as it meets them.
type Package int32

// Root is the package whose dependencies are to be met. It has one version, 0.
const Root Package = 0

// A Dependency says that a version of one package needs a version of another.
type Dependency struct {
	// Package is the package needed.
	Package Package
	// Allowed are the versions that will do. Every set of one package has the
	// same length. An empty set is legal: the version that has such a
	// dependency cannot be chosen. Versions that do not exist should not be
	// given a place in sets, see ALGORITHM.md section 10.
	Allowed Set
	// Base, unless it is Root or Package, is the package that Package is a facet
	// of: foo for the facet foo[extra]. A facet has the versions of its base, and
	// wherever the facet must be in Allowed the base must be too, which the solver
	// adds by itself. A facet and its base count as one in the order of decisions.
	// That one version of both is chosen is for the provider to say, with a
	// dependency of each version of the facet on the same version of the base.
	// Base is the same in all dependencies on Package.
	Base Package
	// Pin is how narrowly the requirement behind Allowed was written. It only
	// bears on the order of decisions.
	Pin Pin
	// Requirement is the requirement as [Failure.Explain] is to print it after
	// the package's name, with [fmt.Sprint]. If it is nil, Allowed is printed.
	Requirement any
}

// A Pin is how narrowly a requirement was written.
type Pin uint8

const (
	// Ranged is a requirement that admits any number of versions.
	Ranged Pin = iota
	// Pinned is a requirement on one exact version.
	Pinned
	// Direct is a requirement on a file or a URL rather than on a version.
	Direct
)

// A Provider knows the packages, their versions and their dependencies. Its
// answers must not change in the course of one [Solve], which calls it from one
// goroutine.
type Provider interface {
	// Choose returns the version to try, a member of allowed, which is never
	// empty. If it returns -1 then no member of allowed can be used, now or
	// later; reason says why and becomes a leaf of the failure, if there is
	// one. Choose is not called for Root. An error ends Solve.
	Choose(p Package, allowed Set) (version int, reason any, err error)

	// Dependencies returns what a version needs. If unusable is not nil, the
	// version cannot be used at all, and unusable says why; versions found to be
	// so one after another share a leaf of the failure, with the first reason,
	// if their reasons print alike. It is called at most once for each version.
	// The solver does not keep deps. An error ends Solve.
	Dependencies(p Package, version int) (deps []Dependency, unusable any, err error)
}

// A Prefetcher is a [Provider] that wants to hear early what it may be asked.
type Prefetcher interface {
	Provider
	// Prefetch is called when a version of p must be chosen, and again whenever
	// the versions it must be chosen from have become fewer. It must not block.
	Prefetch(p Package, allowed Set)
}

// A Candidate is a package of which a version must yet be chosen.
type Candidate struct {
	Package Package
	Allowed Set
}

// Options change how [Solve] searches. The zero value is the default.
type Options struct {
	// MaxSteps bounds the rounds of the search, so that a hostile universe ends
	// in [ErrTooManySteps]. A round chooses one version or rules some out. Zero
	// means DefaultMaxSteps.
	MaxSteps int
	// Next, if not nil, replaces the order of decisions that ALGORITHM.md
	// section 7 describes: it returns the index of the candidate to choose a
	// version of next. Candidates are in the order in which packages were first
	// seen. The slice is reused after Next returns.
	Next func(undecided []Candidate) int
}

// DefaultMaxSteps is the bound on rounds if [Options] give none. A resolution
// of a hundred packages without conflicts takes a hundred rounds.
const DefaultMaxSteps = 200_000
