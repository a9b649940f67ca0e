package probe

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// A run is what came of one process of a lane.
type run struct {
	job     *pyprobe.Job
	exit    *sandbox.Exit
	report  *pyprobe.Report
	verbose *pyprobe.Verbose
	fault   *pyprobe.Fault
	stderr  []byte
	verdict verdict
}

// A verdict is what a process showed.
type verdict struct {
	outcome vocab.Outcome
	detail  string
	fault   vocab.ImportFault
}

func (v verdict) failed() bool {
	return v.outcome != vocab.OutcomeGILOff && v.outcome != vocab.OutcomeGILReenabled
}

// judge says what a process showed. How it ended comes first, then whether it
// told its whole story, and only then what the story is.
func judge(r *run, stdlib string) verdict {
	if v, ok := killed(r); ok {
		return v
	}
	if !r.report.Complete {
		return incomplete(r)
	}
	if v, ok := unanswered(r); ok {
		return v
	}
	if t := r.report.Threads; r.job.Lane == vocab.LaneThreads {
		return threadsVerdict(t, stdlib)
	}
	for i := range r.report.Imports {
		if im := &r.report.Imports[i]; !im.OK {
			return importVerdict(im.Module, im.Exception, stdlib)
		}
	}
	if len(r.offenders()) > 0 || r.report.GILAtEnd && r.job.GIL == pyprobe.GILDefault {
		return verdict{outcome: vocab.OutcomeGILReenabled}
	}
	return verdict{outcome: vocab.OutcomeGILOff}
}

// unanswered judges a report that ended as it should, but is silent about a name
// that was to be imported.
func unanswered(r *run) (verdict, bool) {
	var answers int
	switch r.job.Lane {
	case vocab.LaneImport, vocab.LaneSurvey:
		answers = len(r.report.Imports)
	case vocab.LaneThreads:
		answers = len(r.report.Threads)
	case vocab.LaneCreate, vocab.LaneStress, vocab.LaneTests:
		return verdict{}, false
	}
	if answers >= len(r.job.Modules) {
		return verdict{}, false
	}
	return verdict{
		outcome: vocab.OutcomeInfrastructure,
		detail:  fmt.Sprintf("it reported on %d of %d imports, so the report counts for nothing", answers, len(r.job.Modules)),
	}, true
}

// offenders are the modules that turned the GIL on, as the runtime names them and
// as they were seen: a process that silences the one is caught by the other.
func (r *run) offenders() []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if r.verbose != nil {
		for _, o := range r.verbose.Offenders {
			add(o.Module)
		}
	}
	for i := range r.report.Modules {
		if m := &r.report.Modules[i]; m.Declaration == vocab.LoadedUsed {
			add(m.Module)
		}
	}
	return names
}

// killed reads how a process ended, if it did not end by itself.
func killed(r *run) (verdict, bool) {
	doing := r.doing()
	switch r.exit.Killed {
	case sandbox.KillMemory:
		return verdict{outcome: vocab.OutcomeOOM, detail: "it used more memory than it was given" + doing}, true
	case sandbox.KillDisk:
		return verdict{outcome: vocab.OutcomeSandboxDenied, detail: "it wrote more than it was given room for" + doing}, true
	case sandbox.KillTimeout, sandbox.KillCPU:
		return r.late(doing), true
	case sandbox.KillProcesses:
		return verdict{outcome: vocab.OutcomeSandboxDenied, detail: "it started more processes than it may" + doing}, true
	case sandbox.KillNone, sandbox.KillCancelled:
	}
	// Where the GIL is held by what does not return, only faulthandler gets a word in.
	if (r.report.Standstill != nil || r.fault != nil && r.fault.Timeout) && !r.report.Complete {
		return r.late(doing), true
	}
	switch r.exit.Signal {
	case "":
	case "SIGXCPU":
		return verdict{outcome: vocab.OutcomeTimeout, detail: "it used all its processor time" + doing}, true
	case "SIGXFSZ":
		return verdict{outcome: vocab.OutcomeSandboxDenied, detail: "it wrote a file larger than it may" + doing}, true
	case "SIGSYS":
		return verdict{outcome: vocab.OutcomeSandboxDenied, detail: "it made a system call that the sandbox denies" + doing}, true
	default:
		return verdict{outcome: vocab.OutcomeCrash, detail: r.exit.Signal + r.frame() + doing}, true
	}
	if f := r.fault; f != nil && f.Fatal != "" && !f.Timeout { // where systems have no signals
		return verdict{outcome: vocab.OutcomeCrash, detail: f.Fatal + r.frame() + doing}, true
	}
	return verdict{}, false
}

