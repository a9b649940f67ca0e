package corpus_test

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
)

// preamble is how each of the programs begins. They speak on descriptor 3, after a word
// that no package knows.
const preamble = `
import json, os, resource, sys
word, memory, site_dir, *args = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
if int(memory):
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
gil_enabled = sys._is_gil_enabled
def say(**what):
    try:
        os.write(3, ("\n" + word + json.dumps(what) + "\n").encode())
    except OSError:  # closed by the package: nobody hears
        pass
def attempt(what):
    try:
        what()
    except BaseException as e:
        say(error=type(e).__name__, text=str(e), module=getattr(e, "name", None), gil=gil_enabled())
    else:
        say(gil=gil_enabled())
say(begun=True)
`

const createProgram = preamble + `
import _imp, ctypes, types
from importlib.machinery import ExtensionFileLoader, ModuleSpec
name, file = args
sys.path.append(site_dir)
def create():
    module = _imp.create_dynamic(ModuleSpec(name, ExtensionFileLoader(name, file), origin=file))
    if isinstance(module, types.ModuleType):  # PyModuleObject.md_gil, or from 3.15 md_requires_gil
        if sys.version_info < (3, 15):
            flag = ctypes.c_void_p.from_address(id(module) + 72).value == 1
        else:
            flag = not ctypes.c_bool.from_address(id(module) + 65).value
        say(not_used=flag)
attempt(create)
`

const importProgram = preamble + `
import importlib, site
site.addsitedir(site_dir)
attempt(lambda: importlib.import_module(*args))
`

const threadsProgram = preamble + `
import importlib, site, threading
site.addsitedir(site_dir)
count = 8
barrier = threading.Barrier(count)
def start(i):
    barrier.wait()
    for name in args[i % len(args):] + args[:i % len(args)]:
        importlib.import_module(name)
threads = [threading.Thread(target=start, args=(i,)) for i in range(count)]
for t in threads: t.start()
for t in threads: t.join()
say(gil=gil_enabled())
`

const examplesProgram = preamble + `
import doctest, importlib, site, threading
count = int(args[1])
site.addsitedir(site_dir)
examples = doctest.DocTestParser().get_examples(importlib.import_module(args[0]).__doc__)
barrier = threading.Barrier(count)
faults = []
def work():
    barrier.wait()
    scope = vars(importlib.import_module(args[0])).copy()
    for _ in range(100):
        for example in examples:
            try:
                try:
                    code = compile(example.source, "example", "eval")
                except SyntaxError:
                    exec(example.source, scope)
                    continue
                result = eval(code, scope)
                got = "" if result is None else repr(result) + "\n"
                if got != example.want:
                    faults.append("different")
            except Exception as e:
                faults.append("exception")
threads = [threading.Thread(target=work) for _ in range(count)]
for t in threads: t.start()
for t in threads: t.join()
say(gil=gil_enabled(), faults=sorted(set(faults)), examples=len(examples))
`

// A said is what a program said.
type said struct {
	Begun   bool     `json:"begun"`
	GIL     *bool    `json:"gil"`
	NotUsed *bool    `json:"not_used"`
	Error   string   `json:"error"`
	Text    string   `json:"text"`
	Module  string   `json:"module"`
	Faults  []string `json:"faults"`
	Count   int      `json:"examples"`
}

// An ended is how a program ended.
type ended struct {
	said   []said
	signal syscall.Signal
	code   int
	late   bool // it was stopped at the deadline
	stderr string
}

const word = "3f1c:"

// run runs a program until it ends or, counted from when the interpreter is up, the
// time is over.
func run(t *testing.T, python string, options []string, program string, limit time.Duration, args ...string) ended {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, python, slices.Concat([]string{"-I", "-B"}, options, []string{"-c", program, word}, args)...)
	// Files, since a process that the package leaves behind would keep a pipe open.
	out, channel := create(t), create(t)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = out, out, []*os.File{channel}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for ctx.Err() == nil {
			if b, err := os.ReadFile(channel.Name()); err != nil || strings.Contains(string(b), word) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		select {
		case <-time.After(limit):
			cancel()
		case <-ctx.Done():
		}
	}()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	e := ended{stderr: read(t, out), late: ctx.Err() != nil, code: cmd.ProcessState.ExitCode()}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.signal = status.Signal()
	}
	for line := range strings.Lines(read(t, channel)) {
		text, ours := strings.CutPrefix(line, word)
		if !ours {
			continue
		}
		var s said
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if !s.Begun {
			e.said = append(e.said, s)
		}
	}
	return e
}

