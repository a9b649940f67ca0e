package pyprobe

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// GIL says how a process is told to treat the GIL (-X gil).
type GIL string

// The ways to treat the GIL.
const (
	GILDefault GIL = ""  // as the runtime would by itself: on again once a module needs it
	GILOff     GIL = "0" // held off; free-threaded builds only
	GILOn      GIL = "1" // on from the start
)

// A Job is what one process is to do.
type Job struct {
	Lane vocab.Lane
	GIL  GIL

	// Verbose asks the interpreter for -v, whose lines name each module that
	// turns the GIL on: see ParseVerbose.
	Verbose bool

	// Site are directories to import from besides what the interpreter finds by
	// itself. For LaneCreate they replace it: no .pth file is read then.
	Site []string

	// Modules are the dotted names to import, in order (LaneImport, LaneSurvey,
	// LaneThreads), to look for examples in (LaneStress), or whose suites to run
	// (LaneTests).
	Modules []string

	// File and Module are the extension file to create (LaneCreate) and its
	// dotted name.
	File, Module string

	// Threads is how many run at once (LaneThreads, LaneStress, LaneTests), at
	// least 2. 0 stands for 8.
	Threads int

	// Apart lets each thread begin with another of the modules instead of all with
	// the same, which finds modules that wait for each other (LaneThreads).
	Apart bool

	// Stress is how long threads run the examples (LaneStress), after the runs
	// by a single thread that they are compared with.
	Stress time.Duration

	// Scripts are Python files to run like examples (LaneStress).
	Scripts []string

	// Examples is the most doctests to take (LaneStress). 0 stands for 500.
	Examples int

	// Tests are further arguments for pytest (LaneTests).
	Tests []string

	// Deadline is when the process, still running, reports the stacks of all its
	// threads and ends itself, which takes up to 4 seconds. It should be given that
	// much more time from outside. 0 is never.
	Deadline time.Duration

	// Code is the program, compiled by the interpreter that is to run it. It may be
	// nil: the process then compiles it itself.
	Code *Code

	// Teardown lets the interpreter finalise after the end of the report, so
	// that crashes at exit show. Otherwise the process leaves at once.
	Teardown bool
}

// options returns the interpreter's options. Its own environment variables and
// the user's directories are ignored (-I). The modules of the environment are
// looked for only when the channel is up (-S), because .pth files are code of
// packages; the program then does what the interpreter would have done.
func (j *Job) options() []string {
	options := []string{"-I", "-S", "-B", "-X", "faulthandler"}
	if j.GIL != GILDefault {
		options = append(options, "-X", "gil="+string(j.GIL))
	}
	if j.Verbose {
		options = append(options, "-v")
	}
	return options
}

// check reports what is wrong with a job.
func (j *Job) check() error {
	switch j.GIL {
	case GILDefault, GILOff, GILOn:
	default:
		return fmt.Errorf("no way %q to treat the GIL", j.GIL)
	}
	if j.Lane == vocab.LaneCreate && (j.File == "" || j.Module == "") {
		return errors.New("nothing to create: no file or no module")
	}
	if j.Lane != vocab.LaneCreate && len(j.Modules)+len(j.Scripts)+len(j.Tests) == 0 {
		return errors.New("nothing to do: no modules")
	}
	if j.Threads < 0 || j.Threads == 1 || j.Examples < 0 || j.Deadline < 0 || j.Stress < 0 {
		return errors.New("a number is out of range")
	}
	text := slices.Concat(j.Site, j.Modules, j.Scripts, j.Tests, []string{j.File, j.Module})
	if slices.ContainsFunc(text, func(s string) bool { return strings.ContainsRune(s, 0) }) {
		return errors.New("a name contains a null character")
	}
	return nil
}

// encode returns the job as the program reads it.
func (j *Job) encode() map[string]any {
	list := func(s []string) []string { return append([]string{}, s...) } // not null
	return map[string]any{
		"lane": j.Lane,
		"gil":  j.GIL,
		// Reading declarations needs ctypes, which costs some milliseconds and
		// loads modules. With the interpreter free to turn the GIL on, its state
		// says the same.
		"declarations": j.Lane == vocab.LaneCreate || j.Lane == vocab.LaneSurvey || j.GIL != GILDefault,
		"site":         list(j.Site),
		"modules":      list(j.Modules),
		"file":         j.File,
		"module":       j.Module,
		"threads":      orDefault(j.Threads, 8),
		"apart":        j.Apart,
		"stress":       j.Stress.Seconds(),
		"scripts":      list(j.Scripts),
		"examples":     orDefault(j.Examples, 500),
		"tests":        list(j.Tests),
		"deadline":     j.Deadline.Seconds(),
		"teardown":     j.Teardown,
	}
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
