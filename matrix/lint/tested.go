package lint

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A Tested says of a job that it runs tests on a free-threaded Python.
type Tested struct {
	File   string // ".github/workflows/test.yml"
	Line   int    // of what runs them, from 1
	Job    string // its ID
	Python string // "3.14t"
	// Platforms are those that are known, such as "linux-x86_64", sorted.
	Platforms []string
	// Command is what runs the tests: the command, or "cibuildwheel: " and its
	// test-command.
	Command string
}

// Workflows is what a project's workflows say of its tests.
type Workflows struct {
	// Files are the workflows there are, Broken those of them that can't be read.
	Files, Broken []string
	// Tests are in the order of files and lines.
	Tests []Tested
}

// maxWorkflows is how many workflows of a project are read.
const maxWorkflows = 200

// TestedFree finds the jobs in the workflows of a project that run tests on
// free-threaded Pythons, as far as they say so themselves: a Python that is set up, or
// that uv is told, before a command that runs tests, in the job or in an action of the
// project that it uses; and cibuildwheel, where it builds
// free-threaded wheels and has a command that tests them. What a script decides is not
// seen, so a job that isn't found may still test. The error is that the directory
// can't be read.
func TestedFree(fsys fs.FS) (*Workflows, error) {
	fsys = project{fsys}
	found := &Workflows{}
	var names []string
	for _, pattern := range []string{"*.yml", "*.yaml"} {
		some, err := fs.Glob(fsys, path.Join(".github/workflows", pattern))
		if err != nil {
			return nil, err
		}
		names = append(names, some...)
	}
	slices.Sort(names)
	found.Files = names[:min(len(names), maxWorkflows)]
	w, err := newWorld(nil, Options{Project: fsys})
	if err != nil {
		return nil, err
	}
	read := map[string]bool{}
	for _, j := range w.jobs {
		read[j.File.Name] = true
		for _, r := range j.runs {
			r.freeTests(found)
			r.freeWheelTests(found)
		}
	}
	for _, name := range found.Files {
		if text, err := fs.ReadFile(fsys, name); !read[name] && (err != nil || !parses(name, text)) {
			found.Broken = append(found.Broken, name)
		}
	}
	found.arrange()
	return found, nil
}

func parses(name string, text []byte) bool {
	_, err := workflow.Parse(name, string(text))
	return len(text) < maxEvidence && err == nil
}

// A project is a directory of which only that is seen which decides what cibuildwheel
// does.
type project struct{ fs.FS }

// Open opens regular files of a usual size only.
func (p project) Open(name string) (fs.File, error) {
	info, err := fs.Stat(p.FS, name)
	if err == nil && !info.IsDir() && (!info.Mode().IsRegular() || info.Size() > maxEvidence) {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return p.FS.Open(name)
}

// ReadDir lists nothing but the workflows: tests and their settings are no matter here.
func (p project) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != ".github/workflows" {
		return nil, nil
	}
	entries, err := fs.ReadDir(p.FS, name)
	return entries[:min(len(entries), maxWorkflows)], err
}

// freeTests notes the tests that a run has on free-threaded Pythons.
func (r *run) freeTests(found *Workflows) {
	for _, s := range r.job.Steps {
		if !r.May(r.job.If.Value) || !r.May(s.If.Value) {
			continue
		}
		r.actionTests(s, found)
		if s.Run.Node == nil {
			continue
		}
		for _, c := range commands(s.Run.Value) {
			at := c.tests()
			if at == nil {
				continue
			}
			for _, p := range r.pythonsOf(s, &c) {
				line, _ := r.job.File.Doc.Position(s.Run.Node, at.at)
				text, _ := r.Text(c.rest(0))
				found.Tests = append(found.Tests, Tested{r.job.File.Name, line, r.job.ID, p, r.platforms(), cmp.Or(text, c.rest(0))})
			}
		}
	}
}

