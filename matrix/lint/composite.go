package lint

import (
	"cmp"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A composite is an action of the project that is made of steps.
type composite struct {
	Inputs map[string]struct {
		Default yaml.Node `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Steps []struct {
			If  string    `yaml:"if"`
			Run yaml.Node `yaml:"run"`
		} `yaml:"steps"`
	} `yaml:"runs"`
}

// composite reads the action that a step uses, if it is one of the project's own.
func (w *world) composite(s *workflow.Step) (file string, action *composite) {
	dir, ok := strings.CutPrefix(s.Uses.Value, "./")
	if !ok || w.fsys == nil {
		return "", nil
	}
	for _, base := range []string{"action.yml", "action.yaml"} {
		file = path.Join(dir, base)
		if !fs.ValidPath(file) {
			return "", nil
		}
		text, err := fs.ReadFile(w.fsys, file)
		if err != nil || len(text) > maxEvidence {
			continue
		}
		action = new(composite)
		if yaml.Unmarshal(text, action) != nil {
			return "", nil
		}
		return file, action
	}
	return "", nil
}

// inputs are what a step gives an action, and what the action takes if it doesn't.
func (r *run) inputs(s *workflow.Step, action *composite) map[string]any {
	given := map[string]any{}
	for name, in := range action.Inputs {
		given[name] = in.Default.Value
	}
	for _, p := range s.WithPairs {
		given[strings.ToLower(p.Key)] = r.Value(p.Value)
	}
	return given
}

// actionTests notes the tests on free-threaded Pythons in an action of the project that
// a step uses.
func (r *run) actionTests(s *workflow.Step, found *Workflows) {
	file, action := r.job.world.composite(s)
	if action == nil {
		return
	}
	inside := r.With("inputs", r.inputs(s, action))
	for i := range action.Runs.Steps {
		step := &action.Runs.Steps[i]
		if !inside.May(step.If) {
			continue
		}
		script := step.Run.Value
		for _, c := range commands(script) {
			at := c.tests()
			if at == nil {
				continue
			}
			line := step.Run.Line
			if step.Run.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
				line += 1 + strings.Count(script[:at.at], "\n")
			}
			text, _ := inside.Text(c.rest(0))
			for _, p := range r.pythonsOf(s, &c) {
				found.Tests = append(found.Tests, Tested{file, max(line, 1), r.job.ID, p, r.platforms(), cmp.Or(text, c.rest(0))})
			}
		}
	}
}
