package lint

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A job is one of a workflow, with what was found out about it.
type job struct {
	*workflow.Job

	world  *world
	matrix *workflow.Matrix
	runs   []*run
	// scripts are all its scripts, one after the other, with the values of its env.
	scripts string
}

// A run is a job in one cell.
type run struct {
	workflow.Run

	job *job
	// runner is the one of the label, nil if that is not known.
	runner *matrix.Runner
	// labels are those of runs-on, each where it is written.
	labels []label

	pythons []pythonUse
	builds  []*cibwUse
	maturin []maturinUse
	tests   []testUse
}

// A label is one of a runner.
type label struct {
	text string
	at   *yaml.Node
	// file says that the label stands there as a scalar of its own.
	exact bool
}

func newJob(w *world, j *workflow.Job) *job {
	var b strings.Builder
	for _, s := range j.Steps {
		b.WriteString(s.Run.Value + "\n")
		for _, p := range s.EnvPairs {
			b.WriteString(p.Key + "=" + p.Value + "\n")
		}
	}
	for _, p := range slices.Concat(j.Env, j.File.Env) {
		b.WriteString(p.Key + "=" + p.Value + "\n")
	}
	return &job{Job: j, world: w, matrix: j.Matrix(), scripts: b.String()}
}

// analyse finds out what the job does in each cell.
func (j *job) analyse() {
	for _, r := range j.matrix.Runs() {
		x := &run{Run: r, job: j}
		x.findRunner()
		j.runs = append(j.runs, x)
		if !x.May(j.If.Value) {
			continue
		}
		for _, s := range j.Steps {
			if !x.May(s.If.Value) {
				continue
			}
			x.usePython(s)
			x.useMaturin(s)
			x.useCibuildwheel(s)
			x.useTests(s)
		}
	}
}

// findRunner works out the labels, and the runner of a single one.
func (r *run) findRunner() {
	for _, t := range r.job.RunsOn {
		switch v := r.Value(t.Value).(type) {
		case string:
			at, exact := r.origin(t, v)
			r.labels = append(r.labels, label{v, at.Node, exact})
		case []any:
			for _, x := range v {
				if s, ok := x.(string); ok {
					r.labels = append(r.labels, label{s, t.Node, false})
				}
			}
		default:
			r.labels = append(r.labels, label{"", t.Node, false})
		}
	}
	if len(r.labels) == 1 {
		if found, ok := r.job.world.tables.Runners.Find(r.labels[0].text); ok && r.job.Container.Node == nil {
			r.runner = found
			name := map[string]string{"linux": "Linux", "macos": "macOS", "windows": "Windows"}[found.OS]
			r.Context = r.With("runner", map[string]any{"os": name, "arch": map[bool]string{true: "ARM64", false: "X64"}[strings.HasPrefix(strings.ToLower(found.Arch), "a") && found.Arch != "AMD64"]})
		}
	}
}

// os is that of the runner, "" if it is not known.
func (r *run) os() string {
	if r.runner == nil {
		return ""
	}
	return r.runner.OS
}

// text is the value of a text in the run.
func (r *run) text(t workflow.Text) (string, bool) { return r.Text(t.Value) }

var shellVariable = regexp.MustCompile(`\$(?:env:)?(?:\{(\w+)\}|(\w+))`)

// shell is a word of a step's script with its expressions and variables in place, and
// where it is written: in the script, or as a variable of the environment. Variables
// that the script makes itself are not known.
func (r *run) shell(s *workflow.Step, word string) (value string, at workflow.Text, known bool) {
	at = s.Run
	value, known = r.Text(word)
	value = shellVariable.ReplaceAllStringFunc(value, func(m string) string {
		name := strings.Trim(strings.TrimPrefix(m, "$env:"), "${}")
		t, ok := s.Env(name)
		text, is := r.text(t)
		if known = known && ok && is && !strings.Contains(s.Run.Value, name+"="); known {
			at = t
		}
		return text
	})
	return value, at, known && !strings.Contains(value, "$")
}

// origin finds where a word of a text's value stands: in the text itself, or in the
// cell's value that an expression of it asks for; exact says that what stands there
// is the word and nothing else.
func (r *run) origin(t workflow.Text, word string) (at workflow.Text, exact bool) {
	if strings.Contains(t.Value, word) {
		return t, t.Value == word
	}
	if r.Cell == nil {
		return t, false
	}
	for _, ref := range workflow.Refs(t.Value, false) {
		key, ok := strings.CutPrefix(ref, "matrix.")
		if !ok {
			continue
		}
		v, ok := r.Cell.Get(key)
		if !ok || v.Node == nil {
			continue
		}
		if n, path := scalarWith(v.Node, v.Path, word); n != nil {
			return workflow.Text{Value: n.Value, Node: n, Path: path}, n.Value == word
		}
	}
	return t, false
}

// where names the run in a message: "" for a job with one.
func (r *run) where() string {
	if r.Cell == nil || len(r.job.runs) < 2 && len(r.job.matrix.Cells) < 2 {
		return ""
	}
	return " (" + r.Cell.String() + ")"
}

// mentions reports whether the job's scripts or environment have a word.
func (j *job) mentions(word string) bool { return strings.Contains(j.scripts, word) }
