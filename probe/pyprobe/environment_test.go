package pyprobe_test

import (
	"os"
	"os/exec"
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

// A virtual environment is read as Python reads it, and what its .pth files load
// is told apart from what imports load.
func TestVirtualEnvironment(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	env := filepath.Join(t.TempDir(), "env")
	if out, err := exec.CommandContext(t.Context(), python, "-I", "-m", "venv", "--without-pip", env).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(env, "lib", "python*", "site-packages"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	install(t, corpus.Build(t, python).Case(t, "startup"), found[0])
	for name, text := range map[string]string{
		"where.py":             "import sys\nassert sys.prefix == " + quote(env) + ", sys.prefix\nassert exit and quit and help\n",
		"sitecustomize.py":     "import sys\nsys.customized = True\n",
		"customized.py":        "import sys\nassert sys.customized\n",
		"ftc_startup_extra.py": "",
	} {
		if err := os.WriteFile(filepath.Join(found[0], name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := run(t, filepath.Join(env, "bin", filepath.Base(python)), pyprobe.Job{
		Lane: vocab.LaneImport, Modules: []string{"where", "customized", "ftc_startup"}, Verbose: true, Deadline: time.Minute,
	})
	if !r.Complete || !r.Site.GILAfter || r.Site.GILBefore || r.Site.Exception != nil {
		t.Errorf("complete %t, %+v\n%s", r.Complete, r.Site, tail(r.Stderr))
	}
	for _, i := range r.Imports {
		if !i.OK || !i.GILBefore {
			t.Errorf("%+v %+v", i, i.Exception)
		}
	}
	if len(r.Modules) != 1 || r.Modules[0].Import != "" || r.Modules[0].Declaration != vocab.LoadedUsed {
		t.Errorf("%+v", r.Modules)
	}
}

func TestBrokenStartup(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{"bad.pth": "import sys; sys.exit('no')\n", "ok.py": ""})
	r := run(t, runtimetest.FreeThreaded(t), pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"ok"}, Site: []string{site}, Deadline: time.Minute})
	if e := r.Site.Exception; !r.Complete || e == nil || !e.Exit || e.Message != "no" {
		t.Errorf("complete %t, %+v", r.Complete, e)
	}
	// The directory is there, although its .pth file failed.
	if !slices.ContainsFunc(r.Imports, func(i pyprobe.Import) bool { return i.Module == "ok" && i.OK }) {
		t.Errorf("%+v", r.Imports)
	}
}

// On a build with the GIL, and on the free-threaded one with the GIL on, all lanes
// work; who needs the GIL can be read only on the second.
func TestWithGIL(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{"example.py": "'''\n>>> 1 + 1\n2\n'''\nimport zlib\n"})
	for python, declaration := range map[string]vocab.Loaded{
		runtimetest.GIL(t): vocab.LoadedUnknown, runtimetest.FreeThreaded(t): vocab.LoadedNotUsed,
	} {
		for _, lane := range []vocab.Lane{vocab.LaneImport, vocab.LaneSurvey, vocab.LaneThreads, vocab.LaneStress} {
			r := run(t, python, pyprobe.Job{
				Lane: lane, GIL: pyprobe.GILOn, Modules: []string{"example"}, Site: []string{site}, Threads: 2, Stress: 10 * time.Millisecond, Deadline: time.Minute,
			})
			if !r.Complete || !r.GILAtEnd || !r.Python.GIL || r.Python.FreeThreaded != (declaration == vocab.LoadedNotUsed) {
				t.Errorf("%s: %+v\n%s", lane, *r.Report, tail(r.Stderr))
			}
			i := slices.IndexFunc(r.Modules, func(m pyprobe.Loaded) bool { return m.Module == "zlib" })
			if i < 0 || r.Modules[i].Declaration != declaration {
				t.Errorf("%s: %+v", lane, r.Modules)
			}
		}
	}
}

// The Python files are those of every Python from 3.9 on.
func TestSyntax(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("program", "*.py"))
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	const check = "import ast, sys\nfor f in sys.argv[1:]: ast.parse(open(f, encoding='utf-8').read(), f, feature_version=(3, 9))\n"
	for _, python := range []string{runtimetest.GIL(t), runtimetest.FreeThreaded(t)} {
		if out, err := exec.CommandContext(t.Context(), python, append([]string{"-I", "-W", "error", "-c", check}, files...)...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// At the deadline a process says where its threads stand, and ends.
func TestDeadline(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	site := packages(t, map[string]string{
		"asleep.py":  "import time\ntime.sleep(100)\n",
		"busy.py":    "def work():\n    while True: pass\nwork()\n",
		"waiting.py": "import threading\ndef other():\n    import waiting\nt = threading.Thread(target=other, daemon=True)\nt.start()\nt.join()\n",
	})
	for _, test := range []struct {
		module            string
		still, deadlocked bool
		function          string
	}{
		{"asleep", true, false, "<module>"},
		{"busy", false, false, "work"},
		{"waiting", true, true, "join"},
	} {
		r := run(t, python, pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{test.module}, Site: []string{site}, Deadline: time.Second})
		s := r.Standstill
		if r.Complete || r.Code != pyprobe.ExitStandstill || s == nil || r.InProgress != test.module {
			t.Errorf("%s: exit status %d, %+v\n%s", test.module, r.Code, *r.Report, tail(r.Stderr))
			continue
		}
		if s.Still() != test.still || s.Deadlocked() != test.deadlocked {
			t.Errorf("%s: still %t, deadlocked %t: %+v", test.module, s.Still(), s.Deadlocked(), s)
		}
		if len(s.Threads) == 0 || s.Threads[0].Thread != "main" || s.Threads[0].Frames[0].Func != test.function {
			t.Errorf("%s: %+v", test.module, s.Threads)
		}
	}
}

// Warnings that a package makes errors stop the import, and the GIL stays on.
func TestWarningsAsErrors(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	site := t.TempDir()
	install(t, corpus.Build(t, python).Case(t, "silent"), site)
	if err := os.WriteFile(filepath.Join(site, "strict.py"), []byte("import warnings\nwarnings.simplefilter('error')\nimport ftc_silent\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := run(t, python, pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"strict"}, Site: []string{site}, Verbose: true, Deadline: time.Minute})
	if !r.Complete || !r.GILAtEnd || r.Imports[0].OK || r.Imports[0].Exception.Type != "RuntimeWarning" {
		t.Errorf("%+v", *r.Report)
	}
	if len(r.Modules) != 1 || r.Modules[0].Declaration != vocab.LoadedUsed || r.Modules[0].Stage != pyprobe.StageFailed {
		t.Errorf("%+v", r.Modules)
	}
	if strings.Contains(r.Stderr, "# loading module 'ftc_silent', which requires the GIL") {
		t.Error("the interpreter names it: then there is no need to conclude it")
	}
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, `\`, `\\`) + "'" }
