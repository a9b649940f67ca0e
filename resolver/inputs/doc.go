// Package inputs turns what a user hands in into one value: the requirements to
// resolve, the constraints on them and the options that come with them.
//
// A [Loader] reads requirements files as pip does, pyproject.toml in the
// dialects of the standards (PEP 621, PEP 735), uv, Poetry and PDM, scripts with
// inline metadata (PEP 723), and requirements as they stand on a command line.
// [ReadEnvironment] lists what is installed in an environment without running
// its interpreter.
//
// Nothing is dropped in silence. A requirement that has no file to judge, such
// as a local project or a repository, is in Input.NotJudged with the reason; a
// local project's own dependencies, if its project file states them, become
// requirements with Parent set. An option that changes nothing here is in
// Input.Ignored. What no tool would take is a [*SyntaxError] with its line.
//
// # Where to look
//
//   - input.go, options.go: the value; loader.go: how it is made
//   - reqfile.go, reqlines.go, reqoptions.go, encoding.go: requirements files
//   - requirement.go, place.go: one requirement, whatever it points to;
//     localproject.go: if to a project on disk
//   - pyproject.go, groups.go, dynamic.go: project files; uv.go, uvsources.go,
//     workspace.go: uv's part of them; poetry.go, pdm.go: theirs
//   - script.go: PEP 723
//   - roots.go: what a project requires of a lock that does not say
//   - environment.go, installed.go: what is installed
package inputs
