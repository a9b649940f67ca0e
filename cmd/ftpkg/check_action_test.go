package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/snapshot"
	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// An actionFile is what action.yml says, as far as it is looked at.
type actionFile struct {
	Name        string
	Description string
	Author      string
	Branding    map[string]string
	Inputs      map[string]struct{ Description, Default string }
	Runs        struct {
		Using string
		Steps []actionStep
	}
}

// An actionStep is one step of a composite action.
type actionStep struct {
	ID, If, Name, Uses, Shell, Run string
	With, Env                      map[string]string
}

// readYAML decodes a file of the repository's root; what it does not know is an error.
func readYAML(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(to); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// flagsOf are the flags of a command, by name; groups narrow them down.
func flagsOf(t *testing.T, command string, groups ...string) []string {
	t.Helper()
	var names []string
	c := newRoot(world(t))
	for w := range strings.FieldsSeq(command) {
		if c = c.Command(w); c == nil {
			t.Fatalf("there is no command %s", command)
		}
	}
	for _, f := range c.Flags {
		if f, ok := f.(cli.CategorizableFlag); ok && (groups == nil || slices.Contains(groups, f.GetCategory())) {
			names = append(names, f.Names()[0])
		}
	}
	return names
}

// An actionCommand is what actions/run.sh does for a value of the input command.
type actionCommand struct {
	words, arguments string
	flags            []string
}

// readActionCommands reads the cases of actions/run.sh.
func readActionCommands(t *testing.T) map[string]*actionCommand {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "actions", "run.sh"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), "case $INPUT_COMMAND in\n")
	text, _, _ = strings.Cut(text, "\nesac\n")
	one := regexp.MustCompile(`(?ms)^([a-z]+)\)\n(.*?)^    ;;`)
	value := func(name, body string) string {
		m := regexp.MustCompile(`(?m)^    ` + name + `="?([^"\n]*)"?$`).FindStringSubmatch(body)
		if m == nil {
			return ""
		}
		return m[1]
	}
	commands := map[string]*actionCommand{}
	for _, m := range one.FindAllStringSubmatch(text, -1) {
		c := &actionCommand{words: m[1], arguments: value("arguments", m[2]), flags: strings.Fields(value("flags", m[2]))}
		if w := value("words", m[2]); w != "" {
			c.words = w
		}
		commands[m[1]] = c
	}
	return commands
}

// The inputs of the action are flags and arguments of the commands it runs, each is
// passed on, and the page says which command has which.
func TestActionInputs(t *testing.T) {
	t.Parallel()
	var a actionFile
	readYAML(t, "action.yml", &a)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "action.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := readActionCommands(t)
	if len(commands) != 7 {
		t.Fatalf("%d commands", len(commands))
	}
	used := map[string][]string{"command": nil, "version": nil, "binary": nil, "token": {"publish"}}
	for name, c := range commands {
		if name == "setup" {
			continue
		}
		known := flagsOf(t, c.words)
		for _, f := range c.flags {
			if used[f] = append(used[f], name); !slices.Contains(known, f) {
				t.Errorf("ftpkg %s has no flag --%s", c.words, f)
			}
		}
		if c.arguments != "" {
			used[c.arguments] = append(used[c.arguments], name)
		}
	}
	for _, f := range flagsOf(t, "check", groupRules, groupInput, groupAnswer) {
		if here := f == "explain" || f == "jobs"; here == slices.Contains(commands["check"].flags, f) { // a page, and a runner's processors
			t.Errorf("the flag --%s of check is an input: %v", f, !here)
		}
	}

	install, step := &a.Runs.Steps[0], &a.Runs.Steps[len(a.Runs.Steps)-1]
	passed := maps.Clone(step.Env)
	maps.Copy(passed, install.Env)
	for name, in := range a.Inputs {
		if in.Description == "" {
			t.Errorf("the input %s has no description", name)
		}
		for _, c := range used[name] {
			if about, _, ok := strings.Cut(in.Description, ": "); ok && !strings.Contains(in.Description, c) {
				t.Errorf("the description of %s is about %s, %s takes it too", name, about, c)
			}
			row := regexp.MustCompile(`(?m)^\| ` + "`" + regexp.QuoteMeta(name) + "`" + ` \|.*\b` + c + `\b.*\|`)
			if !row.Match(page) {
				t.Errorf("docs/action.md does not say that %s is for %s", name, c)
			}
		}
		if _, ok := used[name]; !ok {
			t.Errorf("no command takes the input %s", name)
		}
		if !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("docs/action.md does not have %s", name)
		}
		variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if got, want := passed[variable], "${{ inputs."+name+" }}"; got != want {
			t.Errorf("%s is %q, want %q", variable, got, want)
		}
	}
	for name := range used {
		if _, ok := a.Inputs[name]; !ok {
			t.Errorf("%s is no input", name)
		}
	}
	if got, want := len(passed), len(a.Inputs)+1; got != want { // and the reference it is called by
		t.Errorf("%d variables for %d inputs", got, want-1)
	}
	pinned := regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)
	for _, s := range a.Runs.Steps {
		switch {
		case s.Uses != "" && !pinned.MatchString(s.Uses):
			t.Errorf("%s: not the whole digest of a commit", s.Uses)
		case s.Run != "" && s.Shell != "bash":
			t.Errorf("the step %s has no shell", s.Name)
		case strings.Contains(s.Run, "${{"):
			t.Errorf("the step %s has an expression in its script, where what it becomes is run", s.Name)
		}
	}
}

// packInto packs the wheels of a test into a folder.
func packInto(t *testing.T, dir string, list ...*checktest.Wheel) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, w := range list {
		b, err := w.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, w.File), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// goodAndWrong are a wheel that passes and the case of one that does not.
