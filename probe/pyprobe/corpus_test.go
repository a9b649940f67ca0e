package pyprobe_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// Every lane over every package of the corpus, but for those that need a limit
// on memory, which is the sandbox's to set.
func TestCorpus(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	for _, k := range c.Cases {
		if k.Memory != 0 {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, k)
			for _, m := range k.Modules {
				found := k.Lanes[vocab.LaneCreate][m.Name]
				job := pyprobe.Job{Lane: vocab.LaneCreate, Module: m.Name, File: filepath.Join(site, filepath.FromSlash(m.File)), Site: []string{site}, Verbose: true}
				r := try(t, c.Python, job, found)
				if got := declaration(r); got != found.Declaration {
					t.Errorf("create %s: declaration %q, want %q", m.Name, got, found.Declaration)
				}
			}
			for name, found := range k.Lanes[vocab.LaneImport] {
				r := try(t, c.Python, pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{name}, Site: []string{site}, Verbose: true, Teardown: found.AtExit}, found)
				checkOffenders(t, r, found)
			}
			for name, found := range k.Lanes[vocab.LaneSurvey] {
				r := try(t, c.Python, pyprobe.Job{Lane: vocab.LaneSurvey, GIL: pyprobe.GILOff, Modules: []string{name}, Site: []string{site}, Teardown: found.AtExit}, found)
				if got := used(r); !slices.Equal(got, found.Offenders) {
					t.Errorf("survey %s: %q need the GIL, want %q", name, got, found.Offenders)
				}
			}
			for names, found := range k.Lanes[vocab.LaneThreads] {
				job := pyprobe.Job{Lane: vocab.LaneThreads, GIL: pyprobe.GILOff, Modules: strings.Fields(names), Site: []string{site}, Threads: 4, Teardown: found.AtExit}
				if len(job.Modules) > 1 {
					job.Apart = true
				}
				try(t, c.Python, job, found)
			}
			for name, found := range k.Lanes[vocab.LaneStress] {
				r := try(t, c.Python, pyprobe.Job{Lane: vocab.LaneStress, GIL: pyprobe.GILOff, Modules: []string{name}, Site: []string{site}, Threads: 4, Stress: time.Second}, found)
				checkStress(t, r, found)
			}
		})
	}
}

// try runs one job and compares how it ended.
func try(t *testing.T, python string, job pyprobe.Job, want corpus.Found) *ran {
	t.Helper()
	job.Deadline = 60 * time.Second
	if want.Outcome == vocab.OutcomeTimeout || want.Outcome == vocab.OutcomeDeadlock {
		job.Deadline = 1500 * time.Millisecond
	}
	r := run(t, python, job)
	for range 10 { // which thread is first is a matter of luck
		if job.Apart && r.end(job) == "off" {
			r = run(t, python, job)
		}
	}
	if got := r.end(job); got != ending(job, want) {
		t.Errorf("%s of %s%q: %s, want %s\n%+v\n%s", job.Lane, job.Module, job.Modules, got, ending(job, want), r.Report, tail(r.Stderr))
	}
	return r
}

// end says in a word how a process ended.
func (r *ran) end(job pyprobe.Job) string {
	fault := pyprobe.ParseFault([]byte(r.Stderr))
	raised := slices.ContainsFunc(r.Imports, func(i pyprobe.Import) bool { return !i.OK }) ||
		slices.ContainsFunc(r.Threads, func(i pyprobe.ThreadImport) bool { return len(i.Failures) > 0 })
	switch {
	case r.Complete && r.Signal != "":
		return r.Signal + " at exit"
	case r.Signal != "":
		return r.Signal
	case r.Standstill != nil && r.Standstill.Deadlocked():
		return "deadlock"
	case r.Standstill != nil, fault != nil && fault.Timeout:
		return "timeout"
	case !r.Complete:
		return "cut"
	case r.Code != 0:
		return fmt.Sprintf("exit status %d", r.Code)
	case raised:
		return "exception"
	case r.GILAtEnd && job.GIL == pyprobe.GILDefault:
		return "on"
	}
	return "off"
}

// ending is what end is to say.
func ending(job pyprobe.Job, want corpus.Found) string {
	switch {
	case want.AtExit:
		return want.Signal + " at exit"
	case want.Signal != "":
		return want.Signal
	case want.Cut:
		return "cut"
	}
	switch want.Outcome {
	case vocab.OutcomeTimeout, vocab.OutcomeDeadlock:
		return string(want.Outcome)
	case vocab.OutcomeImportError, vocab.OutcomeABICrash:
		return "exception"
	case vocab.OutcomeGILReenabled:
		if job.GIL == pyprobe.GILDefault {
			return "on"
		}
	}
	return "off"
}

// declaration is what the create lane read.
func declaration(r *ran) vocab.Loaded {
	if len(r.Modules) == 0 || r.Modules[0].Stage == pyprobe.StageFailed {
		return vocab.LoadedUnknown
	}
	return r.Modules[0].Declaration
}

// checkOffenders compares those that need the GIL as the import lane's two
// witnesses name them: the interpreter, and the state of the GIL around the
// creation of the first.
func checkOffenders(t *testing.T, r *ran, want corpus.Found) {
	t.Helper()
	v, err := pyprobe.ParseVerbose(strings.NewReader(r.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, o := range v.Offenders {
		listed = append(listed, o.Module)
	}
	switch {
	case want.Hushed && len(listed) > 0:
		t.Errorf("the interpreter named %q although it was silenced", listed)
	case !want.Hushed && !slices.Equal(listed, want.Offenders):
		t.Errorf("the interpreter named %q, want %q", listed, want.Offenders)
	}
	var first []string
	if len(want.Offenders) > 0 {
		first = want.Offenders[:1]
	}
	if got := used(r); !slices.Equal(got, first) {
		t.Errorf("the GIL came on with %q, want %q", got, first)
	}
}

// used are the modules known to need the GIL.
func used(r *ran) []string {
	var names []string
	for _, m := range r.Modules {
		if m.Declaration == vocab.LoadedUsed {
			names = append(names, m.Module)
		}
	}
	return names
}

func checkStress(t *testing.T, r *ran, want corpus.Found) {
	t.Helper()
	if r.Stress == nil || r.Stress.Run == 0 {
		t.Errorf("no examples were run: %+v", r.Stress)
		return
	}
	raised := slices.ContainsFunc(r.Stress.Mismatches, func(m pyprobe.Mismatch) bool { return m.Got.Exception != nil })
	got := vocab.StressKind("")
	switch {
	case raised:
		got = vocab.StressException
	case len(r.Stress.Mismatches) > 0:
		got = vocab.StressDifferent
	}
	if got != want.Finding {
		t.Errorf("examples: %q, want %q: %+v", got, want.Finding, r.Stress.Mismatches)
	}
}

// unpack installs the wheels of a case, and returns the directory.
func unpack(t *testing.T, k *corpus.Case) string {
	t.Helper()
	dir := t.TempDir()
	install(t, k, dir)
	return dir
}

// install unpacks the wheels of a case into a directory.
func install(t *testing.T, k *corpus.Case, dir string) {
	t.Helper()
	for _, wheel := range k.Wheels {
		z, err := zip.OpenReader(wheel)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tail is the end of a text.
func tail(s string) string { return s[max(0, len(s)-2000):] }
