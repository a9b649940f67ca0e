package runtimetest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestKept(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FTPKG_TEST_CACHE", dir)
	here := filepath.Join(dir, "interpreter")
	for name, text := range map[string]string{
		"interpreter": "",
		"python3.13t": here + "\n", "python3.13": here + "\n",
		"python3.14t": here + "\n", // no twin
		"python3.15t": here + "\n", "python3.15": filepath.Join(dir, "gone") + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := kept(t); got != (pair{here, here}) {
		t.Errorf("%+v", got)
	}
	if err := os.Remove(filepath.Join(dir, "python3.13")); err != nil {
		t.Fatal(err)
	}
	if got := kept(t); got != (pair{}) {
		t.Errorf("%+v", got)
	}
}

// A test that has no interpreter fails: it is not skipped.
func TestNone(t *testing.T) {
	t.Setenv("FTPKG_TEST_CACHE", t.TempDir())
	t.Setenv("FTPKG_TEST_PYTHON", "")
	r := &recorder{TB: t}
	func() {
		defer func() { _ = recover() }()
		FreeThreaded(r)
	}()
	if !r.failed {
		t.Error("there is none, and the test goes on")
	}
}

type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	panic("failed")
}
