package pyprobe

import (
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A Report is what one process reported.
type Report struct {
	// Complete: the end of the report came, and nothing before it is missing.
	Complete bool
	Channel  Channel

	Python Python // zero if the program never started
	Site   *Startup

	// Modules are the extension modules whose loading began after the program
	// had started, in that order.
	Modules []Loaded

	// Imports are the names imported, in order (LaneImport, LaneSurvey), and for
	// LaneCreate the one creation.
	Imports []Import

	// InProgress is the name whose import had begun and not ended when the
	// report stopped, "" for none. A module whose loading had not ended is the
	// last of Modules with a Stage before StageDone.
	// For LaneThreads with Apart it is all names, for LaneStress an example.
	InProgress string

	// Libraries are shared libraries opened through ctypes (LaneSurvey).
	Libraries []Library

	Threads    []ThreadImport // LaneThreads
	Stress     *Stress        // LaneStress
	Tests      *Tests         // LaneTests
	Standstill *Standstill    // the deadline came before the end

	// Broken is what made the program itself fail, nil where nothing did.
	Broken *Exception

	// GILAtEnd is the state of the GIL at the end of a complete report.
	GILAtEnd bool

	// FaultHandler: it was still enabled at the end of a complete report.
	FaultHandler bool
}

// Channel says what came over the channel besides the report.
type Channel struct {
	Records    int   // those taken
	Noise      int64 // bytes that were no records
	Forged     int   // lines made like records, but with a wrong code
	Replayed   int   // records that had come before
	Conflicts  int   // records with the number of another one, a correct code and other content
	Missing    int   // records that never came, as far as their numbers tell
	Malformed  int   // records with a correct code that could not be read
	AfterEnd   int   // records that came after the end
	Truncated  bool  // the last line had no end
	Overflowed bool  // more came than is taken; reading stopped
	Held       bool  // somebody kept the channel open after the process was gone
}

// Disturbed reports whether somebody else wrote to the channel.
func (c Channel) Disturbed() bool {
	return c.Noise > 0 || c.Forged > 0 || c.Replayed > 0 || c.Conflicts > 0 || c.AfterEnd > 0 || c.Overflowed
}

// Python is what the interpreter said of itself before any code of packages ran.
type Python struct {
	Version      string // "3.13.5"
	FreeThreaded bool   // Py_GIL_DISABLED
	GIL          bool   // enabled now
	Offset       int    // where a module object keeps its declaration, in bytes; 0 if it could not be told or was not looked for
	Preloaded    []string
	PID          int
}

// Startup is what happened while Python read the environment: .pth files and
// sitecustomize are code of packages that runs before any import.
type Startup struct {
	GILBefore, GILAfter bool
	Millis              float64
	Exception           *Exception
}

// A Stage is how far the loading of an extension module came.
type Stage string

// The stages.
const (
	StageCreating Stage = "creating" // its file is being opened and its init function run
	StageCreated  Stage = "created"  // it exists, and its declaration was read
	StageRunning  Stage = "running"  // its body is being executed
	StageDone     Stage = "done"
	StageFailed   Stage = "failed" // with an exception
)

// Loaded is one extension module that was loaded, or whose loading was begun.
type Loaded struct {
	Module      string
	File        string // as Python has it: an absolute path
	Stage       Stage
	Declaration vocab.Loaded // read straight after its creation
	Object      string       // the type of what was created, if not a module
	GILBefore   bool         // before its creation
	GILAfter    bool         // straight after it
	GILDone     bool         // after its body was run
	Chain       []string     // the imports that led to it, outermost first, itself last
	Millis      float64      // creation and body
	RSS         int64        // bytes by which the process had grown afterwards
	Thread      int          // 0 the main one
	Import      string       // the name of the job that was being imported
	Exception   *Exception
}

// An Import is how one name of the job went.
type Import struct {
	Module              string
	OK                  bool
	GILBefore, GILAfter bool
	Millis              float64
	Modules             int // how many modules of any kind it brought
	Exception           *Exception
}

// An Exception is one that package code raised.
type Exception struct {
	Type      string // "ImportError", "mypackage.errors.Broken"
	Message   string
	Traceback string // without the frames of the probe; capped
	Name      string // ImportError.name: the module that is missing
	Path      string // ImportError.path
	Missing   bool   // a ModuleNotFoundError
	Import    bool   // an ImportError
	Exit      bool   // SystemExit: the package asked the process to end
	Base      bool   // not an Exception, but a BaseException
	Cause     *Exception
}

// A Library is a shared library opened through ctypes.
type Library struct {
	Name  string
	Chain []string
}

// A ThreadImport is how one name went when all threads imported it at once.
type ThreadImport struct {
	Module   string
	OK       int         // threads that got it
	Objects  int         // different module objects they got; more than 1 is a fault
	Partial  int         // threads whose import returned while the module was still being initialised
	Failures []Exception // one a thread that failed
	Millis   float64     // until the last one was done
}

// Stress is what came of examples run by threads. How the import of the modules
// went that were searched for them is in Report.Imports.
type Stress struct {
	Found      int           // examples found in the modules, and scripts
	Run        int           // examples that threads ran, or were to
	Unstable   []string      // examples whose result differs between two runs by one thread: not compared
	Unreached  int           // examples left out for want of time or number
	Done       bool          // the threads came to the end; what follows is set only then
	Rounds     int           // times that all threads ran the examples of one docstring, or a script
	Elapsed    time.Duration // in threads
	Mismatches []Mismatch
}

// A Mismatch is an example whose result by threads was not that by one thread.
type Mismatch struct {
	Example string // "numpy.linalg.norm:3", the third example of its docstring; or the script's path
	Source  string
	Want    Result
	Got     Result // the first time
	Thread  int
	Times   int
}

// A Result is what an example did.
type Result struct {
	Output    string
	Exception *Exception
}

// Tests are the counts of a test suite.
type Tests struct {
	Missing   string // the module that is not there: "pytest", "pytest_run_parallel"
	Exit      int    // pytest's own exit status
	Collected int
	Outcomes  map[string]int // "passed", "failed", "error", "skipped", "xfailed", "xpassed"
	Failures  []TestFailure
}

// A TestFailure is a test that failed.
type TestFailure struct {
	Test    string // pytest's node id
	Outcome string // "failed" or "error"
	Text    string
}

// Standstill is how the threads stood when the deadline came.
type Standstill struct {
	// Threads are the stacks, the main thread's first: none if they could not be
	// had because some thread could not be stopped.
	Threads []Stack
	Tasks   int           // threads there were; -1 if the system does not say
	Running int           // those that ran, in no system call; -1 if the system does not say
	Outside int           // those waiting for something outside the process; -1 if the system does not say
	CPU     time.Duration // processor time used in a window after the deadline
	Window  time.Duration
	Moved   bool // some thread stood elsewhere at the end of the window
}

// Still reports whether nothing went on: every thread stood where it was, and
// next to no processor time was used.
func (s *Standstill) Still() bool { return !s.Moved && s.Running <= 0 && s.CPU*50 < s.Window }

// Deadlocked reports whether several threads stood still waiting for each other,
// rather than for a clock, a file or another process.
func (s *Standstill) Deadlocked() bool {
	return s.Still() && max(s.Tasks, len(s.Threads)) > 1 && s.Outside <= 0
}

// A Stack is where a thread stood. The frames of the program itself are left out.
type Stack struct {
	Thread string // "main", "import 3" or the identifier
	Frames []Frame
}

// A Frame is a line of a stack. The most recent call is first.
type Frame struct {
	File string
	Line int
	Func string
}
