// Package lint finds mistakes in GitHub workflows that build or test Python packages
// for the free-threaded build: labels of runners that are gone, selectors that select
// nothing or too much, interpreters that nobody serves, tests that test nothing.
//
// [Check] reads workflows and pyproject.toml and returns findings; [Fix] also makes
// the changes that need no judgement. Only what the files prove is reported: what
// depends on inputs, other jobs or scripts is passed over.
//
// [Patch] adds to a workflow the free-threaded half that it lacks.
//
// The rules are data: [Rules]. Each has a page in docs/rules.
//
// # Where to look
//
//   - rules.go: the table of rules; finding.go: what is found; choose.go: which of it
//     counts; check.go: all rules in turn; fix.go: repairs
//   - world.go: everything that is known; job.go: the runs of a job, their runners;
//     evidence.go: what files of the project say
//   - cibuildwheel.go, maturin.go, python.go: what steps do with these; shell.go:
//     the commands of a step
//   - the rules, by the hundreds' tens: runner.go (FM10x), selector.go (FM11x),
//     flavour.go (FM12x), version.go (FM13x), half.go (FM14x), tests.go (FM15x),
//     expand.go (FM16x)
//   - toml.go: changes of pyproject.toml
//   - patch.go: the missing half, step by step; patch_twin.go: twins of cells;
//     patch_maturin.go: interpreters; patch_gil.go: the check that the GIL stayed off
//
// # Limitations
//
// Reusable workflows, composite actions, scripts and tasks are not followed; a job
// that leaves its work to one is judged by the rest alone, or not at all. The version
// of cibuildwheel is taken from the step that runs it; of one pinned to a commit, from
// the comment behind it.
package lint
