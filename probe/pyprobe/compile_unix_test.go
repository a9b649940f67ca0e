//go:build unix

package pyprobe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

func TestCompileFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, script := range map[string]string{
		"says nothing":        "exit 0",
		"fails":               "echo no such luck >&2; exit 3",
		"says something else": "echo hello",
		"no digits":           "echo main xyz",
		"a part only":         "echo main 6300",
	} {
		python := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(python, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if code, err := pyprobe.Compile(t.Context(), python); err == nil || code != nil {
			t.Errorf("%s: %v, %v", name, code, err)
		} else if !strings.Contains(err.Error(), python) {
			t.Errorf("%s: %v does not name the interpreter", name, err)
		}
	}
}
