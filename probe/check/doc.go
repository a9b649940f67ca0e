// Package check finds mistakes in wheels before they are uploaded: the ones that
// no other checker looks for, because they need the contents of extension modules
// beside the names of files.
//
// [Wheel] checks one wheel, [Set] several together: of one release, compared with
// an earlier one, or with what was to be built. Both return findings, never an
// error for what is wrong with a wheel, however hostile it is.
//
// The rules are data: [Rules]. Each has a page in docs/rules.
//
// # Where to look
//
//   - rules.go: the table of rules; finding.go: what is found; choose.go: which of
//     it counts
//   - check.go: one wheel; set.go: several; against.go: compared with a release;
//     expect.go: compared with what was to be built
//   - archive.go: the zip file; control.go: METADATA and WHEEL; record.go: RECORD
//   - names.go: what tags and suffixes say; module.go: whether a module's contents
//     say the same; stable.go: the stable ABI; symbols.txt: its symbols, and what
//     CPython exports; floor.go: glibc and macOS; declare.go: the GIL
//
// # Limitations
//
// Only tags of CPython are judged. What free-threaded 3.14 and 3.15 export is not
// known, so imports are not held against it; on macOS and Windows, imports are held
// against the stable ABI only. Macros leave no trace, so code that reaches into
// structures which a stable ABI hides is seen only by its exports and its layout.
package check
