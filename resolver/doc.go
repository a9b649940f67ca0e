// Package resolver answers one question for many targets at once: which
// versions and files of a set of Python requirements would each cell of
// {GIL, free-threaded} × platform install, and where one cannot, why not and
// what would help.
//
// [Resolve] solves every target on its own (the independent answer), compares
// each free-threaded cell with its GIL twin, names every blocker with its chain
// of requirers, and on request looks for one version of each package that serves
// all targets (the aligned answer). [Judge] takes a lock as it is and says for
// each target whether its exact versions have files.
//
// The package does no I/O of its own: project pages and metadata come from an
// [Index]. All targets share one store of parsed pages and metadata; a target
// has only its own view of which files it accepts.
//
// # Where to look
//
//   - request.go, result.go: what goes in and what comes out; baseline.go: what is
//     accepted, what changed
//   - store.go: pages and metadata, loaded once for all targets; crawl.go: ahead of
//     the solver
//   - choice.go: the file a target takes from a release, and why none fits;
//     yanked.go: when that may be a yanked one
//   - provider.go, pick.go: one target's universe as the solver sees it, and the
//     version it picks
//   - cell.go: solving one cell to the end, whatever is blocked in it
//   - verify.go: the chosen files' own metadata against the one solved with
//   - describe.go, problem.go, fix.go: what a cell's result means and what mends it
//   - align.go, alignsplit.go, alignreport.go: one version for all targets
//   - judge.go: locks
//
// # Limitations
//
// A requirement that names a local directory or a version control URL has no
// file to judge; the caller names it in Request.NotJudged. A source distribution
// that computes its dependencies while it is built is given those of a wheel of
// the same version, and says so (metadata "assumed").
package resolver
