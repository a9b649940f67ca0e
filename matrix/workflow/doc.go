// Package workflow reads GitHub's workflow files: jobs, the cells of their matrices,
// what each step uses and runs in a cell, and where in the file all of that stands.
//
// [Parse] takes a file apart. A value of it is a [Text], which knows its path; that
// leads [yamledit] to the place when the file is to be changed. [Job.Matrix] expands
// a matrix as GitHub does; a [Context] puts values in the place of expressions. What
// is known only when the workflow runs (inputs, outputs of other jobs, the event) is
// [Unknown], and what depends on it is, too: nothing is guessed.
//
// # Where to look
//
//   - file.go: the file and its jobs; step.go: steps
//   - scalar.go: what a scalar is for GitHub, which reads YAML 1.2
//   - matrix.go: the cells of a matrix, after the rules of GitHub's own runner;
//     row.go: include and exclude
//   - expr.go: the language of expressions; lex.go: its words; call.go: its
//     functions; context.go: what they are asked of
//   - yamledit: changing files
//
// # Limitations
//
// Merge keys (<<) are not merged; GitHub doesn't either. Reusable workflows and
// composite actions are not followed.
package workflow
