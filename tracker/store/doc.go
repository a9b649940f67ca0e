// Package store keeps the facts of [evidence] in a database: one SQLite file, which
// needs no set-up, or a PostgreSQL database for many machines. Both are asked the
// same SQL.
//
// Facts are only added to; the database itself refuses to change or delete one.
// What a look at a project brought is one transaction: what is new in it is found
// out there, so that updaters that run at once neither double nor lose anything, and
// one that is killed leaves all of a look or nothing of it. Recording the same
// fact twice is recording it once.
//
// # Where to look
//
//   - store.go: opening; sqlite.go and dialect.go: what the two databases do
//     differently; errors.go: what can be wrong with a store, in words
//   - migrate.go and migrations: the schema, and how an older store is brought up to it
//   - record.go, listing.go, put.go: adding facts; history.go: reading them
//   - verify.go, backup.go: whether all is sound, and copies
//   - storetest: what every store has to do, for both databases; pgtest: a PostgreSQL
//     for tests
//
// # Limitations
//
// A PostgreSQL database is upgraded in one transaction for each step, but without a
// copy: make one before. A database of PostgreSQL wants to be the store's own, or
// the address to name a schema of its own (search_path).
package store
