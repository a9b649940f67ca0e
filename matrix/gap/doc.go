// Package gap compares the wheels that a release published with the matrix they
// should fill: for each Python, in both halves (with the GIL and free-threaded), and
// each platform, down to a floor, whether an installer gets this release, an older
// one, a source distribution or nothing.
//
// It reads a project's page and nothing else. Files are chosen as pip chooses them:
// by tags in the order of packaging, Requires-Python as it is written, nothing that
// was yanked. "Older" is what pip takes with --only-binary :all: when the release
// itself has no wheel; scripts/gap-truth compares the two.
//
// # Where to look
//
//   - gap.go: the question, [Compare], and the report
//   - cells.go: which cells are asked about if nobody says; floors.go: down to which
//     floor
//   - judge.go: what an installer takes in a cell
//   - halves.go: how twins differ; losses.go: what the release before had
//   - accept.go: gaps that are known; plan.go: cells from a document of ftpkg matrix
//
// # Limitations
//
// Only CPython counts. Android, iOS and Pyodide have no free-threaded build to
// compare with, and are left out.
package gap
