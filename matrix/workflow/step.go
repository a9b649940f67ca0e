package workflow

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// A Step is one step of a job.
type Step struct {
	Job   *Job
	Index int // from 0
	Node  *yaml.Node
	Path  yamledit.Path

	Name Text
	If   Text
	Uses Text
	Run  Text
	// WithPairs and EnvPairs are its own entries; see [Step.With] and [Step.Env].
	WithPairs []Pair
	EnvPairs  []Pair
}

func newStep(j *Job, i int, n *yaml.Node) *Step {
	s := &Step{Job: j, Index: i, Node: n, Path: j.Path.Then("steps", i)}
	s.Name, s.If, s.Uses, s.Run = textAt(n, s.Path, "name"), textAt(n, s.Path, "if"), textAt(n, s.Path, "uses"), textAt(n, s.Path, "run")
	s.WithPairs, s.EnvPairs = pairs(yamledit.Lookup(n, "with"), s.Path.Then("with")), pairs(yamledit.Lookup(n, "env"), s.Path.Then("env"))
	return s
}

// Action returns the action that the step uses, in small letters and without its
// version ("actions/setup-python"), and the version ("v6"); "" if it uses none.
func (s *Step) Action() (name, version string) {
	name, version, _ = strings.Cut(s.Uses.Value, "@")
	return strings.ToLower(name), strings.TrimSpace(version)
}

// Version returns the version of the action that a step uses: the word behind the @,
// or, if that is a commit, the one that the comment on its line begins with, as tools
// that pin actions write it.
func (s *Step) Version() string {
	_, version := s.Action()
	if len(version) < 40 || strings.Trim(version, "0123456789abcdef") != "" {
		return version
	}
	comment := strings.TrimSpace(strings.TrimLeft(s.Uses.Node.LineComment, "#"))
	if word, _, _ := strings.Cut(comment, " "); strings.HasPrefix(word, "v") {
		return word
	}
	return ""
}

// With returns an input of the step's action. Case doesn't count.
func (s *Step) With(key string) (Text, bool) { return lookup(s.WithPairs, key, true) }

// Env returns a variable of the environment that the step has: its own, its job's or
// the workflow's. What other steps write to GITHUB_ENV is not seen.
func (s *Step) Env(key string) (Text, bool) {
	for _, pairs := range [][]Pair{s.EnvPairs, s.Job.Env, s.Job.File.Env} {
		if t, ok := lookup(pairs, key, false); ok {
			return t, true
		}
	}
	return Text{}, false
}
