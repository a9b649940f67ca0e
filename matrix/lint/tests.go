package lint

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A testUse is a call of pytest.
type testUse struct {
	step *workflow.Step
	// at is the text that has the command; the word pytest is [from, to) of it.
	at       workflow.Text
	from, to int
	// text is the command, known says that its expressions are.
	text  string
	known bool
}

// useTests notes where a step calls pytest.
func (r *run) useTests(s *workflow.Step) {
	for _, c := range commands(s.Run.Value) {
		w := c.pytest()
		if w == nil {
			continue
		}
		text, known := r.Text(c.rest(0))
		r.tests = append(r.tests, testUse{s, s.Run, w.at, w.end, text, known})
	}
}

// delegates reports whether a step of the job leaves work to what is not seen.
func (j *job) delegates() bool {
	for _, s := range j.Steps {
		if strings.HasPrefix(s.Uses.Value, "./") {
			return true
		}
		for _, c := range commands(s.Run.Value) {
			if c.delegates() {
				return true
			}
		}
	}
	return false
}

// threadOptions are what gives pytest-run-parallel something to do.
var threadOptions = []string{"--parallel-threads", "--iterations", "--forever"}

// checkTests finds tests that test less than they seem to.
func (w *world) checkTests(j *job) {
	w.checkThreads(j)
	w.checkBuildTests(j)
	w.checkGIL(j)
	w.checkHidden(j)
}

// checkThreads finds jobs that install pytest-run-parallel and call pytest without
// a number of threads: one is its default.
func (w *world) checkThreads(j *job) {
	if j.delegates() || strings.Contains(j.runTexts(), "PYTEST_ADDOPTS") || w.files.says("parallel-threads", "parallel_threads", "n_threads") || w.project != nil && strings.Contains(w.project.text, "parallel-threads") {
		return
	}
	var call *testUse // one that has the plugin
	everywhere := true
	for _, r := range j.runs {
		plugin := r.installs("pytest-run-parallel") || r.installs("pytest_run_parallel")
		for i := range r.tests {
			t := &r.tests[i]
			addopts, _ := t.step.Env("PYTEST_ADDOPTS")
			given, known := r.text(addopts)
			if !t.known || addopts.Node != nil && !known || hasThreads(given+" "+t.text) {
				return
			}
			if plugin && call == nil {
				call = t
			}
			everywhere = everywhere && plugin && (call == nil || call.at.Node == t.at.Node && call.from == t.from)
		}
	}
	if call == nil {
		return
	}
	f := j.within(call.at, call.from, ruleNoThreads, "pytest-run-parallel is installed, but runs each test in one thread unless --parallel-threads says otherwise")
	if everywhere {
		f.fix = func(e *edits) error {
			doc, err := e.workflow(j.File.Name)
			if err != nil {
				return err
			}
			return doc.Replace(call.at.Path, call.to, call.to, " --parallel-threads=auto")
		}
	}
	w.find(f)
}

// installs reports whether a step that may run has a word that begins so.
func (r *run) installs(name string) bool {
	for _, s := range r.job.Steps {
		if !r.May(s.If.Value) {
			continue
		}
		for _, c := range commands(s.Run.Value) {
			for _, x := range c.words {
				if strings.HasPrefix(x.text, name) {
					return true
				}
			}
		}
	}
	return false
}

// hasThreads reports whether options of pytest ask for more than one thread.
func hasThreads(text string) bool {
	for _, o := range threadOptions {
		_, after, ok := strings.Cut(text, o)
		if !ok {
			continue
		}
		value := strings.TrimLeft(after, "= ")
		if o != "--parallel-threads" || !strings.HasPrefix(value+" ", "1 ") {
			return true
		}
	}
	return false
}

// checkBuildTests is checkThreads for the tests that cibuildwheel runs.
func (w *world) checkBuildTests(j *job) {
	for _, r := range j.runs {
		for _, u := range r.builds {
			requires, command := u.options["test-requires"], u.options["test-command"]
			if !requires.known || !command.known || !strings.Contains(requires.text, "pytest-run-parallel") || !strings.Contains(command.text, "pytest") ||
				hasThreads(command.text) || hasThreads(u.options["environment"].text) || hasThreads(u.options["test-environment"].text) ||
				w.files.says("parallel-threads", "parallel_threads") || w.project.get("tool", "cibuildwheel", "overrides") != nil || command.delegated() {
				continue
			}
			message := "pytest-run-parallel is installed for the tests of wheels, but runs each test in one thread unless --parallel-threads says otherwise"
			if command.at.Node == nil {
				f := Finding{File: w.project.name, Rule: ruleNoThreads, Message: message}
				f.Line, f.Column = w.project.position(command.path...)
				if _, ok := w.project.get(command.path...).(string); ok {
					f.fix = threadsInTOML(w.project.name, command.path)
				}
				w.find(f)
				continue
			}
			f := j.at(command.at.Node, ruleNoThreads, "%s", message)
			if from, to := findWord(command.at.Value, "pytest"); from >= 0 {
				f.fix = func(e *edits) error {
					doc, err := e.workflow(j.File.Name)
					if err != nil {
						return err
					}
					return doc.Replace(command.at.Path, from, to, "pytest --parallel-threads=auto")
				}
			}
			w.find(f)
		}
	}
}

