package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A subject is an option of cibuildwheel at a place, with what can be said of its
// words there: a variable in a workflow, or a key of pyproject.toml.
type subject struct {
	world *world
	name  string // of the option
	// line and version are those of cibuildwheel.
	line  *matrix.Line
	since func(major, minor int) bool
	// words are those that stand there.
	words []string
	// find notes a finding about a word; with is what its repair writes instead: nil
	// for no repair, nothing to take it out.
	find func(rule, word string, with []string, fixable bool, format string, args ...any)
	// twin says that the free-threaded half is built by name elsewhere.
	twin bool
	// note makes notes of the findings: what is wrong does no harm.
	note bool
}

// checkCibuildwheel finds wrong options of cibuildwheel in a job.
func (w *world) checkCibuildwheel(j *job) {
	for _, r := range j.runs {
		for _, u := range r.builds {
			w.checkOldVariables(j, u)
			if u.line == nil {
				continue
			}
			for _, name := range []string{"build", "skip", "test-skip", "enable", "only"} {
				o := u.options[name]
				if !o.set || !o.known || o.at.Node == nil {
					continue // not set here, or judged in pyproject.toml
				}
				s := &subject{world: w, name: name, line: u.line, since: u.since, words: strings.Fields(o.text), twin: w.twice[u]}
				if name == "enable" { // the project's own are in it
					text, _ := r.text(o.at)
					s.words = strings.Fields(text)
				}
				s.find = func(rule, word string, with []string, fixable bool, format string, args ...any) {
					at, _ := r.origin(o.at, word)
					from, _ := findWord(at.Value, word)
					f := j.within(at, max(from, strings.Index(at.Value, word), 0), rule, format, args...)
					if s.note {
						f.Severity = vocab.SeverityNote
					}
					if from >= 0 && fixable {
						f.fix = replaceWord(j.File.Name, at.Path, word, strings.Join(with, " "))
					}
					w.find(f)
				}
				s.check()
			}
		}
	}
}

// checkProject finds wrong options of cibuildwheel in pyproject.toml. Which version of
// cibuildwheel reads it is said by the project's workflows; if they don't run it, it
// is the newest.
func (w *world) checkProject() {
	p := w.project
	if p == nil || p.get("tool", "cibuildwheel") == nil {
		return
	}
	line, since := w.projectLine()
	if line == nil {
		return
	}
	for _, o := range []string{"free-threaded-support", "prerelease-pythons"} {
		if slices.Contains(line.Options, o) || p.get("tool", "cibuildwheel", o) == nil {
			continue
		}
		path := []any{"tool", "cibuildwheel", o}
		f := Finding{File: p.name, Rule: ruleOldOption, Message: fmt.Sprintf("cibuildwheel %s has no option %s; %s", major(line), o, insteadOf(o))}
		f.Line, f.Column = p.keyPosition(path...)
		f.fix = func(e *edits) error {
			doc, err := e.pyproject(p.name)
			if err != nil {
				return err
			}
			return doc.remove(path)
		}
		w.find(f)
	}
	for _, name := range []string{"build", "skip", "test-skip", "enable"} {
		option := []any{"tool", "cibuildwheel", name}
		list := p.words(option...)
		s := &subject{world: w, name: name, line: line, since: since}
		for _, x := range list {
			s.words = append(s.words, x.text)
		}
		s.find = func(rule, word string, with []string, fixable bool, format string, args ...any) {
			i := slices.IndexFunc(list, func(x tomlWord) bool { return x.text == word })
			f := Finding{File: p.name, Rule: rule, Message: fmt.Sprintf(format, args...)}
			f.Line, f.Column = p.position(list[i].path...)
			if s.note {
				f.Severity = vocab.SeverityNote
			}
			if fixable {
				f.fix = replaceTOMLWord(p.name, option, list[i], with)
			}
			w.find(f)
		}
		s.check()
	}
}

// major is the major version of a release line: "4".
func major(l *matrix.Line) string {
	m, _, _ := strings.Cut(l.Version, ".")
	return m
}

// projectLine is the release line that reads the project's file, nil if the workflows
// don't say.
func (w *world) projectLine() (line *matrix.Line, since func(major, minor int) bool) {
	var all []*cibwUse
	for _, j := range w.jobs {
		for _, r := range j.runs {
			all = append(all, r.builds...)
		}
	}
	if len(all) == 0 {
		newest := w.tables.Lines[0]
		return newest, (&cibwUse{version: numbers(newest.Version)}).since
	}
	for _, u := range all {
		if u.line == nil || u.line != all[0].line {
			return nil, nil
		}
	}
	return all[0].line, func(major, minor int) bool {
		return !slices.ContainsFunc(all, func(u *cibwUse) bool { return !u.since(major, minor) })
	}
}

// insteadOf says what to use instead of an option that is gone.
func insteadOf(name string) string {
	if name == "prerelease-pythons" {
		return "prereleases are enabled by enable = [\"cpython-prerelease\"]"
	}
	return "3.14t and newer are built without it"
}

