package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

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
	Name, Uses, Shell, Run string
	With, Env              map[string]string
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

// checkFlags are the flags of ftpkg check that say what is checked and how the answer
// looks.
func checkFlags(t *testing.T) []string {
	t.Helper()
	var names []string
	c := newRoot(world(t)).Command("check")
	for _, f := range c.Flags {
		if f, ok := f.(cli.CategorizableFlag); ok && slices.Contains([]string{groupRules, groupInput, groupAnswer}, f.GetCategory()) {
			names = append(names, f.Names()[0])
		}
	}
	return names
}

// The inputs of the action are the flags of the command, and its last step passes
// each of them on.
func TestActionInputs(t *testing.T) {
	t.Parallel()
	var a actionFile
	readYAML(t, "action.yml", &a)
	flags := checkFlags(t)
	here := []string{
		"explain", // prints a page, and checks nothing
		"jobs",    // a runner's processors are all its own
	}
	for _, f := range flags {
		if _, ok := a.Inputs[f]; ok == slices.Contains(here, f) {
			t.Errorf("the flag --%s is an input: %v", f, ok)
		}
	}
	step := &a.Runs.Steps[len(a.Runs.Steps)-1]
	for name, in := range a.Inputs {
		if in.Description == "" {
			t.Errorf("the input %s has no description", name)
		}
		variable := "FTPKG_" + strings.ToUpper(name)
		if name == "paths" {
			variable = "PATHS_TO_CHECK"
		} else if !slices.Contains(flags, name) {
			t.Errorf("the input %s is no flag", name)
		}
		if got, want := step.Env[variable], "${{ inputs."+name+" }}"; got != want {
			t.Errorf("%s is %q, want %q", variable, got, want)
		}
	}
	if len(step.Env) != len(a.Inputs) {
		t.Errorf("%d variables for %d inputs", len(step.Env), len(a.Inputs))
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

// The hook of pre-commit calls what is there, and its answer is the command's.
func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	var hooks []struct {
		ID, Name, Description, Entry, Language string
		Args, Stages                           []string
		PassFilenames                          *bool `yaml:"pass_filenames"`
		AlwaysRun                              bool  `yaml:"always_run"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 || hooks[0].ID != "ftpkg-check" || hooks[0].Language != "golang" || hooks[0].Name == "" || hooks[0].Description == "" {
		t.Fatalf("%+v", hooks)
	}
	h := &hooks[0]
	if h.PassFilenames == nil || *h.PassFilenames || !h.AlwaysRun {
		t.Error("wheels are not committed: the hook takes no files, and runs all the same")
	}
	words := append(strings.Fields(h.Entry), h.Args...)
	if words[0] != "ftpkg" {
		t.Fatalf("the hook runs %s", words[0])
	}
	good, wrong := goodAndWrong(t)
	for _, tt := range []struct {
		wheels []*checktest.Wheel
		want   int
	}{{[]*checktest.Wheel{good}, exitOK}, {wrong, exitNo}} {
		env := world(t, words[1:]...)
		packInto(t, filepath.Join(env.Dir, "dist"), tt.wheels...)
		if stdout, stderr, code := runIn(t, env); code != tt.want {
			t.Errorf("%s: exit status %d, want %d\n%s%s", tt.wheels[0].File, code, tt.want, stdout, stderr)
		}
	}
}
