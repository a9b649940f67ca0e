// Package pyprobe is the Python side of a probe: the program that runs inside the
// interpreter under test, one process a lane, and the private channel on which it
// reports.
//
// # How a process is made
//
// [New] turns a [Job] into a [Process]: the arguments of the interpreter and the
// descriptors it inherits. Whoever starts it (a sandbox, os/exec) gives it those;
// the program and the job come over the first descriptor, so that nothing is
// written to disk or shown in arguments, and the records leave on the second.
// When the process is gone, [Process.Report] says what it reported.
//
//	p, err := pyprobe.New(&pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"numpy"}})
//	…
//	cmd := exec.Command(python, p.Args...)
//	cmd.ExtraFiles = p.Extra
//	waitErr := cmd.Run()
//	report, err := p.Report()
//
// What the interpreter itself writes on standard error is read by [ParseVerbose]
// (the lines of -v and the warning about the GIL) and [ParseFault] (faulthandler).
//
// # What a report can be trusted for
//
// The package under test runs in the process that reports about it. Its Python
// code may print, write to any descriptor, leave early, fork, or read the
// channel and write it again: each record carries a sequence number and a code
// made with a key that was never in a file, an argument or a module, so none of
// this goes unnoticed, and a report without its end is not complete. Code that
// goes out of its way to find the key in memory, as native code can, is able to
// lie about what comes after; no process can testify against itself.
package pyprobe
