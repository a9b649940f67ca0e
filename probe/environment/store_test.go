package environment

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/runtime"
)

// childVariable makes the test binary a process that does what it names.
const childVariable = "ENVIRONMENT_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "create":
		childCreate()
	case "stuck":
		childStuck()
	case "narrow":
		narrow()
		childCreate()
	case "masked":
		masked()
		childCreate()
	default:
		os.Exit(m.Run())
	}
}

// An order is what a child process is told on standard input.
type order struct {
	Store, Dir string
	Python     *runtime.Info
	Filename   string
	Data       []byte
	Options    struct{ Copy, NoCompile bool }
}

func readOrder() *order {
	o := new(order)
	if err := json.NewDecoder(os.Stdin).Decode(o); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	return o
}

// childCreate makes one environment and says how it went.
func childCreate() {
	o := readOrder()
	_, err := OpenStore(o.Store).Create(context.Background(), o.Dir, o.Python, []Wheel{wheelOf(o.Filename, o.Data, nil)},
		Options{Copy: o.Options.Copy, NoCompile: o.Options.NoCompile})
	_, full := errors.AsType[*StoreError](err)
	switch {
	case err == nil:
		fmt.Println("made")
	case full:
		fmt.Println("store:", err)
	default:
		fmt.Println(err)
	}
}

// A stuckFile says so and stops in the middle of being read.
type stuckFile struct {
	memory

	once sync.Once
}

func (f *stuckFile) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 && off < 100 { // the first member, after the whole was read once
		f.once.Do(func() { fmt.Println("stuck") })
		time.Sleep(time.Hour)
	}
	return f.memory.ReadAt(p, off)
}

func childStuck() {
	o := readOrder()
	w := wheelOf(o.Filename, o.Data, nil)
	w.Open = func(context.Context) (File, error) { return &stuckFile{memory: memory{bytes.NewReader(o.Data)}}, nil }
	_, err := OpenStore(o.Store).Create(context.Background(), o.Dir, o.Python, []Wheel{w}, Options{})
	fmt.Println(err)
}

// child starts the test binary as a process.
func child(t *testing.T, what string, o *order) (cmd *exec.Cmd, out io.Reader) {
	t.Helper()
	in, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+what)
	cmd.Stdin = bytes.NewReader(in)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, pipe
}

// many is a wheel with enough files for a race.
func many() *testWheel {
	w := package1("many", "")
	for i := range 150 {
		w.with(fmt.Sprintf("many/p%d/m%d.py", i%10, i), strings.Repeat(fmt.Sprintf("x%d = %d\n", i, i), 20))
	}
	return w
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	dir, spec := t.TempDir(), many()
	data := spec.pack(t)
	type running struct {
		cmd *exec.Cmd
		out io.Reader
		dir string
	}
	var all []running
	for i := range 4 {
		o := &order{Store: filepath.Join(dir, "store"), Dir: filepath.Join(dir, fmt.Sprint("env", i)), Python: py, Filename: spec.filename(), Data: data}
		cmd, out := child(t, "create", o)
		all = append(all, running{cmd, out, o.Dir})
	}
	var first map[string]string
	for _, r := range all {
		b, err := io.ReadAll(r.out)
		if err = errors.Join(err, r.cmd.Wait()); err != nil || string(b) != "made\n" {
			t.Fatalf("%q, %v", b, err)
		}
		files := snapshot(t, filepath.Join(r.dir, filepath.FromSlash(layoutOf(py).site)))
		if first == nil {
			first = files
		}
		if diff := cmp.Diff(first, files); diff != "" {
			t.Error(diff)
		}
	}
	if len(first) < 300 {
		t.Errorf("%d files", len(first))
	}
	s := OpenStore(filepath.Join(dir, "store"))
	if st, err := s.Stats(); err != nil || st.Wheels != 1 || st.Compiled != 1 || st.Other != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	checkWhole(t, s)
}

