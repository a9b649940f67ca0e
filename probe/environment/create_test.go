package environment

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

func TestCreateImports(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "by_pth.py"), []byte("x = 'found'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := OpenStore(t.TempDir())
	env := create(t, s, py, Options{},
		package1("plain", "import plain.sub\n").with("plain/sub.py", "y = 3\n").wheel(t),
		(&testWheel{name: "ns_one", version: "1.0", files: map[string]string{"ns/one/__init__.py": "n = 1\n"}}).wheel(t),
		(&testWheel{name: "ns_two", version: "1.0", files: map[string]string{"ns/two/__init__.py": "n = 2\n", "pointing.pth": elsewhere + "\n"}}).wheel(t),
	)
	const code = `
import sys, plain, ns.one, ns.two, by_pth
print(sys.prefix != sys.base_prefix, plain.sub.y, ns.one.n + ns.two.n, by_pth.x)
print([p for p in sys.path if 'site-packages' in p] == [SITE])
print(plain.__cached__, plain.__file__)`
	out := python(t, env, "-I", "-c", strings.Replace(code, "SITE", pyQuote(env.Site[0]), 1))
	init := filepath.Join(env.Site[0], "plain", "__init__.py")
	want := "True 3 3 found\nTrue\n" + filepath.FromSlash(pycPath(filepath.ToSlash(init), py.CacheTag)) + " " + init
	mustEqual(t, "output", strings.ReplaceAll(out, "\r", ""), want)
	mustEqual(t, "system site", env.SystemSite, false)
	got := map[string][]string{}
	for _, d := range env.Distributions {
		got[d.Name] = d.Public
	}
	if diff := cmp.Diff(map[string][]string{"plain": {"plain"}, "ns-one": {"ns.one"}, "ns-two": {"ns.two"}}, got); diff != "" {
		t.Error(diff)
	}
}

func (w *testWheel) with(name, text string) *testWheel {
	w.files[name] = text
	return w
}

func pyQuote(s string) string { return "r'" + s + "'" }

// Python must take the .pyc files of the store as they are, and never want to
// write its own.
func TestCreateCompiles(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	w := package1("mod", "x = __file__\ndef f(): raise ValueError\n").with("mod/broken.py", "def (:\n").with("mod/none.pyi", "x: str\n").wheel(t)
	for _, copied := range []bool{false, true} {
		env := create(t, s, py, Options{Copy: copied}, w)
		pyc := filepath.Join(env.Site[0], filepath.FromSlash(pycPath("mod/__init__.py", py.CacheTag)))
		before, err := os.Stat(pyc)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(pyc)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "flags of an unchecked .pyc", b[4], 1)
		verbose := python(t, env, "-I", "-v", "-c", "import mod; print(mod.x)")
		if !strings.Contains(verbose, "code object from "+pyReprPath(pyc)) {
			t.Errorf("copied %v: the .pyc was not used:\n%s", copied, grep(verbose, "mod"))
		}
		if strings.Contains(verbose, "# wrote") {
			t.Errorf("copied %v: something was written:\n%s", copied, grep(verbose, "wrote"))
		}
		// A traceback names the file that is there.
		trace, _ := exec.CommandContext(t.Context(), env.Python, "-I", "-c", "import mod; mod.f()").CombinedOutput()
		if !strings.Contains(string(trace), filepath.Join(env.Site[0], "mod", "__init__.py")) {
			t.Errorf("the traceback is of another file:\n%s", trace)
		}
		after, err := os.Stat(pyc)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "time of the .pyc", after.ModTime(), before.ModTime())
		if _, err := os.Stat(filepath.Join(env.Site[0], filepath.FromSlash(pycPath("mod/broken.py", py.CacheTag)))); err == nil {
			t.Error("a file that does not compile has a .pyc")
		}
	}
	env := create(t, s, py, Options{NoCompile: true}, w)
	if found, _ := filepath.Glob(filepath.Join(env.Site[0], "mod", "__pycache__", "*")); len(found) > 0 {
		t.Errorf("NoCompile made %v", found)
	}
}

