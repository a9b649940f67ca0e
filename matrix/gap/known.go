package gap

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Known returns the cells for CPython that the newest release line of cibuildwheel in
// the tables builds, the platforms that most people have first.
func Known(t *matrix.Tables) []wheeltags.Target {
	var all []wheeltags.Target
	for _, os := range []string{"linux", "macos", "windows"} {
		for _, id := range t.Lines[0].Identifiers[os] {
			if k, ok := parseIdentifier(id); ok {
				all = append(all, k)
			}
		}
	}
	common := wheeltags.AllPlatforms()
	place := func(t wheeltags.Target) int {
		if i := slices.IndexFunc(common, func(p wheeltags.Platform) bool { return p.Name() == t.Platform.Name() }); i >= 0 {
			return i
		}
		return len(common)
	}
	slices.SortStableFunc(all, func(a, b wheeltags.Target) int { return place(a) - place(b) })
	return all
}

// parseIdentifier reads an identifier of cibuildwheel for CPython on one machine;
// universal2 is two.
func parseIdentifier(id string) (wheeltags.Target, bool) {
	python, platform, _ := strings.Cut(id, "-")
	if !strings.HasPrefix(python, "cp") {
		return wheeltags.Target{}, false
	}
	t := wheeltags.Target{}
	var err error
	if t.Python, err = wheeltags.ParsePython(python); err != nil {
		return t, false
	}
	if t.Platform, err = wheeltags.ParsePlatform(platform); err != nil {
		return t, false
	}
	return t, t.Check() == nil
}
