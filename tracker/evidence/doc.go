// Package evidence holds the facts a tracker keeps: what an index listed and
// when, what was read in a file, what loading it showed. A fact says who saw what
// at which time, and is never changed or taken back; that a package is fine or not
// is no fact but a conclusion, drawn elsewhere from a [History].
//
// All times are UTC with a precision of microseconds, the precision of the
// database; see [Time]. Names of projects are normalised. Digests are SHA-256 in
// lower-case hexadecimal, "" where unknown.
package evidence
