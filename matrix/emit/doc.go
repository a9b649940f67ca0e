// Package emit writes a plan of package matrix for those who carry it out: a workflow
// of GitHub Actions or the matrices of one, a pipeline of GitLab, a configuration of
// cibuildwheel.
//
// Each cell becomes one row of one job's matrix, and each job holds cells of one ABI,
// so that no interpreter sees a wheel of another kind. Jobs are split where a vendor
// takes no more rows. A row carries the reason it is there as a comment.
//
// # Where to look
//
//   - options.go: what is asked beside the plan; pins.go: the actions and images that
//     are used, and actions.json: their releases, made by scripts/matrix-actions
//   - layout.go: which cells make a job; provide.go: where interpreters for tests are
//     from; command.go: test commands
//   - github.go, gitlab.go, toml.go, matrices.go: the back ends; yaml.go: YAML nodes
package emit
