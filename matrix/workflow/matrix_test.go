package workflow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// indent moves the lines of a text to the right.
func indent(text string, n int) string {
	lead := strings.Repeat(" ", n)
	return lead + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+lead) + "\n"
}

// job reads a workflow with one job, whose matrix is given.
func job(t *testing.T, matrix string) *workflow.Job {
	t.Helper()
	text := "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n" + indent(matrix, 8) + "    runs-on: x\n    steps: []\n"
	f, err := workflow.Parse("a.yml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f.Jobs[0]
}

func sorted(cells []map[string]any) []string {
	var list []string
	for _, c := range cells {
		b, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		list = append(list, string(b))
	}
	slices.Sort(list)
	return list
}

func cellsOf(m *workflow.Matrix) []map[string]any {
	var cells []map[string]any
	for _, c := range m.Cells {
		cells = append(cells, c.Data())
	}
	return cells
}

// act's model makes the same cells. The answers were recorded by testdata/act.
func TestMatrixLikeAct(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("testdata", "act.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for dec := json.NewDecoder(f); dec.More(); n++ {
		var g struct {
			Matrix string           `json:"matrix"`
			Cells  []map[string]any `json:"cells"`
		}
		if err := dec.Decode(&g); err != nil {
			t.Fatal(err)
		}
		m := job(t, g.Matrix).Matrix()
		if diff := cmp.Diff(sorted(g.Cells), sorted(cellsOf(m))); diff != "" || m.Dynamic || len(m.Problems) > 0 {
			t.Errorf("%s\n%v %s", g.Matrix, m.Problems, diff)
		}
	}
	if n < 200 {
		t.Errorf("only %d matrices", n)
	}
}

// What act does otherwise than GitHub, and what only the rules of GitHub's own
// MatrixBuilder and its documentation say.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, matrix, want string }{
		{
			"GitHub's documentation", `
fruit: [apple, pear]
animal: [cat, dog]
include:
  - color: green
  - color: pink
    animal: cat
  - fruit: apple
    shape: circle
  - fruit: banana
  - fruit: banana
    animal: cat
`, "apple, cat, pink, circle; apple, dog, green, circle; pear, cat, pink; pear, dog, green; banana; banana, cat",
		},
		{"a number is the text of it", "v: [3.10, '3.1', 3.14]\nexclude:\n  - v: '3.1'\n", "3.14"},
		{"case does not count", "Os: [Linux, mac]\nexclude:\n  - os: LINUX\n", "mac"},
		{"a nested row fits by parts", "p: [{os: a, n: 1}, {os: b, n: 2}]\ninclude:\n  - p: {os: b}\n    x: yes\n", "1, a; 2, b, yes"},
		{"a list fits by its beginning", "p: [[a, 1], [b, 2]]\nexclude:\n  - p: [a]\n", "b, 2"},
		{"rows alone", "include:\n  - a: 1\n  - a: 1\n    b: 2\n", "1; 1, 2"},
		{"all excluded, one included", "a: [1, 2]\nexclude:\n  - a: 1\n  - a: 2\ninclude:\n  - a: 2\n    b: x\n", "2, x"},
		{"an empty value is null", "a: [1, '']\ninclude:\n  - a:\n    b: x\n", "1; x"},
		{"a matrix of JSON", `'${{ fromJSON(''{"a": [1, 2], "exclude": [{"a": 1}]}'') }}'`, "2"},
		{"a list of JSON", `a: ${{ fromJSON('["x", "y"]') }}`, "x; y"},
	} {
		m := job(t, tt.matrix).Matrix()
		var got []string
		for _, c := range m.Cells {
			got = append(got, c.String())
		}
		if s := strings.Join(got, "; "); s != tt.want || m.Dynamic || len(m.Problems) > 0 || m.Size != len(m.Cells) {
			t.Errorf("%s: %s, want %s (%v)", tt.name, s, tt.want, m.Problems)
		}
	}
}

func TestDynamicMatrix(t *testing.T) {
	t.Parallel()
	for matrix, want := range map[string]string{
		"${{ fromJSON(needs.a.outputs.m) }}":                             "",
		"a: ${{ fromJSON(needs.a.outputs.m) }}\nb: [x, y]":               "x; y",
		"a: [x, '${{ inputs.a }}']\nexclude:\n  - a: y":                  "x; ",
		"a: [x]\ninclude: ${{ fromJSON(inputs.rows) }}":                  "x",
		"a: [x]\ninclude:\n  - ${{ fromJSON(inputs.row) }}\n  - a: z":    "x; z",
		"a: ['${{ inputs.a }}']\ninclude:\n  - a: z\n    b: new":         "; z, new",
		"a: ${{ github.event_name == 'push' && fromJSON('[1]') || 'x'}}": "",
	} {
		j := job(t, matrix)
		m := j.Matrix()
		var got []string
		for _, c := range m.Cells {
			got = append(got, c.String())
		}
		if s := strings.Join(got, "; "); s != want || !m.Dynamic {
			t.Errorf("%s: %q, want %q, dynamic %v", matrix, s, want, m.Dynamic)
		}
		for _, r := range m.Runs() {
			if s, known := r.Text("${{ matrix.never }}"); known {
				t.Errorf("%s: a key that may come is %q", matrix, s)
			}
		}
	}
}

func TestMatrixProblems(t *testing.T) {
	t.Parallel()
	for matrix, want := range map[string]string{
		"a: [1]\nexclude:\n  - b: 1": "8: a row of exclude has the key b, which is no axis of the matrix",
		"a: []":                      "6: the list of a is empty",
		"a: 1":                       "6: a is no list",
		"a: [1]\nexclude:\n  - {}":   "8: a row of exclude is empty",
		"a: [1]\ninclude:\n  - {}":   "8: a row of include is empty",
		"a: [1]\ninclude:\n  - x":    "8: a row of include is no mapping",
		"- a":                        "6: the matrix is no mapping",
		"a: [1]\ninclude: x":         "7: include is no list",
		`'${{ fromJSON(''{"a": 1, "include": 2}'') }}'`: "6: a is no list; 6: include is no list",
	} {
		var got []string
		for _, p := range job(t, matrix).Matrix().Problems {
			got = append(got, fmt.Sprintf("%d: %s", p.Node.Line, p.Msg))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s\n%s, want %s", matrix, s, want)
		}
	}
}

// Large matrices are counted, not made.
func TestMatrixSize(t *testing.T) {
	t.Parallel()
	list := "[" + strings.TrimRight(strings.Repeat("x, ", 300), ", ") + "]"
	m := job(t, "a: "+list+"\nb: "+list).Matrix()
	if m.Size != 90000 || len(m.Cells) != 0 {
		t.Errorf("%d, %d", m.Size, len(m.Cells))
	}
	if m = job(t, "a: "+list).Matrix(); m.Size != 300 || len(m.Cells) != 300 {
		t.Errorf("%d, %d", m.Size, len(m.Cells))
	}
}
