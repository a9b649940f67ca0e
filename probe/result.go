package probe

import (
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Schema names the JSON form of [Report].
const Schema = "ftpkg.probe/1"

// Report is the answer for everything that was asked. Its JSON form is the
// schema ftpkg.probe/1.
type Report struct {
	Schema  string   `json:"schema"`
	Results []Result `json:"results"`
}

// Result is what probing one package showed.
type Result struct {
	Package string  `json:"package"`
	Version string  `json:"version"` // "" if nothing could be chosen
	Runtime Runtime `json:"runtime"`
	// Outcome is that of the package's public top-level imports.
	Outcome vocab.Outcome `json:"outcome"`
	// Detail is the outcome's reason in one line.
	Detail string `json:"detail"`
	// Reason says why an import failed.
	Reason vocab.ImportFault `json:"reason,omitempty"`
	// WithGIL is how the same failure ended with the GIL on in the same
	// interpreter, "" where nothing failed. The same outcome there is not free
	// threading's fault.
	WithGIL vocab.Outcome `json:"with_gil,omitempty"`
	// Public are the modules that were imported as the package's public face.
	Public []Import `json:"public"`
	// Modules are the extension modules in the package's own wheel.
	Modules []Module `json:"modules"`
	// Offenders are the extension modules, whoever's they are, that turned the
	// GIL on.
	Offenders []Offender `json:"offenders"`
	// Threads is what importing by many threads at once, and more if it was
	// asked for, showed; nil if that lane was not run.
	Threads *Threads `json:"threads,omitempty"`
	// Seconds is the wall time from the first process to the last.
	Seconds  float64  `json:"seconds"`
	Evidence Evidence `json:"evidence"`
}

// Runtime is the interpreter that loaded the package.
type Runtime struct {
	Version      string              `json:"version"` // "3.14.2t"
	FreeThreaded bool                `json:"free_threaded"`
	Build        string              `json:"build"`
	Platform     string              `json:"platform"`
	Source       vocab.RuntimeSource `json:"source,omitempty"`
	Executable   string              `json:"executable,omitempty"`
}

// Import is one public import.
type Import struct {
	Module  string        `json:"module"`
	Outcome vocab.Outcome `json:"outcome"`
	Detail  string        `json:"detail,omitempty"`
	// Millis is the time the import took in a process of its own, in
	// milliseconds; MaxRSS the memory of that process, in bytes.
	Millis float64 `json:"ms"`
	MaxRSS int64   `json:"max_rss"`
}

// Module is one extension module of the package.
type Module struct {
	Module       string `json:"module"`
	File         string `json:"file"` // relative to site-packages, with slashes
	Distribution string `json:"distribution"`
	// Declaration is how the runtime took the module straight after its creation.
	Declaration vocab.Loaded `json:"declaration"`
	// Disagrees reports that the file says otherwise, and Static what. It is a
	// mistake of ftpkg's, or a module that lies.
	Disagrees bool              `json:"disagrees,omitempty"`
	Static    vocab.Declaration `json:"static,omitempty"`
	// GILEnabledAfter reports whether the GIL was on after the module was
	// imported by its name in a process that began with it off. It is nil where
	// the import did not end.
	GILEnabledAfter *bool `json:"gil_enabled_after"`
	// Public reports that the module's name promises its users something: no
	// part of it begins with an underscore.
	Public bool `json:"public"`
	// Test reports that the module is part of the package's tests.
	Test    bool          `json:"test,omitempty"`
	Outcome vocab.Outcome `json:"outcome"`
	Detail  string        `json:"detail,omitempty"`
	// WithGIL is how an import that failed by itself ended with the GIL on.
	WithGIL vocab.Outcome `json:"with_gil,omitempty"`
	// Create is how creating the module alone ended, where that differs from
	// importing it.
	Create vocab.Outcome `json:"create,omitempty"`
	// Millis and RSS are what loading this module alone added when the package
	// was surveyed, in milliseconds and bytes.
	Millis float64 `json:"ms,omitempty"`
	RSS    int64   `json:"rss,omitempty"`
	// Toolchain is what made the module, "" where the file does not tell.
	Toolchain vocab.Toolchain `json:"toolchain,omitempty"`
}

// Offender is an extension module that turned the GIL on.
type Offender struct {
	Module       string         `json:"module"`
	File         string         `json:"file"`
	Distribution string         `json:"distribution"`
	Version      string         `json:"version,omitempty"`
	Relation     vocab.Relation `json:"relation"`
	When         vocab.When     `json:"when"`
	// Chain are the names being imported when it was loaded, outermost first.
	Chain []string `json:"chain"`
	// Test reports that only the package's tests load it.
	Test      bool            `json:"test,omitempty"`
	Toolchain vocab.Toolchain `json:"toolchain,omitempty"`
	// Fix is the line that declares such a module free of the GIL.
	Fix string `json:"fix,omitempty"`
}

// Threads is what lane D showed.
type Threads struct {
	Threads int           `json:"threads"`
	Rounds  int           `json:"rounds"`
	Outcome vocab.Outcome `json:"outcome"`
	Detail  string        `json:"detail,omitempty"`
	// WithGIL is how the same rounds ended with the GIL on, "" if all went well
	// without.
	WithGIL vocab.Outcome `json:"with_gil,omitempty"`
	Stress  *Stress       `json:"stress,omitempty"`
	Tests   *Tests        `json:"tests,omitempty"`
}

// Stress is what running examples by many threads showed.
type Stress struct {
	Seconds  float64       `json:"seconds"`
	Examples int           `json:"examples"`
	Runs     int           `json:"runs"`
	Unstable int           `json:"unstable"` // differed without any threads, so not compared
	Outcome  vocab.Outcome `json:"outcome"`
	Detail   string        `json:"detail,omitempty"`
	WithGIL  vocab.Outcome `json:"with_gil,omitempty"` // of a failure
	Findings []Finding     `json:"findings"`
}

// failed reports whether the examples came to a bad end that they do not come to
// with the GIL on. An example that only went otherwise is for people to read.
func (s *Stress) failed() bool {
	return !s.Outcome.Keeps() && !s.Outcome.IsUnknown() && s.Outcome != s.WithGIL
}

// Finding is an example that went otherwise with threads than without.
type Finding struct {
	Example string           `json:"example"`
	Kind    vocab.StressKind `json:"finding"`
	Detail  string           `json:"detail"`
	// WithGIL reports that the same is seen with the GIL on.
	WithGIL bool `json:"with_gil"`
}

// Tests is what the package's own suite showed.
type Tests struct {
	Threads int           `json:"threads"`
	Passed  int           `json:"passed"`
	Failed  int           `json:"failed"`
	Errors  int           `json:"errors"`
	Skipped int           `json:"skipped"`
	Outcome vocab.Outcome `json:"outcome"` // of the process
	Detail  string        `json:"detail,omitempty"`
	WithGIL vocab.Outcome `json:"with_gil,omitempty"` // of a process that came to a bad end
	// WithoutGIL is how many of those that failed, or were errors, did not with the
	// GIL on.
	WithoutGIL int `json:"only_without_gil"`
	// Failures are the first of them, those not seen with the GIL on before the others.
	Failures []TestFailure `json:"failures"`
}

// TestFailure is a test of the package that failed on threads.
type TestFailure struct {
	Test   string `json:"test"` // as pytest names it
	Detail string `json:"detail"`
	// WithGIL reports that it fails with the GIL on as well.
	WithGIL bool `json:"with_gil"`
}

// Evidence is what the answer rests on.
type Evidence struct {
	Wheels []Wheel `json:"wheels"`
	// Lanes are the processes that were run, in order.
	Lanes []Process `json:"lanes"`
	// Sandbox is the least that held in any of them.
	Sandbox Sandbox   `json:"sandbox"`
	Tool    string    `json:"tool"` // ftpkg and its version
	Started time.Time `json:"started"`
}

// Wheel is one file of the environment.
type Wheel struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256,omitempty"`
}

