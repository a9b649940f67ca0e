// Package runtimetest gives tests a real CPython: a free-threaded one and a GIL
// one of the same version, both with their headers. scripts/test-python prepares
// them; make test calls it.
package runtimetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FreeThreaded returns the path of a free-threaded CPython: the one that
// FTPKG_TEST_PYTHON names, else the one scripts/test-python prepared. Without
// one the test fails: what it tests cannot be tested otherwise.
func FreeThreaded(t testing.TB) string {
	t.Helper()
	return find(t, "FTPKG_TEST_PYTHON", func(p pair) string { return p.freeThreaded })
}

// GIL returns the path of a CPython with the GIL, of the same version as
// FreeThreaded's: the one that FTPKG_TEST_GIL_PYTHON names, else the one
// scripts/test-python prepared.
func GIL(t testing.TB) string {
	t.Helper()
	return find(t, "FTPKG_TEST_GIL_PYTHON", func(p pair) string { return p.gil })
}

func find(t testing.TB, variable string, of func(pair) string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		path = of(kept(t))
	}
	if path == "" {
		t.Fatalf("%s names no interpreter, and none was prepared: run scripts/test-python", variable)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v: run scripts/test-python", variable, err)
	}
	return path
}

// A pair is two interpreters of one version; "" where there is none.
type pair struct{ freeThreaded, gil string }

// kept returns the newest pair that scripts/test-python noted down: files named
// python3.13t and python3.13, each with the path of one.
func kept(t testing.TB) pair {
	t.Helper()
	dir := os.Getenv("FTPKG_TEST_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return pair{}
		}
		dir = filepath.Join(user, "ftpkg", "test-python")
	}
	notes, err := filepath.Glob(filepath.Join(dir, "python3.*t"))
	if err != nil {
		t.Fatal(err)
	}
	var p pair
	for _, note := range notes {
		found := pair{read(note), read(strings.TrimSuffix(note, "t"))}
		if found.freeThreaded != "" && found.gil != "" {
			p = found
		}
	}
	return p
}

// read returns the path in a note, "" if nothing is there any more.
func read(note string) string {
	text, err := os.ReadFile(note)
	if err != nil {
		return ""
	}
	path := strings.TrimSpace(string(text))
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
