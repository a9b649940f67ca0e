package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/term"
)

// Env is everything the program takes from the world around it. Commands use
// nothing else, so a test can run any of them in a world of its own.
type Env struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	Dir            string // the working directory
	Home           string // the user's home directory, "" if unknown
	Self           string // this program's own file, which sandboxes start again
	BuildInfo      func() (*debug.BuildInfo, bool)

	// What it takes to start the user's own programs. Direct is Stdout without
	// the buffer that [run] puts before it. Exec puts a program in the place of
	// this one and returns only if that fails; nil where there is no such thing.
	Environ func() []string
	Direct  io.Writer
	Exec    func(path string, argv, environ []string) error

	// Columns and ErrColumns are the widths of the terminals behind Stdout
	// and Stderr, 0 where there is none.
	Columns, ErrColumns int

	// Color, ErrColor and Verbose are settled by the flags every command has.
	Color, ErrColor bool
	Verbose         int
}

// osEnv is the real world.
func osEnv(now func() time.Time) Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // removed under our feet; relative names still say what is meant
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return Env{
		Self: self, Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Now: now, Dir: dir, Home: home, BuildInfo: debug.ReadBuildInfo,
		Environ: os.Environ, Exec: execProgram(),
		Columns: columns(os.Stdout), ErrColumns: columns(os.Stderr),
	}
}

// columns returns the width of the terminal f is, 0 if it is none.
func columns(f *os.File) int {
	if !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}

// path makes a file name of the user's absolute.
func (e Env) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.Dir, name)
}
