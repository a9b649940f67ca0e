package main

// sourceOf names where facts come from: the first index, or, where there is none,
// the places that --find-links names.
func sourceOf(indexes []string) string {
	if len(indexes) > 0 {
		return indexes[0]
	}
	return "find-links"
}
