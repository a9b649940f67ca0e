// Package publish brings the tracker's site to where people read it: a folder, a
// branch of any git host, a branch of a GitHub repository through its API.
//
// # Where to look
//
//   - input.go: what a site is made of, from a store
//   - folder.go: a folder that is replaced file by file
//   - git.go: one commit, by the git that is installed
//   - github.go: one commit, by the Git data API; client.go: the requests that this
//     takes; patience.go: limits and failures that are waited for; issue.go: the issue
//     that lists regressions
//
// A token is sent to the API's own address and stands in no error and no document.
package publish
