package extmod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// LoadsOn predicts whether an interpreter that looks for modules with these
// suffixes can load the file, and says why not. Without suffixes the file's name
// plays no part. The interpreter's system and processor are taken to be the
// file's, and its other libraries to be there.
func (f *File) LoadsOn(python wheeltags.Python, suffixes []string) (fit vocab.Fit, reason string) {
	if suffixes != nil && !slices.Contains(suffixes, f.Suffix) {
		return vocab.FitIgnored, fmt.Sprintf("%s does not look for files that end in %s", python, f.Suffix)
	}
	if !f.Module {
		return vocab.FitForeign, "it has no init function"
	}
	if reason := f.missingInit(python); reason != "" {
		return vocab.FitForeign, reason
	}
	switch f.ABI {
	case vocab.ABIFreeThreaded:
		if !python.FreeThreaded {
			return vocab.FitWrongABI, "it was compiled for a free-threaded build: " + f.ABIReason
		}
	case vocab.ABIGIL:
		if python.FreeThreaded {
			return vocab.FitWrongABI, "it was compiled for a build with the GIL: " + f.ABIReason
		}
	case vocab.ABI3:
		if python.FreeThreaded {
			return vocab.FitWrongABI, "it was compiled for the stable ABI of builds with the GIL: " + f.ABIReason
		}
		return vocab.FitLoads, ""
	case vocab.ABI3T:
		if python.Minor < 15 {
			return vocab.FitWrongABI, "it was compiled for the stable ABI of free-threaded builds, which begins with 3.15: " + f.ABIReason
		}
		return vocab.FitLoads, ""
	default:
		return vocab.FitUnknown, f.ABIReason
	}
	if version, ok := pythonDLLVersion(f.PythonDLL); ok {
		want := strings.TrimSuffix(strings.TrimPrefix(python.ABI(), "cp"), "d") // debug builds load both
		if version != want {
			return vocab.FitWrongABI, fmt.Sprintf("it is linked with %s, which is not that of %s", f.PythonDLL, python)
		}
	}
	return vocab.FitLoads, ""
}

// missingInit says if there is no init function that the interpreter would call
// for a file of this name. PyModExport_ is called from 3.15 on.
func (f *File) missingInit(python wheeltags.Python) string {
	stem, _, _ := strings.Cut(f.Name, ".")
	if stem == "__init__" || !isASCII(stem) { // the name is the folder's, or in Punycode
		return ""
	}
	export := python.Major > 3 || python.Minor >= 15
	if slices.Contains(f.Inits, "PyInit_"+stem) || export && slices.Contains(f.Inits, "PyModExport_"+stem) {
		return ""
	}
	return "it has no init function named PyInit_" + stem
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
