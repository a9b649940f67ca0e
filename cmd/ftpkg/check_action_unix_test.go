//go:build unix

package main

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/matrix/emit/emittest"
)

// play runs action.yml in a folder as a runner does, with this program as the one that
// is given. It returns what the steps print, and what they write into the summary.
func play(t *testing.T, dir string, inputs map[string]string, variables ...string) (output, summary string, code int) {
	t.Helper()
	var a actionFile
	readYAML(t, "action.yml", &a)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"binary": self}
	maps.Copy(given, inputs)
	temp := t.TempDir()
	file := func(name string) string { return filepath.Join(temp, name) }
	for _, name := range []string{"path", "output", "summary"} {
		if err := os.WriteFile(file(name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expression := regexp.MustCompile(`\$\{\{ (\w+)\.([\w-]+) \}\}`)
	var out bytes.Buffer
	for i := range a.Runs.Steps {
		step := &a.Runs.Steps[i]
		if step.If != "" { // to build it; a program is given
			if b, err := os.ReadFile(file("output")); err != nil || strings.Contains(string(b), "source=true") {
				t.Fatalf("it is to be built: %v", err)
			}
			continue
		}
		script := file("step.sh")
		if err := os.WriteFile(script, []byte(step.Run), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
		cmd.Env = append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + temp, "RUNNER_TEMP=" + temp, "GITHUB_ACTION_PATH=" + root,
			"GITHUB_PATH=" + file("path"), "GITHUB_OUTPUT=" + file("output"), "GITHUB_STEP_SUMMARY=" + file("summary"), "FTPKG_NO_CACHE=1",
		}, variables...)
		for name, value := range step.Env {
			value = expression.ReplaceAllStringFunc(value, func(e string) string {
				m := expression.FindStringSubmatch(e)
				if m[1] != "inputs" {
					return ""
				}
				if value, ok := given[m[2]]; ok {
					return value
				}
				return a.Inputs[m[2]].Default
			})
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if err := cmd.Run(); err != nil {
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			code = cmd.ProcessState.ExitCode()
			break
		}
	}
	b, err := os.ReadFile(file("summary"))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(file("path")); err != nil || strings.TrimSpace(string(b)) != filepath.Join(temp, "ftpkg") {
		t.Errorf("PATH gets %q: %v", b, err)
	}
	return out.String(), string(b), code
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
		{"an input of another command", map[string]string{"baseline": "accepted.toml"}, exitUsage, "::error title=ftpkg::the input baseline is not one of the command check"},
		{"no command", map[string]string{"command": "chekc"}, exitUsage, "not chekc"},
		{"no program", map[string]string{"binary": "nowhere"}, exitUsage, "the input binary names nowhere"},
	} {
		output, _, code := play(t, dir, tt.inputs)
		if code != tt.code || !strings.Contains(output, tt.output) {
			t.Errorf("%s: exit status %d, want %d\n%s", tt.name, code, tt.code, output)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "check.sarif")); err != nil || !strings.Contains(string(b), `"ruleId": "FT101"`) {
		t.Errorf("check.sarif: %v\n%s", err, b)
	}
}

// The other commands, on the index of the documentation.
func TestActionCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good.txt": "click\n", "bad.txt": "numpy==2.5.5\n", "more.txt": "idna\n", "ours.txt": "pkg\n",
		".github/workflows/w.yml": "on: push\njobs:\n  test:\n    runs-on: macos-13\n    steps:\n      - run: make\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	index := "FTPKG_INDEX_URL=" + snapshotIndex(t)
	links := "FTPKG_FIND_LINKS=" + readyLinks(t)
	for _, tt := range []struct {
		name    string
		inputs  map[string]string
		code    int
		output  string
		summary string // in the summary as well, if it is not ""
	}{
		{"setup", map[string]string{"command": "setup"}, exitOK, "ftpkg (devel)", ""},
		{"resolve", map[string]string{"command": "resolve", "requirements": "good.txt more.txt"}, exitOK, "2 packages, 12 cells", "every cell installs from wheels"},
		{"resolve, blocked", map[string]string{"command": "resolve", "requirements": "bad.txt"}, exitNo, "", "gil-only-wheels"},
		{"resolve, for one cell", map[string]string{"command": "resolve", "requirements": "bad.txt", "python": "3.14t", "platform": "linux-x86_64", "only-binary": ":all:"}, exitOK, "", "numpy"},
		{"resolve, as a table", map[string]string{"command": "resolve", "requirements": "bad.txt", "format": "table"}, exitNo, "● compiled for this build", ""},
		{"resolve, no file", map[string]string{"command": "resolve", "requirements": "none.txt"}, exitUsage, "none.txt", ""},
		{"ready", map[string]string{"command": "ready", "requirements": "ours.txt", "python": "3.14t,3.14", "platform": "linux-x86_64"}, exitOK, "", "every cell is ready"},
		{"ready, blocked", map[string]string{"command": "ready", "requirements": "bad.txt", "platform": "macos-x86_64"}, exitNo, "", "numpy"},
		{"gap", map[string]string{"command": "gap", "project": "numpy==2.5.5"}, exitNo, "", "macos"},
		{"gap, an option", map[string]string{"command": "gap", "project": "--help"}, exitUsage, "", ""},
		{"lint", map[string]string{"command": "lint"}, exitNo, "::error file=.github/workflows/w.yml", ""},
		{"lint, ignored", map[string]string{"command": "lint", "ignore": "FM"}, exitOK, "", ""},
		{"publish, nothing is there", map[string]string{"command": "publish", "directory": "public", "store": "none.db"}, exitUsage, "ftpkg track init", ""},
	} {
		output, summary, code := play(t, dir, tt.inputs, index, links)
		if code != tt.code || !strings.Contains(output, tt.output) {
			t.Errorf("%s: exit status %d, want %d\n%s", tt.name, code, tt.code, output)
		}
		if !strings.Contains(summary, tt.summary) || (tt.summary == "") != (summary == "") {
			t.Errorf("%s: the summary is %q", tt.name, summary)
		}
	}
}

