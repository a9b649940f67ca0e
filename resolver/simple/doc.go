// Package simple reads the documents of Python's simple repository API as
// values: project pages in JSON (PEP 691, 700, 714, 792) and HTML (PEP 503, 592,
// 629, 658, 714), and the core metadata of wheels and source distributions. It
// does no I/O; whoever fetches the bytes hands them over.
//
// [Parse], [ParseJSON], [ParseHTML] and [FromFiles] give a [Project]: its files grouped
// into releases, newest first. A file name that no installer could use is kept
// in [Project.Skipped] with its reason rather than dropped in silence.
// [Project.AppendBinary] and [Decode] are a compact form of the same value for a
// cache on disk: nothing is parsed twice.
//
// # Where to look
//
//   - project.go: the values; errors.go: the errors
//   - parse.go, json.go, html.go: pages; uploads.go: the per-project document
//   - build.go: from files to releases; name.go: what a file's name says; url.go,
//     hash.go, time.go: the rest of what an index says of it
//   - encode.go, decode.go, metacodec.go: the compact form of pages and metadata
//   - metadata.go: METADATA and PKG-INFO; wheel.go, sdist.go, archive.go: finding
//     them in archives
//   - jsonscan.go: the JSON scanner the pages are read with
//
// # Limitations
//
// GPG signatures, provenance and the list of versions (PEP 700) are not kept.
// Links with an #egg= fragment, which only pip still reads, are judged by their
// file name alone.
package simple
