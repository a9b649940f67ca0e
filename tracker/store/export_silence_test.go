package store

import "database/sql"

// Connections are those of a store, for tests to ask what holds for them.
func Connections(s *Store) *sql.DB { return s.read }
