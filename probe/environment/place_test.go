package environment

import (
	"os"
	"path/filepath"
	"testing"
)

// A store on another file system than the environment, where there are two, can
// neither be cloned nor linked from.
func TestOtherFileSystem(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	other, err := os.MkdirTemp("/dev/shm", "ftpkg-test-*") //nolint:usetesting // another file system is the point
	if err != nil {
		other = t.TempDir() // there are no two: what follows holds all the same
	}
	t.Cleanup(func() { _ = os.RemoveAll(other) })
	spec := many()
	w := wheelOf(spec.filename(), spec.pack(t), nil)
	env, err := s.Create(t.Context(), filepath.Join(other, "env"), py, []Wheel{w}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "import", python(t, env, "-I", "-c", "import many.p7.m7; print(many.p7.m7.x7)"), "7")
	a, err := os.Stat(filepath.Join(s.path(w.SHA256), filesName, "many", "__init__.py"))
	must(t, err)
	b, err := os.Stat(filepath.Join(env.Site[0], "many", "__init__.py"))
	must(t, err)
	mustEqual(t, "shared", env.Shared, os.SameFile(a, b))
	mustEqual(t, "mode", b.Mode(), a.Mode())
	checkWhole(t, s)
}

// Each way is given up for the next, and links are never tried where copies are
// asked for.
func TestSettle(t *testing.T) {
	t.Parallel()
	unsupported := &os.LinkError{Op: "link", Err: errUnsupportedHere}
	pl := new(placer)
	for _, want := range []int32{byLink, byCopy} {
		if !pl.settle(pl.way.Load(), unsupported) {
			t.Fatal("not given up")
		}
		mustEqual(t, "way", pl.way.Load(), want)
	}
	mustEqual(t, "beyond copying", pl.settle(byCopy, unsupported), false)
	pl = &placer{copy: true}
	mustEqual(t, "copies", pl.settle(byClone, unsupported), true)
	mustEqual(t, "way of copies", pl.way.Load(), byCopy)
	pl = new(placer)
	mustEqual(t, "a file that is there", pl.settle(byLink, &os.LinkError{Op: "link", Err: os.ErrExist}), false)
	// Who comes late with the same news changes nothing.
	pl.way.Store(byCopy)
	mustEqual(t, "late", pl.settle(byClone, unsupported), true)
	mustEqual(t, "way", pl.way.Load(), byCopy)
}
