package environment

import (
	"errors"
	"fmt"
)

// WheelError says that a file is not a wheel that may be installed.
type WheelError struct {
	Filename string
	Err      error
}

func (e *WheelError) Error() string { return e.Filename + ": " + e.Err.Error() }

// Unwrap returns what is wrong with the wheel.
func (e *WheelError) Unwrap() error { return e.Err }

// StoreError says that the store could not be written to: its disk is full, or
// its folder belongs to somebody else. A store in another folder may serve.
type StoreError struct {
	Dir string
	Err error
}

func (e *StoreError) Error() string {
	return fmt.Sprintf("the store of unpacked wheels in %s cannot be written: %v", e.Dir, e.Err)
}

// Unwrap returns what the system said.
func (e *StoreError) Unwrap() error { return e.Err }

// ErrNotEmpty says that the folder for a new environment holds something.
var ErrNotEmpty = errors.New("not an empty folder")

// errChanged says that a folder of the store is not what it was when it was made.
var errChanged = errors.New("changed since it was unpacked")
