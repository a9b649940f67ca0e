package probe

import (
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// started is what every interpreter that came up has said.
var started = pyprobe.Python{Version: "3.14.2", FreeThreaded: true}

func ended(imports ...pyprobe.Import) *pyprobe.Report {
	return &pyprobe.Report{Complete: true, Python: started, Imports: imports}
}

func raised(e pyprobe.Exception) *pyprobe.Report {
	return ended(pyprobe.Import{Module: "a", Exception: &e})
}

func TestJudge(t *testing.T) {
	t.Parallel()
	ok := pyprobe.Import{Module: "a", OK: true}
	still := &pyprobe.Standstill{Window: time.Second, Threads: []pyprobe.Stack{
		{Thread: "import 1", Frames: []pyprobe.Frame{{File: "<frozen importlib._bootstrap>", Line: 1, Func: "_find"}, {File: "/x/a.py", Line: 7, Func: "lock"}}},
		{Thread: "import 2", Frames: []pyprobe.Frame{{File: "/x/a.py", Line: 7, Func: "lock"}}},
	}}
	busy := &pyprobe.Standstill{Window: time.Second, CPU: time.Second, Threads: still.Threads}
	const stdlib = "/usr/lib/python3.14t"
	for _, tt := range []struct {
		name   string
		lane   vocab.Lane
		gil    pyprobe.GIL
		exit   sandbox.Exit
		report *pyprobe.Report
		fault  *pyprobe.Fault
		stderr string
		named  []string // offenders that the interpreter names
		want   vocab.Outcome
		why    vocab.ImportFault
		detail string // part of it
	}{
		{name: "off", report: ended(ok), want: vocab.OutcomeGILOff},
		{name: "named by the interpreter", report: ended(ok), named: []string{"a.b"}, want: vocab.OutcomeGILReenabled},
		{
			name: "warnings silenced, but seen", want: vocab.OutcomeGILReenabled,
			report: &pyprobe.Report{Complete: true, Python: started, Imports: []pyprobe.Import{ok}, Modules: []pyprobe.Loaded{{Module: "a.b", Stage: pyprobe.StageDone, Declaration: vocab.LoadedUsed}}},
		},
		{
			name: "on, and nobody knows why", want: vocab.OutcomeGILReenabled,
			report: &pyprobe.Report{Complete: true, Python: started, Imports: []pyprobe.Import{ok}, GILAtEnd: true},
		},
		{
			name: "on because it was told so", gil: pyprobe.GILOn, want: vocab.OutcomeGILOff,
			report: &pyprobe.Report{Complete: true, Python: started, Imports: []pyprobe.Import{ok}, GILAtEnd: true},
		},
		{name: "missing dependency", report: raised(pyprobe.Exception{Type: "ModuleNotFoundError", Message: "No module named 'b'", Name: "b", Missing: true, Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultMissingDependency, detail: "No module named 'b'"},
		{name: "removed from the standard library", report: raised(pyprobe.Exception{Type: "ModuleNotFoundError", Message: "No module named 'imp'", Name: "imp", Missing: true, Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultOtherPython},
		{name: "missing library", report: raised(pyprobe.Exception{Type: "ImportError", Message: "libGL.so.1: cannot open shared object file: No such file or directory", Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultMissingLibrary},
		{name: "symbol of another Python", report: raised(pyprobe.Exception{Type: "ImportError", Message: "/e/a.so: undefined symbol: _PyUnicode_Ready", Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultOtherPython},
		{name: "symbol of another library", report: raised(pyprobe.Exception{Type: "ImportError", Message: "/e/a.so: undefined symbol: gzopen64", Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultMissingLibrary},
		{name: "name gone from the standard library", report: raised(pyprobe.Exception{Type: "ImportError", Message: "cannot import name 'Mapping' from 'collections' (/usr/lib/python3.14t/collections/__init__.py)", Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultOtherPython},
		{name: "name gone from a package", report: raised(pyprobe.Exception{Type: "ImportError", Message: "cannot import name 'x' from 'b' (/e/site-packages/b.py)", Import: true}), want: vocab.OutcomeImportError, why: vocab.FaultException},
		{name: "attribute gone from the standard library", report: raised(pyprobe.Exception{Type: "AttributeError", Message: "module 'inspect' has no attribute 'getargspec'"}), want: vocab.OutcomeImportError, why: vocab.FaultOtherPython},
		{name: "another exception", report: raised(pyprobe.Exception{Type: "ValueError", Message: "no"}), want: vocab.OutcomeImportError, why: vocab.FaultException, detail: "importing a raised ValueError: no"},
		{
			name: "the cause counts", want: vocab.OutcomeImportError, why: vocab.FaultMissingLibrary, detail: "because of ImportError: libx.so",
			report: raised(pyprobe.Exception{Type: "ImportError", Message: "numpy failed", Import: true, Cause: &pyprobe.Exception{Type: "ImportError", Message: "libx.so: cannot open shared object file", Import: true}}),
		},
		{name: "memory", report: raised(pyprobe.Exception{Type: "MemoryError"}), want: vocab.OutcomeOOM},
		{name: "denied", report: raised(pyprobe.Exception{Type: "PermissionError", Message: "[Errno 13] Permission denied: '/etc/shadow'"}), want: vocab.OutcomeSandboxDenied},
		{name: "no permission of another kind", report: raised(pyprobe.Exception{Type: "RuntimeError", Message: "Permission denied"}), want: vocab.OutcomeImportError, why: vocab.FaultException},
		{
			name: "segmentation fault", exit: sandbox.Exit{Code: -1, Signal: "SIGSEGV"}, want: vocab.OutcomeCrash, detail: "SIGSEGV in init (a.py:3), while creating a.b",
			report: &pyprobe.Report{Python: started, InProgress: "a", Modules: []pyprobe.Loaded{{Module: "a.b", Stage: pyprobe.StageCreating}}},
			fault:  &pyprobe.Fault{Fatal: "Segmentation fault", Current: 0, Threads: []pyprobe.Stack{{Frames: []pyprobe.Frame{{File: "/e/a.py", Line: 3, Func: "init"}}}}},
		},
		{name: "a crash outside of the tale", exit: sandbox.Exit{Code: -1, Signal: "SIGABRT"}, report: &pyprobe.Report{Python: started, InProgress: "a"}, want: vocab.OutcomeCrash, detail: "while importing a"},
		{name: "a system call", exit: sandbox.Exit{Code: -1, Signal: "SIGSYS"}, report: &pyprobe.Report{Python: started}, want: vocab.OutcomeSandboxDenied},
		{name: "too large a file", exit: sandbox.Exit{Code: -1, Signal: "SIGXFSZ"}, report: &pyprobe.Report{Python: started}, want: vocab.OutcomeSandboxDenied},
		{name: "memory from outside", exit: sandbox.Exit{Code: -1, Signal: "SIGKILL", Killed: sandbox.KillMemory}, report: &pyprobe.Report{Python: started}, want: vocab.OutcomeOOM},
		{name: "disk from outside", exit: sandbox.Exit{Killed: sandbox.KillDisk}, report: ended(ok), want: vocab.OutcomeSandboxDenied},
		{name: "processes", exit: sandbox.Exit{Killed: sandbox.KillProcesses}, report: &pyprobe.Report{Python: started}, want: vocab.OutcomeSandboxDenied},
		{name: "time", exit: sandbox.Exit{Killed: sandbox.KillTimeout}, report: &pyprobe.Report{Python: started, InProgress: "a"}, want: vocab.OutcomeTimeout, detail: "while importing a"},
		{name: "slow", exit: sandbox.Exit{Code: 1}, report: &pyprobe.Report{Python: started, Standstill: busy}, want: vocab.OutcomeTimeout},
		{name: "still", exit: sandbox.Exit{Code: 1}, report: &pyprobe.Report{Python: started, Standstill: still}, want: vocab.OutcomeDeadlock, detail: "lock (a.py:7)"},
		{name: "left early", exit: sandbox.Exit{Code: 0}, report: &pyprobe.Report{Python: started, InProgress: "a"}, want: vocab.OutcomeCrash, detail: "left with status 0 before its end, while importing a"},
		{name: "left with a status", exit: sandbox.Exit{Code: 3}, report: &pyprobe.Report{Python: started}, want: vocab.OutcomeCrash, detail: "status 3"},
		{name: "tampered with", exit: sandbox.Exit{Code: 0}, report: &pyprobe.Report{Python: started, Channel: pyprobe.Channel{Missing: 1}}, want: vocab.OutcomeInfrastructure},
		{name: "says nothing of an import", report: ended(), want: vocab.OutcomeInfrastructure, detail: "0 of 1 imports"},
		{name: "says nothing of threads", lane: vocab.LaneThreads, report: ended(ok), want: vocab.OutcomeInfrastructure, detail: "0 of 1 imports"},
		{name: "channel closed", exit: sandbox.Exit{Code: pyprobe.ExitLost}, report: &pyprobe.Report{Python: started, InProgress: "a"}, want: vocab.OutcomeInfrastructure, detail: "closed the channel"},
		{name: "our own fault", exit: sandbox.Exit{Code: 1}, report: &pyprobe.Report{Python: started, Broken: &pyprobe.Exception{Type: "NameError", Message: "x"}}, want: vocab.OutcomeInfrastructure, detail: "NameError: x"},
		{name: "never started", exit: sandbox.Exit{Code: 127}, report: &pyprobe.Report{}, stderr: "x\nlibpython3.14t.so: no such file\n", want: vocab.OutcomeInfrastructure, detail: "libpython3.14t.so: no such file"},
		{name: "threads", lane: vocab.LaneThreads, report: &pyprobe.Report{Complete: true, Python: started, Threads: []pyprobe.ThreadImport{{Module: "a", OK: 8, Objects: 1}}}, want: vocab.OutcomeGILOff},
		{name: "threads fail", lane: vocab.LaneThreads, report: &pyprobe.Report{Complete: true, Python: started, Threads: []pyprobe.ThreadImport{{Module: "a", OK: 6, Objects: 1, Failures: []pyprobe.Exception{{Type: "KeyError", Message: "x"}, {Type: "KeyError"}}}}}, want: vocab.OutcomeImportError, why: vocab.FaultException, detail: "in 2 of 8 threads"},
		{name: "threads disagree", lane: vocab.LaneThreads, report: &pyprobe.Report{Complete: true, Python: started, Threads: []pyprobe.ThreadImport{{Module: "a", OK: 8, Objects: 2}}}, want: vocab.OutcomeImportError, why: vocab.FaultException, detail: "2 different modules"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lane := tt.lane
			if lane == "" {
				lane = vocab.LaneImport
			}
			r := &run{job: &pyprobe.Job{Lane: lane, GIL: tt.gil, Modules: []string{"a"}}, exit: &tt.exit, report: tt.report, fault: tt.fault, stderr: []byte(tt.stderr), verbose: &pyprobe.Verbose{}}
			for _, name := range tt.named {
				r.verbose.Offenders = append(r.verbose.Offenders, pyprobe.Offender{Module: name, Listed: true})
			}
			got := judge(r, stdlib)
			if got.outcome != tt.want || got.fault != tt.why || !strings.Contains(got.detail, tt.detail) {
				t.Errorf("judge = %q, %q, %q; want %q, %q and %q in it", got.outcome, got.fault, got.detail, tt.want, tt.why, tt.detail)
			}
		})
	}
}

// Every outcome has its place in the order of severity.
func TestSeverities(t *testing.T) {
	t.Parallel()
	for _, word := range vocab.Outcomes().Names() {
		if severity(vocab.Outcome(word)) < 0 {
			t.Errorf("%s has no severity", word)
		}
	}
	if len(severities) != len(vocab.Outcomes().Entries)+1 {
		t.Errorf("%d severities for %d outcomes", len(severities), len(vocab.Outcomes().Entries))
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	text := "import 'a' # <loader>\n# code object from '/x/a.py'\nWarning: \xff odd\n\n# cleanup[2] removing a\nFatal: end\n"
	if got, want := excerpt([]byte(text)), "Warning: ? odd\nFatal: end\n"; got != want {
		t.Errorf("excerpt = %q, want %q", got, want)
	}
	long := strings.Repeat("a line that says something\n", 10000)
	if got := excerpt([]byte(long)); len(got) > maxExcerpt+maxDetail || got == "" {
		t.Errorf("an excerpt of %d bytes", len(got))
	}
}

func TestCapped(t *testing.T) {
	t.Parallel()
	c := &capped{limit: 5}
	for range 3 {
		if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	if c.String() != "abcab" {
		t.Errorf("kept %q", c.String())
	}
}
