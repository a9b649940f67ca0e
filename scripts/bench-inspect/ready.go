package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ready measures the answer to a lock that uv makes of the requirements.
func (b *bench) ready(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("uv"); err != nil {
		return "uv is not installed, so there is no lock to judge.\n", nil //nolint:nilerr // said so
	}
	dir, cache := filepath.Join(b.tmp, "app"), filepath.Join(b.tmp, "ready")
	packages, err := b.lock(ctx, dir)
	if err != nil {
		return "", err
	}
	run := func(more ...string) *exec.Cmd {
		args := append([]string{"ready", filepath.Join(dir, "uv.lock"), "--no-config", "--cache-dir", cache}, more...)
		return exec.CommandContext(ctx, b.ftpkg, args...)
	}
	cold := run("-v", "-o", os.DevNull)
	said, err := cold.CombinedOutput()
	if err != nil && !isAnswer(cold) {
		return "", fmt.Errorf("filling the cache: %w: %s", err, said)
	}
	text := fmt.Sprintf("`ftpkg ready uv.lock`, 12 cells, the lock of `%s` with %d packages, fixes included, from a warm cache without a network:\n\n%s", b.input, packages, head)
	for _, c := range []struct {
		name string
		more []string
	}{
		{"the table", []string{"--offline"}},
		{"`--format json`", []string{"--offline", "--format", "json"}},
		{"the table, with `--fix`", []string{"--offline", "--fix"}},
	} {
		wall, cpu, err := b.timed(func() *exec.Cmd { return run(c.more...) })
		if err != nil {
			return "", err
		}
		text += row(c.name, wall, cpu)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, " requests, ") {
			text += "\nThe first time, with an empty cache: " + strings.TrimSpace(strings.TrimPrefix(line, "ftpkg: ")) + ".\n"
		}
	}
	return text, nil
}

// lock makes a project of the requirements and has uv lock it; the project itself is
// not among the packages.
func (b *bench) lock(ctx context.Context, dir string) (packages int, err error) {
	text, err := os.ReadFile(b.input)
	if err != nil {
		return 0, err
	}
	var project strings.Builder
	project.WriteString("[project]\nname = \"application\"\nversion = \"1\"\nrequires-python = \">=3.13\"\ndependencies = [\n")
	for line := range strings.Lines(string(text)) {
		if requirement, _, _ := strings.Cut(strings.TrimSpace(line), "#"); requirement != "" {
			fmt.Fprintf(&project, "    %q,\n", strings.TrimSpace(requirement))
		}
	}
	project.WriteString("]\n")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte(project.String()), 0o600); err != nil {
		return 0, err
	}
	args := []string{"lock", "--quiet", "--no-config", "--project", dir, "--cache-dir", filepath.Join(b.tmp, "uv")}
	if url := os.Getenv("INDEX_URL"); url != "" {
		args = append(args, "--default-index", url)
	}
	if b.python != "" {
		args = append(args, "--python", b.python)
	}
	cmd := exec.CommandContext(ctx, "uv", args...) //nolint:gosec // whoever runs it says which index and interpreter
	if said, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("uv lock: %w: %s", err, said)
	}
	lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	return strings.Count(string(lock), "\n[[package]]\n") - 1, err
}
