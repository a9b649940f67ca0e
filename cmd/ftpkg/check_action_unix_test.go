//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// play runs the last step of action.yml in a folder as a runner does, the program
// being in the place where the step before puts it.
func play(t *testing.T, dir string, inputs map[string]string) (output string, code int) {
	t.Helper()
	var a actionFile
	readYAML(t, "action.yml", &a)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	if err := os.Mkdir(filepath.Join(temp, "ftpkg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(temp, "ftpkg", "ftpkg")); err != nil {
		t.Fatal(err)
	}
	step := &a.Runs.Steps[len(a.Runs.Steps)-1]
	script := filepath.Join(temp, "step.sh")
	if err := os.WriteFile(script, []byte(step.Run), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + temp, "RUNNER_TEMP=" + temp}
	expression := regexp.MustCompile(`\$\{\{ inputs\.(\w+) \}\}`)
	for name, value := range step.Env {
		value = expression.ReplaceAllStringFunc(value, func(e string) string {
			input := expression.FindStringSubmatch(e)[1]
			if given, ok := inputs[input]; ok {
				return given
			}
			return a.Inputs[input].Default
		})
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%s", name, value))
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestAction(t *testing.T) {
	t.Parallel()
	good, wrong := goodAndWrong(t)
	dir := t.TempDir()
	packInto(t, filepath.Join(dir, "dist"), good)
	packInto(t, filepath.Join(dir, "out"), wrong...)
	packInto(t, filepath.Join(dir, "out", "more"), good)
	for _, tt := range []struct {
		name   string
		inputs map[string]string
		code   int
		output string
	}{
		{"nothing given", nil, exitOK, ""},
		{"a wildcard", map[string]string{"paths": "out/*.whl"}, exitNo, "::error file=out/" + wrong[0].File},
		{"two paths", map[string]string{"paths": "dist out/more", "format": "text"}, exitOK, "2 wheels: nothing found"},
		{"text", map[string]string{"paths": "out", "format": "text"}, exitNo, ": FT101 "},
		{"ignored", map[string]string{"paths": "out", "ignore": "FT101"}, exitOK, ""},
		{"selected", map[string]string{"paths": "out", "select": "FT2,FT3"}, exitOK, ""},
		{"into a file", map[string]string{"paths": "out", "format": "sarif", "output": "check.sarif"}, exitNo, ""},
		{"nothing built", map[string]string{"paths": "nowhere/*.whl"}, exitUsage, "nowhere/*.whl"},
		{"a plan that is not there", map[string]string{"expect": "plan.json"}, exitUsage, "plan.json"},
		{"no rule", map[string]string{"select": "FT999"}, exitUsage, "FT999"},
		{"an input that looks like a command", map[string]string{"paths": "dist;false $(false)"}, exitUsage, "dist;false"},
	} {
		output, code := play(t, dir, tt.inputs)
		if code != tt.code || !strings.Contains(output, tt.output) {
			t.Errorf("%s: exit status %d, want %d\n%s", tt.name, code, tt.code, output)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "check.sarif")); err != nil || !strings.Contains(string(b), `"ruleId": "FT101"`) {
		t.Errorf("check.sarif: %v\n%s", err, b)
	}
}
