//go:build unix

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// execProgram returns what puts a program in the place of this one.
func execProgram() func(path string, argv, environ []string) error { return syscall.Exec }

// passedSignals are the signals that a program gets which runs under ftpkg.
//
// What the keyboard sends, the terminal sends to the program itself as well: a
// second Ctrl-C would be one too many. Where ftpkg is not in the foreground of a
// terminal, whoever sends it an interrupt means the program.
func passedSignals() (pass, keep []os.Signal) {
	pass = []os.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2}
	keyboard := []os.Signal{unix.SIGINT, unix.SIGQUIT}
	if inForeground() {
		return pass, keyboard
	}
	return append(pass, keyboard...), nil
}

// inForeground reports whether the process belongs to the foreground of a terminal.
func inForeground() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	defer func() { _ = tty.Close() }()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
