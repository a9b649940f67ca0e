package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// postgres NAME: sets an environment variable to the address of an empty database of
// a PostgreSQL server of the script's own.
func startPostgres(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: postgres NAME")
		}
		server, err := pgtest.New(t.Context())
		ts.Check(err)
		ts.Defer(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
		ts.Setenv(args[0], server.Database(t))
	}
}
