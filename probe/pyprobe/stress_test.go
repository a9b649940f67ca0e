package pyprobe_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// racy is a package some of whose examples go wrong in threads by design, whatever
// the timing: they ask which thread they are in.
const racy = `
from __future__ import annotations
import random, sys, threading

def alone():
    """
    >>> alone()
    True
    """
    return threading.current_thread() is threading.main_thread()

def refuses():
    """
    >>> x = 1
    >>> refuses()
    """
    if threading.current_thread() is not threading.main_thread():
        raise ValueError("not here")

def prints():
    """
    >>> print("a"); prints()
    >>> _ == 3, print("b")
    >>> object()
    >>> def f(a: Undefined): pass
    """
    return 3

def rolls():
    """
    >>> random.random()
    >>> 2 + 2
    """

def redirects():
    """
    >>> sys.stdout = sys.displayhook = None
    """

def skipped():
    """
    >>> 1 / 0  # doctest: +SKIP
    """

def unreadable():
    """
    >>>broken
    """

def leaves():
    """
    >>> raise SystemExit(3)
    """
`

func TestStress(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{"racy/__init__.py": racy, "racy/other.py": ""})
	script := filepath.Join(site, "script.py")
	text := "import sys\nprint(__name__, __file__ == " + quote(script) + ")\ndef f(): return g()\ndef g(): return 5\nprint(f())\n"
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := run(t, runtimetest.FreeThreaded(t), pyprobe.Job{
		Lane: vocab.LaneStress, GIL: pyprobe.GILOff, Modules: []string{"racy"}, Site: []string{site}, Scripts: []string{script},
		Threads: 3, Stress: time.Second, Deadline: time.Minute,
	})
	s := r.Stress
	if !r.Complete || s == nil || !s.Done || s.Rounds < 10 || s.Elapsed < time.Second/2 {
		t.Fatalf("%+v\n%+v\n%s", *r.Report, s, tail(r.Stderr))
	}
	if want := []string{"racy.rolls:1"}; !slices.Equal(s.Unstable, want) {
		t.Errorf("unstable %q, want %q", s.Unstable, want)
	}
	if s.Found != 12 || s.Run != 12 || s.Unreached != 0 {
		t.Errorf("found %d, run %d, unreached %d", s.Found, s.Run, s.Unreached)
	}
	got := map[string]string{}
	for _, m := range s.Mismatches {
		got[m.Example] = strings.TrimSpace(m.Want.Output) + " " + strings.TrimSpace(m.Got.Output)
		if e := m.Got.Exception; e != nil {
			got[m.Example] += e.Type + ": " + e.Message
		}
		if m.Times < 3 || m.Source == "" {
			t.Errorf("%+v", m)
		}
	}
	if diff := cmp.Diff(map[string]string{"racy.alone": "True False", "racy.refuses:2": " ValueError: not here"}, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(r.Stdout, "__main__") {
		t.Errorf("examples wrote to standard output: %q", r.Stdout)
	}
}

func TestStressBounds(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{"many.py": "'''\n" + strings.Repeat(">>> 1\n", 50) + "'''\n"})
	r := run(t, runtimetest.FreeThreaded(t), pyprobe.Job{
		Lane: vocab.LaneStress, GIL: pyprobe.GILOff, Modules: []string{"many", "absent"}, Site: []string{site}, Examples: 20, Threads: 2,
		Stress: 10 * time.Millisecond, Deadline: time.Minute,
	})
	if !r.Complete || r.Stress.Found != 50 || r.Stress.Run != 20 || r.Stress.Unreached != 30 {
		t.Errorf("%+v %+v\n%s", r.Stress, r.Channel, tail(r.Stderr))
	}
	if len(r.Imports) != 2 || !r.Imports[0].OK || r.Imports[1].OK {
		t.Errorf("%+v", r.Imports)
	}
	r = run(t, runtimetest.FreeThreaded(t), pyprobe.Job{Lane: vocab.LaneStress, Modules: []string{"absent"}, Scripts: []string{filepath.Join(site, "absent.py")}, Stress: time.Second, Deadline: time.Minute})
	if r.Complete || r.Broken == nil || r.Broken.Type != "FileNotFoundError" {
		t.Errorf("%+v", *r.Report)
	}
}

