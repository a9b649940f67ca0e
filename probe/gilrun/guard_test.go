package gilrun

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/probetest"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A house is a folder of packages and an interpreter.
type house struct {
	python, guard, site, dir string
	corpus                   *corpus.Corpus
}

func newHouse(t *testing.T, cases ...string) *house {
	t.Helper()
	python := runtimetest.FreeThreaded(t)
	h := &house{python: python, site: t.TempDir(), dir: t.TempDir(), corpus: corpus.Build(t, python)}
	var err error
	if h.guard, err = Write(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		if err := probetest.Unpack(h.site, h.corpus.Case(t, name).Wheels...); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// run runs a program under a guard and returns what it printed.
func (h *house) run(t *testing.T, g Guard, program string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	app := filepath.Join(h.dir, "app.py")
	if err := os.WriteFile(app, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	g.Folder = h.guard
	var out, errs bytes.Buffer
	status, err := Follow(&Command{
		Path: h.python, Args: append([]string{"-X", "gil=0", app}, args...), Dir: h.dir,
		Env:    g.Environ(append(os.Environ(), "PYTHONPATH="+h.site, "PYTHONDONTWRITEBYTECODE=1")),
		Stdout: &out, Stderr: &errs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), status
}

func TestGuardLogs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "many", "pair")
	events := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(events, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const program = `import sys

def main():
    import ftc_many
    import ftc_pair, ftc_pair
    print(sys._is_gil_enabled(), sorted(n for n in sys.modules if n.startswith("ftc_")))

main()
`
	stdout, stderr, status := h.run(t, Guard{Events: events, Allow: []string{"ftc_many.deep.*"}}, program)
	want := "False ['ftc_many', 'ftc_many._a', 'ftc_many._b', 'ftc_many.deep', 'ftc_many.deep._c', 'ftc_many.deep.inner', 'ftc_pair', 'ftc_pair._first', 'ftc_pair._second']\n"
	if stdout != want || status != 0 {
		t.Errorf("status %d, got\n%swant\n%s", status, stdout, want)
	}
	const undeclared = " (%d 1.0) has not declared that it runs without the GIL; imported by app.py:"
	says := func(module, dist, way string) string {
		return "ftpkg: warning: " + module + strings.Replace(undeclared, "%d", dist, 1) + way + "\n"
	}
	want = says("ftc_many._a", "ftc-many", "4 -> ftc_many -> ftc_many._a") +
		says("ftc_many._b", "ftc-many", "4 -> ftc_many -> ftc_many._b") +
		says("ftc_pair._second", "ftc-pair", "5 -> ftc_pair -> ftc_pair._second")
	if diff := cmp.Diff(want, stderr); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}

	f, err := os.Open(events)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, lost, err := ReadEvents(f)
	if err != nil || lost != 0 {
		t.Fatalf("%d lost, %v", lost, err)
	}
	var got []string
	for _, e := range list {
		got = append(got, strings.Join([]string{e.Module, e.Distribution, e.Version, string(e.Declaration), string(e.Action), strings.Join(e.Chain, " "), strings.TrimPrefix(e.Origin, h.dir)}, "|"))
		if !strings.HasPrefix(e.File, h.site) || e.Process <= 0 || e.Nanoseconds <= 0 {
			t.Errorf("%+v", e)
		}
	}
	sep := string(filepath.Separator)
	if diff := cmp.Diff([]string{
		"ftc_many._a|ftc-many|1.0|used|logged|ftc_many ftc_many._a|" + sep + "app.py:4",
		"ftc_many._b|ftc-many|1.0|used|logged|ftc_many ftc_many._b|" + sep + "app.py:4",
		"ftc_many.deep._c|ftc-many|1.0|used|allowed|ftc_many ftc_many.deep.inner ftc_many.deep._c|" + sep + "app.py:4",
		"ftc_pair._first|ftc-pair|1.0|not-used|passed|ftc_pair ftc_pair._first|" + sep + "app.py:5",
		"ftc_pair._second|ftc-pair|1.0|used|logged|ftc_pair ftc_pair._second|" + sep + "app.py:5",
	}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestGuardStops(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "many", "pair")
	// A single-phase module that was stopped stays stopped; what catches the
	// error goes on.
	const program = `import sys
for name in ("ftc_pair._second", "ftc_pair._second", "ftc_many._b", "ftc_many._b", "ftc_many"):
    try:
        __import__(name)
    except ImportError as e:
        print(name, "|", e.name, "|", e.path.startswith(sys.argv[1]), name in sys.modules)
        message = str(e)
print(message)
import ftc_many
`
	stdout, stderr, status := h.run(t, Guard{Stop: true, Allow: []string{"ftc_many._a"}}, program, h.site)
	want := `ftc_pair._second | ftc_pair._second | True False
ftc_pair._second | ftc_pair._second | True False
ftc_many._b | ftc_many._b | True False
ftc_many._b | ftc_many._b | True False
ftc_many | ftc_many._b | True False
stopped by ftpkg run: ftc_many._b (ftc-many 1.0) has not declared that it runs without the GIL; imported by app.py:4 -> ftc_many -> ftc_many._b; --allow ftc_many._b lets it load
`
	if diff := cmp.Diff(want, stdout); diff != "" {
		t.Errorf("standard output (-want +got):\n%s", diff)
	}
	if status != 1 || strings.Count(stderr, "ftpkg: warning: stopped: ") != 2 || !strings.Contains(stderr, "\nImportError: stopped by ftpkg run: ftc_many._b ") {
		t.Errorf("status %d, standard error\n%s", status, stderr)
	}
	// The traceback is the program's, with one line of the guard's.
	if n := strings.Count(stderr, "sitecustomize.py"); n != 1 {
		t.Errorf("the guard shows in %d lines of the traceback:\n%s", n, stderr)
	}
}

// What the program can see of itself is what plain Python shows it.
func TestGuardIsQuiet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const program = `import sys
print(sys.argv, sys.path, sorted(sys.modules), __name__, __file__, __spec__, sys.flags, sys._is_gil_enabled())
sys.exit(7)
`
	guarded, stderr, status := h.run(t, Guard{}, program, "a", "--b", "")
	cmd := exec.CommandContext(t.Context(), h.python, "-X", "gil=0", filepath.Join(h.dir, "app.py"), "a", "--b", "")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+h.site, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Dir = h.dir
	plain, _ := cmd.Output()
	if diff := cmp.Diff(string(plain), guarded); diff != "" || status != 7 || stderr != "" {
		t.Errorf("status %d, %q (-plain +guarded):\n%s", status, stderr, diff)
	}
}

// The environment's own sitecustomize is imported, and its faults are its own.
func TestGuardMakesWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := filepath.Join(h.site, "sitecustomize.py")
	if err := os.WriteFile(own, []byte("import sys\nsys.ours = __file__\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := h.run(t, Guard{}, "import sys, sitecustomize\nprint(sys.ours == sitecustomize.__file__)\n")
	if stdout != "True\n" || stderr != "" || status != 0 {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
	if err := os.WriteFile(own, []byte("raise ValueError('mine')\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := h.run(t, Guard{}, ""); status != 0 || !strings.Contains(stderr, "ValueError: mine") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// Processes that the program starts, forks and spawns are guarded too, and so are
// its subinterpreters; a Python with the GIL runs unguarded.
func TestGuardIsInherited(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "pair")
	const program = `import multiprocessing, os, subprocess, sys

def work():
    import ftc_pair
    assert not sys._is_gil_enabled()

if __name__ == "__main__":
    methods = multiprocessing.get_all_start_methods()
    for method in methods:
        p = multiprocessing.get_context(method).Process(target=work)
        p.start(); p.join()
        assert p.exitcode == 0, method
    subprocess.run([sys.executable, "-c", "import ftc_pair, sys; assert not sys._is_gil_enabled()"], check=True)
    import _interpreters
    i = _interpreters.create("legacy")
    assert _interpreters.run_string(i, "import ftc_pair") is None
    _interpreters.destroy(i)
    print(len(methods) + 2, flush=True)
    del os.environ["PYTHON_GIL"]
    subprocess.run([sys.argv[1], "-c", "import sys; print(sys._is_gil_enabled(), len([p for p in sys.path if 'guard' in p]))"], check=True)
`
	stdout, stderr, status := h.run(t, Guard{}, program, runtimetest.GIL(t))
	n, rest, _ := strings.Cut(stdout, "\n")
	if status != 0 || rest != "True 0\n" {
		t.Fatalf("status %d, %q\n%s", status, stdout, stderr)
	}
	if got := strings.Count(stderr, "ftpkg: warning: ftc_pair._second (ftc-pair 1.0) has not declared"); n != map[int]string{3: "3", 4: "4", 5: "5"}[got] || strings.Count(stderr, "\n") != got {
		t.Errorf("%d warnings from %s processes:\n%s", got, n, stderr)
	}
}

// What a .pth file loads comes before the guard; it is told all the same.
func TestGuardComesLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "pair")
	venv := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.CommandContext(t.Context(), h.python, "-m", "venv", "--without-pip", venv).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(venv, "bin", "python"), "-c", "import sysconfig; print(sysconfig.get_path('platlib'), end='')").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := probetest.Unpack(string(out), h.corpus.Case(t, "startup").Wheels...); err != nil {
		t.Fatal(err)
	}
	h.python = filepath.Join(venv, "bin", "python")
	const warning = "_ftc_startup (ftc-startup 1.0) has not declared that it runs without the GIL; imported before the guard, by a .pth file\n"
	stdout, stderr, status := h.run(t, Guard{}, "print('runs')")
	if stdout != "runs\n" || stderr != "ftpkg: warning: "+warning || status != 0 {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
	stdout, stderr, status = h.run(t, Guard{Stop: true}, "print('runs')")
	if stdout != "" || stderr != "ftpkg: warning: stopped: "+warning || status != 1 {
		t.Errorf("to be stopped: status %d, %q, %q", status, stdout, stderr)
	}
	if stdout, stderr, status = h.run(t, Guard{Stop: true, Allow: []string{"_ftc_startup"}}, "print('runs')"); stdout != "runs\n" || stderr != "" || status != 0 {
		t.Errorf("allowed: status %d, %q, %q", status, stdout, stderr)
	}
}