func goodAndWrong(t *testing.T) (good *checktest.Wheel, wrong []*checktest.Wheel) {
	t.Helper()
	cases := checktest.Wrong()
	i := slices.IndexFunc(cases, func(c checktest.Case) bool { return c.Rule == "FT101" })
	return checktest.GoodWheel("pkg-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"), cases[i].Wheels
}

// A hook is one of .pre-commit-hooks.yaml.
type hook struct {
	ID, Name, Description, Entry, Language, Files string
	Args, Stages                                  []string
	PassFilenames                                 *bool `yaml:"pass_filenames"`
	AlwaysRun                                     bool  `yaml:"always_run"`
}

// run runs a hook as pre-commit does if no arguments are configured, in a folder with
// these files.
func (h *hook) run(t *testing.T, files map[string]string, list ...*checktest.Wheel) (output string, code int) {
	t.Helper()
	words := append(strings.Fields(h.Entry), h.Args...)
	env := world(t, words[1:]...)
	settings := map[string]string{"FTPKG_INDEX_URL": snapshotIndex(t), "FTPKG_FIND_LINKS": readyLinks(t), "FTPKG_NO_CACHE": "1"}
	if h.ID == "ftpkg-ready" { // so that few files are read
		settings["FTPKG_PLATFORM"] = map[bool]string{true: "linux-x86_64", false: "macos-x86_64"}[strings.Contains(files["requirements.txt"], "pkg")]
	}
	env.Getenv = variables(settings)
	for name, text := range files {
		name = filepath.Join(env.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if list != nil {
		packInto(t, filepath.Join(env.Dir, "dist"), list...)
	}
	stdout, stderr, code := runIn(t, env)
	return stdout + stderr, code
}

// snapshotIndex is an index with what the documentation shows.
func snapshotIndex(t *testing.T) string {
	t.Helper()
	index := t.TempDir()
	if _, err := snapshot.Unpack(os.DirFS(filepath.Join("testdata", "snapshot")), index); err != nil {
		t.Fatal(err)
	}
	return index
}

// readyLinks is a folder with both wheels of a project that leaves the GIL off.
func readyLinks(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	packInto(t, dir, checktest.GoodWheel("pkg-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"), checktest.GoodWheel("pkg-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"))
	return dir
}

// The hooks of pre-commit call what is there, when it matters, and their answer is the
// command's.
func TestPreCommitHooks(t *testing.T) {
	t.Parallel()
	var list []*hook
	readYAML(t, ".pre-commit-hooks.yaml", &list)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "pre-commit.md"))
	if err != nil {
		t.Fatal(err)
	}
	hooks := map[string]*hook{}
	for _, h := range list {
		hooks[h.ID] = h
		if h.Language != "golang" || h.Name == "" || h.Description == "" || !strings.HasPrefix(h.Entry, "ftpkg ") || !strings.Contains(string(page), "`"+h.ID+"`") {
			t.Errorf("%+v", h)
		}
		if h.PassFilenames == nil || *h.PassFilenames {
			t.Errorf("%s: which files are looked at is for ftpkg to say", h.ID)
		}
		if h.AlwaysRun == (h.Files != "") {
			t.Errorf("%s: it runs always, or for some files", h.ID)
		}
	}
	const workflow = "on: push\njobs:\n  wheels:\n    runs-on: %s\n    steps:\n      - run: make\n"
	good, wrong := goodAndWrong(t)
	for _, tt := range []struct {
		id     string
		files  map[string]string
		wheels []*checktest.Wheel
		want   int
		says   string
	}{
		{"ftpkg-check", nil, []*checktest.Wheel{good}, exitOK, ""},
		{"ftpkg-check", nil, wrong, exitNo, "FT101"},
		{"ftpkg-resolve", map[string]string{"requirements.txt": "click\n"}, nil, exitOK, "every cell installs from wheels"},
		{"ftpkg-resolve", map[string]string{"requirements.txt": "numpy==2.5.5\n"}, nil, exitNo, "gil-only-wheels"},
		{"ftpkg-resolve", nil, nil, exitUsage, "requirements.txt"},
		{"ftpkg-ready", map[string]string{"requirements.txt": "pkg\n"}, nil, exitOK, "every cell is ready"},
		{"ftpkg-ready", map[string]string{"requirements.txt": "numpy==2.5.5\n"}, nil, exitNo, "numpy"},
		{"ftpkg-matrix-lint", map[string]string{".github/workflows/w.yml": fmt.Sprintf(workflow, "ubuntu-24.04")}, nil, exitOK, ""},
		{"ftpkg-matrix-lint", map[string]string{".github/workflows/w.yml": fmt.Sprintf(workflow, "macos-13")}, nil, exitNo, "macos-13"},
	} {
		h := hooks[tt.id]
		if h == nil {
			t.Errorf("there is no hook %s", tt.id)
			continue
		}
		if output, code := h.run(t, tt.files, tt.wheels...); code != tt.want || !strings.Contains(output, tt.says) {
			t.Errorf("%s: exit status %d, want %d\n%s", tt.id, code, tt.want, output)
		}
		for name := range tt.files {
			if !regexp.MustCompile(h.Files).MatchString(name) {
				t.Errorf("%s does not run for %s", tt.id, name)
			}
		}
	}
	for _, name := range []string{"README.md", "src/requirements.py", "docs/workflows/x.yml", "notpyproject.toml"} {
		for _, h := range list {
			if h.Files != "" && regexp.MustCompile(h.Files).MatchString(name) {
				t.Errorf("%s runs for %s", h.ID, name)
			}
		}
	}
}
