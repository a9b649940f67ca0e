package pyhook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/probe/probetest"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/pyhook"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// python runs the hook with more code behind it and returns what that prints.
func python(t *testing.T, interpreter, code string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		// The chain: main imports a.b.c, whose parent a imports z, which is told
		// apart although the import of a happens within that of a.b.c.
		"a/__init__.py": "import z\n", "a/b/__init__.py": "", "a/b/c.py": "import z2\n",
		"z.py": "import report\nreport.now('z')\n", "z2.py": "import importlib\nimportlib.import_module('late')\n",
		"late.py":   "import report\nreport.now('late')\n",
		"report.py": "def now(name): pass\n",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script := filepath.Join(dir, "main.py")
	if err := os.WriteFile(script, []byte(pyhook.Source()+"\n"+code), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, append([]string{"-B", "-W", "ignore", script}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONPATH=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	const code = `
import math, types
d = Declarations()
print(d.learn(), d.of(math), d.of(types.ModuleType("x")), d.of(types), d.of(42))
`
	if got, want := python(t, runtimetest.FreeThreaded(t), code), "True not-used used used used\n"; got != want {
		t.Errorf("free-threaded: got %q, want %q", got, want)
	}
	if got, want := python(t, runtimetest.GIL(t), code), "False unknown unknown unknown unknown\n"; got != want {
		t.Errorf("with the GIL: got %q, want %q", got, want)
	}
}

// Declarations are read by several threads at once, the first of which learns how.
func TestDeclarationsThreads(t *testing.T) {
	t.Parallel()
	const code = `
import math, threading
d = Declarations()
start = threading.Barrier(8)
seen = []
def read():
    start.wait()
    seen.append(d.of(math))
threads = [threading.Thread(target=read) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(set(seen)), len(seen))
`
	if got, want := python(t, runtimetest.FreeThreaded(t), code), "['not-used'] 8\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChain(t *testing.T) {
	t.Parallel()
	const code = `
import os, report
def now(name):
    origin, names = chain(sys._getframe())
    print(os.path.basename(origin[0]), origin[1] > 0, names)
report.now = now
import a.b.c
print(chain(sys._getframe()))
`
	want := `main.py True ['a', 'z']
main.py True ['a.b.c', 'z2', 'late']
(None, [])
`
	for _, interpreter := range []string{runtimetest.FreeThreaded(t), runtimetest.GIL(t)} {
		if got := python(t, interpreter, code); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

// A module that is refused is gone: the next import makes it again.
func TestWatch(t *testing.T) {
	t.Parallel()
	interpreter := runtimetest.FreeThreaded(t)
	site := t.TempDir()
	if err := probetest.Unpack(site, corpus.Build(t, interpreter).Case(t, "many").Wheels...); err != nil {
		t.Fatal(err)
	}
	const code = `
import importlib.machinery
seen = []
def created(spec, module, seconds):
    seen.append((spec.name, module.__name__, 0 <= seconds < 60, spec.origin.endswith(importlib.machinery.EXTENSION_SUFFIXES[0])))
    if spec.name == "ftc_many._b" and len(seen) < 3:
        return ImportError("refused")
sys.path.append(sys.argv[1])
watch(created)
for name in ("ftc_many._b", "ftc_many._b", "ftc_many._b"):
    try:
        __import__(name)
        print(name, name in sys.modules)
    except ImportError as e:
        print(e, name in sys.modules)
print(*seen, sep="\n")
`
	want := `refused False
ftc_many._b True
ftc_many._b True
('ftc_many._a', 'ftc_many._a', True, True)
('ftc_many._b', 'ftc_many._b', True, True)
('ftc_many._b', 'ftc_many._b', True, True)
('ftc_many.deep._c', 'ftc_many.deep._c', True, True)
`
	if got := python(t, interpreter, code, site); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
