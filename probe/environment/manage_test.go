package environment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Who takes care that nothing shows at a glance is found by the digest.
func TestVerify(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	spec := package1("mod", "word = 'clean'\n")
	for name, tt := range map[string]struct {
		damage func(t *testing.T, s *Store, entry string)
		want   string
	}{
		"contents": {func(t *testing.T, _ *Store, entry string) {
			file := filepath.Join(entry, filesName, "mod", "__init__.py")
			info, err := os.Stat(file)
			must(t, err, os.Chmod(file, 0o644), os.WriteFile(file, []byte("word = 'dirty'\n"), 0o644),
				os.Chmod(file, info.Mode()), os.Chtimes(file, info.ModTime(), info.ModTime()))
		}, "mod/__init__.py: its digest is another"},
		"added": {func(t *testing.T, _ *Store, entry string) {
			must(t, os.WriteFile(filepath.Join(entry, filesName, "mod", "more.py"), nil, 0o444))
		}, "mod/more.py: it was not in the wheel"},
		"removed": {func(t *testing.T, _ *Store, entry string) {
			must(t, os.Remove(filepath.Join(entry, filesName, "mod", "__init__.py")))
		}, "mod/__init__.py: it is gone"},
		"replaced by a link": {func(t *testing.T, _ *Store, entry string) {
			file := filepath.Join(entry, filesName, "mod", "__init__.py")
			must(t, os.Rename(file, file+"2"), os.Symlink(file+"2", file))
		}, "mod/__init__.py: it is no regular file"},
		"manifest": {func(t *testing.T, _ *Store, entry string) {
			must(t, os.Remove(filepath.Join(entry, manifestName)), os.WriteFile(filepath.Join(entry, manifestName), []byte("x"), 0o444))
		}, "damaged manifest"},
		".pyc": {func(t *testing.T, _ *Store, entry string) {
			file := filepath.Join(entry, pycName(py), filesName, filepath.FromSlash(pycPath("mod/__init__.py", py.CacheTag)))
			must(t, os.Remove(file), os.WriteFile(file, []byte("x"), 0o444))
		}, "changed since it was unpacked"},
	} {
		s := OpenStore(t.TempDir())
		w := spec.wheel(t)
		create(t, s, py, Options{}, w)
		checkWhole(t, s)
		tt.damage(t, s, s.path(w.SHA256))
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Damaged) != 1 || !strings.Contains(v.Damaged[0].String(), tt.want) {
			t.Errorf("%s: %v, %v", name, v.Damaged, err)
		}
		if st, err := s.Stats(); err != nil || st.Wheels != 0 {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
		mustEqual(t, name, python(t, create(t, s, py, Options{}, w), "-I", "-c", "import mod; print(mod.word)"), "clean")
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	s := OpenStore(t.TempDir())
	old, fresh, damaged := package1("old", "").wheel(t), package1("fresh", "").wheel(t), package1("damaged", "").wheel(t)
	create(t, s, py, Options{}, old, fresh, damaged)
	now := time.Now()
	long := now.Add(-100 * 24 * time.Hour)
	must(t, os.Chtimes(s.path(old.SHA256), long, long), os.WriteFile(filepath.Join(s.path(fresh.SHA256), usedName), nil, 0o600),
		os.Chtimes(s.path(fresh.SHA256), long, long),
		os.Remove(filepath.Join(s.path(damaged.SHA256), manifestName)),
		os.MkdirAll(filepath.Join(s.Dir(), formatPrefix+"0", "something"), 0o755),
		os.WriteFile(filepath.Join(s.root, "stray"), []byte("x"), 0o600),
		os.WriteFile(filepath.Join(s.Dir(), "mine"), []byte("x"), 0o600))
	removed, err := s.Prune(now, 90*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "wheels removed", removed.Wheels, 2)
	mustEqual(t, "others removed", removed.Other, 2)
	if st, err := s.Stats(); err != nil || st.Wheels != 1 || st.Compiled != 1 || st.Other != 0 || st.Bytes == 0 {
		t.Errorf("%+v, %v", st, err)
	}
	checkWhole(t, s)
	if removed, err := s.Prune(now, 0); err != nil || !removed.IsZero() {
		t.Errorf("again: %+v, %v", removed, err)
	}
	if all, err := s.Clean(); err != nil || all.Wheels != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if st, err := s.Stats(); err != nil || !st.IsZero() {
		t.Errorf("after Clean: %+v, %v", st, err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir(), "mine")); err != nil {
		t.Errorf("Clean removed what is not its own: %v", err)
	}
	none := OpenStore(filepath.Join(t.TempDir(), "none"))
	if st, err := none.Stats(); err != nil || !st.IsZero() {
		t.Errorf("no store: %+v, %v", st, err)
	}
	if st, err := none.Prune(now, 0); err != nil || !st.IsZero() {
		t.Errorf("no store: %+v, %v", st, err)
	}
	if st, err := none.Clean(); err != nil || !st.IsZero() {
		t.Errorf("no store: %+v, %v", st, err)
	}
}
