package emit_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/emit"
)

// What a plan cannot be is refused by every back end, with the reason.
func TestRefused(t *testing.T) {
	t.Parallel()
	all := allCells(t)
	build, test := all[0], all[1]
	orphan, pure, floor := test, test, test
	orphan.Wheel, pure.Wheel = "cp39-win32", ""
	floor.Platform.Word, floor.Platform.Floor = "musllinux_x86_64", "1.9"
	backends := map[string]func(*matrix.Plan, emit.Options) ([]byte, error){"github": emit.GitHub, "github-json": emit.GitHubJSON, "gitlab": emit.GitLab, "cibuildwheel": emit.Cibuildwheel}
	for _, tt := range []struct {
		name string
		plan matrix.Plan
		o    emit.Options
		want string
	}{
		{"nothing", matrix.Plan{}, emit.Options{}, "the matrix is empty"},
		{"all dropped", matrix.Plan{Dropped: []matrix.Dropped{{Cause: vocab.DropSelector, Reason: "build is \"pp*\""}, {Cause: vocab.DropSelector, Reason: "build is \"pp*\""}}}, emit.Options{}, "the matrix is empty: all 2 cells are dropped (selector: build is \"pp*\")"},
		{"twice", matrix.Plan{Cells: []matrix.Cell{build, test, build}}, emit.Options{}, "the plan has " + build.Identifier + " twice (build)"},
		{"no wheel", matrix.Plan{Cells: []matrix.Cell{build, orphan}}, emit.Options{}, "no cell builds cp39-win32, which " + test.Identifier + " tests"},
		{"not pure", matrix.Plan{Cells: []matrix.Cell{build, pure}}, emit.Options{}, test.Identifier + " tests the wheel without compiled code, and cells build others"},
		{"no image", matrix.Plan{Cells: []matrix.Cell{build, floor}}, emit.Options{}, "no image is known for musllinux_x86_64 with the floor 1.9"},
		{"rows", matrix.Plan{Cells: []matrix.Cell{build}}, emit.Options{Rows: -1}, "a number of rows or threads is below nothing: -1, 0"},
		{"tables", matrix.Plan{Cells: []matrix.Cell{build}}, emit.Options{Tables: &matrix.Tables{}}, "there is no table of cibuildwheel"},
	} {
		for name, write := range backends {
			out, err := write(&tt.plan, tt.o)
			if err == nil || err.Error() != tt.want || out != nil {
				t.Errorf("%s, %s: %q, %v; want %s", name, tt.name, out, err, tt.want)
			}
		}
	}
}

