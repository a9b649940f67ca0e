package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/matrix/lint"
)

// What workflows say of tests on free-threaded Pythons, in the forms in which projects
// write it.
func TestTestedFree(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		files      map[string]string
		want       []string
	}{
		{"a matrix", `
on: push
jobs:
  tests:
    strategy:
      matrix:
        python: ["3.12", "3.13", "3.13t", "3.14t"]
        os: [ubuntu-24.04, macos-15]
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with: {python-version: "${{ matrix.python }}"}
      - run: pip install -e .[test]
      - run: |
          python -c 'import demo'
          python -m pytest -n 4
`, nil, []string{
			"16 tests 3.13t linux-x86_64,macos-arm64: python -m pytest -n 4",
			"16 tests 3.14t linux-x86_64,macos-arm64: python -m pytest -n 4",
		}},
		{"a row of include", `
on: [push]
jobs:
  t:
    runs-on: ${{ matrix.os || 'ubuntu-24.04' }}
    strategy:
      matrix:
        python: ["3.12"]
        include:
          - {python: "3.14t", os: windows-2025}
    steps:
      - uses: actions/setup-python@v6
        with:
          python-version: ${{ matrix.python }}
      - if: matrix.python != '3.14t'
        run: pytest --cov
      - if: matrix.python == '3.14t'
        run: pytest --parallel-threads=4
`, nil, []string{"17 t 3.14t windows-x86_64: pytest --parallel-threads=4"}},
		{"the input freethreaded, and unittest", `
on: push
jobs:
  t:
    runs-on: somewhere-of-ours
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "3.13", freethreaded: true}
      - run: python -m unittest discover
`, nil, []string{"8 t 3.13t : python -m unittest discover"}},
		{"uv", `
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: astral-sh/setup-uv@v7
        with: {python-version: 3.14t}
      - run: uv run pytest
  b:
    runs-on: ubuntu-24.04
    steps:
      - run: uv run --python 3.13t pytest tests
      - run: uv run --python 3.13 pytest more
`, nil, []string{"8 a 3.14t linux-x86_64: uv run pytest", "12 b 3.13t linux-x86_64: uv run --python 3.13t pytest tests"}},
		{"tox, nox and tasks", `
on: push
jobs:
  all:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with:
          python-version: |
            3.12
            3.13t
            3.14t
            3.14
      - run: python -m tox -e py313t,py314t
      - run: pytest
  last:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "3.14t"}
      - run: make test-all
      - run: tox -e lint
      - run: nox --list
`, nil, []string{
			"13 all 3.13t linux-x86_64: python -m tox -e py313t,py314t", "13 all 3.14t linux-x86_64: python -m tox -e py313t,py314t",
			"20 last 3.14t linux-x86_64: make test-all",
		}},
		{"nothing of it is a test", `
on: push
jobs:
  t:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: 3.14t}
      - run: pip install pytest tox
      - run: python -m build
      - run: echo pytest
  gil:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "3.14"}
      - run: pytest
  again:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: 3.14t}
      - uses: actions/setup-python@v6
        with: {python-version: "3.14"}
      - run: pytest
  unknown:
    runs-on: ubuntu-24.04
    strategy:
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "${{ matrix.python }}"}
      - run: pytest
`, nil, nil},
		{"an action of the project", `
on: push
jobs:
  t:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: 3.14t}
      - uses: ./.github/run
        with: {args: "-n 2"}
      - uses: ./.github/none
      - uses: ./../outside
`, map[string]string{
			".github/run/action.yml": `inputs:
  args: {default: ""}
  slow: {default: "no"}
runs:
  using: composite
  steps:
    - shell: bash
      if: inputs.slow == 'yes'
      run: pytest --slow
    - shell: bash
      run: |
        cd x
        pytest ${{ inputs.args }}
    - run: tox -e py
`, ".github/none/action.yml": "runs: [", "../outside/action.yml": "runs: {steps: [{run: pytest}]}"},
			[]string{".github/run/action.yml:13 t 3.14t linux-x86_64: pytest -n 2", ".github/run/action.yml:14 t 3.14t linux-x86_64: tox -e py"}},
		{"cibuildwheel, in the workflow", `
on: push
jobs:
  wheels:
    runs-on: ubuntu-24.04
    steps:
      - uses: pypa/cibuildwheel@v4.3.5
        env:
          CIBW_BUILD: cp314*-manylinux_x86_64 cp315t-manylinux_x86_64
          CIBW_TEST_COMMAND: pytest {project}/tests
`, nil, []string{"9 wheels 3.14t linux-x86_64: cibuildwheel: pytest {project}/tests", "9 wheels 3.15t linux-x86_64: cibuildwheel: pytest {project}/tests"}},
		{"cibuildwheel, in the project's file", `
on: push
jobs:
  wheels:
    runs-on: ubuntu-24.04
    steps:
      - uses: pypa/cibuildwheel@v3.4.1
`, map[string]string{"pyproject.toml": "[build-system]\nrequires = []\n[tool.cibuildwheel]\nenable = ['cpython-freethreading']\nbuild = 'cp313t-*'\nskip = '*-musllinux_*'\narchs = ['x86_64']\ntest-command = 'python -m pytest'\n"},
			[]string{"pyproject.toml:8 wheels 3.13t : cibuildwheel: python -m pytest"}},
		{"cibuildwheel without the group, or without tests of it", `
on: push
jobs:
  group:
    runs-on: ubuntu-24.04
    steps:
      - uses: pypa/cibuildwheel@v3.4.1
        env: {CIBW_BUILD: "cp313t-manylinux_x86_64", CIBW_TEST_COMMAND: pytest}
  skipped:
    runs-on: ubuntu-24.04
    steps:
      - uses: pypa/cibuildwheel@v4.3.5
        env: {CIBW_BUILD: "cp314*-manylinux_x86_64", CIBW_TEST_COMMAND: pytest, CIBW_TEST_SKIP: "cp31?t-*"}
  untested:
    runs-on: ubuntu-24.04
    steps:
      - uses: pypa/cibuildwheel@v4.3.5
        env: {CIBW_BUILD: "cp314t-manylinux_x86_64"}
`, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{".github/workflows/ci.yml": {Data: []byte(strings.TrimPrefix(tt.text, "\n"))}}
			for name, text := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			w, err := lint.TestedFree(fsys)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range w.Tests {
				where := fmt.Sprint(x.Line)
				if x.File != ".github/workflows/ci.yml" {
					where = x.File + ":" + where
				}
				got = append(got, fmt.Sprintf("%s %s %s %s: %s", where, x.Job, x.Python, strings.Join(x.Platforms, ","), x.Command))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if len(w.Broken) > 0 || !slices.Equal(w.Files, []string{".github/workflows/ci.yml"}) {
				t.Errorf("files %q, broken %q", w.Files, w.Broken)
			}
		})
	}
}

