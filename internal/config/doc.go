// Package config reads ftpkg's settings: ftpkg.toml, the table [tool.ftpkg] of
// pyproject.toml, and what of pip's own configuration concerns indexes.
//
// Keys are read strictly: one that is not known, or has a value of the wrong
// type, is an error that shows the place in the file. [Keys] is the one table of
// keys; the JSON Schema (docs/schema/config.json) and the list in
// docs/configuration.md are generated from it.
//
// Which setting wins over which is not decided here: flags and the environment
// are cmd/ftpkg's, see its manual.
package config
