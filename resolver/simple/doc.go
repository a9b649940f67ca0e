// Package simple reads the documents of Python's simple repository API as
// values: project pages in JSON (PEP 691, 700, 714, 792) and HTML (PEP 503, 592,
// 629, 658, 714), and the core metadata of wheels and source distributions. It
// does no I/O; whoever fetches the bytes hands them over.
//
// [ParseJSON], [ParseHTML] and [FromFiles] give a [Project]: its files grouped
// into releases, newest first. A file name that no installer could use is kept
// in [Project.Skipped] with its reason rather than dropped in silence.
// [Project.AppendBinary] and [Decode] are a compact form of the same value for a
// cache on disk: nothing is parsed twice.
//
// # Where to look
//
//   - project.go: the values
//   - build.go: from files to releases; name.go: what a file name says
//   - json.go, html.go: pages; uploads.go: the per-project JSON document
//   - encode.go, decode.go: the compact form, for pages and for metadata
//   - metadata.go: METADATA and PKG-INFO; wheel.go, sdist.go: finding them in
//     archives
//
// # Limitations
//
// GPG signatures, provenance and the list of versions (PEP 700) are not kept.
// Links with an #egg= fragment, which only pip still reads, are judged by their
// file name alone.
package simple
