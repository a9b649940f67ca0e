package extmod

import (
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// LoadsOn predicts whether an interpreter that looks for modules with these
// suffixes can load the file, and says why not. Without suffixes the file's name
// plays no part. The interpreter's system and processor are taken to be the
// file's.
func (f *File) LoadsOn(python wheeltags.Python, suffixes []string) (fit vocab.Fit, reason string) {
	return vocab.FitUnknown, ""
}
