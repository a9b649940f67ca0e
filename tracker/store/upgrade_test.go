package store_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

// A released schema's fixtures are made once, before its release.
var fixture = flag.Bool("fixture", false, "make the fixtures of the newest schema")

// fixtures are the schemas that were released: testdata has a dump of a store of
// each by both databases, and what it says.
func fixtures() []int { return []int{1, 2} }

func fixtureFile(schema int, kind string) string {
	return filepath.Join("testdata", fmt.Sprintf("schema-%d.%s", schema, kind))
}

func TestReleasedSchemasSQLite(t *testing.T) {
	t.Parallel()
	if *fixture {
		where := filepath.Join(t.TempDir(), "track.db")
		s := storetest.Open(t, where, frozen())
		storetest.Populate(t, s)
		newest := fixtures()[len(fixtures())-1]
		write(t, fixtureFile(newest, "json"), storetest.Dump(t, s)+"\n")
		write(t, fixtureFile(newest, "sqlite.sql"), dumpSQLite(t, where))
	}
	released(t, "sqlite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "track.db") })
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// released upgrades stores of all released schemas: they say what they said.
func released(t *testing.T, database string, fresh func(t *testing.T) string) {
	t.Helper()
	for _, schema := range fixtures() {
		where := fresh(t)
		text, err := os.ReadFile(fixtureFile(schema, database+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := storetest.Raw(t, where).ExecContext(t.Context(), string(text)); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(fixtureFile(schema, "json"))
		if err != nil {
			t.Fatal(err)
		}
		upgraded, backup := false, ""
		o := frozen()
		o.OnUpgrade = func(from, _ int64, path string) { upgraded, backup = from == int64(schema), path }
		s := storetest.Open(t, where, o)
		if got := storetest.Dump(t, s) + "\n"; got != string(want) {
			t.Errorf("schema %d: %d bytes of facts, not %d", schema, len(got), len(want))
		}
		newest := fixtures()[len(fixtures())-1]
		if upgraded != (schema < newest) {
			t.Errorf("schema %d: upgraded %t", schema, upgraded)
		}
		if upgraded && database == "sqlite" {
			copied(t, backup, schema, string(want))
		}
		r, err := s.Verify(t.Context())
		if err != nil || !r.OK() {
			t.Errorf("schema %d: %+v, %v", schema, r, err)
		}
		tell := storetest.Story{Seed: 1, Looks: 3, Files: 2}
		for _, b := range tell.Batches(77) {
			if _, err := s.Record(t.Context(), b); err != nil {
				t.Error(err)
			}
		}
	}
}

// copied checks that a copy that was made before an upgrade is of the old schema, and
// has what the store had.
func copied(t *testing.T, backup string, schema int, want string) {
	t.Helper()
	o := frozen()
	o.ReadOnly = true
	_, err := store.Open(t.Context(), backup, o)
	if e, ok := errors.AsType[*store.SchemaError](err); !ok || e.Have != int64(schema) {
		t.Errorf("the copy before the upgrade from %d: %v", schema, err)
	}
	if got := storetest.Dump(t, storetest.Open(t, backup, frozen())) + "\n"; got != want {
		t.Errorf("the copy before the upgrade from %d has %d bytes of facts, not %d", schema, len(got), len(want))
	}
}

// dumpSQLite returns the statements that make a file.
func dumpSQLite(t *testing.T, where string) string {
	t.Helper()
	db := storetest.Raw(t, where)
	strs := func(query string) []string {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		defer rows.Close()
		var all []string
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	var b strings.Builder
	fmt.Fprintf(&b, "PRAGMA application_id = %s;\nBEGIN;\n", strs("PRAGMA application_id")[0])
	for _, s := range strs("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid") {
		fmt.Fprintf(&b, "%s;\n", s)
	}
	for _, table := range strs("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid") {
		columns := strs("SELECT name FROM pragma_table_info('" + table + "')")
		query := "SELECT 'INSERT INTO " + table + " VALUES (' || quote(" + strings.Join(columns, ") || ', ' || quote(") + ") || ');' FROM " + table
		for _, s := range strs(query) {
			fmt.Fprintln(&b, s)
		}
	}
	for _, s := range strs("SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid") {
		fmt.Fprintf(&b, "%s;\n", s)
	}
	b.WriteString("COMMIT;\n")
	return b.String()
}

// A store is copied, then brought up to date, and once only.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "track.db")
	s := storetest.Open(t, where, frozen())
	storetest.Populate(t, s)
	want := storetest.Dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o := frozen()
	o.ReadOnly = true
	_, err := store.OpenBy(t.Context(), where, o, later(t))
	if e, ok := errors.AsType[*store.SchemaError](err); !ok || e.Newer() {
		t.Errorf("upgraded by reading: %v", err)
	}
	var told []string
	o = frozen()
	o.OnUpgrade = func(from, to int64, backup string) {
		told = append(told, fmt.Sprint(from < to, " ", strings.TrimPrefix(backup, where)))
	}
	for range 2 {
		s, err := store.OpenBy(t.Context(), where, o, later(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := storetest.Dump(t, s); got != want {
			t.Errorf("after the upgrade: %d bytes of facts, not %d", len(got), len(want))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	newest := fixtures()[len(fixtures())-1]
	suffix := fmt.Sprintf(".schema-%d.backup", newest)
	if len(told) != 1 || told[0] != "true "+suffix {
		t.Errorf("told %q", told)
	}
	left, err := filepath.Glob(where + "*")
	if err != nil || len(left) != 2 {
		t.Errorf("files left: %q, %v", left, err)
	}
	if got := storetest.Dump(t, storetest.Open(t, where+suffix, frozen())); got != want {
		t.Errorf("the copy holds %d bytes of facts, not %d", len(got), len(want))
	}
	if _, err := store.Open(t.Context(), where, frozen()); err == nil {
		t.Error("this program opened a store of the future")
	}
}

// A step that fails changes nothing.
func TestUpgradeFails(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "track.db")
	s := storetest.Open(t, where, frozen())
	storetest.Populate(t, s)
	want := storetest.Dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	steps, ok := later(t).(fstest.MapFS)
	if !ok {
		t.Fatal("the steps are not of a test")
	}
	steps["sqlite/90000_test.sql"].Data = []byte("-- +goose Up\nCREATE TABLE half (x TEXT);\nCREATE NONSENSE;\n")
	if _, err := store.OpenBy(t.Context(), where, frozen(), steps); err == nil || !strings.Contains(err.Error(), where) {
		t.Errorf("nonsense was done: %v", err)
	}
	s = storetest.Open(t, where, frozen())
	if got := storetest.Dump(t, s); got != want {
		t.Errorf("after a step that failed: %d bytes of facts, not %d", len(got), len(want))
	}
	var n int
	if err := storetest.Raw(t, where).QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").Scan(&n); err != nil || n != 0 {
		t.Errorf("half of a step is left: %d, %v", n, err)
	}
}
