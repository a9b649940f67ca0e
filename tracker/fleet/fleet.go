package fleet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/ftpkg/ftpkg/internal/silence"
	"github.com/ftpkg/ftpkg/tracker"
)

// ErrNoFleet is the error of a store that no fleet works on yet.
var ErrNoFleet = errors.New("the store has no queue yet")

// Options say how a fleet is opened.
type Options struct {
	// Store is where the facts are kept, in the same database.
	Store tracker.Store
	// Now is the clock that looks are dated by.
	Now func() time.Time
	// Tool is the program and its version.
	Tool string
	// Logger is told what goes wrong in the queue itself; nil for nobody.
	Logger *slog.Logger
	// Silence is how long the database may leave a question unanswered before the
	// connection is given up for lost; 0 is for ever.
	Silence time.Duration
	// MustExist makes it an error that there is no queue yet, [ErrNoFleet]; else its
	// tables are made.
	MustExist bool
}

// A Fleet is a queue in a database, and what works on it. It may be used by several
// goroutines at once.
type Fleet struct {
	store  tracker.Store
	now    func() time.Time
	tool   string
	logger *slog.Logger
	pool   *pgxpool.Pool
	// quick is for what workers do to the queue: the database does not wait until that
	// is on its disk. If it loses its memory, it goes back to what the queue was a
	// moment before, as a whole, and jobs that were done in that moment are done again.
	quick *pgxpool.Pool
	// queue only inserts and cancels; a worker has one of its own.
	queue *river.Client[pgx.Tx]
}

// connections is how many the queue of one process needs at most: one to listen, and
// some to fetch jobs, to finish them and to add what follows.
const connections = 6

// patience is how long the database may take for what is asked of it in passing.
const patience = 10 * time.Second

// Open opens the queue in the database at a postgres:// address, and makes or
// upgrades its tables if need be. It must be closed.
func Open(ctx context.Context, where string, o Options) (*Fleet, error) {
	if o.Store == nil || o.Now == nil || o.Tool == "" {
		return nil, errors.New("fleet: no store, clock or name of the tool")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	config, err := pgxpool.ParseConfig(where)
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	config.MaxConns = connections
	var limit silence.Limit
	config.ConnConfig.DialFunc = pgconn.DialFunc(limit.Watch(silence.DialFunc(config.ConnConfig.DialFunc)))
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	config = config.Copy()
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	quick, err := pgxpool.NewWithConfig(ctx, config) // connects when it is used
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("fleet: %w", err)
	}
	f := &Fleet{store: o.Store, now: o.Now, tool: o.Tool, logger: o.Logger, pool: pool, quick: quick}
	if err := f.migrate(ctx, o.MustExist); err != nil {
		f.Close()
		return nil, fmt.Errorf("fleet: %w", err)
	}
	limit.Set(o.Silence) // making the tables takes what it takes
	if f.queue, err = river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: o.Logger, MaxAttempts: attempts}); err != nil {
		f.Close()
		return nil, fmt.Errorf("fleet: %w", err)
	}
	return f, nil
}

// Close ends all connections.
func (f *Fleet) Close() {
	f.quick.Close()
	f.pool.Close()
}

// within gives the database some time for a question.
func (f *Fleet) within(ctx context.Context, ask func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return ask(ctx)
}