func pyReprPath(p string) string { return "'" + strings.ReplaceAll(p, `\`, `\\`) + "'" }

func grep(text, word string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

// The GIL and the free-threaded build of one version take the same .pyc files.
func TestCompiledIsShared(t *testing.T) {
	t.Parallel()
	ft, gil := interpreter(t), ask(t, runtimetest.GIL(t))
	s := OpenStore(t.TempDir())
	w := package1("mod", "x = 1\n").wheel(t)
	for _, py := range []string{ft.Executable, gil.Executable} {
		env := create(t, s, ask(t, py), Options{}, w)
		mustEqual(t, py, python(t, env, "-I", "-c", "import mod, sys; print(mod.x, hasattr(sys, 'abiflags') and sys.abiflags)"), "1 "+strings.Repeat("t", boolInt(py == ft.Executable)))
	}
	st, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	want := 1
	if ft.MagicNumber != gil.MagicNumber {
		want = 2
	}
	mustEqual(t, "folders of .pyc files", st.Compiled, want)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestCreateSchemes(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	data := "tools-1.0.data/"
	w := &testWheel{name: "tools", version: "1.0", files: map[string]string{
		"tools/__init__.py":                    "def main():\n    import sys\n    print('main', sys.argv[1:])\n    return 7\nclass app:\n    @staticmethod\n    def run(): print('run')\n",
		data + "purelib/pure.py":               "p = 1\n",
		data + "platlib/plat/__init__.py":      "p = 2\n",
		data + "data/share/tools/settings.txt": "settings\n",
		data + "headers/tools.h":               "#define TOOLS 1\n",
		data + "scripts/hello":                 "#!python\nimport sys, tools\nprint('hello', sys.prefix)\n",
		data + "scripts/native":                "#!/bin/sh\necho native\n",
		data + "scripts/tool":                  "#!python\nraise SystemExit('the wrapper of another tool')\n",
		"tools-1.0.dist-info/entry_points.txt": lines("[console_scripts]", "tool = tools:main", "tool-run=tools:app.run [extra]", "[gui_scripts]", "tool-gui = tools:main", "[other]", "x = y"),
	}, exec: []string{data + "scripts/native"}}
	env := create(t, OpenStore(t.TempDir()), py, Options{}, w.wheel(t))
	mustEqual(t, "modules", python(t, env, "-I", "-c", "import tools, pure, plat; print(pure.p, plat.p)"), "1 2")
	for file, want := range map[string]string{
		"share/tools/settings.txt":              "settings\n",
		layoutOf(py).headers + "/tools/tools.h": "#define TOOLS 1\n",
	} {
		b, err := os.ReadFile(filepath.Join(env.Dir, filepath.FromSlash(file)))
		if err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", file, b, err)
		}
	}
	if goruntime.GOOS != "windows" {
		for name, want := range map[string]string{
			"hello": "hello " + env.Dir, "native": "native", "tool-run": "run", "tool": "main ['a', 'b c']", "tool-gui": "main ['a', 'b c']",
		} {
			out, err := exec.CommandContext(t.Context(), filepath.Join(env.Dir, "bin", name), "a", "b c").CombinedOutput()
			exit, _ := errors.AsType[*exec.ExitError](err)
			if name == "tool" || name == "tool-gui" {
				if exit == nil || exit.ExitCode() != 7 {
					t.Errorf("%s: %v, want status 7", name, err)
				}
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			mustEqual(t, name, strings.TrimSpace(string(out)), want)
		}
	}
	// Python's own reader must agree with RECORD.
	const check = `
import base64, hashlib, importlib.metadata as m
d = m.distribution('tools')
for f in d.files:
    b = f.locate().read_bytes()
    if f.hash:
        assert f.hash.value == base64.urlsafe_b64encode(hashlib.new(f.hash.mode, b).digest()).rstrip(b'=').decode(), f
        assert f.size == len(b), f
    else:
        assert f.name == 'RECORD', f
print(len(d.files), d.read_text('INSTALLER').strip(), sorted(e.name for e in d.entry_points.select(group='console_scripts')))`
	out := python(t, env, "-I", "-c", check)
	if !strings.HasSuffix(out, " ftpkg ['tool', 'tool-run']") {
		t.Error(out)
	}
	for _, name := range []string{"../../../bin/hello", "../../../share/tools/settings.txt", "tools/__init__.py"} {
		if goruntime.GOOS == "windows" {
			break
		}
		p := filepath.Join(env.Site[0], filepath.FromSlash(name))
		if d, ok := env.Owner(p); !ok || d.Name != "tools" {
			t.Errorf("Owner(%s) = %v, %v", p, d, ok)
		}
	}
	if d, ok := env.Owner(filepath.Join(env.Dir, "pyvenv.cfg")); ok {
		t.Errorf("pyvenv.cfg belongs to %s", d.Name)
	}
}

// A path with a space is none that a kernel takes from a first line.
func TestShebang(t *testing.T) {
	t.Parallel()
	if goruntime.GOOS == "windows" {
		return // no such lines
	}
	py := interpreter(t)
	w := package1("mod", "def main(): print('ran')\n").with("mod-1.0.dist-info/entry_points.txt", "[console_scripts]\ngo=mod:main\n").wheel(t)
	for _, dir := range []string{"with space", "it's", strings.Repeat("long", 40)} {
		env, err := OpenStore(t.TempDir()).Create(t.Context(), filepath.Join(t.TempDir(), dir), py, []Wheel{w}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), filepath.Join(env.Dir, "bin", "go")).CombinedOutput()
		if err != nil || string(out) != "ran\n" {
			t.Errorf("%s: %q, %v", dir, out, err)
		}
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	first := package1("first", "").with("both.py", "who = 'first'\n").with("same.py", "x = 1\n")
	second := package1("second", "").with("both.py", "who = 'second'\n").with("same.py", "x = 1\n").with("first/extra.py", "def (:\n")
	s := OpenStore(t.TempDir())
	env := create(t, s, py, Options{}, first.wheel(t), second.wheel(t))
	mustEqual(t, "who", python(t, env, "-I", "-c", "import both; print(both.who)"), "second")
	if diff := cmp.Diff([]Conflict{{"both.py", "second", "first"}}, slices.DeleteFunc(env.Conflicts, func(c Conflict) bool { return strings.HasSuffix(c.Path, ".pyc") })); diff != "" {
		t.Error(diff)
	}
	if d, _ := env.Owner("both.py"); d == nil || d.Name != "second" {
		t.Errorf("owner: %v", d)
	}
	env = create(t, s, py, Options{}, second.wheel(t), first.wheel(t))
	mustEqual(t, "who", python(t, env, "-I", "-c", "import both; print(both.who)"), "first")
}

// What was compiled from a file that lost its place must not be imported in its
// stead.
func TestConflictLeavesNoStalePyc(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	env := create(t, OpenStore(t.TempDir()), py, Options{},
		package1("a", "").with("m.py", "x = 'stale'\n").wheel(t),
		package1("b", "").with("m.py", "def (:\n").wheel(t))
	out, err := exec.CommandContext(t.Context(), env.Python, "-I", "-B", "-c", "import m").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "SyntaxError") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	good := package1("good", "x = 1\n").wheel(t)
	other := *package1("good", "x = 2\n")
	other.version = "2.0"
	wrong := good
	wrong.SHA256[0] ^= 1
	for name, tt := range map[string]struct {
		wheels []Wheel
		want   string
	}{
		"digest":           {[]Wheel{wrong}, "SHA-256 is"},
		"twice":            {[]Wheel{good, other.wheel(t)}, "are both of project good"},
		"interpreter":      {[]Wheel{package1("evil", "").with("evil-1.0.data/scripts/python", "#!python\n").wheel(t)}, "would replace"},
		"interpreter too":  {[]Wheel{package1("evil", "").with("evil-1.0.data/data/bin/python3.13t", "x").with("evil-1.0.data/data/Scripts/python.exe", "x").wheel(t)}, "would replace"},
		"settings":         {[]Wheel{package1("evil", "").with("evil-1.0.data/data/pyvenv.cfg", "home = /\n").wheel(t)}, "would replace"},
		"entry point":      {[]Wheel{package1("evil", "").with("evil-1.0.dist-info/entry_points.txt", "[console_scripts]\npython3=evil:main\n").wheel(t)}, "would replace"},
		"file and folder":  {[]Wheel{package1("one", "").with("thing", "x").wheel(t), package1("two", "").with("thing/part.py", "").wheel(t)}, "a folder of two"},
		"unknown scheme":   {[]Wheel{package1("evil", "").with("evil-1.0.data/stdlib/os.py", "").wheel(t)}, "is no folder of"},
		"name of a script": {[]Wheel{package1("evil", "").with("evil-1.0.dist-info/entry_points.txt", "[console_scripts]\n../../x=evil:main\n").wheel(t)}, "not the name of a file"},
	} {
		dir := filepath.Join(t.TempDir(), "env")
		_, err := s.Create(t.Context(), dir, py, tt.wheels, Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder is still there", name)
		}
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), full, py, []Wheel{good}, Options{}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("a folder with contents: %v", err)
	}
}

// A wheel that is in the store is not opened again, and one without a known
// digest is told by its contents.
func TestStoreIsWarm(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	opened := 0
	spec := package1("mod", "x = 1\n")
	w := wheelOf(spec.filename(), spec.pack(t), &opened)
	var told []bool
	opt := Options{OnWheel: func(_ *Wheel, unpacked bool) { told = append(told, unpacked) }}
	create(t, s, py, opt, w)
	create(t, OpenStore(s.Dir()), py, opt, w)
	mustEqual(t, "opened", opened, 1)
	w.HasSHA256, w.SHA256 = false, [32]byte{}
	create(t, s, py, opt, w)
	mustEqual(t, "opened without a digest", opened, 2)
	if diff := cmp.Diff([]bool{true, false, false}, told); diff != "" {
		t.Error(diff)
	}
}

func TestCopySharesNothing(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	w := package1("mod", "x = 1\n").wheel(t)
	env := create(t, s, py, Options{Copy: true}, w)
	mustEqual(t, "shared", env.Shared, false)
	inStore := filepath.Join(s.path(w.SHA256), filesName, "mod", "__init__.py")
	a, err := os.Stat(inStore)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.Stat(filepath.Join(env.Site[0], "mod", "__init__.py"))
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "same file", os.SameFile(a, b), false)
	mustEqual(t, "mode", b.Mode().Perm(), a.Mode().Perm())
	if env := create(t, s, py, Options{}, w); env.Shared {
		c, err := os.Stat(filepath.Join(env.Site[0], "mod", "__init__.py"))
		if err != nil || !os.SameFile(a, c) {
			t.Errorf("said to be shared, but is not: %v", err)
		}
	}
}
