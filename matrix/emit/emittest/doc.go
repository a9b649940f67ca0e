// Package emittest gives tests the programs of others that judge, expand and run what
// package emit writes: actionlint, act's model of workflows, check-jsonschema, zizmor,
// gitlab-ci-local, cibuildwheel and what builds wheels. They are installed once, into
// the user's cache directory, with their versions pinned; a test that cannot have one
// fails.
package emittest
