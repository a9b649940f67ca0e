// Package pyimport finds the imports in Python source, with where each stands: what
// a module imports whenever it is imported itself is told from what it may import.
// It needs no interpreter, takes the syntax of every Python 3 and of what is to
// come, and goes on behind what it does not understand.
//
// [Scan] reads one file. [Graph] follows imports from a program through a [Library]
// of modules, and says of each module that it meets how certainly it is imported.
//
// # What is certain
//
// A statement at the outermost level of a module runs when the module is imported,
// and so does one in a class there. One in a function, a condition, a loop or a
// handler may run or not. The imports that a try begins with are tried; what
// follows in it runs only if nothing before it failed. A chain of imports is as
// certain as its least certain link.
//
// # Limitations
//
// Compiled modules import without a trace, and names of modules can be computed.
// So no walk proves that something is never imported; it counts what it could not
// see. What runs before an import is not looked at: a module that ends the program
// or replaces the import system makes nothing certain.
//
// # Where to look
//
//   - token.go: source to tokens, text.go: strings; line.go: to statements
//   - scan.go: blocks, and where a statement stands; names.go: imports
//   - graph.go, library.go: following them
package pyimport
