// Package pyhook holds the Python code that sees extension modules as they are
// created: what each declares about the GIL, and the chain of imports that leads
// to it. The probe's lanes and the guard of ftpkg run are built on it.
//
// The code runs inside the interpreter that is looked at. It needs ctypes to read
// declarations and changes one thing there: _imp.create_dynamic.
package pyhook

import _ "embed"

//go:embed hook.py
var source string

// Source returns the Python text. Executed in a namespace it defines
// Declarations, watch and chain, which say there what they do.
func Source() string { return source }
