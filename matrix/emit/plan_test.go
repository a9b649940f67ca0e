package emit_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/emit"
)

// A project is a made-up one, and what is asked for it.
type project struct {
	name     string
	files    map[string]string
	settings matrix.Settings
	options  emit.Options
}

// projects have between them all kinds of jobs.
func projects() []project {
	const c, compiled = "int x;\n", "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('pkg._ext', ['ext.c'])])\n"
	head := "[project]\nname = \"pkg\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\n[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
	files := func(toml string) map[string]string {
		return map[string]string{"pyproject.toml": toml, "setup.py": compiled, "ext.c": c}
	}
	pinned := emit.Pin{Commit: "0123456789abcdef0123456789abcdef01234567", Version: "v1.0.0"}
	return []project{
		{"plain", files(head), matrix.Settings{}, emit.Options{Sdist: true, Ftpkg: pinned}},
		{"everywhere", files(head + "[tool.cibuildwheel]\narchs = \"all\"\ntest-command = \"pytest {project}/tests\"\n"), matrix.Settings{Emulate: true}, emit.Options{Sdist: true, Ftpkg: pinned, UV: true, Threads: 8}},
		{"stable", files(head + "[tool.distutils.bdist_wheel]\npy-limited-api = \"cp311\"\n"), matrix.Settings{}, emit.Options{Ftpkg: pinned, Expected: ".github/expected.json"}},
		{"split", files(head + "[tool.cibuildwheel]\narchs = \"all\"\n"), matrix.Settings{Emulate: true}, emit.Options{Ftpkg: pinned, Rows: 7}},
		{"pure", map[string]string{"pyproject.toml": head}, matrix.Settings{}, emit.Options{Sdist: true, Ftpkg: pinned}},
		{"old", files(strings.Replace(head, ">=3.11", ">=3.9", 1)), matrix.Settings{Line: "3.4"}, emit.Options{Ftpkg: pinned, Cibuildwheel: "3.4.1"}},
		{"tests", files(head), matrix.Settings{}, emit.Options{Ftpkg: pinned, Test: func(c *matrix.Cell) emit.Test {
			if c.Platform.OS() == "windows" {
				return emit.Test{Command: "python -c \"import pkg; pkg.test('it works')\"", Requires: []string{`tzdata>=2024; sys_platform == "win32"`}}
			}
			return emit.Test{Command: "pytest -x {package}/tests && python {project}/more.py", Requires: []string{"pytest>=8", "hypothesis"}, Extras: []string{"test", "more"}, Groups: []string{"dev"}}
		}}},
	}
}

func (p *project) plan(t testing.TB) *matrix.Plan {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range p.files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	read, err := matrix.Read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := matrix.Derive(t.Context(), read, p.settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// planned are the cells of a plan, "build cp314-win_amd64" each.
func planned(plan *matrix.Plan) []string {
	var all []string
	for i := range plan.Cells {
		all = append(all, cellName(plan.Cells[i].Purpose, plan.Cells[i].Identifier))
	}
	return all
}

func cellName(purpose vocab.Purpose, identifier string) string {
	return fmt.Sprintf("%s %s", purpose, identifier)
}

// purposeOf is the purpose of a job by its name, "" for one without cells.
func purposeOf(job string) vocab.Purpose {
	for _, p := range []vocab.Purpose{vocab.PurposeBuild, vocab.PurposeTest} {
		if strings.HasPrefix(job, string(p)+"-") {
			return p
		}
	}
	return ""
}