// How a project says that it is tested becomes commands for each interpreter.
func TestCommands(t *testing.T) {
	t.Parallel()
	all := allCells(t)
	find := func(id string) []matrix.Cell {
		i := slices.IndexFunc(all, func(c matrix.Cell) bool { return c.Identifier == id })
		return all[i : i+2]
	}
	for _, tt := range []struct {
		name string
		test emit.Test
		// The commands that install and test, on free-threaded Python and with the GIL.
		free, gil []string
	}{
		{
			"nothing said", emit.Test{},
			[]string{"python -m pip install dist/*.whl pytest pytest-run-parallel", "python -m pytest --parallel-threads=6 ../tests"},
			[]string{"python -m pip install dist/*.whl pytest", "python -m pytest ../tests"},
		},
		{
			"no tests", emit.Test{ImportOnly: true},
			[]string{"python -m pip install dist/*.whl"}, []string{"python -m pip install dist/*.whl"},
		},
		{
			"pytest as a module", emit.Test{Command: "python -m pytest {package}", Requires: []string{"pytest"}},
			[]string{"python -m pip install dist/*.whl pytest pytest-run-parallel", "python -m pytest --parallel-threads=6 .."},
			[]string{"python -m pip install dist/*.whl pytest", "python -m pytest .."},
		},
		{
			"threads given", emit.Test{Command: "pytest --parallel-threads=auto {project}", Requires: []string{"Pytest_Run.Parallel==0.10"}},
			[]string{"python -m pip install dist/*.whl Pytest_Run.Parallel==0.10", "python -m pytest --parallel-threads=auto .."},
			[]string{"python -m pip install dist/*.whl Pytest_Run.Parallel==0.10", "python -m pytest --parallel-threads=auto .."},
		},
		{
			"another runner", emit.Test{Command: "python -m unittest discover {project}/tests", Requires: []string{"numpy>=2", "it's"}, Extras: []string{"a", "b"}, Groups: []string{"test"}},
			[]string{`python -m pip install "$(echo dist/*.whl)[a,b]" 'numpy>=2' 'it'"'"'s' --group test`, "python -m unittest discover ../tests"},
			[]string{`python -m pip install "$(echo dist/*.whl)[a,b]" 'numpy>=2' 'it'"'"'s' --group test`, "python -m unittest discover ../tests"},
		},
		{
			"requirements in a file", emit.Test{Command: "python -Im pytest {project}", Requires: []string{"-r {project}/test reqs.txt", "-c limits.txt"}},
			[]string{"python -m pip install dist/*.whl -r ./test reqs.txt -c limits.txt pytest-run-parallel", "python -Im pytest --parallel-threads=6 .."},
			[]string{"python -m pip install dist/*.whl -r ./test reqs.txt -c limits.txt", "python -Im pytest .."},
		},
		{
			"several", emit.Test{Command: "echo pytester && pytest -x {project} && pytest {project}/more"},
			[]string{"python -m pip install dist/*.whl pytest-run-parallel", "echo pytester && python -m pytest --parallel-threads=6 -x .. && python -m pytest --parallel-threads=6 ../more"},
			[]string{"python -m pip install dist/*.whl", "echo pytester && python -m pytest -x .. && python -m pytest ../more"},
		},
	} {
		for id, want := range map[string][]string{"cp314t-manylinux_x86_64": tt.free, "cp314-manylinux_x86_64": tt.gil} {
			text, err := emit.GitHub(&matrix.Plan{Cells: find(id)}, emit.Options{Threads: 6, Test: func(*matrix.Cell) emit.Test { return tt.test }})
			if err != nil {
				t.Fatal(err)
			}
			var workflow struct {
				Jobs map[string]struct{ Steps []struct{ Name, Run string } }
			}
			if err := yaml.Unmarshal(text, &workflow); err != nil {
				t.Fatal(err)
			}
			var got []string
			for name, job := range workflow.Jobs {
				for _, s := range job.Steps {
					if purposeOf(name) == vocab.PurposeTest && (strings.HasPrefix(s.Name, "Install") || strings.HasPrefix(s.Name, "Test")) {
						got = append(got, s.Run)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", tt.name, id, diff)
			}
		}
	}
}

// What [tool.cibuildwheel] says of tests is read for each cell.
func TestTestOf(t *testing.T) {
	t.Parallel()
	p, err := matrix.Read(fstest.MapFS{"pyproject.toml": &fstest.MapFile{Data: []byte(`
[tool.cibuildwheel]
test-command = ["pytest {project}/tests", "python check.py"]
test-requires = "pytest 'numpy>=2; python_version < \"3.15\"' hypothesis"
test-extras = ["fast", "slow"]
test-groups = ["dev"]
[tool.cibuildwheel.windows]
test-requires = ["pytest", "tzdata ; sys_platform == 'win32'"]
[[tool.cibuildwheel.overrides]]
select = "cp314t-*"
test-command = "pytest"
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]emit.Test{
		"cp314-manylinux_x86_64": {Command: "pytest {project}/tests && python check.py", Requires: []string{"pytest", `numpy>=2; python_version < "3.15"`, "hypothesis"}, Extras: []string{"fast", "slow"}, Groups: []string{"dev"}},
		"cp314t-win_amd64":       {Command: "pytest", Requires: []string{"pytest", "tzdata ; sys_platform == 'win32'"}, Extras: []string{"fast", "slow"}, Groups: []string{"dev"}},
	} {
		_, word, _ := strings.Cut(id, "-")
		if diff := cmp.Diff(want, emit.TestOf(p, &matrix.Cell{Identifier: id, Platform: matrix.Platform{Word: word}})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// Interpreters that setup-python does not have come from uv or the image, as uv and
// the image name them.
func TestInterpreters(t *testing.T) {
	t.Parallel()
	all := allCells(t)
	plan := &matrix.Plan{Cells: all}
	text, err := emit.GitHubJSON(plan, emit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var matrices map[string]struct{ Include []map[string]any }
	if err := json.Unmarshal(text, &matrices); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, m := range matrices {
		for _, row := range m.Include {
			id, _ := row["identifier"].(string)
			python, _ := row["python"].(string)
			if purposeOf(name) == vocab.PurposeTest {
				got[id] = strings.TrimSuffix(name, "-2") + " " + python
				for _, k := range []string{"image", "platform", "architecture"} {
					if v, ok := row[k].(string); ok {
						got[id] += " " + v
					}
				}
			}
		}
	}
	for id, want := range map[string]string{
		"cp314-manylinux_x86_64":   "test-gil 3.14",
		"cp314t-manylinux_x86_64":  "test-free-threaded 3.14t",
		"cp314t-manylinux_aarch64": "test-free-threaded 3.14t",
		"cp314t-macosx_x86_64":     "test-free-threaded 3.14t",
		"cp314t-win_arm64":         "test-free-threaded 3.14t",
		"cp314t-win32":             "test-free-threaded 3.14t x86",
		"cp310-win_arm64":          "test-gil-uv cpython-3.10+gil",
		"cp314t-manylinux_i686":    "test-free-threaded-image /opt/python/cp314-cp314t/bin/python quay.io/pypa/manylinux_2_34_i686 linux/386",
		"cp314-musllinux_aarch64":  "test-gil-image /opt/python/cp314-cp314/bin/python quay.io/pypa/musllinux_1_2_aarch64 linux/arm64",
		"cp315t-musllinux_armv7l":  "test-free-threaded-image /opt/python/cp315-cp315t/bin/python quay.io/pypa/musllinux_1_2_armv7l linux/arm/v7",
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
	// uv takes any word it does not know for the name of a program.
	asked := map[string]bool{}
	text, err = emit.GitHubJSON(plan, emit.Options{UV: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`cpython-[^"]+`).FindAllString(string(text), -1) {
		if !asked[m] {
			asked[m] = true
			if said := tools(t).UVUnderstands(t, m); said != "" {
				t.Errorf("%s: %s", m, said)
			}
		}
	}
	if len(asked) < 10 {
		t.Errorf("uv was asked for %v", asked)
	}
}

// All actions are pinned to commits, with the release behind.
func TestPins(t *testing.T) {
	t.Parallel()
	pins, err := emit.DefaultPins()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range pins.Actions {
		if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(p.Commit) || !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(p.Version) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for _, p := range projects() {
		plan := p.plan(t)
		text, err := emit.GitHub(plan, p.options)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range regexp.MustCompile(`uses: .*`).FindAllString(string(text), -1) {
			if !regexp.MustCompile(`^uses: [\w/-]+@[0-9a-f]{40} # v[\d.]+$`).MatchString(line) {
				t.Errorf("%s: %s", p.name, line)
			}
		}
	}
	all := allCells(t)
	text, err := emit.GitHub(&matrix.Plan{Cells: all[:1]}, emit.Options{})
	if err != nil || !strings.Contains(string(text), "uses: ftpkg/ftpkg@main # pin a release\n") {
		t.Errorf("%v\n%s", err, text)
	}
}
