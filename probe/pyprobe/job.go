package pyprobe

import (
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
	// threads and ends itself. It should be a little less than the time it is
	// given from outside. 0 is never.
	Deadline time.Duration

	// Teardown lets the interpreter finalise after the end of the report, so
	// that crashes at exit show. Otherwise the process leaves at once.
	Teardown bool
}
