// Package fleettest is what it takes to show that a fleet holds: an index of any
// size that counts what it is asked, a line between workers and their database that
// can be cut in every way lines are, and processes that are killed.
//
// # Where to look
//
//   - proxy.go: the line; index.go: the index, and generate.go: what is on it;
//     process.go: processes that are killed, and what they used
//   - facts.go: what a store holds, without what differs from run to run
//   - chaos_test.go: all of it at once
//
// A PostgreSQL that can be killed is [github.com/ftpkg/ftpkg/tracker/store/pgtest].
package fleettest
