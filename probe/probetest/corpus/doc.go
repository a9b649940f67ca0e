// Package corpus makes the extension modules that the tests of probing load:
// small C sources, compiled by the machine's own cc against the headers of a given
// interpreter and packed into real wheels, one for each way in which a package
// can keep, lose or hide the GIL, fail, crash, hang or lie.
//
// What each is for, and what every lane is to find in it, is data: see [Case].
// The package's own tests prove that data against the interpreter itself, without
// any of the code that it is there to test.
//
// It is for tests only. Compiled files are kept in the user's cache directory, by
// the digest of everything they are made of.
package corpus
