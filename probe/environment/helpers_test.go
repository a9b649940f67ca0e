package environment

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A testWheel is a wheel to be packed.
type testWheel struct {
	name, version string
	tags          string            // "py3-none-any" if empty
	files         map[string]string // by path
	exec          []string          // paths of executable files
	requires      []string
	record        func(rows string) string        // changes RECORD
	raw           func(z *zip.Writer, dir string) // adds members that RECORD does not know
}

func (w *testWheel) stem() string { return w.name + "-" + w.version }

func (w *testWheel) filename() string {
	tags := w.tags
	if tags == "" {
		tags = "py3-none-any"
	}
	return w.stem() + "-" + tags + ".whl"
}

func (w *testWheel) pack(t testing.TB) []byte {
	t.Helper()
	info := w.stem() + ".dist-info/"
	files := map[string]string{
		info + "METADATA": "Metadata-Version: 2.1\nName: " + w.name + "\nVersion: " + w.version + "\n",
		info + "WHEEL":    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
	}
	for _, r := range w.requires {
		files[info+"METADATA"] += "Requires-Dist: " + r + "\n"
	}
	maps.Copy(files, w.files)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var record []byte
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o644)
		if slices.Contains(w.exec, name) {
			h.SetMode(0o755)
		}
		f, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
		record = appendRow(record, name, recordDigest(sha256.Sum256([]byte(files[name]))), int64(len(files[name])))
	}
	rows := string(record) + info + "RECORD,,\n"
	if w.record != nil {
		rows = w.record(rows)
	}
	if rows != "" {
		f, err := z.Create(info + "RECORD")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(rows)); err != nil {
			t.Fatal(err)
		}
	}
	if w.raw != nil {
		w.raw(z, info)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// memory is a File in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// wheelOf makes a Wheel of a file's bytes. Opening it is counted.
func wheelOf(filename string, data []byte, opened *int) Wheel {
	return Wheel{Filename: filename, SHA256: sha256.Sum256(data), HasSHA256: true, Open: func(context.Context) (File, error) {
		if opened != nil {
			*opened++
		}
		return memory{bytes.NewReader(data)}, nil
	}}
}

func (w *testWheel) wheel(t testing.TB) Wheel {
	t.Helper()
	return wheelOf(w.filename(), w.pack(t), nil)
}

// interpreter returns what a free-threaded interpreter says of itself.
func interpreter(t testing.TB) *runtime.Info { return ask(t, runtimetest.FreeThreaded(t)) }

func ask(t testing.TB, python string) *runtime.Info {
	t.Helper()
	info, err := runtime.Ask(t.Context(), python)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// python runs code in an environment's interpreter and returns what it prints.
func python(t testing.TB, env *Environment, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), env.Python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", env.Python, strings.Join(args, " "), err, out)
	}
	return strings.TrimRight(string(out), "\r\n")
}

// snapshot returns the contents of all files below a folder by path.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		all[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// create is Store.Create, which must succeed.
func create(t testing.TB, s *Store, py *runtime.Info, opt Options, wheels ...Wheel) *Environment {
	t.Helper()
	env, err := s.Create(t.Context(), filepath.Join(t.TempDir(), "env"), py, wheels, opt)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// package1 is a wheel with a package of one module.
func package1(name, code string) *testWheel {
	return &testWheel{name: name, version: "1.0", files: map[string]string{name + "/__init__.py": code}}
}

func mustEqual[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func lines(s ...string) string { return fmt.Sprintln(strings.Join(s, "\n")) }

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
