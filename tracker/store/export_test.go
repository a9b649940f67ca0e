package store

// OpenBy opens a store whose schema is that of steps a test makes up.
var OpenBy = openBy

// Migrations are the steps of this program.
var Migrations = migrations
