package pyprobe_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// findChannel is Python that finds the channel's descriptor.
const findChannel = `
import os, stat
def is_channel(fd):
    try:
        return fd > 2 and stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False
channel, = [fd for fd in range(512) if is_channel(fd)]
`

// A hostile package is one that spoils the report, or tries to.
type hostile struct {
	name, source string
	// after is imported after it, and its report has to be there if the channel
	// holds: "" for packages that end the process.
	complete bool
	check    func(t *testing.T, r *ran)
}

func hostiles() []hostile {
	none := func(*testing.T, *ran) {}
	raises := func(kind string) func(t *testing.T, r *ran) {
		return func(t *testing.T, r *ran) {
			t.Helper()
			if e := r.Imports[0].Exception; e == nil || e.Type != kind {
				t.Errorf("exception %+v, want %s", e, kind)
			}
		}
	}
	ends := func(code int) func(t *testing.T, r *ran) {
		return func(t *testing.T, r *ran) {
			t.Helper()
			if r.Code != code || r.InProgress != "hostile" {
				t.Errorf("exit status %d in %q, want %d in hostile", r.Code, r.InProgress, code)
			}
		}
	}
	return []hostile{
		{"prints", "print('noise', flush=True)\nimport sys\nsys.stderr.write('half a line')\n", true, none},
		{"writes to every descriptor", `
import os
for fd in range(256):
    for text in (b'half a line', b'\nftpkg 4 ' + b'0' * 32 + b' {"kind": "end"}\n', b'\xff\x00\n', b'ftpkg \n'):
        try: os.write(fd, text)
        except OSError: pass
`, true, func(t *testing.T, r *ran) {
			t.Helper()
			if r.Channel.Forged != 1 || r.Channel.Noise < 10 || !r.Channel.Disturbed() {
				t.Errorf("%+v", r.Channel)
			}
		}},
		{"leaves early", "import os\nos._exit(0)\n", false, ends(0)},
		{"leaves early after closing the channel", findChannel + "os.close(channel)\nos._exit(0)\n", false, ends(0)},
		{"reads the channel", findChannel + `
stolen = []
try: stolen.append(os.open('/proc/self/fd/%d' % channel, os.O_RDWR | os.O_NONBLOCK))
except OSError: pass
os.set_blocking(channel, False)
try: stolen.append(os.read(channel, 100))
except BlockingIOError: pass
assert stolen in ([], [b'']), stolen
`, true, func(t *testing.T, r *ran) {
			t.Helper()
			if !r.Imports[0].OK || r.Channel.Disturbed() {
				t.Errorf("%+v", r.Imports[0].Exception)
			}
		}},
		{"shuts the channel down", findChannel + "import socket\nsocket.socket(fileno=channel).shutdown(socket.SHUT_RDWR)\n", false, ends(pyprobe.ExitLost)},
		{"forks and goes on reporting", "import os, time\nif os.fork(): time.sleep(0.3)\n", true, func(t *testing.T, r *ran) {
			t.Helper()
			if r.Channel.Disturbed() || len(r.Imports) != 2 {
				t.Errorf("%+v %+v", r.Channel, r.Imports)
			}
		}},
		{"lets the child go on and the parent leave", "import os\nif os.fork(): os._exit(0)\n", false, ends(0)},
		{"closes every descriptor", "import os\nos.closerange(3, 1024)\n", false, ends(pyprobe.ExitLost)},
		{"closes every descriptor and opens files", "import os\nos.closerange(3, 1024)\nkept = [os.open(os.devnull, os.O_WRONLY) for _ in range(400)]\n", false, ends(pyprobe.ExitLost)},
		{"makes every descriptor non-blocking", "import os\nfor fd in range(3, 512):\n    try: os.set_blocking(fd, False)\n    except OSError: pass\n", true, none},
		{"puts another standard error there", "import os\nfd = os.open(os.devnull, os.O_WRONLY)\nos.dup2(fd, 1)\nos.dup2(fd, 2)\n", true, none},
		{"replaces modules and builtins", `
import builtins, os, sys, time, _thread, _imp, importlib, importlib._bootstrap
def broken(*a, **k): raise RuntimeError('broken')
for module in (os, time, _thread, sys, builtins):
    for name in ('write', 'fstat', 'getpid', '_exit', 'close', 'perf_counter', 'get_ident', 'RLock', '_getframe',
                 '_is_gil_enabled', 'settrace', 'setprofile', 'len', 'str', 'repr', 'isinstance', 'type', 'dict', 'max', 'getattr', '__import__'):
        if hasattr(module, name): setattr(module, name, broken)
`, true, func(t *testing.T, r *ran) {
			t.Helper()
			if r.GILAtEnd {
				t.Error("the GIL is on, it says")
			}
		}},
		{"empties the table of modules", "import sys\nsys.modules.clear()\n", true, none},
		{"replaces the table of modules", "import sys\nsys.modules = None\n", true, none},
		{"deletes standard error", "import sys\ndel sys.stderr, sys.stdout\n", true, none},
		{"turns off faulthandler", "import faulthandler\nfaulthandler.disable()\nfaulthandler.cancel_dump_traceback_later()\n", true, func(t *testing.T, r *ran) {
			t.Helper()
			if r.FaultHandler {
				t.Error("faulthandler is said to be on")
			}
		}},
		{"traces", "import sys\ndef trace(*a):\n    raise RuntimeError('traced')\nsys.settrace(trace)\nsys.setprofile(trace)\n", true, none},
		{"monkeypatches importlib", `
import importlib._bootstrap as b, importlib._bootstrap_external as e
import importlib.machinery as m
def broken(*a, **k): raise ImportError('patched')
e.ExtensionFileLoader.create_module = broken
m.ModuleSpec.__init__ = broken
`, true, none},
		{"exits", "import sys\nsys.exit(0)\n", true, func(t *testing.T, r *ran) {
			t.Helper()
			raises("SystemExit")(t, r)
			if e := r.Imports[0].Exception; !e.Exit || !e.Base {
				t.Errorf("%+v", e)
			}
		}},
		{"raises what is no Exception", "class Odd(BaseException):\n    def __str__(self): raise KeyboardInterrupt\nraise Odd('x')\n", true, raises("hostile.Odd")},
		{"raises what cannot be described", `
class Meta(type):
    __module__ = property(lambda c: 1 / 0)
    def __getattribute__(c, n): raise SystemExit(n)
class Odd(Exception, metaclass=Meta):
    def __getattribute__(self, n): raise SystemExit(n)
raise Odd('\ud800')
`, true, none},
		{"has a very long message", "raise ValueError('x' * (1 << 24))\n", true, func(t *testing.T, r *ran) {
			t.Helper()
			if n := len(r.Imports[0].Exception.Message); n > 1<<14 {
				t.Errorf("%d bytes", n)
			}
		}},
		{"recurses", "def f(): f()\nf()\n", true, raises("RecursionError")},
		{"lowers the recursion limit", "import sys\nsys.setrecursionlimit(60)\n", true, none},
		{"chains exceptions in a circle", "a, b = ValueError('a'), ValueError('b')\na.__cause__, b.__cause__ = b, a\nraise a\n", true, raises("ValueError")},
		{"aborts", "import os\nos.abort()\n", false, func(t *testing.T, r *ran) {
			t.Helper()
			f := pyprobe.ParseFault([]byte(r.Stderr))
			if r.Signal != "SIGABRT" || f == nil || f.Fatal != "Aborted" || f.Innermost()[0].Func != "<module>" {
				t.Errorf("signal %q, fault %+v", r.Signal, f)
			}
		}},
		{"aborts without standard error", "import os\nos.close(2)\nos.abort()\n", false, func(t *testing.T, r *ran) {
			t.Helper()
			if f := pyprobe.ParseFault([]byte(r.Stderr)); r.Signal != "SIGABRT" || f == nil {
				t.Errorf("signal %q, fault %+v", r.Signal, f)
			}
		}},
		{"looks for keys in modules, arguments and descriptors", `
import os, sys, gc, __main__
shown = repr([vars(m) for m in list(sys.modules.values()) if hasattr(m, '__dict__')]) + repr(sys.orig_argv) + repr(os.environ)
assert 'Channel object' not in shown and not [n for n in vars(__main__) if not n.startswith('__')], vars(__main__)
for fd in range(512):
    try: link = os.readlink('/proc/self/fd/%d' % fd)
    except OSError: continue
    assert fd < 3 or 'ftpkg' not in link, link
`, true, func(t *testing.T, r *ran) {
			t.Helper()
			if !r.Imports[0].OK {
				t.Errorf("%+v", r.Imports[0].Exception)
			}
		}},
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	for _, h := range hostiles() {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			site := packages(t, map[string]string{"hostile.py": h.source, "after.py": ""})
			r := run(t, python, pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"hostile", "after"}, Site: []string{site}, Deadline: 30 * time.Second, Verbose: true})
			if r.Complete != h.complete {
				t.Errorf("complete %t, want %t: %+v\n%s", r.Complete, h.complete, *r.Report, tail(r.Stderr))
			}
			if r.Broken != nil {
				t.Errorf("the program itself failed: %+v", r.Broken)
			}
			if h.complete && len(r.Imports) != 2 {
				t.Errorf("%d imports are reported: %+v", len(r.Imports), r.Imports)
			}
			if !t.Failed() {
				h.check(t, r)
			}
			if t.Failed() {
				t.Logf("%+v exit %d %s %s", *r.Report, r.Code, r.Signal, strings.TrimSpace(tail(r.Stderr)))
			}
		})
	}
}
