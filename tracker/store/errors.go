package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a store. The errors of this package wrap one of these
// where it fits, and say which store it is.
var (
	ErrMissing  = errors.New("there is no such store")
	ErrNoStore  = errors.New("it is no store of ftpkg")
	ErrReadOnly = errors.New("it cannot be written to")
	ErrFull     = errors.New("the disk is full")
	ErrDamaged  = errors.New("it is damaged")
	ErrDisk     = errors.New("the disk does not take or give what it should")
	ErrBusy     = errors.New("another process keeps it locked")
	ErrConflict = errors.New("another look at the same project at the same time says something else")
)

// A SchemaError is a store whose schema this program does not fit.
type SchemaError struct {
	Have, Known int64
}

func (e *SchemaError) Error() string {
	if e.Have > e.Known {
		return fmt.Sprintf("its schema is version %d, and this ftpkg knows up to %d: a newer ftpkg wrote it", e.Have, e.Known)
	}
	return fmt.Sprintf("its schema is version %d, and has to be upgraded to %d first, which reading alone cannot do", e.Have, e.Known)
}

// Newer reports that a newer program wrote the store.
func (e *SchemaError) Newer() bool { return e.Have > e.Known }

// wrap says of which store an error is, and puts the word for it before it.
func (s *Store) wrap(err error) error {
	if err == nil {
		return nil
	}
	return wrapError(s.name, err)
}

func wrapError(name string, err error) error {
	var known *storeError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &storeError{name, classify(err), err}
}

// A storeError is an error of a store.
type storeError struct {
	name string
	kind error // one of the errors above, or nil
	err  error
}

func (e *storeError) Error() string {
	if e.kind == nil || errors.Is(e.err, e.kind) {
		return fmt.Sprintf("store %s: %v", e.name, e.err)
	}
	return fmt.Sprintf("store %s: %v (%v)", e.name, e.kind, e.err)
}

func (e *storeError) Unwrap() []error {
	if e.kind == nil {
		return []error{e.err}
	}
	return []error{e.kind, e.err}
}

// classify returns the word for what a database or the system reports, nil if
// there is none.
func classify(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // the rest tells where it happened
		case sqlite3.SQLITE_FULL:
			return ErrFull
		case sqlite3.SQLITE_IOERR:
			if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the notes beside the file
				return ErrFull
			}
			return ErrDisk
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
			return ErrReadOnly
		case sqlite3.SQLITE_NOTADB:
			return ErrNoStore
		case sqlite3.SQLITE_CORRUPT:
			return ErrDamaged
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrBusy
		}
		return nil
	}
	if code := sqlState(err); code != "" {
		switch code {
		case "53100": // disk_full
			return ErrFull
		case "58030": // io_error
			return ErrDisk
		case "25006", "42501": // read_only_sql_transaction, insufficient_privilege
			return ErrReadOnly
		case "XX001", "XX002": // data_corrupted, index_corrupted
			return ErrDamaged
		case "55P03": // lock_not_available
			return ErrBusy
		case "3D000": // invalid_catalog_name
			return ErrMissing
		}
		return nil
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return ErrFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return ErrReadOnly
	case strings.Contains(err.Error(), "sql: Scan error on column"): // which has no type of its own
		return ErrDamaged
	}
	return nil
}

// sqlState returns the code of an error of PostgreSQL, "" if it is of something
// else.
func sqlState(err error) string {
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return e.SQLState()
	}
	return ""
}

// again reports whether a transaction failed only because of another that ran at
// the same time.
func again(err error) bool {
	code := sqlState(err)
	return code == "40001" || code == "40P01" // serialization_failure, deadlock_detected
}
