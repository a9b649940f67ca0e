//go:build unix

package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/lockfile"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// configureScript does what CPython's does for us: it takes a prefix and makes a
// Makefile in the directory it is run in.
const configureScript = `#!/bin/sh
set -e
for a; do case $a in --prefix=*) prefix=${a#--prefix=};; esac; done
echo "$@" >arguments
echo "checking for gcc... $CC"
echo "checking whether we hang... ${CFLAGS:-no}"
case $CFLAGS in hang) echo waiting >waiting; sleep 1000;; esac
t=; case " $* " in *" --disable-gil "*) t=t;; esac
sed -e "s|@src@|$(dirname "$0")|" -e "s|@prefix@|$prefix|" -e "s|@t@|$t|" "$(dirname "$0")/Makefile.pre.in" >Makefile
`

// makefile compiles three "objects" and notes in a file each time it does one.
const makefile = `prefix = @prefix@
all: one.o two.o three.o
	@echo 'The necessary bits to build these optional modules were not found:'
	@echo '_dbm                      _gdbm                                            '
	@echo 'To find the necessary bits, look in configure.ac and config.log.'
one.o:
	echo one >>made; cp @src@/one.c one.o
two.o: one.o
	@case "$$CFLAGS" in *hang-make*) echo waiting >waiting; echo half >$@; exec sleep 1000; esac
	@case "$$CFLAGS" in *bad*) echo "two.c:1:1: error: no such thing" >&2; exit 1; esac
	echo two >>made; cp @src@/one.c two.o
three.o: two.o
	echo three >>made; cp @src@/one.c three.o
install: all
	mkdir -p $(DESTDIR)$(prefix)/bin
	case "$$CFLAGS" in *hang-install*) echo waiting >waiting; sleep 1000; esac
	printf '#!/bin/sh\necho Python\n' >$(DESTDIR)$(prefix)/bin/python3.13@t@
	chmod +x $(DESTDIR)$(prefix)/bin/python3.13@t@
	cat one.o two.o three.o >$(DESTDIR)$(prefix)/objects
`

// fakeSource is a source of CPython 3.13.5 as far as we look at one.
func fakeSource() map[string]string {
	return map[string]string{
		"Python-3.13.5/configure":            configureScript,
		"Python-3.13.5/Makefile.pre.in":      makefile,
		"Python-3.13.5/one.c":                "int one;\n",
		"Python-3.13.5/Include/patchlevel.h": "#define PY_MAJOR_VERSION 3\n#define PY_VERSION              \"3.13.5\"\n",
	}
}

// archive packs files; a name that ends in a slash is a directory, and content
// that begins with "->" a link.
func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(tarOf(t, files)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "Python-3.13.5.tgz", b.Bytes())
}

func tarOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Unix(1_700_000_000, 0), Typeflag: tar.TypeReg}
		if strings.HasSuffix(name, "/configure") {
			h.Mode = 0o755
		}
		content := files[name]
		if target, ok := strings.CutPrefix(content, "->"); ok {
			h.Typeflag, h.Linkname, h.Size, content = tar.TypeSymlink, target, 0, ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func python(t *testing.T, s string) wheeltags.Python {
	t.Helper()
	p, err := wheeltags.ParsePython(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// options build the source below a new directory; variables are NAME=value.
func options(t *testing.T, source string, variables ...string) Options {
	t.Helper()
	data := t.TempDir()
	return Options{
		Python: python(t, "3.13t"), Source: source, Work: filepath.Join(data, "build"), Jobs: 2,
		Prefix: func(v wheeltags.Python, _ string) string {
			return filepath.Join(data, "runtimes", "cpython-"+v.String())
		},
		Getenv: getenv(variables...),
	}
}

func getenv(variables ...string) func(string) string {
	return func(name string) string {
		for _, v := range variables {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return os.Getenv(name)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBuild(t *testing.T) {
	t.Parallel()
	o := options(t, archive(t, fakeSource()), "PYTHONHOME=/nowhere")
	var steps []Step
	totals := map[Step]string{}
	o.OnStep = func(s Step, done, total int) {
		if len(steps) == 0 || steps[len(steps)-1] != s {
			steps = append(steps, s)
		}
		totals[s] = fmt.Sprintf("%d/%d", done, total)
	}
	checked := ""
	o.Check = func(_ context.Context, python string) error {
		checked = python
		if _, err := os.Stat(o.Prefix(o.Python, "")); err == nil {
			t.Error("the prefix is there before it was checked")
		}
		return exec.Command(python).Run()
	}
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := &Result{
		Version: python(t, "3.13.5t"), Prefix: o.Prefix(python(t, "3.13.5t"), ""), SHA256: r.SHA256, Missing: []string{"_dbm", "_gdbm"},
		Python: filepath.Join(o.Prefix(python(t, "3.13.5t"), ""), "bin", "python3.13t"), Log: filepath.Join(o.Work, "3.13.5t.log"),
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	if !strings.HasSuffix(checked, r.Python) {
		t.Errorf("checked %s, which is not to become %s", checked, r.Python)
	}
	if diff := cmp.Diff([]Step{StepUnpack, StepConfigure, StepMake, StepInstall}, steps); diff != "" {
		t.Error(diff)
	}
	if got := totals[StepMake]; got != "8/8" {
		t.Errorf("make ended at %s", got)
	}
	log := read(t, r.Log)
	for _, want := range []string{"--disable-gil", "--prefix=" + r.Prefix, "echo three >>made"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	left, err := filepath.Glob(filepath.Join(o.Work, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if diff := cmp.Diff([]string{"3.13.5t.log", "lock", "sources.json"}, left); diff != "" {
		t.Error(diff)
	}

	// Again: nothing is built. The other flavour: another prefix.
	if r, err = Build(t.Context(), o); err != nil || !r.Existed {
		t.Errorf("%+v, %v", r, err)
	}
	o.Python, o.Check = python(t, "3.13.5"), nil
	if r, err = Build(t.Context(), o); err != nil || r.Existed || filepath.Base(r.Python) != "python3.13" {
		t.Errorf("%+v, %v", r, err)
	}
	if strings.Contains(read(t, r.Log), "--disable-gil") {
		t.Error("the GIL build was configured with --disable-gil")
	}
}

// A directory is built elsewhere, and stays as it is.
func TestBuildDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpacked(t, archive(t, fakeSource()), dir)
	src := filepath.Join(dir, "Python-3.13.5")
	before, _, err := digestSource(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Build(t.Context(), options(t, src))
	if err != nil {
		t.Fatal(err)
	}
	after, _, err := digestSource(t.Context(), src)
	if err != nil || after != before || r.SHA256 != before {
		t.Errorf("digests %s before, %s after, %s in the result (%v)", before, after, r.SHA256, err)
	}
	for _, tt := range []struct {
		name    string
		differs bool
	}{{"__pycache__/x.pyc", false}, {".git/config", false}, {"Lib/os.py", true}} {
		file := filepath.Join(src, tt.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		if got, _, err := digestSource(t.Context(), src); err != nil || (got != before) != tt.differs {
			t.Errorf("with %s: %s, %v", tt.name, got, err)
		}
	}
	if err := os.WriteFile(filepath.Join(src, "Makefile"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), options(t, src)); err == nil || !strings.Contains(err.Error(), "make distclean") {
		t.Errorf("a configured source: %v", err)
	}
}

func unpacked(t *testing.T, name, dir string) {
	t.Helper()
	if err := unpackArchive(t.Context(), &Options{Source: name, Getenv: os.Getenv}, dir); err != nil {
		t.Fatal(err)
	}
}

// The same source in every compression.
func TestCompressions(t *testing.T) {
	t.Parallel()
	tgz := archive(t, fakeSource())
	for _, tt := range []struct{ name, tool string }{
		{"plain.tar", "cat"}, {"a.tar.bz2", "bzip2"}, {"a.tar.xz", "xz"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			packed, err := exec.Command("sh", "-c", `gzip -dc "$1" | `+tt.tool, "sh", tgz).Output()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Build(t.Context(), options(t, write(t, tt.name, packed))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := archive(t, fakeSource())
	content := []byte(read(t, good))
	with := func(name, text string) string {
		files := fakeSource()
		files["Python-3.13.5/"+name] = text
		return archive(t, files)
	}
	xz, err := exec.Command("sh", "-c", `gzip -dc "$1" | xz`, "sh", good).Output()
	if err != nil {
		t.Fatal(err)
	}
	digest := "54a35dbc5ed2d4fb4f6e7a4e6b1bc1ec6a3e10e8b3a35b2a3d9a4a8f2a0a4b01"
	for _, tt := range []struct {
		name   string
		source string
		change func(*Options)
		want   string
	}{
		{"other version", good, func(o *Options) { o.Python = python(t, "3.14t") }, "is the source of CPython 3.13.5, not of 3.14"},
		{"other patch release", good, func(o *Options) { o.Python = python(t, "3.13.4t") }, "is the source of CPython 3.13.5, not of 3.13.4"},
		{"pre-release", with("Include/patchlevel.h", "#define PY_VERSION \"3.13.0rc1+\"\n"), func(o *Options) { o.Python = python(t, "3.13.0t") }, "is the source of CPython 3.13.0rc1, not of 3.13.0"},
		{"no flavour of it", with("Include/patchlevel.h", "#define PY_VERSION \"3.12.1\"\n"), nil, "is the source of CPython 3.12.1, not of 3.13"},
		{"wrong digest", good, func(o *Options) { o.SHA256 = digest }, "not " + digest},
		{"no digest", good, func(o *Options) { o.SHA256 = "abc" }, "not a SHA-256 digest"},
		{"missing", "nowhere.tgz", nil, "nowhere.tgz: no such file"},
		{"no source", archive(t, map[string]string{"a/b": "c"}), nil, "not a source of CPython"},
		{"no version", with("Include/patchlevel.h", "#define PY_VERSION 3\n"), nil, "no PY_VERSION in Include/patchlevel.h"},
		{"no archive", write(t, "x.tar.gz", []byte("PK\x03\x04 something else")), nil, "neither a tar archive"},
		{"empty", write(t, "x.tar.gz", nil), nil, "neither a tar archive"},
		{"truncated", write(t, "x.tar.gz", content[:len(content)/2]), nil, "unexpected EOF"},
		{"truncated xz", write(t, "x.tar.xz", xz[:len(xz)/2]), nil, "unexpected EOF"},
		{"escapes", archive(t, map[string]string{"a/../../evil": "x"}), nil, `"a/../../evil": it leads out of the archive`},
		{"absolute", archive(t, map[string]string{"/evil": "x"}), nil, "an absolute path"},
		{"link out", archive(t, map[string]string{"a/b": "->../../evil"}), nil, "a link out of the archive"},
		{"absolute link", archive(t, map[string]string{"a/b": "->/etc"}), nil, "an absolute link"},
		{"written through a link", archive(t, map[string]string{"a": "->b", "a/x": "evil"}), nil, "a/x"},
		{"white space", good, func(o *Options) { o.Prefix = func(wheeltags.Python, string) string { return "/a b" } }, "without white space and special"},
		{"no compiler", good, func(o *Options) { o.Getenv = getenv("PATH="+filepath.Dir(look(t, "make")), "CC=no-such-compiler") }, "a C compiler not found"},
		{"no tools", good, func(o *Options) { o.Getenv = getenv("PATH=", "CC=") }, "a C compiler and make not found"},
		{"no xz", write(t, "x.tar.xz", xz), func(o *Options) { o.Getenv = getenv("PATH=") }, "xz not found"},
		{"does not work", good, func(o *Options) { o.Check = func(context.Context, string) error { return errors.New("it sings") } }, "does not work: it sings"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, tt.source)
			if tt.change != nil {
				tt.change(&o)
			}
			r, err := Build(t.Context(), o)
			if err == nil {
				t.Fatalf("built %+v", r)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nlacks %s", err, tt.want)
			}
			if _, err := os.Stat(o.Prefix(python(t, "3.13.5t"), "")); err == nil {
				t.Error("and yet there is a prefix")
			}
			if evil, _ := filepath.Glob(filepath.Join(o.Work, "evil")); evil != nil {
				t.Error(evil)
			}
			if parts, _ := filepath.Glob(filepath.Join(o.Work, "*.part")); parts != nil {
				t.Error(parts)
			}
			if kept, _ := filepath.Glob(filepath.Join(o.Work, "source-*")); kept != nil && strings.Contains(tt.want, "not a source") {
				t.Error(kept)
			}
		})
	}
}

func look(t *testing.T, program string) string {
	t.Helper()
	name, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// The first source of a version is the one that will do from then on, unless
// another is asked for by its digest.
func TestPin(t *testing.T) {
	t.Parallel()
	first := archive(t, fakeSource())
	files := fakeSource()
	files["Python-3.13.5/evil.c"] = "int evil;"
	second := archive(t, files)
	o := options(t, first)
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Python, o.Source = python(t, "3.13"), second
	_, err = Build(t.Context(), o)
	var digestErr *DigestError
	if !errors.As(err, &digestErr) || digestErr.Want != r.SHA256 || digestErr.Version != "3.13.5" {
		t.Fatalf("the second source: %v", err)
	}
	o.SHA256 = strings.ToUpper(digestErr.Got)
	if _, err := Build(t.Context(), o); err != nil {
		t.Fatalf("with its digest: %v", err)
	}
	o.Python, o.SHA256, o.Source = python(t, "3.13td"), "", first
	if _, err := Build(t.Context(), o); !errors.As(err, &digestErr) {
		t.Fatalf("the first source, after the second: %v", err)
	}
}

func TestMakeFails(t *testing.T) {
	t.Parallel()
	o := options(t, archive(t, fakeSource()), "CFLAGS=bad")
	_, err := Build(t.Context(), o)
	var step *StepError
	if !errors.As(err, &step) || step.Step != StepMake || step.Last != "two.c:1:1: error: no such thing" {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), step.Log) || !strings.Contains(read(t, step.Log), step.Last) {
		t.Errorf("%v: the log is %s", err, read(t, step.Log))
	}
	// Mended, it goes on: nothing is configured again.
	o.Getenv = getenv("CFLAGS=")
	o.OnStep = func(s Step, _, _ int) {
		if s == StepConfigure || s == StepUnpack {
			t.Errorf("%s again", s)
		}
	}
	if _, err := Build(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// A build that is stopped ends at once, leaves no process, and the next one goes
// on from there.
func TestStopAndResume(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flags string
		step  Step
		again []Step
	}{
		{"hang", StepConfigure, []Step{StepConfigure, StepMake, StepInstall}},
		{"hang-make", StepMake, []Step{StepMake, StepInstall}},
		{"hang-install", StepInstall, []Step{StepMake, StepInstall}},
	} {
		t.Run(string(tt.step), func(t *testing.T) {
			t.Parallel()
			o := options(t, archive(t, fakeSource()), "CFLAGS="+tt.flags)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var at atomic.Value
			o.OnStep = func(s Step, _, _ int) { at.Store(s) }
			done := make(chan error, 1)
			go func() {
				_, err := Build(ctx, o)
				done <- err
			}()
			eventually(t, func() bool { return waiting(o) != "" })
			if at.Load() != tt.step {
				t.Errorf("stopped in %v", at.Load())
			}
			began := time.Now()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if took := time.Since(began); took > grace {
				t.Errorf("it took %v to stop", took)
			}
			if building(t, o) {
				t.Error("processes are left")
			}
			var again []Step
			o.Getenv = getenv("CFLAGS=")
			o.OnStep = func(s Step, _, _ int) {
				if len(again) == 0 || again[len(again)-1] != s {
					again = append(again, s)
				}
			}
			r, err := Build(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.again, again); diff != "" {
				t.Error(diff)
			}
			if got := read(t, filepath.Join(r.Prefix, "objects")); got != strings.Repeat("int one;\n", 3) {
				t.Errorf("installed %q", got)
			}
		})
	}
}

// waiting returns the build directory in which a build waits to be stopped, ""
// while none does.
func waiting(o Options) string {
	found, _ := filepath.Glob(filepath.Join(o.Work, "*", "build", "waiting"))
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[0])
}

// building reports whether any process of a build lives: each has the lock.
func building(t *testing.T, o Options) bool {
	t.Helper()
	l, free, err := lockfile.Try(filepath.Join(o.Work, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if !free {
		return true
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return false
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}
