// Package ready says whether an application can go free-threaded: for every cell
// of {GIL, free-threaded} × platform whether the whole closure of what it requires
// installs from wheels, and, without the GIL, whether loading anything in them turns
// it back on. All of it comes from files: what would be installed from package
// resolver, and what the extension modules in those wheels declare from package
// inspect.
//
// A [Judge] makes an [Application] of a resolver's result. [Judge.Mend] and
// [Judge.Together] look for other versions that would do: each is solved again with
// everything else held, and its wheels are read, before it is offered.
// [Report.Rank] puts the upgrades of several applications in the order of how many
// of them they free.
//
// # What a verdict means
//
// A package is judged by its own files: one that turns the GIL on is blamed itself,
// not those that require it, which are named in the chain. A pure package has no
// machine code of its own; it leaves the GIL off unless something it imports turns
// it on, and what it requires that does is listed as Unless. Modules that belong to
// a package's tests don't count, as no program imports them. A module that leaves
// the declaration to another one, as those of cffi do, is judged by the package of
// the closure that has the other one.
//
// # Where to look
//
//   - result.go: the values, which are the schema ftpkg.ready/1
//   - judge.go, wheel.go, delegate.go: from a result and wheels to verdicts
//   - finding.go, chain.go: what is told once for many cells; accept.go
//   - repair.go, candidate.go, solve.go, joint.go: fixes
//   - rank.go: several applications
//   - entry.go: what a program imports, with package pyimport
//   - verify.go: compared with what a probe saw
package ready