// checkWhole verifies a store that must be whole.
func checkWhole(t *testing.T, s *Store) {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Damaged) > 0 || v.Wheels == 0 || v.Files == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s, spec := OpenStore(t.TempDir()), many()
	var opened int
	w := wheelOf(spec.filename(), spec.pack(t), &opened)
	var wg sync.WaitGroup
	for range 8 {
		dir := filepath.Join(t.TempDir(), "env")
		wg.Go(func() {
			if _, err := s.Create(t.Context(), dir, py, []Wheel{w}, Options{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	mustEqual(t, "opened", opened, 1)
	checkWhole(t, s)
}

// A process that is killed in the middle leaves a store that works, and what it
// leaves behind is removed by the next one.
func TestKilled(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	dir, spec := t.TempDir(), many()
	o := &order{Store: filepath.Join(dir, "store"), Dir: filepath.Join(dir, "env"), Python: py, Filename: spec.filename(), Data: spec.pack(t)}
	cmd, out := child(t, "stuck", o)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "stuck\n" {
		t.Fatalf("%q, %v", line, err)
	}
	s := OpenStore(o.Store)
	// What a living process works on stays, be it ever so old.
	if _, err := s.Prune(time.Now().Add(time.Hour), 0); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.root, tempPrefix+"*")); len(left) != 1 {
		t.Fatalf("while it lives: %v", left)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if left, _ := filepath.Glob(filepath.Join(s.root, tempPrefix+"*")); len(left) != 1 {
		t.Fatalf("after its death: %v", left)
	}
	env := create(t, s, py, Options{}, wheelOf(o.Filename, o.Data, nil))
	mustEqual(t, "import", python(t, env, "-I", "-c", "import many.p1.m1; print(many.p1.m1.x1)"), "1")
	if left, _ := filepath.Glob(filepath.Join(s.root, tempPrefix+"*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	checkWhole(t, s)
}

// A store that can't be written says so, and leaves nothing half made.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	big := package1("big", "").with("big/data.bin", strings.Repeat("0123456789abcdef", 1<<16))
	t.Run("full", func(t *testing.T) {
		t.Parallel()
		if goruntime.GOOS == "windows" {
			return // no such limit
		}
		dir := t.TempDir()
		o := &order{Store: filepath.Join(dir, "store"), Dir: filepath.Join(dir, "env"), Python: py, Filename: big.filename(), Data: big.pack(t)}
		cmd, out := child(t, "narrow", o)
		b, err := io.ReadAll(out)
		if err = errors.Join(err, cmd.Wait()); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "store: the store of unpacked wheels in "+o.Store+" cannot be written: ") {
			t.Errorf("%s", b)
		}
		if st, err := OpenStore(o.Store).Stats(); err != nil || st.Wheels != 0 || st.Other != 0 {
			t.Errorf("%+v, %v", st, err)
		}
		if _, err := os.Stat(o.Dir); err == nil {
			t.Error("half an environment is left")
		}
	})
	t.Run("no folder", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenStore(filepath.Join(file, "store")).Create(t.Context(), filepath.Join(t.TempDir(), "env"), py, []Wheel{big.wheel(t)}, Options{})
		if _, ok := errors.AsType[*StoreError](err); !ok {
			t.Errorf("%v", err)
		}
	})
	t.Run("read-only", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := OpenStore(dir)
		small := package1("small", "x = 1\n").wheel(t)
		create(t, s, py, Options{}, small)
		for _, d := range []string{s.path(small.SHA256), s.root, dir} {
			if err := os.Chmod(d, 0o555); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(d, 0o755) })
		}
		// What is there serves.
		create(t, OpenStore(dir), py, Options{}, small)
		if os.Geteuid() <= 0 {
			return // root writes anywhere, and Windows knows no such folders
		}
		_, err := s.Create(t.Context(), filepath.Join(t.TempDir(), "env"), py, []Wheel{big.wheel(t)}, Options{})
		if _, ok := errors.AsType[*StoreError](err); !ok {
			t.Errorf("%v", err)
		}
	})
}

// poison is what a hostile package does to its own files.
const poison = `
import os, sys, glob
for name in PATHS:
    st = os.stat(name)
    os.chmod(name, 0o666)
    b = open(name, 'rb').read()
    with open(name, 'r+b') as f: f.write(b.replace(b'clean', b'dirty'))
    KEEP
print('poisoned')`

