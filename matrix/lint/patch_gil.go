package lint

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// checkGIL adds a step to jobs that test on a free-threaded Python since the patch,
// and would not notice a GIL that came back.
func (p *patch) checkGIL(before *Report) error {
	for range len(p.world.jobs) {
		report, err := Check([]Source{{p.source.Name, p.text}}, p.opts)
		if err != nil {
			return err
		}
		had := 0
		for i := range before.Findings {
			if before.Findings[i].Rule == ruleNoGILCheck {
				had++
			}
		}
		done := true
		for i := range report.Findings {
			f := &report.Findings[i]
			if f.Rule != ruleNoGILCheck {
				continue
			}
			if had--; had >= 0 {
				continue
			}
			s := p.gilStep(f)
			if s == nil || p.tried[s.key] {
				continue
			}
			p.tried[s.key] = true
			if err := p.try(s); err != nil {
				p.refuse(f.Line, s.what+": "+reason(err))
			}
			done = false
			break
		}
		if done {
			return nil
		}
	}
	return nil
}

// gilStep is the step that checks the GIL behind the tests of a finding.
func (p *patch) gilStep(f *Finding) *step {
	for _, j := range p.jobs() {
		for _, r := range j.runs {
			if !r.free() || len(r.tests) == 0 {
				continue
			}
			last := r.tests[len(r.tests)-1]
			if line, _ := j.File.Doc.Position(r.tests[0].at.Node, r.tests[0].from); line != f.Line {
				continue
			}
			return &step{
				key: "gil " + j.ID, line: f.Line, what: "job " + j.ID + ": nothing checks that the GIL stayed off",
				done: "job " + j.ID + ": checks that the GIL stayed off",
				edit: func(doc *yamledit.Document) error {
					name := p.world.importName()
					if name == "" {
						return &refusal{"which package to import is not known; add: assert not sys._is_gil_enabled()"}
					}
					text := "name: The GIL stayed off\n"
					if condition := freeCondition(r); condition != "" {
						text += "if: " + condition + "\n"
					}
					text += "run: " + pythonOf(last) + ` -c "import sys, ` + name + `; assert not sys._is_gil_enabled()"` + "\n"
					return doc.Insert(j.Path.Then("steps"), last.step.Index+1, text)
				},
				mended: func() bool {
					return slices.ContainsFunc(p.jobs(), func(x *job) bool { return x.ID == j.ID && x.mentions("_is_gil_enabled") })
				},
			}
		}
	}
	return nil
}

// freeCondition is the condition that holds in a job's free-threaded cells, "" if all
// are.
func freeCondition(r *run) string {
	if !slices.ContainsFunc(r.job.runs, func(x *run) bool { return !x.free() }) {
		return ""
	}
	for _, use := range r.pythons {
		if !use.free || matrixKey(use.at) == "" {
			continue
		}
		inner := strings.TrimSpace(use.at.Value)
		inner = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inner, "${{"), "}}"))
		return "endsWith(" + inner + ", 't')"
	}
	return ""
}

// pythonOf is how the Python is called that a test runs with.
func pythonOf(t testUse) string {
	for _, c := range commands(t.at.Value) {
		at := slices.IndexFunc(c.words, func(w word) bool { return w.at == t.from })
		if at < 0 {
			continue
		}
		var words []string
		for _, w := range c.words[:at] {
			words = append(words, w.text)
		}
		if n := len(words); n >= 2 && words[n-1] == "-m" && strings.HasPrefix(words[n-2], "python") {
			return strings.Join(words[:n-1], " ")
		}
		if len(words) >= 2 && words[0] == "uv" && words[1] == "run" {
			return "uv run python"
		}
	}
	return "python"
}

var nameSeparators = regexp.MustCompile(`[-.]+`)

// importName is the name by which the project's package is imported, "" if its files
// don't say.
func (w *world) importName() string {
	if s, ok := w.project.get("tool", "maturin", "module-name").(string); ok {
		name, _, _ := strings.Cut(s, ".")
		return name
	}
	s, _ := w.project.get("project", "name").(string)
	if s == "" || w.fsys == nil {
		return ""
	}
	for _, name := range []string{nameSeparators.ReplaceAllString(s, "_"), nameSeparators.ReplaceAllString(strings.ToLower(s), "_")} {
		for _, dir := range []string{"", "src/", "python/", "lib/"} {
			for _, file := range []string{name + "/__init__.py", name + ".py", name + ".pyx", name + ".c", name + ".cpp"} {
				if _, err := fs.Stat(w.fsys, dir+file); err == nil {
					return name
				}
			}
		}
		if text, err := fs.ReadFile(w.fsys, "Cargo.toml"); err == nil && strings.Contains(strings.ReplaceAll(string(text), "-", "_"), `name = "`+name+`"`) {
			return name
		}
	}
	return ""
}
