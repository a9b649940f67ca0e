package extmod

import (
	"io"
)

// Read reads an extension module, or whatever else an object file is. Of its name
// only the last part is used, for the module's own name and its suffix. An error
// is one of r, or [ErrFormat]: all that is wrong with a file beyond its headers
// only leaves the declaration undecided.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	return nil, ErrFormat
}
