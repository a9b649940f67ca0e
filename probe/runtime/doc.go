// Package runtime finds, asks, installs and removes CPython interpreters.
//
// An interpreter is known by what it says of itself, never by its name: [Ask]
// runs one script in it and returns its [Info], every value checked. A [Finder]
// looks for interpreters where systems and tools keep them. A [Manager] installs
// the archives of python-build-standalone that a [Catalogue] lists, verified and
// unpacked safely, below the data directory. A [Chooser] takes the first
// interpreter that serves from all of these.
//
// # Where to look
//
//   - ask.go, ask.py, info.go: what an interpreter says, and what of it is believed
//   - find.go, places.go, registry.go: where interpreters are looked for
//   - catalogue.go, index.go: which archives exist; builds.json is generated
//   - mirror.go, get.go: how an archive is had; unpack.go: how it is unpacked
//   - manager.go, install.go: what is below the data directory
//   - choose.go: which interpreter is taken
//
// # Rules
//
// Environment, clock, network and the places of the user come as arguments. An
// archive is not unpacked before its digest is verified, and an interpreter
// appears under its name only once it is whole and has answered.
package runtime
