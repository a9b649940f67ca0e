// Package gather reads pipes and sockets a little late.
//
// A program that writes line by line, as CPython does with -v, wakes whoever waits
// for its output a thousand times during one import, on processors that the import
// could use. A [Reader] waits for nothing: it looks now and then and takes what
// has come.
package gather

import "time"

// How long a Reader lets output gather: the shorter time as long as there is some,
// up to the longer while there is none. A pipe holds 64 KiB, so that a program has
// to write 16 MB/s to be held up; then it is read without any pause.
const (
	shortest = 4 * time.Millisecond
	longest  = 32 * time.Millisecond
)
