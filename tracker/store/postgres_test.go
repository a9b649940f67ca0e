package store_test

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	fresh := func(t *testing.T) string { return server.Database(t) }
	storetest.Run(t, fresh)
	for name, run := range map[string]func(t *testing.T, server *pgtest.Server){
		"Killed":   func(t *testing.T, _ *pgtest.Server) { killed(t, 50, fresh) },
		"Released": postgresReleased, "RefusalsOfServers": postgresRefusals, "Moved": postgresMoved, "SameSchema": sameSchema, "Indexes": postgresIndexes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, server)
		})
	}
}

func postgresReleased(t *testing.T, server *pgtest.Server) {
	if *fixture {
		where := server.Database(t)
		s := storetest.Open(t, where, frozen())
		storetest.Populate(t, s)
		out, err := exec.CommandContext(t.Context(), server.Program("pg_dump"), "--inserts", "--no-owner", "-d", where).Output()
		if err != nil {
			t.Fatal(err)
		}
		var kept []string
		for line := range strings.Lines(string(out)) {
			// Neither what only psql understands, nor what tells of one machine.
			if !strings.HasPrefix(line, `\`) && !strings.HasPrefix(line, "--") && strings.TrimSpace(line) != "" {
				kept = append(kept, line)
			}
		}
		newest := fixtures()[len(fixtures())-1]
		write(t, fixtureFile(newest, "postgres.sql"), strings.Join(kept, ""))
	}
	released(t, "postgres", func(t *testing.T) string { return server.Database(t) })
}

// What a server refuses is said in the same words, and no password.
func postgresRefusals(t *testing.T, server *pgtest.Server) {
	ctx := t.Context()
	if _, err := store.Open(ctx, server.URL("no-such-database"), frozen()); !errors.Is(err, store.ErrMissing) {
		t.Errorf("a database that is not there: %v", err)
	}
	for _, where := range []string{
		"postgres://somebody:s3cret@127.0.0.1:1/nothing?connect_timeout=2", "postgresql://somebody@127.0.0.1:1/nothing?password=s3cret&connect_timeout=2",
		"postgres://somebody:s3cret@[::bad/x", "postgres://somebody:s3cret@127.0.0.1:not-a-port/x", "postgres://somebody@127.0.0.1/x?password=s3cret&port=nine",
		"postgres://somebody@127.0.0.1/x?password=s3cret;port=1&sslmode=perhaps", "postgres://somebody@127.0.0.1/x?sslpassword=s3cret&sslmode=perhaps",
	} {
		if _, err := store.Open(ctx, where, frozen()); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", where, err)
		}
	}
	where := server.Database(t)
	s := storetest.Open(t, where, frozen())
	storetest.Populate(t, s)
	// A standby, or a database that its owner closed.
	closed := where + "&default_transaction_read_only=on"
	locked := storetest.Open(t, closed, frozen())
	b := &evidence.Batch{Observation: evidence.Observation{Project: "p", At: storetest.Begin().AddDate(1, 0, 0), Outcome: vocab.ObservedMissing}}
	if _, err := locked.Record(ctx, b); !errors.Is(err, store.ErrReadOnly) || !strings.Contains(err.Error(), "postgres://") {
		t.Errorf("recorded where nothing may be written: %v", err)
	}
	if _, err := locked.History(ctx, "p"); err != nil {
		t.Error(err)
	}
	if _, err := store.Open(ctx, server.Database(t)+"&default_transaction_read_only=on", frozen()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("made where nothing may be written: %v", err)
	}
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), "s3cret")
	named := storetest.Open(t, u.String(), frozen())
	if strings.Contains(named.Name(), "s3cret") {
		t.Errorf("name %s", named.Name())
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.History(cancelled, "p"); !errors.Is(err, context.Canceled) {
		t.Errorf("asked by nobody: %v", err)
	}
}

// A store that grew too large for a file moves to a server with all that it holds.
func postgresMoved(t *testing.T, server *pgtest.Server) {
	file := storetest.Open(t, filepath.Join(t.TempDir(), "track.db"), frozen())
	storetest.Populate(t, file)
	moved := storetest.Open(t, server.Database(t), frozen())
	if err := store.Copy(t.Context(), file, moved); err != nil {
		t.Fatal(err)
	}
	if got, want := storetest.Dump(t, moved), storetest.Dump(t, file); got != want {
		t.Errorf("%d bytes of facts, not %d", len(got), len(want))
	}
	b := &evidence.Batch{Observation: evidence.Observation{Project: "p", At: storetest.Begin().AddDate(1, 0, 0), Outcome: vocab.ObservedMissing}}
	for _, s := range []*store.Store{file, moved} {
		if _, err := s.Record(t.Context(), b); err != nil {
			t.Error(err)
		}
		if r, err := s.Verify(t.Context()); err != nil || !r.OK() {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if got, want := storetest.Dump(t, moved), storetest.Dump(t, file); got != want {
		t.Errorf("afterwards: %d bytes of facts, not %d", len(got), len(want))
	}
}

// Both databases end in one schema.
func sameSchema(t *testing.T, server *pgtest.Server) {
	columns := func(where, query string) map[string][]string {
		storetest.Open(t, where, frozen())
		rows, err := storetest.Raw(t, where).QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		all := map[string][]string{}
		for rows.Next() {
			var table, name, kind string
			var key int
			if err := rows.Scan(&table, &name, &kind, &key); err != nil {
				t.Fatal(err)
			}
			kind = strings.NewReplacer("bigint", "integer").Replace(strings.ToLower(kind))
			all[table] = append(all[table], name+" "+kind+strings.Repeat(" key", min(key, 1)))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	lite := columns(filepath.Join(t.TempDir(), "track.db"), `SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'ftpkg_schema' ORDER BY m.name, c.cid`)
	post := columns(server.Database(t), `SELECT c.table_name, c.column_name, c.data_type,
		(SELECT count(*) FROM information_schema.table_constraints k JOIN information_schema.key_column_usage u USING (constraint_name, table_name)
			WHERE k.constraint_type = 'PRIMARY KEY' AND u.table_name = c.table_name AND u.column_name = c.column_name)
		FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name <> 'ftpkg_schema' AND c.is_nullable = 'NO'
		ORDER BY c.table_name, c.ordinal_position`)
	if len(lite) < 12 {
		t.Errorf("tables %v", lite)
	}
	for table, want := range lite {
		if got := post[table]; strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s: SQLite has %q, PostgreSQL %q", table, want, got)
		}
	}
	if len(post) != len(lite) {
		t.Errorf("%d tables of SQLite, %d of PostgreSQL", len(lite), len(post))
	}
}

// With the extension for it, verifying reads the indexes too.
func postgresIndexes(t *testing.T, server *pgtest.Server) {
	where := server.Database(t)
	s := storetest.Open(t, where, frozen())
	storetest.Populate(t, s)
	if _, err := storetest.Raw(t, where).ExecContext(t.Context(), "CREATE EXTENSION amcheck"); err != nil {
		t.Fatal(err)
	}
	r, err := s.Verify(t.Context())
	if err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}
}