// late tells threads that wait for each other from code that only takes long.
func (r *run) late(doing string) verdict {
	if s := r.report.Standstill; s != nil && s.Deadlocked() {
		return verdict{outcome: vocab.OutcomeDeadlock, detail: "its threads stood still" + standing(s) + doing}
	}
	return verdict{outcome: vocab.OutcomeTimeout, detail: "it did not end in time" + doing}
}

// standing names where the threads stand, each place once.
func standing(s *pyprobe.Standstill) string {
	var places []string
	for _, t := range s.Threads {
		if at := place(t.Frames); at != "" && !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	if len(places) == 0 {
		return ""
	}
	const most = 3
	if len(places) > most {
		places = append(places[:most], "…")
	}
	return ": " + strings.Join(places, ", ")
}

// frame names where the interpreter was when it died.
func (r *run) frame() string {
	if r.fault == nil || len(r.fault.Threads) == 0 {
		return ""
	}
	if at := place(r.fault.Threads[max(r.fault.Current, 0)].Frames); at != "" {
		return " in " + at
	}
	return ""
}

// place is the innermost frame that is not the import system's own: what it was
// doing, the doing says.
func place(frames []pyprobe.Frame) string {
	for _, f := range frames {
		if strings.HasPrefix(f.File, "<frozen importlib") || strings.HasPrefix(f.File, "<ftpkg") || f.File == "<string>" {
			continue
		}
		return fmt.Sprintf("%s (%s:%d)", f.Func, filepath.Base(f.File), f.Line)
	}
	return ""
}

// doing names what a process that did not tell the end was at.
func (r *run) doing() string {
	switch n := len(r.report.Modules); {
	case r.report.Complete:
		return ", when the interpreter ended"
	case r.job.Lane == vocab.LaneTests && r.report.InProgress != "":
		return ", while its tests ran"
	case n > 0 && r.report.Modules[n-1].Stage != pyprobe.StageDone && r.report.Modules[n-1].Stage != pyprobe.StageFailed:
		verb := map[pyprobe.Stage]string{pyprobe.StageCreating: "creating", pyprobe.StageCreated: "running", pyprobe.StageRunning: "running"}
		m := &r.report.Modules[n-1]
		return fmt.Sprintf(", while %s %s", verb[m.Stage], m.Module)
	case r.report.InProgress != "":
		return ", while importing " + r.report.InProgress
	}
	return ""
}

// incomplete judges a process that ended by itself without saying so.
func incomplete(r *run) verdict {
	c := r.report.Channel
	switch {
	case r.report.Python.Version == "":
		return verdict{outcome: vocab.OutcomeInfrastructure, detail: "the interpreter did not start: " + lastLine(r.stderr)}
	case r.report.Broken != nil:
		return verdict{outcome: vocab.OutcomeInfrastructure, detail: "ftpkg's own program failed in the interpreter: " + exceptionText(r.report.Broken)}
	case r.exit.Code == pyprobe.ExitLost:
		return verdict{outcome: vocab.OutcomeInfrastructure, detail: "the package closed the channel that is reported on" + r.doing()}
	case c.Malformed > 0 || c.Conflicts > 0 || c.Missing > 0 || c.Overflowed:
		return verdict{outcome: vocab.OutcomeInfrastructure, detail: "what it reported was tampered with, so it counts for nothing"}
	case r.exit.Code == 0:
		return verdict{outcome: vocab.OutcomeCrash, detail: "the process left with status 0 before its end" + r.doing()}
	}
	return verdict{outcome: vocab.OutcomeCrash, detail: fmt.Sprintf("the process left with status %d before its end%s", r.exit.Code, r.doing())}
}

// lastLine is the last line that says anything, shortened.
func lastLine(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return shorten(lines[len(lines)-1], maxDetail)
}

// maxDetail is how much of a stranger's message a detail repeats, in bytes.
const maxDetail = 300

// shorten makes one line of a stranger's text, which may hold what terminals take
// for commands.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

func threadsVerdict(list []pyprobe.ThreadImport, stdlib string) verdict {
	for i := range list {
		t := &list[i]
		if len(t.Failures) > 0 {
			v := importVerdict(t.Module, firstCause(t.Failures), stdlib)
			v.detail = fmt.Sprintf("%s, in %d of %d threads", v.detail, len(t.Failures), len(t.Failures)+t.OK)
			return v
		}
		if t.Objects > 1 {
			return verdict{outcome: vocab.OutcomeImportError, fault: vocab.FaultException, detail: fmt.Sprintf("threads that imported %s at once got %d different modules", t.Module, t.Objects)}
		}
	}
	return verdict{outcome: vocab.OutcomeGILOff}
}

// firstCause is the failure that says something: threads that only waited for
// another one's import say just that it failed.
func firstCause(failures []pyprobe.Exception) *pyprobe.Exception {
	for i := range failures {
		if failures[i].Message != "its import failed in another thread" {
			return &failures[i]
		}
	}
	return &failures[0]
}

// What loaders say when a library is not there, or lacks what is needed.
var (
	missingLibrary = regexp.MustCompile(`cannot open shared object file|Library not loaded|image not found|DLL load failed|The specified module could not be found|version .GLIBC|version .CXXABI|version .GLIBCXX`)
	missingSymbol  = regexp.MustCompile(`undefined symbol: (\S+)|symbol not found in flat namespace '?(\S+?)'?$|Symbol not found: (\S+)`)
	denied         = regexp.MustCompile(`Operation not permitted|Permission denied|Read-only file system|Network is unreachable|No space left on device|Disk quota exceeded`)
	noAttribute    = regexp.MustCompile(`^module '([\w.]+)' has no attribute`)
	cannotImport   = regexp.MustCompile(`^cannot import name '\w+' from '[\w.]+' \((.+)\)$`)
)

// importVerdict says why an import failed.
func importVerdict(module string, e *pyprobe.Exception, stdlib string) verdict {
	if e == nil {
		return verdict{outcome: vocab.OutcomeInfrastructure, detail: "importing " + module + " failed without a reason"}
	}
	v := verdict{
		outcome: vocab.OutcomeImportError, fault: vocab.FaultException,
		detail: fmt.Sprintf("importing %s raised %s", module, exceptionText(e)),
	}
	for c := e; c != nil; c = c.Cause { // the cause says more than what was made of it
		switch fault := importFault(c, stdlib); {
		case c.Type == "MemoryError":
			return verdict{outcome: vocab.OutcomeOOM, detail: v.detail}
		case denied.MatchString(c.Message) && (c.Type == "PermissionError" || c.Type == "OSError" || c.Type == "BlockingIOError"):
			return verdict{outcome: vocab.OutcomeSandboxDenied, detail: v.detail}
		case fault != vocab.FaultException:
			v.fault = fault
			if c != e {
				v.detail += ", because of " + exceptionText(c)
			}
			return v
		}
	}
	return v
}

func exceptionText(e *pyprobe.Exception) string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + shorten(e.Message, maxDetail)
}

