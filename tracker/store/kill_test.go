package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

func TestKilledSQLite(t *testing.T) {
	t.Parallel()
	killed(t, 50, func(t *testing.T) string { return filepath.Join(t.TempDir(), "track.db") })
}

// killed has updaters killed at random points, so many times, and others take over
// where they were: what is there is sound each time, and in the end it is as if
// nothing had happened. Every fifth time two updaters run and one is killed.
func killed(t *testing.T, times int, fresh func(t *testing.T) string) {
	t.Helper()
	want := undisturbed(t)
	start := time.Now()
	runChild(t, child("update", fresh(t)))
	whole := time.Since(start)
	var kills, stores, during int
	for kills < times {
		where := fresh(t)
		stores++
		for done := false; !done; {
			victim := child("update", where)
			if err := victim.Start(); err != nil {
				t.Fatal(err)
			}
			other := child("update", where)
			two := kills%5 == 4
			if two {
				if err := other.Start(); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Duration(rand.Int64N(int64(whole) / 2)))
			if err := victim.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			done = victim.Wait() == nil
			if !done {
				kills++
			}
			if two {
				if err := other.Wait(); err != nil {
					t.Fatalf("the other updater: %v", err)
				}
				done = true
			}
			if facts := inspectKilled(t, where); facts > 0 && !done {
				during++
			}
		}
		s := storetest.Open(t, where, frozen())
		if err := doWork(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if got := storetest.Dump(t, s); got != want {
			t.Fatalf("after %d kills: %d bytes of facts, not %d", kills, len(got), len(want))
		}
	}
	t.Logf("%d kills in %d stores, %d of them amid the work; a whole run takes %v", kills, stores, during, whole)
	if during == 0 {
		t.Error("no kill came amid the work")
	}
}

// inspectKilled fails the test if a store that was left as it was is not sound, and
// returns how many looks it holds.
func inspectKilled(t *testing.T, where string) int64 {
	t.Helper()
	o := frozen()
	o.MustExist = true
	s, err := store.Open(t.Context(), where, o)
	if errors.Is(err, store.ErrMissing) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Faults {
		t.Errorf("after a kill: %s", f)
	}
	return r.Rows["observation"]
}

// later are steps to a schema of the future, which take some time.
func later(t interface{ Fatal(...any) }) fs.FS {
	steps := fstest.MapFS{}
	for _, db := range []string{"sqlite", "postgres"} {
		entries, err := store.Migrations.ReadDir("migrations/" + db)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := store.Migrations.ReadFile("migrations/" + db + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			steps[db+"/"+e.Name()] = &fstest.MapFile{Data: data}
		}
		integer := map[string]string{"sqlite": "INTEGER", "postgres": "BIGINT"}[db]
		for i, text := range []string{
			"ALTER TABLE observation ADD COLUMN note TEXT NOT NULL DEFAULT '';",
			"CREATE TABLE squares (n " + integer + " PRIMARY KEY, square " + integer + " NOT NULL);\n" +
				"INSERT INTO squares WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000) SELECT n, n * n FROM c;",
		} {
			steps[fmt.Sprintf("%s/9000%d_test.sql", db, i)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
		}
	}
	return steps
}

type fatal struct{}

func (fatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// childUpgrade opens a store as a program of the future does.
func childUpgrade(ctx context.Context, place string) error {
	s, err := store.OpenBy(ctx, place, frozen(), later(fatal{}))
	if err != nil {
		return err
	}
	return s.Close()
}

// An upgrade that is killed leaves the store before or after each step, and the
// copy that was made is whole or is not taken for one.
func TestKilledUpgrade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "old.db")
	s := storetest.Open(t, old, frozen())
	storetest.Populate(t, s)
	want := storetest.Dump(t, s)
	for i := range 12 {
		where := filepath.Join(dir, fmt.Sprint(i), "track.db")
		if err := os.Mkdir(filepath.Dir(where), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), where); err != nil {
			t.Fatal(err)
		}
		victim := child("upgrade", where)
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(200 * time.Millisecond))))
		if err := victim.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = victim.Wait()
		after, err := store.OpenBy(t.Context(), where, frozen(), later(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := storetest.Dump(t, after); got != want {
			t.Errorf("after an upgrade that was killed: %d bytes of facts, not %d", len(got), len(want))
		}
		var squares int
		if err := storetest.Raw(t, where).QueryRow("SELECT count(*) FROM squares").Scan(&squares); err != nil || squares != 50000 {
			t.Errorf("%d rows of the new table, %v", squares, err)
		}
		if err := after.Close(); err != nil {
			t.Error(err)
		}
		copies, err := filepath.Glob(where + ".schema-*.backup")
		if err != nil || len(copies) == 0 {
			t.Errorf("copies %q, %v", copies, err)
		}
		for _, c := range copies {
			saved, err := store.OpenBy(t.Context(), c, frozen(), later(t)) // it may be of a schema in between
			if err != nil {
				t.Fatal(err)
			}
			if storetest.Dump(t, saved) != want {
				t.Errorf("copy %s holds something else", c)
			}
			if err := saved.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
