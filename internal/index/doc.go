// Package index answers what a resolver asks of package indexes: a project's
// page, and the metadata of a file. Its [Client] is a resolver.Index over the
// simple repository API (PEP 503 and 691), plain directories, pages of links and
// single files, with a cache on disk.
//
// # Which index
//
// Indexes are asked in order, and the first that has a project serves all of it:
// a name that a private index knows is never looked up on a public one, so
// nobody can take it over there. Only "404 Not Found" and "410 Gone" mean that
// an index hasn't got a project; any other failure is one, and ends the search.
// Files of --find-links are added to whatever the indexes say, and win over an
// index's file of the same name, as with pip and uv.
//
// # Metadata
//
// A file's metadata comes from the metadata file beside it if the index offers
// one (PEP 658), else from the end of the wheel, read by ranges, else from the
// whole file; a source distribution is read up to its PKG-INFO. A metadata file
// whose digest is not the promised one (PEP 714) is not used, and after that
// nothing but the whole file with the right digest is.
//
// # Cache
//
// Pages are kept in the compact form of package simple and revalidated: by their
// age as Cache-Control gives it, by ETag and Last-Modified, and by the digest of
// the body, so that an unchanged page is neither parsed nor written again.
// Metadata is kept by what cannot change: the digest of the file, or of the
// metadata file. Where an index gives no digests, it is kept for as long as the
// project's page stays the same. Everything is kept apart by index, so that one
// index can never answer for another.
//
// # Where to look
//
//   - client.go, options.go: the Client; project.go: which index has a project
//   - remote.go, freshness.go: pages over HTTP; local.go: directories;
//     links.go: --find-links; merge.go: both together; direct.go: single files
//   - metadata.go: metadata, remembered; read.go, wheel.go, sdist.go: read;
//     origin.go: what it is kept by
//   - uploads.go: upload times and what was uploaded before a date
//   - memo.go: each thing once, however many ask; errors.go: the ways to fail
//
// # Limitations
//
// Files of local directories have no digests unless a page gives them, and files
// from there are exempt from ExcludeNewer. There is no search over all projects
// of an index, and none of PEP 708's tracking between indexes (rejected).
package index
