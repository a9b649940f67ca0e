package inspect

import (
	"slices"
	"strings"
)

// HazardsPage explains what is unsafe, and what to use in its place.
const HazardsPage = "https://docs.python.org/3/howto/free-threading-extensions.html"

// A Hazard is a function of the C API that is not safe without the GIL as it is
// mostly used, or that a safe one supersedes.
type Hazard struct {
	Function string `json:"function"`
	// Instead is what to call in its place.
	Instead string `json:"instead"`
	Why     string `json:"why"`
}

// The reasons.
const (
	borrowed = "it returns a borrowed reference: another thread may drop the object before it is used"
	unlocked = "it does not lock the dict, which another thread may change between two calls"
)

// Hazards are the functions, sorted by name: those that CPython's howto names
// (read for 3.13), and their variants that its reference says have a successor for
// the same reason. Macros such as PyList_GET_ITEM and PyWeakref_GET_OBJECT leave no
// trace in a file: they cannot be among them. A module that imports one of these
// may well use it safely: on an object that no other thread has, or under a lock.
func Hazards() []Hazard {
	return []Hazard{
		{"PyDict_GetItem", "PyDict_GetItemRef", borrowed},
		{"PyDict_GetItemString", "PyDict_GetItemStringRef", borrowed},
		{"PyDict_GetItemWithError", "PyDict_GetItemRef", borrowed},
		{"PyDict_Next", "Py_BEGIN_CRITICAL_SECTION(dict) around the loop", unlocked},
		{"PyDict_SetDefault", "PyDict_SetDefaultRef", borrowed},
		{"PyEval_GetBuiltins", "PyEval_GetFrameBuiltins", borrowed},
		{"PyEval_GetGlobals", "PyEval_GetFrameGlobals", borrowed},
		{"PyEval_GetLocals", "PyEval_GetFrameLocals", borrowed},
		{"PyImport_AddModule", "PyImport_AddModuleRef", borrowed},
		{"PyImport_AddModuleObject", "PyImport_AddModuleRef", borrowed},
		{"PyList_GetItem", "PyList_GetItemRef", borrowed},
		{"PyWeakref_GetObject", "PyWeakref_GetRef", borrowed},
	}
}

// hazardsIn are the names of hazards among imports.
func hazardsIn(imports []string) []string {
	var names []string
	for _, h := range Hazards() {
		if slices.Contains(imports, h.Function) {
			names = append(names, h.Function)
		}
	}
	return names
}

// HazardOf returns what is known of a function of that name.
func HazardOf(function string) (Hazard, bool) {
	list := Hazards()
	i, ok := slices.BinarySearchFunc(list, function, func(h Hazard, name string) int { return strings.Compare(h.Function, name) })
	if !ok {
		return Hazard{}, false
	}
	return list[i], true
}
