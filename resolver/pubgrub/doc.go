// Package pubgrub solves dependencies with the PubGrub algorithm: it chooses one
// version of every package that a root needs such that all dependencies are met,
// or proves that this cannot be done, with a proof that reads as an explanation.
//
// It knows nothing of Python. Packages are numbers and versions are indexes; a
// [Provider] says which version of a package to try and what a version depends
// on, and is asked only for what the search comes to. [Solve] returns a
// [Solution] or a [Failure]. Sets of versions are values of type [Set].
//
// # Where to look
//
//   - ALGORITHM.md: the algorithm, in numbered sections that the code refers to
//   - provider.go, solution.go, failure.go: what goes in and what comes out
//   - solve.go: the main loop, and what a chosen version brings with it
//   - term.go, incompat.go: what is known for certain
//   - trail.go, propagate.go: what is assumed, and what follows
//   - order.go: which package is decided next
//   - explain.go, words.go, format.go: a proof in sentences
//
// # Limitations
//
// One search is the work of one goroutine. The solver asks for the dependencies
// of one version at a time; a provider that must fetch them should fetch ahead
// ([Prefetcher]). Package numbers must be dense, for the solver keeps a table by
// number. An explanation is as long as the proof: it is minimal in simple cases,
// but nothing shortens it in others.
package pubgrub
