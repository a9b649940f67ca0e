// Package extmod reads extension modules of CPython from their files: what they
// say about the GIL, for which ABI they were compiled, with what they were made
// and what they need. It reads ELF, Mach-O and PE files of every system on any
// system, and runs nothing of them.
//
// # What decides
//
// A module declares in one of two ways: by the slots of its definition, or by a
// call of PyUnstable_Module_SetGIL before its init function returns. [Read]
// follows the instructions of the init function with what is known of every
// register and byte of memory, along all paths that may be taken, until the
// function returns: what comes back is the definition, whose slots are then read
// as they stand, or a module, for which the call was made or not. Where all paths
// that return something agree, that is the declaration. Where the instructions
// cannot be followed, the definitions that lie in the file's data decide, if
// nothing in the file could overrule them. Everything else is undecided: no rule
// here goes by the name of a package or a toolchain.
//
// An init function may call more than can be followed. Where it does, all code of
// the file is read once for what it calls and which addresses it names: a function
// that can come neither to what makes or declares a module nor to the slots is then
// stepped over. What it may do to memory it is given is taken to be unknown. One that
// has no instruction to return by, nor jumps to one that has, is where a path ends.
//
// Instructions are read for x86-64 and ARM64. For other processors the format,
// the exported and imported names and the architecture are read, and the
// declaration is undecided.
//
// # What is taken for granted
//
// That functions keep to the calling convention; that a store through a pointer of
// which nothing is known does not hit the slots; that data is at first what the
// file has, so that no constructor changed it before; that a function of the C API
// that returns NULL leaves an exception pending where its documentation says so; that
// no module comes of a call that throws; that functions of the C library and of the
// C API write only to what they are given.
// A declaration made by way of dlsym, or by code that is unpacked while it runs, is
// not seen.
//
// # Hostile files
//
// Every count and offset in a file is a claim. What is read of it is bounded, be
// it in bytes, entries or steps; a file that lies is undecided, or [ErrFormat].
package extmod
