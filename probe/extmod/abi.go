package extmod

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// The flags of PyABIInfo (Include/modsupport.h of 3.15).
const (
	abiStable       = 1
	abiGIL          = 2
	abiFreeThreaded = 4
)

// onlyFree are functions that exist in free-threaded builds alone, or that only
// code compiled for these calls: Py_INCREF and Py_DECREF are made of them.
var onlyFree = []string{"_Py_DecRefShared", "_Py_DecRefSharedDebug", "_Py_MergeZeroLocalRefcount", setGIL}

// abi says for which ABI a module was compiled.
func (m *image) abi(v *verdict, suffix string) (vocab.ABI, string) {
	stable := isStable(suffix)
	if v.hasABI {
		switch flags := v.abiFlags & (abiGIL | abiFreeThreaded); {
		case v.abiFlags&abiStable != 0 && flags&abiFreeThreaded != 0:
			return vocab.ABI3T, "its slot Py_mod_abi says so"
		case v.abiFlags&abiStable != 0 && flags == abiGIL:
			return vocab.ABI3, "its slot Py_mod_abi says so"
		case flags == abiFreeThreaded:
			return vocab.ABIFreeThreaded, "its slot Py_mod_abi says so"
		case flags == abiGIL:
			return vocab.ABIGIL, "its slot Py_mod_abi says so"
		}
	}
	free, with := 0, 0
	for _, d := range v.defs {
		if d.free {
			free++
		} else {
			with++
		}
	}
	switch {
	case free > 0 && with > 0:
		return vocab.ABIUnknown, "it has definitions of modules in both layouts"
	case free > 0:
		return vocab.ABIFreeThreaded, "its definition of the module is laid out as without the GIL"
	case with > 0 && (stable || m.stableDLL()):
		return vocab.ABI3, "its definition of the module is laid out as with the GIL, and its name or its library is that of the stable ABI"
	case with > 0:
		return vocab.ABIGIL, "its definition of the module is laid out as with the GIL"
	}
	return m.abiByNames()
}

// isStable reports whether a suffix is that of the stable ABI with the GIL.
func isStable(suffix string) bool {
	return slices.Contains(strings.Split(suffix, "."), "abi3")
}

func (m *image) stableDLL() bool {
	version, ok := pythonDLLVersion(m.python)
	return ok && version == "3"
}

// abiByNames says it by the names alone of what is imported.
func (m *image) abiByNames() (vocab.ABI, string) {
	if version, ok := pythonDLLVersion(m.python); ok {
		reason := "it is linked with " + m.python
		switch {
		case version == "3":
			return vocab.ABI3, reason
		case version == "3t":
			return vocab.ABI3T, reason
		case strings.HasSuffix(version, "t"):
			return vocab.ABIFreeThreaded, reason
		}
		return vocab.ABIGIL, reason
	}
	for _, name := range onlyFree {
		if m.imports(name) {
			return vocab.ABIFreeThreaded, "it calls " + name
		}
	}
	return vocab.ABIUnknown, "nothing in it is different between the ABIs"
}
