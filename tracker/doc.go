// Package tracker keeps the facts about packages up to date: what their index
// lists, what their wheels declare, what loading them shows. What follows from the
// facts is drawn in package status.
//
// The work is made of jobs that each do one thing for one project or file, take no
// notice of who calls them, and store one fact however often they are run:
// [Updater.Refresh], [Updater.Inspect] and [Updater.Probe]. [Updater.Update] runs
// them on one machine, without a queue.
//
// # Where to look
//
//   - update.go: one run over all projects; refresh.go, inspect.go, probe.go: the jobs
//   - cohort.go: lists of packages, the default one among them; notes.go: the part
//     that people keep by hand
//   - package evidence: the facts; package store: where they are kept; package
//     status: what follows from them; package site: the pages
package tracker
