package pgtest

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What was committed outlives the server; what was not, and the connections, do not.
func TestKill(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), programTime)
	defer cancel()
	s, err := New(ctx, "application_name=told")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	where := s.Database(t)
	for round := range 3 {
		c, err := pgx.Connect(ctx, where)
		if err != nil {
			t.Fatal(err)
		}
		var name string
		if err := c.QueryRow(ctx, "SHOW application_name").Scan(&name); err != nil || name != "told" {
			t.Errorf("application_name is %q, %v", name, err)
		}
		if _, err := c.Exec(ctx, "CREATE TABLE IF NOT EXISTS x (y int)"); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := c.QueryRow(ctx, "SELECT count(*) FROM x").Scan(&n); err != nil || n != round {
			t.Errorf("round %d: %d rows, %v", round, n, err)
		}
		if _, err := c.Exec(ctx, "INSERT INTO x VALUES (1)"); err != nil {
			t.Fatal(err)
		}
		tx, err := c.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO x VALUES (2)"); err != nil {
			t.Fatal(err)
		}
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Ping(ctx); err == nil {
			t.Error("a server that was killed answers")
		}
		_ = c.Close(ctx) // it is broken
		if err := s.Restart(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(s.said.String(), "not properly shut down") {
		t.Errorf("it does not say that it recovered:\n%s", s.said)
	}
}
