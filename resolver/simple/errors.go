package simple

import "errors"

// ErrNoProject says that no index knows the project. Implementations of an
// index wrap it; test with errors.Is.
var ErrNoProject = errors.New("no such project")

// ErrNoMetadata says that a file has no metadata that could be read: it is
// gone, damaged, fails its digest, or holds none. The file is unusable, but
// nothing is wrong with the index as a whole. Test with errors.Is.
var ErrNoMetadata = errors.New("no readable metadata")
