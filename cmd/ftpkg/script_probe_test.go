package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
)

// corpus-wheels DIR [CASE...]: fills a directory with the wheels of the corpus, all
// or those of some cases.
func corpusWheels(t testing.TB) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 1 {
			ts.Fatalf("usage: corpus-wheels DIR [CASE...]")
		}
		c := corpus.Build(t, ts.Getenv("FTPKG_TEST_PYTHON"))
		wheels, err := filepath.Glob(filepath.Join(c.Dir, "*.whl"))
		ts.Check(err)
		if names := args[1:]; len(names) > 0 {
			wheels = nil
			for _, name := range names {
				wheels = append(wheels, c.Case(t, name).Wheels...)
			}
		}
		dir := ts.MkAbs(args[0])
		ts.Check(os.MkdirAll(dir, 0o755))
		for _, w := range wheels {
			data, err := os.ReadFile(w)
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(w)), data, 0o644))
		}
	}
}
