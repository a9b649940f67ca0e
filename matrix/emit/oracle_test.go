package emit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/emit"
	"github.com/ftpkg/ftpkg/matrix/emit/emittest"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// kept are the tools of this process.
var kept sync.Map

// tools are the programs of others, in the user's cache.
func tools(t testing.TB) *emittest.Tools {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python := runtimetest.GIL(t)
	all, _ := kept.LoadOrStore(python, emittest.New(filepath.Join(cache, "ftpkg", "test-tools"), python))
	l, ok := all.(*emittest.Tools)
	if !ok {
		t.Fatalf("%T among the tools", all)
	}
	return l
}

// write writes a file below a directory of its own.
func write(t *testing.T, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// equalCells compares the cells of a pipeline with those of the plan, as sets without
// duplicates.
func equalCells(t *testing.T, want, got []string) {
	t.Helper()
	want, got = slices.Clone(want), slices.Clone(got)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-planned +expanded):\n%s", diff)
	}
}

// What judges workflows finds nothing, and act expands them to the plan's cells.
func TestGitHubOracles(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			plan := p.plan(t)
			text, err := emit.GitHub(plan, p.options)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "github/"+p.name+".yml", text)
			file := write(t, ".github/workflows/wheels.yml", text)
			if said := tools(t).Actionlint(t, file); said != "" {
				t.Errorf("actionlint: %s", said)
			}
			if said := tools(t).Zizmor(t, file); said != "" {
				t.Errorf("zizmor: %s", said)
			}
			tools(t).CheckSchema(t, "vendor.github-workflows", file)
			var got []string
			for job, rows := range tools(t).ExpandGitHub(t, file) {
				purpose := purposeOf(job)
				for _, row := range rows {
					if id, ok := row["identifier"].(string); ok {
						got = append(got, cellName(purpose, id))
					} else if purpose != "" {
						t.Errorf("%s: a row without an identifier: %v", job, row)
					}
				}
			}
			equalCells(t, planned(plan), got)
		})
	}
}

// The rows that are written as JSON are those of the workflow.
func TestGitHubJSON(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			plan := p.plan(t)
			text, err := emit.GitHubJSON(plan, p.options)
			if err != nil {
				t.Fatal(err)
			}
			workflow, err := emit.GitHub(plan, p.options)
			if err != nil {
				t.Fatal(err)
			}
			var matrices map[string]struct{ Include []map[string]any }
			if err := json.Unmarshal(text, &matrices); err != nil {
				t.Fatal(err)
			}
			for job, rows := range tools(t).ExpandGitHub(t, write(t, "wheels.yml", workflow)) {
				if purposeOf(job) == "" {
					continue
				}
				var got []map[string]any
				for _, row := range matrices[job].Include {
					delete(row, "abi")
					delete(row, "version")
					got = append(got, row)
				}
				if diff := cmp.Diff(rows, got); diff != "" {
					t.Errorf("%s (-workflow +json):\n%s", job, diff)
				}
				delete(matrices, job)
			}
			if len(matrices) > 0 {
				t.Errorf("the workflow has no job for %v", matrices)
			}
		})
	}
}

var gitlabJob = regexp.MustCompile(`^(\S+): \[([^,\]]+)`)

// What judges pipelines finds nothing, and gitlab-ci-local expands them to the plan's
// cells.
func TestGitLabOracles(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			plan := p.plan(t)
			text, err := emit.GitLab(plan, p.options)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "gitlab/"+p.name+".yml", text)
			file := write(t, ".gitlab-ci.yml", text)
			tools(t).CheckSchema(t, "vendor.gitlab-ci", file)
			var got []string
			for _, name := range tools(t).ExpandGitLab(t, file) {
				if m := gitlabJob.FindStringSubmatch(name); m != nil {
					got = append(got, cellName(purposeOf(m[1]), m[2]))
				} else if purposeOf(name) != "" {
					t.Errorf("%s has no row", name)
				}
			}
			equalCells(t, planned(plan), got)
		})
	}
}

// cibuildwheel builds with the configuration what the plan says.
func TestCibuildwheelOracle(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			plan := p.plan(t)
			text, err := emit.Cibuildwheel(plan, p.options)
			if err != nil {
				if p.name == "pure" && strings.Contains(err.Error(), "has no wheel to build") {
					return
				}
				t.Fatal(err)
			}
			golden(t, "cibuildwheel/"+p.name+".toml", text)
			if p.options.Cibuildwheel != "" {
				return // the client is of the newest line
			}
			file := write(t, "pyproject.toml", []byte("[project]\nname = \"pkg\"\nversion = \"1\"\n\n"+string(text)))
			var got, want []string
			for _, platform := range []string{"linux", "macos", "windows"} {
				for _, id := range tools(t).Identifiers(t, platform, filepath.Dir(file)) {
					got = append(got, cellName(vocab.PurposeBuild, id))
				}
			}
			for _, c := range planned(plan) {
				if strings.HasPrefix(c, "build ") {
					want = append(want, c)
				}
			}
			equalCells(t, want, got)
		})
	}
}
