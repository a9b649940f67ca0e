package workflow_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

const sample = `name: CI
on:
  push:
  pull_request:
env:
  A: top
jobs:
  test:
    needs: [lint]
    runs-on: ${{ matrix.os }}
    container: {image: alpine}
    env: {A: job, B: job}
    steps:
      - uses: Actions/Setup-Python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          Python-Version: 3.10
      - run: pytest
        env: {B: step}
  build:
    runs-on: {group: big, labels: [linux, x64]}
    steps:
      - {uses: pypa/cibuildwheel@v4.3.5, if: "x"}
  call:
    uses: ./.github/workflows/other.yml
    with: {x: y}
`

func TestParse(t *testing.T) {
	t.Parallel()
	f, err := workflow.Parse("ci.yml", sample)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(f.On, " ") != "push pull_request" || len(f.Jobs) != 3 || f.Job("none") != nil {
		t.Errorf("%v, %d jobs", f.On, len(f.Jobs))
	}
	j := f.Job("test")
	if len(j.Needs) != 1 || j.Needs[0].Value != "lint" || j.RunsOn[0].Value != "${{ matrix.os }}" || j.Container.Value != "alpine" || j.Matrix() != nil {
		t.Errorf("%+v", j)
	}
	s := j.Steps[0]
	name, _ := s.Action()
	py, ok := s.With("python-version")
	if name != "actions/setup-python" || s.Version() != "v5.6.0" || !ok || py.Value != "3.10" || py.Line() != 16 || py.Path.String() != "jobs.test.steps[0].with.Python-Version" {
		t.Errorf("%s %s %+v", name, s.Version(), py)
	}
	for key, want := range map[string]string{"A": "job", "B": "step", "C": ""} {
		if got, _ := j.Steps[1].Env(key); got.Value != want {
			t.Errorf("%s: %q", key, got.Value)
		}
	}
	b := f.Job("build")
	if len(b.RunsOn) != 2 || b.RunsOn[1].Value != "x64" || b.Steps[0].Version() != "v4.3.5" || b.Steps[0].If.Value != "x" {
		t.Errorf("%+v", b)
	}
	if c := f.Job("call"); !strings.HasPrefix(c.Uses.Value, "./") || len(c.With) != 1 || len(c.Steps) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "a.yml:1: not a workflow: it is no mapping",
		"- a":                    "a.yml:1: not a workflow: it is no mapping",
		"on: push":               "a.yml:1: not a workflow: it has no jobs",
		"jobs: []":               "a.yml:1:7: jobs is no mapping",
		"jobs:\n  a: b":          "a.yml:2:6: the job a is no mapping",
		"jobs:\n  a: {\n":        "a.yml:2: did not find expected node content",
		"jobs:\n  a: {}\n  a: x": `a.yml:3:3: the key "a" is here twice`,
	} {
		_, err := workflow.Parse("a.yml", text)
		if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParse: no workflow breaks the reader.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("..", "lint", "testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		f.Fatalf("%d samples, %v", len(names), err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Files[0].Data))
	}
	f.Add(sample)
	f.Add("jobs: {a: {strategy: {matrix: {a: [1, {b: [2]}], include: [{a: {b: [2]}, c: \"${{ fromJSON('[1]')[0] }}\"}], exclude: [{a: 1}]}}}}")
	f.Add("x: &x [*y]\njobs: &j {a: {strategy: {matrix: \"${{ fromJSON('{}') }}\"}}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := workflow.Parse("a.yml", text)
		if err != nil {
			if _, ok := errors.AsType[*workflow.Error](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		for _, j := range file.Jobs {
			m := j.Matrix()
			for _, r := range m.Runs() {
				for _, s := range j.Steps {
					r.May(s.If.Value)
					r.Text(s.Run.Value)
					s.Version()
					for _, p := range s.WithPairs {
						r.Value(p.Value)
					}
				}
			}
		}
	})
}
