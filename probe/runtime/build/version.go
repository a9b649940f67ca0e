package build

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// patchlevel is the file in which a source says its version.
const patchlevel = "Include/patchlevel.h"

// patchlevelLimit caps how much of it is read, in bytes; it has 1,300.
const patchlevelLimit = 64 << 10

var versionLine = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+PY_VERSION[ \t]+"([0-9a-z.]+)\+?"`)

// readVersion returns the version of the source in a directory, without a
// flavour.
func readVersion(dir string) (wheeltags.Python, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(patchlevel)))
	if err != nil {
		return wheeltags.Python{}, fmt.Errorf("not a source of CPython: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, patchlevelLimit))
	if err != nil {
		return wheeltags.Python{}, err
	}
	return parseVersion(string(text))
}

// parseVersion reads the text of patchlevel.h. The + of a source between two
// releases is left out.
func parseVersion(text string) (wheeltags.Python, error) {
	m := versionLine.FindStringSubmatch(text)
	if m == nil {
		return wheeltags.Python{}, errors.New("no PY_VERSION in " + patchlevel)
	}
	if strings.Count(m[1], ".") != 2 {
		return wheeltags.Python{}, fmt.Errorf("%s says PY_VERSION %q", patchlevel, m[1])
	}
	v, err := wheeltags.ParsePython(m[1])
	if err != nil {
		return wheeltags.Python{}, fmt.Errorf("%s: %w", patchlevel, err)
	}
	v.FreeThreaded, v.Debug = false, false
	return v, nil
}

// flavour returns the version of a source as the flavour that was asked for, or
// false if that is another version.
func flavour(want, source wheeltags.Python) (wheeltags.Python, bool) {
	same := want.Major == source.Major && want.Minor == source.Minor &&
		(want.Micro < 0 || want.Micro == source.Micro && want.Pre == source.Pre)
	source.FreeThreaded, source.Debug = want.FreeThreaded, want.Debug
	return source, same && source.Check() == nil
}