// checkOldVariables finds variables that cibuildwheel no longer reads.
func (w *world) checkOldVariables(j *job, u *cibwUse) {
	for variable, option := range map[string]string{
		"CIBW_FREE_THREADED_SUPPORT": "free-threaded-support",
		"CIBW_PRERELEASE_PYTHONS":    "prerelease-pythons",
	} {
		t, ok := u.step.Env(variable)
		if !ok || !u.since(3, 0) {
			continue
		}
		f := j.at(t.Node, ruleOldOption, "cibuildwheel %s does not read %s; %s", major(u.line), variable, insteadOf(option))
		f.fix = func(e *edits) error {
			doc, err := e.workflow(j.File.Name)
			if err != nil {
				return err
			}
			at := t.Path
			if len(doc.Find(at[:len(at)-1]).Content) <= 2 {
				at = at[:len(at)-1]
			}
			return doc.Delete(at)
		}
		w.find(f)
	}
}

// check applies the rules to an option.
func (s *subject) check() {
	if s.name == "enable" {
		s.checkGroups()
		return
	}
	for _, word := range s.words {
		s.checkSelector(word)
	}
}

// checkGroups finds groups that are refused, or idle.
func (s *subject) checkGroups() {
	for _, word := range s.words {
		pythons, ok := s.line.Groups[word]
		switch {
		case word == "all":
		case !ok:
			why := "it has " + strings.Join(sortedKeys(s.line.Groups), ", ")
			reason, removed := s.line.Removed[word]
			if removed {
				why = strings.Replace(reason, "cibuildwheel "+major(s.line), "it", 1)
			}
			s.find(ruleEnableGroup, word, nil, removed, "cibuildwheel %s refuses the group %s: %s", major(s.line), word, why)
		case word == "cpython-prerelease" && len(pythons) == 0 && s.since(4, 2):
			s.find(rulePrerelease, word, nil, true, "cibuildwheel %s builds for no prerelease; once there is one, wheels would be built for it that its final release may not run", major(s.line))
		}
	}
}

// identifiers are all of the line, those of no group included.
func (s *subject) identifiers() []string {
	return slices.Concat(s.line.Identifiers["linux"], s.line.Identifiers["macos"], s.line.Identifiers["windows"],
		s.line.Identifiers["pyodide"], s.line.Identifiers["android"], s.line.Identifiers["ios"])
}

var greedyPattern = regexp.MustCompile(`^cp3(1[3-9]|[2-9]\d)\*`)

// checkSelector finds a selector that matches nothing, or more than it says.
func (s *subject) checkSelector(word string) {
	all := s.identifiers()
	match := func(pattern string) []string {
		var list []string
		for _, id := range all {
			if matrix.Match(pattern, id) {
				list = append(list, id)
			}
		}
		return list
	}
	found := match(word)
	if len(found) == 0 {
		if !s.judges(word) {
			return
		}
		// The last selector of build can't go: without one, all is built.
		fixable := s.name != "only" && (s.name != "build" || slices.ContainsFunc(s.words, func(other string) bool { return other != word && len(match(other)) > 0 }))
		why := ""
		if strings.HasPrefix(word, "cp313t") && s.line.Removed["cpython-freethreading"] != "" {
			why = "; it builds 3.14t and newer"
		}
		s.note = s.name == "skip" || s.name == "test-skip" // it skips what is not built anyway
		s.find(ruleDeadSelector, word, nil, fixable, "cibuildwheel %s has no identifier that %s matches%s", major(s.line), word, why)
		s.note = false
		return
	}
	m := greedyPattern.FindString(word)
	if m == "" || s.name == "only" {
		return
	}
	python := strings.TrimSuffix(m, "*")
	free := slices.ContainsFunc(found, func(id string) bool { return strings.HasPrefix(id, python+"t-") })
	twin := s.twin && s.name == "build" || slices.ContainsFunc(s.words, func(other string) bool { return strings.HasPrefix(other, python+"t") })
	if !free {
		return
	}
	rest := strings.TrimPrefix(word, m)
	tail := rest
	switch {
	case rest == "": // cp314*
		tail = "-*"
	case !strings.HasPrefix(rest, "-"): // cp314*_x86_64
		tail = "-*" + rest
	}
	with := []string{python + tail, python + "t" + tail}
	if twin {
		with = with[:1]
	}
	var same []string
	for _, id := range all {
		if matrix.Match(strings.Join(with, " "), id) || twin && matrix.Match(word, id) && strings.HasPrefix(id, python+"t") {
			same = append(same, id)
		}
	}
	s.note = s.name != "build" // what is to be skipped may well be both
	s.find(ruleGreedy, word, with, slices.Equal(same, found), "%s matches %s as well as %s; say which is meant: %s", word, python+"t", python, strings.Join(with, " "))
}

