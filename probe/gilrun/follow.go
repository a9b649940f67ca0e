package gilrun

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// A Command is a program to start and follow.
type Command struct {
	Path string   // of the interpreter
	Args []string // behind its name
	Env  []string
	Dir  string

	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Signals are those that ftpkg gets and that the program is to get too. A
	// signal that the keyboard sends to both of them does not belong here.
	Signals <-chan os.Signal
}

// Follow starts the program and waits until it has ended. The status is what a
// shell would show: the program's own, or 128 and the signal's number. An error
// means that it could not be started or waited for.
func Follow(c *Command) (status int, err error) {
	// No context: it is not for us to end a program that handles signals itself.
	cmd := &exec.Cmd{
		Path: c.Path, Args: append([]string{c.Path}, c.Args...), Env: c.Env, Dir: c.Dir,
		Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr,
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting the program: %w", err)
	}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-c.Signals:
				_ = cmd.Process.Signal(s) // it may have ended meanwhile
			case <-done:
				return
			}
		}
	}()
	err = cmd.Wait()
	close(done)
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 0, fmt.Errorf("waiting for the program: %w", err)
	}
	return exitStatus(cmd.ProcessState), nil
}

func exitStatus(state *os.ProcessState) int {
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		const signalled = 128 // as shells have it
		return signalled + int(ws.Signal())
	}
	return state.ExitCode()
}