// Threads that import the same name get one module, or say what stopped them.
func TestThreads(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{
		"fine.py":  "import json, time\ntime.sleep(0.01)\n",
		"twice.py": "import sys, threading, types\nclass Each(types.ModuleType): pass\n",
		"fails.py": "raise ValueError('always')\n",
	})
	for _, apart := range []bool{false, true} {
		r := run(t, runtimetest.FreeThreaded(t), pyprobe.Job{
			Lane: vocab.LaneThreads, GIL: pyprobe.GILOff, Modules: []string{"fine", "fails", "twice"}, Apart: apart, Site: []string{site}, Threads: 5, Deadline: time.Minute,
		})
		if !r.Complete || len(r.Threads) != 3 {
			t.Fatalf("%+v\n%s", *r.Report, tail(r.Stderr))
		}
		for _, i := range r.Threads {
			switch {
			case i.Module == "fails" && i.OK == 0 && len(i.Failures) == 5 && slices.ContainsFunc(i.Failures, func(e pyprobe.Exception) bool { return e.Message == "always" }):
			case i.Module != "fails" && i.OK == 5 && i.Objects == 1 && i.Partial == 0 && i.Millis > 0:
			default:
				t.Errorf("%+v", i)
			}
		}
	}
}

// A stand-in for pytest: what the lane needs of it is its hooks.
const fakePytest = `
import sys
class Report:
    def __init__(self, nodeid, when, outcome, **more):
        self.nodeid, self.when, self.outcome, self.longrepr = nodeid, when, outcome, 'because of ' + nodeid
        self.failed, self.skipped = outcome == 'failed', outcome == 'skipped'
        self.__dict__.update(more)
def main(arguments, plugins):
    plugin, = plugins
    assert '--parallel-threads=4' in arguments, arguments
    assert arguments[-2:] == ['--pyargs', 'mine'] and '-x' in arguments, arguments
    plugin.pytest_collectreport(Report('broken.py', 'collect', 'failed'))
    plugin.pytest_collection_modifyitems([1, 2, 3, 4, 5, 6])
    for one in (('a', 'call', 'passed'), ('b', 'call', 'failed'), ('c', 'setup', 'skipped'), ('d', 'setup', 'failed'), ('d', 'teardown', 'passed')):
        plugin.pytest_runtest_logreport(Report(*one))
    plugin.pytest_runtest_logreport(Report('e', 'call', 'skipped', wasxfail='x'))
    plugin.pytest_runtest_logreport(Report('f', 'call', 'passed', wasxfail='x'))
    return 1
`

func TestSuite(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	job := pyprobe.Job{Lane: vocab.LaneTests, GIL: pyprobe.GILOff, Modules: []string{"mine"}, Threads: 4, Tests: []string{"-x"}, Deadline: time.Minute}
	job.Site = []string{packages(t, map[string]string{"pytest.py": fakePytest, "pytest_run_parallel.py": ""})}
	r := run(t, python, job)
	want := &pyprobe.Tests{
		Exit: 1, Collected: 6,
		Outcomes: map[string]int{"passed": 1, "failed": 1, "skipped": 1, "error": 2, "xfailed": 1, "xpassed": 1},
		Failures: []pyprobe.TestFailure{{"broken.py", "error", "because of broken.py"}, {"b", "failed", "because of b"}, {"d", "error", "because of d"}},
	}
	if diff := cmp.Diff(want, r.Tests); diff != "" || !r.Complete {
		t.Errorf("%s\n%+v\n%s", diff, *r.Report, tail(r.Stderr))
	}
	job.Site = []string{packages(t, map[string]string{"pytest.py": fakePytest})}
	if r := run(t, python, job); !r.Complete || r.Tests == nil || r.Tests.Missing != "pytest_run_parallel" {
		t.Errorf("%+v", *r.Report)
	}
	job.Site = []string{packages(t, map[string]string{"pytest.py": "def main(*a, **k): raise SystemExit(5)\n", "pytest_run_parallel.py": ""})}
	if r := run(t, python, job); !r.Complete || r.Tests == nil || r.Tests.Exit != -1 || r.Imports[0].Exception.Type != "SystemExit" {
		t.Errorf("%+v", *r.Report)
	}
}
