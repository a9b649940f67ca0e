package lock

import (
	"maps"
	"slices"

	"github.com/ftpkg/ftpkg/wheeltags"
)

func sortedKeys[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}

// set returns names as a set of PEP 751 for markers, where nil means that there
// is no such set at all.
func set(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

func addAll(set map[string]bool, names []string) {
	for _, n := range names {
		set[n] = true
	}
}

func parseWheel(filename string) (wheeltags.Filename, error) {
	return wheeltags.ParseFilename(filename)
}
