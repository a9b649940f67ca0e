// Package cache keeps on disk what indexes said, for every process of a user at
// once. It knows bytes, not their meaning.
//
// A [Cache] is a directory with a [Bucket] for each index, named by a digest of
// its URL so that no address shows. A bucket holds two files for a project: its
// page, and the log of its files' metadata.
//
//   - A page is written to a temporary file and renamed: readers see the old or
//     the new one, never a part. Only the moment it was last checked is
//     rewritten in place, under a checksum of its own. So a page can be mapped
//     into memory while others replace it.
//   - A log is appended to, one write a record. Two processes that append at the
//     same moment both keep their records; a record cut short by a full disk or
//     a crash fails its checksum, and the log is rewritten without it.
//
// There are no locks and no daemons. Nothing read is trusted further than its
// checksum: what is torn, of another version or too large counts as absent. A
// cache that cannot be written goes on being read, and [Cache.Err] says why
// nothing is kept.
//
// # Where to look
//
//   - cache.go: the directory; page.go, log.go: the two kinds of files
//   - write.go: writing without leaving halves behind
//   - manage.go: sizes, cleaning, pruning
package cache
