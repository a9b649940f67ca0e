package pyprobe

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A record is one line of the channel. Which fields are set depends on its kind;
// program/*.py says which.
type record struct {
	Kind string `json:"kind"`

	Version      string   `json:"version"`
	FreeThreaded bool     `json:"free_threaded"`
	GIL          bool     `json:"gil"`
	Offset       int      `json:"offset"`
	Preloaded    []string `json:"preloaded"`
	PID          int      `json:"pid"`
	FaultHandler bool     `json:"faulthandler"`

	Module      string           `json:"module"`
	OK          json.RawMessage  `json:"ok"` // a boolean of an import, a count of a round
	GILBefore   bool             `json:"gil_before"`
	GILAfter    bool             `json:"gil_after"`
	GILDone     bool             `json:"gil_done"`
	Millis      float64          `json:"millis"`
	Modules     int              `json:"modules"`
	Exception   *exceptionRecord `json:"exception"`
	Number      int              `json:"number"`
	File        string           `json:"file"`
	Stage       Stage            `json:"stage"`
	Declaration vocab.Loaded     `json:"declaration"`
	Object      string           `json:"object"`
	Chain       []string         `json:"chain"`
	RSS         int64            `json:"rss"`
	Thread      int              `json:"thread"`
	Import      string           `json:"import"`
	Name        string           `json:"name"`

	Objects  int               `json:"objects"`
	Partial  int               `json:"partial"`
	Failures []exceptionRecord `json:"failures"`

	Found     int          `json:"found"`
	Run       int          `json:"run"`
	Unstable  []string     `json:"unstable"`
	Unreached int          `json:"unreached"`
	Rounds    int          `json:"rounds"`
	Example   string       `json:"example"`
	Source    string       `json:"source"`
	Want      resultRecord `json:"want"`
	Got       resultRecord `json:"got"`
	Times     int          `json:"times"`

	Lacking   string         `json:"lacking"`
	Exit      int            `json:"exit"`
	Collected int            `json:"collected"`
	Outcomes  map[string]int `json:"outcomes"`
	Failed    []struct {
		Test    string `json:"test"`
		Outcome string `json:"outcome"`
		Text    string `json:"text"`
	} `json:"failed"`

	Tasks   int           `json:"tasks"`
	Running int           `json:"running"`
	Outside int           `json:"outside"`
	CPU     float64       `json:"cpu"`    // milliseconds
	Window  float64       `json:"window"` // milliseconds
	Moved   bool          `json:"moved"`
	Threads []stackRecord `json:"threads"`
}

type resultRecord struct {
	Output    string           `json:"output"`
	Exception *exceptionRecord `json:"exception"`
}

type stackRecord struct {
	Thread string `json:"thread"`
	Frames []struct {
		File string `json:"file"`
		Line int    `json:"line"`
		Func string `json:"func"`
	} `json:"frames"`
}

type exceptionRecord struct {
	Type      string           `json:"type"`
	Message   string           `json:"message"`
	Traceback string           `json:"traceback"`
	Name      string           `json:"name"`
	Path      string           `json:"path"`
	Missing   bool             `json:"missing"`
	Import    bool             `json:"import"`
	Exit      bool             `json:"exit"`
	Base      bool             `json:"base"`
	Cause     *exceptionRecord `json:"cause"`
}

func (e *exceptionRecord) exception() *Exception {
	if e == nil {
		return nil
	}
	return &Exception{
		Type: e.Type, Message: e.Message, Traceback: e.Traceback, Name: e.Name, Path: e.Path,
		Missing: e.Missing, Import: e.Import, Exit: e.Exit, Base: e.Base, Cause: e.Cause.exception(),
	}
}

// A decoder puts a report together from records.
type decoder struct {
	report Report
	loads  map[int]int // index in report.Modules by the record's number
}