func TestPoison(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	spec := package1("mod", "word = 'clean'\n")
	const show = "import mod; print(mod.word)"
	for name, tt := range map[string]struct {
		file, keep string
		opt        Options
	}{
		"source, linked": {"__init__.py", "", Options{NoCompile: true}},
		"source, copied": {"__init__.py", "", Options{NoCompile: true, Copy: true}},
		".pyc, linked":   {pycPath("__init__.py", py.CacheTag), "", Options{}},
		".pyc, copied":   {pycPath("__init__.py", py.CacheTag), "", Options{Copy: true}},
		"mode only":      {"__init__.py", "f = open(name, 'wb'); f.write(b); f.close(); os.utime(name, ns=(st.st_atime_ns, st.st_mtime_ns))", Options{}},
	} {
		s := OpenStore(t.TempDir())
		w := spec.wheel(t)
		env := create(t, s, py, tt.opt, w)
		before := snapshot(t, s.path(w.SHA256))
		path := filepath.Join(env.Site[0], "mod", filepath.FromSlash(tt.file))
		code := strings.NewReplacer("PATHS", "["+pyQuote(path)+"]", "KEEP", tt.keep).Replace(poison)
		mustEqual(t, name, python(t, env, "-I", "-S", "-c", code), "poisoned")
		if tt.keep == "" {
			mustEqual(t, name+": it is poisoned", python(t, env, "-I", "-B", "-c", show), "dirty")
		}
		after := snapshot(t, s.path(w.SHA256))
		delete(before, usedName)
		delete(after, usedName)
		if !env.Shared {
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s: the store is another:\n%s", name, diff)
			}
		}
		opened := 0
		mended := create(t, s, py, tt.opt, wheelOf(spec.filename(), spec.pack(t), &opened))
		mustEqual(t, name+": unpacked again", opened, boolInt(env.Shared))
		mustEqual(t, name+": afterwards", python(t, mended, "-I", "-B", "-c", show), "clean")
		checkWhole(t, s)
	}
}

// What is gone from the store is noticed and unpacked again.
func TestMends(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	spec := package1("mod", "x = 1\n")
	for name, remove := range map[string]string{
		"a file": "files/mod/__init__.py", "METADATA": "files/mod-1.0.dist-info/METADATA", "manifest": manifestName,
		"a .pyc":               pycName(py) + "/files/" + pycPath("mod/__init__.py", py.CacheTag),
		"the list of .pycs":    pycName(py) + "/" + manifestName,
		"all files":            "files",
		"the whole wheel":      ".",
		"a folder":             "files/mod",
		"all that is compiled": pycName(py),
		"a source to compile":  "files/mod/__init__.py " + pycName(py),
	} {
		s := OpenStore(t.TempDir())
		w := spec.wheel(t)
		create(t, s, py, Options{}, w)
		for what := range strings.FieldsSeq(remove) {
			must(t, os.RemoveAll(filepath.Join(s.path(w.SHA256), filepath.FromSlash(what))))
		}
		env := create(t, s, py, Options{}, w)
		mustEqual(t, name, python(t, env, "-I", "-c", "import mod; print(mod.x)"), "1")
		if _, err := os.Stat(filepath.Join(env.Site[0], filepath.FromSlash(pycPath("mod/__init__.py", py.CacheTag)))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkWhole(t, s)
	}
}

// Whoever gives up gets no environment, and no error of the store.
func TestCancelled(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	spec := many()
	w := wheelOf(spec.filename(), spec.pack(t), nil)
	open := w.Open
	w.Open = func(ctx context.Context) (File, error) {
		cancel(enough)
		return open(ctx)
	}
	dir := filepath.Join(t.TempDir(), "env")
	if _, err := s.Create(ctx, dir, py, []Wheel{w}, Options{}); !errors.Is(err, enough) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("half an environment is left")
	}
	if st, err := s.Stats(); err != nil || st.Other != 0 {
		t.Errorf("%+v, %v", st, err)
	}
}
