package emit

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pytestWord is pytest as a command, or as the module that Python runs.
var pytestWord = regexp.MustCompile(`(^|&& |; |-[A-Za-z]*m )(pytest|py\.test)( |$)`)

// A testing is a Test as steps carry it out.
type testing struct {
	// command runs in a directory of its own, so that the wheel is imported and not the
	// sources; "" is none.
	command string
	// requirements are to be installed beside the wheel: requirements, or options of
	// pip with their values.
	requirements []string
	extras       string // "[test,extra]"
	groups       []string
	threads      bool // pytest runs each test in threads
}

// testing prepares a test; free says that it runs on free-threaded Python. project is
// the path of the project from where the command runs.
func (w *writer) testing(t *Test, free bool, project string) testing {
	x := testing{command: cmp.Or(t.Command, defaultCommand), groups: t.Groups}
	if t.ImportOnly {
		x.command = ""
	}
	for _, place := range []string{"{project}", "{package}"} {
		x.command = strings.ReplaceAll(x.command, place, project)
	}
	x.requirements = slices.Clone(t.Requires)
	if len(t.Extras) > 0 {
		x.extras = "[" + strings.Join(t.Extras, ",") + "]"
	}
	require := func(name string) {
		if !slices.ContainsFunc(t.Requires, func(r string) bool { return requirementName(r) == name }) {
			x.requirements = append(x.requirements, name)
		}
	}
	if t.Command == "" && !t.ImportOnly {
		require("pytest")
	}
	if free && pytestWord.MatchString(x.command) {
		x.threads = true
		require("pytest-run-parallel")
		if !strings.Contains(x.command, "--parallel-threads") {
			x.command = pytestWord.ReplaceAllString(x.command, fmt.Sprintf("${1}${2} --parallel-threads=%d${3}", w.Threads))
		}
	}
	// What a wheel's scripts are called does not matter if Python itself runs pytest.
	x.command = regexp.MustCompile(`(^|&& |; )pytest( |$)`).ReplaceAllString(x.command, "${1}python -m pytest${2}")
	return x
}

// words are the requirements as words of a shell, which runs in the project.
func (x *testing) words() []string {
	var words []string
	for _, r := range x.requirements {
		if !strings.HasPrefix(r, "-") {
			words = append(words, quoteWord(r))
			continue
		}
		for _, w := range shellWords(r) { // -r {project}/requirements.txt
			words = append(words, quoteWord(strings.NewReplacer("{project}", ".", "{package}", ".").Replace(w)))
		}
	}
	return words
}

// requirementName is the normalised name of a requirement.
func requirementName(r string) string {
	end := strings.IndexFunc(r, func(c rune) bool {
		return !strings.ContainsRune("-_.", c) && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
	})
	if end < 0 {
		end = len(r)
	}
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(r[:end]))
}

// quoteWord makes one word of a shell of a text, of bash and of PowerShell alike.
func quoteWord(s string) string {
	if strings.IndexFunc(s, func(c rune) bool {
		return !strings.ContainsRune("-_.,=/+:@%", c) && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}
