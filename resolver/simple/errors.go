package simple

import "errors"

// ErrNoProject says that no index knows the project. Implementations of an
// index wrap it; test with errors.Is.
var ErrNoProject = errors.New("no such project")

// ErrNoMetadata says that a file has no metadata that could be read: it is
// gone, damaged, fails its digest, or holds none. The file is unusable, but
// nothing is wrong with the index as a whole. Test with errors.Is.
var ErrNoMetadata = errors.New("no readable metadata")

// ErrVersion says that a page is of a version of the simple repository API that
// is not understood: any but 1.x (PEP 629).
var ErrVersion = errors.New("unknown version of the simple repository API")

// ErrFormat says that bytes are not what AppendBinary wrote: torn, damaged, of
// another version or of another kind. What they held must be fetched anew.
var ErrFormat = errors.New("malformed compact form")
