package pyprobe

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// input opens the pipe on which the program arrives.
func input() (theirs, ours *os.File, err error) {
	theirs, ours, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if err := inherit(theirs); err != nil {
		_, _ = ours.Close(), theirs.Close()
		return nil, nil, err
	}
	return theirs, ours, nil
}

// channel opens the pipe on which the records leave.
func channel() (ours, theirs *os.File, err error) {
	ours, theirs, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if err := inherit(theirs); err != nil {
		_, _ = ours.Close(), theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// inherit lets a handle be inherited. Whoever starts the process must name it
// among those that this process inherits.
func inherit(f *os.File) error {
	return windows.SetHandleInformation(windows.Handle(f.Fd()), windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT)
}

// descriptors returns the Python expressions for the two handles that the
// process has inherited.
func (p *Process) descriptors() (input, output string) {
	open := func(f *os.File, mode string) string {
		return fmt.Sprintf("__import__('msvcrt').open_osfhandle(%d, __import__('os').%s)", f.Fd(), mode)
	}
	return open(p.Extra[0], "O_RDONLY"), open(p.Extra[1], "O_WRONLY")
}
