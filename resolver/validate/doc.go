// Package validate checks a set of chosen files against what was asked, on its
// own: it shares no code with the solver, walks requirements by itself and
// compares a wheel's tags with the written-out list of the target's tags.
//
// It judges validity, not choice: whether a newer version could have been had is
// not its question.
package validate
