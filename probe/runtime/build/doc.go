// Package build makes a CPython from its source, for machines on which none can
// be downloaded: configure, make and make install, into a directory that appears
// only when it is complete.
//
// A build can be stopped at any moment, also by pulling the plug: the next one
// goes on where it was. What it needs in between stands in [Options.Work], one
// directory a source and flavour:
//
//	lock                     held while anything builds here
//	sources.json             the digests of the sources built so far, by version
//	3.13.5t.log              what the last build of a version printed
//	source-1f2e3d4c5b6a/     an unpacked source
//	3.13.5t-1f2e3d4c5b6a/    its build directory, its state, and where it installs
//
// The source is taken for what it claims to be: it runs as any program the user
// starts. Its archive is not: nothing of it is written outside its directory.
package build
