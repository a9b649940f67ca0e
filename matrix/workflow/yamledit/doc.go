// Package yamledit changes values in YAML text and leaves everything else as it is:
// comments, quotes, indentation, blank lines, anchors, line ends.
//
// A [Document] is text with its tree of nodes. Its methods change one thing each by
// putting a few bytes in the place of others, and read the result again: a change is
// made only if the new text says exactly what was intended, and nothing else.
// Otherwise the document stays as it was and the method returns an error. So no
// caller needs to know what YAML looks like where it edits it, and no edit can break
// a file.
//
// # Where to look
//
//   - document.go: text, nodes, lines and columns; span.go: where nodes end, which
//     the parser does not tell
//   - edit.go: the changes; splice.go: how one is made and checked; scalar.go: how
//     values are quoted
//   - offset.go: which byte of the text a byte of a value is
//
// # Limitations
//
// A document is one YAML document. Keys are scalars. Explicit keys (? key) and
// sequences that begin on the line of another one's dash can be read, not extended.
package yamledit
