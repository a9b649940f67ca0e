package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

// What is no store is neither opened nor changed.
func TestNoStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.db")
	if _, err := storetest.Raw(t, foreign).Exec("CREATE TABLE bookmarks (url TEXT)"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "text"), strings.Repeat("this is no database\n", 500))
	write(t, filepath.Join(dir, "short"), "x")
	for name, want := range map[string]error{
		"foreign.db": store.ErrNoStore, "text": store.ErrNoStore, "short": store.ErrNoStore, ".": store.ErrNoStore, "text/below": nil,
	} {
		place := filepath.Join(dir, name)
		before, _ := os.ReadFile(place)
		for _, readOnly := range []bool{false, true} {
			o := frozen()
			o.ReadOnly = readOnly
			s, err := store.Open(t.Context(), place, o)
			if err == nil {
				s.Close()
			}
			if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), place) {
				t.Errorf("%s, reading %v: %v", name, readOnly, err)
			}
		}
		if after, _ := os.ReadFile(place); string(before) != string(after) {
			t.Errorf("%s was changed", name)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 3 {
		t.Errorf("files %q, %v", left, err)
	}
}

// An empty file becomes a store, and a path may look however it likes.
func TestPaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "empty"), "")
	for _, name := range []string{"empty", "a b.db", "what?.db", "100%25#.db", "new/dir/ü'\".db", "file:x.db"} {
		place := filepath.Join(dir, name)
		s := storetest.Open(t, place, frozen())
		storetest.Populate(t, s)
		if err := s.Backup(t.Context(), place+".backup"); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(place); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// A file that lost a part says so.
func TestDamaged(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "track.db")
	s := storetest.Open(t, where, frozen())
	if err := doWork(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := storetest.Dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(where)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	check := func(what string, data []byte) {
		t.Helper()
		write(t, where, string(data))
		s, err := store.Open(t.Context(), where, frozen())
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNoStore) {
				t.Errorf("%s: %v", what, err)
			}
			found++
			return
		}
		defer s.Close()
		r, err := s.Verify(t.Context())
		if err == nil && r.OK() && storetest.Dump(t, s) != want { // else it was unused space
			t.Errorf("%s: nothing was found", what)
		}
		if err != nil || !r.OK() {
			found++
		}
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	check("cut off", whole[:len(whole)/2])
	check("cut off within a page", whole[:len(whole)-1000])
	for at := 4096; at < len(whole); at += len(whole) / 40 {
		data := append([]byte{}, whole...)
		for i := at; i < min(at+512, len(data)); i++ {
			data[i] ^= 0x55
		}
		check("overwritten", data)
	}
	if found < 30 {
		t.Errorf("%d of 42 damages were found", found)
	}
}
