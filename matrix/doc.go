// Package matrix derives the CI matrix of a project: which wheels are built and
// tested for which Pythons, ABIs and platforms, and why the other cells are not
// there.
//
// [Read] reads what a project says of itself, [Derive] makes a [Plan] of it. A plan
// is a list of cells, which carry cibuildwheel's identifiers, and of dropped ones,
// each with its reason. What can be built and where it can run stands in dated
// [Tables].
//
// Selectors, architectures and requires-python mean what they mean to cibuildwheel;
// tests hold the identifiers equal to what cibuildwheel prints.
package matrix
