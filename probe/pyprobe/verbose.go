package pyprobe

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
)

// What CPython 3.13 to 3.15 write when a module turns the GIL on. The line of -v
// comes for every such module, but in 3.15 not for the first; the warning comes
// for the first only, and not where packages silence warnings.
const (
	listedBefore = "# loading module '"
	listedAfter  = "', which requires the GIL"
	warnedBefore = "The global interpreter lock (GIL) has been enabled to load module '"
	warnedAfter  = "', which has not declared that it can run safely without the GIL."
)

const (
	maxVerboseLine = 64 << 10 // bytes of a line that are looked at
	maxModuleName  = 1000
	maxOffenders   = 10_000
)

// Verbose is what the interpreter said about the GIL on standard error.
//
// Packages write to standard error too, and some replace it: a name here that
// Report.Modules does not have may be anyone's, and a name that is not here may
// have been swallowed.
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

// ParseVerbose reads standard error for the modules that turned the GIL on. Its
// errors are the reader's.
func ParseVerbose(r io.Reader) (*Verbose, error) {
	v := &Verbose{}
	lines := bufio.NewReaderSize(r, maxVerboseLine)
	for {
		line, err := lines.ReadSlice('\n')
		// Package code may have left an unfinished line before the interpreter's.
		v.line(string(line))
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a line too long to be one of these
			_, err = lines.ReadSlice('\n')
		}
		if errors.Is(err, io.EOF) {
			return v, nil
		}
		if err != nil {
			return v, err
		}
	}
}

func (v *Verbose) line(line string) {
	if name, ok := between(line, listedBefore, listedAfter); ok {
		if o := v.offender(name); o != nil {
			o.Listed = true
		}
	}
	if name, ok := between(line, warnedBefore, warnedAfter); ok {
		if o := v.offender(name); o != nil {
			o.Warned = true
		}
	}
}

// offender returns the entry of a module, nil if there are too many.
func (v *Verbose) offender(name string) *Offender {
	i := slices.IndexFunc(v.Offenders, func(o Offender) bool { return o.Module == name })
	if i < 0 {
		if len(v.Offenders) == maxOffenders {
			return nil
		}
		i = len(v.Offenders)
		v.Offenders = append(v.Offenders, Offender{Module: name})
	}
	return &v.Offenders[i]
}

// between returns what stands between the last occurrence of one text in a line
// and the first of another after it.
func between(line, before, after string) (string, bool) {
	i := strings.LastIndex(line, before)
	if i < 0 {
		return "", false
	}
	name, _, ok := strings.Cut(line[i+len(before):], after)
	return strings.ToValidUTF8(name, "�"), ok && name != "" && len(name) <= maxModuleName
}
