package matrix

// Match reports whether a list of cibuildwheel's selectors, separated by white space,
// has one that matches an identifier. A selector that cannot be expanded matches none.
func Match(selectors, identifier string) bool { return matches(selectors, identifier) }
