// Package pubgrub solves dependencies with the PubGrub algorithm: it chooses one
// version of every package that a root needs such that all dependencies are met,
// or proves that this cannot be done, with a proof that reads as an explanation.
package pubgrub