func importFault(e *pyprobe.Exception, stdlib string) vocab.ImportFault {
	switch {
	case e.Missing:
		if slices.Contains(removedModules, topLevel(e.Name)) {
			return vocab.FaultOtherPython
		}
		return vocab.FaultMissingDependency
	case missingLibrary.MatchString(e.Message):
		return vocab.FaultMissingLibrary
	case e.Import && cannotImport.MatchString(e.Message):
		if path := cannotImport.FindStringSubmatch(e.Message)[1]; stdlib != "" && strings.HasPrefix(path, stdlib) && !strings.Contains(path, "site-packages") {
			return vocab.FaultOtherPython
		}
	case e.Type == "AttributeError":
		if m := noAttribute.FindStringSubmatch(e.Message); m != nil && slices.Contains(changedModules, topLevel(m[1])) {
			return vocab.FaultOtherPython
		}
	}
	if m := missingSymbol.FindStringSubmatch(e.Message); m != nil {
		symbol := strings.TrimLeft(m[1]+m[2]+m[3], "_")
		if strings.HasPrefix(symbol, "Py") {
			return vocab.FaultOtherPython
		}
		return vocab.FaultMissingLibrary
	}
	return vocab.FaultException
}

func topLevel(name string) string {
	top, _, _ := strings.Cut(name, ".")
	return top
}

// removedModules are those that the standard library once had (PEP 594, PEP 632
// and the "Removed" lists of What's New in Python 3.12 to 3.15): whoever imports
// them was made for an older Python.
var removedModules = []string{
	"aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr", "imp", "lib2to3",
	"mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib",
}

// changedModules are those of the standard library that lost names in these
// versions.
var changedModules = []string{
	"ast", "asyncio", "collections", "configparser", "importlib", "inspect", "locale", "logging", "pathlib", "pkgutil", "re",
	"sqlite3", "string", "sys", "types", "typing", "unittest", "urllib", "webbrowser", "zipimport",
}
