package pyprobe

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// pipe opens a pipe, one end of which a child process will inherit: the one to
// write to, or the one to read from. The caller must let the child inherit the
// handles of Process.Extra.
func pipe(write bool) (r, w *os.File, err error) {
	r, w, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	theirs := r
	if write {
		theirs = w
	}
	err = windows.SetHandleInformation(windows.Handle(theirs.Fd()), windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT)
	if err != nil {
		_, _ = r.Close(), w.Close()
		return nil, nil, err
	}
	return r, w, nil
}

// descriptors returns the Python expressions for the two handles that the
// process has inherited.
func (p *Process) descriptors() (input, output string) {
	open := func(f *os.File, mode string) string {
		return fmt.Sprintf("__import__('msvcrt').open_osfhandle(%d, __import__('os').%s)", f.Fd(), mode)
	}
	return open(p.Extra[0], "O_RDONLY"), open(p.Extra[1], "O_WRONLY")
}
