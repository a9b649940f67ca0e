// Package checktest makes small wheels for tests, good and wrong: object files of all
// three systems, put together byte by byte, and the archives around them. The wrong
// ones are published in probe/check/testdata/wrong.
//
// The object files are whole as far as readers go, and those for Linux can be loaded.
package checktest