// judges reports whether the tables know enough of what a selector names to say that
// there is none: of platforms and Pythons that they list.
func (s *subject) judges(word string) bool {
	if strings.ContainsAny(word, "$%") { // a variable of some shell
		return false
	}
	for _, part := range []string{"pyodide", "android", "ios", "pyemscripten", "wasm", "gp"} {
		if strings.Contains(word, part) {
			return false
		}
	}
	if m := regexp.MustCompile(`^cp3(\d{1,2})`).FindStringSubmatch(word); m != nil {
		newest := 0
		for _, id := range s.identifiers() {
			var minor int
			if _, err := fmt.Sscanf(id, "cp3%d", &minor); err == nil {
				newest = max(newest, minor)
			}
		}
		var minor int
		_, _ = fmt.Sscanf(m[1], "%d", &minor) // digits
		if len(m[1]) == 2 && minor > newest && s.line == s.world.tables.Lines[0] {
			return false // a Python that came after the tables; older lines get no more of them
		}
	}
	return true
}

// checkTwice finds free-threaded wheels that one cell builds by name and another one
// by a selector that was meant for the GIL twin. Other wheels that are built twice may
// differ in what no identifier says, such as the oldest macOS.
func (w *world) checkTwice() {
	for _, jobs := range w.fileJobs() {
		named := map[string]*run{}
		var greedy []*cibwUse
		for _, j := range jobs {
			for _, r := range j.runs {
				for _, u := range r.builds {
					if r.runner == nil || !u.certain() {
						continue
					}
					if u.greedy() != "" {
						greedy = append(greedy, u)
						continue
					}
					for _, id := range u.made() {
						if freeThreaded(id) {
							named[id] = r
						}
					}
				}
			}
		}
		for _, u := range greedy {
			for _, id := range u.made() {
				r := named[id]
				if r == nil || !strings.HasPrefix(id, u.greedy()+"t-") {
					continue
				}
				at, _ := u.run.origin(u.place(), u.greedy()+"*")
				w.twice[u] = true
				w.find(u.run.job.within(at, max(strings.Index(at.Value, u.greedy()+"*"), 0), ruleBuiltTwice, "%s is built by the job %s%s and by %s%s", id, u.run.job.ID, u.run.where(), r.job.ID, r.where()))
				break
			}
		}
	}
}

// greedy is the Python of a selector of build that matches its free-threaded twin as
// well, "" if there is none.
func (u *cibwUse) greedy() string {
	for word := range strings.FieldsSeq(u.options["build"].text) {
		if m := greedyPattern.FindString(word); m != "" {
			return strings.TrimSuffix(m, "*")
		}
	}
	return ""
}

// made are the identifiers that are built for the architectures of the run, none if
// they are not known.
func (u *cibwUse) made() []string {
	ids, ok := u.identifiers()
	archs, known := u.archs()
	if !ok || !known {
		return nil
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		_, platform, _ := strings.Cut(id, "-")
		return !slices.Contains(archs, matrix.Platform{Word: platform}.Arch())
	})
}

// fileJobs are the jobs of each file that was asked about.
func (w *world) fileJobs() [][]*job {
	var list [][]*job
	last := ""
	for _, j := range w.jobs {
		if !w.checked[j.File.Name] {
			continue
		}
		if j.File.Name != last {
			list = append(list, nil)
			last = j.File.Name
		}
		list[len(list)-1] = append(list[len(list)-1], j)
	}
	return list
}

// certain reports whether the step runs whenever its workflow does: nothing that is
// not known decides.
func (u *cibwUse) certain() bool {
	s := u.step
	return s.If.Node == nil && s.Job.If.Node == nil && u.line != nil
}

// place is where the step says what is built.
func (u *cibwUse) place() workflow.Text {
	for _, name := range []string{"only", "build"} {
		if o := u.options[name]; o.set && o.at.Node != nil {
			return o.at
		}
	}
	if u.step.Uses.Node != nil {
		return u.step.Uses
	}
	return u.step.Run
}

// archs are the architectures that the wheels are for; ok is false if they are not known.
func (u *cibwUse) archs() (list []string, ok bool) {
	if u.only != "" {
		_, platform, _ := strings.Cut(u.only, "-")
		return []string{matrix.Platform{Word: platform}.Arch()}, u.only != "?"
	}
	native := u.run.runner.Arch
	text := "auto"
	for _, n := range []string{"CIBW_ARCHS_" + strings.ToUpper(u.run.os()), "CIBW_ARCHS"} {
		if t, set := u.step.Env(n); set {
			v, known := u.run.text(t)
			if !known {
				return nil, false
			}
			if v != "" {
				text = v
			}
			break
		}
		if strings.Contains(u.run.job.runTexts(), n) {
			return nil, false
		}
	}
	p := u.run.job.world.project
	if text == "auto" && (p.get("tool", "cibuildwheel", "archs") != nil || p.get("tool", "cibuildwheel", u.run.os(), "archs") != nil) {
		return nil, false
	}
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, ",", " ")) {
		switch word {
		case "auto":
			list = append(list, native)
			if native == "AMD64" {
				list = append(list, "x86")
			}
		case "native", "auto64":
			list = append(list, native)
		case "all", "auto32":
			return nil, false
		default:
			list = append(list, word)
		}
	}
	return list, true
}
