package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/emit/emittest"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A demo is the project of testdata/matrix/demo with the workflow that ftpkg matrix
// generates for it, and the machine that runs its jobs.
type demo struct {
	t         *testing.T
	project   string // where the project is
	artifacts string // a directory for each artifact
	scratch   string
	runner    *emittest.Runner
	series    string // of the interpreters: "3.13"
	arch      string // of this machine: "x86_64"
}

// newDemo generates the workflow and the list, and prepares what stands for actions.
func newDemo(t *testing.T) *demo {
	t.Helper()
	free, gil := runtimetest.FreeThreaded(t), runtimetest.GIL(t)
	said, err := exec.CommandContext(t.Context(), gil, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{t: t, project: filepath.Join(t.TempDir(), "demo"), artifacts: t.TempDir(), scratch: t.TempDir(), series: strings.TrimSpace(string(said)), arch: map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]}
	if err := os.CopyFS(d.project, os.DirFS(filepath.Join("testdata", "matrix", "demo"))); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"matrix", "--threads", "3", "-o", ".github/workflows/wheels.yml"}, {"matrix", "expect", "-o", "expected.json"}} {
		env := world(t, append(args, "--no-deps", "--cibuildwheel", "3.4", "--python", d.series, "--python", d.series+"t", "--platform", "manylinux_"+d.arch)...)
		env.Dir = d.project
		if _, stderr, code := runIn(t, env); code != 0 {
			t.Fatalf("%q: %d\n%s", args, code, stderr)
		}
	}
	workflow, err := emittest.ReadWorkflow(filepath.Join(d.project, ".github", "workflows", "wheels.yml"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	tools := emittest.New(filepath.Join(cache, "ftpkg", "test-tools"), gil).Python(t)
	stand, err := filepath.Abs(filepath.Join("testdata", "matrix"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, pair := range os.Environ() { // with what pip and uv are told of the index
		k, v, _ := strings.Cut(pair, "=")
		env[k] = v
	}
	for _, name := range []string{"PYTHON_GIL", "PYTHONPATH", "PYTHONHOME"} {
		delete(env, name)
	}
	env["PATH"] = stand + string(filepath.ListSeparator) + tools + string(filepath.ListSeparator) + env["PATH"]
	env["DEMO_PYTHON"], env["DEMO_GIL_PYTHON"] = free, gil
	env["GORACE"] = "atexit_sleep_ms=0"
	d.runner = &emittest.Runner{Workflow: workflow, Dir: d.scratch, Env: env, Actions: map[string]func(context.Context, *emittest.Running, map[string]string) error{
		"actions/checkout": func(_ context.Context, r *emittest.Running, _ map[string]string) error {
			return os.CopyFS(r.Workspace, os.DirFS(d.project))
		},
		"astral-sh/setup-uv": func(context.Context, *emittest.Running, map[string]string) error { return nil },
		"actions/setup-python": func(ctx context.Context, r *emittest.Running, with map[string]string) error {
			python := gil
			switch with["python-version"] {
			case d.series:
			case d.series + "t":
				python = free
			default:
				return fmt.Errorf("the Python %q is not here", with["python-version"])
			}
			if r.Row["identifier"] == env["BREAK_SETUP"] {
				python = gil
			}
			return d.environment(ctx, r, python)
		},
		"actions/upload-artifact": func(_ context.Context, r *emittest.Running, with map[string]string) error {
			to := filepath.Join(d.artifacts, with["name"])
			if err := os.RemoveAll(to); err != nil { // of an earlier run
				return err
			}
			return emittest.CopyFiles(r.Workspace, with["path"], to)
		},
		"actions/download-artifact": func(_ context.Context, r *emittest.Running, with map[string]string) error {
			to := filepath.Join(r.Workspace, with["path"])
			if with["name"] != "" {
				return emittest.CopyFiles(filepath.Join(d.artifacts, with["name"]), "*", to)
			}
			return os.CopyFS(to, os.DirFS(d.artifacts))
		},
		"ftpkg/ftpkg": d.check,
	}}
	return d
}

// environment puts an environment of an interpreter in a job's path. It is made once:
// what is left in it is what tests require, and no demo.
func (d *demo) environment(ctx context.Context, r *emittest.Running, python string) error {
	dir := filepath.Join(d.scratch, "venv-"+filepath.Base(python))
	r.Path = append(r.Path, filepath.Join(dir, "bin"))
	args := []string{"-m", "venv", dir}
	if _, err := os.Stat(dir); err == nil {
		python, args = filepath.Join(dir, "bin", "python"), []string{"-m", "pip", "uninstall", "--quiet", "--yes", "demo"}
	}
	out, err := exec.CommandContext(ctx, python, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// check is the action of this repository: its last step, with this program.
func (d *demo) check(ctx context.Context, r *emittest.Running, with map[string]string) error {
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		return err
	}
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		return err
	}
	temp := filepath.Join(r.Workspace, "..", "temp")
	if err := os.MkdirAll(filepath.Join(temp, "ftpkg"), 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Symlink(self, filepath.Join(temp, "ftpkg", "ftpkg")); err != nil {
		return err
	}
	step := action.Runs.Steps[len(action.Runs.Steps)-1]
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	env := map[string]string{"RUNNER_TEMP": temp, "GITHUB_ACTION_PATH": root}
	for name, value := range step.Env {
		input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
		if input == value {
			return fmt.Errorf("%s is no input: %s", name, value)
		}
		env[name] = action.Inputs[input].Default
		if v, ok := with[input]; ok {
			env[name] = v
		}
	}
	env["INPUT_FORMAT"] = "text"
	out, err := r.Script(ctx, r.Workspace, step.Run, env)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// run runs jobs; the error of the first that fails is returned.
func (d *demo) run(jobs ...string) error {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Minute)
	defer cancel()
	for _, j := range jobs {
		if err := d.runner.Run(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// listStep holds what was built against the list.
const listStep = "Hold the files against the list"

// The generated workflow's jobs run here, on a project with an extension module: it is
// built for both builds of Python, tested in threads, and what was built is held
// against the list. Then it is broken in several ways, and each is caught by the step
// that is there for it.
func TestGeneratedWorkflow(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	want := []string{"build-free-threaded", "build-gil", "sdist", "check", "test-free-threaded", "test-gil"}
	names := d.runner.Names()
	if got := slices.Sorted(slices.Values(names)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Fatalf("the jobs are %q", got)
	}
	if err := d.run(names...); err != nil {
		t.Fatal(err)
	}
	good := t.TempDir()
	if err := os.CopyFS(good, os.DirFS(d.artifacts)); err != nil {
		t.Fatal(err)
	}
	tag := "cp" + strings.ReplaceAll(d.series, ".", "")
	free := tag + "t-manylinux_" + d.arch
	tags := fmt.Sprintf("%s-%st-manylinux_2_28_%s", tag, tag, d.arch)
	for _, tt := range []struct {
		name string
		env  map[string]string
		do   func() error // before the jobs
		kept bool         // the artifacts of the case before
		jobs []string     // the last one fails, at this step, which says this
		step string
		says []string
	}{
		{
			name: "the free-threaded job builds a wheel for the GIL", env: map[string]string{"BREAK_BUILD": "gil"},
			jobs: []string{"build-free-threaded", "check"}, step: listStep,
			says: []string{tags + ": FT801 ", "has the same name: two jobs built one wheel"},
		},
		{
			name: "the same, before anybody looks at the tags", kept: true,
			jobs: []string{"test-free-threaded"}, step: "Install the wheel", says: []string{"not a supported wheel"},
		},
		{
			name: "an extension module turns the GIL on", env: map[string]string{"BREAK_BUILD": "silent"},
			jobs: []string{"build-free-threaded", "test-free-threaded"}, step: "Test, each test in several threads at once", says: []string{"GIL"},
		},
		{
			name: "the same, and the tests do not import it", kept: true,
			do: func() error {
				return os.WriteFile(filepath.Join(d.project, "tests", "test_demo.py"), []byte("def test_nothing():\n    pass\n"), 0o600)
			},
			jobs: []string{"test-free-threaded"}, step: "The GIL stays off", says: []string{"demo._counter turned the GIL on"},
		},
		{
			name: "the wheel is not repaired", env: map[string]string{"BREAK_BUILD": "raw"},
			jobs: []string{"build-free-threaded", "check"}, step: listStep, says: []string{": FT803 ", "it was not repaired"},
		},
		{
			name: "the wheel needs a newer system than planned", env: map[string]string{"BREAK_BUILD": "floor"},
			jobs: []string{"build-free-threaded", "check"}, step: listStep,
			says: []string{": FT803 it needs glibc 2.35; " + free + " was to need no more than glibc 2.28"},
		},
		{
			name: "a wheel is missing", do: func() error { return os.RemoveAll(filepath.Join(d.artifacts, "wheel-"+free)) },
			jobs: []string{"check"}, step: listStep, says: []string{tags + ": FT801 ", "see what became of " + free},
		},
		{
			name: "a wheel that nobody asked for",
			do: func() error {
				built, err := filepath.Glob(filepath.Join(d.artifacts, "wheel-"+free, "*.whl"))
				if err != nil || len(built) != 1 {
					return fmt.Errorf("%q: %w", built, err)
				}
				return os.Rename(built[0], strings.Replace(built[0], "demo-1.0-", "other-1.0-", 1))
			},
			jobs: []string{"check"}, step: listStep, says: []string{": FT802 it is a wheel of other, not of demo", tags + ": FT801 "},
		},
		{
			name: "the source distribution is missing", do: func() error { return os.RemoveAll(filepath.Join(d.artifacts, "sdist")) },
			jobs: []string{"check"}, step: listStep, says: []string{"sdist: FT801 "},
		},
		{
			name: "the interpreter of the tests has the GIL", env: map[string]string{"BREAK_SETUP": free},
			jobs: []string{"test-free-threaded"}, step: "The interpreter is free-threaded", says: []string{"exit status 1"},
		},
	} {
		// One after the other: they share the artifacts.
		if !tt.kept {
			if err := errors.Join(os.RemoveAll(d.artifacts), os.CopyFS(d.artifacts, os.DirFS(good))); err != nil {
				t.Fatal(err)
			}
		}
		if err := restore(d.project); err != nil {
			t.Fatal(err)
		}
		maps.Copy(d.runner.Env, tt.env)
		if tt.do != nil {
			if err := tt.do(); err != nil {
				t.Fatal(err)
			}
		}
		err := d.run(tt.jobs...)
		var failed *emittest.StepError
		if !errors.As(err, &failed) || failed.Job != tt.jobs[len(tt.jobs)-1] || failed.Step != tt.step {
			t.Errorf("%s: not caught by %s: %v", tt.name, tt.step, err)
			continue
		}
		for _, s := range tt.says {
			if !strings.Contains(failed.Error(), s) {
				t.Errorf("%s: %s does not say %q:\n%v", tt.name, tt.step, s, failed)
			}
		}
		for k := range tt.env {
			delete(d.runner.Env, k)
		}
	}
}

// restore puts back the tests of the project.
func restore(project string) error {
	text, err := fs.ReadFile(os.DirFS(filepath.Join("testdata", "matrix", "demo")), "tests/test_demo.py")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(project, "tests", "test_demo.py"), text, 0o600)
}
