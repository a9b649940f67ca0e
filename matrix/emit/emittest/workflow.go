package emittest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Workflow is one of GitHub Actions, as far as generated ones go.
type Workflow struct {
	Env  map[string]string `yaml:"env"`
	Jobs map[string]*Job   `yaml:"jobs"`
}

// A Job is a job of a workflow.
type Job struct {
	Needs    []string `yaml:"needs"`
	Strategy struct {
		Matrix struct {
			Include []map[string]string `yaml:"include"`
		} `yaml:"matrix"`
	} `yaml:"strategy"`
	Steps []*Step `yaml:"steps"`
}

// A Step runs commands, or an action.
type Step struct {
	Name             string            `yaml:"name"`
	If               string            `yaml:"if"`
	Uses             string            `yaml:"uses"`
	With             map[string]string `yaml:"with"`
	Run              string            `yaml:"run"`
	Env              map[string]string `yaml:"env"`
	WorkingDirectory string            `yaml:"working-directory"`
}

// ReadWorkflow reads a workflow.
func ReadWorkflow(file string) (*Workflow, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	w := new(Workflow)
	return w, yaml.Unmarshal(text, w)
}

// A Runner runs jobs of a workflow on this machine.
type Runner struct {
	Workflow *Workflow
	// Dir is where jobs have their directories.
	Dir string
	// Actions are what stands for actions, by name without release.
	Actions map[string]func(ctx context.Context, r *Running, with map[string]string) error
	// Env are the variables of all steps beside those of the workflow.
	Env map[string]string
}

// Running is one row of a job while it runs.
type Running struct {
	Job       string
	Row       map[string]string
	Workspace string   // the working directory of steps
	Path      []string // directories before those of Env's PATH

	runner *Runner
}

// A StepError says which step of which row failed, and what it printed.
type StepError struct {
	Job, Identifier, Step string
	Output                string
	Err                   error
}

// Error implements error.
func (e *StepError) Error() string {
	return fmt.Sprintf("%s %s: %s: %v\n%s", e.Job, e.Identifier, e.Step, e.Err, e.Output)
}

// Unwrap returns what the step ended with.
func (e *StepError) Unwrap() error { return e.Err }

// Names returns the names of all jobs, each behind those it needs.
func (r *Runner) Names() []string {
	var names []string
	var add func(string)
	add = func(name string) {
		if slices.Contains(names, name) || r.Workflow.Jobs[name] == nil {
			return
		}
		for _, n := range r.Workflow.Jobs[name].Needs {
			add(n)
		}
		names = append(names, name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Workflow.Jobs)) {
		add(name)
	}
	return names
}

// Run runs all rows of a job. A step that fails is a *StepError.
func (r *Runner) Run(ctx context.Context, name string) error {
	job := r.Workflow.Jobs[name]
	if job == nil {
		return fmt.Errorf("there is no job %s", name)
	}
	rows := job.Strategy.Matrix.Include
	if rows == nil {
		rows = []map[string]string{{}}
	}
	for _, row := range rows {
		if err := r.runRow(ctx, name, job, row); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) runRow(ctx context.Context, name string, job *Job, row map[string]string) error {
	dir, err := os.MkdirTemp(r.Dir, name+"-")
	if err != nil {
		return err
	}
	running := &Running{Job: name, Row: row, Workspace: filepath.Join(dir, "project"), runner: r}
	if err := os.Mkdir(running.Workspace, 0o755); err != nil {
		return err
	}
	for _, s := range job.Steps {
		if s.If != "" {
			return fmt.Errorf("%s: a condition cannot be judged here: %s", name, s.If)
		}
		out, err := running.step(ctx, s)
		if err != nil {
			label := s.Name
			if label == "" {
				label = s.Uses
			}
			return &StepError{name, row["identifier"], label, string(out), err}
		}
	}
	return nil
}

func (r *Running) step(ctx context.Context, s *Step) ([]byte, error) {
	if s.Uses != "" {
		action, _, _ := strings.Cut(s.Uses, "@")
		f := r.runner.Actions[action]
		if f == nil {
			return nil, fmt.Errorf("nothing stands for the action %s", action)
		}
		with := map[string]string{}
		for k, v := range s.With {
			with[k] = r.expand(v)
		}
		return nil, f(ctx, r, with)
	}
	env := maps.Clone(r.runner.Workflow.Env)
	if env == nil {
		env = map[string]string{}
	}
	for k, v := range s.Env {
		env[k] = r.expand(v)
	}
	return r.Script(ctx, filepath.Join(r.Workspace, s.WorkingDirectory), r.expand(s.Run), env)
}

// Script runs commands as GitHub's shell bash does, and returns what they printed.
func (r *Running) Script(ctx context.Context, dir, commands string, env map[string]string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", commands) //nolint:gosec // what is tested
	cmd.Dir = dir
	all := maps.Clone(r.runner.Env)
	maps.Copy(all, env)
	all["GITHUB_WORKSPACE"] = r.Workspace
	all["PATH"] = strings.Join(append(slices.Clone(r.Path), all["PATH"]), string(filepath.ListSeparator))
	for k, v := range all {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd.CombinedOutput()
}

// expression is ${{ … }}.
var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// expand puts in the values of the row: ${{ matrix.a }}, ${{ matrix.a || matrix.b }}.
func (r *Running) expand(s string) string {
	return expression.ReplaceAllStringFunc(s, func(e string) string {
		for term := range strings.SplitSeq(expression.FindStringSubmatch(e)[1], "||") {
			if v := r.Row[strings.TrimPrefix(strings.TrimSpace(term), "matrix.")]; v != "" {
				return v
			}
		}
		return ""
	})
}

// CopyFiles copies the files that match a pattern below one directory to another. It
// is an error if there is none.
func CopyFiles(from, pattern, to string) error {
	files, err := filepath.Glob(filepath.Join(from, filepath.FromSlash(pattern)))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("there is no file " + pattern)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(f)), b, 0o600); err != nil { //nolint:gosec // below a directory of the test
			return err
		}
	}
	return nil
}