// What cannot be read is told, and hides nothing else.
func TestTestedFreeBroken(t *testing.T) {
	t.Parallel()
	w, err := lint.TestedFree(fstest.MapFS{
		".github/workflows/a.yml":   {Data: []byte("on: push\njobs: [no\n")},
		".github/workflows/b.yaml":  {Data: []byte("on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - {uses: actions/setup-python@v6, with: {python-version: 3.14t}}\n      - run: pytest\n")},
		".github/workflows/big.yml": {Data: []byte("# " + strings.Repeat("x", 2<<20))},
		".github/workflows/no.txt":  {Data: []byte("on: push\n")},
		"pyproject.toml":            {Data: []byte("[[[")},
		"tests/test_it.py":          {Data: []byte("pass")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{".github/workflows/a.yml", ".github/workflows/big.yml"}; !slices.Equal(w.Broken, want) {
		t.Errorf("broken %q", w.Broken)
	}
	if len(w.Files) != 3 || len(w.Tests) != 1 || w.Tests[0].Python != "3.14t" {
		t.Errorf("%+v", w)
	}
	// A project without any.
	if w, err := lint.TestedFree(fstest.MapFS{}); err != nil || len(w.Files)+len(w.Broken)+len(w.Tests) > 0 {
		t.Errorf("%+v, %v", w, err)
	}
}

// Whatever stands in a workflow, it is read to its end, and places are in it.
func FuzzTestedFree(f *testing.F) {
	f.Add("on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - {uses: actions/setup-python@v6, with: {python-version: 3.14t}}\n      - run: pytest\n", "")
	f.Add("on: push\njobs:\n  w:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: pypa/cibuildwheel@v4.3.5\n", "[tool.cibuildwheel]\ntest-command = ['a', 'b']\n")
	f.Add("on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - {uses: actions/setup-python@v6, with: {python-version: 3.14t}}\n      - uses: ./.github/x\n", "runs:\n  steps:\n    - run: |\n        a\n        pytest\n")
	f.Fuzz(func(t *testing.T, text, pyproject string) {
		w, err := lint.TestedFree(fstest.MapFS{
			".github/workflows/x.yml": {Data: []byte(text)}, "pyproject.toml": {Data: []byte(pyproject)}, ".github/x/action.yml": {Data: []byte(pyproject)},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range w.Tests {
			whole := text
			if x.File != ".github/workflows/x.yml" {
				whole = pyproject
			}
			if x.Line < 1 || x.Line > strings.Count(strings.ReplaceAll(whole, "\r", "\n"), "\n")+1 || !strings.HasSuffix(x.Python, "t") {
				t.Errorf("%+v", x)
			}
		}
	})
}