// pythonsOf are the free-threaded Pythons on which a command of a step runs: the one
// that it names, else the last that was set up before it; of several that one step
// sets up, tox and nox use each.
func (r *run) pythonsOf(s *workflow.Step, c *command) []string {
	var last []pythonUse
	for _, p := range r.pythons {
		switch {
		case p.step.Index > s.Index, p.step.Index == s.Index && (p.by != "uv" || !strings.Contains(c.rest(0), p.at.Value)):
			continue
		case p.by == "uv" && p.step.Index < s.Index && !strings.Contains(p.step.Run.Value, "install"):
			continue // it was for a command of another step
		}
		if len(last) > 0 && last[0].step != p.step {
			last = nil
		}
		last = append(last, p)
	}
	if n := len(last); n > 1 && !c.has("tox", "nox") {
		last = last[n-1:]
	}
	var names []string
	for _, p := range last {
		if v, _, _, ok := parseVersion(p.version); ok && p.free {
			names = append(names, "3."+itoa(v.minor)+"t")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// tests returns the word by which the command runs tests, nil if it doesn't.
func (c *command) tests() *word {
	if w := c.pytest(); w != nil {
		return w
	}
	if len(c.words) == 0 || c.has("install", "add", "echo", "sync", "download", "build", "cat", "ls", "cd", "mkdir", "cp", "rm") {
		return nil
	}
	for i := range c.words {
		w := &c.words[i]
		next := ""
		if i+1 < len(c.words) {
			next = c.words[i+1].text
		}
		before := ""
		if i > 0 {
			before = c.words[i-1].text
		}
		starts := i == 0 || before == "-m" || before == "run" || before == "uvx" || before == "tool"
		switch w.text {
		case "tox", "nox":
			if starts && !c.lists() {
				return w
			}
		case "unittest":
			if before == "-m" {
				return w
			}
		case "hatch", "spin", "make", "meson", "just", "task", "poe", "pixi", "invoke", "pdm", "poetry":
			if starts && (strings.HasPrefix(next, "test") || next == "run" && i+2 < len(c.words) && strings.HasPrefix(c.words[i+2].text, "test")) {
				return w
			}
		}
	}
	return nil
}

// notTests are what environments of tox and sessions of nox are called that do something
// else.
var notTests = []string{
	"lint", "docs", "doc", "mypy", "type", "typing", "typecheck", "pre-commit", "format", "style", "build", "coverage-report", "changelog", "release",
}

// lists reports whether tox or nox is only asked what there is, or to do something else
// by the name of its environment.
func (c *command) lists() bool {
	if c.has("-l", "--list", "--listenvs", "--version", "config", "list", "--help", "--notest", "--install-only") {
		return true
	}
	for i, w := range c.words {
		env := ""
		switch {
		case i > 0 && slices.Contains([]string{"-e", "-s", "-m", "--session", "--sessions"}, c.words[i-1].text):
			env = w.text
		case strings.HasPrefix(w.text, "-e"), strings.HasPrefix(w.text, "-s"):
			env = w.text[2:]
		}
		if slices.Contains(notTests, env) {
			return true
		}
	}
	return false
}

// platforms are the platform of the run's runner, none if that is not known.
func (r *run) platforms() []string {
	if r.runner == nil {
		return nil
	}
	arch := map[string]string{"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "arm64", "AMD64": "x86_64", "ARM64": "arm64", "x86": "x86"}[r.runner.Arch]
	if arch == "" {
		return nil
	}
	return []string{r.runner.OS + "-" + arch}
}

// freeWheelTests notes the free-threaded wheels that cibuildwheel tests in a run.
func (r *run) freeWheelTests(found *Workflows) {
	for _, u := range r.builds {
		command, skip := u.options["test-command"], u.options["test-skip"]
		ids, ok := u.identifiers()
		if !ok || !command.known || !command.set || strings.TrimSpace(command.text) == "" || !skip.known {
			continue
		}
		known := false // for which architectures
		if r.runner != nil {
			if made := u.made(); len(made) > 0 {
				ids, known = made, true
			}
		}
		pythons := map[string][]string{}
		for _, id := range ids {
			if !freeThreaded(id) || matrix.Match(skip.text, id) {
				continue
			}
			python, word, _ := strings.Cut(id, "-")
			name := "3." + strings.TrimPrefix(python, "cp3")
			var platforms []string
			if known {
				platforms = platformNames(word)
			}
			pythons[name] = append(pythons[name], platforms...)
		}
		at := u.step.Run
		if u.step.Uses.Node != nil {
			at = u.step.Uses
		}
		file, line := r.job.File.Name, at.Line()
		switch {
		case command.at.Node != nil:
			line = command.at.Line()
		case command.path != nil && command.file != nil:
			file = command.file.name
			line, _ = command.file.position(command.path...)
		}
		for _, python := range sortedKeys(pythons) {
			found.Tests = append(found.Tests, Tested{file, max(line, 1), r.job.ID, python, pythons[python], "cibuildwheel: " + strings.TrimSpace(command.text)})
		}
	}
}

// platformNames are the platforms of the second half of an identifier, as ftpkg names
// them.
func platformNames(word string) []string {
	var names []string
	for _, p := range (matrix.Platform{Word: word}).Platforms() {
		names = append(names, p.Name())
	}
	return names
}

// arrange puts tests in order; those that differ in platforms alone become one.
func (w *Workflows) arrange() {
	type key struct {
		file    string
		line    int
		job     string
		python  string
		command string
	}
	all := map[key]*Tested{}
	var order []*Tested
	for i := range w.Tests {
		t := &w.Tests[i]
		k := key{t.File, t.Line, t.Job, t.Python, t.Command}
		if all[k] == nil {
			all[k] = t
			order = append(order, t)
			continue
		}
		all[k].Platforms = append(all[k].Platforms, t.Platforms...)
	}
	var tests []Tested
	for _, t := range order {
		slices.Sort(t.Platforms)
		t.Platforms = slices.Compact(t.Platforms)
		tests = append(tests, *t)
	}
	slices.SortStableFunc(tests, func(a, b Tested) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Job, b.Job), cmp.Compare(a.Python, b.Python), cmp.Compare(a.Command, b.Command))
	})
	w.Tests = tests
}
