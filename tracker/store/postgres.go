package store

import (
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/ftpkg/ftpkg/internal/silence"
)

// idleLimit is how long a session may do nothing in the midst of a transaction, in
// milliseconds. A machine that is cut off from the database leaves such sessions
// behind, and nobody tells the database: until it notices by itself, which takes it
// hours, they would keep everybody from the projects they were at.
const idleLimit = "60000"

// connectPostgres returns the connections to a database, not yet made. What the
// address says of the session holds.
func connectPostgres(where string, limit *silence.Limit) (*sql.DB, error) {
	config, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, err
	}
	const setting = "idle_in_transaction_session_timeout"
	if _, said := config.RuntimeParams[setting]; !said {
		config.RuntimeParams[setting] = idleLimit
	}
	config.DialFunc = pgconn.DialFunc(limit.Watch(silence.DialFunc(config.DialFunc)))
	return stdlib.OpenDB(*config), nil
}