// threadsInTOML adds the number of threads to a command of pyproject.toml.
func threadsInTOML(file string, path []any) func(e *edits) error {
	return func(e *edits) error {
		p, err := e.pyproject(file)
		if err != nil {
			return err
		}
		s, _ := p.get(path...).(string)
		from, to := findWord(s, "pytest")
		if from < 0 {
			return errJudgement
		}
		return p.set(path, s[:to]+" --parallel-threads=auto"+s[to:])
	}
}

// delegated reports whether a command of tests leaves them to what is not seen.
func (o *option) delegated() bool {
	for _, c := range commands(o.text) {
		if c.delegates() {
			return true
		}
	}
	return false
}

// gilChecks are words of what notices a GIL that came back.
var gilChecks = []string{"_is_gil_enabled", "--require-gil-disabled", "ftpkg run", "ftpkg probe"}

// checkGIL finds jobs that test on a free-threaded interpreter, where nothing notices
// that an extension module turned the GIL on.
func (w *world) checkGIL(j *job) {
	if !w.compiled() || j.delegates() || w.files.says(gilChecks...) {
		return
	}
	// pytest-run-parallel fails if the GIL comes back, unless it is told not to.
	for _, word := range []string{"pytest-run-parallel", "pytest_run_parallel", "parallel-threads"} {
		if (j.mentions(word) || w.files.says(word)) && !j.mentions("ignore-gil-enabled") {
			return
		}
	}
	if slices.ContainsFunc(gilChecks, j.mentions) {
		return
	}
	if j.warningsFail() || strings.Contains(w.files.settings, "filterwarnings") && strings.Contains(w.files.settings, "error") {
		return
	}
	for _, r := range j.runs {
		if !r.free() {
			continue
		}
		for _, t := range r.tests {
			w.find(j.within(t.at, t.from, ruleNoGILCheck, "tests run on a free-threaded Python%s, but no step of the job would notice an extension module that turns the GIL on", r.where()))
			return
		}
	}
}

// warningsFail reports whether the job makes errors of warnings, as the one about the
// GIL is.
func (j *job) warningsFail() bool {
	return slices.ContainsFunc([]string{"-Werror", "-W error", "PYTHONWARNINGS=error"}, j.mentions)
}

// compiled reports whether the project is known to have extension modules.
func (w *world) compiled() bool {
	if w.files.compiled || w.project.get("tool", "cibuildwheel") != nil {
		return true
	}
	backend, _ := w.project.get("build-system", "build-backend").(string)
	for _, b := range []string{"maturin", "mesonpy", "scikit_build_core", "py_build_cmake", "sipbuild"} {
		if strings.HasPrefix(backend, b) {
			return true
		}
	}
	for _, j := range w.jobs {
		for _, r := range j.runs {
			if len(r.builds)+len(r.maturin) > 0 {
				return true
			}
		}
	}
	return false
}

// checkHidden finds PYTHON_GIL=0, under which a module cannot turn the GIL on, and
// nobody learns that it would.
func (w *world) checkHidden(j *job) {
	const why = "%s keeps the GIL off whatever modules ask for: users don't have it, and with them the GIL comes back"
	for _, pairs := range [][]workflow.Pair{j.File.Env, j.Env} {
		w.hiddenIn(j, pairs, why)
	}
	for _, s := range j.Steps {
		w.hiddenIn(j, s.EnvPairs, why)
		for _, c := range commands(s.Run.Value) {
			for i, x := range c.words {
				text := ""
				switch {
				case x.text == "PYTHON_GIL=0":
					text = x.text
				case x.text == "-Xgil=0", x.text == "gil=0" && i > 0 && c.words[i-1].text == "-X":
					text = "-X gil=0"
				}
				if text != "" && !c.has("echo") {
					w.find(j.within(s.Run, x.at, ruleGILHidden, why, text))
				}
			}
		}
	}
}

// hiddenIn looks at variables of an environment.
func (w *world) hiddenIn(j *job, pairs []workflow.Pair, why string) {
	for _, p := range pairs {
		switch {
		case p.Key == "PYTHON_GIL" && p.Value == "0":
			w.find(j.at(p.Node, ruleGILHidden, why, "PYTHON_GIL=0"))
		case strings.HasPrefix(p.Key, "CIBW_") && strings.Contains(p.Key, "ENVIRONMENT"):
			if from, _ := findWord(p.Value, "PYTHON_GIL=0"); from >= 0 {
				w.find(j.within(p.Text, from, ruleGILHidden, why, "PYTHON_GIL=0"))
			}
		}
	}
}