// Process is one process of a lane.
type Process struct {
	Lane vocab.Lane `json:"lane"`
	// GIL is the mode it ran in: "default", "0" or "1".
	GIL     string        `json:"gil"`
	Modules []string      `json:"modules"`
	Outcome vocab.Outcome `json:"outcome"`
	Exit    string        `json:"exit"` // "0", "SIGSEGV", "timeout"
	Seconds float64       `json:"seconds"`
	MaxRSS  int64         `json:"max_rss"`
	// Complete reports that the process told its whole story on the private
	// channel; Noise are the bytes found there that were not its own.
	Complete bool   `json:"complete"`
	Noise    int64  `json:"noise,omitempty"`
	Stderr   string `json:"stderr,omitempty"` // an excerpt
}

// Sandbox is how far package code was confined.
type Sandbox struct {
	Level   vocab.SandboxLevel `json:"level"`
	Layers  []string           `json:"layers,omitempty"`
	Missing []string           `json:"missing,omitempty"`
}

// GILOff reports whether the GIL was seen to stay off for every package.
func (r *Report) GILOff() bool {
	for i := range r.Results {
		if !r.Results[i].Outcome.Keeps() {
			return false
		}
	}
	return true
}

// Refused reports whether the answer is no for some package: it was found out,
// and the GIL does not stay off.
func (r *Report) Refused() bool {
	for i := range r.Results {
		result := &r.Results[i]
		if o := result.Outcome; !o.Keeps() && !o.IsUnknown() {
			return true
		}
		if t := result.Threads; t != nil && (t.Stress != nil && t.Stress.failed() || t.Tests != nil && t.Tests.failed()) {
			return true
		}
	}
	return false
}
