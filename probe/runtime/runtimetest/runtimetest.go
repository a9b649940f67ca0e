// Package runtimetest gives tests a real CPython: a free-threaded one and a GIL
// one of the same version.
package runtimetest

import (
	"os"
	"testing"
)

// FreeThreaded returns the path of a free-threaded CPython.
func FreeThreaded(t testing.TB) string {
	t.Helper()
	return python(t, "FTPKG_TEST_PYTHON")
}

// GIL returns the path of a CPython with the GIL, of the same version as
// FreeThreaded's.
func GIL(t testing.TB) string {
	t.Helper()
	return python(t, "FTPKG_TEST_GIL_PYTHON")
}

func python(t testing.TB, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Fatalf("%s names no interpreter", variable)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return path
}
