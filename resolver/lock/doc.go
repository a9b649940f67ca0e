// Package lock reads the lock files of the Python world into one model, says
// which of a lock's packages apply to a target, and writes PEP 751 locks and
// requirements files.
//
// [Read] understands pylock.toml (PEP 751), uv.lock, poetry.lock and pdm.lock in
// all the versions of their formats that tools still read. A lock is taken as it
// is: nothing is resolved again. [Lock.Select] follows the rules of the tool
// that wrote the lock, for an environment that need not be the one at hand:
//
//   - PEP 751's algorithm for pylock.toml, with its errors;
//   - for uv.lock, a walk from the workspace's members over edges whose markers
//     hold, with forks, extras, groups and conflicting extras;
//   - groups and markers for poetry.lock since 2.1 and for pdm.lock with
//     inherited metadata, and a walk over the dependencies for older ones.
//
// [WritePylock] and [WriteRequirements] write a [Document], which [Assemble]
// makes of the answers for several targets.
//
// No lock tells free-threaded Python from the GIL build: markers cannot, wheel
// tags can. One lock therefore serves both as long as both take the same
// version; [Assemble] reports where they do not.
//
// # Where to look
//
//   - lock.go, pythons.go: the model of a lock
//   - read.go: telling the kinds apart; readpylock.go, readuv.go, readpoetry.go,
//     readpdm.go: one kind each, in the words of its tool
//   - select.go: what applies to a target; selectuv.go, selectwalk.go,
//     selectgroups.go: the ways to find it
//   - document.go: a lock to write; assemble.go, marker.go: making one of the
//     answers for several targets; writepylock.go, writerequirements.go
package lock
