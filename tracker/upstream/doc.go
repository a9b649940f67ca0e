// Package upstream finds out what projects themselves test: it reads the workflows in a
// project's repository, or in its source distribution, and records which free-threaded
// Pythons their jobs run tests on, with the place that says so.
//
// What it reads was written by strangers. Nothing of it is run or checked out; git is
// asked for a few named files only, without hooks, credentials or questions; sizes and
// times are bounded.
//
// # Where to look
//
//   - look.go: one project, from facts to facts
//   - address.go: which of a project's addresses is that of a repository
//   - git.go, sdist.go, directory.go: where files come from
package upstream
