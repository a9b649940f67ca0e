package inputs

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// Locks that do not hold what their project requires, with the project file
// beside them: what is selected is what Poetry 1.8.5 and PDM 2.29.3 install on
// Linux, CPython 3.13.
func TestSetRoots(t *testing.T) {
	const poetryProject = `[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.12"
jinja2 = "^3.1"
colorama = { version = "*", markers = "sys_platform == 'win32'" }
packaging = [
  { version = "^24.0", python = "<3.13" },
  { version = ">=25", python = ">=3.13" },
]
pillow = { version = "*", optional = true }
ujson = { version = "~5.10", optional = true, markers = "platform_python_implementation == 'CPython'" }
plain = { path = "libs/plain", develop = true }
[tool.poetry.extras]
img = ["pillow"]
fast = ["ujson", "pillow"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
packaging = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
click = { version = "^8.1", python = "<3.14" }
markupsafe = { version = "*", markers = "sys_platform != 'win32'" }
`
	const pdmProject = `[project]
name = "warehouse"
requires-python = ">=3.12"
dependencies = ["jinja2", "uvicorn[standard]>=0.30", "colorama; sys_platform == 'win32'"]
[project.optional-dependencies]
img = ["pillow"]
[dependency-groups]
dev = ["pytest"]
lint = ["click; python_version < '3.14'"]
`
	env := &pep508.Environment{
		OSName: "posix", SysPlatform: "linux", PlatformSystem: "Linux", PlatformMachine: "x86_64",
		PlatformPythonImplementation: "CPython", ImplementationName: "cpython", ImplementationVersion: "3.13.5",
		PythonVersion: "3.13", PythonFullVersion: "3.13.5",
	}
	const pdmOwn = "anyio click h11 httptools idna jinja2 markupsafe python-dotenv pyyaml typing-extensions uvicorn uvloop watchfiles websockets"
	for _, tt := range []struct {
		lock, project  string
		extras, groups []string
		want           string
	}{
		{"v20.poetry.lock", poetryProject, nil, nil, "iniconfig jinja2 markupsafe packaging plain pluggy pygments pytest six"},
		{"v20.poetry.lock", poetryProject, nil, []string{}, "jinja2 markupsafe packaging plain six"},
		{"v20.poetry.lock", poetryProject, []string{"img"}, []string{}, "jinja2 markupsafe packaging pillow plain six"},
		{"v20.poetry.lock", poetryProject, []string{"fast"}, []string{}, "jinja2 markupsafe packaging pillow plain six ujson"},
		{"v20.poetry.lock", poetryProject, nil, []string{"docs"}, "click jinja2 markupsafe packaging plain six"},
		{"static.pdm.lock", pdmProject, nil, []string{}, pdmOwn},
		{"static.pdm.lock", pdmProject, []string{"img"}, nil, pdmOwn + " iniconfig packaging pillow pluggy pygments pytest"},
		{"static.pdm.lock", pdmProject, nil, []string{"lint"}, pdmOwn},
	} {
		data, err := os.ReadFile(filepath.Join("..", "lock", "testdata", "locks", tt.lock))
		if err != nil {
			t.Fatal(err)
		}
		l, err := lock.Read(tt.lock, data)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for name, text := range map[string]string{
			"pyproject.toml":            tt.project,
			"libs/plain/pyproject.toml": "[project]\nname = \"plain\"\ndependencies = [\"six\"]\n",
		} {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := (&Loader{Dir: dir}).SetRoots(context.Background(), l, "pyproject.toml"); err != nil {
			t.Fatal(err)
		}
		if l.NeedsRoots() {
			t.Errorf("%s still needs roots", tt.lock)
		}
		selected, err := l.Select(env, tt.extras, tt.groups)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range selected {
			got = append(got, s.Name)
		}
		slices.Sort(got)
		want := strings.Fields(tt.want)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, extras %v, groups %v (-want +got):\n%s", tt.lock, tt.extras, tt.groups, diff)
		}
	}
}
