//go:build !unix

package main

import "os"

// execProgram returns what puts a program in the place of this one: there is no
// such thing here.
func execProgram() func(path string, argv, environ []string) error { return nil }

// passedSignals are the signals that a program gets which runs under ftpkg: the
// system sends Ctrl-C to both, so that ftpkg only has to outlive it.
func passedSignals() (pass, keep []os.Signal) { return nil, []os.Signal{os.Interrupt} }