func create(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func read(t *testing.T, f *os.File) string {
	t.Helper()
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unpack puts a case's wheels into one directory.
func unpack(t *testing.T, k *corpus.Case) string {
	t.Helper()
	site := t.TempDir()
	for _, path := range k.Wheels {
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = z.Close() }()
		if err := os.CopyFS(site, z); err != nil {
			t.Fatal(err)
		}
	}
	return site
}

// limit is how long to wait for a process that is to end as found.
func limit(found corpus.Found) time.Duration {
	if found.Outcome == vocab.OutcomeTimeout || found.Outcome == vocab.OutcomeDeadlock {
		return 1500 * time.Millisecond
	}
	return 2 * time.Minute
}

// signal is the name of the signal that ended it.
func (e *ended) signalName() string {
	switch {
	case e.late || e.signal == 0:
		return ""
	case e.signal == syscall.SIGSEGV:
		return "SIGSEGV"
	case e.signal == syscall.SIGABRT:
		return "SIGABRT"
	}
	return e.signal.String()
}

// check compares how a process ended with what was promised, in everything that a
// process can show: the offenders are compared by the caller.
func (e *ended) check(t *testing.T, found corpus.Found, pureToo bool) {
	t.Helper()
	last := said{}
	if len(e.said) > 0 {
		last = e.said[len(e.said)-1]
	}
	faulty := last.Error != ""
	ok := false
	switch found.Outcome {
	case vocab.OutcomeGILOff, vocab.OutcomePure:
		ok = !e.late && e.signal == 0 && e.code == 0 && !faulty && last.GIL != nil && !*last.GIL && (pureToo || found.Outcome != vocab.OutcomePure)
	case vocab.OutcomeGILReenabled:
		ok = !e.late && e.signal == 0 && e.code == 0 && !faulty && last.GIL != nil && *last.GIL
	case vocab.OutcomeTimeout, vocab.OutcomeDeadlock:
		ok = e.late && len(e.said) == 0
	case vocab.OutcomeCrash:
		switch {
		case found.Cut:
			ok = !e.late && e.signal == 0 && e.code == 0 && len(e.said) == 0
		case found.AtExit:
			ok = e.signalName() == found.Signal && last.GIL != nil && !*last.GIL && !faulty
		default:
			ok = e.signalName() == found.Signal && len(e.said) == 0
		}
	case vocab.OutcomeABICrash:
		ok = e.signalName() == found.Signal && faulty == (found.Signal == "")
	case vocab.OutcomeOOM:
		ok = last.Error == "MemoryError" || e.signalName() == "SIGSEGV"
	case vocab.OutcomeImportError:
		ok = !e.late && e.signal == 0 && e.code == 0 && faulty && len(e.said) > 0 && faultOf(last) == found.Fault
	default:
	}
	if !ok {
		t.Errorf("want %+v; late %v, signal %v, exit %d, said %+v\n%s", found, e.late, e.signal, e.code, e.said, tail(e.stderr))
	}
}

func faultOf(s said) vocab.ImportFault {
	switch {
	case s.Error == "ModuleNotFoundError" && s.Module == "imp", strings.Contains(s.Text, "undefined symbol"):
		return vocab.FaultOtherPython
	case s.Error == "ModuleNotFoundError":
		return vocab.FaultMissingDependency
	case strings.Contains(s.Text, "cannot open shared object file"):
		return vocab.FaultMissingLibrary
	}
	return vocab.FaultException
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// verbose are the interpreter's words about a module that needs the GIL: in its -v
// output, and in its warning about the first.
var verbose = regexp.MustCompile(`(?:# loading|to load) module '([^']+)', which`)

func (e *ended) offenders() []string {
	var names []string
	for _, m := range verbose.FindAllStringSubmatch(e.stderr, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// memory is the limit of addresses for a case: the interpreter reserves a gibibyte for a
// start, so that much more than it may use.
func memory(k *corpus.Case) string {
	if k.Memory == 0 {
		return "0"
	}
	return strconv.FormatInt(k.Memory+1<<30, 10)
}
