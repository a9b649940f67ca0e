package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The exit statuses. Where several apply, the first of 130, 2, 1, 3 wins: a
// blocker that was found stays found although another answer is missing.
const (
	exitOK          = 0   // fine
	exitNo          = 1   // the answer is no: something is blocked, missing or refused
	exitUsage       = 2   // wrong usage: flags, arguments, or a file they name
	exitUnknown     = 3   // we could not find out: network, index or runtime failed
	exitInterrupted = 130 // stopped by Ctrl-C
)

// errNo is the error of a command whose answer, already printed, is no.
var errNo = errors.New("the answer is no")

// A refusalError is an answer of no that is still to be told.
type refusalError struct{ err error }

func (e *refusalError) Error() string { return e.err.Error() }
func (e *refusalError) Unwrap() error { return e.err }

// A usageError is the user's to mend: a bad flag, value, argument or input file.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// A statusError is the exit status of a program that ran in the place of ftpkg,
// which has said itself whatever there was to say.
type statusError struct{ status int }

func (e *statusError) Error() string { return fmt.Sprintf("exit status %d", e.status) }

// usagef returns a usageError.
func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// A hintError says what to do about an error: usually the next command to run.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// hintf adds a hint to an error.
func hintf(err error, format string, args ...any) error {
	return &hintError{err, fmt.Sprintf(format, args...)}
}

// reportedErrors is several errors that are reported one by one.
type reportedErrors []error

func (l reportedErrors) Error() string {
	lines := make([]string, len(l))
	for i, err := range l {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

func (l reportedErrors) Unwrap() []error { return l }

// exitCode maps an error to the exit status.
func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	var refusal *refusalError
	var program *statusError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &program):
		return program.status // interrupted or not: that was for the program to decide
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errNo), errors.As(err, &refusal):
		return exitNo
	default:
		return exitUnknown
	}
}

// report prints an error as the user reads it, with its hint below. An answer
// of no is not an error to be read: it stands on standard output.
func report(ctx context.Context, w io.Writer, err error) {
	var list reportedErrors
	var program *statusError
	switch {
	case err == nil, errors.As(err, &program):
		return
	case ctx.Err() != nil:
		fmt.Fprintln(w, "ftpkg: error: interrupted")
		return
	case errors.As(err, &list):
		for _, e := range list {
			report(ctx, w, e)
		}
		return
	case errors.Is(err, errNo):
		return
	}
	fmt.Fprintln(w, "ftpkg: error:", err)
	for h := (*hintError)(nil); errors.As(err, &h); err = h.err {
		fmt.Fprintln(w, "ftpkg: hint:", h.hint)
	}
}

// warnf prints a warning.
func warnf(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "ftpkg: warning: "+format+"\n", args...)
}
