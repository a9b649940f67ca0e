package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/silence"
)

// Options say how a store is opened.
type Options struct {
	// Now is the clock, for facts that bring no time of their own.
	Now func() time.Time
	// Tool is the program and its version, which such facts are said to come from.
	Tool string
	// ReadOnly opens a store that is there, and changes nothing.
	ReadOnly bool
	// MustExist makes it an error that there is no store yet; else it is made.
	MustExist bool
	// Silence is how long a PostgreSQL may leave a question unanswered before the
	// connection is given up for lost, once the store is open; 0 is for ever.
	Silence time.Duration
	// OnUpgrade is called before the schema is brought up to date, with the path of
	// the copy that was made; "" for PostgreSQL. It may be nil.
	OnUpgrade func(from, to int64, backup string)
}

// A Store is an open store. It may be used by several goroutines at once.
type Store struct {
	name    string // to be shown: a path, or an address without password
	path    string // "" for PostgreSQL
	dialect *dialect
	now     func() time.Time
	tool    string
	// write is nil if the store is open for reading alone. A file has one writer,
	// and readers that never wait for it.
	write, read *sql.DB
	// looks has room for one connection less than reading has, so that one is left
	// for preparing statements; prepared are those, by their text, not many.
	looks    chan struct{}
	mu       sync.Mutex
	prepared map[string]*sql.Stmt
	silence  silence.Limit
}

// Open opens the store at a place, the path of a file or a postgres:// address, and
// makes or upgrades it if need be. A file is copied before its schema is changed.
// The errors wrap those of this package.
func Open(ctx context.Context, where string, o Options) (*Store, error) {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return openBy(ctx, where, o, steps)
}

// openBy opens a store whose schema is that of some steps.
func openBy(ctx context.Context, where string, o Options, steps fs.FS) (*Store, error) {
	if o.Now == nil || o.Tool == "" {
		return nil, errors.New("store: no clock or no name of the tool")
	}
	if where == "" {
		return nil, errors.New("store: no path or address")
	}
	postgres, err := isPostgres(where)
	if err != nil {
		return nil, err
	}
	if postgres {
		return openOnce(ctx, openPostgres, where, o, steps)
	}
	// While one process closes a file as the last that had it open, or recovers it, the
	// database turns others away at once, however long they would wait.
	patience, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		s, err := openOnce(ctx, openSQLite, where, o, steps)
		if err == nil || !errors.Is(err, ErrBusy) {
			return s, err
		}
		select {
		case <-patience.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// openOnce opens a store and brings its schema up to date.
func openOnce(ctx context.Context, open func(context.Context, string, Options) (*Store, error), where string, o Options, steps fs.FS) (*Store, error) {
	s, err := open(ctx, where, o)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, steps, o); err != nil {
		return nil, errors.Join(s.wrap(err), s.Close())
	}
	s.silence.Set(o.Silence) // upgrades take what they take
	return s, nil
}

// openPostgres opens a database. Its password is in no error and no name.
func openPostgres(ctx context.Context, where string, o Options) (*Store, error) {
	s := newStore(redact(where), &postgresDialect, o)
	db, err := connectPostgres(where, &s.silence)
	if err != nil {
		return nil, s.wrap(err)
	}
	db.SetMaxOpenConns(2 * readers)
	db.SetMaxIdleConns(2 * readers)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(s.wrap(err), db.Close())
	}
	s.read = db
	if !o.ReadOnly {
		s.write = db
	}
	return s, nil
}

// readers is how many looks at a store may be taken at the same time.
const readers = 4

func newStore(name string, d *dialect, o Options) *Store {
	return &Store{name: name, dialect: d, now: o.Now, tool: o.Tool, looks: make(chan struct{}, readers), prepared: map[string]*sql.Stmt{}}
}

// Name is the store's path, or its address without a password.
func (s *Store) Name() string { return s.name }

// Close closes the store. Facts that were recorded are kept whether it is called or
// not.
func (s *Store) Close() error {
	var err error
	s.mu.Lock()
	for _, stmt := range s.prepared {
		err = errors.Join(err, stmt.Close())
	}
	clear(s.prepared)
	s.mu.Unlock()
	if s.read != nil && s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	if s.write != nil {
		err = errors.Join(err, s.write.Close())
	}
	return s.wrap(err)
}

// attempts is how often a transaction is tried that others get in the way of.
const attempts = 5

// change runs a transaction that writes, alone among those of the same subjects.
func (s *Store) change(ctx context.Context, subjects []string, do func(tx *sql.Tx) error) error {
	if s.write == nil {
		return s.wrap(ErrReadOnly)
	}
	var err error
	for range attempts {
		if err = s.changeOnce(ctx, subjects, do); err == nil || !again(err) {
			break
		}
	}
	return s.wrap(err)
}

func (s *Store) changeOnce(ctx context.Context, subjects []string, do func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if s.dialect.lock != nil {
		if err := s.dialect.lock(ctx, tx, subjects); err != nil {
			return err
		}
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// look asks questions that see the store at one moment.
func (s *Store) look(ctx context.Context, do func(q querier) error) error {
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	case <-ctx.Done():
		return s.wrap(context.Cause(ctx))
	}
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{Isolation: s.dialect.isolation, ReadOnly: true})
	if err != nil {
		return s.wrap(err)
	}
	defer func() { _ = tx.Rollback() }()
	if !s.dialect.prepares {
		return s.wrap(do(tx))
	}
	return s.wrap(do(preparing{tx, s}))
}

// preparing asks what it is asked by statements that stay prepared: for small
// answers, reading the question is most of the work.
type preparing struct {
	*sql.Tx
	store *Store
}

func (p preparing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.store.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return p.Tx.StmtContext(ctx, stmt).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
}

func (p preparing) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := p.store.prepare(ctx, query)
	if err != nil {
		return p.Tx.QueryRowContext(ctx, query, args...) // which tells the same
	}
	return p.Tx.StmtContext(ctx, stmt).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
}

// prepare returns the statement of a question.
func (s *Store) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.read.PrepareContext(ctx, query) //nolint:sqlclosecheck // Close closes it
	if err == nil {
		s.prepared[query] = stmt
	}
	return stmt, err
}
