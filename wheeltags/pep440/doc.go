// Package pep440 holds Python version numbers and version specifiers as values.
//
// It implements PEP 440 as the reference library of the Python world,
// packaging 26.3, reads it. Where the text of the PEP and packaging differ, or
// where packaging changed its mind (26.1 narrowed what "<V.postN" and ">V"
// admit), packaging 26.3 wins: it is what pip ships, and the test suite holds
// this package to its recorded answers.
//
// Versions on an index are overwhelmingly of the form 1.2.3 with at most one
// suffix. Such a version is packed in two machine words whose numeric order is
// the version order, so parsing allocates nothing and a comparison is two
// integer comparisons. Everything else (epochs, local versions, a suffix on a
// suffix, more than four release numbers, enormous numbers) takes a general
// form beside the words; no input that packaging accepts is refused for its
// size.
package pep440