// The example workflows give the action what its commands take, and say commands that
// there are. Those that need no more than files and an index are played.
func TestActionExamples(t *testing.T) {
	t.Parallel()
	good, _ := goodAndWrong(t)
	dir := t.TempDir()
	packInto(t, filepath.Join(dir, "dist"), good)
	for name, text := range map[string]string{"requirements.txt": "click\n", ".github/workflows/w.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	index := "FTPKG_INDEX_URL=" + snapshotIndex(t)
	examples, err := filepath.Glob(filepath.Join("..", "..", "examples", "actions", "*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	commands := readActionCommands(t)
	shown := map[string]bool{}
	for _, file := range examples {
		w, err := emittest.ReadWorkflow(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				for line := range strings.Lines(step.Run) {
					line, _, _ = strings.Cut(line, "||")
					if words := strings.Fields(line); len(words) > 1 && words[0] == "ftpkg" {
						if _, err := readCmdline(newRoot(world(t)), words[1:]); err != nil {
							t.Errorf("%s: %s: %v", file, line, err)
						}
					}
				}
				if !strings.HasPrefix(step.Uses, "ftpkg/ftpkg@") {
					continue
				}
				name := step.With["command"]
				c := commands[name]
				if c == nil {
					t.Errorf("%s: there is no command %q", file, name)
					continue
				}
				shown[name] = true
				for input := range step.With {
					if !slices.Contains(append([]string{"command", "token", c.arguments}, c.flags...), input) {
						t.Errorf("%s: %s does not take %s", file, name, input)
					}
				}
				if !slices.Contains([]string{"setup", "check", "resolve", "lint"}, name) {
					continue
				}
				if output, _, code := play(t, dir, step.With, index); code != exitOK {
					t.Errorf("%s: exit status %d\n%s", file, code, output)
				}
			}
		}
	}
	for name := range commands {
		if !shown[name] {
			t.Errorf("no example shows %s", name)
		}
	}
}
