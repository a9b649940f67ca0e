package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/probetest"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
)

// unpack-case CASE DIR: unpacks the wheels of a case of the corpus, compiled for
// FTPKG_TEST_PYTHON, into a directory.
func unpackCase(t testing.TB) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: unpack-case CASE DIR")
		}
		ts.Check(probetest.Unpack(ts.MkAbs(args[1]), corpus.Build(t, ts.Getenv("FTPKG_TEST_PYTHON")).Case(t, args[0]).Wheels...))
	}
}