// take takes one record's body, and reports whether it was the last.
func (d *decoder) take(body []byte) (end bool, err error) {
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return false, err
	}
	out := &d.report
	switch r.Kind {
	case "hello":
		out.Python = Python{
			Version: r.Version, FreeThreaded: r.FreeThreaded, GIL: r.GIL,
			Offset: r.Offset, Preloaded: r.Preloaded, PID: r.PID,
		}
	case "site":
		out.Site = &Startup{GILBefore: r.GILBefore, GILAfter: r.GILAfter, Millis: r.Millis, Exception: r.Exception.exception()}
	case "begin":
		out.InProgress = r.Module
	case "import":
		out.InProgress = ""
		var ok bool
		if err := json.Unmarshal(r.OK, &ok); err != nil {
			return false, err
		}
		out.Imports = append(out.Imports, Import{
			Module: r.Module, OK: ok, GILBefore: r.GILBefore, GILAfter: r.GILAfter,
			Millis: r.Millis, Modules: r.Modules, Exception: r.Exception.exception(),
		})
	case "load":
		return false, d.load(&r)
	case "library":
		out.Libraries = append(out.Libraries, Library{Name: r.Name, Chain: r.Chain})
	case "together":
		out.InProgress = ""
		round := ThreadImport{Module: r.Module, Objects: r.Objects, Partial: r.Partial, Millis: r.Millis}
		if err := json.Unmarshal(r.OK, &round.OK); err != nil {
			return false, err
		}
		for i := range r.Failures {
			round.Failures = append(round.Failures, *r.Failures[i].exception())
		}
		out.Threads = append(out.Threads, round)
	case "examples":
		out.Stress = &Stress{Found: r.Found, Run: r.Run, Unstable: r.Unstable, Unreached: r.Unreached}
	case "mismatch", "stressed":
		return false, d.stress(&r)
	case "tests":
		d.tests(&r)
	case "broken":
		out.Broken = r.Exception.exception()
	case "deadline":
		out.Standstill = &Standstill{CPU: milliseconds(r.CPU), Window: milliseconds(r.Window), Tasks: r.Tasks, Running: r.Running, Outside: r.Outside}
	case "stacks":
		return false, d.stacks(&r)
	case "end":
		out.GILAtEnd, out.FaultHandler = r.GIL, r.FaultHandler
		return true, nil
	default:
		return false, fmt.Errorf("record of kind %q", r.Kind)
	}
	return false, nil
}

// load takes one step of the loading of an extension module.
func (d *decoder) load(r *record) error {
	switch r.Stage {
	case StageCreating, StageCreated, StageRunning, StageDone, StageFailed:
	default:
		return fmt.Errorf("module %q at stage %q", r.Module, r.Stage)
	}
	switch r.Declaration {
	case vocab.LoadedNotUsed, vocab.LoadedUsed, vocab.LoadedUnknown:
	default:
		return fmt.Errorf("module %q declared %q", r.Module, r.Declaration)
	}
	at, known := d.loads[r.Number]
	if !known {
		if r.Stage != StageCreating {
			return fmt.Errorf("module %q is %s before it was begun", r.Module, r.Stage)
		}
		if d.loads == nil {
			d.loads = map[int]int{}
		}
		at = len(d.report.Modules)
		d.loads[r.Number] = at
		d.report.Modules = append(d.report.Modules, Loaded{Chain: r.Chain, Thread: r.Thread, Import: r.Import})
	}
	m := &d.report.Modules[at]
	m.Module, m.File, m.Stage = r.Module, r.File, r.Stage
	m.Declaration, m.Object = r.Declaration, r.Object
	m.GILBefore, m.GILAfter, m.GILDone = r.GILBefore, r.GILAfter, r.GILDone
	m.Millis, m.RSS, m.Exception = r.Millis, r.RSS, r.Exception.exception()
	return nil
}

// stress takes what threads made of the examples.
func (d *decoder) stress(r *record) error {
	s := d.report.Stress
	if s == nil {
		return errors.New("results of examples before the examples")
	}
	if r.Kind == "stressed" {
		s.Done, s.Rounds, s.Elapsed = true, r.Rounds, milliseconds(r.Millis)
		return nil
	}
	s.Mismatches = append(s.Mismatches, Mismatch{
		Example: r.Example, Source: r.Source, Thread: r.Thread, Times: r.Times,
		Want: Result{r.Want.Output, r.Want.Exception.exception()},
		Got:  Result{r.Got.Output, r.Got.Exception.exception()},
	})
	return nil
}

func (d *decoder) tests(r *record) {
	t := &Tests{Missing: r.Lacking, Exit: r.Exit, Collected: r.Collected, Outcomes: r.Outcomes}
	for _, f := range r.Failed {
		t.Failures = append(t.Failures, TestFailure{f.Test, f.Outcome, f.Text})
	}
	d.report.Tests = t
}

func (d *decoder) stacks(r *record) error {
	if d.report.Standstill == nil {
		return errors.New("stacks before the deadline")
	}
	d.report.Standstill.Moved = r.Moved
	for _, t := range r.Threads {
		stack := Stack{Thread: t.Thread}
		for _, f := range t.Frames {
			stack.Frames = append(stack.Frames, Frame{File: f.File, Line: f.Line, Func: f.Func})
		}
		d.report.Standstill.Threads = append(d.report.Standstill.Threads, stack)
	}
	return nil
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
